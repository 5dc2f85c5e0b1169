package embedded

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// fits reports whether texts that a region says can be kept here.
func fits(texts ...string) bool {
	for _, text := range texts {
		if !store.Storable(text) || utf8.RuneCountInString(text) > longest {
			return false
		}
	}
	return true
}

// fitsTags reports whether tags that a region says can be kept here.
func fitsTags(tags []api.Tag) bool {
	for _, tag := range tags {
		if !fits(tag.Key, tag.Value) {
			return false
		}
	}
	return true
}

// AdoptEndpointServices makes the endpoint services of a project in a region those that
// the region has. What their whitelists and connections are is taken over apart.
func (p *Plane) AdoptEndpointServices(ctx context.Context, project string, services []api.EndpointService) error {
	s := outside(project)
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		var rows []serviceRow
		if err := tx.NewSelect().Model(&rows).Where("project_id = ?", project).Where(standing).Scan(ctx); err != nil {
			return err
		}
		taken, err := takenServices(ctx, tx, rows, services)
		if err != nil {
			return err
		}
		var kept []api.EndpointService
		for i := range services {
			if v := &services[i]; !taken[v.ID] && fitsService(v) {
				kept = append(kept, *v)
			}
		}
		a := adoption[serviceRow, api.EndpointService]{
			rowKey:   func(r *serviceRow) string { return r.ID },
			thingKey: func(v *api.EndpointService) string { return v.ID },
			insert:   func(v *api.EndpointService) error { return adoptService(ctx, tx, s, v) },
			change:   func(r *serviceRow, v *api.EndpointService) error { return changeService(ctx, tx, s, r, v) },
			remove:   func(r *serviceRow) error { return r.end(ctx, tx, s) },
		}
		return a.of(rows, kept)
	})
}

func fitsService(v *api.EndpointService) bool {
	return fits(v.ID, v.Account, v.Name, v.VPCID, v.PortID, v.VIPPortID, string(v.ServerType), v.Type, v.TCPProxy, v.Description) && fitsTags(v.Tags)
}

// takenServices are the ids that no service of the project can have: another project has
// them, or one that was deleted and of which something is left.
func takenServices(ctx context.Context, tx bun.Tx, rows []serviceRow, services []api.EndpointService) (map[string]bool, error) {
	ours := make(map[string]bool, len(rows))
	for i := range rows {
		ours[rows[i].ID] = true
	}
	var fresh []string
	for i := range services {
		if id := services[i].ID; !ours[id] && fits(id) {
			fresh = append(fresh, id)
		}
	}
	return takenIDs(ctx, tx, (*serviceRow)(nil), fresh)
}

// takenIDs are those of ids that are in a table already.
func takenIDs(ctx context.Context, db bun.IDB, model any, ids []string) (map[string]bool, error) {
	taken := map[string]bool{}
	for some := range slices.Chunk(ids, lookups) {
		var found []string
		if err := db.NewSelect().Model(model).Column("id").Where("id IN (?)", bun.List(some)).Scan(ctx, &found); err != nil {
			return nil, err
		}
		for _, id := range found {
			taken[id] = true
		}
	}
	return taken, nil
}

// adoptService inserts a service that was created past this console.
func adoptService(ctx context.Context, tx bun.Tx, s api.Scope, v *api.EndpointService) error {
	row := newSeenService(s, v)
	if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
		return err
	}
	return store.Record(ctx, tx, s, store.Event{
		Action: "create", Kind: api.KindEndpointService, ID: row.ID, Name: row.Name, After: row.audited(),
	})
}

// changeService makes a row what the region says the service is, if it is another one. How
// far it is, and whose, is no change that somebody made.
func changeService(ctx context.Context, tx bun.Tx, s api.Scope, r *serviceRow, v *api.EndpointService) error {
	before := *r
	r.take(v)
	moved := *r
	moved.State, moved.AccountID = before.State, before.AccountID
	switch {
	case *r == before:
		return nil
	case moved == before:
		return update(ctx, tx, r, "state", "account_id")
	}
	r.UpdatedAt, r.UpdatedBy = told(v.Updated.At, time.Now()), ""
	return r.replace(ctx, tx, s, &before)
}
