package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/probe"
)

// atHome gives a world a prober that reaches this machine only and knows no
// name. Nothing is done in the background: connections stay as they are
// created.
func atHome(t *testing.T) func(*Options) {
	t.Helper()
	rules, err := probe.ParseRules("127.0.0.0/8")
	require.NoError(t, err)
	return proberOf(t, probe.New(probe.Options{Policy: probe.Policy{Allow: rules}, Resolver: nowhere{}, Timeout: 5 * time.Second}))
}

// atWork begins the work in the background.
func atWork(t *testing.T) func(*Options) {
	return func(o *Options) {
		plane := o.Service.(*embedded.Plane)
		require.NoError(t, plane.Start(t.Context(), embedded.Background{Tick: 100 * time.Millisecond}))
		t.Cleanup(func() { require.NoError(t, plane.Stop(context.Background())) })
	}
}

func (w *world) connections(rest string) string {
	return "/v2.0/" + w.project.ID + "/datasource-connection" + rest
}

// documentedConnection is the request of the documentation, byte for byte.
func documentedConnection(t testing.TB) string {
	t.Helper()
	body, err := os.ReadFile("testdata/create_connection.json")
	require.NoError(t, err)
	return string(body)
}

// connection is a body with differences, pairs of a field and its JSON; an
// empty one takes the field away.
func connection(name string, other ...string) string {
	fields := map[string]json.RawMessage{
		"name": json.RawMessage(strconv.Quote(name)), "service": json.RawMessage(`"CSS"`), "url": json.RawMessage(`"127.0.0.1:9"`),
		"security_group_id": json.RawMessage(`"a07ab107-a4ad-4835-ad09-08a2f2efccdb"`),
		"network_id":        json.RawMessage(`"e83ba67d-e812-42d3-908d-6ea0b2cc5ecb"`),
	}
	for i := 0; i < len(other); i += 2 {
		delete(fields, other[i])
		if other[i+1] != "" {
			fields[other[i]] = json.RawMessage(other[i+1])
		}
	}
	body, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	return string(body)
}

// connect creates a connection and returns its id.
func (w *world) connect(t *testing.T, body string) string {
	t.Helper()
	rec := w.send("POST", w.connections(""), body)
	require.Equal(t, http.StatusCreated, rec.Code, rec.Body.String())
	require.Regexp(t, `^\{"is_success":true,"message":"","connection_id":"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"\}$`, rec.Body.String())
	var created struct {
		ID string `json:"connection_id"`
	}
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &created))
	return created.ID
}

func (w *world) connection(t *testing.T, id string) connectionJSON {
	t.Helper()
	rec := w.send("GET", w.connections("/"+id), "")
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	var conn connectionJSON
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &conn))
	require.True(t, conn.Success)
	require.Equal(t, 1, conn.Count)
	return conn
}

// settled waits until a connection is no longer being created.
func (w *world) settled(t *testing.T, id string) (conn connectionJSON) {
	t.Helper()
	require.Eventually(t, func() bool {
		conn = w.connection(t, id)
		return conn.State != api.ConnectionCreating
	}, time.Minute, 20*time.Millisecond)
	return conn
}

type connectionsJSON struct {
	dliOutcome

	Connections []connectionJSON `json:"connections"`
	Count       *int             `json:"count"`
}

// names lists the names of connections, and the count that comes with them.
func (w *world) connectionNames(t *testing.T, query string) (names []string, count int) {
	t.Helper()
	rec := w.send("GET", w.connections(query), "")
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	var all connectionsJSON
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &all), rec.Body.String())
	for _, conn := range all.Connections {
		require.True(t, conn.Success, "each tells it again")
		names = append(names, conn.Name)
	}
	return names, *all.Count
}

func TestTheDocumentedConnection(t *testing.T) {
	t.Parallel()
	w := start(t, atHome(t), atWork(t))
	id := w.connect(t, documentedConnection(t))

	conn := w.connection(t, id)
	require.Equal(t, id, conn.ID)
	require.Equal(t, "test1", conn.Name)
	require.Equal(t, "CloudTable", conn.Service, "ct is another word for it")
	require.Equal(t, "cloudtable-8636-zk2-ldQklrNa.mycloudtable.com:2181,cloudtable-8636-zk3-N9EEH4mI.mycloudtable.com:2181,"+
		"cloudtable-8636-zk1-78Lt0l8L.mycloudtable.com:2181", conn.Destination)
	require.WithinDuration(t, time.Now(), time.UnixMilli(conn.Created), time.Minute)

	conn = w.settled(t, id)
	require.Equal(t, api.ConnectionFailed, conn.State)
	require.Contains(t, conn.Message, "cloudtable-8636", "why")
	require.Empty(t, conn.URL)
	require.Less(t, conn.Process, 1.0)
	shown := w.send("GET", w.connections("/"+id), "").Body.String()
	for _, hidden := range []string{"security_group_id", "network_id", "tags", "a07ab107", "e83ba67d"} {
		require.NotContains(t, shown, hidden)
	}
	require.Regexp(t, `\p{Han}`, w.send("GET", w.connections("/"+id), "", header{"X-Language", "zh-cn"}).Body.String())

	text := dliFault(t, w.send("POST", w.connections(""), documentedConnection(t)), 400, "DLI.0006")
	require.Contains(t, text, "name")
	require.Equal(t, http.StatusCreated, w.signed("POST", w.connections(""), connection("signed")).Code)
}

func TestServicesInAnySpelling(t *testing.T) {
	t.Parallel()
	w := start(t, atHome(t))
	n := 0
	for service, spellings := range map[string][]string{
		"CloudTable":          {"ct", "CT", "cloudtable", "CLOUDTABLE", "CloudTable"},
		"CloudTable.OpenTSDB": {"cloudtable.opentsdb", "CloudTable.OPENTSDB"},
		"MRS.OpenTSDB":        {"MRS.OPENTSDB", "mrs.opentsdb"},
		"DWS":                 {"dws"}, "RDS": {"Rds"}, "CSS": {"css"},
	} {
		for _, spelling := range spellings {
			n++
			id := w.connect(t, connection(fmt.Sprint("c", n), "service", strconv.Quote(spelling)))
			require.Equal(t, service, w.connection(t, id).Service)
		}
	}
}

func TestConnectionsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := start(t, atHome(t))
	w.connect(t, connection("taken"))
	tags := func(n int, value string) string {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf(`{"key":"k%d","value":%s}`, i, value))
		}
		return "[" + strings.Join(list, ",") + "]"
	}
	cases := []struct{ name, body, code, field string }{
		{"no JSON", `{"name":`, "DLI.0001", ""},
		{"nothing", ``, "DLI.0001", ""},
		{"null", `null`, "DLI.0001", "object"},
		{"an array", `[]`, "DLI.0001", "object"},
		{"a text", `"x"`, "DLI.0001", "object"},
		{"a number for the name", connection("a", "name", "1"), "DLI.0001", "name"},
		{"an array for the service", connection("a", "service", `["ct"]`), "DLI.0001", "service"},
		{"an object for the url", connection("a", "url", `{}`), "DLI.0001", "url"},
		{"a boolean for the network", connection("a", "network_id", `true`), "DLI.0001", "network_id"},
		{"an object for the tags", connection("a", "tags", `{"key":"k","value":"v"}`), "DLI.0001", "tags"},
		{"a text for a tag", connection("a", "tags", `["k=v"]`), "DLI.0001", "tags"},
		{"a number for a value", connection("a", "tags", tags(1, "1")), "DLI.0001", "tags.value"},
		{"no name", connection("a", "name", ""), "DLI.0001", "name: "},
		{"null for a name", connection("a", "name", "null"), "DLI.0001", "name: "},
		{"no service", connection("a", "service", ""), "DLI.0001", "service: "},
		{"no url", connection("a", "url", ""), "DLI.0001", "url: "},
		{"no security group", connection("a", "security_group_id", ""), "DLI.0001", "security_group_id: "},
		{"no network", connection("a", "network_id", ""), "DLI.0001", "network_id: "},
		{"a name that is too long", connection(strings.Repeat("a", 65)), "DLI.0001", "name: "},
		{"a name with a space", connection("a b"), "DLI.0001", "name: "},
		{"an unknown service", connection("a", "service", `"ct.opentsdb"`), "DLI.0001", "service: "},
		{"a url that is too long", connection("a", "service", `"ct"`, "url", strconv.Quote(strings.Repeat("zk.example.com:2181,", 26)+"a:1")), "DLI.0001", "url: "},
		{"a url with a scheme", connection("a", "url", `"http://127.0.0.1:9200"`), "DLI.0001", "url: "},
		{"a url without a port", connection("a", "url", `"127.0.0.1"`), "DLI.0001", "url: "},
		{"two addresses where one is taken", connection("a", "service", `"DWS"`, "url", `"127.0.0.1:1,127.0.0.2:1"`), "DLI.0001", "url: "},
		{"the name of a security group", connection("a", "security_group_id", `"default"`), "DLI.0001", "security_group_id: "},
		{"eleven tags", connection("a", "tags", tags(11, `"v"`)), "DLI.0001", "tags: "},
		{"a key twice", connection("a", "tags", `[{"key":"k","value":"a"},{"key":"k","value":"b"}]`), "DLI.0001", "tags.1.key: "},
		{"a tag without a key", connection("a", "tags", `[null]`), "DLI.0001", "tags.0.key: "},
		{"a name that is taken", connection("taken"), "DLI.0006", "name"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, dliFault(t, w.send("POST", w.connections(""), c.body), 400, c.code), c.field)
			require.Regexp(t, `\p{Han}`, dliFault(t, w.send("POST", w.connections(""), c.body, header{"X-Language", "zh-cn"}), 400, c.code))
		})
	}
}

func TestTagsAreOptional(t *testing.T) {
	t.Parallel()
	w := start(t, atHome(t))
	for name, tags := range map[string]string{"absent": "", "null": "null", "empty": "[]"} {
		w.connect(t, connection(name, "tags", tags))
	}
	w.connect(t, connection("cluster", "cluster_name", `"spark_1"`))
	rec := w.send("GET", w.connections("?name=cluster"), "")
	require.Contains(t, rec.Body.String(), `"cluster_name":"spark_1"`, "in documents up to 2019")
}

func TestListConnections(t *testing.T) {
	t.Parallel()
	w := start(t, atHome(t), atWork(t))
	require.Equal(t, `{"is_success":true,"message":"","connections":[],"count":0}`, w.send("GET", w.connections(""), "").Body.String())

	ids := map[string]string{}
	for _, name := range []string{"z", "b", "zz", "a"} {
		ids[name] = w.connect(t, connection(name, "tags", `[{"key":"first","value":"`+name[:1]+`"},{"key":"env","value":"test"}]`))
		w.settled(t, ids[name])
	}
	require.Equal(t, http.StatusOK, w.send("DELETE", w.connections("/"+ids["b"]), "").Code)
	for query, want := range map[string]string{
		"":                           "z b zz a 4",
		"?limit=2":                   "z b 4",
		"?limit=2&offset=1":          "b zz 4",
		"?offset=3":                  "a 4",
		"?offset=9":                  "4",
		"?limit=0":                   "z b zz a 4",
		"?limit=2147483647&offset=1": "b zz a 4",
		"?name=z":                    "z 1",
		"?name=Z":                    "0",
		"?name=127":                  "0",
		"?name=%25":                  "0",
		"?name=z&offset=1":           "1",
		"?status=DELETED":            "b 1",
		"?status=FAILED&limit=1":     "z 3",
		"?tags=first%3Dz":            "z zz 2",
		"?tags=first=z,env=test":     "z zz 2",
		"?tags=first=z,env=prod":     "0",
		"?tags=env":                  "z b zz a 4",
		"?tags=env%3D":               "z b zz a 4",
		"?tags=%00":                  "0",
		"?unknown=1":                 "z b zz a 4",
	} {
		names, count := w.connectionNames(t, query)
		require.Equal(t, want, strings.TrimSpace(strings.Join(names, " ")+fmt.Sprint(" ", count)), query)
	}
	for query, field := range map[string]string{
		"?limit=-1": "limit", "?limit=x": "limit", "?limit=1.5": "limit", "?limit=99999999999999999999": "limit",
		"?offset=-1": "offset", "?offset=%00": "offset", "?status=RUNNING": "status", "?status=": "status", "?tags==v": "tags", "?tags=,": "tags",
	} {
		require.Contains(t, dliFault(t, w.send("GET", w.connections(query), ""), 400, "DLI.0001"), field, query)
	}
}

// connectionsOf is a Service that lists connections in its own way.
type connectionsOf struct {
	api.Service
	list func(q api.ConnectionQuery) (api.Page[api.Connection], error)
}

func (s connectionsOf) ListConnections(_ context.Context, _ api.Scope, q api.ConnectionQuery) (api.Page[api.Connection], error) {
	return s.list(q)
}

func TestLongListsOfConnectionsAreSentPageByPage(t *testing.T) {
	t.Parallel()
	pages := map[string]api.Page[api.Connection]{
		"":  {Items: []api.Connection{{Name: "a"}, {Name: "b"}}, Next: "1"},
		"1": {Next: "2"},
		"2": {Items: []api.Connection{{Name: "c"}}},
	}
	var asked []api.ConnectionQuery
	w := start(t, func(o *Options) {
		o.Service = connectionsOf{o.Service, func(q api.ConnectionQuery) (api.Page[api.Connection], error) {
			asked = append(asked, q)
			return pages[q.Cursor], nil
		}}
	})
	names, count := w.connectionNames(t, "?offset=1&limit=1")
	require.Equal(t, []string{"b"}, names)
	require.Equal(t, 3, count, "of all that match")
	require.Len(t, asked, 3)
	require.Equal(t, api.ConnectionQuery{States: api.ConnectionStates, Sort: "created", Limit: api.MaxPage}, asked[0], "tombstones, too, in the order of creation")
	names, _ = w.connectionNames(t, "?offset=1")
	require.Equal(t, []string{"b", "c"}, names)
}

func TestAListOfConnectionsThatBreaksIsCutShort(t *testing.T) {
	t.Parallel()
	w := start(t, func(o *Options) {
		o.Service = connectionsOf{o.Service, func(q api.ConnectionQuery) (api.Page[api.Connection], error) {
			if q.Cursor != "" {
				return api.Page[api.Connection]{}, errors.New("the disk is gone")
			}
			return api.Page[api.Connection]{Items: []api.Connection{{Name: "a"}}, Next: "2"}, nil
		}}
	})
	require.PanicsWithError(t, http.ErrAbortHandler.Error(), func() { w.send("GET", w.connections(""), "") })
	require.Contains(t, w.log.String(), "the disk is gone")
}

func TestDeletedConnectionsStayAsTombstones(t *testing.T) {
	t.Parallel()
	w := start(t, atHome(t), atWork(t))
	id := w.connect(t, connection("a"))
	w.settled(t, id)
	rec := w.send("DELETE", w.connections("/"+id), "")
	require.Equal(t, http.StatusOK, rec.Code)
	require.Equal(t, `{"is_success":true,"message":"Deleted"}`, rec.Body.String())
	require.Equal(t, api.ConnectionDeleted, w.connection(t, id).State)
	dliFault(t, w.send("DELETE", w.connections("/"+id), ""), 400, "DLI.0002")
	for _, call := range []string{"/associate-queue", "/disassociate-queue", "/reactivate"} {
		dliFault(t, w.send("POST", w.connections("/"+id+call), `{"queues":["q1"]}`), 400, "DLI.0002")
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
	dliFault(t, w.send("DELETE", w.connections("/"+id), ""), 400, "DLI.0007")
	dliFault(t, w.send("POST", w.connections("/"+id+"/reactivate"), ""), 400, "DLI.0007")
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
		require.Contains(t, dliFault(t, w.send("POST", bind, c.body), 400, c.code), c.field, name)
	}
	require.Equal(t, []string{"q2"}, w.connection(t, id).Queues, "all or nothing")
}

func TestUnknownConnections(t *testing.T) {
	t.Parallel()
	w := start(t, atHome(t))
	for _, id := range []string{"x", "%00", "%ff", "%2F", "68233202-63bf-4f27-a99b-fa5f5a2dbae1", "all", strings.Repeat("a", 5000)} {
		at := w.connections("/" + id)
		dliFault(t, w.send("GET", at, ""), 400, "DLI.0002")
		dliFault(t, w.send("DELETE", at, ""), 400, "DLI.0002")
		dliFault(t, w.send("POST", at+"/reactivate", ""), 400, "DLI.0002")
		dliFault(t, w.send("POST", at+"/disassociate-queue", `{"queues":["q1"]}`), 400, "DLI.0002")
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
		require.Contains(t, dliFault(t, w.send(c.method, theirs+c.path, connection("a")), 403, "DLI.0016"), w.other.ID)
		if strings.Contains(c.path, conn.ID) {
			dliFault(t, w.send(c.method, w.connections(c.path), `{"queues":["q1"]}`), 400, "DLI.0002")
		}
	}
	for _, c := range []struct{ method, path string }{
		{"GET", ""}, {"POST", ""}, {"GET", "/default"}, {"DELETE", "/q"}, {"POST", "/default/connection-test"}, {"GET", "/default/connection-test/1"},
	} {
		dliFault(t, w.send(c.method, queues+c.path, "{}"), 403, "DLI.0016")
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
	changes, err := w.Service.Changes(t.Context(), api.Scope{Project: w.project.ID}, "", "", 20)
	require.NoError(t, err)
	var actors []api.Actor
	for _, change := range changes {
		actors = append(actors, change.Actor)
	}
	require.Contains(t, actors, api.Actor{
		UserID: w.user.ID, User: "ada", Way: api.WayWire, Addr: "192.0.2.1", RequestID: rec.Header().Get("X-Request-Id"),
	})
}
