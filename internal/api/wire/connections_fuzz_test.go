package wire

import (
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/apitest"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/store"
)

// Whatever body programs send about connections and queues is answered in time
// and never with 500, whichever database has to swallow it; nothing is connected
// to that the policy does not allow.
func TestManyBadBodiesOfConnections(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, manyBadConnections)
}

func manyBadConnections(t *testing.T, db *store.DB) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	came := new(atomic.Uint64)
	go hangUpAndCount(listener, came)
	rules, err := probe.ParseRules(listener.Addr().String())
	require.NoError(t, err)
	prober := probe.New(probe.Options{Policy: probe.Policy{Allow: rules}, Resolver: nowhere{}, Timeout: fuzzTimeout})
	keys, err := keyring.Parse(keyring.NewKey())
	require.NoError(t, err)
	w := startOn(t, db, func(o *Options) { o.Service = planeOn(t, db, keys, prober) }, atWork(t))
	ids := []string{"x"}
	for i := range 3 {
		w.createQueue(t, fmt.Sprint("q", i))
		ids = append(ids, w.connect(t, connection(fmt.Sprint("stock", i), "url", strconv.Quote(listener.Addr().String()))))
	}

	answers := pelt(t, w, listener.Addr().String(), func(m *bodyMutator) (method, target string, body any) { return m.dliRequest(w, ids) })
	answers.occur(t, http.StatusOK, http.StatusCreated)
	dialled, refused := prober.Dialled()
	t.Logf("%d connections, %d refused", dialled, refused)
	require.Greater(t, dialled, uint64(50))
	require.Greater(t, refused, uint64(50))
}

// dliRequest is a call about connections or queues, as it should be.
func (m *bodyMutator) dliRequest(w *world, ids []string) (method, target string, body any) {
	own := "/switchboard/v1/projects/" + w.project.ID + "/connections"
	id, queue := "/"+m.pick(ids...), "/"+m.pick("q0", "q1", "default", "nothing", "%00", "%ff")
	queues := map[string]any{"queues": []any{m.pick("q0", "q1"), "q2"}}
	switch m.random.IntN(12) {
	case 0:
		return "POST", w.connections(id + m.pick("/associate-queue", "/disassociate-queue")), queues
	case 1:
		return "POST", w.connections(id + "/reactivate"), nil
	case 2:
		return "PUT", own + id + "/tags", map[string]any{"tags": m.dliTags()}
	case 3:
		return "POST", own + m.pick("/test", id+"/diagnose"), m.dliConnection()
	case 4:
		return "POST", w.queues(""), map[string]any{"queue_name": fmt.Sprint("q", m.random.IntN(1e6)), "cu_count": 16, "queue_type": "sql", "tags": m.dliTags()}
	case 5:
		return "POST", w.queues(queue + "/connection-test"), map[string]any{"address": m.dliAddress()}
	case 6:
		return m.pick("GET", "GET", "DELETE", "PUT"), m.pick(w.connections(id), w.queues(queue), w.queues(queue+"/connection-test/"+m.pick("1", "%00", "-9", "9e9"))), nil
	case 7:
		query := "?" + m.pick("limit", "offset", "name", "status", "tags", "queue_type") + "=" + m.pick("1", "-1", "a=b", "%00", "%ff", "%zz", "'", "%25", "💥")
		return "GET", m.pick(w.connections(query), w.queues(query)), nil
	}
	return "POST", w.connections(""), m.dliConnection()
}

func (m *bodyMutator) dliConnection() any {
	return map[string]any{
		"name": fmt.Sprintf("fuzz_%d", m.random.IntN(1e6)), "url": m.dliAddress(), "tags": m.dliTags(), "cluster_name": "",
		"service":           m.pick("ct", "CloudTable.OpenTSDB", "MRS.OPENTSDB", "DWS", "rds", "CSS"),
		"security_group_id": "a07ab107-a4ad-4835-ad09-08a2f2efccdb", "network_id": "e83ba67d-e812-42d3-908d-6ea0b2cc5ecb",
	}
}

// dliAddress is mostly that of the server that may be reached.
func (m *bodyMutator) dliAddress() string {
	return m.pick(m.here, m.here, m.here, m.here, "169.254.169.254:80", "10.0.0.1:22", "[::1]:80", "evil.example.com:1")
}

func (m *bodyMutator) dliTags() any {
	return []any{map[string]any{"key": m.pick("a", "标签"), "value": m.pick("1", "值")}}
}
