package mirror

import (
	"context"
	"slices"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/cloud"
	"switchboard/internal/api/store"
	"switchboard/internal/api/wire"
)

// connectionAdopter takes over connections and queues.
type connectionAdopter interface {
	// AdoptConnections makes the queues and connections of a project those that its
	// region has; nil queues are not known.
	AdoptConnections(ctx context.Context, project string, queues []api.Queue, connections []api.Connection) error
	// TestAddressFrom is TestAddress with another way to try.
	TestAddressFrom(ctx context.Context, s api.Scope, queue, address string, try func(*api.Queue) (api.Check, error)) (api.AddressTest, error)
}

// connectionPart is connections and queues: what is bound to what is said of both.
var connectionPart = part{kind: api.KindConnection}

// ListConnections implements api.Connections.
func (m *Service) ListConnections(ctx context.Context, s api.Scope, q api.ConnectionQuery) (api.Page[api.Connection], error) {
	if err := m.fresh(ctx, s, connectionPart); err != nil {
		return api.Page[api.Connection]{}, err
	}
	return m.plane.ListConnections(ctx, s, q)
}

// Connection implements api.Connections.
func (m *Service) Connection(ctx context.Context, s api.Scope, id string) (api.Connection, error) {
	if err := m.fresh(ctx, s, connectionPart); err != nil {
		return api.Connection{}, err
	}
	return m.plane.Connection(ctx, s, id)
}

// TagConnection implements api.Connections. It and the next ones judge a connection that
// becomes something else without our doing: what is known of it must not be old.
func (m *Service) TagConnection(ctx context.Context, s api.Scope, id string, tags []api.Tag, version int64) (api.Connection, error) {
	if err := m.fresh(ctx, s, connectionPart); err != nil {
		return api.Connection{}, err
	}
	return m.plane.TagConnection(ctx, s, id, tags, version)
}

// ReactivateConnection implements api.Connections.
func (m *Service) ReactivateConnection(ctx context.Context, s api.Scope, id string) (api.Connection, error) {
	if err := m.fresh(ctx, s, connectionPart); err != nil {
		return api.Connection{}, err
	}
	return m.plane.ReactivateConnection(ctx, s, id)
}

// BindQueues implements api.Connections.
func (m *Service) BindQueues(ctx context.Context, s api.Scope, id string, queues []string) (api.Connection, error) {
	if err := m.fresh(ctx, s, connectionPart); err != nil {
		return api.Connection{}, err
	}
	return m.plane.BindQueues(ctx, s, id, queues)
}

// UnbindQueues implements api.Connections.
func (m *Service) UnbindQueues(ctx context.Context, s api.Scope, id string, queues []string) (api.Connection, error) {
	if err := m.fresh(ctx, s, connectionPart); err != nil {
		return api.Connection{}, err
	}
	return m.plane.UnbindQueues(ctx, s, id, queues)
}

// DeleteConnection implements api.Connections.
func (m *Service) DeleteConnection(ctx context.Context, s api.Scope, id string, version int64) error {
	if err := m.fresh(ctx, s, connectionPart); err != nil {
		return err
	}
	return m.plane.DeleteConnection(ctx, s, id, version)
}

// DiagnoseConnection implements api.Connections. It is this console that looks.
func (m *Service) DiagnoseConnection(ctx context.Context, s api.Scope, id string) (api.Check, error) {
	if err := m.fresh(ctx, s, connectionPart); err != nil {
		return api.Check{}, err
	}
	return m.plane.DiagnoseConnection(ctx, s, id)
}

// lookConnections reads connections and queues. Who may see those alone sees them
// without these.
func (m *Service) lookConnections(ctx context.Context, r *region) (func(context.Context) error, error) {
	connections, err := r.connections(ctx)
	if err != nil {
		return nil, err
	}
	queues, err := r.queues(ctx)
	if err != nil && api.CodeOf(err) != api.Forbidden {
		return nil, err
	}
	return func(ctx context.Context) error {
		return m.plane.AdoptConnections(ctx, r.scope.Project, queues, connections)
	}, nil
}

// connections are those of the region that can be kept here.
func (r *region) connections(ctx context.Context) ([]api.Connection, error) {
	body, err := r.ask(ctx, r.call("ListDatasourceConnections"))
	if err != nil {
		return nil, err
	}
	all, err := wire.ConnectionsIn(body)
	all = slices.DeleteFunc(all, func(c api.Connection) bool {
		return !identifies(c.ID) || !store.Storable(c.Name, c.Service, c.URL, c.Cluster, c.Address)
	})
	for i := range all {
		asHere(&all[i])
	}
	return all, err
}

// maxReason bounds what a region says of a failure, in bytes.
const maxReason = 1000

// asHere puts a connection into our words. A state that no document knows is one in
// which it does not work.
func asHere(c *api.Connection) {
	c.Service = api.ConnectionDraft{Service: c.Service}.Normalised().Service
	if !slices.Contains(api.ConnectionStates, c.State) {
		c.State, c.Message = api.ConnectionFailed, api.M("wire.it_said", "text", string(c.State))
	}
	if text, ok := c.Message.Args["text"].(string); ok && len(text) > maxReason {
		c.Message = api.M("wire.it_said", "text", strings.ToValidUTF8(text[:maxReason], "")+"…")
	}
}

// madeConnection reads back what became of a deed about a connection. The region gives it
// its id; one that was perhaps created is known by its name.
func (m *Service) madeConnection(ctx context.Context, r *region, d api.Deed, answers []cloud.Answer) (api.Deed, error) {
	switch d := d.(type) {
	case api.CreateConnection:
		return m.createdConnection(ctx, r, d, answers)
	case api.TagConnection: // there is no call for it
		m.note(ctx, r, api.KindConnection, d.ID, api.ConnectionDraft{Tags: d.Tags}, api.ConnectionDraft{Tags: nil})
	}
	return d, nil
}

func (m *Service) createdConnection(ctx context.Context, r *region, d api.CreateConnection, answers []cloud.Answer) (api.Deed, error) {
	all, err := r.connections(ctx)
	if len(answers) > 0 {
		id, unread := wire.CreatedConnectionIn(answers[0].Body)
		if unread == nil && identifies(id) {
			d.ID = id
			i := slices.IndexFunc(all, func(c api.Connection) bool { return c.ID == id })
			if i < 0 { // it is there, and nothing more is known of it
				return d, nil
			}
			return m.keptConnection(ctx, r, d, &all[i]), nil
		}
	}
	if err != nil {
		return d, err
	}
	i := slices.IndexFunc(all, func(c api.Connection) bool { return c.Name == d.Draft.Name && c.State != api.ConnectionDeleted })
	if i < 0 {
		return d, api.Errorf(api.NotFound, "connection.not_found")
	}
	d.ID = all[i].ID
	return m.keptConnection(ctx, r, d, &all[i]), nil
}

// keptConnection is the deed with what the region kept of it. Of tags, security group and
// network it says nothing.
func (m *Service) keptConnection(ctx context.Context, r *region, d api.CreateConnection, kept *api.Connection) api.CreateConnection {
	made := d.Draft
	made.Service, made.URL, made.Cluster = kept.Service, kept.URL, kept.Cluster
	m.note(ctx, r, api.KindConnection, d.ID, d.Draft, made)
	d.Draft = made
	return d
}
