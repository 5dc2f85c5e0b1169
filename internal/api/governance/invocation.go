package governance

import (
	"context"

	"switchboard/internal/api"
)

// Invoke implements api.Invocations.
func (g *Service) Invoke(ctx context.Context, s api.Scope, c api.Call) (api.Answer, error) {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return api.Answer{}, err
	}
	return g.next.Invoke(ctx, s, c)
}
