package embedded

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// queueRow is a queue as it is stored. The default queue has none.
type queueRow struct {
	bun.BaseModel `bun:"table:queues"`

	ID          string `bun:"id,pk"`
	ProjectID   string
	Name        string
	Description string
	Type        api.QueueType
	CUs         int    `bun:"cus"`
	CIDR        string `bun:"cidr"`
	Tags        string
	CreatedAt   int64
	CreatedBy   string
	Version     int64
}

func (r *queueRow) queue() api.Queue {
	q := api.Queue{
		ID: r.ID, Name: r.Name, Description: r.Description, Type: r.Type, CUs: r.CUs, CIDR: r.CIDR,
		Created: api.Stamp{At: store.Time(r.CreatedAt), By: r.CreatedBy},
	}
	decode(r.Tags, &q.Tags)
	return q
}

// defaultQueue is in every project. It is shared, so it has no size of its own.
func defaultQueue() api.Queue {
	return api.Queue{ID: api.DefaultQueue, Name: api.DefaultQueue, Type: api.QueueSQL, CIDR: api.DefaultQueueCIDR}
}

// ListQueues implements api.Queues.
func (p *Plane) ListQueues(ctx context.Context, s api.Scope) ([]api.Queue, error) {
	var rows []queueRow
	err := p.db.Read.NewSelect().Model(&rows).Where("project_id = ?", s.Project).OrderExpr("name").Scan(ctx)
	if err != nil {
		return nil, err
	}
	queues := []api.Queue{defaultQueue()}
	at := map[string]int{}
	for i := range rows {
		at[rows[i].ID] = len(queues)
		queues = append(queues, rows[i].queue())
	}
	bonds, err := bonds(ctx, p.db.Read, "q.project_id = ?", s.Project)
	for _, b := range bonds {
		if i, ok := at[b.QueueID]; ok {
			queues[i].Connections = append(queues[i].Connections, api.Used{ID: b.ConnectionID, Name: b.Connection})
		}
	}
	return queues, err
}

// Queue implements api.Queues.
func (p *Plane) Queue(ctx context.Context, s api.Scope, name string) (api.Queue, error) {
	name = api.FoldQueue(name)
	if name == api.DefaultQueue {
		return defaultQueue(), nil
	}
	row := new(queueRow)
	if err := find(ctx, p.db.Read, s.Project, row, "queue.not_found", "name = ?", name); err != nil {
		return api.Queue{}, err
	}
	q := row.queue()
	bonds, err := bonds(ctx, p.db.Read, "b.queue_id = ?", row.ID)
	q.Connections = used(bonds)
	return q, err
}

// used are the connections at the ends of bonds, nil if there are none.
func used(bonds []boundRow) (connections []api.Used) {
	for _, b := range bonds {
		connections = append(connections, api.Used{ID: b.ConnectionID, Name: b.Connection})
	}
	return connections
}

// ValidateQueue implements api.Queues.
func (p *Plane) ValidateQueue(ctx context.Context, s api.Scope, d api.QueueDraft) error {
	return p.judgeQueue(ctx, s, d.Normalised())
}

// judgeQueue applies every rule to a normalised draft.
func (p *Plane) judgeQueue(ctx context.Context, s api.Scope, d api.QueueDraft) error {
	problems := d.Problems()
	err := find(ctx, p.db.Read, s.Project, new(queueRow), "queue.not_found", "name = ?", d.Name)
	switch {
	case err == nil:
		return queueTaken(problems)
	case api.CodeOf(err) != api.NotFound:
		return err
	}
	return api.Refuse(problems)
}

func queueTaken(others []api.Problem) error {
	m := api.M("queue.name_taken")
	return &api.Error{Code: api.Conflict, Message: m, Problems: append([]api.Problem{{Path: "name", Message: m}}, others...)}
}

// CreateQueue implements api.Queues.
func (p *Plane) CreateQueue(ctx context.Context, s api.Scope, d api.QueueDraft) (api.Queue, error) {
	d = d.Normalised()
	if err := p.judgeQueue(ctx, s, d); err != nil {
		return api.Queue{}, err
	}
	made, done, err := there(ctx, p, s, api.CreateQueue{ID: store.NewID(), Draft: d})
	if err != nil {
		return api.Queue{}, err
	}
	defer done()
	d = made.Draft
	row := &queueRow{
		ID: made.ID, ProjectID: s.Project, Name: d.Name, Description: d.Description, Type: d.Type, CUs: d.CUs, CIDR: d.CIDR,
		Tags: encode(d.Tags), CreatedAt: store.Micros(time.Now()), CreatedBy: s.Actor.User, Version: 1,
	}
	err = p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		n, err := tx.NewSelect().Model((*queueRow)(nil)).Where("project_id = ?", s.Project).Count(ctx)
		if err == nil && n >= api.MaxQueues {
			err = api.Errorf(api.Limit, "queue.too_many", "max", api.MaxQueues)
		}
		if err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return err
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: "create", Kind: api.KindQueue, ID: row.ID, Name: row.Name, After: row.audited(),
		})
	})
	if errors.Is(err, store.ErrDuplicate) {
		err = queueTaken(nil)
	}
	return row.queue(), err
}

// DeleteQueue implements api.Queues.
func (p *Plane) DeleteQueue(ctx context.Context, s api.Scope, name string) error {
	name = api.FoldQueue(name)
	if name == api.DefaultQueue {
		return api.Errorf(api.Conflict, "queue.default_stays", "name", name)
	}
	q, err := p.Queue(ctx, s, name)
	if err != nil {
		return err
	}
	if len(q.Connections) > 0 {
		return queueInUse(q.Connections)
	}
	_, done, err := there(ctx, p, s, api.DeleteQueue{Name: name})
	if err != nil {
		return err
	}
	defer done()
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row := new(queueRow)
		if err := find(ctx, tx, s.Project, row, "queue.not_found", "name = ?", name); err != nil {
			return err
		}
		if err := lock(ctx, tx, s.Project, row, "queue.not_found", row.ID); err != nil {
			return err
		}
		bonds, err := bonds(ctx, tx, "b.queue_id = ?", row.ID)
		if err == nil && len(bonds) > 0 {
			err = queueInUse(used(bonds))
		}
		if err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model(row).WherePK().Exec(ctx); err != nil {
			return err
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: "delete", Kind: api.KindQueue, ID: row.ID, Name: row.Name, Before: row.audited(),
		})
	})
}

func queueInUse(by []api.Used) error {
	names := make([]string, len(by))
	for i := range by {
		names[i] = by[i].Name
	}
	return api.Errorf(api.Conflict, "queue.in_use", "connections", strings.Join(names, ", "))
}

// audited is the row for the audit log.
func (r *queueRow) audited() api.AuditedQueue {
	queue := r.queue()
	return queue.Audited()
}
