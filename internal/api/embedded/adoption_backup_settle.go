package embedded

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
)

// said is what is in a checkpoint by what the region says of its backups.
type said struct {
	backups    int
	unfinished bool
	finished   int64
}

// settle ends the checkpoints whose backups have all ended, and forgets those of which
// nothing is left.
func (a *backupAdoption) settle(ctx context.Context, backups []api.Backup) error {
	told := map[string]*said{}
	for i := range backups {
		b := &backups[i]
		t := told[b.Checkpoint]
		if t == nil {
			t = new(said)
			told[b.Checkpoint] = t
		}
		t.backups++
		t.unfinished = t.unfinished || b.Status == api.BackupWaiting || b.Status == api.BackupProtecting
		t.finished = max(t.finished, toldAt(b.Finished))
	}
	var empty []string
	for id, point := range a.points {
		t := told[id]
		if t == nil {
			t = new(said)
		}
		if end := a.end(point, t); point.EndedAt == 0 && end > 0 {
			point.EndedAt = end
			if err := update(ctx, a.tx, point, "ended_at"); err != nil {
				return err
			}
		}
		if t.backups == 0 && slices.ContainsFunc(a.gone, func(r backupRow) bool { return r.CheckpointID == id }) {
			empty = append(empty, id)
		}
	}
	if len(empty) == 0 {
		return nil
	}
	_, err := a.tx.NewDelete().Model((*checkpointRow)(nil)).Where("project_id = ? AND id IN (?)", a.scope.Project, bun.List(empty)).
		Where(emptyCheckpoint).Exec(ctx)
	return err
}

// emptyFor is how long a checkpoint may be there without a backup until it is taken for
// one that had nothing to back up.
const emptyFor = time.Minute

// end is when a checkpoint ended, 0 if it goes on.
func (a *backupAdoption) end(point *checkpointRow, t *said) int64 {
	switch {
	case t.unfinished, t.backups == 0 && a.now-point.CreatedAt < emptyFor.Microseconds():
		return 0
	case t.finished > 0:
		return max(t.finished, point.CreatedAt)
	}
	return a.now
}
