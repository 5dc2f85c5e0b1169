package apitest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
)

var aliasChangeTests = map[string]func(*testing.T, Plane){
	"an update replaces where an alias leads to, and keeps what it does not say": aliasUpdated,
	"who saves an alias second is told":                                          aliasChangedMeanwhile,
	"a promotion makes the additional version the main one":                      aliasPromoted,
	"an abort sends everything to the main version":                              aliasAborted,
	"a deleted alias is gone":                                                    aliasDeleted,
	"changes of an alias tell who did what, in the dialect's words":              aliasChanges,
	"every earlier state of an alias can be brought back":                        aliasPast,
	"what is not a change of the alias is no earlier state of it":                aliasNoPast,
}

var aliasListTests = map[string]func(*testing.T, Plane){
	"aliases are sorted, searched and filtered":                         aliasLists,
	"pages of aliases lead on and back through all of them, once each":  aliasPages,
	"selected aliases are found on the shelf, by their ids or by query": aliasShelf,
}

func updateAlias(t *testing.T, p Plane, id string, d api.AliasDraft) api.Alias {
	t.Helper()
	a, err := p.Service.UpdateAlias(t.Context(), p.Mine, id, d, 0)
	require.NoError(t, err)
	return a
}

func aliasUpdated(t *testing.T, p Plane) {
	f := versioned(t, p, "v1", "v2", "v3")
	d := weighed("prod", "v1", "v2", "20")
	d.Description = new("text")
	sticky := stick(p, &d, routing.Source{Type: "header", Param: "X-User"})
	alias := createAlias(t, p, f.ID, d)

	updated := updateAlias(t, p, alias.ID, ruled("renamed", "v3", "v1"))
	require.Equal(t, "prod", updated.Name, "names stay")
	require.Equal(t, "text", updated.Description)
	require.Equal(t, routing.Route{
		Main: "v3", Additional: "v1", Rules: ruled("", "", "").Strategies[0].Rules, Combine: routing.Or, Sticky: sticky, Salt: salt(alias),
	}, updated.Route, "rules take the place of the weight")
	require.Equal(t, alias.Created, updated.Created)
	require.True(t, updated.Updated.At.After(alias.Updated.At))
	require.EqualValues(t, 2, updated.Version)
	require.Equal(t, updated, getAlias(t, p, alias.ID))

	updated = updateAlias(t, p, alias.ID, weighed("", "v3", "v1", "0"))
	require.Equal(t, routing.Route{Main: "v3", Additional: "v1", Sticky: sticky, Salt: salt(alias)}, updated.Route)
	updated = updateAlias(t, p, alias.ID, api.AliasDraft{Version: "v3", Description: new(""), Sticky: &routing.Source{}})
	require.Empty(t, updated.Description)
	require.Equal(t, routing.Route{Main: "v3", Salt: salt(alias)}, updated.Route, "without an additional version there is no gray release")
	require.Equal(t, updated, getAlias(t, p, alias.ID))

	_, err := p.Service.UpdateAlias(t.Context(), p.Mine, alias.ID, weighed("", "v9", "latest", "x"), 0)
	require.Equal(t, []string{"version alias.version_unknown", "additional alias.additional_latest", "weight alias.weight_whole"}, paths(err))
	require.Equal(t, updated, getAlias(t, p, alias.ID))
}

func aliasChangedMeanwhile(t *testing.T, p Plane) {
	f := versioned(t, p, "v1", "v2")
	alias := createAlias(t, p, f.ID, weighed("prod", "v1", "v2", "5"))
	require.Equal(t, 1, atOnce(t, 8, api.Conflict, func(i int) error {
		_, err := p.Service.UpdateAlias(t.Context(), p.Mine, alias.ID, weighed("", "v1", "v2", fmt.Sprint(i)), alias.Version)
		return err
	}))
	stored := getAlias(t, p, alias.ID)
	require.EqualValues(t, 2, stored.Version)
	_, err := p.Service.PromoteAlias(t.Context(), p.Mine, alias.ID, alias.Version)
	require.Equal(t, api.Errorf(api.Conflict, "alias.changed", "by", p.Mine.Actor.User), err)
	_, err = p.Service.AbortAlias(t.Context(), p.Mine, alias.ID, alias.Version)
	requireCode(t, err, api.Conflict)
	requireCode(t, p.Service.DeleteAlias(t.Context(), p.Mine, alias.ID, alias.Version), api.Conflict)
	_, err = p.Service.StartRamp(t.Context(), p.Mine, alias.ID, rampTo("v2", "50", ""), alias.Version)
	requireCode(t, err, api.Conflict)
	require.Equal(t, stored, getAlias(t, p, alias.ID))
	require.NoError(t, p.Service.DeleteAlias(t.Context(), p.Mine, alias.ID, stored.Version))
}

func aliasPromoted(t *testing.T, p Plane) {
	f := versioned(t, p, "v1", "v2")
	alias := createAlias(t, p, f.ID, ruled("prod", "v1", "v2"))
	promoted, err := p.Service.PromoteAlias(t.Context(), p.Mine, alias.ID, alias.Version)
	require.NoError(t, err)
	require.Equal(t, routing.Route{Main: "v2", Salt: salt(alias)}, promoted.Route)
	require.Equal(t, promoted, getAlias(t, p, alias.ID))
	require.Equal(t, []string{"promote", "create"}, actions(t, p, api.KindAlias, alias.ID))
	_, err = p.Service.PromoteAlias(t.Context(), p.Mine, alias.ID, 0)
	require.Equal(t, api.Errorf(api.Invalid, "alias.no_gray"), err)
	createAlias(t, p, f.ID, api.AliasDraft{Name: "old", Version: "v1"})
}

func aliasAborted(t *testing.T, p Plane) {
	f := versioned(t, p, "v1", "v2")
	alias := createAlias(t, p, f.ID, weighed("prod", "v1", "v2", "99"))
	aborted, err := p.Service.AbortAlias(t.Context(), p.Mine, alias.ID, alias.Version)
	require.NoError(t, err)
	require.Equal(t, routing.Route{Main: "v1", Salt: salt(alias)}, aborted.Route)
	again, err := p.Service.AbortAlias(t.Context(), p.Mine, alias.ID, 0)
	require.NoError(t, err)
	require.Equal(t, aborted, again)
	require.Equal(t, aborted, getAlias(t, p, alias.ID))
	require.Equal(t, []string{"abort", "create"}, actions(t, p, api.KindAlias, alias.ID))
}

func aliasDeleted(t *testing.T, p Plane) {
	f := versioned(t, p, "v1", "v2")
	alias := createAlias(t, p, f.ID, weighed("prod", "v1", "v2", "5"))
	require.NoError(t, p.Service.DeleteAlias(t.Context(), p.Mine, alias.ID, 0))
	requireCode(t, p.Service.DeleteAlias(t.Context(), p.Mine, alias.ID, 0), api.NotFound)
	_, err := p.Service.FindAlias(t.Context(), p.Mine, f.ID, "prod")
	requireCode(t, err, api.NotFound)
	require.Empty(t, aliasesOf(t, p, f.ID))
	require.NoError(t, p.Service.DeleteVersion(t.Context(), p.Mine, f.ID, "v2", api.Confirmation{}), "it is nobody's additional version any more")
}

func aliasChanges(t *testing.T, p Plane) {
	f := versioned(t, p, "v1", "v2")
	d := weighed("prod", "v1", "v2", "0")
	stuck := ""
	if stick(p, &d, routing.Source{Type: "cookie", Param: "sid"}) != (routing.Source{}) {
		stuck = `,"sticky":{"type":"cookie","param":"sid"}`
	}
	alias := createAlias(t, p, f.ID, d)
	updateAlias(t, p, alias.ID, ruled("", "v1", "v2"))
	require.NoError(t, p.Service.DeleteAlias(t.Context(), p.Mine, alias.ID, 0))
	changes, err := p.Service.Changes(t.Context(), p.Mine, api.KindAlias, alias.ID, "", 10)
	require.NoError(t, err)
	require.Equal(t, []string{"delete", "update", "create"}, actions(t, p, api.KindAlias, alias.ID))

	created := `{"function":"default:hello","name":"prod","version":"v1","description":"",
		"additional_version_weights":{"v2":0}` + stuck + `}`
	updated := `{"function":"default:hello","name":"prod","version":"v1","description":"","additional_version_strategy":{"v2":{
		"combine_type":"or","rules":[{"rule_type":"Header","param":"X-Tester","op":"=","value":" yes "},
			{"rule_type":"cookie","param":"team","op":"in","value":"qa, ops"}]}}` + stuck + `}`
	for i, want := range []struct{ before, after string }{{updated, ""}, {created, updated}, {"", created}} {
		require.Equal(t, p.Mine.Actor, changes[i].Actor)
		require.Equal(t, "prod", changes[i].ObjectName)
		sameJSON(t, want.before, changes[i].Before)
		sameJSON(t, want.after, changes[i].After)
	}
}

func sameJSON(t *testing.T, want string, got []byte) {
	t.Helper()
	if want == "" {
		require.Nil(t, got)
		return
	}
	require.JSONEq(t, want, string(got))
}

func aliasPast(t *testing.T, p Plane) {
	f := versioned(t, p, "v1", "v2", "v3")
	d := weighed("prod", "v1", "v2", "20")
	d.Description = new("first")
	alias := createAlias(t, p, f.ID, d)
	states := []api.Alias{alias}
	sticky := ruled("", "v2", "v1")
	sticky.Description, sticky.Sticky = new("second"), &routing.Source{Type: "header", Param: "X-User"}
	for _, d := range []api.AliasDraft{sticky, {Version: "v3"}, weighed("", "v3", "v1", "0"), {Version: "v3", Sticky: &routing.Source{}}} {
		states = append(states, updateAlias(t, p, alias.ID, d))
	}
	changes, err := p.Service.Changes(t.Context(), p.Mine, api.KindAlias, alias.ID, "", 10)
	require.NoError(t, err)
	slices.Reverse(changes)
	require.Len(t, changes, len(states))
	for i, state := range states {
		draft, err := p.Service.PastAlias(t.Context(), p.Mine, alias.ID, changes[i].ID)
		require.NoError(t, err)
		require.Equal(t, state.Draft(), draft, "state %d", i)
		back := updateAlias(t, p, alias.ID, draft)
		require.Equal(t, state.Route, back.Route, "state %d", i)
		require.Equal(t, state.Description, back.Description, "state %d", i)
	}
}

func aliasNoPast(t *testing.T, p Plane) {
	f := versioned(t, p, "v1", "v2")
	alias := createAlias(t, p, f.ID, api.AliasDraft{Name: "prod", Version: "v1"})
	second := createAlias(t, p, f.ID, api.AliasDraft{Name: "test", Version: "v2"})
	last := func(kind api.Kind, id string) string {
		changes, err := p.Service.Changes(t.Context(), p.Mine, kind, id, "", 1)
		require.NoError(t, err)
		return changes[0].ID
	}
	for _, change := range []string{"", "nope", last(api.KindAlias, second.ID), last(api.KindFunction, f.ID)} {
		_, err := p.Service.PastAlias(t.Context(), p.Mine, alias.ID, change)
		requireCode(t, err, api.NotFound)
	}
	require.NoError(t, p.Service.DeleteAlias(t.Context(), p.Mine, alias.ID, 0))
	_, err := p.Service.PastAlias(t.Context(), p.Mine, alias.ID, last(api.KindAlias, alias.ID))
	requireCode(t, err, api.NotFound)
}

func listAliases(t *testing.T, p Plane, q api.AliasQuery) api.Page[api.Alias] {
	t.Helper()
	page, err := p.Service.ListAliases(t.Context(), p.Mine, q)
	require.NoError(t, err)
	return page
}

func aliasLists(t *testing.T, p Plane) {
	f := versioned(t, p, "v1", "v2")
	second := createFunction(t, p, FunctionDraft("another"))
	createAlias(t, p, f.ID, weighed("b_orders", "v1", "v2", "5"))
	a := createAlias(t, p, f.ID, api.AliasDraft{Name: "a_Orders", Version: "v2"})
	createAlias(t, p, second.ID, api.AliasDraft{Name: "c-stock", Version: api.LatestVersion})
	updateAlias(t, p, a.ID, a.Draft())
	for _, c := range []struct {
		query api.AliasQuery
		want  []string
	}{
		{api.AliasQuery{}, []string{"a_Orders", "b_orders", "c-stock"}},
		{api.AliasQuery{Desc: true}, []string{"c-stock", "b_orders", "a_Orders"}},
		{api.AliasQuery{Sort: "function"}, []string{"c-stock", "a_Orders", "b_orders"}},
		{api.AliasQuery{Sort: "updated"}, []string{"b_orders", "c-stock", "a_Orders"}},
		{api.AliasQuery{Search: "ORDERS"}, []string{"a_Orders", "b_orders"}},
		{api.AliasQuery{Search: "anoTHer"}, []string{"c-stock"}},
		{api.AliasQuery{Search: "a%o"}, []string{}},
		{api.AliasQuery{Gray: true}, []string{"b_orders"}},
		{api.AliasQuery{Gray: true, Search: "stock"}, []string{}},
		{api.AliasQuery{Gray: true, Sort: "updated", Desc: true}, []string{"b_orders"}},
		{api.AliasQuery{Function: f.ID}, []string{"a_Orders", "b_orders"}},
		{api.AliasQuery{Function: f.ID, Search: "b_"}, []string{"b_orders"}},
		{api.AliasQuery{Function: "nope"}, []string{}},
		{api.AliasQuery{Sort: "nonsense", Cursor: "nonsense", Limit: -1}, []string{"a_Orders", "b_orders", "c-stock"}},
	} {
		require.Equal(t, c.want, aliasNamesOf(listAliases(t, p, c.query).Items), "%+v", c.query)
	}
	require.Equal(t, []string{"a_Orders", "b_orders"}, aliasNamesOf(aliasesOf(t, p, f.ID)))
}

func aliasPages(t *testing.T, p Plane) {
	var all []string
	for i := range 7 {
		f := createFunction(t, p, FunctionDraft(fmt.Sprintf("function_%d", i)))
		release(t, p, f.ID, "v1")
		all = append(all, createAlias(t, p, f.ID, weighed(fmt.Sprintf("alias_%d", i), "latest", "v1", "5")).Name)
	}
	for _, sort := range api.AliasSorts {
		for _, q := range []api.AliasQuery{{}, {Search: "alias"}, {Gray: true}} {
			q.Sort, q.Limit = sort, 3
			want := slices.Clone(all)
			require.Equal(t, want, walkAliases(t, p, q), "%+v", q)
			slices.Reverse(want)
			q.Desc = true
			require.Equal(t, want, walkAliases(t, p, q), "%+v", q)
		}
	}
}

func walkAliases(t *testing.T, p Plane, q api.AliasQuery) []string {
	t.Helper()
	return walkPages(t, q.Limit, func(cursor string) (api.Page[api.Alias], error) {
		q.Cursor = cursor
		return p.Service.ListAliases(t.Context(), p.Mine, q)
	}, func(item *api.Alias) string { return item.Name })
}

func aliasShelf(t *testing.T, p Plane) {
	f := versioned(t, p, "v1", "v2")
	gray := createAlias(t, p, f.ID, weighed("gray", "v1", "v2", "5"))
	plain := createAlias(t, p, f.ID, api.AliasDraft{Name: "plain", Version: "v2"})
	shelf := api.AliasShelf(p.Service)
	ids, err := api.SelectedIDs(t.Context(), shelf, p.Mine, api.Selection[api.AliasQuery]{IDs: []string{plain.ID, "nope", gray.ID, plain.ID}})
	require.NoError(t, err)
	require.Equal(t, []string{plain.ID, gray.ID}, ids)
	outcomes, err := api.Each(t.Context(), shelf, p.Mine, api.Selection[api.AliasQuery]{Query: &api.AliasQuery{Gray: true}},
		func(ctx context.Context, a *api.Alias) error {
			return p.Service.DeleteAlias(ctx, p.Mine, a.ID, a.Version)
		})
	require.NoError(t, err)
	require.Equal(t, []api.Outcome{{ID: gray.ID, Name: "gray"}}, outcomes)
	require.Equal(t, []string{"plain"}, aliasNamesOf(aliasesOf(t, p, f.ID)))
}
