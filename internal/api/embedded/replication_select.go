package embedded

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
)

// aim is what a replication is of and where it goes, as it was found to be right.
type aim struct {
	policy      api.Used // nothing for one backup
	source      string   // region
	destination api.Destination
	projectName string // of the destination
	cloud       bool   // the project lives in a region, which knows what is at the destination
}

// aim judges where backups of the scope's project go to.
func (p *Plane) aim(ctx context.Context, db bun.IDB, s api.Scope, to api.Destination) (a aim, problems []api.Problem, err error) {
	a.destination = to
	if a.cloud, err = p.away(ctx, s.Project); err != nil {
		return a, nil, err
	}
	if a.source, err = p.regionOf(ctx, db, s.Project); err != nil {
		return a, nil, err
	}
	a.projectName, problems, err = p.destination(ctx, db, s, to)
	return a, problems, err
}

// aimPolicy is aim for a policy of the project.
func (p *Plane) aimPolicy(ctx context.Context, db bun.IDB, s api.Scope, policy *policyRow, to api.Destination) (aim, error) {
	a, problems, err := p.aim(ctx, db, s, to)
	a.policy = api.Used{ID: policy.ID, Name: policy.Name}
	if err == nil {
		err = api.Refuse(problems)
	}
	return a, err
}

// holdPolicy keeps others from starting a replication of a policy, or from deleting
// it, until the transaction ends; there is false if it was deleted.
func holdPolicy(ctx context.Context, tx bun.Tx, project, id string) (there bool, err error) {
	result, err := tx.NewUpdate().Model((*policyRow)(nil)).Set("version = version").
		Where("id = ? AND project_id = ?", id, project).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// candidates are the backups of a policy that a replication of it copies: the
// available ones that have no replica at the destination, never had one, and are
// not on their way there (spec/replication.md §1.1). The policy is the project's: to
// name that once more would lead a database to a worse index.
func (a *aim) candidates(db bun.IDB) *bun.SelectQuery {
	return a.eligible(db).Where("backup_row.policy_id = ?", a.policy.ID).Where("NOT EXISTS (?)", a.claims(db).ColumnExpr("1"))
}

// eligible are the backups that can be replicated at all.
func (a *aim) eligible(db bun.IDB) *bun.SelectQuery {
	return db.NewSelect().Model((*backupRow)(nil)).Where("backup_row.region = ?", a.source).
		Where("backup_row.status = ? AND backup_row.kind = ?", api.BackupAvailable, api.BackupOriginal)
}

// claims are the records that keep a policy from replicating a backup again.
func (a *aim) claims(db bun.IDB) *bun.SelectQuery {
	return db.NewSelect().TableExpr("replication_records AS r").Where("r.project_id = backup_row.project_id AND r.backup_id = backup_row.id").
		Where("r.region = ? AND r.status IN (?)", a.destination.Region, claimedRecords)
}

// census is how many backups of a policy are in the same state.
type census struct {
	Status api.BackupStatus
	Region string
	Claim  api.ReplicationStatus
	N      int
	Bytes  int64
}

// count tells the backups of a policy apart: what is to be copied, and why the
// others are not.
func (a *aim) count(ctx context.Context, db bun.IDB, plan *api.ReplicationPlan) error {
	each := db.NewSelect().Model((*backupRow)(nil)).Column("status", "region", "size").
		ColumnExpr("COALESCE((?), '') AS claim", a.claims(db).ColumnExpr("MIN(r.status)")).
		Where("policy_id = ? AND kind = ?", a.policy.ID, api.BackupOriginal)
	var found []census
	err := db.NewSelect().TableExpr("(?) AS b", each).ColumnExpr("status, region, claim, COUNT(*) AS n, SUM(size) AS bytes").
		GroupExpr("status, region, claim").Scan(ctx, &found)
	plan.Skipped = map[api.FaultCode]int{}
	for _, c := range found {
		why := c.ineligible(a.source)
		switch {
		case c.Claim == api.ReplicationSucceeded:
			plan.There += c.N
		case c.Claim != "":
			plan.Running += c.N
		case why != "":
			plan.Skipped[why] += c.N
		default:
			plan.Count += c.N
			plan.Bytes += c.Bytes
		}
	}
	return err
}

// ineligible says why a backup cannot be copied; "" if it can.
func (c *census) ineligible(source string) api.FaultCode {
	switch c.Status {
	case api.BackupAvailable:
		if c.Region == source {
			return ""
		}
		return api.FaultIneligible
	case api.BackupWaiting, api.BackupProtecting:
		return api.FaultUnfinished
	case api.BackupError:
		return api.FaultBackupFailed
	}
	return api.FaultDeleting
}

// underWay is the run of a policy by hand, or on a schedule, that has not ended;
// "" if there is none.
func underWay(ctx context.Context, db bun.IDB, project, policy string, auto bool) (id string, err error) {
	err = db.NewSelect().Model((*replicationRow)(nil)).Column("id").
		Where("project_id = ? AND policy_id = ? AND auto = ? AND ended_at = 0", project, policy, auto).Limit(1).Scan(ctx, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return id, err
}
