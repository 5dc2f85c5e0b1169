package probe_test

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

// hadoopLink describes a link of one of the Hadoop connectors under test.
type hadoopLink struct {
	connector string
	link
}

func (l hadoopLink) with(pairs ...string) hadoopLink {
	return hadoopLink{l.connector, l.link.with(pairs...)}
}

// check runs a check of the link. Whatever comes out, it is no secret.
func (l hadoopLink) check(t testing.TB, p *probe.Prober) api.Check {
	t.Helper()
	target := probe.Target{Connector: l.connector, Inputs: map[string]string{}, Secrets: map[string]api.Secret{}}
	for name, value := range l.link {
		if name == "password" || name == "keytab" {
			target.Secrets["linkConfig."+name] = api.NewSecret(value)
		} else {
			target.Inputs["linkConfig."+name] = value
		}
	}
	c := p.Check(t.Context(), target)
	text, err := json.Marshal(c)
	assert.NoError(t, err)
	for path, secret := range target.Secrets {
		if len(secret.Reveal()) > 5 { // shorter ones are parts of words
			assert.NotContains(t, string(text), secret.Reveal(), path)
		}
	}
	return c
}

// The links of the systems, which lead nowhere yet: lead sets where to.
type hadoopCase struct {
	name  string
	link  hadoopLink
	lead  func(hadoopLink, string) hadoopLink // host:port
	step  api.StepName                        // where it meets another kind of server
	path  string                              // of the host
	port  string                              // and of the port
	speak string                              // what the server ought to speak
}

func leadBy(name, before string) func(hadoopLink, string) hadoopLink {
	return func(l hadoopLink, address string) hadoopLink { return l.with(name, before+address) }
}

func leadManager(l hadoopLink, address string) hadoopLink {
	host, port, _ := net.SplitHostPort(address)
	return l.with("host", host, "port", port, "casPort", port)
}

var (
	hdfsLink  = hadoopLink{"hdfs-connector", link{"hadoopType": "Apache Hadoop", "uri": "hdfs://127.0.0.1:1"}}
	hbaseLink = hadoopLink{"hbase-connector", link{"hbaseType": "Apache Hadoop", "zookeeperQuorum": "127.0.0.1:1"}}
	hiveLink  = hadoopLink{"hive-connector", link{"hadoopType": "Apache Hadoop", "hiveMsUris": "thrift://127.0.0.1:1", "uri": "hdfs://hacluster"}}
	fiLink    = hadoopLink{"hdfs-connector", link{
		"hadoopType": "FusionInsight HD", "host": "127.0.0.1", "port": "1", "casPort": "1",
		"authType": "KERBEROS", "user": "ann", "password": "canary-7yq",
	}}
)

func hadoopCases() []hadoopCase {
	hbaseOf := func(kind string) hadoopLink {
		return hadoopLink{"hbase-connector", fiLink.with("hbaseType", kind).link}
	}
	return []hadoopCase{
		{"HDFS", hdfsLink, leadBy("uri", "hdfs://"), api.StepHandshake, "uri", "uri", "HDFS"},
		{"HDFS without a scheme", hdfsLink, leadBy("uri", ""), api.StepHandshake, "uri", "uri", "HDFS"},
		{"HBase", hbaseLink, leadBy("zookeeperQuorum", ""), api.StepHandshake, "zookeeperQuorum", "zookeeperQuorum", "ZooKeeper"},
		{"HBase by its NameNode", hbaseLink.with("zookeeperQuorum", ""), leadBy("uri", "hdfs://"), api.StepHandshake, "uri", "uri", "HDFS"},
		{"CloudTable", hbaseLink.with("hbaseType", "CloudTable"), leadBy("zookeeperQuorum", ""), api.StepHandshake, "zookeeperQuorum", "zookeeperQuorum", "ZooKeeper"},
		{"Hive", hiveLink, leadBy("hiveMsUris", "thrift://"), api.StepHandshake, "hiveMsUris", "hiveMsUris", "Hive Metastore"},
		{"HDFS of FusionInsight", fiLink, leadManager, api.StepTLS, "host", "port", "HTTPS"},
		{"HBase of FusionInsight", hbaseOf("FusionInsight HD"), leadManager, api.StepTLS, "host", "port", "HTTPS"},
		{"Hive of FusionInsight", hadoopLink{"hive-connector", fiLink.link}, leadManager, api.StepTLS, "host", "port", "HTTPS"},
	}
}

var loopbackOnly, _ = probe.ParseRules("127.0.0.0/8")

// nowhere is a resolver that knows no name.
func nowhere() *fakeResolver {
	return &fakeResolver{err: &net.DNSError{Err: "no such host", IsNotFound: true}}
}

func TestHadoopPeersOfAnotherKindAreNamed(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	for _, peer := range []struct {
		name    string
		addr    net.Addr
		timeout time.Duration
		reason  string
		speaks  any
	}{
		{"a real HTTP server", web.Listener.Addr(), 2 * little, "peer.other", "HTTP"},
		{"stand-in for SSH", standIn(t, says("SSH-2.0-OpenSSH_9.2p1\r\n")), enough, "peer.other", "SSH"},
		{"stand-in for Redis", standIn(t, says("-ERR unknown command\r\n")), enough, "peer.other", "Redis"},
		{"stand-in that says garbage", standIn(t, says(strings.Repeat("\xde\xad\xbe\xef", 99))), enough, "peer.garbled", nil},
		{"stand-in that says a frame without meaning", standIn(t, says("\x00\x00\x00\x04\xff\xff\xff\xff")), enough, "peer.garbled", nil},
	} {
		for _, c := range hadoopCases() {
			t.Run(peer.name+" meets "+c.name, func(t *testing.T) {
				t.Parallel()
				got := c.lead(c.link, peer.addr.String()).check(t, prober(probe.Options{Timeout: peer.timeout}))
				f := requireFailure(t, got, c.step, peer.reason, c.port)
				require.Equal(t, peer.speaks, f.Message.Args["peer"])
				require.Equal(t, c.speak, f.Message.Args["wanted"])
				require.Empty(t, f.Detail, "what an unknown server says is not passed on")
			})
		}
	}
}

func TestHadoopServersThatCannotBeReached(t *testing.T) {
	t.Parallel()
	silent, closing := standIn(t, says("")), standIn(t, saysAndHangsUp(""))
	closed := testserver.ClosedAddr(t)
	for _, c := range hadoopCases() {
		t.Run(c.name+", stand-in that says nothing", func(t *testing.T) {
			t.Parallel()
			got := c.lead(c.link, silent.String()).check(t, prober(probe.Options{Timeout: little}))
			requireFailure(t, got, c.step, "peer.silent", c.port)
			require.Less(t, got.Took, little+5*time.Second)
		})
		t.Run(c.name+", stand-in that hangs up", func(t *testing.T) {
			t.Parallel()
			reason := map[string]string{"ZooKeeper": "zookeeper.closed", "Hive Metastore": "hive.closed"}[c.speak]
			got := c.lead(c.link, closing.String()).check(t, prober(probe.Options{}))
			requireFailure(t, got, c.step, cmp.Or(reason, "peer.closed"), c.port)
		})
		t.Run(c.name+", closed port", func(t *testing.T) {
			t.Parallel()
			got := c.lead(c.link, closed.String()).check(t, prober(probe.Options{}))
			requireFailure(t, got, api.StepConnect, "connect.refused", c.port)
		})
		t.Run(c.name+", a name that does not resolve (fake resolver)", func(t *testing.T) {
			t.Parallel()
			got := c.lead(c.link, "hadoop.example:8020").check(t, prober(probe.Options{Resolver: nowhere()}))
			f := requireFailure(t, got, api.StepResolve, "resolve.unknown", c.path)
			require.Equal(t, "hadoop.example", f.Message.Args["host"])
		})
		t.Run(c.name+", refused by the policy", func(t *testing.T) {
			t.Parallel()
			p := prober(probe.Options{Policy: probe.Policy{Deny: loopbackOnly}})
			got := c.lead(c.link, silent.String()).check(t, p)
			f := requireFailure(t, got, api.StepConnect, "connect.unreachable", c.path)
			require.Empty(t, f.Detail)
		})
	}
}

func TestHadoopInputsThatCannotBeDialledAreBlamedAndNothingIsTried(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		link  hadoopLink
		input string
	}{
		{"no URI", hdfsLink.with("uri", ""), "uri"},
		{"a URI without a host", hdfsLink.with("uri", "hdfs://:8020"), "uri"},
		{"a URI with port 0", hdfsLink.with("uri", "hdfs://127.0.0.1:0"), "uri"},
		{"a control character in the URI", hdfsLink.with("uri", "hdfs://name\x00node"), "uri"},
		{"no port in the quorum", hbaseLink.with("zookeeperQuorum", "127.0.0.1"), "zookeeperQuorum"},
		{"an empty quorum", hbaseLink.with("zookeeperQuorum", " , "), "zookeeperQuorum"},
		{"no metastore", hiveLink.with("hiveMsUris", ""), "hiveMsUris"},
		{"one bad metastore of two", hiveLink.with("hiveMsUris", "thrift://127.0.0.1:1,thrift://:2"), "hiveMsUris"},
		{"a metastore without a NameNode", hiveLink.with("uri", ""), "uri"},
		{"no Manager", fiLink.with("host", ""), "host"},
		{"no port of the Manager", fiLink.with("port", ""), "port"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			requireFailure(t, c.link.check(t, prober(probe.Options{})), api.StepResolve, "input", c.input)
		})
	}
}

// pb is a protobuf message: numbers of fields, each followed by its value.
func pb(parts ...any) string {
	var b []byte
	for i := 0; i < len(parts); i += 2 {
		number := protowire.Number(parts[i].(int))
		switch value := parts[i+1].(type) {
		case int:
			b = protowire.AppendVarint(protowire.AppendTag(b, number, protowire.VarintType), uint64(value))
		case string:
			b = protowire.AppendString(protowire.AppendTag(b, number, protowire.BytesType), value)
		}
	}
	return string(b)
}

// frameOf puts messages, each after its length, into a frame.
func frameOf(messages ...string) string {
	var b []byte
	for _, m := range messages {
		b = protowire.AppendString(b, m)
	}
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(b)))) + string(b)
}

// readFrame reads a frame, or returns "" at the end.
func readFrame(conn net.Conn) string {
	head := make([]byte, 4)
	if _, err := io.ReadFull(conn, head); err != nil {
		return ""
	}
	body := make([]byte, binary.BigEndian.Uint32(head))
	_, _ = io.ReadFull(conn, body)
	return string(body)
}
