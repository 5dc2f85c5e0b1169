package embedded

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

const noAlias = "alias.not_found"

// Alias implements api.Aliases.
func (p *Plane) Alias(ctx context.Context, s api.Scope, id string) (api.Alias, error) {
	return p.readAlias(ctx, s, "id = ?", id)
}

// FindAlias implements api.Aliases.
func (p *Plane) FindAlias(ctx context.Context, s api.Scope, function, name string) (api.Alias, error) {
	return p.readAlias(ctx, s, "function_id = ? AND name = ?", function, name)
}

func (p *Plane) readAlias(ctx context.Context, s api.Scope, where string, args ...any) (api.Alias, error) {
	row := new(aliasRow)
	if err := find(ctx, p.db.Read, s.Project, row, noAlias, where, args...); err != nil {
		return api.Alias{}, err
	}
	found := []api.Alias{row.alias()}
	err := addRamps(ctx, p.db.Read, found)
	return found[0], err
}

// AliasesOf implements api.Aliases.
func (p *Plane) AliasesOf(ctx context.Context, s api.Scope, function string) ([]api.Alias, error) {
	if _, err := p.functionOf(ctx, s, function); err != nil {
		return nil, err
	}
	var rows []aliasRow
	err := p.db.Read.NewSelect().Model(&rows).Where("function_id = ?", function).Order("name").Scan(ctx)
	if err != nil {
		return nil, err
	}
	aliases := make([]api.Alias, len(rows))
	for i := range rows {
		aliases[i] = rows[i].alias()
	}
	return aliases, addRamps(ctx, p.db.Read, aliases)
}

// ValidateAlias implements api.Aliases.
func (p *Plane) ValidateAlias(ctx context.Context, s api.Scope, function, id string, d api.AliasDraft) error {
	if _, err := p.functionOf(ctx, s, function); err != nil {
		return err
	}
	if id != "" {
		row := new(aliasRow)
		if err := find(ctx, p.db.Read, s.Project, row, noAlias, "id = ? AND function_id = ?", id, function); err != nil {
			return err
		}
		d.Name = row.Name
	}
	return judgeAlias(ctx, p.db.Read, function, id, &d)
}

// judgeAlias applies every rule to a draft of an alias of a function; id is the
// alias that it edits.
func judgeAlias(ctx context.Context, db bun.IDB, function, id string, d *api.AliasDraft) error {
	versions, err := versionNames(ctx, db, function)
	if err != nil {
		return err
	}
	others, err := pointersOf(ctx, db, function)
	if err != nil {
		return err
	}
	others = slices.DeleteFunc(others, func(r pointerRow) bool { return r.ID == id })
	problems := d.Problems(func(version string) bool { return slices.Contains(versions, version) })
	taken := takenBy(others, d)
	switch {
	case len(problems) > 0:
		return api.Refuse(append(problems, taken...))
	case len(taken) > 0:
		return &api.Error{Code: api.Conflict, Message: taken[0].Message, Problems: taken}
	case len(others) >= api.MaxAliases:
		return api.Errorf(api.Limit, "alias.too_many", "max", api.MaxAliases)
	}
	return nil
}

// versionNames reads what versions a function has.
func versionNames(ctx context.Context, db bun.IDB, function string) (names []string, err error) {
	err = db.NewSelect().Model((*versionRow)(nil)).Column("name").Where("function_id = ?", function).Scan(ctx, &names)
	return names, err
}

// takenBy says what others have of what a draft wants for itself.
func takenBy(others []pointerRow, d *api.AliasDraft) (problems []api.Problem) {
	if slices.ContainsFunc(others, func(r pointerRow) bool { return r.Name == d.Name }) {
		problems = append(problems, api.Problem{Path: "name", Message: api.M("alias.name_taken", "name", d.Name)})
	}
	if i := slices.IndexFunc(others, func(r pointerRow) bool { return r.Main == d.Version }); i >= 0 {
		problems = append(problems, api.Problem{
			Path: "version", Message: api.M("alias.version_used", "version", d.Version, "alias", others[i].Name),
		})
	}
	return problems
}

// CreateAlias implements api.Aliases.
func (p *Plane) CreateAlias(ctx context.Context, s api.Scope, function string, d api.AliasDraft) (api.Alias, error) {
	id := store.NewID()
	var row *aliasRow
	err := p.change(ctx, s, func(ctx context.Context, tx bun.Tx, made api.Deed) (api.Deed, error) {
		f, err := lockFunction(ctx, tx, s, function)
		if err != nil {
			return nil, err
		}
		if err := judgeAlias(ctx, tx, function, "", &d); err != nil {
			return nil, err
		}
		row = newAlias(id, f, &d)
		if as, there := made.(api.CreateAlias); there && judgeAlias(ctx, tx, function, "", &as.Draft) == nil {
			row = newAlias(id, f, &as.Draft)
		}
		if err := row.insert(ctx, tx, s, time.Now()); err != nil {
			return nil, err
		}
		return api.CreateAlias{Function: function, Draft: row.draft(), ID: id}, nil
	})
	if err != nil {
		return api.Alias{}, err
	}
	return row.alias(), nil
}

// newAlias is an alias of a function as a judged draft describes it.
func newAlias(id string, f *functionRow, d *api.AliasDraft) *aliasRow {
	row := &aliasRow{ID: id, ProjectID: f.ProjectID, FunctionID: f.ID, Package: f.Package, FunctionName: f.Name, Name: d.Name}
	row.describe(d)
	return row
}

// insert stores a new alias of a locked function.
func (r *aliasRow) insert(ctx context.Context, tx bun.Tx, s api.Scope, now time.Time) (err error) {
	if r.Slot, err = freeSlot(ctx, tx, r.FunctionID); err != nil {
		return err
	}
	r.touch(s, now)
	r.CreatedAt, r.CreatedBy = r.UpdatedAt, r.UpdatedBy
	if _, err := tx.NewInsert().Model(r).Exec(ctx); err != nil {
		return err
	}
	return store.Record(ctx, tx, s, store.Event{Action: "create", Kind: api.KindAlias, ID: r.ID, Name: r.Name, After: r.audited(nil)})
}

// inTxTwice is InTx for what was judged before it is written. Where the database
// finds a key taken all the same, somebody wrote it who had not locked the
// function; then the rules know of it the second time, and say so in words.
func (p *Plane) inTxTwice(ctx context.Context, f func(ctx context.Context, tx bun.Tx) error) error {
	err := p.db.InTx(ctx, f)
	if errors.Is(err, store.ErrDuplicate) {
		err = p.db.InTx(ctx, f)
	}
	return err
}

// freeSlot returns the first slot that no alias of the function has.
func freeSlot(ctx context.Context, tx bun.Tx, function string) (int64, error) {
	var taken []int64
	err := tx.NewSelect().Model((*aliasRow)(nil)).Column("slot").Where("function_id = ?", function).Order("slot").Scan(ctx, &taken)
	for i, slot := range taken {
		if slot != int64(i)+1 {
			return int64(i) + 1, err
		}
	}
	return int64(len(taken)) + 1, err
}

// PastAlias implements api.Aliases.
func (p *Plane) PastAlias(ctx context.Context, s api.Scope, id, change string) (api.AliasDraft, error) {
	const none = "alias.past_not_found"
	if err := find(ctx, p.db.Read, s.Project, new(aliasRow), noAlias, "id = ?", id); err != nil {
		return api.AliasDraft{}, err
	}
	if !store.Storable(change) {
		return api.AliasDraft{}, api.Errorf(api.NotFound, none)
	}
	var after string
	err := p.db.Read.NewSelect().TableExpr("audit").Column("after").
		Where("project_id = ? AND kind = ? AND object_id = ? AND id = ?", s.Project, api.KindAlias, id, change).Scan(ctx, &after)
	if err := orMissing(err, none); err != nil {
		return api.AliasDraft{}, err
	}
	var past api.AuditedAlias
	if decode(after, &past); past.Version == "" {
		return api.AliasDraft{}, api.Errorf(api.NotFound, none)
	}
	return past.Draft(), nil
}
