package samples

import (
	"context"

	"switchboard/internal/api"
	"switchboard/internal/api/wire"
)

// WriteDeeds writes deeds, one after the other. What they name by id is looked up through
// from: NotFound if it is not there. It is empty if there is nothing to do.
func WriteDeeds(ctx context.Context, from api.Service, s api.Scope, l Language, deeds []api.Deed, at Server) (string, error) {
	var calls []wire.Call
	for _, d := range deeds {
		some, err := wire.CallsOf(ctx, from, s, wire.Place{Project: at.Project, Region: at.Region}, d)
		if err != nil {
			return "", err
		}
		calls = append(calls, some...)
	}
	if len(calls) == 0 {
		return "", nil
	}
	return Write(l, calls, at)
}
