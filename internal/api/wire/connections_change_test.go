package wire

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestDeletedConnectionsStayAsTombstones(t *testing.T) {
	t.Parallel()
	w := start(t, atHome(t), atWork(t))
	id := w.connect(t, connection("a"))
	w.settled(t, id)
	rec := w.send("DELETE", w.connections("/"+id), "")
	require.Equal(t, http.StatusOK, rec.Code)
	require.Equal(t, `{"is_success":true,"message":"Deleted"}`, rec.Body.String())
	require.Equal(t, api.ConnectionDeleted, w.connection(t, id).State)
	flatFault(t, w.send("DELETE", w.connections("/"+id), ""), 400, "DLI.0002")
	for _, call := range []string{"/associate-queue", "/disassociate-queue", "/reactivate"} {
		flatFault(t, w.send("POST", w.connections("/"+id+call), `{"queues":["q1"]}`), 400, "DLI.0002")
	}
	w.connect(t, connection("a"))
	names, count := w.connectionNames(t, "?name=a")
	require.Equal(t, []string{"a", "a"}, names, "the name can be used again")
	require.Equal(t, 2, count)
}

func TestAConnectionThatIsBeingCreatedIsLeftAlone(t *testing.T) {
	t.Parallel()
	w := start(t, atHome(t))
	id := w.connect(t, connection("a"))
	conn := w.connection(t, id)
	require.Equal(t, api.ConnectionCreating, conn.State)
	require.Zero(t, conn.Process)
	require.Empty(t, conn.Message)
	flatFault(t, w.send("DELETE", w.connections("/"+id), ""), 400, "DLI.0007")
	flatFault(t, w.send("POST", w.connections("/"+id+"/reactivate"), ""), 400, "DLI.0007")
}

func TestReactivateConnections(t *testing.T) {
	t.Parallel()
	w := start(t, atHome(t), atWork(t))
	id := w.connect(t, connection("a"))
	w.settled(t, id)
	rec := w.send("POST", w.connections("/"+id+"/reactivate"), "")
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	require.Equal(t, `{"is_success":true,"message":""}`, rec.Body.String())
	require.Equal(t, api.ConnectionFailed, w.settled(t, id).State)
}

func TestBindQueuesToAConnection(t *testing.T) {
	t.Parallel()
	w := start(t, atHome(t), atWork(t))
	id := w.connect(t, connection("a"))
	w.settled(t, id)
	for _, name := range []string{"q1", "q2"} {
		w.createQueue(t, name)
	}
	bind, unbind := w.connections("/"+id+"/associate-queue"), w.connections("/"+id+"/disassociate-queue")

	rec := w.send("POST", bind, `{"queues":["q2","q1"]}`)
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	require.Equal(t, `{"is_success":true,"message":"associated peer connection for queues: {q2,q1}."}`, rec.Body.String())
	conn := w.connection(t, id)
	require.Equal(t, []string{"q1", "q2"}, conn.Queues)
	require.Equal(t, "q1", conn.Bound[0].Name)
	require.NotEmpty(t, conn.Bound[0].PeerID)
	require.Equal(t, conn.Bound[0].PeerID, conn.Bound[0].UUID)
	require.Equal(t, api.ConnectionFailed, conn.Bound[0].Status)
	require.Equal(t, conn.Message, conn.Bound[0].Fault)
	require.WithinDuration(t, time.Now(), time.UnixMilli(conn.Bound[0].Updated), time.Minute)

	rec = w.send("POST", unbind, `{"queues":["q1","q1"]}`)
	require.Equal(t, `{"is_success":true,"message":"Disassociated peer connection for queues:{q1,q1}."}`, rec.Body.String())
	require.Equal(t, []string{"q2"}, w.connection(t, id).Queues)

	for name, c := range map[string]struct{ body, code, field string }{
		"the default queue":       {`{"queues":["q1","default"]}`, "DLI.0007", "queues.1: "},
		"the default queue, loud": {`{"queues":["DEFAULT"]}`, "DLI.0007", "queues.0: "},
		"an unknown queue":        {`{"queues":["q9"]}`, "DLI.0002", "queues.0: "},
		"no queue":                {`{"queues":[]}`, "DLI.0001", ""},
		"nothing":                 {`{}`, "DLI.0001", "queues"},
		"null":                    {`{"queues":null}`, "DLI.0001", "queues"},
		"a text":                  {`{"queues":"q1"}`, "DLI.0001", "queues"},
		"a number":                {`{"queues":[1]}`, "DLI.0001", "queues"},
		"no JSON":                 {``, "DLI.0001", ""},
	} {
		require.Contains(t, flatFault(t, w.send("POST", bind, c.body), 400, c.code), c.field, name)
	}
	require.Equal(t, []string{"q2"}, w.connection(t, id).Queues, "all or nothing")
}

func TestUnknownConnections(t *testing.T) {
	t.Parallel()
	w := start(t, atHome(t))
	for _, id := range []string{"x", "%00", "%ff", "%2F", "68233202-63bf-4f27-a99b-fa5f5a2dbae1", "all", strings.Repeat("a", 5000)} {
		at := w.connections("/" + id)
		flatFault(t, w.send("GET", at, ""), 400, "DLI.0002")
		flatFault(t, w.send("DELETE", at, ""), 400, "DLI.0002")
		flatFault(t, w.send("POST", at+"/reactivate", ""), 400, "DLI.0002")
		flatFault(t, w.send("POST", at+"/disassociate-queue", `{"queues":["q1"]}`), 400, "DLI.0002")
	}
}

// A connection is found in its own project only, and no other project opens
// with this credential.
func TestConnectionsOfAnotherProject(t *testing.T) {
	t.Parallel()
	w := start(t, atHome(t))
	conn, err := w.Service.CreateConnection(t.Context(), api.Scope{Project: w.other.ID, Actor: api.Actor{User: "eve"}}, api.ConnectionDraft{
		Name: "theirs", Service: "CSS", URL: "127.0.0.1:9",
		SecurityGroupID: "a07ab107-a4ad-4835-ad09-08a2f2efccdb", NetworkID: "e83ba67d-e812-42d3-908d-6ea0b2cc5ecb",
	})
	require.NoError(t, err)
	names, count := w.connectionNames(t, "")
	require.Empty(t, names)
	require.Zero(t, count)

	theirs := "/v2.0/" + w.other.ID + "/datasource-connection"
	queues := "/v1.0/" + w.other.ID + "/queues"
	own := "/switchboard/v1/projects/" + w.other.ID + "/connections"
	for _, c := range []struct{ method, path string }{
		{"GET", ""}, {"POST", ""}, {"GET", "/" + conn.ID}, {"DELETE", "/" + conn.ID},
		{"POST", "/" + conn.ID + "/associate-queue"}, {"POST", "/" + conn.ID + "/disassociate-queue"}, {"POST", "/" + conn.ID + "/reactivate"},
	} {
		require.Contains(t, flatFault(t, w.send(c.method, theirs+c.path, connection("a")), 403, "DLI.0016"), w.other.ID)
		if strings.Contains(c.path, conn.ID) {
			flatFault(t, w.send(c.method, w.connections(c.path), `{"queues":["q1"]}`), 400, "DLI.0002")
		}
	}
	for _, c := range []struct{ method, path string }{
		{"GET", ""}, {"POST", ""}, {"GET", "/default"}, {"DELETE", "/q"}, {"POST", "/default/connection-test"}, {"GET", "/default/connection-test/1"},
	} {
		flatFault(t, w.send(c.method, queues+c.path, "{}"), 403, "DLI.0016")
	}
	for _, c := range []struct{ method, path string }{
		{"POST", "/test"}, {"POST", "/" + conn.ID + "/diagnose"}, {"GET", "/" + conn.ID + "/tags"}, {"PUT", "/" + conn.ID + "/tags"},
	} {
		require.Equal(t, http.StatusForbidden, w.send(c.method, own+c.path, "{}").Code)
	}
	for _, target := range []string{theirs, queues, own + "/test"} {
		method := map[bool]string{true: "POST", false: "GET"}[strings.HasSuffix(target, "/test")]
		require.Equal(t, http.StatusUnauthorized, w.send(method, target, "", header{"X-Auth-Token"}).Code)
	}
}

func TestWhoCreatedAConnectionIsRecorded(t *testing.T) {
	t.Parallel()
	w := start(t, atHome(t))
	rec := w.send("POST", w.connections(""), connection("a"))
	require.Equal(t, http.StatusCreated, rec.Code)
	changes, err := w.Service.Changes(t.Context(), api.Scope{Project: w.project.ID}, "", "", "", 20)
	require.NoError(t, err)
	var actors []api.Actor
	for _, change := range changes {
		actors = append(actors, change.Actor)
	}
	require.Contains(t, actors, api.Actor{
		UserID: w.user.ID, User: "ada", Way: api.WayWire, Addr: "192.0.2.1", RequestID: rec.Header().Get("X-Request-Id"),
	})
}
