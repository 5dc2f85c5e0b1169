package embedded

import (
	"cmp"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// readBonds reads what is known to be bound to what.
func (a *connectionAdoption) readBonds() error {
	rows, err := bonds(a.ctx, a.tx, "b.project_id = ?", a.s.Project)
	a.bound = map[string]map[string]boundRow{}
	for _, b := range rows {
		if a.bound[b.ConnectionID] == nil {
			a.bound[b.ConnectionID] = map[string]boundRow{}
		}
		a.bound[b.ConnectionID][b.Queue] = b
	}
	return err
}

// bind makes the queues of a connection those that the region says, and returns what
// that is called, if they were others. nil are not known, and stay.
func (a *connectionAdoption) bind(connection string, queues []api.BoundQueue) (action string, err error) {
	if queues == nil {
		return "", nil
	}
	was, is := a.bound[connection], map[string]boundRow{}
	for _, q := range queues {
		row := a.queues[api.FoldQueue(q.Name)]
		if row == nil || is[row.Name].ID != "" {
			continue
		}
		bond, there := was[row.Name]
		if !there {
			action, bond = "bind", boundRow{ID: store.NewID(), ConnectionID: connection, QueueID: row.ID, Queue: row.Name}
			if err := a.insertBond(bond); err != nil {
				return "", err
			}
		}
		is[row.Name] = bond
	}
	for name, bond := range was {
		if is[name].ID != "" {
			continue
		}
		action = cmp.Or(action, "unbind")
		if _, err := a.tx.NewDelete().Model((*bondRow)(nil)).Where("id = ?", bond.ID).Exec(a.ctx); err != nil {
			return "", err
		}
	}
	a.bound[connection] = is
	return action, nil
}

func (a *connectionAdoption) insertBond(b boundRow) error {
	row := &bondRow{ID: b.ID, ProjectID: a.s.Project, ConnectionID: b.ConnectionID, QueueID: b.QueueID, UpdatedAt: a.now}
	_, err := a.tx.NewInsert().Model(row).Exec(a.ctx)
	return err
}
