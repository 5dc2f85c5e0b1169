package embedded

import (
	"context"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

const noCheckpoint = "backup.checkpoint_not_found"

// checkpointRow is a checkpoint as it is stored, without what is counted of its
// backups.
type checkpointRow struct {
	bun.BaseModel `bun:"table:checkpoints"`

	ID          string `bun:"id,pk"`
	ProjectID   string
	Region      string
	PolicyID    string
	PolicyName  string
	Name        string
	Description string
	Resources   string
	Auto        bool
	Actor       string
	CreatedAt   int64
	EndedAt     int64
	Message     string
	Driver      string
	DrivenUntil int64
}

// scope is that of who started it.
func (r *checkpointRow) scope() api.Scope {
	s := api.Scope{Project: r.ProjectID}
	decode(r.Actor, &s.Actor)
	return s
}

// checkpoint is the row as the domain knows it, without its figures.
func (r *checkpointRow) checkpoint() api.Checkpoint {
	c := api.Checkpoint{
		ID: r.ID, Policy: r.PolicyID, PolicyName: r.PolicyName, Name: r.Name, Description: r.Description,
		Resources: r.resources(), Auto: r.Auto, Created: api.Stamp{At: store.Time(r.CreatedAt), By: r.scope().Actor.User},
		Ended: store.Time(r.EndedAt),
	}
	decode(r.Message, &c.Message)
	return c
}

func (r *checkpointRow) resources() (resources []api.Resource) {
	decode(r.Resources, &resources)
	return resources
}

// checkpointsOf are rows as the domain knows them, with what is counted of their
// backups.
func checkpointsOf(ctx context.Context, db bun.IDB, rows []checkpointRow) ([]api.Checkpoint, error) {
	checkpoints := make([]api.Checkpoint, len(rows))
	if len(rows) == 0 {
		return checkpoints, nil
	}
	at := make(map[string]int, len(rows))
	ids := make([]string, len(rows))
	for i := range rows {
		checkpoints[i], ids[i], at[rows[i].ID] = rows[i].checkpoint(), rows[i].ID, i
	}
	var counted []struct {
		CheckpointID string
		Status       api.BackupStatus
		Backups      int
		Bytes        int64
	}
	err := db.NewSelect().Model((*backupRow)(nil)).ColumnExpr("checkpoint_id, status, COUNT(*) AS backups, SUM(size) AS bytes").
		Where("checkpoint_id IN (?)", bun.List(ids)).GroupExpr("checkpoint_id, status").Scan(ctx, &counted)
	for _, n := range counted {
		c := &checkpoints[at[n.CheckpointID]]
		c.Backups += n.Backups
		c.Bytes += n.Bytes
		switch n.Status {
		case api.BackupAvailable:
			c.Available += n.Backups
		case api.BackupError:
			c.Failed += n.Backups
		}
	}
	return checkpoints, err
}

// lastCheckpoints are the latest checkpoints of policies of a project, by the ids
// of these.
func lastCheckpoints(ctx context.Context, db bun.IDB, project string, policies []string) (map[string]*api.Checkpoint, error) {
	last := make(map[string]*api.Checkpoint, len(policies))
	if len(policies) == 0 {
		return last, nil
	}
	var rows []checkpointRow
	newest := db.NewSelect().TableExpr("policies AS p").ColumnExpr("(SELECT c.id FROM checkpoints AS c"+
		" WHERE c.project_id = ? AND c.policy_id = p.id ORDER BY c.created_at DESC, c.id DESC LIMIT 1)", project).
		Where("p.id IN (?)", bun.List(policies))
	if err := db.NewSelect().Model(&rows).Where("id IN (?)", newest).Scan(ctx); err != nil {
		return nil, err
	}
	found, err := checkpointsOf(ctx, db, rows)
	for i := range found {
		last[found[i].Policy] = &found[i]
	}
	return last, err
}
