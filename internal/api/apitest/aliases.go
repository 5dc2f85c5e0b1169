package apitest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
)

// Aliases says what the aliases of any Service are like. open returns an empty
// one.
func Aliases(t *testing.T, open func(t *testing.T) Plane) {
	for _, tests := range []map[string]func(*testing.T, Plane){aliasTests, aliasChangeTests, aliasListTests} {
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, open(t))
			})
		}
	}
}

var aliasTests = map[string]func(*testing.T, Plane){
	"an alias is found by its id and by its name, and listed the same":          aliasFound,
	"what was sent comes back as it was sent":                                   aliasKept,
	"all problems of an alias are reported at once, in their order":             aliasProblems,
	"an alias's name is taken once in a function":                               aliasNameTaken,
	"a version is the main one of one alias":                                    mainVersionTaken,
	"a version may be main of one alias and additional of others":               additionalShared,
	"a function has at most 10 aliases, and room again when one is deleted":     aliasLimit,
	"of those who create the same alias at once one wins":                       aliasNameRace,
	"of those who want a version as the main one at once one wins":              mainVersionRace,
	"of those who create aliases at once ten find room":                         aliasLimitRace,
	"another project's alias is not found, whatever is tried":                   foreignAlias,
	"what no database can hold is refused or not found in aliases, too":         unstorableAlias,
	"an alias of a function that is not there is not created, listed or judged": aliasOfNothing,
}

// versioned makes a function with those published versions.
func versioned(t *testing.T, p Plane, versions ...string) api.Function {
	t.Helper()
	f := createFunction(t, p, FunctionDraft("hello"))
	for _, version := range versions {
		release(t, p, f.ID, version)
	}
	return f
}

func createAlias(t *testing.T, p Plane, function string, d api.AliasDraft) api.Alias {
	t.Helper()
	a, err := p.Service.CreateAlias(t.Context(), p.Mine, function, d)
	require.NoError(t, err)
	return a
}

func salt(a api.Alias) string { return api.AliasSalt(a.Function.Package, a.Function.Name, a.Name) }

func getAlias(t *testing.T, p Plane, id string) api.Alias {
	t.Helper()
	a, err := p.Service.Alias(t.Context(), p.Mine, id)
	require.NoError(t, err)
	return a
}

func aliasesOf(t *testing.T, p Plane, function string) []api.Alias {
	t.Helper()
	aliases, err := p.Service.AliasesOf(t.Context(), p.Mine, function)
	require.NoError(t, err)
	return aliases
}

func aliasNamesOf(aliases []api.Alias) []string {
	names := make([]string, len(aliases))
	for i, a := range aliases {
		names[i] = a.Name
	}
	return names
}

// weighed is a draft that sends a share of the requests to an additional version.
func weighed(name, main, additional, weight string) api.AliasDraft {
	return api.AliasDraft{Name: name, Version: main, Weights: []api.WeightDraft{{Version: additional, Weight: weight}}}
}

// ruled is a draft that sends requests of testers to an additional version.
func ruled(name, main, additional string) api.AliasDraft {
	return api.AliasDraft{Name: name, Version: main, Strategies: []api.StrategyDraft{{
		Version: additional, Combine: routing.Or, Rules: []routing.Rule{
			{Type: "Header", Param: "X-Tester", Op: routing.Equal, Value: " yes "},
			{Type: "cookie", Param: "team", Op: routing.In, Value: "qa, ops"},
		},
	}}}
}

// stick lets a draft keep callers at their version, and returns what becomes of that.
func stick(p Plane, d *api.AliasDraft, source routing.Source) routing.Source {
	d.Sticky = &source
	if !p.has(Sticks) {
		return routing.Source{}
	}
	return source
}

func aliasFound(t *testing.T, p Plane) {
	f := versioned(t, p, "v1", "v2")
	d := weighed("prod", "v1", "v2", "20")
	d.Description = new("what customers call")
	sticky := stick(p, &d, routing.Source{Type: "cookie", Param: "sid"})
	created := createAlias(t, p, f.ID, d)
	require.Equal(t, api.AliasFunction{ID: f.ID, Package: f.Package, Name: f.Name}, created.Function)
	require.Equal(t, "prod", created.Name)
	require.Equal(t, "what customers call", created.Description)
	require.Equal(t, routing.Route{Main: "v1", Additional: "v2", Weight: 20, Sticky: sticky, Salt: salt(created)}, created.Route)
	require.Equal(t, p.Mine.Actor.User, created.Created.By)
	require.Equal(t, created.Created, created.Updated)
	require.EqualValues(t, 1, created.Version)
	require.Nil(t, created.Ramp)

	require.Equal(t, created, getAlias(t, p, created.ID))
	named, err := p.Service.FindAlias(t.Context(), p.Mine, f.ID, "prod")
	require.NoError(t, err)
	require.Equal(t, created, named)
	require.Equal(t, []api.Alias{created}, aliasesOf(t, p, f.ID))
	require.Equal(t, []api.Alias{created}, listAliases(t, p, api.AliasQuery{}).Items)
	for _, name := range []string{"Prod", "!prod", ""} {
		_, err = p.Service.FindAlias(t.Context(), p.Mine, f.ID, name)
		requireCode(t, err, api.NotFound)
	}
}

func aliasKept(t *testing.T, p Plane) {
	f := versioned(t, p, "v1", "v2")
	d := ruled("beta", "latest", "v2")
	created := createAlias(t, p, f.ID, d)
	want := routing.Route{Main: "latest", Additional: "v2", Rules: d.Strategies[0].Rules, Combine: routing.Or, Salt: salt(created)}
	require.Equal(t, want, created.Route, "spelled as it was, with its blanks")
	require.Equal(t, created, getAlias(t, p, created.ID))

	zero := createAlias(t, p, f.ID, weighed("none", "v1", "v2", "0"))
	require.Equal(t, routing.Route{Main: "v1", Additional: "v2", Salt: salt(zero)}, getAlias(t, p, zero.ID).Route, "no requests yet is a gray release")
	plain := createAlias(t, p, f.ID, api.AliasDraft{Name: "plain", Version: "v2"})
	require.Equal(t, routing.Route{Main: "v2", Salt: salt(plain)}, getAlias(t, p, plain.ID).Route)
}

func aliasProblems(t *testing.T, p Plane) {
	f := versioned(t, p, "v1", "v2")
	createAlias(t, p, f.ID, api.AliasDraft{Name: "prod", Version: "v1"})
	for _, c := range []struct {
		draft api.AliasDraft
		want  []string
	}{
		{weighed("1", "v9", "latest", "12.5"), []string{
			"name alias.name_form", "version alias.version_unknown", "additional alias.additional_latest", "weight alias.weight_whole",
		}},
		{weighed("prod", "v1", "v1", "101"), []string{
			"additional alias.additional_same", "weight alias.weight_range", "name alias.name_taken", "version alias.version_used",
		}},
		{
			api.AliasDraft{Name: "a", Version: "v2", Weights: weighed("", "", "v1", "5").Weights, Strategies: ruled("", "", "v1").Strategies},
			[]string{"gray alias.gray_both"},
		},
		{ruled("a", "v2", "v9"), []string{"additional alias.additional_unknown"}},
		{ruled("prod", "v2", "v2"), []string{"additional alias.additional_same", "name alias.name_taken"}},
	} {
		_, err := p.Service.CreateAlias(t.Context(), p.Mine, f.ID, c.draft)
		requireCode(t, err, api.Invalid)
		require.Equal(t, c.want, paths(err))
		require.Equal(t, c.want, paths(p.Service.ValidateAlias(t.Context(), p.Mine, f.ID, "", c.draft)))
	}
	require.NoError(t, p.Service.ValidateAlias(t.Context(), p.Mine, f.ID, "", ruled("free", "v2", "v1")))
	require.Len(t, aliasesOf(t, p, f.ID), 1)
}

func aliasNameTaken(t *testing.T, p Plane) {
	f := versioned(t, p, "v1", "v2")
	prod := createAlias(t, p, f.ID, api.AliasDraft{Name: "prod", Version: "v1"})
	refuseAlias(t, p, f.ID, api.AliasDraft{Name: "prod", Version: "v2"}, "name alias.name_taken")
	refuseAlias(t, p, f.ID, api.AliasDraft{Name: "prod", Version: "v1"}, "name alias.name_taken", "version alias.version_used")
	createAlias(t, p, f.ID, api.AliasDraft{Name: "Prod", Version: "v2"})
	second := createFunction(t, p, FunctionDraft("second"))
	createAlias(t, p, second.ID, api.AliasDraft{Name: "prod", Version: "latest"})
	require.NoError(t, p.Service.DeleteAlias(t.Context(), p.Mine, prod.ID, 0))
	createAlias(t, p, f.ID, api.AliasDraft{Name: "prod", Version: "v1"})
}

// refuseAlias requires that only what others have stands in the way.
func refuseAlias(t *testing.T, p Plane, function string, d api.AliasDraft, want ...string) {
	t.Helper()
	_, err := p.Service.CreateAlias(t.Context(), p.Mine, function, d)
	requireCode(t, err, api.Conflict)
	require.Equal(t, want, paths(err))
	require.Equal(t, err, p.Service.ValidateAlias(t.Context(), p.Mine, function, "", d))
}

func mainVersionTaken(t *testing.T, p Plane) {
	f := versioned(t, p, "v1", "v2")
	prod := createAlias(t, p, f.ID, weighed("prod", "v1", "v2", "5"))
	test := createAlias(t, p, f.ID, api.AliasDraft{Name: "test", Version: "v2"})
	used := api.M("alias.version_used", "version", "v1", "alias", "prod")
	_, err := p.Service.CreateAlias(t.Context(), p.Mine, f.ID, api.AliasDraft{Name: "new", Version: "v1"})
	require.Equal(t, &api.Error{Code: api.Conflict, Message: used, Problems: []api.Problem{{Path: "version", Message: used}}}, err)
	_, err = p.Service.UpdateAlias(t.Context(), p.Mine, test.ID, api.AliasDraft{Version: "v1"}, 0)
	require.Equal(t, []string{"version alias.version_used"}, paths(err))
	_, err = p.Service.PromoteAlias(t.Context(), p.Mine, prod.ID, 0)
	requireCode(t, err, api.Conflict)
	require.Equal(t, []string{"version alias.version_used"}, paths(err), "v2 is the main version of test")
	require.Equal(t, prod, getAlias(t, p, prod.ID))

	require.NoError(t, p.Service.ValidateAlias(t.Context(), p.Mine, f.ID, test.ID, test.Draft()), "its own version is not another's")
	_, err = p.Service.UpdateAlias(t.Context(), p.Mine, test.ID, test.Draft(), 0)
	require.NoError(t, err)
}

func additionalShared(t *testing.T, p Plane) {
	f := versioned(t, p, "v1", "v2")
	createAlias(t, p, f.ID, api.AliasDraft{Name: "one", Version: "v1"})
	createAlias(t, p, f.ID, weighed("two", "v2", "v1", "5"))
	createAlias(t, p, f.ID, weighed("three", "latest", "v1", "5"))
}

func tenVersions(t *testing.T, p Plane) (api.Function, []string) {
	t.Helper()
	var versions []string
	for i := range api.MaxAliases + 1 {
		versions = append(versions, fmt.Sprintf("v%d", i))
	}
	return versioned(t, p, versions...), versions
}

func aliasLimit(t *testing.T, p Plane) {
	f, versions := tenVersions(t, p)
	var ids []string
	for i, version := range versions[:api.MaxAliases] {
		ids = append(ids, createAlias(t, p, f.ID, api.AliasDraft{Name: fmt.Sprintf("a%d", i), Version: version}).ID)
	}
	another := api.AliasDraft{Name: "another", Version: versions[api.MaxAliases]}
	_, err := p.Service.CreateAlias(t.Context(), p.Mine, f.ID, another)
	require.Equal(t, api.Errorf(api.Limit, "alias.too_many", "max", api.MaxAliases), err)
	require.Equal(t, err, p.Service.ValidateAlias(t.Context(), p.Mine, f.ID, "", another))
	another.Name = "a3"
	refuseAlias(t, p, f.ID, another, "name alias.name_taken")
	third := getAlias(t, p, ids[3])
	require.NoError(t, p.Service.ValidateAlias(t.Context(), p.Mine, f.ID, third.ID, third.Draft()), "who is inside needs no room")

	require.NoError(t, p.Service.DeleteAlias(t.Context(), p.Mine, third.ID, 0))
	createAlias(t, p, f.ID, another)
	require.Len(t, aliasesOf(t, p, f.ID), api.MaxAliases)
}

func aliasNameRace(t *testing.T, p Plane) {
	f, versions := tenVersions(t, p)
	require.Equal(t, 1, atOnce(t, 8, api.Conflict, func(i int) error {
		_, err := p.Service.CreateAlias(t.Context(), p.Mine, f.ID, api.AliasDraft{Name: "prod", Version: versions[i]})
		return err
	}))
	require.Len(t, aliasesOf(t, p, f.ID), 1)
}

func mainVersionRace(t *testing.T, p Plane) {
	f := versioned(t, p, "v1")
	require.Equal(t, 1, atOnce(t, 8, api.Conflict, func(i int) error {
		_, err := p.Service.CreateAlias(t.Context(), p.Mine, f.ID, api.AliasDraft{Name: fmt.Sprintf("a%d", i), Version: "v1"})
		return err
	}))
	require.Len(t, aliasesOf(t, p, f.ID), 1)
}

func aliasLimitRace(t *testing.T, p Plane) {
	f, versions := tenVersions(t, p)
	for i, version := range versions[:api.MaxAliases-3] {
		createAlias(t, p, f.ID, api.AliasDraft{Name: fmt.Sprintf("a%d", i), Version: version})
	}
	left := append(versions[api.MaxAliases-3:], api.LatestVersion)
	require.Equal(t, 3, atOnce(t, len(left), api.Limit, func(i int) error {
		_, err := p.Service.CreateAlias(t.Context(), p.Mine, f.ID, api.AliasDraft{Name: fmt.Sprintf("late%d", i), Version: left[i]})
		return err
	}))
	require.Len(t, aliasesOf(t, p, f.ID), api.MaxAliases)
}

func foreignAlias(t *testing.T, p Plane) {
	f := versioned(t, p, "v1", "v2")
	stored := createAlias(t, p, f.ID, weighed("prod", "v1", "v2", "5"))
	for _, id := range []string{stored.ID, "", "nope", "\x00", "\xff"} {
		for name, err := range aliasAttempts(t, p, p.Other, id) {
			require.Equal(t, api.NotFound, api.CodeOf(err), "%s of %q: %v", name, id, err)
		}
	}
	_, err := p.Service.FindAlias(t.Context(), p.Other, f.ID, "prod")
	requireCode(t, err, api.NotFound)
	for _, q := range []api.AliasQuery{{}, {Function: f.ID}, {Search: "prod"}, {Gray: true}} {
		page, err := p.Service.ListAliases(t.Context(), p.Other, q)
		require.NoError(t, err)
		require.Empty(t, page.Items)
	}
	require.Equal(t, stored, getAlias(t, p, stored.ID))
	require.Equal(t, []string{"create"}, actions(t, p, api.KindAlias, stored.ID))
}

// aliasAttempts tries everything that can be done to one alias.
func aliasAttempts(t *testing.T, p Plane, s api.Scope, id string) map[string]error {
	t.Helper()
	ctx, all := t.Context(), map[string]error{}
	ramp := api.RampDraft{Additional: "v2", Steps: []api.RampStepDraft{{Percent: "50"}}}
	_, all["read"] = p.Service.Alias(ctx, s, id)
	_, all["update"] = p.Service.UpdateAlias(ctx, s, id, api.AliasDraft{Version: "v1"}, 0)
	_, all["promote"] = p.Service.PromoteAlias(ctx, s, id, 0)
	_, all["abort"] = p.Service.AbortAlias(ctx, s, id, 0)
	all["delete"] = p.Service.DeleteAlias(ctx, s, id, 0)
	_, all["past"] = p.Service.PastAlias(ctx, s, id, id)
	_, all["start"] = p.Service.StartRamp(ctx, s, id, ramp, 0)
	all["validate ramp"] = p.Service.ValidateRamp(ctx, s, id, ramp)
	_, all["ramps"] = p.Service.Ramps(ctx, s, id, 10)
	_, all["steer"] = p.Service.SteerRamp(ctx, s, id, api.RampNext, 0)
	return all
}

func unstorableAlias(t *testing.T, p Plane) {
	f := versioned(t, p, "v1", "v2")
	stored := createAlias(t, p, f.ID, weighed("prod", "v1", "v2", "5"))
	for _, text := range []string{"\x00", "a\x00b", "\xff\xfe", strings.Repeat("x", 1<<20)} {
		rule := routing.Rule{Type: routing.SourceType(text), Param: text, Op: routing.Op(text), Value: text}
		for _, d := range []api.AliasDraft{
			{Name: text, Version: text, Description: &text, Weights: []api.WeightDraft{{Version: text, Weight: text}}},
			{Name: text, Version: text, Strategies: []api.StrategyDraft{{Version: text, Combine: routing.Combine(text), Rules: []routing.Rule{rule}}}},
			{Name: "a", Version: "v2", Sticky: &routing.Source{Type: rule.Type, Param: text}},
		} {
			_, err := p.Service.CreateAlias(t.Context(), p.Mine, f.ID, d)
			requireCode(t, err, api.Invalid)
			_, err = p.Service.UpdateAlias(t.Context(), p.Mine, stored.ID, d, 0)
			requireCode(t, err, api.Invalid)
			requireCode(t, p.Service.ValidateAlias(t.Context(), p.Mine, f.ID, stored.ID, d), api.Invalid)
		}
		_, err := p.Service.FindAlias(t.Context(), p.Mine, f.ID, text)
		requireCode(t, err, api.NotFound)
		_, err = p.Service.FindAlias(t.Context(), p.Mine, text, "prod")
		requireCode(t, err, api.NotFound)
		_, err = p.Service.PastAlias(t.Context(), p.Mine, stored.ID, text)
		requireCode(t, err, api.NotFound)
		_, err = p.Service.StartRamp(t.Context(), p.Mine, stored.ID, api.RampDraft{
			Additional: text, Steps: []api.RampStepDraft{{Percent: text, Hold: text}},
		}, 0)
		requireCode(t, err, api.Invalid)
		for _, q := range []api.AliasQuery{{Search: text}, {Function: text}} {
			require.Empty(t, listAliases(t, p, q).Items)
		}
		require.Len(t, listAliases(t, p, api.AliasQuery{Cursor: text, Sort: text}).Items, 1)
	}
	require.Equal(t, stored, getAlias(t, p, stored.ID))
}

func aliasOfNothing(t *testing.T, p Plane) {
	for _, function := range []string{"", "nope", "\x00"} {
		d := api.AliasDraft{Name: "prod", Version: api.LatestVersion}
		_, err := p.Service.CreateAlias(t.Context(), p.Mine, function, d)
		requireCode(t, err, api.NotFound)
		requireCode(t, p.Service.ValidateAlias(t.Context(), p.Mine, function, "", d), api.NotFound)
		_, err = p.Service.AliasesOf(t.Context(), p.Mine, function)
		requireCode(t, err, api.NotFound)
	}
	f, second := versioned(t, p), createFunction(t, p, FunctionDraft("second"))
	alias := createAlias(t, p, f.ID, api.AliasDraft{Name: "prod", Version: api.LatestVersion})
	requireCode(t, p.Service.ValidateAlias(t.Context(), p.Mine, second.ID, alias.ID, alias.Draft()), api.NotFound)
}
