package probe_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
)

// webLink describes a link under test to a web service.
type webLink struct {
	connector string
	link
}

func (l webLink) with(pairs ...string) webLink { return webLink{l.connector, l.link.with(pairs...)} }

// check runs a check of the link. Secrets are entries of the link, too;
// whatever comes out of the check, it is none of them.
func (l webLink) check(t testing.TB, p *probe.Prober) api.Check {
	t.Helper()
	return l.checkIn(t.Context(), t, p)
}

func (l webLink) checkIn(ctx context.Context, t testing.TB, p *probe.Prober) api.Check {
	t.Helper()
	target := probe.Target{Connector: l.connector, Inputs: map[string]string{}, Secrets: map[string]api.Secret{}}
	for name, value := range l.link {
		switch name {
		case "password", "sk", "securityKey", "securityToken":
			target.Secrets["linkConfig."+name] = api.NewSecret(value)
		default:
			target.Inputs["linkConfig."+name] = value
		}
	}
	c := p.Check(ctx, target)
	text, err := json.Marshal(c)
	assert.NoError(t, err)
	for path, secret := range target.Secrets {
		if len(secret.Reveal()) > 5 { // shorter ones are parts of words
			assert.NotContains(t, string(text), secret.Reveal(), path)
		}
	}
	return c
}

// answers is a stand-in for a web service that gives everybody one answer.
func answers(t testing.TB, status int, body string) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return s
}

// overTLS serves with TLS, and a certificate of its own, on a loopback port.
func overTLS(t testing.TB, handler http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(handler)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// rootsOf is a pool with the certificate of a server.
func rootsOf(s *httptest.Server) *x509.CertPool {
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return roots
}

// The links of the systems that are asked through HTTP, which lead nowhere
// yet: lead sets where to. The port, or what holds it, is to blame for what is
// not a web server, and another input where TLS is chosen.
type webCase struct {
	name   string
	link   webLink
	lead   func(l webLink, address string) webLink // host:port
	host   string                                  // the inputs to blame
	port   string
	choice string
	how    string // plain, tls, either
}

func leadTo(input, before string) func(webLink, string) webLink {
	return func(l webLink, address string) webLink { return l.with(input, before+address) }
}

func leadOBS(l webLink, address string) webLink {
	host, port, _ := net.SplitHostPort(address)
	return l.with("server", host, "port", port)
}

func webCases() []webCase {
	oss := webLink{"obs-connector", link{
		"storageType": "OSS", "ossAuthType": "ACCESS_KEY", "accessKey": "AKANN", "securityKey": "canary-7yq",
	}}
	dis := webLink{"dis-connector", link{"region": "cn-north-4", "ak": "AKANN", "sk": "canary-7yq", "projectId": "0a1b2c"}}
	tsdb := webLink{"opentsdb-connector", link{"securityMode": "UNSAFE", "user": "ann", "ak": "AKANN", "sk": "canary-7yq", "projectId": "0a1b2c"}}
	search := webLink{"elasticsearch-connector", link{"linkType": "CSS", "safemode": "true", "user": "ann", "password": "canary-7yq"}}
	return []webCase{
		{"OBS", oss.with("storageType", "OBS"), leadOBS, "server", "port", "port", "either"},
		{"OSS over HTTP", oss, leadTo("ossEndpoint", "http://"), "ossEndpoint", "ossEndpoint", "ossEndpoint", "plain"},
		{"OSS over HTTPS", oss, leadTo("ossEndpoint", "https://"), "ossEndpoint", "ossEndpoint", "ossEndpoint", "tls"},
		{"DIS over HTTP", dis, leadTo("endpoint", "http://"), "endpoint", "endpoint", "endpoint", "plain"},
		{"DIS over HTTPS", dis, leadTo("endpoint", ""), "endpoint", "endpoint", "endpoint", "tls"},
		{"OpenTSDB", tsdb, leadTo("openTSDBQuorum", ""), "openTSDBQuorum", "openTSDBQuorum", "securityMode", "plain"},
		{"OpenTSDB in security mode", tsdb.with("securityMode", "SAFE"), leadTo("openTSDBQuorum", ""), "openTSDBQuorum", "openTSDBQuorum", "securityMode", "tls"},
		{"Elasticsearch", search.with("safemode", "false"), leadTo("host", ""), "host", "host", "host", "either"},
		{"Elasticsearch in security mode", search, leadTo("host", ""), "host", "host", "host", "either"},
	}
}

func (c webCase) meets() api.StepName {
	if c.how == "tls" {
		return api.StepTLS
	}
	return api.StepHandshake
}

func TestWebServicesThatAreSomethingElse(t *testing.T) {
	t.Parallel()
	for _, peer := range []struct {
		name    string
		serve   func(net.Conn)
		timeout time.Duration
		reason  string
		speaks  string
	}{
		{"stand-in for SSH", says("SSH-2.0-OpenSSH_9.2p1\r\n"), enough, "peer.other", "SSH"},
		{"stand-in for MySQL", says(packet(0, mysqlGreeting(can41, ""))), enough, "peer.other", "MySQL"},
		{"stand-in that says garbage", says(strings.Repeat("\xde\xad\xbe\xef", 99)), enough, "peer.garbled", ""},
		{"stand-in that is silent", says(""), little, "peer.silent", ""},
		{"stand-in that closes at once", func(net.Conn) {}, enough, "peer.closed", ""},
	} {
		for _, c := range webCases() {
			t.Run(peer.name+" meets "+c.name, func(t *testing.T) {
				t.Parallel()
				got := c.lead(c.link, standIn(t, peer.serve).String()).check(t, prober(probe.Options{Timeout: peer.timeout}))
				f := requireFailure(t, got, c.meets(), peer.reason, c.port)
				require.Equal(t, "HTTP", f.Message.Args["wanted"])
				if peer.speaks != "" {
					require.Equal(t, peer.speaks, f.Message.Args["peer"])
				}
				require.Empty(t, f.Detail, "what an unknown server says is not passed on")
				require.Less(t, got.Took, peer.timeout+5*time.Second)
			})
		}
	}
}

func TestAnotherWebServer(t *testing.T) {
	t.Parallel()
	plain := answers(t, http.StatusOK, "<html>canary-page</html>")
	secure := overTLS(t, plain.Config.Handler)
	p := prober(probe.Options{Roots: rootsOf(secure)})
	for _, c := range webCases() {
		t.Run("HTTP meets "+c.name, func(t *testing.T) {
			t.Parallel()
			got := c.lead(c.link, plain.Listener.Addr().String()).check(t, p)
			if c.how == "tls" {
				requireFailure(t, got, api.StepTLS, "peer.http_only", c.choice)
				return
			}
			f := requireFailure(t, got, api.StepHandshake, "web.unexpected", c.host)
			require.NotContains(t, f.Detail, "canary")
		})
		t.Run("HTTPS meets "+c.name, func(t *testing.T) {
			t.Parallel()
			got := c.lead(c.link, secure.Listener.Addr().String()).check(t, p)
			if c.how == "plain" {
				requireFailure(t, got, api.StepHandshake, "peer.https_only", c.choice)
				return
			}
			requireFailure(t, got, api.StepHandshake, "web.unexpected", c.host)
			require.Equal(t, api.Passed, find(t, got, api.StepTLS).Status)
		})
	}
}

func TestWebServicesThatCannotBeReached(t *testing.T) {
	t.Parallel()
	closed := closedPort(t)
	for _, c := range webCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := c.lead(c.link, closed)
			requireFailure(t, l.check(t, prober(probe.Options{})), api.StepConnect, "connect.refused", c.port)
			deny := prober(probe.Options{Policy: probe.Policy{Deny: rules(t, "127.0.0.0/8")}})
			requireFailure(t, l.check(t, deny), api.StepConnect, "connect.unreachable", c.host)
			nobody := prober(probe.Options{Resolver: &fakeResolver{}})
			requireFailure(t, c.lead(c.link, "web.example:80").check(t, nobody), api.StepResolve, "resolve.unknown", c.host)
		})
	}
}

func TestInputsOfWebServicesThatCannotBeUsedAreBlamed(t *testing.T) {
	t.Parallel()
	for _, c := range webCases() {
		l := c.lead(c.link, "127.0.0.1:1")
		for _, input := range []struct{ name, value string }{
			{"server", ""}, {"server", "a\x00b"}, {"port", "0"}, {"port", "http"},
			{"ossEndpoint", ""}, {"ossEndpoint", "ftp://oss"}, {"ossEndpoint", "http://ann@oss"}, {"ossEndpoint", "oss?a=b"}, {"ossEndpoint", "oss:99999"},
			{"endpoint", ""}, {"endpoint", "dis#a"}, {"endpoint", "https://"}, {"endpoint", "https://dis:port"},
			{"openTSDBQuorum", ""}, {"openTSDBQuorum", "tsdb"}, {"host", ""}, {"host", "es1"}, {"user", ""}, {"user", "a\nb"},
			{"accessKey", ""}, {"accessKey", "a\nb"}, {"securityKey", ""}, {"ak", ""}, {"sk", ""}, {"projectId", ""}, {"projectId", "a\x00b"},
		} {
			if _, has := l.link[input.name]; !has || c.link.connector == "opentsdb-connector" && input.name != "openTSDBQuorum" ||
				input.name == "user" && l.link["safemode"] != "true" || input.name == "server" && c.name != "OBS" {
				continue
			}
			t.Run(c.name+": "+input.name+" "+strconv.Quote(input.value), func(t *testing.T) {
				t.Parallel()
				p := prober(probe.Options{})
				requireFailure(t, l.with(input.name, input.value).check(t, p), api.StepResolve, "input", input.name)
				dialled, _ := p.Dialled()
				require.Zero(t, dialled)
			})
		}
	}
}

func TestCancelEndsAQuestionAtOnce(t *testing.T) {
	t.Parallel()
	for _, c := range webCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			addr := standIn(t, func(conn net.Conn) {
				_, _ = conn.Read(make([]byte, 1))
				cancel()
				says("")(conn)
			})
			got := c.lead(c.link, addr.String()).checkIn(ctx, t, prober(probe.Options{Timeout: time.Hour}))
			require.Equal(t, "check.cancelled", got.Failure().Message.Key)
		})
	}
}

func TestALinkThatNamesNoAddressIsFormOnly(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{})
	require.Equal(t, api.FormOnly, webLink{"http-connector", nil}.check(t, p).Status)
	dialled, _ := p.Dialled()
	require.Zero(t, dialled)
}
