package embedded

import (
	"context"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// hear notes of the runs that go on that their region was heard of just now.
func (a *recordAdoption) hear(ctx context.Context) error {
	_, err := a.tx.NewUpdate().Model((*replicationRow)(nil)).Set("seen_at = ?", a.now).
		Where("project_id = ? AND ended_at = 0 AND seen_at < ?", a.scope.Project, a.now-heardEvery.Microseconds()).Exec(ctx)
	return err
}

// heardEvery is how long that may stay behind.
const heardEvery = 5 * time.Second

// settle counts the runs of which something changed, and ends those that are over.
func (a *recordAdoption) settle(ctx context.Context) (events []*eventRow, err error) {
	for id := range a.touched {
		row, err := lockReplication(ctx, a.tx, a.scope.Project, id)
		if err != nil {
			return nil, err
		}
		open, err := a.count(ctx, row)
		if err != nil {
			return nil, err
		}
		if open || row.EndedAt > 0 && !a.made[id] {
			continue
		}
		event, err := a.end(ctx, row)
		if err != nil {
			return nil, err
		}
		if event != nil {
			events = append(events, event)
		}
	}
	return events, nil
}

// count makes the figures of a run what its records say, and reports whether some go on.
func (a *recordAdoption) count(ctx context.Context, row *replicationRow) (open bool, err error) {
	var sums []struct {
		Status      api.ReplicationStatus
		N           int64
		Size, Bytes int64
	}
	err = a.tx.NewSelect().Model((*recordRow)(nil)).ColumnExpr("status, COUNT(*) AS n, SUM(size) AS size, SUM(bytes) AS bytes").
		Where("run_id = ?", row.ID).GroupExpr("status").Scan(ctx, &sums)
	if err != nil {
		return false, err
	}
	row.Total, row.TotalBytes, row.Succeeded, row.Failed, row.Skipped, row.Bytes = 0, 0, 0, 0, 0, 0
	for _, s := range sums {
		row.Total += s.N
		row.TotalBytes += s.Size
		switch s.Status {
		case api.ReplicationSucceeded:
			row.Succeeded, row.Bytes = s.N, row.Bytes+s.Bytes
		case api.ReplicationFailed:
			row.Failed = s.N
		case api.ReplicationSkipped:
			row.Skipped = s.N
		default:
			open, row.Bytes = true, row.Bytes+s.Bytes
		}
	}
	row.SeenAt = a.now
	if took := a.now - row.StartedAt; open && took > 0 {
		row.Rate = int64(float64(row.Bytes) / time.Duration(took*1000).Seconds())
	}
	return open, update(ctx, a.tx, row, "total", "total_bytes", "succeeded", "failed", "skipped", "bytes", "seen_at", "rate")
}

// newsFor is how long ago a run may have begun that nobody here began, for a hook to be
// told that something of it failed.
const newsFor = time.Hour

// end ends a run as any other. When one ended that was over before anybody looked, nobody
// knows.
func (a *recordAdoption) end(ctx context.Context, row *replicationRow) (*eventRow, error) {
	s, at := row.scope(), a.p.now()
	if a.made[row.ID] {
		at = store.Time(max(row.EndedAt, row.StartedAt))
	} else if s.Actor.Way != api.WayRegion {
		s.Actor.Way, s.Actor.Addr, s.Actor.RequestID = api.WayJob, "", ""
	}
	if err := a.p.closeReplication(ctx, a.tx, row, at); err != nil {
		return nil, err
	}
	if err := row.record(ctx, a.tx, s, "end"); err != nil {
		return nil, err
	}
	if row.Failed == 0 || a.made[row.ID] && row.StartedAt < a.now-newsFor.Microseconds() {
		return nil, nil
	}
	return raiseReplication(ctx, a.tx, row)
}
