package apitest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func functionLists(t *testing.T, p Plane) {
	for _, name := range []string{"b_orders", "a_Orders", "c_stock"} {
		d := FunctionDraft(name)
		if name == "c_stock" {
			d.Package = "tools"
		}
		createFunction(t, p, d)
	}
	touched := listFunctions(t, p, api.FunctionQuery{Search: "b_"}).Items[0]
	_, err := p.Service.UpdateFunction(t.Context(), p.Mine, touched.ID, FunctionDraft(""), 0)
	require.NoError(t, err)
	for _, c := range []struct {
		query api.FunctionQuery
		want  []string
	}{
		{api.FunctionQuery{}, []string{"a_Orders", "b_orders", "c_stock"}},
		{api.FunctionQuery{Desc: true}, []string{"c_stock", "b_orders", "a_Orders"}},
		{api.FunctionQuery{Sort: "created"}, []string{"b_orders", "a_Orders", "c_stock"}},
		{api.FunctionQuery{Sort: "updated"}, []string{"a_Orders", "c_stock", "b_orders"}},
		{api.FunctionQuery{Search: "ORDERS"}, []string{"a_Orders", "b_orders"}},
		{api.FunctionQuery{Search: "c%stock"}, []string{}},
		{api.FunctionQuery{Search: strings.Repeat("x", 1<<20)}, []string{}},
		{api.FunctionQuery{Name: "orders"}, []string{"b_orders"}},
		{api.FunctionQuery{Name: "_"}, []string{"a_Orders", "b_orders", "c_stock"}},
		{api.FunctionQuery{Package: "tools"}, []string{"c_stock"}},
		{api.FunctionQuery{Package: "tools", Search: "orders"}, []string{}},
		{api.FunctionQuery{Package: "Tools"}, []string{}},
		{api.FunctionQuery{Sort: "nonsense", Cursor: "nonsense"}, []string{"a_Orders", "b_orders", "c_stock"}},
	} {
		require.Equal(t, c.want, functionNamesOf(listFunctions(t, p, c.query)), "%+v", c.query)
		c.query.Limit, c.query.Offset = 1, 5
		n, err := p.Service.CountFunctions(t.Context(), p.Mine, c.query)
		require.NoError(t, err)
		require.Len(t, c.want, n, "%+v", c.query)
	}
	require.Equal(t, []string{"c_stock"}, functionNamesOf(listFunctions(t, p, api.FunctionQuery{Offset: 2, Limit: api.MaxFunctionPage})))
	require.Empty(t, listFunctions(t, p, api.FunctionQuery{Offset: 3}).Items)
}

func functionPages(t *testing.T, p Plane) {
	var all []string
	for i := range 7 {
		all = append(all, createFunction(t, p, FunctionDraft(fmt.Sprintf("function_%d", i))).Name)
	}
	for _, sort := range api.FunctionSorts {
		for _, search := range []string{"", "function"} {
			want := slices.Clone(all)
			q := api.FunctionQuery{Sort: sort, Limit: 3, Search: search}
			require.Equal(t, want, walkFunctions(t, p, q), sort)
			slices.Reverse(want)
			q.Desc = true
			require.Equal(t, want, walkFunctions(t, p, q), sort)
		}
	}
}

func walkFunctions(t *testing.T, p Plane, q api.FunctionQuery) []string {
	t.Helper()
	return walkPages(t, q.Limit, func(cursor string) (api.Page[api.Function], error) {
		q.Cursor = cursor
		return p.Service.ListFunctions(t.Context(), p.Mine, q)
	}, func(item *api.Function) string { return item.Name })
}

func foreignFunction(t *testing.T, p Plane) {
	f := createFunction(t, p, FunctionDraft("hello"))
	publish(t, p, f.ID, "v1")
	theirs, err := p.Service.CreateFunction(t.Context(), p.Other, FunctionDraft("theirs"))
	require.NoError(t, err)
	stored := getFunction(t, p, f.ID)
	for _, id := range []string{f.ID, "", "nope", "\x00", "\xff"} {
		for name, err := range functionAttempts(t, p, p.Other, id) {
			require.Equal(t, api.NotFound, api.CodeOf(err), "%s of %q: %v", name, id, err)
		}
	}
	_, err = p.Service.FindFunction(t.Context(), p.Other, "default", "hello")
	requireCode(t, err, api.NotFound)
	page, err := p.Service.ListFunctions(t.Context(), p.Other, api.FunctionQuery{})
	require.NoError(t, err)
	require.Equal(t, []api.Function{theirs}, page.Items)
	n, err := p.Service.CountFunctions(t.Context(), p.Other, api.FunctionQuery{})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, stored, getFunction(t, p, f.ID))
}

// functionAttempts tries everything that can be done to one function.
func functionAttempts(t *testing.T, p Plane, s api.Scope, id string) map[string]error {
	t.Helper()
	ctx, all := t.Context(), map[string]error{}
	_, all["read"] = p.Service.Function(ctx, s, id)
	if id != "" {
		all["validate"] = p.Service.ValidateFunction(ctx, s, id, FunctionDraft("hello"))
	}
	_, all["update"] = p.Service.UpdateFunction(ctx, s, id, FunctionDraft("hello"), 0)
	_, all["patch"] = p.Service.PatchFunction(ctx, s, id, func(*api.FunctionDraft) error { return nil })
	all["delete"] = p.Service.DeleteFunction(ctx, s, id, 0, api.Confirmation{})
	_, all["versions"] = p.Service.Versions(ctx, s, id)
	_, all["version"] = p.Service.Version(ctx, s, id, "v1")
	all["validate version"] = p.Service.ValidateVersion(ctx, s, id, api.VersionDraft{Name: "v2"})
	_, all["publish"] = p.Service.PublishVersion(ctx, s, id, api.VersionDraft{Name: "v2"})
	_, all["upstream"] = p.Service.SetUpstream(ctx, s, id, "v1", "http://evil.example.com")
	all["delete version"] = p.Service.DeleteVersion(ctx, s, id, "v1", api.Confirmation{})
	return all
}

func unstorableFunction(t *testing.T, p Plane) {
	f := createFunction(t, p, FunctionDraft("hello"))
	for _, text := range []string{"\x00", "a\x00b", "\xff\xfe"} {
		d := api.FunctionDraft{
			Package: text, Name: text, Upstream: "http://app/" + text,
			Config: api.FunctionConfig{
				Description: text, Runtime: text, Handler: "a." + text, UserData: `{"a":"` + text + `"}`, XRole: text, AppXRole: text,
				Type: text, EnterpriseProject: text,
			},
			Code: api.FunctionCode{Type: text, URL: text, Filename: text}, File: []byte(text),
		}
		_, err := p.Service.CreateFunction(t.Context(), p.Mine, d)
		requireCode(t, err, api.Invalid)
		require.Len(t, paths(err), 16, "every field")
		_, err = p.Service.UpdateFunction(t.Context(), p.Mine, f.ID, d, 0)
		requireCode(t, err, api.Invalid)
		_, err = p.Service.PublishVersion(t.Context(), p.Mine, f.ID, api.VersionDraft{Name: text, Description: text, Digest: text})
		require.Equal(t, []string{"version version.name_form", "description function.description_control", "digest version.digest"}, paths(err))
		_, err = p.Service.SetUpstream(t.Context(), p.Mine, f.ID, api.LatestVersion, d.Upstream)
		require.Equal(t, []string{"upstream function.upstream_form"}, paths(err))
		for _, q := range []api.FunctionQuery{{Search: text}, {Name: text}, {Package: text}} {
			require.Empty(t, listFunctions(t, p, q).Items)
			n, err := p.Service.CountFunctions(t.Context(), p.Mine, q)
			require.NoError(t, err)
			require.Zero(t, n)
		}
		require.Len(t, listFunctions(t, p, api.FunctionQuery{Cursor: text}).Items, 1)
		_, err = p.Service.FindFunction(t.Context(), p.Mine, text, text)
		requireCode(t, err, api.NotFound)
		_, err = p.Service.Version(t.Context(), p.Mine, f.ID, text)
		requireCode(t, err, api.NotFound)
		requireCode(t, p.Service.DeleteVersion(t.Context(), p.Mine, f.ID, text, api.Confirmation{}), api.NotFound)
	}
	require.Equal(t, f, getFunction(t, p, f.ID))
}
