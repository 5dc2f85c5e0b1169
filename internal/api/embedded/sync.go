package embedded

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// syncRow is how far a policy and a destination are in step: every backup of the
// policy that was created until SyncedAt has its replica.
type syncRow struct {
	bun.BaseModel `bun:"table:replication_syncs"`

	ProjectID     string
	PolicyID      string `bun:"policy_id,pk"`
	Region        string `bun:"region,pk"`
	DestinationID string
	SyncedAt      int64
	RunID         string
	UpdatedAt     int64

	ProjectName string `bun:",scanonly"`
	Oldest      int64  `bun:",scanonly"`
}

func (r *syncRow) sync() api.Sync {
	return api.Sync{
		Destination: api.Destination{Region: r.Region, Project: r.DestinationID}, ProjectName: r.ProjectName,
		At: store.Time(r.SyncedAt), Oldest: store.Time(r.Oldest), Run: r.RunID,
	}
}

// syncsOf returns how far policies are in step with their destinations, by the
// policies' ids: those that they were replicated to, and those of their operations.
func syncsOf(ctx context.Context, db bun.IDB, project string, policies []string) (map[string][]api.Sync, error) {
	found := make(map[string][]api.Sync, len(policies))
	if len(policies) == 0 {
		return found, nil
	}
	var rows []syncRow
	err := db.NewSelect().Model(&rows).Where("project_id = ? AND policy_id IN (?)", project, bun.List(policies)).Scan(ctx)
	if err != nil {
		return nil, err
	}
	meant, err := meantSyncs(ctx, db, project, policies)
	if err != nil {
		return nil, err
	}
	for _, m := range meant {
		if !slices.ContainsFunc(rows, m.same) {
			rows = append(rows, m)
		}
	}
	slices.SortFunc(rows, func(a, b syncRow) int { return strings.Compare(a.Region, b.Region) })
	for i := range rows {
		if err := rows[i].look(ctx, db); err != nil {
			return nil, err
		}
		found[rows[i].PolicyID] = append(found[rows[i].PolicyID], rows[i].sync())
	}
	return found, nil
}

// look fills in what is kept elsewhere. What was in step once need not be looked
// at again, so that this costs as much as there is new.
func (r *syncRow) look(ctx context.Context, db bun.IDB) error {
	row := new(projectRow)
	err := db.NewSelect().Model(row).Where("id = ?", r.DestinationID).Scan(ctx)
	if r.ProjectName = cmp.Or(row.Name, r.DestinationID); api.CodeOf(orMissing(err, noReplication)) == api.NotFound {
		err = nil // it is gone, and so are its replicas
	}
	if err != nil {
		return err
	}
	r.Oldest, err = r.behind(ctx, db, api.BackupAvailable)
	return err
}

// behind is when the oldest backup in one of the statuses was created that has no
// replica there and never had; 0 if there is none.
func (r *syncRow) behind(ctx context.Context, db bun.IDB, statuses ...api.BackupStatus) (int64, error) {
	var oldest []int64
	there := db.NewSelect().TableExpr("replication_records AS r").ColumnExpr("1").
		Where("r.project_id = ? AND r.backup_id = backup_row.id", r.ProjectID).
		Where("r.region = ? AND r.status = ?", r.Region, api.ReplicationSucceeded)
	err := db.NewSelect().Model((*backupRow)(nil)).Column("created_at").
		Where("policy_id = ? AND created_at > ?", r.PolicyID, r.SyncedAt).
		Where("kind = ? AND status IN (?)", api.BackupOriginal, bun.List(statuses)).
		Where("NOT EXISTS (?)", there).OrderExpr("created_at, id").Limit(1).Scan(ctx, &oldest)
	if err != nil || len(oldest) == 0 {
		return 0, err
	}
	return oldest[0], nil
}

// sync writes down how far a run that ends got its policy in step, unless the policy
// was deleted. Backups that are still being made will be new.
func (r *replicationRow) sync(ctx context.Context, tx bun.Tx, now time.Time) error {
	there, err := holdPolicy(ctx, tx, r.ProjectID, r.PolicyID)
	if err != nil || !there {
		return err
	}
	row := &syncRow{
		ProjectID: r.ProjectID, PolicyID: r.PolicyID, Region: r.Region, DestinationID: r.DestinationID,
		RunID: r.ID, UpdatedAt: store.Micros(now),
	}
	oldest, err := row.behind(ctx, tx, api.BackupAvailable, api.BackupWaiting, api.BackupProtecting)
	if err != nil {
		return err
	}
	row.SyncedAt = store.Micros(now)
	if oldest > 0 {
		row.SyncedAt = min(row.SyncedAt, oldest-1)
	}
	_, err = tx.NewInsert().Model(row).On("CONFLICT (policy_id, region) DO UPDATE").
		Set("destination_id = EXCLUDED.destination_id, synced_at = EXCLUDED.synced_at").
		Set("run_id = EXCLUDED.run_id, updated_at = EXCLUDED.updated_at").Exec(ctx)
	return err
}

// unsync is for backups of a policy that come with an earlier creation than now:
// from then on it is not in step until they have replicas. Policies are held by both
// who writes that and who adds backups, so that one sees the other's.
func unsync(ctx context.Context, tx bun.Tx, project, policy string, created int64) error {
	if _, err := holdPolicy(ctx, tx, project, policy); err != nil {
		return err
	}
	_, err := tx.NewUpdate().Model((*syncRow)(nil)).Set("synced_at = ?", created-1).
		Where("project_id = ? AND policy_id = ? AND synced_at >= ?", project, policy, created).Exec(ctx)
	return err
}

// meantSyncs are the destinations of operations of policies.
func meantSyncs(ctx context.Context, db bun.IDB, project string, policies []string) ([]syncRow, error) {
	var operations []operationRow
	err := db.NewSelect().Model(&operations).Where("project_id = ? AND policy_id IN (?)", project, bun.List(policies)).
		Where("type = ?", api.OperationReplication).OrderExpr("policy_id, position").Scan(ctx)
	rows := make([]syncRow, 0, len(operations))
	for i := range operations {
		d := operations[i].definition()
		row := syncRow{ProjectID: project, PolicyID: operations[i].PolicyID, Region: d.Region, DestinationID: d.Project}
		if !slices.ContainsFunc(rows, row.same) {
			rows = append(rows, row)
		}
	}
	return rows, err
}

func (r *syncRow) same(other syncRow) bool {
	return r.PolicyID == other.PolicyID && r.Region == other.Region
}

// BehindPolicies implements api.Replications.
func (p *Plane) BehindPolicies(ctx context.Context, s api.Scope, limit int) (int, error) {
	var policies []string
	err := p.db.Read.NewSelect().Table("policies").Column("id").Where("project_id = ?", s.Project).Scan(ctx, &policies)
	if err != nil {
		return 0, err
	}
	syncs, err := syncsOf(ctx, p.db.Read, s.Project, policies)
	behind := 0
	for _, of := range syncs {
		if slices.ContainsFunc(of, func(s api.Sync) bool { return !s.Oldest.IsZero() }) {
			behind++
		}
	}
	return min(behind, limit), err
}
