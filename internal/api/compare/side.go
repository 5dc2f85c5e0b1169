package compare

import (
	"context"
	"slices"
	"strings"

	"switchboard/internal/api"
)

// side is a Side for the length of one call, which remembers what is looked up for many
// things.
type side struct {
	Side

	functions map[Key]*api.Function // nil for one that is not there
	services  []api.EndpointService // by name
	read      bool                  // services
}

func open(s Side) *side { return &side{Side: s, functions: map[Key]*api.Function{}} }

// function is the one of that package and name, nil if there is none.
func (s *side) function(ctx context.Context, k Key) (*api.Function, error) {
	if found, known := s.functions[k]; known {
		return found, nil
	}
	found, err := s.Service.FindFunction(ctx, s.Scope, k.Of, k.Name)
	switch {
	case api.CodeOf(err) == api.NotFound:
		s.functions[k] = nil
	case err != nil:
		return nil, err
	default:
		s.functions[k] = &found
	}
	return s.functions[k], nil
}

// endpointServices are those of the project, by their short names: at most
// api.MaxEndpointServices of them.
func (s *side) endpointServices(ctx context.Context) ([]api.EndpointService, error) {
	if s.read {
		return s.services, nil
	}
	for q := (api.EndpointServiceQuery{Limit: api.MaxWirePage}); ; {
		page, err := s.Service.ListEndpointServices(ctx, s.Scope, q)
		if err != nil {
			return nil, err
		}
		s.services = append(s.services, page.Items...)
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	slices.SortStableFunc(s.services, func(a, b api.EndpointService) int { return strings.Compare(a.ShortName, b.ShortName) })
	s.read = true
	return s.services, nil
}

// endpointService is the one that people know by a name: NotFound if there is none, and
// Conflict if several have it.
func (s *side) endpointService(ctx context.Context, name string) (found api.EndpointService, err error) {
	all, err := s.endpointServices(ctx)
	if err != nil {
		return found, err
	}
	n := 0
	for i := range all {
		if all[i].ShortName == name && name != "" {
			found, n = all[i], n+1
		}
	}
	switch {
	case n == 0:
		return found, missing()
	case n > 1:
		return found, api.Errorf(api.Conflict, "compare.several", "name", name)
	}
	return found, nil
}
