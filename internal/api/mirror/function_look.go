package mirror

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"sync"

	"switchboard/internal/api"
	"switchboard/internal/api/wire"
)

// lookedAtOnce is how many functions are read at the same time.
const lookedAtOnce = 4

// lookFunctions reads the list of functions, which goes on from a marker until there are
// as many as it says. One that ends before is no answer.
func (m *Service) lookFunctions(ctx context.Context, r *region) (func(context.Context) error, error) {
	var all []api.Function
	for len(all) < api.MaxFunctions {
		call := r.call("ListFunctions")
		call.Query = url.Values{"marker": {strconv.Itoa(len(all))}, "maxitems": {strconv.Itoa(api.MaxFunctionPage)}}
		body, err := r.ask(ctx, call)
		if err != nil {
			return nil, err
		}
		some, count, err := wire.FunctionsIn(body)
		if err != nil {
			return nil, err
		}
		if all = append(all, some...); len(all) >= count {
			break
		}
		if len(some) == 0 {
			return nil, wire.ErrNoAnswer
		}
	}
	return func(ctx context.Context) error { return m.plane.AdoptFunctions(ctx, r.scope.Project, all) }, nil
}

// lookFunction reads one function. Its aliases come first: a version that one leads to was
// there then, and is still told of unless that alias is gone, too.
func (m *Service) lookFunction(ctx context.Context, r *region, id string) (func(context.Context) error, error) {
	known, err := m.plane.Function(ctx, r.scope, id)
	if api.CodeOf(err) == api.NotFound {
		return func(context.Context) error { return nil }, nil // it was deleted meanwhile
	}
	if err != nil {
		return nil, err
	}
	f, versions, aliases, err := r.function(ctx, known.Package, known.Name)
	if api.CodeOf(err) != api.NotFound && err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		left, err := m.plane.AdoptFunction(ctx, r.scope.Project, id, f, versions, aliases)
		if len(left) > 0 {
			m.log.WarnContext(ctx, "aliases of a region cannot be kept", "project", r.scope.Project, "function", known.Name, "aliases", left)
		}
		return err
	}, nil
}

// function reads all of a function; NotFound with nil if it is not there.
func (r *region) function(ctx context.Context, pkg, name string) (*api.Function, []api.Version, []api.Alias, error) {
	f, err := r.functionAlone(ctx, pkg, name)
	if err != nil {
		return nil, nil, nil, err
	}
	urn := r.urn(pkg, name, "")
	body, err := r.ask(ctx, r.call("ListVersionAliases", "function", urn))
	if err != nil {
		return nil, nil, nil, err
	}
	aliases, err := wire.AliasesIn(body)
	if err != nil {
		return nil, nil, nil, err
	}
	if body, err = r.ask(ctx, r.call("ListFunctionVersions", "function", urn)); err != nil {
		return nil, nil, nil, err
	}
	versions, count, err := wire.VersionsIn(body)
	if err == nil && len(versions) < count { // all of them come at once
		err = wire.ErrNoAnswer
	}
	return &f, versions, aliases, err
}

// functionAlone reads what can be changed of a function.
func (r *region) functionAlone(ctx context.Context, pkg, name string) (api.Function, error) {
	body, err := r.ask(ctx, r.call("ShowFunctionConfig", "function", r.urn(pkg, name, "")))
	if err != nil {
		return api.Function{}, err
	}
	f, err := wire.FunctionIn(body)
	if err == nil && (f.Package != pkg || f.Name != name) {
		err = wire.ErrNoAnswer
	}
	return f, err
}

func (r *region) urn(pkg, name, qualifier string) string {
	return api.FunctionURN{Region: r.place.Region, Project: r.place.Project, Package: pkg, Name: name, Qualifier: qualifier}.String()
}

// lookAliases reads all functions with what they have, each if it was not just now, those
// first that were not for the longest. Each is taken over by itself.
func (m *Service) lookAliases(ctx context.Context, r *region) (func(context.Context) error, error) {
	if err := m.told(ctx, r, functionsPart); err != nil {
		return nil, err
	}
	parts, err := m.functionParts(ctx, r)
	if err != nil {
		return nil, err
	}
	todo := make(chan part)
	errs := make([]error, lookedAtOnce)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			for p := range todo {
				errs[i] = cmp.Or(m.told(ctx, r, p), errs[i])
			}
		})
	}
	for _, p := range parts {
		todo <- p
	}
	close(todo)
	all.Wait()
	return func(context.Context) error { return nil }, cmp.Or(errs...)
}

// told has a part read, if it was not just now, and returns why that failed.
func (m *Service) told(ctx context.Context, r *region, p part) error {
	if err := m.await(ctx, forever, r, m.age, p); err != nil {
		return err
	}
	if f := r.freshness(p); !f.Trouble.IsZero() {
		return &api.Error{Code: api.Unavailable, Message: f.Trouble}
	}
	return nil
}

// freshness is how far a part is in this process.
func (r *region) freshness(p part) api.Freshness {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at := r.parts[p]; at != nil {
		return at.Freshness
	}
	return api.Freshness{}
}

// functionParts are the functions that are kept here, those first whose reading is the
// longest ago.
func (m *Service) functionParts(ctx context.Context, r *region) ([]part, error) {
	var parts []part
	q := api.FunctionQuery{Limit: api.MaxFunctionPage}
	for {
		page, err := m.plane.ListFunctions(ctx, r.scope, q)
		if err != nil {
			return nil, err
		}
		for i := range page.Items {
			parts = append(parts, functionPart(page.Items[i].ID))
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	slices.SortStableFunc(parts, func(a, b part) int { return r.freshness(a).Tried.Compare(r.freshness(b).Tried) })
	return parts, nil
}
