package apitest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// Search says how things are found in any Service, and what it says needs looking
// after. open returns an empty one that works in the background.
func Search(t *testing.T, open func(t *testing.T) Plane) {
	for name, test := range map[string]func(*testing.T, Plane){
		"things of every kind are found by a part of their name":           foundOfEveryKind,
		"names that begin with the text come first, in any case":           foundByBeginning,
		"a thing is found by where it leads, and by its whole id":          foundByAddress,
		"an entry of a whitelist is found by account and description":      foundEntry,
		"what was deleted, has ended or is another project's stays hidden": foundNotThere,
		"of each kind no more is found than was asked for":                 foundLimited,
		"no text, or one that nothing can have, finds nothing":             foundNothing,
		"what does not answer is told of with since when and why":          toldFailing,
		"what is disabled, deleted or answers is not told of":              toldNothing,
		"the entries that end next are told of, of all whitelists":         toldExpiring,
		"a ramp under way is told of with its next step":                   toldRamps,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// findNames are what a search finds, as kind and name.
func findNames(t *testing.T, p Plane, s api.Scope, text string, limit int) []string {
	t.Helper()
	found, err := p.Service.Find(t.Context(), s, text, limit)
	require.NoError(t, err)
	names := []string{}
	for _, f := range found {
		names = append(names, string(f.Kind)+" "+f.Name)
	}
	return names
}

func foundOfEveryKind(t *testing.T, p Plane) {
	create(t, p, MySQLDraft("big-orders"))
	createConnection(t, p, ConnectionDraft(t, "orders_db"))
	createQueue(t, p, "orders")
	f := createFunction(t, p, FunctionDraft("orders-in"))
	release(t, p, f.ID, "v1")
	pointAlias(t, p, f.ID, "orders-live", "v1")
	createService(t, p, ServiceDraft("orders"))
	createPolicy(t, p, PolicyDraft("orders-nightly", "orders"))
	found, err := p.Service.Find(t.Context(), p.Mine, "orders", 5)
	require.NoError(t, err)
	var kinds []api.Kind
	for _, thing := range found {
		require.Contains(t, thing.Name, "orders")
		require.NotEmpty(t, thing.ID)
		kinds = append(kinds, thing.Kind)
		if thing.Kind == api.KindAlias {
			require.Equal(t, f.ID, thing.Parent)
			require.Equal(t, "orders-in", thing.Detail)
		}
	}
	require.Equal(t, []api.Kind{
		api.KindLink, api.KindConnection, api.KindQueue, api.KindAlias, api.KindFunction, api.KindEndpointService, api.KindPolicy,
	}, kinds)
	regions, err := p.Service.Regions(t.Context(), p.Mine)
	require.NoError(t, err)
	require.Contains(t, findNames(t, p, p.Mine, regions[0].Name, 5), "region "+regions[0].Name)
}

func foundByBeginning(t *testing.T, p Plane) {
	for _, name := range []string{"a-sales", "Sales-b", "sales-a", "SALES-c", "x"} {
		create(t, p, MySQLDraft(name))
	}
	for _, text := range []string{"sales", "SALES", "Sales", " sales "} {
		found := findNames(t, p, p.Mine, text, 10)
		require.Len(t, found, 4, text)
		require.Equal(t, "link a-sales", found[3], text)
	}
	require.Empty(t, findNames(t, p, p.Mine, "s%s", 10), "a sign that databases read is a sign")
	require.Empty(t, findNames(t, p, p.Mine, "sales_", 10))
}

func foundByAddress(t *testing.T, p Plane) {
	d := MySQLDraft("orders")
	d.Inputs["linkConfig.host"] = "warehouse.example.com"
	link := create(t, p, d)
	require.Equal(t, []string{"link orders"}, findNames(t, p, p.Mine, "WAREHOUSE.ex", 5))
	require.Equal(t, []string{"link orders"}, findNames(t, p, p.Mine, link.ID, 5))
}

func foundEntry(t *testing.T, p Plane) {
	svc, added := whitelisted(t, p, 3)
	found, err := p.Service.Find(t.Context(), p.Mine, Account(1), 5)
	require.NoError(t, err)
	want := api.Found{Kind: api.KindPermission, ID: added[1].ID, Name: added[1].Permission, Detail: "customer 1", Parent: svc.ID}
	require.Equal(t, []api.Found{want}, found)
	require.Equal(t, []string{"permission " + added[1].Permission}, findNames(t, p, p.Mine, added[1].Permission, 5))
	require.Equal(t, []string{"permission " + added[2].Permission}, findNames(t, p, p.Mine, "Customer 2", 5))
	require.Len(t, findNames(t, p, p.Mine, api.AccountPrefix+"4d", 2), 2, "no more than was asked for")
}

func foundNotThere(t *testing.T, p Plane) {
	link := create(t, p, MySQLDraft("orders"))
	svc := createService(t, p, ServiceDraft("orders"))
	addPermissions(t, p, svc.ID, api.PermissionDraft{Permission: api.AccountPrefix + Account(1), Description: "orders team"})
	require.Len(t, findNames(t, p, p.Mine, "orders", 5), 3)
	for _, text := range []string{"orders", link.ID, svc.ID, Account(1), "4d"} {
		require.Empty(t, findNames(t, p, p.Other, text, 5), text)
	}
	require.NoError(t, p.Service.DeleteLink(t.Context(), p.Mine, link.ID, 0))
	require.NoError(t, p.Service.DeleteEndpointService(t.Context(), p.Mine, svc.ID, 0))
	for _, text := range []string{"orders", link.ID, svc.ID, Account(1), "4d"} {
		require.Empty(t, findNames(t, p, p.Mine, text, 5), text)
	}
}

func foundLimited(t *testing.T, p Plane) {
	for _, name := range []string{"q1", "q2", "q3"} {
		create(t, p, MySQLDraft(name))
		createConnection(t, p, ConnectionDraft(t, name))
	}
	require.Equal(t, []string{"link q1", "link q2", "connection q1", "connection q2"}, findNames(t, p, p.Mine, "q", 2))
	require.Len(t, findNames(t, p, p.Mine, "q", 0), 2, "at least one of each")
}

func foundNothing(t *testing.T, p Plane) {
	create(t, p, MySQLDraft("orders"))
	for _, text := range []string{"", "  ", "\x00", "\xff", "or\x00", strings.Repeat("o", api.MaxSearchText+1), strings.Repeat("o", 1<<20)} {
		require.Empty(t, findNames(t, p, p.Mine, text, 5))
	}
}

func attention(t *testing.T, p Plane, s api.Scope, limit int) api.Attention {
	t.Helper()
	a, err := p.Service.Attention(t.Context(), s, limit)
	require.NoError(t, err)
	return a
}

func toldFailing(t *testing.T, p Plane) {
	link := createAnyway(t, p, ClosedDraft(t, "first"))
	connection := settled(t, p, createConnection(t, p, ConnectionDraft(t, "second")).ID)
	failing := attention(t, p, p.Mine, 5).Failing
	require.Len(t, failing, 2)
	require.Equal(t, []string{"second", "first"}, []string{failing[0].Name, failing[1].Name}, "the latest first")
	require.Equal(t, api.KindConnection, failing[0].Kind)
	require.Equal(t, connection.URL, failing[0].Endpoint)
	require.Equal(t, link.ID, failing[1].ID)
	require.Equal(t, get(t, p, link.ID).Health.Since, failing[1].Since)
	require.Equal(t, api.StepConnect, failing[1].Step.Name)
	require.False(t, failing[1].Step.Message.IsZero())
	require.Len(t, attention(t, p, p.Mine, 1).Failing, 1)
	require.Equal(t, api.Attention{}, emptied(attention(t, p, p.Other, 5)))
}

// emptied makes empty lists nil, to be compared.
func emptied(a api.Attention) api.Attention {
	if len(a.Failing)+len(a.Expiring)+len(a.Ramps)+len(a.Runs)+len(a.Checkpoints) == 0 {
		return api.Attention{}
	}
	return a
}

func toldNothing(t *testing.T, p Plane) {
	create(t, p, MySQLDraft("unchecked"))
	disabled := createAnyway(t, p, ClosedDraft(t, "disabled"))
	require.NoError(t, p.Service.EnableLink(t.Context(), p.Mine, disabled.ID, false))
	deleted := settled(t, p, createConnection(t, p, ConnectionDraft(t, "deleted")).ID)
	require.NoError(t, p.Service.DeleteConnection(t.Context(), p.Mine, deleted.ID, 0))
	_, _ = whitelisted(t, p, 3)
	require.Equal(t, api.Attention{}, emptied(attention(t, p, p.Mine, 5)))
}

func toldExpiring(t *testing.T, p Plane) {
	end := func(days int) time.Time {
		return time.Now().Add(time.Duration(days) * 24 * time.Hour).Truncate(time.Second)
	}
	entry := func(n, days int) api.PermissionDraft {
		return api.PermissionDraft{Permission: api.AccountPrefix + Account(n), Description: "customer", Expires: end(days)}
	}
	one, two := createService(t, p, ServiceDraft("one")), createService(t, p, ServiceDraft("two"))
	addPermissions(t, p, one.ID, entry(1, 3), entry(2, 30), entry(3, 1))
	addPermissions(t, p, two.ID, entry(4, 2), entry(5, 8))
	told := func(limit int) (accounts, services []string) {
		for _, e := range attention(t, p, p.Mine, limit).Expiring {
			accounts, services = append(accounts, api.BareAccount(e.Permission.Permission)), append(services, e.ServiceName)
		}
		return accounts, services
	}
	accounts, services := told(5)
	require.Equal(t, []string{Account(3), Account(4), Account(1)}, accounts)
	require.Equal(t, []string{one.Name, two.Name, one.Name}, services)
	accounts, _ = told(2)
	require.Equal(t, []string{Account(3), Account(4)}, accounts)
}

func toldRamps(t *testing.T, p Plane) {
	f := versioned(t, p, "v1", "v2", "v3")
	going, waiting := pointAlias(t, p, f.ID, "going", "v1"), pointAlias(t, p, f.ID, "waiting", "v2")
	startRamp(t, p, going.ID, rampTo("v3", "10", "1h", "50", "1h"))
	startRamp(t, p, waiting.ID, rampTo("v3", "10", "", "50", "1h"))
	ramps := attention(t, p, p.Mine, 5).Ramps
	require.Len(t, ramps, 2)
	require.Equal(t, []string{"waiting", "going"}, []string{ramps[0].AliasName, ramps[1].AliasName}, "what waits for somebody first")
	require.Equal(t, "hello", ramps[0].FunctionName)
	require.Zero(t, ramps[0].Next)
	require.WithinDuration(t, time.Now().Add(time.Hour), ramps[1].Next, time.Minute)
	_, err := p.Service.AbortAlias(t.Context(), p.Mine, waiting.ID, 0)
	require.NoError(t, err)
	require.Len(t, attention(t, p, p.Mine, 5).Ramps, 1)
}
