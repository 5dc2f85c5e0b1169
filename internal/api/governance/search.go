package governance

import (
	"context"

	"switchboard/internal/api"
)

// Find implements api.Search.
func (g *Service) Find(ctx context.Context, s api.Scope, text string, limit int) ([]api.Found, error) {
	if err := see(s); err != nil {
		return nil, err
	}
	return g.next.Find(ctx, s, text, limit)
}

// Attention implements api.Overview.
func (g *Service) Attention(ctx context.Context, s api.Scope, limit int) (api.Attention, error) {
	if err := see(s); err != nil {
		return api.Attention{}, err
	}
	return g.next.Attention(ctx, s, limit)
}
