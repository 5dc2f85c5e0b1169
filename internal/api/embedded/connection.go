package embedded

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/store"
)

// Connection implements api.Connections.
func (p *Plane) Connection(ctx context.Context, s api.Scope, id string) (api.Connection, error) {
	return p.readConnection(ctx, p.db.Read, s, id)
}

func (p *Plane) readConnection(ctx context.Context, db bun.IDB, s api.Scope, id string) (api.Connection, error) {
	row := new(connectionRow)
	if err := find(ctx, db, s.Project, row, row.missing(), "id = ?", id); err != nil {
		return api.Connection{}, err
	}
	found := []api.Connection{row.connection()}
	err := addQueues(ctx, db, found)
	return found[0], err
}

// ValidateConnection implements api.Connections.
func (p *Plane) ValidateConnection(ctx context.Context, s api.Scope, d api.ConnectionDraft) error {
	return p.judgeConnection(ctx, s, d.Normalised())
}

// judgeConnection applies every rule to a normalised draft.
func (p *Plane) judgeConnection(ctx context.Context, s api.Scope, d api.ConnectionDraft) error {
	problems := d.Problems()
	err := find(ctx, p.db.Read, s.Project, new(connectionRow), "connection.not_found", "name = ? AND state <> ?", d.Name, api.ConnectionDeleted)
	switch {
	case err == nil:
		return connectionTaken(problems)
	case api.CodeOf(err) != api.NotFound:
		return err
	}
	return api.Refuse(problems)
}

func connectionTaken(others []api.Problem) error {
	m := api.M("connection.name_taken")
	return &api.Error{Code: api.Conflict, Message: m, Problems: append([]api.Problem{{Path: "name", Message: m}}, others...)}
}

// TestConnection implements api.Connections.
func (p *Plane) TestConnection(ctx context.Context, s api.Scope, d api.ConnectionDraft) (api.Check, error) {
	d = d.Normalised()
	if err := api.Refuse(d.AddressProblems()); err != nil {
		return api.Check{}, err
	}
	check := p.prober.Greet(ctx, probe.GreetTarget{
		Project: s.Project, Service: d.Service, Addresses: api.ConnectionAddresses(d.URL),
	}, nil).Check
	return check, p.recordAsked(ctx, s, "test", about{Kind: api.KindConnection, Name: d.Name, Service: d.Service, Endpoint: d.URL}, check)
}

// CreateConnection implements api.Connections.
func (p *Plane) CreateConnection(ctx context.Context, s api.Scope, d api.ConnectionDraft) (api.Connection, error) {
	d = d.Normalised()
	if err := p.judgeConnection(ctx, s, d); err != nil {
		return api.Connection{}, err
	}
	away, err := p.away(ctx, s.Project)
	if err != nil {
		return api.Connection{}, err
	}
	made, done, err := there(ctx, p, s, api.CreateConnection{ID: store.NewID(), Draft: d})
	if err != nil {
		return api.Connection{}, err
	}
	defer done()
	d = made.Draft
	now := store.Micros(time.Now())
	row := &connectionRow{
		ID: made.ID, ProjectID: s.Project, Name: d.Name, Service: d.Service, URL: d.URL,
		SecurityGroupID: d.SecurityGroupID, NetworkID: d.NetworkID, Cluster: d.Cluster, Tags: encode(d.Tags),
		CreatedAt: now, CreatedBy: s.Actor.User, UpdatedAt: now, UpdatedBy: s.Actor.User, Version: 1,
	}
	row.begin(now, away)
	if !away { // where a region reaches, this console may not
		row.EveryUS = api.DefaultInterval.Microseconds()
	}
	err = p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := roomForConnection(ctx, tx, s); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return err
		}
		if err := row.tag(ctx, tx, d.Tags); err != nil {
			return err
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: "create", Kind: api.KindConnection, ID: row.ID, Name: row.Name, After: row.audited(),
		})
	})
	if errors.Is(err, store.ErrDuplicate) {
		err = connectionTaken(nil)
	}
	if err != nil {
		return api.Connection{}, err
	}
	p.activate(ctx, row)
	return row.connection(), nil
}

// activate lets a row be made active that waits for it; in a region that is not ours to do.
func (p *Plane) activate(ctx context.Context, row *connectionRow) {
	if row.ActivateAt > 0 {
		p.nudge(ctx, row.task())
	}
}

// task is what is to be done to make the row active.
func (r *connectionRow) task() jobs.Task {
	return jobs.Task{Kind: taskActivate, Project: r.ProjectID, ID: r.ID, Due: r.ActivateAt}
}

func roomForConnection(ctx context.Context, tx bun.Tx, s api.Scope) error {
	n, err := tx.NewSelect().Model((*connectionRow)(nil)).
		Where("project_id = ? AND state <> ?", s.Project, api.ConnectionDeleted).Count(ctx)
	if err == nil && n >= api.MaxConnections {
		err = api.Errorf(api.Limit, "connection.too_many", "max", api.MaxConnections)
	}
	return err
}

// TagConnection implements api.Connections.
func (p *Plane) TagConnection(ctx context.Context, s api.Scope, id string, tags []api.Tag, version int64) (api.Connection, error) {
	problems := api.ConnectionTags.Problems("tags", tags)
	return p.changeConnection(ctx, s, api.TagConnection{ID: id, Tags: tags, Version: version}, "tag", func(ctx context.Context, tx bun.Tx, row *connectionRow) (bool, error) {
		if err := api.Refuse(problems); err != nil {
			return false, err
		}
		if version != 0 && version != row.Version {
			return false, connectionChanged(row)
		}
		d := api.ConnectionDraft{Tags: tags}.Normalised()
		if encode(d.Tags) == row.Tags {
			return false, nil
		}
		return true, row.tag(ctx, tx, d.Tags)
	})
}

func connectionChanged(row *connectionRow) error {
	return api.Errorf(api.Conflict, "connection.changed", "by", api.By(row.UpdatedBy))
}

// ReactivateConnection implements api.Connections.
func (p *Plane) ReactivateConnection(ctx context.Context, s api.Scope, id string) (api.Connection, error) {
	away, err := p.away(ctx, s.Project)
	if err != nil {
		return api.Connection{}, err
	}
	var begun *connectionRow
	c, err := p.changeConnection(ctx, s, api.ReactivateConnection{ID: id}, "reactivate", func(_ context.Context, _ bun.Tx, row *connectionRow) (bool, error) {
		if row.State == api.ConnectionCreating {
			return false, api.Errorf(api.Conflict, "connection.creating")
		}
		row.begin(store.Micros(time.Now()), away)
		begun = row
		return true, nil
	})
	if err == nil {
		p.activate(ctx, begun)
	}
	return c, err
}

// DeleteConnection implements api.Connections. The row stays, and the history
// in the audit log; checks and bonds go.
func (p *Plane) DeleteConnection(ctx context.Context, s api.Scope, id string, version int64) error {
	_, err := p.changeConnection(ctx, s, api.DeleteConnection{ID: id, Version: version}, "delete", func(ctx context.Context, tx bun.Tx, row *connectionRow) (bool, error) {
		switch {
		case row.State == api.ConnectionCreating:
			return false, api.Errorf(api.Conflict, "connection.creating")
		case version != 0 && version != row.Version:
			return false, connectionChanged(row)
		}
		row.bury()
		if _, err := tx.NewDelete().Model((*bondRow)(nil)).Where("connection_id = ?", id).Exec(ctx); err != nil {
			return false, err
		}
		return true, dropHistory(ctx, tx, id)
	})
	return err
}
