package apitest

import (
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/testserver"
)

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
		require.Equal(t, []string{"activate", "create"}, actions(t, p, api.KindConnection, c.ID))
		if !p.has(Greets) {
			require.Nil(t, c.Check)
			continue
		}
		require.Equal(t, api.Passed, c.Check.Status)
		require.Equal(t, []api.Status{api.Passed}, c.Health.Recent)
		require.Equal(t, api.DefaultInterval, c.Health.Every)
		require.WithinDuration(t, time.Now().Add(api.DefaultInterval), c.Health.Next, api.DefaultInterval/9)
		kept := checks(t, p, api.KindConnection, c.ID)
		require.Len(t, kept, 1)
		require.Equal(t, api.WayJob, kept[0].Way)
		require.Empty(t, episodes(t, p, api.KindConnection, c.ID))
	}
}

func partlyActive(t *testing.T, p Plane) {
	good, closed := testserver.ZooKeeper(t).Addr(), testserver.ClosedAddr(t).String()
	name := strings.Replace(good, "127.0.0.1", "LocalHost", 1)
	c := settled(t, p, createConnection(t, p, ConnectionTo("CloudTable", "table", good, closed, name)).ID)
	require.Equal(t, api.ConnectionActive, c.State)
	require.Equal(t, good+","+strings.ToLower(name), c.Address, "as they are dialled")
	require.Equal(t, good+","+closed+","+name, c.URL, "as they were given")
	if !p.has(Greets) {
		return
	}
	require.Equal(t, api.Warned, c.Check.Status)
	require.Empty(t, episodes(t, p, api.KindConnection, c.ID))
	require.NotZero(t, c.Health.LastGood)
}

func failsToActivate(t *testing.T, p Plane) {
	d := ConnectionDraft(t, "orders")
	c := settled(t, p, createConnection(t, p, d).ID)
	require.Equal(t, api.ConnectionFailed, c.State)
	require.NotZero(t, c.Message)
	require.Empty(t, c.Address)
	require.InDelta(t, 0.5, c.Progress, 0, "it was asked, and that was all")
	require.Equal(t, []string{"fail", "create"}, actions(t, p, api.KindConnection, c.ID))
	if !p.has(Greets) {
		return
	}
	require.Equal(t, "connection.failed", c.Message.Key)
	require.Equal(t, api.Failed, c.Check.Status)
	require.Equal(t, api.StepConnect, c.Check.Failure().Name)
	require.Zero(t, c.Health.Next, "it is not checked again by itself")
	require.Len(t, checks(t, p, api.KindConnection, c.ID), 1)
	require.Len(t, episodes(t, p, api.KindConnection, c.ID), 1)
	require.NoError(t, p.Service.Schedule(t.Context(), p.Mine, api.KindConnection, c.ID, time.Hour))
	require.Zero(t, getConnection(t, p, c.ID).Health.Next)

	several := ConnectionTo("CloudTable", "table", d.URL, testserver.ClosedAddr(t).String())
	c = settled(t, p, createConnection(t, p, several).ID)
	require.Equal(t, "connection.failed_at", c.Message.Key)
	require.Equal(t, d.URL, c.Message.Args["address"])
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// turning is a server that hangs up, until it is told to lead to another one.
func turning(t *testing.T) (address string, turn func(to string)) {
	t.Helper()
	l := listen(t)
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
			go relay(t.Context(), conn, to)
		}
	}()
	return l.Addr().String(), func(to string) { turned <- to }
}

func relay(ctx context.Context, conn net.Conn, to string) {
	defer func() { _ = conn.Close() }()
	server, err := new(net.Dialer).DialContext(ctx, "tcp", to)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	go func() { _, _ = io.Copy(server, conn) }()
	_, _ = io.Copy(conn, server)
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
	require.True(t, again.Waiting)
	require.Zero(t, again.Message)
	require.Greater(t, again.Version, c.Version)
	c = settled(t, p, c.ID)
	require.Equal(t, api.ConnectionActive, c.State)
	require.Equal(t, address, c.Address)
	if p.has(Greets) {
		require.NotZero(t, c.Health.Next)
		found := episodes(t, p, api.KindConnection, c.ID)
		require.Len(t, found, 1)
		require.NotZero(t, found[0].Ended)
	}

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
	l := listen(t)
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
	require.True(t, c.Waiting)
	require.False(t, getConnection(t, p, c.ID).Waiting, "it was begun")
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
	require.Empty(t, dead.Address, "nothing leads there any more")
	failed := settled(t, p, createConnection(t, p, ConnectionDraft(t, "orders")).ID)
	require.NoError(t, p.Service.DeleteConnection(t.Context(), p.Mine, failed.ID, 0))
	require.Zero(t, getConnection(t, p, failed.ID).Message)
	require.Empty(t, dead.Queues)
	require.Nil(t, dead.Check)
	require.Equal(t, api.Pulse{}, dead.Health)
	require.Empty(t, listConnections(t, p, api.ConnectionQuery{}).Items)
	require.Equal(t, []string{"orders", "orders"}, connectionNamesOf(listConnections(t, p, api.ConnectionQuery{States: []api.ConnectionState{api.ConnectionDeleted}})))
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

func diagnosed(t *testing.T, p Plane) {
	draft := ConnectionDraft(t, "orders")
	c := settled(t, p, createConnection(t, p, draft).ID)
	before := getConnection(t, p, c.ID)
	check, err := p.Service.DiagnoseConnection(t.Context(), p.Mine, c.ID)
	require.NoError(t, err)
	require.Equal(t, api.Failed, check.Status)
	want := map[api.StepName]api.Status{
		api.StepAddressForm: api.Passed, api.StepNames: api.Warned, api.StepPorts: api.Failed, api.StepProtocol: api.Skipped,
		api.StepRoute: api.Skipped, api.StepQueueRange: api.Skipped, api.StepNetwork: api.Passed,
	}
	require.Len(t, check.Steps, len(want))
	for _, s := range check.Steps {
		require.Equal(t, want[s.Name], s.Status, "%+v", s)
	}
	require.Equal(t, before, getConnection(t, p, c.ID), "it only looks")
	require.Equal(t, []string{"diagnose", "fail", "create"}, actions(t, p, api.KindConnection, c.ID))

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
