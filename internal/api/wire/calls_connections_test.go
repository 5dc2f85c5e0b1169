package wire

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

const closedAddress = "127.0.0.1:9"

// connected is a connection whose creation has ended.
func (st *stage) connected(t *testing.T, queues ...string) string {
	t.Helper()
	of := st.Service
	c, err := of.CreateConnection(t.Context(), st.s, apitest.ConnectionTo("RDS", "far", closedAddress))
	require.NoError(t, err)
	st.work(t, func() bool {
		found, err := of.Connection(t.Context(), st.s, c.ID)
		return err == nil && found.State != api.ConnectionCreating
	})
	for _, name := range queues {
		_, err := of.CreateQueue(t.Context(), st.s, api.QueueDraft{Name: name, CUs: 16})
		require.NoError(t, err)
	}
	return c.ID
}

var connectionExamples = []example{
	{"a connection is created", func(*testing.T, *stage) api.Deed {
		d := apitest.ConnectionTo("CSS", "far", "10.0.0.1:9200")
		d.Cluster, d.Tags = "c1", []api.Tag{{Key: "team", Value: "a"}}
		return api.CreateConnection{Draft: d}
	}},
	{"a connection is tagged", func(t *testing.T, st *stage) api.Deed {
		return api.TagConnection{ID: st.connected(t), Tags: []api.Tag{{Key: "a", Value: "1"}, {Key: "b", Value: "é"}}}
	}},
	{"a connection is reactivated", func(t *testing.T, st *stage) api.Deed {
		return api.ReactivateConnection{ID: st.connected(t)}
	}},
	{"queues are bound", func(t *testing.T, st *stage) api.Deed {
		return api.BindQueues{ID: st.connected(t, "q1", "q2"), Queues: []string{"q1", "q2"}}
	}},
	{"queues are unbound", func(t *testing.T, st *stage) api.Deed {
		id := st.connected(t, "q1", "q2")
		_, err := st.Service.BindQueues(t.Context(), st.s, id, []string{"q1", "q2"})
		require.NoError(t, err)
		return api.UnbindQueues{ID: id, Queues: []string{"q2"}}
	}},
	{"a connection is deleted", func(t *testing.T, st *stage) api.Deed {
		return api.DeleteConnection{ID: st.connected(t)}
	}},
	{"a queue is created", func(*testing.T, *stage) api.Deed {
		return api.CreateQueue{Draft: api.QueueDraft{
			Name: "q1", Description: "for <orders>", Type: api.QueueGeneral, CUs: 64, CIDR: "10.8.0.0/16", Tags: []api.Tag{{Key: "a", Value: "1"}},
		}}
	}},
	{"a queue is deleted", func(t *testing.T, st *stage) api.Deed {
		st.connected(t, "q1")
		return api.DeleteQueue{Name: "q1"}
	}},
}
