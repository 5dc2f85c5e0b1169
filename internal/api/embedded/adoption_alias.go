package embedded

import (
	"context"
	"slices"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// aliases takes over the aliases of the function, which has those versions, and names
// those that it leaves out.
func (a *functionAdoption) aliases(ctx context.Context, told []api.Alias, versions []string) (left []string, err error) {
	told, left = fitting(told, versions)
	var rows []aliasRow
	if err := a.tx.NewSelect().Model(&rows).Where("function_id = ?", a.row.ID).Order("name").Scan(ctx); err != nil {
		return nil, err
	}
	// Who takes the place of another comes after him, in whatever order they are told.
	var moved []*aliasMove
	var fresh []*api.Alias
	all := adoption[aliasRow, api.Alias]{
		rowKey:   func(r *aliasRow) string { return r.Name },
		thingKey: func(t *api.Alias) string { return t.Name },
		insert:   func(t *api.Alias) error { fresh = append(fresh, t); return nil },
		change: func(r *aliasRow, t *api.Alias) error {
			if r.Description != t.Description || !sameWay(r.route(), t.Route) {
				moved = append(moved, &aliasMove{r, r.Main, t})
			}
			return nil
		},
		remove: func(r *aliasRow) error {
			ramp, err := rampUnderWay(ctx, a.tx, r.ID)
			if err != nil {
				return err
			}
			return r.drop(ctx, a.tx, a.s, ramp)
		},
	}
	if err := all.of(rows, told); err != nil {
		return nil, err
	}
	if err := a.move(ctx, moved); err != nil {
		return nil, err
	}
	for _, t := range fresh {
		if err := newAlias(store.NewID(), a.row, asTold(t)).insert(ctx, a.tx, a.s, a.now); err != nil {
			return nil, err
		}
	}
	return left, nil
}

// asTold is a draft of what an answer tells of an alias: not what keeps callers at their
// version.
func asTold(t *api.Alias) *api.AliasDraft {
	d := t.Draft()
	d.Sticky = nil
	return &d
}

// fitting are the aliases that can all be kept here, by the rules that clouds have, too;
// left names the others.
func fitting(told []api.Alias, versions []string) (fit []api.Alias, left []string) {
	slices.SortStableFunc(told, func(x, y api.Alias) int { return strings.Compare(x.Name, y.Name) })
	var pointers []pointerRow
	for i := range told {
		d := asTold(&told[i])
		wrong := d.Problems(func(version string) bool { return slices.Contains(versions, version) })
		if len(wrong) > 0 || len(takenBy(pointers, d)) > 0 || len(fit) == api.MaxAliases {
			left = append(left, d.Name)
			continue
		}
		pointers = append(pointers, pointerRow{Name: d.Name, Main: d.Version})
		fit = append(fit, told[i])
	}
	return fit, left
}

// aliasMove is an alias that leads elsewhere now.
type aliasMove struct {
	row  *aliasRow
	from string // its main version
	to   *api.Alias
}

// move makes aliases what the region says, and ends their ramps if somebody led them
// elsewhere there.
func (a *functionAdoption) move(ctx context.Context, moves []*aliasMove) error {
	back, err := a.aside(ctx, moves)
	if err != nil {
		return err
	}
	for _, m := range moves {
		ramp, err := rampUnderWay(ctx, a.tx, m.row.ID)
		if err != nil {
			return err
		}
		c := &aliasChange{row: m.row, ramp: ramp, before: m.row.audited(ramp), now: a.now}
		before := m.row.route()
		c.describe(asTold(m.to))
		if !sameWay(before, c.row.route()) {
			c.endRamp(a.s, api.RampOvertaken)
		}
		if err := c.save(ctx, a.tx, a.s, "update"); err != nil {
			return err
		}
	}
	return back()
}

// aside lets aliases that change places step aside, because no two may have one main
// version even for a moment: each to a version that is there until back is called.
func (a *functionAdoption) aside(ctx context.Context, moves []*aliasMove) (back func() error, err error) {
	inTheWay := func(m *aliasMove) bool {
		return slices.ContainsFunc(moves, func(o *aliasMove) bool { return o != m && o.from == m.to.Route.Main })
	}
	if !slices.ContainsFunc(moves, inTheWay) {
		return func() error { return nil }, nil
	}
	for _, m := range moves {
		// No version can have such a name.
		place := &versionRow{FunctionID: a.row.ID, Name: "~" + m.row.ID, Config: "{}", Code: "{}"}
		if _, err := a.tx.NewInsert().Model(place).Exec(ctx); err != nil {
			return nil, err
		}
		if _, err := a.tx.NewUpdate().Model(m.row).Set("main = ?", place.Name).WherePK().Exec(ctx); err != nil {
			return nil, err
		}
	}
	return func() error {
		_, err := a.tx.NewDelete().Model((*versionRow)(nil)).Where("function_id = ? AND name LIKE '~%'", a.row.ID).Exec(ctx)
		return err
	}, nil
}
