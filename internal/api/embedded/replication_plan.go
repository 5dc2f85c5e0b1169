package embedded

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
)

// PlanReplication implements api.Replications. It only reads.
func (p *Plane) PlanReplication(ctx context.Context, s api.Scope, d api.ReplicationDraft, cursor string, limit int) (api.ReplicationPlan, error) {
	db := p.db.Read
	policy := new(policyRow)
	if err := find(ctx, db, s.Project, policy, noPolicy, "id = ?", d.Policy); err != nil {
		return api.ReplicationPlan{}, err
	}
	a, err := p.aimPolicy(ctx, db, s, policy, api.Destination{Region: d.Region, Project: d.Project})
	if err != nil {
		return api.ReplicationPlan{}, err
	}
	plan := api.ReplicationPlan{Source: a.source}
	if err := a.count(ctx, db, &plan); err != nil {
		return plan, err
	}
	if plan.Busy, err = underWay(ctx, db, s.Project, d.Policy, d.Auto); err != nil {
		return plan, err
	}
	if plan.Estimate, err = p.estimate(ctx, db, s, a.destination.Region, plan.Bytes); err != nil {
		return plan, err
	}
	plan.Backups, err = list(ctx, a.candidates(db), asked{Cursor: cursor, Limit: limit}, backupOrders, (*backupRow).backup)
	if err != nil {
		return plan, err
	}
	return plan, addRecords(ctx, db, s.Project, plan.Backups.Items)
}

// earlierRuns are looked at to say how long a run will take.
const earlierRuns = 5

// estimate is how long it takes to copy so many bytes to a region: as fast as the
// latest runs to it that copied something, and not faster than its bandwidth.
func (p *Plane) estimate(ctx context.Context, db bun.IDB, s api.Scope, region string, bytes int64) (time.Duration, error) {
	var rates []int64
	err := db.NewSelect().Model((*replicationRow)(nil)).Column("rate").
		Where("project_id = ? AND region = ? AND ended_at > 0 AND succeeded > 0 AND rate > 0", s.Project, region).
		OrderExpr("id DESC").Limit(earlierRuns).Scan(ctx, &rates)
	if err != nil {
		return 0, err
	}
	row, err := findRegion(ctx, db, region)
	if err != nil && api.CodeOf(err) != api.NotFound { // one of a cloud is none of ours
		return 0, err
	}
	var rate int64
	for _, r := range rates {
		rate += r / int64(len(rates))
	}
	if row.Bandwidth > 0 && (rate == 0 || rate > row.Bandwidth) {
		rate = row.Bandwidth
	}
	if rate == 0 {
		return 0, nil
	}
	return time.Duration(float64(bytes) / float64(rate) * float64(time.Second)), nil
}
