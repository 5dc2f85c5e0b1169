package wire

import (
	"context"
	"encoding/json"
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

	text := flatFault(t, w.send("POST", w.connections(""), documentedConnection(t)), 400, "DLI.0006")
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
		{"a number for a value", connection("a", "tags", tags(1, "1")), "DLI.0001", "tags.0.value"},
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
			require.Contains(t, flatFault(t, w.send("POST", w.connections(""), c.body), 400, c.code), c.field)
			require.Regexp(t, `\p{Han}`, flatFault(t, w.send("POST", w.connections(""), c.body, header{"X-Language", "zh-cn"}), 400, c.code))
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
