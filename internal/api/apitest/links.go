package apitest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
)

// Plane is a Service under test with two projects on it, which know nothing of
// each other.
type Plane struct {
	Service     api.Service
	Mine, Other api.Scope
	// Guest is a project of another account, where a suite asks for one.
	Guest api.Scope
	// Without is what this Service does not do by itself, and why.
	Without map[Ability]string
	// Aim lets a version of a function of Mine be answered for by an upstream, where the
	// Service does not do that itself (Forwards).
	Aim func(t *testing.T, f api.Function, version, upstream string)
	// Stores is where the objects of its backups lie, if it has them lie elsewhere.
	Stores *Plane
}

// Ability is something that one Service does and another does not. The suites leave out
// what follows from it, and nothing else.
type Ability string

// has reports whether the Service does something.
func (p *Plane) has(a Ability) bool { return p.Without[a] == "" }

// MySQLDraft is a well-formed draft of a link that nothing answers.
func MySQLDraft(name string) api.LinkDraft {
	return api.LinkDraft{
		Cluster: api.DefaultCluster, Name: name, Connector: "generic-jdbc-connector", Enabled: true,
		Inputs: map[string]string{
			"linkConfig.databaseType": "MYSQL", "linkConfig.host": "db.example.com", "linkConfig.port": "3306",
			"linkConfig.database": "orders", "linkConfig.username": "loader",
		},
		Secrets: map[string]api.Secret{"linkConfig.password": api.NewSecret("correct-horse-9")},
	}
}

// Links says what the links of any Service are like. open returns an empty one.
func Links(t *testing.T, open func(t *testing.T) Plane) {
	for name, test := range map[string]func(*testing.T, Plane){
		"what was created is found by id and by name":              createdIsFound,
		"every connector's link is stored as it was described":     everyConnector,
		"all problems are reported at once, each at its field":     allProblems,
		"a name is taken once in a cluster, and free in another":   nameTaken,
		"an update replaces everything but the secrets not typed":  updateReplaces,
		"an update of an old version is refused":                   oldVersion,
		"a new destination asks for the secret again":              secretIsBound,
		"the same destination, written otherwise, does not":        sameDestination,
		"a clone takes the secrets along":                          cloneKeepsSecrets,
		"a placeholder is not taken for a secret":                  maskRefused,
		"a deleted link is gone and its name free":                 deletedIsGone,
		"another project's link is not found, whatever is tried":   foreignNotFound,
		"lists are sorted, searched and filtered":                  lists,
		"pages lead on and back through the whole list, once each": paging,
		"what no database can hold is not found, or refused":       unstorable,
		"changes tell who did what, without secrets":               changesTold,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func create(t *testing.T, p Plane, d api.LinkDraft) api.Link {
	t.Helper()
	link, err := p.Service.CreateLink(t.Context(), p.Mine, d, api.Shape)
	require.NoError(t, err)
	return link
}

func requireCode(t *testing.T, err error, code api.Code) {
	t.Helper()
	require.Equal(t, code, api.CodeOf(err), "error: %v", err)
}

// paths lists where an error has problems.
func paths(err error) []string {
	e, ok := err.(*api.Error) //nolint:errorlint // services return it as it is
	if !ok {
		return nil
	}
	found := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		found[i] = p.Path + " " + p.Message.Key
	}
	return found
}

func createdIsFound(t *testing.T, p Plane) {
	created := create(t, p, MySQLDraft("orders"))
	byID, err := p.Service.Link(t.Context(), p.Mine, created.ID)
	require.NoError(t, err)
	byName, err := p.Service.FindLink(t.Context(), p.Mine, api.DefaultCluster, "orders")
	require.NoError(t, err)
	require.Equal(t, byID, byName)
	require.Equal(t, MySQLDraft("orders").Inputs, byID.Inputs)
	require.Equal(t, map[string]bool{"linkConfig.password": true}, byID.HasSecret)
	require.Equal(t, p.Mine.Actor.User, byID.Created.By)
	require.EqualValues(t, 1, byID.Version)
	require.Equal(t, api.FormOnly, byID.Check.Status)
	require.Positive(t, byID.Number())
}

func everyConnector(t *testing.T, p Plane) {
	for slug := range ConnectorExamples() {
		d := ExampleDraft(slug, slug)
		created := create(t, p, d)
		link, err := p.Service.Link(t.Context(), p.Mine, created.ID)
		require.NoError(t, err)
		require.Equal(t, created.Inputs, link.Inputs, slug)
		for path := range d.Secrets {
			require.True(t, link.HasSecret[path], "%s: %s", slug, path)
		}
	}
}

func allProblems(t *testing.T, p Plane) {
	d := MySQLDraft("not a name")
	d.Inputs["linkConfig.host"] = "http://db"
	delete(d.Inputs, "linkConfig.database")
	d.Inputs["linkConfig.port"] = "99999"
	d.Inputs["linkConfig.nonsense"] = "1"
	delete(d.Secrets, "linkConfig.password")
	_, err := p.Service.CreateLink(t.Context(), p.Mine, d, api.Shape)
	requireCode(t, err, api.Invalid)
	require.ElementsMatch(t, []string{
		"name link.name_form", "linkConfig.host input.host", "linkConfig.port input.port",
		"linkConfig.database input.required", "linkConfig.password input.required", "linkConfig.nonsense input.unknown",
	}, paths(err))
	require.Equal(t, paths(err), paths(p.Service.ValidateLink(t.Context(), p.Mine, d)))
}

func nameTaken(t *testing.T, p Plane) {
	create(t, p, MySQLDraft("orders"))
	_, err := p.Service.CreateLink(t.Context(), p.Mine, MySQLDraft("orders"), api.Shape)
	requireCode(t, err, api.Conflict)
	require.Equal(t, []string{"name link.name_taken"}, paths(err))
	require.Equal(t, []string{"name link.name_taken"}, paths(p.Service.ValidateLink(t.Context(), p.Mine, MySQLDraft("orders"))))
	elsewhere := MySQLDraft("orders")
	elsewhere.Cluster = "6ec9a0a4-76be-4262-8697-e7af1fac7920"
	create(t, p, elsewhere)
	_, err = p.Service.CreateLink(t.Context(), p.Other, MySQLDraft("orders"), api.Shape)
	require.NoError(t, err)
}

// edit is the draft of a link as an edit form would send it, untouched.
func edit(link api.Link) api.LinkDraft {
	return api.LinkDraft{
		Cluster: link.Cluster, Name: link.Name, Connector: link.Connector, Enabled: link.Enabled,
		Inputs: link.Inputs, ID: link.ID, Version: link.Version,
	}
}

func updateReplaces(t *testing.T, p Plane) {
	d := edit(create(t, p, MySQLDraft("orders")))
	d.Name, d.Enabled = "renamed", false
	d.Inputs["linkConfig.fetchSize"] = "500"
	updated, err := p.Service.UpdateLink(t.Context(), p.Mine, d, api.Shape)
	require.NoError(t, err)
	require.Equal(t, "renamed", updated.Name)
	require.False(t, updated.Enabled)
	require.Equal(t, "500", updated.Inputs["linkConfig.fetchSize"])
	require.True(t, updated.HasSecret["linkConfig.password"])
	require.EqualValues(t, 2, updated.Version)
	d = edit(updated)
	d.Secrets = map[string]api.Secret{"linkConfig.password": {}}
	_, err = p.Service.UpdateLink(t.Context(), p.Mine, d, api.Shape)
	require.Equal(t, []string{"linkConfig.password input.required"}, paths(err), "unset, not kept")
}

func oldVersion(t *testing.T, p Plane) {
	old := create(t, p, MySQLDraft("orders"))
	_, err := p.Service.UpdateLink(t.Context(), p.Mine, edit(old), api.Shape)
	require.NoError(t, err)
	_, err = p.Service.UpdateLink(t.Context(), p.Mine, edit(old), api.Shape)
	requireCode(t, err, api.Conflict)
	requireCode(t, p.Service.DeleteLink(t.Context(), p.Mine, old.ID, old.Version), api.Conflict)
}

func secretIsBound(t *testing.T, p Plane) {
	link := create(t, p, MySQLDraft("orders"))
	for path, value := range map[string]string{
		"linkConfig.host": "evil.example.com", "linkConfig.port": "3307", "linkConfig.username": "root",
	} {
		d := edit(link)
		d.Inputs = map[string]string{}
		for k, v := range link.Inputs {
			d.Inputs[k] = v
		}
		d.Inputs[path] = value
		_, err := p.Service.UpdateLink(t.Context(), p.Mine, d, api.Shape)
		require.Equal(t, []string{"linkConfig.password link.secret_again"}, paths(err), path)
		_, err = p.Service.TestLink(t.Context(), p.Mine, d)
		require.Equal(t, []string{"linkConfig.password link.secret_again"}, paths(err), "a test sends the secret, too")
		d.Secrets = map[string]api.Secret{"linkConfig.password": api.NewSecret("another")}
		require.NoError(t, p.Service.ValidateLink(t.Context(), p.Mine, d))
	}
}

func sameDestination(t *testing.T, p Plane) {
	d := edit(create(t, p, MySQLDraft("orders")))
	d.Inputs["linkConfig.host"] = " DB.Example.com. "
	d.Inputs["linkConfig.port"] = "03306"
	d.Inputs["linkConfig.databaseType"] = "mysql"
	updated, err := p.Service.UpdateLink(t.Context(), p.Mine, d, api.Shape)
	require.NoError(t, err)
	require.Equal(t, "db.example.com", updated.Inputs["linkConfig.host"])
}

func cloneKeepsSecrets(t *testing.T, p Plane) {
	source := create(t, p, MySQLDraft("orders"))
	d := edit(source)
	d.ID, d.Version, d.From, d.Name = "", 0, source.ID, "copy"
	clone := create(t, p, d)
	require.NotEqual(t, source.ID, clone.ID)
	require.True(t, clone.HasSecret["linkConfig.password"])
	d.Name = "stolen"
	d.Inputs = map[string]string{}
	for k, v := range source.Inputs {
		d.Inputs[k] = v
	}
	d.Inputs["linkConfig.host"] = "evil.example.com"
	_, err := p.Service.CreateLink(t.Context(), p.Mine, d, api.Shape)
	require.Equal(t, []string{"linkConfig.password link.secret_again"}, paths(err))
	d.Name = "foreign"
	_, err = p.Service.CreateLink(t.Context(), p.Other, d, api.Shape)
	requireCode(t, err, api.NotFound)
}

func maskRefused(t *testing.T, p Plane) {
	for _, mask := range []string{"***", "********", "••••••", "Add password here", "add password here."} {
		d := MySQLDraft("orders")
		d.Secrets["linkConfig.password"] = api.NewSecret(mask)
		require.Equal(t, []string{"linkConfig.password link.secret_mask"}, paths(p.Service.ValidateLink(t.Context(), p.Mine, d)), mask)
	}
}

func deletedIsGone(t *testing.T, p Plane) {
	link := create(t, p, MySQLDraft("orders"))
	require.NoError(t, p.Service.DeleteLink(t.Context(), p.Mine, link.ID, link.Version))
	_, err := p.Service.Link(t.Context(), p.Mine, link.ID)
	requireCode(t, err, api.NotFound)
	requireCode(t, p.Service.DeleteLink(t.Context(), p.Mine, link.ID, 0), api.NotFound)
	create(t, p, MySQLDraft("orders"))
}

func foreignNotFound(t *testing.T, p Plane) {
	link := create(t, p, MySQLDraft("orders"))
	_, err := p.Service.Link(t.Context(), p.Other, link.ID)
	requireCode(t, err, api.NotFound)
	_, err = p.Service.FindLink(t.Context(), p.Other, link.Cluster, link.Name)
	requireCode(t, err, api.NotFound)
	_, err = p.Service.UpdateLink(t.Context(), p.Other, edit(link), api.Shape)
	requireCode(t, err, api.NotFound)
	_, err = p.Service.TestLink(t.Context(), p.Other, edit(link))
	requireCode(t, err, api.NotFound)
	requireCode(t, p.Service.ValidateLink(t.Context(), p.Other, edit(link)), api.NotFound)
	requireCode(t, p.Service.DeleteLink(t.Context(), p.Other, link.ID, 0), api.NotFound)
	page, err := p.Service.ListLinks(t.Context(), p.Other, api.LinkQuery{})
	require.NoError(t, err)
	require.Empty(t, page.Items)
	changes, err := p.Service.Changes(t.Context(), p.Other, "link", link.ID, "", 10)
	require.NoError(t, err)
	require.Empty(t, changes)
}

func names(page api.Page[api.Link]) []string {
	found := make([]string, len(page.Items))
	for i, l := range page.Items {
		found[i] = l.Name
	}
	return found
}

func lists(t *testing.T, p Plane) {
	for _, name := range []string{"b_orders", "a_Orders", "c_stock"} {
		create(t, p, MySQLDraft(name))
	}
	ftp := ExampleDraft("ftp", "d_files")
	ftp.Cluster = "elsewhere"
	create(t, p, ftp)
	for _, c := range []struct {
		query api.LinkQuery
		want  []string
	}{
		{api.LinkQuery{}, []string{"a_Orders", "b_orders", "c_stock", "d_files"}},
		{api.LinkQuery{Desc: true}, []string{"d_files", "c_stock", "b_orders", "a_Orders"}},
		{api.LinkQuery{Sort: "updated"}, []string{"b_orders", "a_Orders", "c_stock", "d_files"}},
		{api.LinkQuery{Sort: "connector"}, []string{"d_files", "a_Orders", "b_orders", "c_stock"}},
		{api.LinkQuery{Search: "ORDERS"}, []string{"a_Orders", "b_orders"}},
		{api.LinkQuery{Search: "db.example"}, []string{"a_Orders", "b_orders", "c_stock"}},
		{api.LinkQuery{Search: "c%stock"}, []string{}},
		{api.LinkQuery{Connector: "ftp-connector"}, []string{"d_files"}},
		{api.LinkQuery{Cluster: "elsewhere"}, []string{"d_files"}},
		{api.LinkQuery{Sort: "nonsense", Cursor: "nonsense"}, []string{"a_Orders", "b_orders", "c_stock", "d_files"}},
	} {
		page, err := p.Service.ListLinks(t.Context(), p.Mine, c.query)
		require.NoError(t, err)
		require.Equal(t, c.want, names(page), "%+v", c.query)
	}
}

func paging(t *testing.T, p Plane) {
	var all []string
	for i := range 7 {
		all = append(all, create(t, p, MySQLDraft(fmt.Sprintf("link_%d", i))).Name)
	}
	for _, sort := range api.LinkSorts {
		for _, desc := range []bool{false, true} {
			want := slices.Clone(all)
			if desc {
				slices.Reverse(want)
			}
			require.Equal(t, want, walk(t, p, api.LinkQuery{Sort: sort, Desc: desc, Limit: 3}), "%s desc=%t", sort, desc)
		}
	}
}

func walk(t *testing.T, p Plane, q api.LinkQuery) []string {
	t.Helper()
	return walkPages(t, q.Limit, func(cursor string) (api.Page[api.Link], error) {
		q.Cursor = cursor
		return p.Service.ListLinks(t.Context(), p.Mine, q)
	}, func(item *api.Link) string { return item.Name })
}

func unstorable(t *testing.T, p Plane) {
	for _, text := range []string{"\x00", "a\x00b", "\xff\xfe"} {
		_, err := p.Service.Link(t.Context(), p.Mine, text)
		requireCode(t, err, api.NotFound)
		_, err = p.Service.FindLink(t.Context(), p.Mine, text, text)
		requireCode(t, err, api.NotFound)
		requireCode(t, p.Service.DeleteLink(t.Context(), p.Mine, text, 0), api.NotFound)
		page, err := p.Service.ListLinks(t.Context(), p.Mine, api.LinkQuery{Search: text})
		require.NoError(t, err)
		require.Empty(t, page.Items)
		changes, err := p.Service.Changes(t.Context(), p.Mine, api.Kind(text), text, "", 1)
		require.NoError(t, err)
		require.Empty(t, changes)

		d := MySQLDraft(text)
		d.Cluster = text
		d.Inputs["linkConfig.host"] = text
		d.Secrets["linkConfig.password"] = api.NewSecret(text)
		_, err = p.Service.CreateLink(t.Context(), p.Mine, d, api.Shape)
		requireCode(t, err, api.Invalid)
		_, err = p.Service.TestLink(t.Context(), p.Mine, d)
		requireCode(t, err, api.Invalid)
	}
}

func changesTold(t *testing.T, p Plane) {
	link := create(t, p, MySQLDraft("orders"))
	updated, err := p.Service.UpdateLink(t.Context(), p.Mine, edit(link), api.Shape)
	require.NoError(t, err)
	require.NoError(t, p.Service.DeleteLink(t.Context(), p.Mine, link.ID, updated.Version))
	changes, err := p.Service.Changes(t.Context(), p.Mine, "link", link.ID, "", 10)
	require.NoError(t, err)
	require.Len(t, changes, 3)
	for i, action := range []string{"delete", "update", "create"} {
		require.Equal(t, action, changes[i].Action)
		require.Equal(t, p.Mine.Actor, changes[i].Actor)
		require.Equal(t, "orders", changes[i].ObjectName)
		require.NotContains(t, string(changes[i].Before)+string(changes[i].After), "correct-horse-9")
	}
	require.Empty(t, changes[2].Before)
	require.Contains(t, string(changes[2].After), "db.example.com")
	require.Empty(t, changes[0].After)
}

// ExampleDraft is the example of a tile as a draft of that name.
func ExampleDraft(slug, name string) api.LinkDraft {
	conn, _ := connector.FindTile(slug)
	example := ConnectorExamples()[slug]
	d := api.LinkDraft{
		Cluster: api.DefaultCluster, Name: name, Connector: conn.Name, Enabled: true,
		Inputs: example.Values, Secrets: map[string]api.Secret{},
	}
	for path, text := range example.Secrets {
		d.Secrets[path] = api.NewSecret(text)
	}
	return d
}
