package probe_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
)

// manager is a stand-in for the Manager of a cluster and its CAS server.
func manager(t *testing.T, page, cas int) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /web/", func(w http.ResponseWriter, r *http.Request) {
		if page == http.StatusFound {
			w.Header().Set("Location", "https://169.254.169.254/cas/login")
		}
		w.WriteHeader(page)
	})
	mux.HandleFunc("GET /cas/login", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(cas) })
	s := httptest.NewTLSServer(mux)
	s.Config.ErrorLog = nil
	t.Cleanup(s.Close)
	return s
}

func trusting(s *httptest.Server) probe.Options {
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return probe.Options{Roots: pool}
}

func TestManager(t *testing.T) {
	t.Parallel()
	t.Run("stand-in Manager answers, and says who was not checked", func(t *testing.T) {
		t.Parallel()
		s := manager(t, http.StatusFound, http.StatusOK)
		for _, c := range hadoopCases() {
			if c.step != api.StepTLS {
				continue
			}
			got := leadManager(c.link, s.Listener.Addr().String()).check(t, prober(trusting(s)))
			w := requireWarning(t, got, api.StepSignIn, "manager.not_signed_in", "user")
			require.Equal(t, "HTTP 200", w.Found, "of the CAS server")
			require.Equal(t, "HTTP 302", find(t, got, api.StepHandshake).Found, "where it leads is not followed")
			require.Equal(t, "TLS 1.3", find(t, got, api.StepTLS).Found)
		}
	})
	t.Run("without an account, what was not checked is the host's", func(t *testing.T) {
		t.Parallel()
		s := manager(t, http.StatusOK, http.StatusOK)
		got := leadManager(fiLink.with("authType", "SIMPLE", "user", ""), s.Listener.Addr().String()).check(t, prober(trusting(s)))
		requireWarning(t, got, api.StepSignIn, "manager.not_signed_in", "host")
	})
	t.Run("a certificate of an unknown authority is a warning", func(t *testing.T) {
		t.Parallel()
		s := manager(t, http.StatusOK, http.StatusOK)
		got := leadManager(fiLink, s.Listener.Addr().String()).check(t, prober(probe.Options{}))
		requireWarning(t, got, api.StepTLS, "tls.unknown_authority", "host")
	})
	t.Run("a certificate for another name is a warning (fake resolver)", func(t *testing.T) {
		t.Parallel()
		s := manager(t, http.StatusOK, http.StatusOK)
		options := trusting(s)
		options.Resolver = name("manager.example.org", "127.0.0.1")
		got := leadManager(fiLink, s.Listener.Addr().String()).with("host", "manager.example.org").check(t, prober(options))
		requireWarning(t, got, api.StepTLS, "tls.wrong_name", "host")
	})
	t.Run("a web server without the Manager's pages is a warning", func(t *testing.T) {
		t.Parallel()
		s := manager(t, http.StatusNotFound, http.StatusOK)
		got := leadManager(fiLink, s.Listener.Addr().String()).check(t, prober(trusting(s)))
		requireWarning(t, got, api.StepHandshake, "manager.no_page", "port")
	})
	t.Run("a Manager that is down behind its proxy", func(t *testing.T) {
		t.Parallel()
		s := manager(t, http.StatusBadGateway, http.StatusOK)
		got := leadManager(fiLink, s.Listener.Addr().String()).check(t, prober(trusting(s)))
		requireFailure(t, got, api.StepHandshake, "server.not_ready", "")
	})
	t.Run("what says nothing inside TLS", func(t *testing.T) {
		t.Parallel()
		cert := manager(t, http.StatusOK, http.StatusOK).TLS
		addr := standIn(t, func(conn net.Conn) { _, _ = io.Copy(io.Discard, tls.Server(conn, cert)) })
		got := leadManager(fiLink, addr.String()).check(t, prober(probe.Options{Timeout: little}))
		requireFailure(t, got, api.StepHandshake, "peer.silent", "port")
	})
}

func TestCASServerOfAManager(t *testing.T) {
	t.Parallel()
	s := manager(t, http.StatusOK, http.StatusNotFound)
	at := leadManager(fiLink, s.Listener.Addr().String())
	for _, c := range []struct {
		name, port, reason string
	}{
		{"a web server that is none", at.link["port"], "manager.no_cas"},
		{"a closed port", "1", "connect.refused"},
		{"stand-in for SSH", portOf(standIn(t, says("SSH-2.0-OpenSSH_9.2p1\r\n"))), "peer.other"},
		{"stand-in that hangs up", portOf(standIn(t, saysAndHangsUp(""))), "peer.closed"},
		{"no port", "", "input"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := requireFailure(t, at.with("casPort", c.port).check(t, prober(trusting(s))), api.StepSignIn, c.reason, "casPort")
			if c.port != "" {
				require.Equal(t, c.port, f.Message.Args["port"], "of the CAS server")
			}
		})
	}
}

func TestManagerOfMRSHasAFixedPort(t *testing.T) {
	t.Parallel()
	for _, connector := range []string{"hdfs-connector", "hbase-connector", "hive-connector", "kafka-connector"} {
		t.Run(connector, func(t *testing.T) {
			t.Parallel()
			l := hadoopLink{connector, link{"hadoopType": "MRS", "hbaseType": "MRS", "host": "127.0.0.1", "port": "1", "user": "ann", "password": "canary-7yq"}}
			c := l.check(t, prober(probe.Options{Policy: probe.Policy{Deny: loopbackOnly}}))
			f := requireFailure(t, c, api.StepConnect, "connect.unreachable", "host")
			require.Equal(t, "28443", f.Message.Args["port"])
		})
	}
	t.Run("Hive is of MRS unless it says otherwise", func(t *testing.T) {
		t.Parallel()
		c := hadoopLink{"hive-connector", link{"host": "127.0.0.1"}}.check(t, prober(probe.Options{Policy: probe.Policy{Deny: loopbackOnly}}))
		requireFailure(t, c, api.StepConnect, "connect.unreachable", "host")
	})
}

func portOf(a net.Addr) string {
	_, port, _ := net.SplitHostPort(a.String())
	return port
}
