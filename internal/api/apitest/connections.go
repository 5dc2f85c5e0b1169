package apitest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/testserver"
)

// ConnectionDraft is a well-formed draft of a connection to which nobody
// answers.
func ConnectionDraft(t testing.TB, name string) api.ConnectionDraft {
	t.Helper()
	return ConnectionTo("RDS", name, testserver.ClosedAddr(t).String())
}

// ConnectionTo is a draft of a connection to addresses of a service.
func ConnectionTo(service, name string, addresses ...string) api.ConnectionDraft {
	return api.ConnectionDraft{
		Name: name, Service: service, URL: strings.Join(addresses, ","),
		SecurityGroupID: "8d1a0b5c-1f0e-4d3b-9a51-2f6c7d8e9f01", NetworkID: "0c9b8a7f-2222-4b1e-8c3d-4e5f60718293",
	}
}

// Connections says what the connections and queues of any Service are like. open
// returns an empty one that works in the background.
func Connections(t *testing.T, open func(t *testing.T) Plane) {
	Watched(t, watchedConnections, open)
	for name, test := range map[string]func(*testing.T, Plane){
		"what was created is found, and listed the same":                           connectionFound,
		"a connection becomes active when somebody answers":                        becomesActive,
		"of several addresses those that answered are its own":                     partlyActive,
		"a connection that nobody answers fails and says why":                      failsToActivate,
		"a good check does not make a failed one active, to make it anew does":     reactivates,
		"while it is being created it is neither deleted nor made anew":            busyCreating,
		"all problems of a connection are reported at once, each at its field":     connectionProblems,
		"a test asks, and stores nothing":                                          connectionTested,
		"a connection's name is taken once in a project, and free when deleted":    connectionNames,
		"a deleted connection stays as a tombstone":                                tombstone,
		"tags replace tags, and old versions are refused":                          tagsReplaced,
		"connections are sorted, searched and filtered":                            connectionLists,
		"pages of connections lead on and back through all of them, once each":     connectionPages,
		"queues are bound, all or none, and unbound":                               binding,
		"another project's connection is not found, whatever is tried":             foreignConnection,
		"what no database can hold is refused in connections and queues, too":      unstorableConnection,
		"changes of connections tell who did what":                                 connectionChanges,
		"a diagnosis says where it stops":                                          diagnosed,
		"a queue is created, found in any case and listed after the default queue": queueFound,
		"all problems of a queue are reported at once, each at its field":          queueProblems,
		"a queue that is used is not deleted, nor is the default queue":            queueKept,
		"another project's queue is not found":                                     foreignQueue,
		"an address is tried, and the result is kept for its queue":                addressTested,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// What not every Service does with connections.
const (
	// Greets says that the check that makes a connection active is the first one that is
	// kept, and that it is checked on a schedule from then on.
	Greets Ability = "greets"
	// Reaches says that a test of an address is the steps of a check.
	Reaches Ability = "reaches"
)

// watchedConnections are what Connections watches.
var watchedConnections = Watchable{
	Kind: api.KindConnection,
	Closed: func(t *testing.T, p Plane, name string) string {
		id := settled(t, p, createConnection(t, p, ConnectionDraft(t, name)).ID).ID
		if !p.has(Greets) {
			recheck(t, p, api.KindConnection, id)
		}
		return id
	},
	Active: func(t *testing.T, p Plane, name string) string {
		c := settled(t, p, createConnection(t, p, ConnectionTo("DWS", name, testserver.PostgreSQL(t).Addr())).ID)
		require.Equal(t, api.ConnectionActive, c.State)
		if !p.has(Greets) {
			require.Zero(t, c.Health, "nothing is checked before somebody wants that")
			require.NoError(t, p.Service.Schedule(t.Context(), p.Mine, api.KindConnection, c.ID, api.DefaultInterval))
		}
		return c.ID
	},
	Look: func(t *testing.T, p Plane, id string) (api.Pulse, *api.Check) {
		c := getConnection(t, p, id)
		return c.Health, c.Check
	},
	List: func(t *testing.T, p Plane) map[string]api.Pulse {
		page, err := p.Service.ListConnections(t.Context(), p.Mine, api.ConnectionQuery{Limit: api.MaxPage})
		require.NoError(t, err)
		all := map[string]api.Pulse{}
		for _, c := range page.Items {
			all[c.ID] = c.Health
		}
		return all
	},
	Delete: func(t *testing.T, p Plane, id string) {
		require.NoError(t, p.Service.DeleteConnection(t.Context(), p.Mine, id, 0))
	},
}

func createConnection(t *testing.T, p Plane, d api.ConnectionDraft) api.Connection {
	t.Helper()
	c, err := p.Service.CreateConnection(t.Context(), p.Mine, d)
	require.NoError(t, err)
	return c
}

func getConnection(t *testing.T, p Plane, id string) api.Connection {
	t.Helper()
	c, err := p.Service.Connection(t.Context(), p.Mine, id)
	require.NoError(t, err)
	return c
}

// settled waits until a connection is not being created any more.
func settled(t *testing.T, p Plane, id string) (c api.Connection) {
	t.Helper()
	require.Eventually(t, func() bool {
		var err error
		c, err = p.Service.Connection(t.Context(), p.Mine, id)
		return err == nil && c.State != api.ConnectionCreating
	}, 30*time.Second, 10*time.Millisecond, "the connection is created for ever")
	return c
}

func listConnections(t *testing.T, p Plane, q api.ConnectionQuery) api.Page[api.Connection] {
	t.Helper()
	page, err := p.Service.ListConnections(t.Context(), p.Mine, q)
	require.NoError(t, err)
	return page
}

func connectionFound(t *testing.T, p Plane) {
	d := ConnectionDraft(t, "orders")
	d.Service, d.Cluster, d.NetworkID = "rds", "#SQL#", strings.ToUpper(d.NetworkID)
	d.Tags = []api.Tag{{Key: "team", Value: "数据"}, {Key: "env", Value: "prod"}}
	created := createConnection(t, p, d)
	require.Equal(t, api.ConnectionCreating, created.State)
	require.Zero(t, created.Progress)
	require.Empty(t, created.Address)
	require.Nil(t, created.Check)
	require.Equal(t, "RDS", created.Service)
	require.Equal(t, d.URL, created.URL)
	require.Equal(t, strings.ToLower(d.NetworkID), created.NetworkID)
	require.Equal(t, "#SQL#", created.Cluster)
	require.Equal(t, []api.Tag{{Key: "env", Value: "prod"}, {Key: "team", Value: "数据"}}, created.Tags, "by key")
	require.EqualValues(t, 1, created.Version)
	require.Equal(t, p.Mine.Actor.User, created.Created.By)

	found := settled(t, p, created.ID)
	require.Equal(t, created.Created, found.Created)
	require.Equal(t, created.Version, found.Version, "who edits meanwhile is not in the way of that")
	listed := listConnections(t, p, api.ConnectionQuery{}).Items
	require.Len(t, listed, 1)
	listed[0].Check, found.Check = nil, nil
	require.Equal(t, found, listed[0])
}

func connectionProblems(t *testing.T, p Plane) {
	createConnection(t, p, ConnectionDraft(t, "orders"))
	d := ConnectionTo("DWS", "not a name", "jdbc:postgresql://db:8000/x")
	d.SecurityGroupID = "default"
	d.Tags = []api.Tag{{Key: "a", Value: "1"}, {Key: "a", Value: "2"}}
	_, err := p.Service.CreateConnection(t.Context(), p.Mine, d)
	requireCode(t, err, api.Invalid)
	want := []string{
		"name connection.name_space", "url connection.url_scheme", "security_group_id connection.security_group_name", "tags.1.key tag.key_twice",
	}
	require.Equal(t, want, paths(err))
	require.Equal(t, want, paths(p.Service.ValidateConnection(t.Context(), p.Mine, d)))
	d.Name = "orders"
	err = p.Service.ValidateConnection(t.Context(), p.Mine, d)
	requireCode(t, err, api.Conflict)
	require.Equal(t, append([]string{"name connection.name_taken"}, want[1:]...), paths(err))
	require.NoError(t, p.Service.ValidateConnection(t.Context(), p.Mine, ConnectionDraft(t, "free")))
}

func connectionTested(t *testing.T, p Plane) {
	before := actions(t, p, "", "")
	d := ConnectionTo("rds", "", testserver.MariaDB(t).Addr())
	d.NetworkID = ""
	check, err := p.Service.TestConnection(t.Context(), p.Mine, d)
	require.NoError(t, err, "it can be tested before the rest is there")
	require.Equal(t, api.Passed, check.Status)
	d.URL = testserver.ClosedAddr(t).String()
	check, err = p.Service.TestConnection(t.Context(), p.Mine, d)
	require.NoError(t, err)
	require.Equal(t, api.Failed, check.Status)
	require.Equal(t, "url", check.Failure().Path)
	d.URL = "db"
	_, err = p.Service.TestConnection(t.Context(), p.Mine, d)
	require.Equal(t, []string{"url connection.url_no_port"}, paths(err))
	require.Empty(t, listConnections(t, p, api.ConnectionQuery{}).Items)
	require.Equal(t, append([]string{"test", "test"}, before...), actions(t, p, "", ""))
}

func connectionNames(t *testing.T, p Plane) {
	first := settled(t, p, createConnection(t, p, ConnectionDraft(t, "orders")).ID)
	_, err := p.Service.CreateConnection(t.Context(), p.Mine, ConnectionDraft(t, "orders"))
	requireCode(t, err, api.Conflict)
	require.Equal(t, []string{"name connection.name_taken"}, paths(err))
	createConnection(t, p, ConnectionDraft(t, "Orders"))
	_, err = p.Service.CreateConnection(t.Context(), p.Other, ConnectionDraft(t, "orders"))
	require.NoError(t, err)
	for range 2 {
		require.NoError(t, p.Service.DeleteConnection(t.Context(), p.Mine, first.ID, 0))
		first = settled(t, p, createConnection(t, p, ConnectionDraft(t, "orders")).ID)
	}
	page := listConnections(t, p, api.ConnectionQuery{Search: "orders", States: api.ConnectionStates})
	require.Len(t, page.Items, 4, "each deleted one is there")
}

func tagsReplaced(t *testing.T, p Plane) {
	d := ConnectionDraft(t, "orders")
	d.Tags = []api.Tag{{Key: "env", Value: "prod"}}
	c := createConnection(t, p, d)
	tagged, err := p.Service.TagConnection(t.Context(), p.Mine, c.ID, []api.Tag{{Key: "z", Value: "1"}, {Key: "b", Value: "2"}}, c.Version)
	require.NoError(t, err)
	require.Equal(t, []api.Tag{{Key: "b", Value: "2"}, {Key: "z", Value: "1"}}, tagged.Tags)
	require.Greater(t, tagged.Version, c.Version)
	_, err = p.Service.TagConnection(t.Context(), p.Mine, c.ID, nil, c.Version)
	requireCode(t, err, api.Conflict)
	_, err = p.Service.TagConnection(t.Context(), p.Mine, c.ID, []api.Tag{{Key: "", Value: "x"}}, 0)
	require.Equal(t, []string{"tags.0.key tag.key_required"}, paths(err))
	require.Empty(t, listConnections(t, p, api.ConnectionQuery{Tags: d.Tags}).Items, "the old ones are gone")
	none, err := p.Service.TagConnection(t.Context(), p.Mine, c.ID, nil, 0)
	require.NoError(t, err)
	require.Empty(t, none.Tags)
}

func foreignConnection(t *testing.T, p Plane) {
	c := settled(t, p, createConnection(t, p, ConnectionDraft(t, "orders")).ID)
	_, err := p.Service.CreateQueue(t.Context(), p.Other, api.QueueDraft{Name: "etl", CUs: 16})
	require.NoError(t, err)
	for _, id := range []string{c.ID, "", "nope", "\x00", "\xff"} {
		_, err := p.Service.Connection(t.Context(), p.Other, id)
		requireCode(t, err, api.NotFound)
		nothingWorks(t, p, id)
	}
	page, err := p.Service.ListConnections(t.Context(), p.Other, api.ConnectionQuery{States: api.ConnectionStates})
	require.NoError(t, err)
	require.Empty(t, page.Items)
}

func unstorableConnection(t *testing.T, p Plane) {
	for _, text := range []string{"\x00", "a\x00b", "\xff\xfe"} {
		d := api.ConnectionDraft{Name: text, Service: text, URL: text, SecurityGroupID: text, NetworkID: text, Cluster: text, Tags: []api.Tag{{Key: text, Value: text}}}
		_, err := p.Service.CreateConnection(t.Context(), p.Mine, d)
		requireCode(t, err, api.Invalid)
		_, err = p.Service.TestConnection(t.Context(), p.Mine, d)
		requireCode(t, err, api.Invalid)
		for _, q := range []api.ConnectionQuery{{Search: text}, {Service: text}, {Queue: text}, {Tags: []api.Tag{{Key: text}}}, {Tags: []api.Tag{{Key: "a", Value: text}}}, {Cursor: text}} {
			require.Empty(t, listConnections(t, p, q).Items)
		}
		_, err = p.Service.CreateQueue(t.Context(), p.Mine, api.QueueDraft{Name: text, Description: text, Type: api.QueueType(text), CIDR: text, Tags: d.Tags})
		requireCode(t, err, api.Invalid)
		_, err = p.Service.Queue(t.Context(), p.Mine, text)
		requireCode(t, err, api.NotFound)
		requireCode(t, p.Service.DeleteQueue(t.Context(), p.Mine, text), api.NotFound)
		_, err = p.Service.TestAddress(t.Context(), p.Mine, api.DefaultQueue, text)
		requireCode(t, err, api.Invalid)
		_, err = p.Service.AddressTest(t.Context(), p.Mine, text, text)
		requireCode(t, err, api.NotFound)
	}
}

func connectionChanges(t *testing.T, p Plane) {
	d := ConnectionDraft(t, "orders")
	c := settled(t, p, createConnection(t, p, d).ID)
	_, err := p.Service.TagConnection(t.Context(), p.Mine, c.ID, []api.Tag{{Key: "env", Value: "prod"}}, 0)
	require.NoError(t, err)
	require.NoError(t, p.Service.DeleteConnection(t.Context(), p.Mine, c.ID, 0))
	changes, err := p.Service.Changes(t.Context(), p.Mine, api.KindConnection, c.ID, "", 10)
	require.NoError(t, err)
	require.Len(t, changes, 4)
	for i, action := range []string{"delete", "tag", "fail", "create"} {
		require.Equal(t, action, changes[i].Action)
		require.Equal(t, "orders", changes[i].ObjectName)
		require.NotEmpty(t, changes[i].After)
	}
	require.Equal(t, p.Mine.Actor, changes[1].Actor)
	require.Contains(t, []api.Way{api.WayJob, api.WayRegion}, changes[2].Actor.Way, "that was nobody's doing here")
	require.Empty(t, changes[2].Actor.User)
	require.Contains(t, string(changes[3].After), d.URL)
	require.Contains(t, string(changes[1].After), "prod")
	require.NotContains(t, string(changes[1].Before), "prod")
	require.Contains(t, string(changes[0].After), string(api.ConnectionDeleted))
}
