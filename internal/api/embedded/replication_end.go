package embedded

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// endReplication ends a run whose records have all ended: its figures are counted
// once more, the policy's sync is written down, the audit log and, if something
// failed, the hook are told. The caller has locked the run.
func (p *Plane) endReplication(ctx context.Context, tx bun.Tx, row *replicationRow, s api.Scope, action string) (*eventRow, error) {
	if err := p.closeReplication(ctx, tx, row, p.now()); err != nil {
		return nil, err
	}
	if err := row.record(ctx, tx, s, action); err != nil {
		return nil, err
	}
	if err := row.recordReceived(ctx, tx, s); err != nil || row.Failed == 0 {
		return nil, err
	}
	return raiseReplication(ctx, tx, row)
}

// closeReplication is the part of it that nobody is told of.
func (p *Plane) closeReplication(ctx context.Context, tx bun.Tx, row *replicationRow, at time.Time) error {
	if err := row.tally(ctx, tx); err != nil {
		return err
	}
	row.EndedAt = max(store.Micros(at), row.StartedAt)
	row.SeenAt, row.Driver, row.DrivenUntil = row.EndedAt, "", 0
	if took := row.EndedAt - row.StartedAt; took > 0 {
		row.Rate = int64(float64(row.Bytes) / time.Duration(took*1000).Seconds())
	}
	_, err := tx.NewUpdate().Model(row).Column("succeeded", "failed", "skipped", "bytes", "rate", "seen_at",
		"ended_at", "stopped_by", "driver", "driven_until").WherePK().Exec(ctx)
	if err != nil {
		return err
	}
	if err := row.sync(ctx, tx, p.now()); err != nil {
		return err
	}
	return row.forget(ctx, tx)
}

// record tells the audit log of a run.
func (r *replicationRow) record(ctx context.Context, tx bun.Tx, s api.Scope, action string) error {
	title, err := r.name(ctx, tx)
	if err != nil {
		return err
	}
	return store.Record(ctx, tx, s, store.Event{Action: action, Kind: api.KindReplication, ID: r.ID, Name: title, After: r.audited()})
}

// recordReceived tells the audit log of the project that got replicas.
func (r *replicationRow) recordReceived(ctx context.Context, tx bun.Tx, s api.Scope) error {
	if r.Succeeded == 0 {
		return nil
	}
	title, err := r.name(ctx, tx)
	s.Project = r.DestinationID
	if err != nil {
		return err
	}
	return store.Record(ctx, tx, s, store.Event{Action: "receive", Kind: api.KindBackup, ID: r.ID, Name: title, After: r.audited()})
}

// tally makes the figures of a run what its records say.
func (r *replicationRow) tally(ctx context.Context, tx bun.Tx) error {
	var counted []struct {
		Status api.ReplicationStatus
		N      int64
		Bytes  int64
	}
	err := tx.NewSelect().Model((*recordRow)(nil)).ColumnExpr("status, COUNT(*) AS n, SUM(bytes) AS bytes").
		Where("run_id = ?", r.ID).GroupExpr("status").Scan(ctx, &counted)
	r.Succeeded, r.Failed, r.Skipped, r.Bytes = 0, 0, 0, 0
	for _, c := range counted {
		switch c.Status {
		case api.ReplicationSucceeded:
			r.Succeeded, r.Bytes = c.N, c.Bytes
		case api.ReplicationFailed:
			r.Failed = c.N
		case api.ReplicationSkipped:
			r.Skipped = c.N
		}
	}
	return err
}

// name is what people call the run.
func (r *replicationRow) name(ctx context.Context, db bun.IDB) (string, error) {
	if r.PolicyID != "" {
		return r.PolicyName, nil
	}
	var records []recordRow
	err := db.NewSelect().Model(&records).Column("backup_name").Where("project_id = ? AND run_id = ?", r.ProjectID, r.ID).Limit(1).Scan(ctx)
	return r.title(records), err
}

// reasonsTold bounds the reasons that an event names.
const reasonsTold = 5

// reasons are why the first records of a run failed, each once.
func (r *replicationRow) reasons(ctx context.Context, db bun.IDB) (reasons []api.Fault, err error) {
	var faults []string
	err = db.NewSelect().Model((*recordRow)(nil)).ColumnExpr("fault").Where("run_id = ? AND status = ?", r.ID, api.ReplicationFailed).
		OrderExpr("id").Limit(200).Scan(ctx, &faults)
	told := map[api.FaultCode]bool{}
	for _, text := range faults {
		var f api.Fault
		if decode(text, &f); !told[f.Code] && len(reasons) < reasonsTold {
			told[f.Code] = true
			reasons = append(reasons, f)
		}
	}
	return reasons, err
}
