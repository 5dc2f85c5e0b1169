package mirror

import (
	"context"
	"time"

	"switchboard/internal/api"
)

// functionAdopter takes over functions, with versions and aliases.
type functionAdopter interface {
	// AdoptFunctions makes the functions of a project those that its region lists.
	AdoptFunctions(ctx context.Context, project string, functions []api.Function) error
	// AdoptFunction makes one function what it is in the region; f is nil if it is gone.
	// left names the aliases that cannot be kept here.
	AdoptFunction(ctx context.Context, project, id string, f *api.Function, versions []api.Version, aliases []api.Alias) (left []string, err error)
}

// Of functions there are three kinds of parts: the list of them, one function with its
// versions and aliases, which takes a call for each of these, and, for lists of aliases,
// all functions one by one.
var (
	functionsPart = part{kind: api.KindFunction}
	aliasesPart   = part{kind: api.KindAlias}
)

func functionPart(id string) part { return part{api.KindFunction, id} }

// countAge is how old the numbers of versions and aliases may be that a list of functions
// shows.
const countAge = time.Minute

// freshFunction has one function read that is known here. Of one that is not, nothing that
// its region says could be found by that id.
func (m *Service) freshFunction(ctx context.Context, s api.Scope, id string) error {
	if away, err := m.Away(ctx, s.Project); err != nil || !away {
		return err
	}
	_, err := m.plane.Function(ctx, s, id)
	if api.CodeOf(err) == api.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return m.fresh(ctx, s, functionPart(id))
}

// freshFunctions has the list of functions read and, without waiting for that, what they
// have, if nobody did for a while.
func (m *Service) freshFunctions(ctx context.Context, s api.Scope) error {
	r, err := m.region(ctx, s.Project)
	if err != nil || r == nil {
		return err
	}
	if err := m.fresh(ctx, s, functionsPart); err != nil {
		return err
	}
	m.begin(ctx, r, aliasesPart, max(m.age, countAge))
	return nil
}

// ListFunctions implements api.Functions.
func (m *Service) ListFunctions(ctx context.Context, s api.Scope, q api.FunctionQuery) (api.Page[api.Function], error) {
	if err := m.freshFunctions(ctx, s); err != nil {
		return api.Page[api.Function]{}, err
	}
	return m.plane.ListFunctions(ctx, s, q)
}

// CountFunctions implements api.Functions.
func (m *Service) CountFunctions(ctx context.Context, s api.Scope, q api.FunctionQuery) (int, error) {
	if err := m.fresh(ctx, s, functionsPart); err != nil {
		return 0, err
	}
	return m.plane.CountFunctions(ctx, s, q)
}

// Function implements api.Functions.
func (m *Service) Function(ctx context.Context, s api.Scope, id string) (api.Function, error) {
	if err := m.freshFunction(ctx, s, id); err != nil {
		return api.Function{}, err
	}
	return m.plane.Function(ctx, s, id)
}

// FindFunction implements api.Functions. One that is not known here may be new there.
func (m *Service) FindFunction(ctx context.Context, s api.Scope, pkg, name string) (api.Function, error) {
	found, err := m.plane.FindFunction(ctx, s, pkg, name)
	if api.CodeOf(err) == api.NotFound {
		if err := m.fresh(ctx, s, functionsPart); err != nil {
			return api.Function{}, err
		}
		found, err = m.plane.FindFunction(ctx, s, pkg, name)
	}
	if err != nil {
		return api.Function{}, err
	}
	if err := m.freshFunction(ctx, s, found.ID); err != nil {
		return api.Function{}, err
	}
	return m.plane.FindFunction(ctx, s, pkg, name)
}

// Versions implements api.Functions.
func (m *Service) Versions(ctx context.Context, s api.Scope, function string) ([]api.Version, error) {
	if err := m.freshFunction(ctx, s, function); err != nil {
		return nil, err
	}
	return m.plane.Versions(ctx, s, function)
}

// Version implements api.Functions.
func (m *Service) Version(ctx context.Context, s api.Scope, function, name string) (api.Version, error) {
	if err := m.freshFunction(ctx, s, function); err != nil {
		return api.Version{}, err
	}
	return m.plane.Version(ctx, s, function, name)
}
