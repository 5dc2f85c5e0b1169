package compare

import (
	"context"
	"slices"
	"strings"

	"switchboard/internal/api"
)

var functions = of[api.Function]{
	kind: api.KindFunction,
	pages: func(ctx context.Context, s *side, l listing) (api.Page[api.Function], error) {
		return s.Service.ListFunctions(ctx, s.Scope, api.FunctionQuery{Search: l.Text, Cursor: l.Cursor, Limit: l.Limit})
	},
	one: func(ctx context.Context, s *side, k Key) (api.Function, error) {
		return s.Service.FindFunction(ctx, s.Scope, k.Of, k.Name)
	},
	thing: func(ctx context.Context, s *side, f *api.Function) (Thing, error) {
		audited := f.Audited()
		var err error
		if audited.Versions, err = versions(ctx, s, f); err != nil {
			return Thing{}, err
		}
		view, err := viewOf(audited)
		return Thing{Key: Key{api.KindFunction, f.Package, f.Name}, ID: f.ID, View: view}, err
	},
	make: makeFunction,
}

// versions are the names of those that were published, sorted.
func versions(ctx context.Context, s *side, f *api.Function) (names []string, err error) {
	if f.Versions < 2 { // the latest is always there
		return nil, nil
	}
	all, err := s.Service.Versions(ctx, s.Scope, f.ID)
	for i := range all {
		if all[i].Name != api.LatestVersion {
			names = append(names, all[i].Name)
		}
	}
	slices.Sort(names)
	return names, err
}

// makeFunction copies what the function is, apart from its code, which is not kept. So
// its versions, which are code under a name, are not copied either.
func makeFunction(ctx context.Context, c *copying, src, dst *api.Function) (d draft, err error) {
	function := src.Draft()
	elsewhere := src.Latest.Code.URL != "" || src.Latest.Code.Type == api.CodeImage
	if err := noteVersions(ctx, c, &d, src, dst); err != nil {
		return d, err
	}
	if dst == nil {
		function.Code.Size, function.Code.Digest = 0, ""
		if !elsewhere {
			d.note("compare.code_new")
		}
		d.deeds = []api.Deed{api.CreateFunction{Draft: function}}
		return d, nil
	}
	if !elsewhere && dst.Latest.Code.Digest != src.Latest.Code.Digest {
		d.note("compare.code_kept")
	}
	if !elsewhere {
		function.Code = dst.Latest.Code
	}
	function.Code.Size, function.Code.Digest = dst.Latest.Code.Size, dst.Latest.Code.Digest // which no draft has
	if nothing, err := equalViews(function, dst.Draft()); err != nil || nothing {
		d.why = api.Errorf(api.Invalid, "compare.code_only")
		return d, err
	}
	d.deeds = []api.Deed{api.UpdateFunction{ID: dst.ID, Draft: function, Version: dst.Version}}
	return d, nil
}

// noteVersions says which versions are not there.
func noteVersions(ctx context.Context, c *copying, d *draft, src, dst *api.Function) error {
	absent, err := versions(ctx, c.from, src)
	if err != nil {
		return err
	}
	if dst != nil {
		there, err := versions(ctx, c.to, dst)
		if err != nil {
			return err
		}
		absent = slices.DeleteFunc(absent, func(name string) bool { return slices.Contains(there, name) })
	}
	if len(absent) > 0 {
		d.note("compare.versions_absent", "versions", strings.Join(absent, ", "))
	}
	return nil
}

var aliases = of[api.Alias]{
	kind: api.KindAlias,
	pages: func(ctx context.Context, s *side, l listing) (api.Page[api.Alias], error) {
		return s.Service.ListAliases(ctx, s.Scope, api.AliasQuery{Search: l.Text, Sort: "function", Cursor: l.Cursor, Limit: l.Limit})
	},
	one: func(ctx context.Context, s *side, k Key) (api.Alias, error) {
		f, err := s.function(ctx, k.functionKey())
		if err != nil || f == nil {
			return api.Alias{}, orMissing(err)
		}
		return s.Service.FindAlias(ctx, s.Scope, f.ID, k.Name)
	},
	thing: func(_ context.Context, _ *side, a *api.Alias) (Thing, error) {
		audited := a.Audited()
		view, err := viewOf(audited)
		return Thing{Key: Key{api.KindAlias, audited.Function, a.Name}, ID: a.ID, View: view}, err
	},
	make: makeAlias,
}

func orMissing(err error) error {
	if err == nil {
		err = missing()
	}
	return err
}

// makeAlias needs the function of that name there, and its versions.
func makeAlias(ctx context.Context, c *copying, src, dst *api.Alias) (d draft, err error) {
	audited := src.Audited()
	alias := audited.Draft()
	if dst != nil {
		d.deeds = []api.Deed{api.UpdateAlias{ID: dst.ID, Draft: alias, Version: dst.Version}}
		if dst.Ramp != nil {
			d.note("compare.ramp_ends")
		}
		return d, nil
	}
	key := Key{api.KindFunction, src.Function.Package, src.Function.Name}
	function, err := c.to.function(ctx, key)
	switch {
	case err != nil:
	case function != nil:
		d.deeds = []api.Deed{api.CreateAlias{Function: function.ID, Draft: alias}}
	case c.planned[key]:
		d.waits = key
	default:
		d.why = api.Errorf(api.NotFound, "compare.no_function", "function", audited.Function)
	}
	return d, err
}
