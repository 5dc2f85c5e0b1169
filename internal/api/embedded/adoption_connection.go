package embedded

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// AdoptConnections makes the queues and connections of a project in a region those that
// it has; nil queues are not known, and stay. Tags, security groups and networks no
// answer tells.
func (p *Plane) AdoptConnections(ctx context.Context, project string, queues []api.Queue, connections []api.Connection) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		a := &connectionAdoption{ctx: ctx, tx: tx, s: outside(project), now: store.Micros(time.Now()), names: map[string]bool{}}
		if err := errors.Join(a.readQueues(), a.readBonds()); err != nil {
			return err
		}
		if queues != nil {
			if err := a.queuesCome(queues); err != nil {
				return err
			}
		}
		if err := a.connections(connections); err != nil || queues == nil {
			return err
		}
		return a.queuesGo(queues) // once nothing is bound to them
	})
}

// connectionAdoption is what becomes of a project at one moment.
type connectionAdoption struct {
	ctx    context.Context //nolint:containedctx // of the transaction that it is
	tx     bun.Tx
	s      api.Scope
	now    int64
	queues map[string]*queueRow           // by name
	bound  map[string]map[string]boundRow // by connection and name of the queue
	names  map[string]bool                // of live connections
}

// connections makes the rows what the region says. A live one that it does not have any
// more was deleted there.
func (a *connectionAdoption) connections(found []api.Connection) error {
	var rows []connectionRow
	if err := a.tx.NewSelect().Model(&rows).Where("project_id = ?", a.s.Project).Scan(a.ctx); err != nil {
		return err
	}
	for i := range rows {
		if !rows[i].gone() {
			a.names[rows[i].Name] = true
		}
	}
	foreign, err := a.foreign(found)
	if err != nil {
		return err
	}
	connections := adoption[connectionRow, api.Connection]{
		rowKey:   func(r *connectionRow) string { return r.ID },
		thingKey: func(c *api.Connection) string { return c.ID },
		insert: func(c *api.Connection) error {
			if c.State == api.ConnectionDeleted || a.names[c.Name] || foreign[c.ID] {
				return nil // it never was here, or cannot be
			}
			return a.insert(c)
		},
		change: a.change,
		remove: func(r *connectionRow) error {
			if r.gone() {
				return nil
			}
			return a.bury(r)
		},
	}
	return connections.of(rows, found)
}

// foreign are the ids that something of another project has.
func (a *connectionAdoption) foreign(found []api.Connection) (map[string]bool, error) {
	ids := make([]string, len(found))
	for i := range found {
		ids[i] = found[i].ID
	}
	foreign := map[string]bool{}
	if len(ids) == 0 {
		return foreign, nil
	}
	var taken []string
	err := a.tx.NewSelect().Model((*connectionRow)(nil)).Column("id").
		Where("id IN (?) AND project_id <> ?", bun.List(ids), a.s.Project).Scan(a.ctx, &taken)
	for _, id := range taken {
		foreign[id] = true
	}
	return foreign, err
}

// insert inserts a connection that was created past this console. Nothing checks it until
// somebody wants that: what it leads to may be out of reach from here.
func (a *connectionAdoption) insert(c *api.Connection) error {
	row := &connectionRow{
		ID: c.ID, ProjectID: a.s.Project, Name: c.Name, Service: c.Service, URL: c.URL, Cluster: c.Cluster, Tags: encode([]api.Tag(nil)),
		CreatedAt: a.now, UpdatedAt: a.now, Version: 1,
	}
	if !c.Created.At.IsZero() {
		row.CreatedAt = store.Micros(c.Created.At)
	}
	row.is(c)
	if _, err := a.tx.NewInsert().Model(row).Exec(a.ctx); err != nil {
		return err
	}
	a.names[c.Name] = true
	if _, err := a.bind(row.ID, c.Queues); err != nil {
		return err
	}
	return a.record("create", row, nil)
}

// is makes the row what a region says of how far the connection is.
func (r *connectionRow) is(c *api.Connection) {
	r.State, r.Address, r.Message, r.ActivateAt = c.State, c.Address, "", 0
	if !c.Message.IsZero() {
		r.Message = encode(c.Message)
	}
	waits := r.PartsDone == notBegun && c.State == api.ConnectionCreating && c.Progress <= 0
	if waits {
		return
	}
	r.Parts, r.PartsDone = progressParts, int64(math.Round(min(max(c.Progress, 0), 1)*progressParts))
}

// progressParts is how finely a region's progress is kept.
const progressParts = 1000

// connectionActions say what a region did, by the state that came of it.
var connectionActions = map[api.ConnectionState]string{
	api.ConnectionCreating: "reactivate", api.ConnectionActive: "activate", api.ConnectionFailed: "fail",
}

// change makes a row what the region says. How far it is, is nobody's doing, and no new
// version.
func (a *connectionAdoption) change(r *connectionRow, c *api.Connection) error {
	if c.State == api.ConnectionDeleted {
		if r.gone() {
			return nil
		}
		return a.bury(r)
	}
	if r.gone() && a.names[r.Name] {
		return nil // it is back, but somebody has its name
	}
	was, before := *r, a.audited(r)
	r.is(c)
	r.Service, r.URL, r.Cluster = c.Service, c.URL, c.Cluster
	bound, err := a.bind(r.ID, c.Queues)
	if err != nil || bound == "" && *r == was {
		return err
	}
	action := cmp.Or(bound, "update")
	if r.State != was.State {
		a.names[r.Name], action = true, connectionActions[r.State]
		reschedule(r, time.Now())
	}
	if bound != "" || r.asks() != was.asks() {
		r.touch(a.s, a.now)
	}
	if _, err := a.tx.NewUpdate().Model(r).WherePK().Exec(a.ctx); err != nil {
		return err
	}
	if encode(a.audited(r)) == encode(before) {
		return nil // only progress moved
	}
	return a.record(action, r, &before)
}

// bury leaves a tombstone of a connection that was deleted past this console.
func (a *connectionAdoption) bury(r *connectionRow) error {
	before := a.audited(r)
	delete(a.names, r.Name)
	r.bury()
	r.touch(a.s, a.now)
	if _, err := a.bind(r.ID, []api.BoundQueue{}); err != nil {
		return err
	}
	if err := dropHistory(a.ctx, a.tx, r.ID); err != nil {
		return err
	}
	if _, err := a.tx.NewUpdate().Model(r).WherePK().Exec(a.ctx); err != nil {
		return err
	}
	return a.record("delete", r, &before)
}

// audited is the row for the audit log, with its queues.
func (a *connectionAdoption) audited(r *connectionRow) api.AuditedConnection {
	c := r.connection()
	for _, name := range slices.Sorted(maps.Keys(a.bound[r.ID])) {
		c.Queues = append(c.Queues, api.BoundQueue{Name: name})
	}
	return c.Audited()
}

func (a *connectionAdoption) record(action string, r *connectionRow, before *api.AuditedConnection) error {
	e := store.Event{Action: action, Kind: api.KindConnection, ID: r.ID, Name: r.Name, After: a.audited(r)}
	if before != nil {
		e.Before = *before
	}
	return store.Record(a.ctx, a.tx, a.s, e)
}
