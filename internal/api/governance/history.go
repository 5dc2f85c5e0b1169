package governance

import (
	"context"

	"switchboard/internal/api"
)

// Changes implements api.History.
func (g *Service) Changes(ctx context.Context, s api.Scope, kind api.Kind, id, cursor string, limit int) ([]api.Change, error) {
	if err := see(s); err != nil {
		return nil, err
	}
	return g.next.Changes(ctx, s, kind, id, cursor, limit)
}

// Reverse implements api.History.
func (g *Service) Reverse(ctx context.Context, s api.Scope, change string, secrets map[string]api.Secret) (api.Reversal, error) {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return api.Reversal{}, err
	}
	return g.next.Reverse(ctx, s, change, secrets)
}
