package wire

import (
	"encoding/json"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func (w *world) queues(rest string) string { return "/v1.0/" + w.project.ID + "/queues" + rest }

// createQueue creates a queue for SQL.
func (w *world) createQueue(t *testing.T, name string) {
	t.Helper()
	rec := w.send("POST", w.queues(""), `{"queue_name":"`+name+`","cu_count":16}`)
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
}

func (w *world) queueNames(t *testing.T, query string) string {
	t.Helper()
	rec := w.send("GET", w.queues(query), "")
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	var all struct {
		dliOutcome

		Queues []queueJSON `json:"queues"`
	}
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &all))
	require.True(t, all.Success)
	names := make([]string, len(all.Queues))
	for i, q := range all.Queues {
		names[i] = q.Name
	}
	return strings.Join(names, " ")
}

// silent is the address of a server that takes connections and says nothing.
func silent(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().String()
}

func TestQueuesComeAndGo(t *testing.T) {
	t.Parallel()
	w := start(t, atHome(t))
	rec := w.send("POST", w.queues(""), `{"queue_name":"Queue1","description":"test","cu_count":16,"resource_mode":1,
		"queue_type":"general","labels":["multi_az=2"],"tags":[{"key":"owner","value":"ph"}]}`)
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	require.Equal(t, `{"is_success":true,"message":"","queue_name":"queue1"}`, rec.Body.String(), "in lower case")
	w.createQueue(t, "q2")

	for query, want := range map[string]string{
		"": "default q2", "?queue_type=sql": "default q2", "?queue_type=general": "queue1", "?queue_type=all": "default q2 queue1",
		"?queue_type=all&with-priv=true&with-charge-info=false": "default q2 queue1",
		"?queue_type=all&tags=owner=ph":                         "queue1", "?queue_type=all&tags=owner": "queue1", "?queue_type=all&tags=owner=x": "",
	} {
		require.Equal(t, want, w.queueNames(t, query), query)
	}
	for _, path := range []string{"?queue_type=sql&tags=", "/default"} {
		require.NotRegexp(t, `"(queue_name|queueName)":"default"[^}]*"create_time"`, w.send("GET", w.queues(path), "").Body.String(), "nobody created the built-in one")
	}
	flatFault(t, w.send("GET", w.queues("?queue_type=spark"), ""), 400, "DLI.0001")
	flatFault(t, w.send("GET", w.queues("?tags==x"), ""), 400, "DLI.0001")

	for _, name := range []string{"queue1", "QUEUE1"} {
		var shown shownQueueJSON
		rec = w.send("GET", w.queues("/"+name), "")
		require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
		require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &shown))
		require.Equal(t, "queue1", shown.Name)
		require.Equal(t, "test", shown.Description)
		require.Equal(t, "ada", shown.Owner)
		require.Equal(t, api.QueueGeneral, shown.Type)
		require.Equal(t, 16, shown.CUs)
	}
	rec = w.send("DELETE", w.queues("/queue1"), "")
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	require.Equal(t, `{"is_success":true,"message":""}`, rec.Body.String())
	flatFault(t, w.send("GET", w.queues("/queue1"), ""), 400, "DLI.0002")
	flatFault(t, w.send("DELETE", w.queues("/queue1"), ""), 400, "DLI.0002")
	flatFault(t, w.send("GET", w.queues("/%00"), ""), 400, "DLI.0002")
	flatFault(t, w.send("DELETE", w.queues("/default"), ""), 400, "DLI.0007")
}

func TestAQueueInUseStays(t *testing.T) {
	t.Parallel()
	w := start(t, atHome(t), atWork(t))
	w.createQueue(t, "q1")
	id := w.connect(t, connection("a"))
	w.settled(t, id)
	require.Equal(t, http.StatusOK, w.send("POST", w.connections("/"+id+"/associate-queue"), `{"queues":["q1"]}`).Code)
	require.Contains(t, flatFault(t, w.send("DELETE", w.queues("/q1"), ""), 400, "DLI.0007"), "a")
}

func TestQueuesThatAreRefused(t *testing.T) {
	t.Parallel()
	w := start(t, atHome(t))
	w.createQueue(t, "taken")
	for name, c := range map[string]struct{ body, code, field string }{
		"no JSON":             {`{`, "DLI.0001", ""},
		"no name":             {`{"cu_count":16}`, "DLI.0001", "queue_name: "},
		"a number for a name": {`{"queue_name":1,"cu_count":16}`, "DLI.0001", "queue_name"},
		"digits only":         {`{"queue_name":"1","cu_count":16}`, "DLI.0001", "queue_name: "},
		"no size":             {`{"queue_name":"q"}`, "DLI.0001", "cu_count: "},
		"a text for a size":   {`{"queue_name":"q","cu_count":"16"}`, "DLI.0001", "cu_count"},
		"a broken size":       {`{"queue_name":"q","cu_count":16.5}`, "DLI.0001", "number"},
		"another size":        {`{"queue_name":"q","cu_count":17}`, "DLI.0001", "cu_count: "},
		"another type":        {`{"queue_name":"q","cu_count":16,"queue_type":"spark"}`, "DLI.0001", "queue_type: "},
		"no network":          {`{"queue_name":"q","cu_count":16,"cidr_in_vpc":"x"}`, "DLI.0001", "cidr_in_vpc: "},
		"a tag without value": {`{"queue_name":"q","cu_count":16,"tags":[{"key":"k"}]}`, "DLI.0001", "tags.0.value: "},
		"the default queue":   {`{"queue_name":"default","cu_count":16}`, "DLI.0006", ""},
		"a taken name":        {`{"queue_name":"TAKEN","cu_count":16}`, "DLI.0006", ""},
	} {
		require.Contains(t, flatFault(t, w.send("POST", w.queues(""), c.body), 400, c.code), c.field, name)
	}
}

func TestTestAnAddressFromAQueue(t *testing.T) {
	t.Parallel()
	w := start(t, atHome(t))
	w.createQueue(t, "q1")
	open, closed := silent(t), "127.0.0.1:"+closedPort(t)
	for address, connectivity := range map[string]string{open: "REACHABLE", closed: "UNREACHABLE"} {
		rec := w.send("POST", w.queues("/default/connection-test"), `{"address":"`+address+`"}`)
		require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
		host, port, _ := strings.Cut(address, ":")
		var created struct {
			ID int64 `json:"task_id"` // as SDKs have it
		}
		require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &created), rec.Body.String())
		id := strconv.FormatInt(created.ID, 10)
		require.Equal(t, `{"is_success":true,"message":"check connectivity to address:`+host+` with port: `+port+` successfully","task_id":`+id+`}`, rec.Body.String())

		rec = w.send("GET", w.queues("/DEFAULT/connection-test/"+id), "")
		require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
		require.Equal(t, `{"is_success":true,"message":"Get node connectivity status successfully for addressId:`+id+`","connectivity":"`+connectivity+`"}`, rec.Body.String())
		flatFault(t, w.send("GET", w.queues("/q1/connection-test/"+id), ""), 400, "DLI.0002")
	}
	for _, body := range []string{`{}`, `{"address":"x"}`, `{"address":""}`, `{"address":1}`, `{"address":"127.0.0.1:99999"}`, `[]`, ``} {
		flatFault(t, w.send("POST", w.queues("/default/connection-test"), body), 400, "DLI.0001")
	}
	flatFault(t, w.send("POST", w.queues("/nothing/connection-test"), `{"address":"`+closed+`"}`), 400, "DLI.0002")
	for _, id := range []string{"0", "-1", "x", "%00", "99999999999999999999"} {
		flatFault(t, w.send("GET", w.queues("/default/connection-test/"+id), ""), 400, "DLI.0002")
	}
}
