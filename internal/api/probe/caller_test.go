package probe_test

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/probe"
)

// get asks with a client for other callers than checks, and reads the answer.
func get(t testing.TB, client *http.Client, url string) (int, string, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	response, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

func TestHTTPClient(t *testing.T) {
	t.Parallel()
	closed := make(chan struct{}, 99)
	web := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/elsewhere":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/endless":
			for err := error(nil); err == nil; {
				_, err = io.WriteString(w, strings.Repeat("x", 1<<16))
			}
		case "/slow":
			_, _ = io.WriteString(w, "so far")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		default:
			_, _ = io.WriteString(w, "hello "+r.Proto)
		}
	}))
	web.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			closed <- struct{}{}
		}
	}
	web.Config.ErrorLog = log.New(io.Discard, "", 0)
	web.StartTLS()
	t.Cleanup(web.Close)
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	p := prober(probe.Options{Roots: roots})

	t.Run("asks, and leaves no connection behind", func(t *testing.T) {
		before, _ := p.Dialled()
		for range 2 {
			status, text, err := get(t, p.HTTPClient(0), web.URL)
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, status)
			require.Equal(t, "hello HTTP/1.1", text)
			<-closed
		}
		after, _ := p.Dialled()
		require.EqualValues(t, 2, after-before)
	})
	t.Run("follows no redirect", func(t *testing.T) {
		t.Parallel()
		status, _, err := get(t, p.HTTPClient(0), web.URL+"/elsewhere")
		require.NoError(t, err)
		require.Equal(t, http.StatusFound, status)
	})
	t.Run("stops to read an answer without end", func(t *testing.T) {
		t.Parallel()
		_, text, err := get(t, p.HTTPClient(0), web.URL+"/endless")
		require.ErrorContains(t, err, "more than")
		require.LessOrEqual(t, len(text), 1<<20)
	})
	t.Run("the time includes reading the answer", func(t *testing.T) {
		t.Parallel()
		_, text, err := get(t, p.HTTPClient(little), web.URL+"/slow")
		require.Equal(t, "so far", text)
		e, ok := errors.AsType[net.Error](err)
		require.True(t, ok && e.Timeout(), "%v", err)
	})
	t.Run("cancel ends a request at once", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+standIn(t, func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 1))
			cancel()
			says("")(conn)
		}).String(), nil)
		require.NoError(t, err)
		response, err := p.HTTPClient(time.Hour).Do(request)
		if err == nil {
			_ = response.Body.Close()
		}
		require.ErrorIs(t, err, context.Canceled)
	})
	t.Run("a certificate of an unknown authority is refused", func(t *testing.T) {
		t.Parallel()
		_, _, err := get(t, prober(probe.Options{}).HTTPClient(0), web.URL)
		_, ok := errors.AsType[x509.UnknownAuthorityError](err)
		require.True(t, ok, "%v", err)
	})
	t.Run("a certificate for another name is refused (fake resolver)", func(t *testing.T) {
		t.Parallel()
		p := prober(probe.Options{Roots: roots, Resolver: name("hooks.test", "127.0.0.1")})
		_, _, err := get(t, p.HTTPClient(0), strings.Replace(web.URL, "127.0.0.1", "hooks.test", 1))
		_, ok := errors.AsType[x509.HostnameError](err)
		require.True(t, ok, "%v", err)
	})
}

func TestHTTPClientReachesNothingThatChecksMayNot(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 9)
	web := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked <- struct{}{} }))
	t.Cleanup(web.Close)
	own := netip.MustParseAddrPort(web.Listener.Addr().String())
	for name, c := range map[string]struct {
		options probe.Options
		host    string
	}{
		"denied":             {probe.Options{Policy: probe.Policy{Deny: rules(t, "127.0.0.0/8")}}, "127.0.0.1"},
		"the console itself": {probe.Options{Own: []netip.AddrPort{own}}, "127.0.0.1"},
		"metadata service":   {probe.Options{}, "169.254.169.254"},
		"one bad address of several (fake resolver)": {
			probe.Options{Resolver: name("hooks.example", "127.0.0.1", "fd00:ec2::254")}, "hooks.example",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := prober(c.options)
			_, _, err := get(t, p.HTTPClient(0), strings.Replace(web.URL, "127.0.0.1", c.host, 1))
			require.ErrorIs(t, err, probe.ErrUnreachable)
			require.NotContains(t, err.Error(), "policy")
			require.Empty(t, asked)
			allowed, refused := p.Dialled()
			require.Zero(t, allowed)
			require.EqualValues(t, 1, refused)
		})
	}
}
