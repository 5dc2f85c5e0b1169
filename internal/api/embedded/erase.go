package embedded

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/objects"
	"switchboard/internal/api/store"
)

// taskErase is a project with backups that are to be deleted.
const taskErase jobs.Kind = "erase"

// How many backups are looked at in one go, and how many objects of them are removed
// at the same time (spec/replication.md §1.5).
const (
	eraseBatch = 500
	erasers    = 5
)

// DeleteBackups implements api.Backups.
func (p *Plane) DeleteBackups(ctx context.Context, s api.Scope, checkpoint string, ids []string) error {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	away, err := p.away(ctx, s.Project)
	if err != nil {
		return err
	}
	if away {
		done, err := p.deleteBackupsThere(ctx, s, checkpoint, ids)
		if err != nil {
			return err
		}
		defer done()
	}
	err = p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row := new(checkpointRow)
		if err := find(ctx, tx, s.Project, row, noCheckpoint, "id = ?", checkpoint); err != nil {
			return err
		}
		if _, err := holdPolicy(ctx, tx, s.Project, row.PolicyID); err != nil { // no replication begins meanwhile
			return err
		}
		d, err := p.markDeleting(ctx, tx, s.Project, checkpoint, ids)
		if err != nil || d.Backups == 0 {
			return err
		}
		return recordDeleted(ctx, tx, s, d, ids)
	})
	if err == nil {
		p.nudge(ctx, jobs.Task{Kind: taskErase, Project: s.Project, Due: store.Micros(p.now())})
	}
	return err
}

// markDeleting begins to delete backups of a checkpoint, or all of it.
func (p *Plane) markDeleting(ctx context.Context, tx bun.Tx, project, checkpoint string, ids []string) (d api.AuditedDeletion, err error) {
	if !store.Storable(anys(ids)...) {
		return d, api.Errorf(api.NotFound, noBackup)
	}
	ours := func() *bun.SelectQuery {
		query := tx.NewSelect().Model((*backupRow)(nil)).Where("project_id = ? AND checkpoint_id = ?", project, checkpoint)
		if len(ids) > 0 {
			query = query.Where("id IN (?)", bun.List(ids))
		}
		return query
	}
	d.Checkpoint = checkpoint
	if err := ours().ColumnExpr("COUNT(*), COALESCE(SUM(size), 0)").Scan(ctx, &d.Backups, &d.Size); err != nil {
		return d, err
	}
	if d.Backups < len(ids) {
		return d, api.Errorf(api.NotFound, noBackup)
	}
	if err := ours().Column("name").OrderExpr("id").Limit(api.MaxAuditedNames).Scan(ctx, &d.Names); err != nil {
		return d, err
	}
	n, err := p.setDeleting(ctx, tx, ours().Column("id"))
	if err == nil && n < int64(d.Backups) {
		err = api.Errorf(api.Conflict, "backup.busy")
	}
	if err != nil {
		return d, err
	}
	busy, err := tx.NewSelect().Model((*recordRow)(nil)).Where("project_id = ? AND status IN (?)", project, unfinishedRecords).
		Where("backup_id IN (?)", ours().Column("id")).Exists(ctx)
	if err == nil && busy {
		err = api.Errorf(api.Conflict, "backup.being_replicated")
	}
	return d, err
}

// setDeleting begins to delete those backups that can be, which are available or
// failed, of what a query for ids finds whatever their status is. Replicas among them
// are not expected at their place any more, so that there can be other ones; the
// records of these are in the projects that they came from.
func (p *Plane) setDeleting(ctx context.Context, tx bun.Tx, ids *bun.SelectQuery) (n int64, err error) {
	result, err := tx.NewUpdate().Model((*backupRow)(nil)).
		Set("status = ?, updated_at = ?, expires_at = 0", api.BackupDeleting, store.Micros(p.now())).
		Where("id IN (?)", ids).Where("status IN (?)", bun.List([]api.BackupStatus{api.BackupAvailable, api.BackupError})).Exec(ctx)
	if err != nil {
		return 0, err
	}
	_, err = tx.NewUpdate().Model((*recordRow)(nil)).Set("present = ?", false).
		Where("replica_id IN (?) AND present AND status = ?", ids, api.ReplicationSucceeded).Exec(ctx)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// recordDeleted writes down that backups are deleted: of a checkpoint, or one.
func recordDeleted(ctx context.Context, tx bun.Tx, s api.Scope, d api.AuditedDeletion, ids []string) error {
	e := store.Event{Action: "delete", Kind: api.KindBackup, ID: d.Checkpoint, Before: d}
	if len(d.Names) > 0 {
		e.Name = d.Names[0]
	}
	if len(ids) == 1 {
		e.ID = ids[0]
	}
	return store.Record(ctx, tx, s, e)
}

// dueErasures finds the projects with backups that are to be deleted.
func dueErasures(p *Plane, now time.Time) *bun.SelectQuery {
	return here(p.db.Read.NewSelect().Model((*backupRow)(nil)).
		ColumnExpr("DISTINCT project_id, '' AS id, '' AS part, ? AS due", store.Micros(now.Truncate(turn))).
		Where("status = 'deleting'"))
}

// eraseDue deletes backups of a project: the object, then the row; done twice it is
// done once. What cannot be removed because its store cannot be reached is tried
// again; what the store refuses to remove failed.
func (p *Plane) eraseDue(ctx context.Context, t jobs.Task) error {
	for last := ""; ctx.Err() == nil; {
		var batch []backupRow
		err := p.db.Read.NewSelect().Model(&batch).Where("status = 'deleting'").
			Where("project_id = ? AND id > ?", t.Project, last).OrderExpr("id").Limit(eraseBatch).Scan(ctx)
		if err != nil || len(batch) == 0 {
			return err
		}
		last = batch[len(batch)-1].ID
		if err := p.erase(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

// erase deletes a batch of backups of a project.
func (p *Plane) erase(ctx context.Context, batch []backupRow) error {
	var working sync.WaitGroup
	faults := make([]*api.Fault, len(batch))
	slots := make(chan struct{}, erasers)
	for i := range batch {
		if batch[i].Adopted || batch[i].ObjectKey == "" {
			continue
		}
		slots <- struct{}{}
		working.Go(func() {
			faults[i] = p.eraseObject(ctx, &batch[i])
			<-slots
		})
	}
	working.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		var gone []string
		for i := range batch {
			switch {
			case faults[i] == nil:
				gone = append(gone, batch[i].ID)
			case !temporary(faults[i]):
				if err := batch[i].fail(ctx, tx, p.now(), faults[i]); err != nil {
					return err
				}
			}
		}
		return forgetBackups(ctx, tx, batch[0].ProjectID, gone)
	})
}

// eraseObject removes what a backup is; why is what was in the way.
func (p *Plane) eraseObject(ctx context.Context, r *backupRow) (why *api.Fault) {
	s, err := p.store(ctx, r.Region)
	if err == nil {
		err = s.Delete(ctx, r.ObjectKey)
	}
	if err == nil || api.CodeOf(err) == api.NotFound || errors.Is(err, objects.ErrNotFound) {
		return nil // a region that is not there any more keeps nothing for us
	}
	return faultOf(err, false)
}

// forgetBackups removes the rows of backups whose objects are gone, and the checkpoints of
// which nothing is left.
func forgetBackups(ctx context.Context, tx bun.Tx, project string, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	var removed []backupRow
	_, err := tx.NewDelete().Model((*backupRow)(nil)).Where("project_id = ? AND id IN (?) AND status = 'deleting'", project, bun.List(ids)).
		Returning("checkpoint_id, kind").Exec(ctx, &removed)
	if err != nil {
		return err
	}
	var checkpoints []string
	for i := range removed {
		if removed[i].Kind == api.BackupOriginal { // more replicas may still come to theirs
			checkpoints = append(checkpoints, removed[i].CheckpointID)
		}
	}
	slices.Sort(checkpoints)
	if checkpoints = slices.Compact(checkpoints); len(checkpoints) == 0 {
		return nil
	}
	_, err = tx.NewDelete().Model((*checkpointRow)(nil)).Where("project_id = ? AND id IN (?)", project, bun.List(checkpoints)).
		Where("ended_at > 0").Where(emptyCheckpoint).Exec(ctx)
	return err
}

// emptyCheckpoint is the condition for checkpoints that have no backups.
const emptyCheckpoint = "NOT EXISTS (SELECT 1 FROM backups AS b WHERE b.checkpoint_id = checkpoint_row.id)"
