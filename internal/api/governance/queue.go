package governance

import (
	"context"

	"switchboard/internal/api"
)

// ListQueues implements api.Queues.
func (g *Service) ListQueues(ctx context.Context, s api.Scope) ([]api.Queue, error) {
	if err := see(s); err != nil {
		return nil, err
	}
	return g.next.ListQueues(ctx, s)
}

// Queue implements api.Queues.
func (g *Service) Queue(ctx context.Context, s api.Scope, name string) (api.Queue, error) {
	if err := see(s); err != nil {
		return api.Queue{}, err
	}
	return g.next.Queue(ctx, s, name)
}

// ValidateQueue implements api.Queues.
func (g *Service) ValidateQueue(ctx context.Context, s api.Scope, d api.QueueDraft) error {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return err
	}
	return g.next.ValidateQueue(ctx, s, d)
}

// CreateQueue implements api.Queues.
func (g *Service) CreateQueue(ctx context.Context, s api.Scope, d api.QueueDraft) (api.Queue, error) {
	if err := g.govern(ctx, s, api.CreateQueue{Draft: d}); err != nil {
		return api.Queue{}, err
	}
	return g.next.CreateQueue(ctx, s, d)
}

// DeleteQueue implements api.Queues.
func (g *Service) DeleteQueue(ctx context.Context, s api.Scope, name string) error {
	if err := g.govern(ctx, s, api.DeleteQueue{Name: name}); err != nil {
		return err
	}
	return g.next.DeleteQueue(ctx, s, name)
}

// TestAddress implements api.Queues.
func (g *Service) TestAddress(ctx context.Context, s api.Scope, queue, address string) (api.AddressTest, error) {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return api.AddressTest{}, err
	}
	return g.next.TestAddress(ctx, s, queue, address)
}

// AddressTest implements api.Queues.
func (g *Service) AddressTest(ctx context.Context, s api.Scope, queue, id string) (api.AddressTest, error) {
	if err := see(s); err != nil {
		return api.AddressTest{}, err
	}
	return g.next.AddressTest(ctx, s, queue, id)
}
