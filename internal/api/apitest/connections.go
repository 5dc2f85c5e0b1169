package apitest

import (
	"fmt"
	"net"
	"slices"
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

// watchedConnections are what Connections watches.
var watchedConnections = Watchable{
	Kind: api.KindConnection,
	Closed: func(t *testing.T, p Plane, name string) string {
		return settled(t, p, createConnection(t, p, ConnectionDraft(t, name)).ID).ID
	},
	Active: func(t *testing.T, p Plane, name string) string {
		c := settled(t, p, createConnection(t, p, ConnectionTo("DWS", name, testserver.PostgreSQL(t).Addr())).ID)
		require.Equal(t, api.ConnectionActive, c.State)
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

func becomesActive(t *testing.T, p Plane) {
	for name, d := range map[string]api.ConnectionDraft{
		"MariaDB":            ConnectionTo("RDS", "maria", testserver.MariaDB(t).Addr()),
		"PostgreSQL":         ConnectionTo("RDS", "postgres", testserver.PostgreSQL(t).Addr()),
		"PostgreSQL for DWS": ConnectionTo("DWS", "warehouse", testserver.PostgreSQL(t).Addr()),
		"ZooKeeper":          ConnectionTo("ct", "table", testserver.ZooKeeper(t).Addr()),
	} {
		c := settled(t, p, createConnection(t, p, d).ID)
		require.Equal(t, api.ConnectionActive, c.State, "%s: %+v", name, c.Check)
		require.InDelta(t, 1, c.Progress, 0)
		require.Equal(t, d.URL, c.Address)
		require.Zero(t, c.Message)
		require.Equal(t, api.Passed, c.Check.Status)
		require.Equal(t, []api.Status{api.Passed}, c.Health.Recent)
		require.Equal(t, api.DefaultInterval, c.Health.Every)
		require.WithinDuration(t, time.Now().Add(api.DefaultInterval), c.Health.Next, api.DefaultInterval/9)
		kept := checks(t, p, api.KindConnection, c.ID)
		require.Len(t, kept, 1)
		require.Equal(t, api.WayJob, kept[0].Way)
		require.Empty(t, episodes(t, p, api.KindConnection, c.ID))
		require.Equal(t, []string{"activate", "create"}, actions(t, p, api.KindConnection, c.ID))
	}
}

func partlyActive(t *testing.T, p Plane) {
	good, closed := testserver.ZooKeeper(t).Addr(), testserver.ClosedAddr(t).String()
	name := strings.Replace(good, "127.0.0.1", "LocalHost", 1)
	c := settled(t, p, createConnection(t, p, ConnectionTo("CloudTable", "table", good, closed, name)).ID)
	require.Equal(t, api.ConnectionActive, c.State)
	require.Equal(t, good+","+strings.ToLower(name), c.Address, "as they are dialled")
	require.Equal(t, good+","+closed+","+name, c.URL, "as they were given")
	require.Equal(t, api.Warned, c.Check.Status)
	require.Empty(t, episodes(t, p, api.KindConnection, c.ID))
	require.NotZero(t, c.Health.LastGood)
}

func failsToActivate(t *testing.T, p Plane) {
	d := ConnectionDraft(t, "orders")
	c := settled(t, p, createConnection(t, p, d).ID)
	require.Equal(t, api.ConnectionFailed, c.State)
	require.Equal(t, "connection.failed", c.Message.Key)
	require.Empty(t, c.Address)
	require.InDelta(t, 0.5, c.Progress, 0, "it was asked, and that was all")
	require.Equal(t, api.Failed, c.Check.Status)
	require.Equal(t, api.StepConnect, c.Check.Failure().Name)
	require.Zero(t, c.Health.Next, "it is not checked again by itself")
	require.Len(t, checks(t, p, api.KindConnection, c.ID), 1)
	require.Len(t, episodes(t, p, api.KindConnection, c.ID), 1)
	require.Equal(t, []string{"fail", "create"}, actions(t, p, api.KindConnection, c.ID))
	require.NoError(t, p.Service.Schedule(t.Context(), p.Mine, api.KindConnection, c.ID, time.Hour))
	require.Zero(t, getConnection(t, p, c.ID).Health.Next)

	several := ConnectionTo("CloudTable", "table", d.URL, testserver.ClosedAddr(t).String())
	c = settled(t, p, createConnection(t, p, several).ID)
	require.Equal(t, "connection.failed_at", c.Message.Key)
	require.Equal(t, d.URL, c.Message.Args["address"])
}

// turning is a server that hangs up, until it is told to lead to another one.
func turning(t *testing.T) (address string, turn func(to string)) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	turned := make(chan string, 1)
	go func() {
		to := ""
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			select {
			case to = <-turned:
			default:
			}
			if to == "" {
				_ = conn.Close()
				continue
			}
			go relay(conn, to)
		}
	}()
	return l.Addr().String(), func(to string) { turned <- to }
}

func relay(conn net.Conn, to string) {
	defer func() { _ = conn.Close() }()
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	go func() {
		buf := make([]byte, 4096)
		for n, err := conn.Read(buf); err == nil; n, err = conn.Read(buf) {
			_, _ = server.Write(buf[:n])
		}
		_ = server.Close()
	}()
	buf := make([]byte, 4096)
	for n, err := server.Read(buf); err == nil; n, err = server.Read(buf) {
		_, _ = conn.Write(buf[:n])
	}
}

func reactivates(t *testing.T, p Plane) {
	address, turn := turning(t)
	c := settled(t, p, createConnection(t, p, ConnectionTo("RDS", "orders", address)).ID)
	require.Equal(t, api.ConnectionFailed, c.State)
	turn(testserver.MariaDB(t).Addr())
	require.Equal(t, api.Passed, recheck(t, p, api.KindConnection, c.ID).Status)
	c = getConnection(t, p, c.ID)
	require.Equal(t, api.ConnectionFailed, c.State)
	require.Zero(t, c.Health.Next)

	again, err := p.Service.ReactivateConnection(t.Context(), p.Mine, c.ID)
	require.NoError(t, err)
	require.Equal(t, api.ConnectionCreating, again.State)
	require.Zero(t, again.Progress)
	require.Zero(t, again.Message)
	require.Greater(t, again.Version, c.Version)
	c = settled(t, p, c.ID)
	require.Equal(t, api.ConnectionActive, c.State)
	require.Equal(t, address, c.Address)
	require.NotZero(t, c.Health.Next)
	found := episodes(t, p, api.KindConnection, c.ID)
	require.Len(t, found, 1)
	require.NotZero(t, found[0].Ended)

	again, err = p.Service.ReactivateConnection(t.Context(), p.Mine, c.ID)
	require.NoError(t, err, "an active one can be made anew, too")
	require.Empty(t, again.Address)
	require.Zero(t, again.Health.Next)
	require.Equal(t, api.ConnectionActive, settled(t, p, c.ID).State)
	require.Equal(t, []string{"activate", "reactivate", "activate", "reactivate", "test", "fail", "create"},
		actions(t, p, api.KindConnection, c.ID))
}

// silentServer takes connections and says nothing, until it is told to end.
func silentServer(t *testing.T) (address string, met chan net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	met = make(chan net.Conn, 100)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			met <- conn
		}
	}()
	return l.Addr().String(), met
}

func busyCreating(t *testing.T, p Plane) {
	address, met := silentServer(t)
	c := createConnection(t, p, ConnectionTo("CloudTable", "table", address, testserver.ClosedAddr(t).String()))
	conn := <-met
	require.Eventually(t, func() bool { return getConnection(t, p, c.ID).Progress > 0 }, 5*time.Second, 10*time.Millisecond,
		"one of two addresses was asked")
	require.Less(t, getConnection(t, p, c.ID).Progress, 0.5)
	requireCode(t, p.Service.DeleteConnection(t.Context(), p.Mine, c.ID, 0), api.Conflict)
	_, err := p.Service.ReactivateConnection(t.Context(), p.Mine, c.ID)
	requireCode(t, err, api.Conflict)
	tagged, err := p.Service.TagConnection(t.Context(), p.Mine, c.ID, []api.Tag{{Key: "a", Value: "b"}}, c.Version)
	require.NoError(t, err)
	require.Equal(t, api.ConnectionCreating, tagged.State)
	require.NoError(t, conn.Close())
	failed := settled(t, p, c.ID)
	require.Equal(t, api.ConnectionFailed, failed.State)
	require.Equal(t, tagged.Tags, failed.Tags)
	require.Equal(t, tagged.Version, failed.Version)
	require.NoError(t, p.Service.DeleteConnection(t.Context(), p.Mine, c.ID, failed.Version))
}

func connectionProblems(t *testing.T, p Plane) {
	createConnection(t, p, ConnectionDraft(t, "orders"))
	d := ConnectionTo("DWS", "not a name", "jdbc:postgresql://db:8000/x")
	d.SecurityGroupID = "default"
	d.Tags = []api.Tag{{Key: "a", Value: "1"}, {Key: "a", Value: "2"}}
	_, err := p.Service.CreateConnection(t.Context(), p.Mine, d)
	requireCode(t, err, api.Invalid)
	want := []string{
		"name connection.name_form", "url connection.url_scheme", "security_group_id connection.security_group_name", "tags.1.key tag.key_twice",
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
	require.Equal(t, []string{"test", "test"}, actions(t, p, "", ""))
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

func tombstone(t *testing.T, p Plane) {
	createQueue(t, p, "etl")
	c := settled(t, p, createConnection(t, p, ConnectionTo("DWS", "orders", testserver.PostgreSQL(t).Addr())).ID)
	bound, err := p.Service.BindQueues(t.Context(), p.Mine, c.ID, []string{"etl"})
	require.NoError(t, err)
	requireCode(t, p.Service.DeleteConnection(t.Context(), p.Mine, c.ID, c.Version), api.Conflict)
	require.NoError(t, p.Service.DeleteConnection(t.Context(), p.Mine, c.ID, bound.Version))

	dead := getConnection(t, p, c.ID)
	require.Equal(t, api.ConnectionDeleted, dead.State)
	require.Equal(t, c.URL, dead.URL)
	require.Empty(t, dead.Queues)
	require.Nil(t, dead.Check)
	require.Equal(t, api.Pulse{}, dead.Health)
	require.Empty(t, listConnections(t, p, api.ConnectionQuery{}).Items)
	require.Equal(t, []string{"orders"}, connectionNamesOf(listConnections(t, p, api.ConnectionQuery{States: []api.ConnectionState{api.ConnectionDeleted}})))
	p.Other = p.Mine
	nothingWorks(t, p, c.ID)
	require.NoError(t, p.Service.DeleteQueue(t.Context(), p.Mine, "etl"), "it does not hold the queue any more")
	require.Equal(t, []string{"delete", "bind", "activate", "create"}, actions(t, p, api.KindConnection, c.ID))
}

// nothingWorks tries to change what the other project does not have.
func nothingWorks(t *testing.T, p Plane, id string) {
	t.Helper()
	_, err := p.Service.TagConnection(t.Context(), p.Other, id, nil, 0)
	requireCode(t, err, api.NotFound)
	_, err = p.Service.ReactivateConnection(t.Context(), p.Other, id)
	requireCode(t, err, api.NotFound)
	_, err = p.Service.BindQueues(t.Context(), p.Other, id, []string{"etl"})
	requireCode(t, err, api.NotFound)
	_, err = p.Service.UnbindQueues(t.Context(), p.Other, id, []string{"etl"})
	requireCode(t, err, api.NotFound)
	_, err = p.Service.DiagnoseConnection(t.Context(), p.Other, id)
	requireCode(t, err, api.NotFound)
	requireCode(t, p.Service.DeleteConnection(t.Context(), p.Other, id, 0), api.NotFound)
	notFound(t, p, api.KindConnection, id)
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

func connectionNamesOf(page api.Page[api.Connection]) []string {
	found := make([]string, len(page.Items))
	for i, c := range page.Items {
		found[i] = c.Name
	}
	return found
}

func connectionLists(t *testing.T, p Plane) {
	createQueue(t, p, "etl")
	tag := func(pairs ...string) (tags []api.Tag) {
		for i := 0; i < len(pairs); i += 2 {
			tags = append(tags, api.Tag{Key: pairs[i], Value: pairs[i+1]})
		}
		return tags
	}
	closed := testserver.ClosedAddr(t).String()
	for _, d := range []struct {
		service, name, address string
		tags                   []api.Tag
	}{
		{"RDS", "b_orders", closed, tag("env", "prod", "team", "a")},
		{"RDS", "a_Orders", closed, tag("env", "test")},
		{"DWS", "c_stock", testserver.PostgreSQL(t).Addr(), tag("env", "prod", "team", "b")},
		{"CSS", "d_gone", closed, tag("env", "prod")},
	} {
		draft := ConnectionTo(d.service, d.name, d.address)
		draft.Tags = d.tags
		c := settled(t, p, createConnection(t, p, draft).ID)
		if d.name == "d_gone" {
			require.NoError(t, p.Service.DeleteConnection(t.Context(), p.Mine, c.ID, 0))
		} else if d.name != "a_Orders" {
			_, err := p.Service.BindQueues(t.Context(), p.Mine, c.ID, []string{"etl"})
			require.NoError(t, err)
		}
	}
	for _, c := range []struct {
		query api.ConnectionQuery
		want  []string
	}{
		{api.ConnectionQuery{}, []string{"a_Orders", "b_orders", "c_stock"}},
		{api.ConnectionQuery{Desc: true}, []string{"c_stock", "b_orders", "a_Orders"}},
		{api.ConnectionQuery{Sort: "created"}, []string{"b_orders", "a_Orders", "c_stock"}},
		{api.ConnectionQuery{Sort: "service"}, []string{"c_stock", "a_Orders", "b_orders"}},
		{api.ConnectionQuery{Sort: "state"}, []string{"c_stock", "a_Orders", "b_orders"}},
		{api.ConnectionQuery{Search: "ORDERS"}, []string{"a_Orders", "b_orders"}},
		{api.ConnectionQuery{Search: closed}, []string{"a_Orders", "b_orders"}},
		{api.ConnectionQuery{Search: "c%stock"}, []string{}},
		{api.ConnectionQuery{Service: "DWS"}, []string{"c_stock"}},
		{api.ConnectionQuery{States: []api.ConnectionState{api.ConnectionFailed}}, []string{"a_Orders", "b_orders"}},
		{api.ConnectionQuery{States: api.ConnectionStates}, []string{"a_Orders", "b_orders", "c_stock", "d_gone"}},
		{api.ConnectionQuery{States: []api.ConnectionState{"\x00"}}, []string{}},
		{api.ConnectionQuery{Tags: tag("env", "prod")}, []string{"b_orders", "c_stock"}},
		{api.ConnectionQuery{Tags: tag("env", "")}, []string{"a_Orders", "b_orders", "c_stock"}},
		{api.ConnectionQuery{Tags: tag("env", "prod", "team", "a")}, []string{"b_orders"}},
		{api.ConnectionQuery{Tags: tag("env", "prod"), Search: "stock"}, []string{"c_stock"}},
		{api.ConnectionQuery{Tags: tag("ENV", "prod")}, []string{}},
		{api.ConnectionQuery{Queue: "ETL"}, []string{"b_orders", "c_stock"}},
		{api.ConnectionQuery{Queue: "default"}, []string{}},
		{api.ConnectionQuery{Sort: "nonsense", Cursor: "nonsense"}, []string{"a_Orders", "b_orders", "c_stock"}},
	} {
		page, err := p.Service.ListConnections(t.Context(), p.Mine, c.query)
		require.NoError(t, err, "%+v", c.query)
		require.Equal(t, c.want, connectionNamesOf(page), "%+v", c.query)
	}
	require.Equal(t, "etl", listConnections(t, p, api.ConnectionQuery{Search: "stock"}).Items[0].Queues[0].Name)
}

func connectionPages(t *testing.T, p Plane) {
	var all []string
	for i := range 7 {
		all = append(all, createConnection(t, p, ConnectionDraft(t, fmt.Sprintf("connection_%d", i))).Name)
	}
	for _, c := range listConnections(t, p, api.ConnectionQuery{}).Items {
		settled(t, p, c.ID)
	}
	for _, sort := range api.ConnectionSorts {
		for _, search := range []string{"", "connection"} {
			want := slices.Clone(all)
			q := api.ConnectionQuery{Sort: sort, Limit: 3, Search: search}
			require.Equal(t, want, walkConnections(t, p, q), sort)
			slices.Reverse(want)
			q.Desc = true
			require.Equal(t, want, walkConnections(t, p, q), sort)
		}
	}
}

// walkConnections goes through a list page by page, and back again.
func walkConnections(t *testing.T, p Plane, q api.ConnectionQuery) []string {
	t.Helper()
	var forth []string
	page := listConnections(t, p, q)
	for {
		require.LessOrEqual(t, len(page.Items), q.Limit)
		forth = append(forth, connectionNamesOf(page)...)
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
		page = listConnections(t, p, q)
	}
	back := connectionNamesOf(page)
	for page.Prev != "" {
		q.Cursor = page.Prev
		page = listConnections(t, p, q)
		back = append(connectionNamesOf(page), back...)
	}
	require.Equal(t, forth, back)
	return forth
}

func binding(t *testing.T, p Plane) {
	createQueue(t, p, "etl")
	createQueue(t, p, "adhoc")
	_, err := p.Service.CreateQueue(t.Context(), p.Other, api.QueueDraft{Name: "theirs", CUs: 16})
	require.NoError(t, err)
	c := settled(t, p, createConnection(t, p, ConnectionDraft(t, "orders")).ID)

	_, err = p.Service.BindQueues(t.Context(), p.Mine, c.ID, []string{"etl", "Default", "nope", "theirs"})
	requireCode(t, err, api.Invalid)
	require.Equal(t, []string{"queues.1 connection.queue_default", "queues.2 connection.queue_unknown", "queues.3 connection.queue_unknown"}, paths(err))
	require.Empty(t, getConnection(t, p, c.ID).Queues, "all or nothing")
	_, err = p.Service.BindQueues(t.Context(), p.Mine, c.ID, nil)
	require.Equal(t, []string{"queues connection.queues_required"}, paths(err))

	bound, err := p.Service.BindQueues(t.Context(), p.Mine, c.ID, []string{"ETL", "adhoc", "etl"})
	require.NoError(t, err)
	require.Len(t, bound.Queues, 2)
	require.Equal(t, "adhoc", bound.Queues[0].Name)
	require.Equal(t, "etl", bound.Queues[1].Name)
	require.Equal(t, c.State, bound.Queues[0].State)
	require.NotEmpty(t, bound.Queues[0].ID)
	require.Equal(t, p.Mine.Actor.User, bound.Queues[0].Updated.By)
	again, err := p.Service.BindQueues(t.Context(), p.Mine, c.ID, []string{"etl"})
	require.NoError(t, err)
	require.Equal(t, bound, again, "nothing to do changes nothing")

	freed, err := p.Service.UnbindQueues(t.Context(), p.Mine, c.ID, []string{"Etl", "nope", "default", "\x00"})
	require.NoError(t, err)
	require.Equal(t, bound.Queues[:1], freed.Queues)
	again, err = p.Service.UnbindQueues(t.Context(), p.Mine, c.ID, []string{"etl"})
	require.NoError(t, err)
	require.Equal(t, freed, again)
	require.Equal(t, []string{"unbind", "bind", "fail", "create"}, actions(t, p, api.KindConnection, c.ID))
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
	changes, err := p.Service.Changes(t.Context(), p.Mine, api.KindConnection, c.ID, 10)
	require.NoError(t, err)
	require.Len(t, changes, 4)
	for i, action := range []string{"delete", "tag", "fail", "create"} {
		require.Equal(t, action, changes[i].Action)
		require.Equal(t, "orders", changes[i].ObjectName)
		require.NotEmpty(t, changes[i].After)
	}
	require.Equal(t, p.Mine.Actor, changes[1].Actor)
	require.Equal(t, api.WayJob, changes[2].Actor.Way, "that was nobody's doing")
	require.Contains(t, string(changes[3].After), d.URL)
	require.Contains(t, string(changes[1].After), "prod")
	require.NotContains(t, string(changes[1].Before), "prod")
	require.Contains(t, string(changes[0].After), string(api.ConnectionDeleted))
}

func diagnosed(t *testing.T, p Plane) {
	draft := ConnectionDraft(t, "orders")
	c := settled(t, p, createConnection(t, p, draft).ID)
	before := getConnection(t, p, c.ID)
	check, err := p.Service.DiagnoseConnection(t.Context(), p.Mine, c.ID)
	require.NoError(t, err)
	require.Equal(t, api.Failed, check.Status)
	want := map[api.StepName]api.Status{
		api.StepAddressForm: api.Passed, api.StepNames: api.Warned, api.StepPorts: api.Failed, api.StepProtocol: api.Skipped,
		api.StepRoute: api.Skipped, api.StepQueueRange: api.Skipped, api.StepNetwork: api.Warned,
	}
	require.Len(t, check.Steps, len(want))
	for _, s := range check.Steps {
		require.Equal(t, want[s.Name], s.Status, "%+v", s)
	}
	require.Equal(t, before, getConnection(t, p, c.ID), "it only looks")
	require.Equal(t, []string{"test", "fail", "create"}, actions(t, p, api.KindConnection, c.ID))

	_, err = p.Service.CreateQueue(t.Context(), p.Mine, api.QueueDraft{Name: "inside", CUs: 16, CIDR: "10.8.0.0/16"})
	require.NoError(t, err)
	c = settled(t, p, createConnection(t, p, ConnectionTo("DWS", "inside", "10.8.255.255:8000")).ID)
	for _, bound := range []bool{false, true} {
		if bound {
			_, err = p.Service.BindQueues(t.Context(), p.Mine, c.ID, []string{"inside"})
			require.NoError(t, err)
		}
		check, err = p.Service.DiagnoseConnection(t.Context(), p.Mine, c.ID)
		require.NoError(t, err)
		i := slices.IndexFunc(check.Steps, func(s api.Step) bool { return s.Name == api.StepQueueRange })
		require.Equal(t, map[bool]api.Status{false: api.Warned, true: api.Failed}[bound], check.Steps[i].Status)
		require.Equal(t, "10.8.0.0/16", check.Steps[i].Message.Args["network"])
	}
}

func createQueue(t *testing.T, p Plane, name string) api.Queue {
	t.Helper()
	q, err := p.Service.CreateQueue(t.Context(), p.Mine, api.QueueDraft{Name: name, CUs: 16})
	require.NoError(t, err)
	return q
}

func queueFound(t *testing.T, p Plane) {
	d := api.QueueDraft{
		Name: "ETL_1", Description: "夜间", Type: api.QueueGeneral, CUs: 64, CIDR: "192.168.0.0/24", Tags: []api.Tag{{Key: "b", Value: "1"}, {Key: "a", Value: "2"}},
	}
	created, err := p.Service.CreateQueue(t.Context(), p.Mine, d)
	require.NoError(t, err)
	createQueue(t, p, "adhoc")
	require.Equal(t, "etl_1", created.Name)
	require.Equal(t, []api.Tag{{Key: "a", Value: "2"}, {Key: "b", Value: "1"}}, created.Tags)
	require.Equal(t, p.Mine.Actor.User, created.Created.By)
	found, err := p.Service.Queue(t.Context(), p.Mine, "Etl_1")
	require.NoError(t, err)
	require.Equal(t, created, found)

	c := settled(t, p, createConnection(t, p, ConnectionDraft(t, "orders")).ID)
	_, err = p.Service.BindQueues(t.Context(), p.Mine, c.ID, []string{"etl_1"})
	require.NoError(t, err)
	found, err = p.Service.Queue(t.Context(), p.Mine, "etl_1")
	require.NoError(t, err)
	require.Equal(t, []api.Used{{ID: c.ID, Name: "orders"}}, found.Connections)
	all, err := p.Service.ListQueues(t.Context(), p.Mine)
	require.NoError(t, err)
	require.Len(t, all, 3)
	require.Equal(t, api.DefaultQueue, all[0].Name)
	require.Equal(t, "adhoc", all[1].Name)
	require.Equal(t, found, all[2])
	built, err := p.Service.Queue(t.Context(), p.Mine, "DEFAULT")
	require.NoError(t, err)
	require.Equal(t, all[0], built)
	require.Equal(t, []string{"create"}, actions(t, p, api.KindQueue, created.ID))
}

func queueProblems(t *testing.T, p Plane) {
	d := api.QueueDraft{Name: "a-b", Type: "spark", CUs: 17, CIDR: "8.8.8.0/24", Tags: []api.Tag{{Key: "a", Value: ""}}}
	_, err := p.Service.CreateQueue(t.Context(), p.Mine, d)
	requireCode(t, err, api.Invalid)
	want := []string{"name queue.name_form", "type queue.type_unknown", "cu_count queue.cus_unknown", "cidr queue.cidr_public", "tags.0.value tag.value_required"}
	require.Equal(t, want, paths(err))
	require.Equal(t, want, paths(p.Service.ValidateQueue(t.Context(), p.Mine, d)))
	createQueue(t, p, "etl")
	_, err = p.Service.CreateQueue(t.Context(), p.Mine, api.QueueDraft{Name: "ETL", CUs: 16})
	requireCode(t, err, api.Conflict)
	require.Equal(t, []string{"name queue.name_taken"}, paths(err))
	_, err = p.Service.CreateQueue(t.Context(), p.Other, api.QueueDraft{Name: "etl", CUs: 16})
	require.NoError(t, err)
	require.Equal(t, []string{"name queue.name_default"}, paths(p.Service.ValidateQueue(t.Context(), p.Mine, api.QueueDraft{Name: "Default", CUs: 16})))
}

func queueKept(t *testing.T, p Plane) {
	q := createQueue(t, p, "etl")
	c := settled(t, p, createConnection(t, p, ConnectionDraft(t, "orders")).ID)
	_, err := p.Service.BindQueues(t.Context(), p.Mine, c.ID, []string{"etl"})
	require.NoError(t, err)
	err = p.Service.DeleteQueue(t.Context(), p.Mine, "etl")
	requireCode(t, err, api.Conflict)
	require.Equal(t, "orders", err.(*api.Error).Message.Args["connections"]) //nolint:errorlint // services return it as it is
	requireCode(t, p.Service.DeleteQueue(t.Context(), p.Mine, "Default"), api.Conflict)
	_, err = p.Service.UnbindQueues(t.Context(), p.Mine, c.ID, []string{"etl"})
	require.NoError(t, err)
	require.NoError(t, p.Service.DeleteQueue(t.Context(), p.Mine, "ETL"))
	requireCode(t, p.Service.DeleteQueue(t.Context(), p.Mine, "etl"), api.NotFound)
	require.Equal(t, []string{"delete", "create"}, actions(t, p, api.KindQueue, q.ID))
	createQueue(t, p, "etl")
}

func foreignQueue(t *testing.T, p Plane) {
	createQueue(t, p, "etl")
	_, err := p.Service.Queue(t.Context(), p.Other, "etl")
	requireCode(t, err, api.NotFound)
	requireCode(t, p.Service.DeleteQueue(t.Context(), p.Other, "etl"), api.NotFound)
	_, err = p.Service.TestAddress(t.Context(), p.Other, "etl", "127.0.0.1:1")
	requireCode(t, err, api.NotFound)
	all, err := p.Service.ListQueues(t.Context(), p.Other)
	require.NoError(t, err)
	require.Len(t, all, 1, "everybody has the default queue")
}

func addressTested(t *testing.T, p Plane) {
	createQueue(t, p, "etl")
	good, err := p.Service.TestAddress(t.Context(), p.Mine, "ETL", testserver.MariaDB(t).Addr())
	require.NoError(t, err)
	require.True(t, good.Reachable())
	require.Equal(t, "etl", good.Queue)
	require.Len(t, good.Check.Steps, 2)
	bad, err := p.Service.TestAddress(t.Context(), p.Mine, api.DefaultQueue, testserver.ClosedAddr(t).String())
	require.NoError(t, err)
	require.False(t, bad.Reachable())
	found, err := p.Service.AddressTest(t.Context(), p.Mine, "etl", good.ID)
	require.NoError(t, err)
	require.Equal(t, good.Check.Steps, found.Check.Steps)
	require.Equal(t, good.Address, found.Address)
	for _, c := range []struct {
		scope     api.Scope
		queue, id string
	}{{p.Other, "etl", good.ID}, {p.Mine, "etl", bad.ID}, {p.Mine, "etl", "nope"}} {
		_, err = p.Service.AddressTest(t.Context(), c.scope, c.queue, c.id)
		requireCode(t, err, api.NotFound)
	}
	_, err = p.Service.TestAddress(t.Context(), p.Mine, "etl", "http://db")
	require.Equal(t, []string{"address connection.url_scheme"}, paths(err))
	_, err = p.Service.TestAddress(t.Context(), p.Mine, "nope", "db:1")
	requireCode(t, err, api.NotFound)
	require.Equal(t, []string{"test", "test", "create"}, actions(t, p, "", ""))
}
