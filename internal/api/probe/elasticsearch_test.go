package probe_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
)

// fakeSearch is a stand-in for Elasticsearch: its answers to the two questions,
// and who may ask them; everybody if there is no password.
type fakeSearch struct {
	product, health string
	password        string
	forbid          string      // a path that nobody may ask for
	hangUp          bool        // after every answer
	asked           chan string // path and user of each question
}

const (
	elastic7   = `{"name":"n1","cluster_name":"c1","version":{"number":"7.10.2","build_flavor":"oss"},"tagline":"You Know, for Search"}`
	openSearch = `{"cluster_name":"c1","version":{"distribution":"opensearch","number":"2.11.0"},"tagline":"The OpenSearch Project: https://opensearch.org/"}`
	green      = `{"cluster_name":"c1","status":"green","number_of_nodes":3}`
)

func (f fakeSearch) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	user, password, signed := r.BasicAuth()
	if f.asked != nil {
		f.asked <- r.URL.Path + " " + user
	}
	if f.hangUp {
		w.Header().Set("Connection", "close")
	}
	switch {
	case f.password != "" && (!signed || user != "ann" || password != f.password):
		w.Header().Set("WWW-Authenticate", `Basic realm="security"`)
		w.WriteHeader(http.StatusUnauthorized)
	case r.URL.Path == f.forbid:
		w.WriteHeader(http.StatusForbidden)
	case r.URL.Path == "/":
		_, _ = io.WriteString(w, f.product)
	case r.URL.Path == "/_cluster/health":
		_, _ = io.WriteString(w, f.health)
	}
}

func TestElasticsearch(t *testing.T) {
	t.Parallel()
	start := func(t *testing.T, f fakeSearch) (webLink, *httptest.Server) {
		s := httptest.NewServer(f)
		t.Cleanup(s.Close)
		return webLink{"elasticsearch-connector", link{"linkType": "CSS", "host": s.Listener.Addr().String(), "safemode": "false"}}, s
	}
	safe := func(l webLink) webLink { return l.with("safemode", "true", "user", "ann", "password", "canary-7yq") }
	open := fakeSearch{product: elastic7, health: green}
	locked := fakeSearch{product: elastic7, health: green, password: "canary-7yq"}
	p := prober(probe.Options{})
	steps := []api.StepName{api.StepResolve, api.StepConnect, api.StepHandshake, api.StepVersion, api.StepCluster}

	t.Run("stand-in for Elasticsearch: a good link passes step by step", func(t *testing.T) {
		t.Parallel()
		for _, hangUp := range []bool{false, true} {
			l, s := start(t, fakeSearch{product: elastic7, health: green, hangUp: hangUp})
			c := l.check(t, p)
			requirePassed(t, c, steps...)
			require.Equal(t, s.URL, find(t, c, api.StepHandshake).Found)
			require.Equal(t, "Elasticsearch 7.10.2", find(t, c, api.StepVersion).Found)
			require.Equal(t, "green, 3", find(t, c, api.StepCluster).Found)
		}
	})
	t.Run("stand-in for OpenSearch", func(t *testing.T) {
		t.Parallel()
		l, _ := start(t, fakeSearch{product: openSearch, health: green})
		require.Equal(t, "OpenSearch 2.11.0", find(t, l.check(t, p), api.StepVersion).Found)
	})
	t.Run("of a list of servers one is enough", func(t *testing.T) {
		t.Parallel()
		l, s := start(t, open)
		closed := closedPort(t)
		c := l.with("host", closed+";"+s.Listener.Addr().String()).check(t, p)
		w := requireWarning(t, c, api.StepConnect, "connect.some", "host")
		require.Equal(t, closed, w.Message.Args["peer"])
	})
	t.Run("a cluster that is not well is a warning", func(t *testing.T) {
		t.Parallel()
		for status, reason := range map[string]string{"yellow": "search.yellow", "red": "search.red"} {
			l, _ := start(t, fakeSearch{product: elastic7, health: strings.Replace(green, "green", status, 1)})
			s := requireWarning(t, l.check(t, p), api.StepCluster, reason, "host")
			require.Equal(t, status+", 3", s.Found)
		}
	})
	t.Run("a cluster that does not tell how it is is a warning", func(t *testing.T) {
		t.Parallel()
		for _, f := range []fakeSearch{{product: elastic7, health: green, forbid: "/_cluster/health"}, {product: elastic7, health: "<html>"}} {
			l, _ := start(t, f)
			requireWarning(t, l.check(t, p), api.StepCluster, "search.no_health", "host")
		}
	})
	t.Run("a server that asks who is there is pinned to the security mode", func(t *testing.T) {
		t.Parallel()
		l, _ := start(t, locked)
		requireFailure(t, l.check(t, p), api.StepHandshake, "security.demanded", "safemode")
	})
	t.Run("security mode without encryption is a warning", func(t *testing.T) {
		t.Parallel()
		l, _ := start(t, locked)
		c := safe(l).check(t, p)
		requireWarning(t, c, api.StepSignIn, "sign_in.readable", "safemode")
		require.Equal(t, "green, 3", find(t, c, api.StepCluster).Found)
	})
	t.Run("wrong password is pinned to the password input", func(t *testing.T) {
		t.Parallel()
		l, _ := start(t, locked)
		requireFailure(t, safe(l).with("password", "wrong-canary").check(t, p), api.StepSignIn, "sign_in.wrong_password", "password")
		requireFailure(t, safe(l).with("user", "bob").check(t, p), api.StepSignIn, "sign_in.wrong_password", "password")
	})
	t.Run("a server that asks for no password is a warning", func(t *testing.T) {
		t.Parallel()
		l, _ := start(t, open)
		requireWarning(t, safe(l).check(t, p), api.StepSignIn, "sign_in.not_asked", "password")
	})
	t.Run("a user who may not ask for the version is a warning", func(t *testing.T) {
		t.Parallel()
		s := overTLS(t, fakeSearch{product: elastic7, health: green, password: "canary-7yq", forbid: "/"})
		l := safe(webLink{"elasticsearch-connector", link{"linkType": "CSS", "host": s.Listener.Addr().String()}})
		requireWarning(t, l.check(t, prober(probe.Options{Roots: rootsOf(s)})), api.StepVersion, "search.no_right", "user")
	})
	t.Run("the password goes to nobody who is not Elasticsearch and does not ask for it", func(t *testing.T) {
		t.Parallel()
		asked := make(chan string, 9)
		l, _ := start(t, fakeSearch{product: `{"hello":"world"}`, asked: asked})
		requireFailure(t, safe(l).check(t, p), api.StepHandshake, "web.unexpected", "host")
		require.Equal(t, "/ ", <-asked)
		require.Empty(t, asked)
	})
}

func TestElasticsearchWithTLS(t *testing.T) {
	t.Parallel()
	s := overTLS(t, fakeSearch{product: elastic7, health: green, password: "canary-7yq"})
	good := webLink{"elasticsearch-connector", link{
		"linkType": "ElasticSearch", "host": s.Listener.Addr().String(), "safemode": "true", "user": "ann", "password": "canary-7yq",
	}}
	p := prober(probe.Options{Roots: rootsOf(s)})

	t.Run("stand-in for Elasticsearch: that it speaks HTTPS is found out, and the password sent there only", func(t *testing.T) {
		t.Parallel()
		c := good.check(t, p)
		requirePassed(t, c, api.StepResolve, api.StepConnect, api.StepTLS, api.StepHandshake, api.StepSignIn, api.StepVersion, api.StepCluster)
		require.Equal(t, "TLS 1.3", find(t, c, api.StepTLS).Found)
		require.Equal(t, s.URL, find(t, c, api.StepHandshake).Found)
	})
	t.Run("a server that hangs up on plain HTTP, without a word", func(t *testing.T) {
		t.Parallel()
		requirePassed(t, good.with("host", standIn(t, onlyTLS(t, s)).String()).check(t, p),
			api.StepResolve, api.StepConnect, api.StepTLS, api.StepHandshake, api.StepSignIn, api.StepVersion, api.StepCluster)
	})
	t.Run("an unknown authority is a warning", func(t *testing.T) {
		t.Parallel()
		requireWarning(t, good.check(t, prober(probe.Options{})), api.StepTLS, "tls.unknown_authority", "host")
	})
	t.Run("a certificate for another name is a warning (fake resolver)", func(t *testing.T) {
		t.Parallel()
		p := prober(probe.Options{Roots: rootsOf(s), Resolver: name("search.test", "127.0.0.1")})
		l := good.with("host", strings.Replace(good.link["host"], "127.0.0.1", "search.test", 1))
		requireWarning(t, l.check(t, p), api.StepTLS, "tls.wrong_name", "host")
	})
	t.Run("a wrong password is found behind TLS, too", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, good.with("password", "wrong-canary").check(t, p), api.StepSignIn, "sign_in.wrong_password", "password")
	})
}

// onlyTLS passes what is TLS on to a server, and hangs up on everything else.
func onlyTLS(t testing.TB, to *httptest.Server) func(net.Conn) {
	return func(conn net.Conn) {
		first := make([]byte, 4096)
		n, err := conn.Read(first)
		if err != nil || first[0] != 0x16 {
			return
		}
		server, err := net.Dial("tcp", to.Listener.Addr().String())
		if !assert.NoError(t, err) {
			return
		}
		defer func() { _ = server.Close() }()
		_, _ = server.Write(first[:n])
		go func() { _, _ = io.Copy(server, conn) }()
		_, _ = io.Copy(conn, server)
	}
}
