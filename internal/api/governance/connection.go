package governance

import (
	"context"

	"switchboard/internal/api"
)

// ListConnections implements api.Connections.
func (g *Service) ListConnections(ctx context.Context, s api.Scope, q api.ConnectionQuery) (api.Page[api.Connection], error) {
	if err := see(s); err != nil {
		return api.Page[api.Connection]{}, err
	}
	return g.next.ListConnections(ctx, s, q)
}

// Connection implements api.Connections.
func (g *Service) Connection(ctx context.Context, s api.Scope, id string) (api.Connection, error) {
	if err := see(s); err != nil {
		return api.Connection{}, err
	}
	return g.next.Connection(ctx, s, id)
}

// ValidateConnection implements api.Connections.
func (g *Service) ValidateConnection(ctx context.Context, s api.Scope, d api.ConnectionDraft) error {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return err
	}
	return g.next.ValidateConnection(ctx, s, d)
}

// TestConnection implements api.Connections.
func (g *Service) TestConnection(ctx context.Context, s api.Scope, d api.ConnectionDraft) (api.Check, error) {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return api.Check{}, err
	}
	return g.next.TestConnection(ctx, s, d)
}

// CreateConnection implements api.Connections.
func (g *Service) CreateConnection(ctx context.Context, s api.Scope, d api.ConnectionDraft) (api.Connection, error) {
	if err := g.govern(ctx, s, api.CreateConnection{Draft: d}); err != nil {
		return api.Connection{}, err
	}
	return g.next.CreateConnection(ctx, s, d)
}

// TagConnection implements api.Connections.
func (g *Service) TagConnection(ctx context.Context, s api.Scope, id string, tags []api.Tag, version int64) (api.Connection, error) {
	if err := g.govern(ctx, s, api.TagConnection{ID: id, Tags: tags, Version: version}); err != nil {
		return api.Connection{}, err
	}
	return g.next.TagConnection(ctx, s, id, tags, version)
}

// ReactivateConnection implements api.Connections.
func (g *Service) ReactivateConnection(ctx context.Context, s api.Scope, id string) (api.Connection, error) {
	if err := g.govern(ctx, s, api.ReactivateConnection{ID: id}); err != nil {
		return api.Connection{}, err
	}
	return g.next.ReactivateConnection(ctx, s, id)
}

// BindQueues implements api.Connections.
func (g *Service) BindQueues(ctx context.Context, s api.Scope, id string, queues []string) (api.Connection, error) {
	if err := g.govern(ctx, s, api.BindQueues{ID: id, Queues: queues}); err != nil {
		return api.Connection{}, err
	}
	return g.next.BindQueues(ctx, s, id, queues)
}

// UnbindQueues implements api.Connections.
func (g *Service) UnbindQueues(ctx context.Context, s api.Scope, id string, queues []string) (api.Connection, error) {
	if err := g.govern(ctx, s, api.UnbindQueues{ID: id, Queues: queues}); err != nil {
		return api.Connection{}, err
	}
	return g.next.UnbindQueues(ctx, s, id, queues)
}

// DeleteConnection implements api.Connections.
func (g *Service) DeleteConnection(ctx context.Context, s api.Scope, id string, version int64) error {
	if err := g.govern(ctx, s, api.DeleteConnection{ID: id, Version: version}); err != nil {
		return err
	}
	return g.next.DeleteConnection(ctx, s, id, version)
}

// DiagnoseConnection implements api.Connections.
func (g *Service) DiagnoseConnection(ctx context.Context, s api.Scope, id string) (api.Check, error) {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return api.Check{}, err
	}
	return g.next.DiagnoseConnection(ctx, s, id)
}
