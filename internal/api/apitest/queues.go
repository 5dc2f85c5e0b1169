package apitest

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/testserver"
)

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
	before := actions(t, p, "", "")
	createQueue(t, p, "etl")
	good, err := p.Service.TestAddress(t.Context(), p.Mine, "ETL", testserver.MariaDB(t).Addr())
	require.NoError(t, err)
	require.True(t, good.Reachable())
	require.Equal(t, "etl", good.Queue)
	if p.has(Reaches) {
		require.Len(t, good.Check.Steps, 3)
	}
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
	q, err := p.Service.Queue(t.Context(), p.Mine, "etl")
	require.NoError(t, err)
	within := netip.MustParsePrefix(q.CIDR).Addr().Next().String() + ":3306"
	none, err := p.Service.TestAddress(t.Context(), p.Mine, "etl", within)
	require.NoError(t, err)
	require.False(t, none.Reachable(), "the queue looks for it among its own machines")
	if p.has(Reaches) {
		require.Equal(t, api.StepQueueRange, none.Check.Failure().Name)
	}
	_, err = p.Service.TestAddress(t.Context(), p.Mine, "etl", "http://db")
	require.Equal(t, []string{"address connection.url_scheme"}, paths(err))
	_, err = p.Service.TestAddress(t.Context(), p.Mine, "nope", "db:1")
	requireCode(t, err, api.NotFound)
	require.Equal(t, append([]string{"test", "test", "test", "create"}, before...), actions(t, p, "", ""))
}
