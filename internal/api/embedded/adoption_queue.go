package embedded

import (
	"cmp"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// readQueues reads what queues are known.
func (a *connectionAdoption) readQueues() error {
	var rows []queueRow
	err := a.tx.NewSelect().Model(&rows).Where("project_id = ?", a.s.Project).Scan(a.ctx)
	a.queues = make(map[string]*queueRow, len(rows))
	for i := range rows {
		a.queues[rows[i].Name] = &rows[i]
	}
	return err
}

// queuesCome inserts the queues that nobody here knew, and changes the others. The one
// that everybody has needs no row.
func (a *connectionAdoption) queuesCome(found []api.Queue) error {
	for i := range found {
		q := &found[i]
		name := api.FoldQueue(q.Name)
		if name == api.DefaultQueue {
			continue
		}
		row := a.queues[name]
		if row == nil {
			row = &queueRow{
				ID: store.NewID(), ProjectID: a.s.Project, Name: name, Tags: encode([]api.Tag(nil)), CIDR: api.DefaultQueueCIDR,
				CreatedAt: a.now, CreatedBy: q.Created.By, Version: 1,
			}
			if !q.Created.At.IsZero() {
				row.CreatedAt = store.Micros(q.Created.At)
			}
			row.is(q)
			if err := a.insertQueue(row); err != nil {
				return err
			}
			continue
		}
		if err := a.changeQueue(row, q); err != nil {
			return err
		}
	}
	return nil
}

// is makes the row what a region says of the queue.
func (r *queueRow) is(q *api.Queue) {
	r.Description, r.CUs = q.Description, q.CUs
	r.Type, r.CIDR = cmp.Or(q.Type, r.Type, api.QueueSQL), cmp.Or(q.CIDR, r.CIDR)
}

func (a *connectionAdoption) insertQueue(row *queueRow) error {
	if _, err := a.tx.NewInsert().Model(row).Exec(a.ctx); err != nil {
		return err
	}
	a.queues[row.Name] = row
	return store.Record(a.ctx, a.tx, a.s, store.Event{Action: "create", Kind: api.KindQueue, ID: row.ID, Name: row.Name, After: row.audited()})
}

func (a *connectionAdoption) changeQueue(row *queueRow, q *api.Queue) error {
	was := *row
	row.is(q)
	if *row == was {
		return nil
	}
	row.Version++
	if _, err := a.tx.NewUpdate().Model(row).WherePK().Exec(a.ctx); err != nil {
		return err
	}
	return store.Record(a.ctx, a.tx, a.s, store.Event{
		Action: "update", Kind: api.KindQueue, ID: row.ID, Name: row.Name, Before: was.audited(), After: row.audited(),
	})
}

// queuesGo removes the queues that the region does not have any more, with what is still
// said to be bound to them.
func (a *connectionAdoption) queuesGo(found []api.Queue) error {
	there := make(map[string]bool, len(found))
	for i := range found {
		there[api.FoldQueue(found[i].Name)] = true
	}
	for name, row := range a.queues {
		if there[name] {
			continue
		}
		if _, err := a.tx.NewDelete().Model((*bondRow)(nil)).Where("queue_id = ?", row.ID).Exec(a.ctx); err != nil {
			return err
		}
		err := erase(a.ctx, a.tx, a.s, row, store.Event{Kind: api.KindQueue, ID: row.ID, Name: row.Name, Before: row.audited()})
		if err != nil {
			return err
		}
	}
	return nil
}
