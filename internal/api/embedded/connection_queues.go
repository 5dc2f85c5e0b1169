package embedded

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// bondRow says that a queue uses a connection.
type bondRow struct {
	bun.BaseModel `bun:"table:connection_queues"`

	ID           string `bun:"id,pk"`
	ProjectID    string
	ConnectionID string
	QueueID      string
	UpdatedAt    int64
	UpdatedBy    string
}

// boundRow is a bond with the names at both ends.
type boundRow struct {
	ID, ConnectionID, QueueID string
	Queue, Connection         string
	UpdatedAt                 int64
	UpdatedBy                 string
}

// bonds reads bonds, by the names of both ends.
func bonds(ctx context.Context, db bun.IDB, where string, args ...any) ([]boundRow, error) {
	var rows []boundRow
	err := db.NewSelect().TableExpr("connection_queues AS b").
		Join("JOIN queues AS q ON q.id = b.queue_id").Join("JOIN connections AS c ON c.id = b.connection_id").
		ColumnExpr("b.id, b.connection_id, b.queue_id, q.name AS queue, c.name AS connection, b.updated_at, b.updated_by").
		Where(where, args...).OrderExpr("q.name, c.name").Scan(ctx, &rows)
	return rows, err
}

// addQueues fills in the queues of connections.
func addQueues(ctx context.Context, db bun.IDB, connections []api.Connection) error {
	if len(connections) == 0 {
		return nil
	}
	ids, at := make([]string, len(connections)), make(map[string]*api.Connection, len(connections))
	for i := range connections {
		ids[i] = connections[i].ID
		at[ids[i]] = &connections[i]
	}
	rows, err := bonds(ctx, db, "b.connection_id IN (?)", bun.List(ids))
	for _, r := range rows {
		c := at[r.ConnectionID]
		c.Queues = append(c.Queues, api.BoundQueue{
			ID: r.ID, Name: r.Queue, State: c.State, Updated: api.Stamp{At: store.Time(r.UpdatedAt), By: r.UpdatedBy},
		})
	}
	return err
}

// BindQueues implements api.Connections.
func (p *Plane) BindQueues(ctx context.Context, s api.Scope, id string, queues []string) (api.Connection, error) {
	return p.changeConnection(ctx, s, api.BindQueues{ID: id, Queues: queues}, "bind", func(ctx context.Context, tx bun.Tx, row *connectionRow) (bool, error) {
		found, err := queuesToBind(ctx, tx, s, queues)
		if err != nil {
			return false, err
		}
		var present []string
		if err := tx.NewSelect().Model((*bondRow)(nil)).Column("queue_id").Where("connection_id = ?", id).Scan(ctx, &present); err != nil {
			return false, err
		}
		var bonds []bondRow
		for _, q := range found {
			if !slices.Contains(present, q) {
				bonds = append(bonds, bondRow{
					ID: store.NewID(), ProjectID: s.Project, ConnectionID: id, QueueID: q,
					UpdatedAt: store.Micros(time.Now()), UpdatedBy: s.Actor.User,
				})
			}
		}
		if len(bonds) == 0 {
			return false, nil
		}
		_, err = tx.NewInsert().Model(&bonds).Exec(ctx)
		return true, err
	})
}

// queuesToBind returns the ids of queues, which nobody can delete until the
// transaction ends.
func queuesToBind(ctx context.Context, tx bun.Tx, s api.Scope, names []string) ([]string, error) {
	if len(names) == 0 {
		return nil, api.Refuse([]api.Problem{{Path: "queues", Message: api.M("connection.queues_required")}})
	}
	known, err := queueIDs(ctx, tx, s)
	if err != nil {
		return nil, err
	}
	var ids []string
	var problems []api.Problem
	for i, name := range names {
		folded := api.FoldQueue(name)
		switch path, id := fmt.Sprintf("queues.%d", i), known[folded]; {
		case folded == api.DefaultQueue:
			problems = append(problems, api.Problem{Path: path, Message: api.M("connection.queue_default", "name", folded)})
		case id == "":
			problems = append(problems, api.Problem{Path: path, Message: api.M("connection.queue_unknown", "name", api.Shortened(name))})
		default:
			ids = append(ids, id)
		}
	}
	slices.Sort(ids) // so that two who lock the same queues do not wait for each other
	ids = slices.Compact(ids)
	for _, id := range ids {
		if len(problems) > 0 {
			break
		}
		if err := lock(ctx, tx, s.Project, new(queueRow), "queue.not_found", id); err != nil {
			return nil, err
		}
	}
	return ids, api.Refuse(problems)
}

// queueIDs returns the project's queues by name.
func queueIDs(ctx context.Context, db bun.IDB, s api.Scope) (map[string]string, error) {
	var rows []queueRow
	err := db.NewSelect().Model(&rows).Column("id", "name").Where("project_id = ?", s.Project).Scan(ctx)
	ids := make(map[string]string, len(rows))
	for _, r := range rows {
		ids[r.Name] = r.ID
	}
	return ids, err
}

// UnbindQueues implements api.Connections.
func (p *Plane) UnbindQueues(ctx context.Context, s api.Scope, id string, queues []string) (api.Connection, error) {
	return p.changeConnection(ctx, s, api.UnbindQueues{ID: id, Queues: queues}, "unbind", func(ctx context.Context, tx bun.Tx, _ *connectionRow) (bool, error) {
		known, err := queueIDs(ctx, tx, s)
		if err != nil {
			return false, err
		}
		var ids []string
		for _, name := range queues {
			if queue := known[api.FoldQueue(name)]; queue != "" {
				ids = append(ids, queue)
			}
		}
		slices.Sort(ids)
		ids = slices.Compact(ids)
		if len(ids) == 0 {
			return false, nil
		}
		result, err := tx.NewDelete().Model((*bondRow)(nil)).Where("connection_id = ? AND queue_id IN (?)", id, bun.List(ids)).Exec(ctx)
		if err != nil {
			return false, err
		}
		n, err := result.RowsAffected()
		return n > 0, err
	})
}
