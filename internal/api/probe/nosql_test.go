package probe_test

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

// listLink describes a link under test whose servers are a list.
type listLink struct {
	connector string
	list      string // name of the input
	link
}

func (l listLink) with(pairs ...string) listLink {
	l.link = l.link.with(pairs...)
	return l
}

// at leads the link to servers, as host:port.
func (l listLink) at(addresses ...string) listLink {
	separator := map[bool]string{true: ",", false: ";"}[l.list == "brokerList"]
	return l.with(l.list, strings.Join(addresses, separator))
}

// check runs a check of the link. Whatever comes out, it is not the password.
func (l listLink) check(t testing.TB, p *probe.Prober) api.Check {
	t.Helper()
	inputs := map[string]string{}
	for name, value := range l.link {
		inputs["linkConfig."+name] = value
	}
	password := l.link["password"]
	delete(inputs, "linkConfig.password")
	c := p.Check(t.Context(), probe.Target{
		Connector: l.connector, Inputs: inputs, Secrets: map[string]api.Secret{"linkConfig.password": api.NewSecret(password)},
	})
	text, err := json.Marshal(c)
	assert.NoError(t, err)
	if len(password) > 5 { // shorter ones are parts of words
		assert.NotContains(t, string(text), password)
	}
	return c
}

// The links lead nowhere yet.
var (
	redisLink = listLink{"redis-connector", "serverlist", link{
		"deploymentMode": "Single", "serverlist": "127.0.0.1:1", "dbIndex": "0", "password": "canary-7yq",
	}}
	mongoLink = listLink{"mongodb-connector", "serverList", link{
		"serverList": "127.0.0.1:1", "database": "orders", "userName": "ann", "password": "canary-7yq",
	}}
	kafkaLink = listLink{"kafka-connector", "brokerList", link{"brokerList": "127.0.0.1:1"}}
	dmsLink   = listLink{"dms-kafka-connector", "brokerList", link{
		"kafkaType": "Platinum", "brokerList": "127.0.0.1:1", "isPlatinumInstance": "false",
	}}
	dmsSecureLink = dmsLink.with("isPlatinumInstance", "true", "user", "ann", "password", "canary-7yq")
)

// listCases are the systems behind lists of servers that meet a stranger
// without TLS, at the handshake.
var listCases = []struct {
	name string
	link listLink
}{
	{"Redis", redisLink},
	{"Redis (cluster)", redisLink.with("deploymentMode", "Cluster")},
	{"MongoDB", mongoLink},
	{"Kafka", kafkaLink},
	{"Kafka (DMS)", dmsLink},
}

// closedPort is an address where nobody listens.
func closedPort(t testing.TB) string {
	t.Helper()
	return testserver.ClosedAddr(t).String()
}

func TestListsOfServersThatMeetAnotherKind(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	for _, peer := range []struct {
		name    string
		addr    net.Addr
		timeout time.Duration
		reason  string
		speaks  string
	}{
		{"a real HTTP server", web.Listener.Addr(), 2 * little, "peer.other", "HTTP"},
		{"stand-in for SSH", standIn(t, says("SSH-2.0-OpenSSH_9.2p1\r\n")), enough, "peer.other", "SSH"},
		{"stand-in for MySQL", standIn(t, says(packet(0, mysqlGreeting(can41, "mysql_native_password")))), enough, "peer.other", "MySQL"},
		{"stand-in that says garbage", standIn(t, says(strings.Repeat("\xde\xad\xbe\xef", 99))), enough, "peer.garbled", ""},
		{"stand-in that says garbage in lines", standIn(t, says(strings.Repeat("hello\r\n", 99))), enough, "peer.garbled", ""},
		{"stand-in that is silent", standIn(t, says("")), little, "peer.silent", ""},
	} {
		for _, c := range listCases {
			t.Run(peer.name+" meets "+c.name, func(t *testing.T) {
				t.Parallel()
				got := c.link.at(peer.addr.String()).check(t, prober(probe.Options{Timeout: peer.timeout}))
				f := requireFailure(t, got, api.StepHandshake, peer.reason, c.link.list)
				if peer.speaks != "" {
					require.Equal(t, peer.speaks, f.Message.Args["peer"])
				}
				require.Contains(t, c.name, f.Message.Args["wanted"])
				require.Less(t, got.Took, peer.timeout+5*time.Second)
			})
		}
	}
}

func TestListsOfServersThatHangUpAtOnce(t *testing.T) {
	t.Parallel()
	closing := standIn(t, func(conn net.Conn) { _, _ = conn.Read(make([]byte, 512)) })
	for _, c := range listCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			reason := "peer.closed"
			if c.link.list == "brokerList" {
				reason = "kafka.closed"
			}
			requireFailure(t, c.link.at(closing.String()).check(t, prober(probe.Options{})), api.StepHandshake, reason, c.link.list)
		})
	}
}

func TestListsOfServersThatCannotBeReached(t *testing.T) {
	t.Parallel()
	silent := standIn(t, says(""))
	links := append(listCases, struct {
		name string
		link listLink
	}{"Kafka (DMS, SASL_SSL)", dmsSecureLink})
	for _, c := range links {
		t.Run(c.name+" at a closed port", func(t *testing.T) {
			t.Parallel()
			got := c.link.at(closedPort(t)).check(t, prober(probe.Options{}))
			requireFailure(t, got, api.StepConnect, "connect.refused", c.link.list)
		})
		t.Run(c.name+" at two closed ports", func(t *testing.T) {
			t.Parallel()
			got := c.link.at(closedPort(t), closedPort(t)).check(t, prober(probe.Options{}))
			requireFailure(t, got, api.StepConnect, "connect.refused", c.link.list)
		})
		t.Run(c.name+" by a name that does not exist (fake resolver)", func(t *testing.T) {
			t.Parallel()
			p := prober(probe.Options{Resolver: &fakeResolver{err: &net.DNSError{Err: "no such host", IsNotFound: true}}})
			requireFailure(t, c.link.at("db.example:1").check(t, p), api.StepResolve, "resolve.unknown", c.link.list)
		})
		t.Run(c.name+" refused by the policy", func(t *testing.T) {
			t.Parallel()
			p := prober(probe.Options{Own: []netip.AddrPort{netip.MustParseAddrPort(silent.String())}})
			f := requireFailure(t, c.link.at(silent.String()).check(t, p), api.StepConnect, "connect.unreachable", c.link.list)
			require.Empty(t, f.Detail)
		})
		t.Run(c.name+" at a metadata service", func(t *testing.T) {
			t.Parallel()
			got := c.link.at("169.254.169.254:80").check(t, prober(probe.Options{}))
			requireFailure(t, got, api.StepConnect, "connect.unreachable", c.link.list)
		})
	}
}

func TestListsThatCannotBeReadAreBlamedAndNothingIsTried(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		link  listLink
		input string
		value string
	}{
		{redisLink, "serverlist", ""}, {redisLink, "serverlist", "db.example"}, {redisLink, "serverlist", "a:1;b:0"},
		{redisLink, "dbIndex", ""}, {redisLink, "dbIndex", "-1"}, {redisLink, "dbIndex", "one"},
		{mongoLink, "serverList", "db.example:http"}, {mongoLink, "userName", ""}, {mongoLink, "userName", "ann\x00"},
		{mongoLink, "database", ""}, {mongoLink, "database", "a\nb"},
		{kafkaLink, "brokerList", ""}, {kafkaLink, "brokerList", "b\x00:9092"},
		{kafkaLink, "properties", "{"}, {kafkaLink, "properties", `{"security.protocol":"file:///etc/passwd"}`},
		{kafkaLink, "properties", `{"sasl.mechanism":"a\nb"}`},
		{dmsLink, "brokerList", ";"},
		{listLink{"dms-kafka-connector", "endpoint", link{"kafkaType": "Basic"}}, "endpoint", "dms.example"},
	} {
		t.Run(c.link.connector+" "+c.input+" "+c.value, func(t *testing.T) {
			t.Parallel()
			requireFailure(t, c.link.with(c.input, c.value).check(t, prober(probe.Options{})), api.StepResolve, "input", c.input)
		})
	}
}
