package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// The body of the create request in DLI's documentation, byte for byte, and the
// names in it.
const seedConnection = "testdata/seed_connection.json"

var seedNames = []string{
	"cloudtable-8636-zk1-78Lt0l8L.mycloudtable.com",
	"cloudtable-8636-zk2-ldQklrNa.mycloudtable.com",
	"cloudtable-8636-zk3-N9EEH4mI.mycloudtable.com",
}

// The request names public hosts, which must never be reached from a test. So
// it is sent in a network of its own: first nobody knows the names there, then
// they are this machine, where a ZooKeeper answers.
func TestDocumentedConnection(t *testing.T) {
	if os.Getenv(inOwnNetwork) == "" {
		t.Parallel()
		rerunInOwnNetwork(t, "a ZooKeeper answers there")
		return
	}
	command(t, "ip", "link", "set", "lo", "up")

	t.Run("nobody knows the names", func(t *testing.T) {
		c := start(t).call(t)
		conn := sendSeedConnection(t, c)
		require.Equal(t, "FAILED", conn.State)
		require.Contains(t, conn.Message, "cloudtable-8636-zk")
		require.Empty(t, conn.URL)
		deleted := c.send(http.MethodDelete, c.connections()+"/"+conn.ID, nil)
		require.Equal(t, `{"is_success":true,"message":"Deleted"}`, deleted.body)
	})
	t.Run("a ZooKeeper answers there", func(t *testing.T) {
		hosts := filepath.Join(t.TempDir(), "hosts")
		require.NoError(t, os.WriteFile(hosts, []byte("127.0.0.1 localhost "+strings.Join(seedNames, " ")+"\n"), 0o644))
		command(t, "mount", "--bind", hosts, "/etc/hosts")
		forward(t, "127.0.0.1:2181", testserver.ZooKeeper(t).Addr())
		conn := sendSeedConnection(t, start(t).call(t)) // a new process: the other one remembers the names for a while
		require.Equal(t, "ACTIVE", conn.State, conn.Message)
		require.Equal(t, 1.0, conn.Process)
		require.Equal(t, "CloudTable", conn.Service)
		for _, name := range seedNames {
			require.Contains(t, conn.URL, strings.ToLower(name)+":2181")
		}
	})
}

func (c *caller) connections() string { return "/v2.0/" + c.project + "/datasource-connection" }

// documentedConnection is the part of an answer that the test looks at.
type documentedConnection struct {
	ID      string `json:"connection_id"`
	State   string
	Process float64
	Message string
	Service string
	URL     string `json:"connection_url"`
}

// sendSeedConnection sends the documented request and waits until the
// connection is created, or is not.
func sendSeedConnection(t *testing.T, c *caller) documentedConnection {
	t.Helper()
	body, err := os.ReadFile(seedConnection)
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.base+c.connections(), bytes.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("X-Auth-Token", c.token)
	created := do(t, c.http, r)
	require.Equal(t, http.StatusCreated, created.status, created.body)
	var conn documentedConnection
	require.NoError(t, json.Unmarshal([]byte(created.body), &conn))
	return c.settled(conn)
}

// forward lets a server answer at another address, too.
func forward(t *testing.T, at, to string) {
	t.Helper()
	listener, err := net.Listen("tcp", at)
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			in, err := listener.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				in.Close()
				continue
			}
			go pass(in, out)
			go pass(out, in)
		}
	}()
}

func pass(from, to net.Conn) {
	_, _ = io.Copy(to, from)
	_ = to.Close()
	_ = from.Close()
}
