package embedded

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/store"
)

// Regions implements api.Regions.
func (p *Plane) Regions(ctx context.Context, s api.Scope) ([]api.Region, error) {
	var rows []regionRow
	if err := p.db.Read.NewSelect().Model(&rows).OrderExpr("name").Scan(ctx); err != nil {
		return nil, err
	}
	regions := make([]api.Region, len(rows))
	for i := range rows {
		regions[i] = rows[i].region()
	}
	return regions, p.addProjects(ctx, p.db.Read, s, regions)
}

// Region implements api.Regions.
func (p *Plane) Region(ctx context.Context, s api.Scope, name string) (api.Region, error) {
	return p.readRegion(ctx, p.db.Read, s, name)
}

func (p *Plane) readRegion(ctx context.Context, db bun.IDB, s api.Scope, name string) (api.Region, error) {
	if name == "" {
		var err error
		if name, err = p.regionOf(ctx, db, s.Project); err != nil {
			return api.Region{}, err
		}
	}
	row, err := findRegion(ctx, db, name)
	if err != nil {
		return api.Region{}, err
	}
	found := []api.Region{row.region()}
	err = p.addProjects(ctx, db, s, found)
	return found[0], err
}

// addProjects fills in the projects of the asker's account that are in regions.
func (p *Plane) addProjects(ctx context.Context, db bun.IDB, s api.Scope, regions []api.Region) error {
	var rows []projectRow
	account := db.NewSelect().Model((*projectRow)(nil)).Column("account_id").Where("id = ?", s.Project)
	err := db.NewSelect().Model(&rows).Where("account_id = (?)", account).Where("id NOT IN (" + cloudProjects + ")").
		OrderExpr("name").Scan(ctx)
	if err != nil {
		return err
	}
	for _, project := range rows {
		for i := range regions {
			if r := &regions[i]; p.isIn(&project, r.Name) {
				r.Projects = append(r.Projects, api.RegionProject{ID: project.ID, Name: project.Name})
				r.Home = r.Home || project.ID == s.Project
			}
		}
	}
	return nil
}

// describe takes over what a judged draft says; secret is the one to be kept.
func (r *regionRow) describe(keys *keyring.Ring, d *api.RegionDraft, secret api.Secret, actor api.Actor) {
	settings := regionSettings{Kind: d.Kind}
	if d.Kind == api.StoreFolder {
		settings.Folder = d.Folder
	} else {
		settings = regionSettings{
			Kind: d.Kind, Endpoint: d.Endpoint, Bucket: d.Bucket, Prefix: d.Prefix, Signing: d.Signing,
			PathStyle: d.PathStyle, AccessKey: d.AccessKey,
		}
	}
	r.Settings, r.Bandwidth = encode(settings), d.BytesPerSecond()
	r.seal(keys, secret)
	r.UpdatedAt, r.UpdatedBy = store.Micros(time.Now()), actor.User
	r.Version++
}

// insert stores a new region, and a project of its name in it if there is none.
func (r *regionRow) insert(ctx context.Context, tx bun.Tx, s api.Scope, account identity.Account) error {
	if _, err := tx.NewInsert().Model(r).Exec(ctx); err != nil {
		return err
	}
	err := store.Record(ctx, tx, s, store.Event{
		Action: "create", Kind: api.KindRegion, ID: r.Name, Name: r.Name, After: r.audited(r.Sealed != ""),
	})
	if err != nil {
		return err
	}
	found, err := tx.NewSelect().Model((*projectRow)(nil)).Where("account_id = ? AND name = ?", account.ID, r.Name).Exists(ctx)
	if err != nil || found {
		return err
	}
	return identity.InsertProject(ctx, tx, s.Actor, identity.Project{Account: account, Name: r.Name, Region: r.Name})
}
