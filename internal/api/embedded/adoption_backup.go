package embedded

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// StrangeCheckpoints are those of some checkpoints that nothing is known of here.
func (p *Plane) StrangeCheckpoints(ctx context.Context, project string, checkpoints []string) ([]string, error) {
	var known []string
	err := p.db.Read.NewSelect().Model((*checkpointRow)(nil)).Column("id").Where("project_id = ?", project).Scan(ctx, &known)
	slices.Sort(known)
	return slices.DeleteFunc(slices.Clone(checkpoints), func(id string) bool {
		_, found := slices.BinarySearch(known, id)
		return found
	}), err
}

// AdoptBackups makes the backups of a project in a region those that are there, and its
// checkpoints what these tell of them. of says which policy a checkpoint is of, as far
// as somebody found out. How far a backup is moves without a word in the log.
func (p *Plane) AdoptBackups(ctx context.Context, project string, backups []api.Backup, of map[string]string) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		a, err := p.openBackups(ctx, tx, outside(project))
		if err != nil {
			return err
		}
		var rows []backupRow
		if err := tx.NewSelect().Model(&rows).Where("project_id = ?", project).Scan(ctx); err != nil {
			return err
		}
		if backups, err = a.fit(ctx, backups); err != nil {
			return err
		}
		if err := a.checkpointsFor(ctx, backups, of); err != nil {
			return err
		}
		all := adoption[backupRow, api.Backup]{
			rowKey:   func(r *backupRow) string { return r.ID },
			thingKey: func(b *api.Backup) string { return b.ID },
			insert:   func(b *api.Backup) error { return a.insert(ctx, b) },
			change:   func(r *backupRow, b *api.Backup) error { return a.change(ctx, r, b) },
			remove:   func(r *backupRow) error { a.gone = append(a.gone, *r); return nil },
		}
		if err := all.of(rows, backups); err != nil {
			return err
		}
		if err := a.flush(ctx); err != nil {
			return err
		}
		return a.settle(ctx, backups)
	})
}

// backupAdoption takes over backups in a transaction.
type backupAdoption struct {
	p         *Plane
	tx        bun.Tx
	scope     api.Scope
	now       int64
	region    string
	paths     map[string]string // of resources, by id
	policies  map[string]string // names, by id
	points    map[string]*checkpointRow
	fresh     []backupRow // to be inserted
	gone      []backupRow // not there any more
	deletions map[string][]backupRow
}

func (p *Plane) openBackups(ctx context.Context, tx bun.Tx, s api.Scope) (*backupAdoption, error) {
	a := &backupAdoption{
		p: p, tx: tx, scope: s, now: store.Micros(p.now()), paths: map[string]string{}, policies: map[string]string{}, points: map[string]*checkpointRow{},
		deletions: map[string][]backupRow{},
	}
	var err error
	if a.region, err = p.regionOf(ctx, tx, s.Project); err != nil {
		return nil, err
	}
	var resources []resourceRow
	if err := tx.NewSelect().Model(&resources).Column("id", "path").Where("project_id = ?", s.Project).Scan(ctx); err != nil {
		return nil, err
	}
	for _, r := range resources {
		a.paths[r.ID] = r.Path
	}
	var policies []policyRow
	if err := tx.NewSelect().Model(&policies).Column("id", "name").Where("project_id = ?", s.Project).Scan(ctx); err != nil {
		return nil, err
	}
	for i := range policies {
		a.policies[policies[i].ID] = policies[i].Name
	}
	var points []checkpointRow
	err = tx.NewSelect().Model(&points).Where("project_id = ?", s.Project).Scan(ctx)
	for i := range points {
		a.points[points[i].ID] = &points[i]
	}
	return a, err
}

func (a *backupAdoption) insert(_ context.Context, b *api.Backup) error {
	a.fresh = append(a.fresh, a.row(b, nil))
	return nil
}

// change makes a row what its backup is, if it is another one. That it is being deleted
// is told of if nobody here wanted that.
func (a *backupAdoption) change(ctx context.Context, r *backupRow, b *api.Backup) error {
	is := a.row(b, r)
	if is == *r {
		return nil
	}
	if is.Status == api.BackupDeleting && r.Status != api.BackupDeleting {
		a.deletions[r.CheckpointID] = append(a.deletions[r.CheckpointID], *r)
	}
	is.Version++
	_, err := a.tx.NewUpdate().Model(&is).WherePK().Exec(ctx)
	return err
}

// flush writes what came, and removes what went.
func (a *backupAdoption) flush(ctx context.Context) error {
	oldest := map[string]int64{} // of the backups that came, by policy
	for i := range a.fresh {
		r := &a.fresh[i]
		if at, found := oldest[r.PolicyID]; r.PolicyID != "" && r.Kind == api.BackupOriginal && (!found || r.CreatedAt < at) {
			oldest[r.PolicyID] = r.CreatedAt
		}
	}
	for policy, at := range oldest {
		if err := unsync(ctx, a.tx, a.scope.Project, policy, at); err != nil {
			return err
		}
	}
	for batch := range slices.Chunk(a.fresh, recordBatch) {
		if _, err := a.tx.NewInsert().Model(&batch).Exec(ctx); err != nil {
			return err
		}
	}
	for batch := range slices.Chunk(a.gone, recordBatch) {
		ids := make([]string, len(batch))
		for i := range batch {
			ids[i] = batch[i].ID
			if batch[i].Status != api.BackupDeleting {
				a.deletions[batch[i].CheckpointID] = append(a.deletions[batch[i].CheckpointID], batch[i])
			}
		}
		_, err := a.tx.NewDelete().Model((*backupRow)(nil)).Where("project_id = ? AND id IN (?)", a.scope.Project, bun.List(ids)).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return a.recordDeletions(ctx)
}

// recordDeletions tells of what somebody deleted over there, or its policy did not keep.
func (a *backupAdoption) recordDeletions(ctx context.Context) error {
	for point, rows := range a.deletions {
		d := api.AuditedDeletion{Checkpoint: point, Backups: len(rows), Names: []string{}}
		ids := make([]string, len(rows))
		for i := range rows {
			ids[i] = rows[i].ID
			d.Size += rows[i].Size
			if len(d.Names) < api.MaxAuditedNames {
				d.Names = append(d.Names, rows[i].Name)
			}
		}
		if err := recordDeleted(ctx, a.tx, a.scope, d, ids); err != nil {
			return err
		}
	}
	return nil
}
