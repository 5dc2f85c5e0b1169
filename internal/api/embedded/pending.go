package embedded

import (
	"context"

	"switchboard/internal/api"
)

// Reverse implements api.History.
func (p *Plane) Reverse(context.Context, api.Scope, string, map[string]api.Secret) (api.Reversal, error) {
	return api.Reversal{}, api.Errorf(api.Unavailable, "error.internal")
}
