package embedded

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/store"
)

// ValidateRegion implements api.Regions.
func (p *Plane) ValidateRegion(ctx context.Context, s api.Scope, name string, d api.RegionDraft) error {
	_, err := p.judgeRegion(ctx, p.db.Read, name, p.completeRegion(d))
	return err
}

// completeRegion fills in what was left out of a draft. A folder that is not
// absolute is one below the first of those that regions may be in.
func (p *Plane) completeRegion(d api.RegionDraft) api.RegionDraft {
	d = d.Complete()
	if d.Folder != "" && !filepath.IsAbs(d.Folder) && len(p.options.Folders) > 0 {
		d.Folder = filepath.Join(p.options.Folders[0], d.Folder)
	}
	return d
}

// judgeRegion applies every rule to a complete draft: of a new region, or of the
// one of a name, which it returns.
func (p *Plane) judgeRegion(ctx context.Context, db bun.IDB, name string, d api.RegionDraft) (*regionRow, error) {
	var rows []regionRow
	if err := db.NewSelect().Model(&rows).OrderExpr("name").Scan(ctx); err != nil {
		return nil, err
	}
	var row *regionRow
	var stored *api.Region
	for i := range rows {
		if rows[i].Name == name {
			row, stored = &rows[i], new(rows[i].region())
		}
	}
	if name != "" && row == nil {
		return nil, api.Errorf(api.NotFound, noRegion)
	}
	problems := d.Problems(stored)
	if m := p.folderProblem(&d); !m.IsZero() {
		problems = append(problems, api.Problem{Path: "folder", Message: m})
	}
	for i := range rows {
		other := rows[i].region()
		if other.Name == name || len(problems) > 0 {
			continue
		}
		path := d.Meets(&other)
		if path == "" && d.Kind == api.StoreFolder && other.Kind == api.StoreFolder && sameFolder(d.Folder, other.Folder) {
			path = "folder"
		}
		if path != "" {
			problems = []api.Problem{{Path: path, Message: api.M("region.place_taken", "region", other.Name)}}
		}
	}
	if name == "" && slices.ContainsFunc(rows, func(r regionRow) bool { return r.Name == d.Name }) {
		return nil, regionTaken(d.Name, problems)
	}
	return row, api.Refuse(problems)
}

func regionTaken(name string, others []api.Problem) error {
	m := api.M("region.name_taken", "name", name)
	return &api.Error{Code: api.Conflict, Message: m, Problems: append([]api.Problem{{Path: "name", Message: m}}, others...)}
}

// CreateRegion implements api.Regions.
func (p *Plane) CreateRegion(ctx context.Context, s api.Scope, d api.RegionDraft) (api.Region, error) {
	d = p.completeRegion(d)
	if _, err := p.judgeRegion(ctx, p.db.Read, "", d); err != nil {
		return api.Region{}, err
	}
	if err := p.preparePlace(&d); err != nil {
		return api.Region{}, err
	}
	row := &regionRow{Name: d.Name}
	row.describe(p.keys, &d, d.Secret, s.Actor)
	row.CreatedAt, row.CreatedBy = row.UpdatedAt, row.UpdatedBy
	err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := lockRegions(ctx, tx); err != nil {
			return err
		}
		account, err := lockProject(ctx, tx, s.Project)
		if err != nil {
			return err
		}
		if err := p.roomForRegion(ctx, tx, d, account); err != nil {
			return err
		}
		return row.insert(ctx, tx, s, identity.Account{ID: account})
	})
	if errors.Is(err, store.ErrDuplicate) {
		err = regionTaken(d.Name, nil)
	}
	if err != nil {
		return api.Region{}, err
	}
	return p.Region(ctx, s, d.Name)
}

// roomForRegion judges a new region once more, and whether the project that it
// brings can have its name.
func (p *Plane) roomForRegion(ctx context.Context, tx bun.Tx, d api.RegionDraft, account string) error {
	if _, err := p.judgeRegion(ctx, tx, "", d); err != nil {
		return err
	}
	n, err := tx.NewSelect().Model((*regionRow)(nil)).Count(ctx)
	if err != nil {
		return err
	}
	if n >= api.MaxRegions {
		return api.Errorf(api.Limit, "region.too_many", "max", api.MaxRegions)
	}
	return p.takeProject(ctx, tx, d.Name, account)
}

// takeProject moves the project that has the name of a new region into it. One whose
// policies and backups are elsewhere cannot move.
func (p *Plane) takeProject(ctx context.Context, tx bun.Tx, name, account string) error {
	var same []projectRow
	err := tx.NewSelect().Model(&same).Where("account_id = ? AND name = ?", account, name).Scan(ctx)
	if err != nil || len(same) == 0 || p.isIn(&same[0], name) {
		return err
	}
	for _, table := range []string{"policies", "backups"} {
		found, err := tx.NewSelect().TableExpr(table).Where("project_id = ?", same[0].ID).Exists(ctx)
		if err != nil {
			return err
		}
		if found {
			m := api.M("region.project_elsewhere", "name", name, "region", same[0].Region)
			return &api.Error{Code: api.Conflict, Message: m, Problems: []api.Problem{{Path: "name", Message: m}}}
		}
	}
	return moveProject(ctx, tx, name, name, "account_id = ?", account)
}

// preparePlace makes the folder of a judged draft.
func (p *Plane) preparePlace(d *api.RegionDraft) error {
	if d.Kind != api.StoreFolder {
		return nil
	}
	if err := p.makeFolder(d.Folder); err != nil {
		return api.Refuse([]api.Problem{{Path: "folder", Message: api.M("region.folder_not_made")}})
	}
	return nil
}

// lockRegions keeps others from creating and changing regions, so that two do not
// come to be in the same place.
func lockRegions(ctx context.Context, tx bun.Tx) error {
	_, err := tx.NewUpdate().Model((*regionRow)(nil)).Set("version = version").Where("TRUE").Exec(ctx)
	return err
}

// lockRegion is findRegion for a change; version is what the caller has seen, or 0.
func lockRegion(ctx context.Context, tx bun.Tx, name string, version int64) (*regionRow, error) {
	row := new(regionRow)
	if !store.Storable(name) {
		return nil, api.Errorf(api.NotFound, noRegion)
	}
	_, err := tx.NewUpdate().Model(row).Set("version = version").Where("name = ?", name).Returning("*").Exec(ctx, row)
	if err := orMissing(err, noRegion); err != nil {
		return nil, err
	}
	if version != 0 && version != row.Version {
		return nil, api.Errorf(api.Conflict, "region.changed", "by", row.UpdatedBy)
	}
	return row, nil
}

// UpdateRegion implements api.Regions.
func (p *Plane) UpdateRegion(ctx context.Context, s api.Scope, name string, d api.RegionDraft, version int64) (api.Region, error) {
	d = p.completeRegion(d)
	d.Name = name
	err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := lockRegions(ctx, tx); err != nil {
			return err
		}
		row, err := lockRegion(ctx, tx, name, version)
		if err != nil {
			return err
		}
		if _, err := p.judgeRegion(ctx, tx, name, d); err != nil {
			return err
		}
		if err := row.mayMove(ctx, tx, &d); err != nil {
			return err
		}
		if err := p.preparePlace(&d); err != nil {
			return err
		}
		secret, err := p.secretOf(row, &d)
		if err != nil {
			return err
		}
		before := row.audited(false)
		row.describe(p.keys, &d, secret, s.Actor)
		if _, err := tx.NewUpdate().Model(row).WherePK().Exec(ctx); err != nil {
			return err
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: "update", Kind: api.KindRegion, ID: name, Name: name, Before: before, After: row.audited(!d.Secret.IsZero()),
		})
	})
	if err != nil {
		return api.Region{}, err
	}
	return p.Region(ctx, s, name)
}

// secretOf is the secret of a judged draft: the one that was typed, or the stored
// one.
func (p *Plane) secretOf(row *regionRow, d *api.RegionDraft) (api.Secret, error) {
	if row == nil || d.Kind != api.StoreS3 || !d.Secret.IsZero() {
		return d.Secret, nil
	}
	return row.open(p.keys)
}
