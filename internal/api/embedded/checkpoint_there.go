package embedded

import (
	"context"
	"errors"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
)

// errJudged ends a transaction that was only to judge.
var errJudged = errors.New("embedded: judged")

// judged lets f judge under the locks of a transaction that writes nothing.
func (p *Plane) judged(ctx context.Context, f func(ctx context.Context, tx bun.Tx) error) error {
	err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := f(ctx, tx); err != nil {
			return err
		}
		return errJudged
	})
	if errors.Is(err, errJudged) {
		return nil
	}
	return err
}

// startCheckpointThere begins a backup in the region that the project lives in. Without
// a policy that is a checkpoint for each resource; the first of them is returned.
func (p *Plane) startCheckpointThere(ctx context.Context, s api.Scope, d api.CheckpointDraft) (api.Checkpoint, error) {
	var resources []api.Resource
	row := &checkpointRow{ProjectID: s.Project, Auto: d.Auto, Actor: encode(s.Actor)}
	err := p.judged(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		resources, err = row.protect(ctx, tx, s, &d)
		return err
	})
	if err != nil {
		return api.Checkpoint{}, err
	}
	if len(d.Resources) > 0 {
		d.Resources = nil
		for i := range resources {
			d.Resources = append(d.Resources, resources[i].ID)
		}
	}
	made, done, err := there(ctx, p, s, api.StartCheckpoint{Draft: d})
	if err != nil {
		return api.Checkpoint{}, err
	}
	defer done()
	if len(made.Made) == 0 {
		return api.Checkpoint{}, unheard()
	}
	err = p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		a, err := p.openBackups(ctx, tx, s)
		if err != nil {
			return err
		}
		for i := range made.Made {
			if d.Policy == "" && i < len(resources) {
				row.Resources = encode(resources[i : i+1])
				row.Name, row.Description = d.Name, d.Description
			} else {
				row.Resources = encode(resources)
			}
			if err := a.keepBegun(ctx, row, &made.Made[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return api.Checkpoint{}, err
	}
	return p.Checkpoint(ctx, s, made.Made[0].Checkpoint.ID)
}

// keepBegun writes down a checkpoint that began, like the row that it was judged as, and
// its backups. What began before of its policy has ended, or this had not begun.
func (a *backupAdoption) keepBegun(ctx context.Context, like *checkpointRow, made *api.Begun) error {
	row, project := *like, a.scope.Project
	row.ID, row.Region, row.CreatedAt = made.Checkpoint.ID, a.region, a.now
	if at := toldAt(made.Checkpoint.Created.At); at > 0 {
		row.CreatedAt = at
	}
	backups, err := a.fit(ctx, made.Backups)
	if err != nil {
		return err
	}
	foreign, err := heldElsewhere(ctx, a.tx, (*checkpointRow)(nil), project, []string{row.ID})
	if err != nil {
		return err
	}
	if foreign[row.ID] {
		return unheard()
	}
	if row.PolicyID != "" {
		_, err := a.tx.NewUpdate().Model((*checkpointRow)(nil)).Set("ended_at = ?", a.now).
			Where("project_id = ? AND policy_id = ? AND ended_at = 0", project, row.PolicyID).Exec(ctx)
		if err != nil {
			return err
		}
	}
	a.points[row.ID] = &row
	rows := make([]backupRow, len(backups))
	ids := make([]string, len(backups))
	for i := range backups {
		rows[i] = a.row(&backups[i], nil)
		ids[i] = rows[i].ID
	}
	return a.replaceBegun(ctx, &row, rows, ids)
}

// replaceBegun inserts a checkpoint, in the place of what another process may have found
// of it meanwhile.
func (a *backupAdoption) replaceBegun(ctx context.Context, row *checkpointRow, rows []backupRow, ids []string) error {
	_, err := a.tx.NewDelete().Model((*checkpointRow)(nil)).Where("project_id = ? AND id = ?", row.ProjectID, row.ID).Exec(ctx)
	if err == nil && len(ids) > 0 {
		_, err = a.tx.NewDelete().Model((*backupRow)(nil)).Where("project_id = ? AND id IN (?)", row.ProjectID, bun.List(ids)).Exec(ctx)
	}
	if err != nil {
		return err
	}
	return row.insert(ctx, a.tx, a.scope, rows)
}

// deleteBackupsThere begins to delete backups in the region that the project lives in;
// done must be called when that is written down.
func (p *Plane) deleteBackupsThere(ctx context.Context, s api.Scope, checkpoint string, ids []string) (done func(), err error) {
	err = p.judged(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := find(ctx, tx, s.Project, new(checkpointRow), noCheckpoint, "id = ?", checkpoint); err != nil {
			return err
		}
		_, err := p.markDeleting(ctx, tx, s.Project, checkpoint, ids)
		return err
	})
	if err != nil {
		return nil, err
	}
	_, done, err = there(ctx, p, s, api.DeleteBackups{Checkpoint: checkpoint, IDs: ids})
	return done, err
}
