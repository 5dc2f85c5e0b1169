package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOnlyATrustedProxyIsBelieved(t *testing.T) {
	t.Parallel()
	trusted, err := parseProxies("10.0.0.0/8, 192.0.2.1")
	require.NoError(t, err)
	for _, c := range []struct {
		name, remote, forwarded, proto string
		wantAddr, wantProto            string
	}{
		{"a visitor who names himself otherwise", "198.51.100.7:1", "10.1.1.1", "https", "198.51.100.7:1", ""},
		{"a proxy's visitor", "10.0.0.9:1", "198.51.100.7", "https", "198.51.100.7:1", "https"},
		{"a proxy's visitor who names himself otherwise", "10.0.0.9:1", "203.0.113.1, 198.51.100.7", "https", "198.51.100.7:1", "https"},
		{"a visitor of two proxies", "10.0.0.9:1", "198.51.100.7, 192.0.2.1", "http", "198.51.100.7:1", "http"},
		{"a proxy that says nothing", "10.0.0.9:1", "", "https", "10.0.0.9:1", "https"},
		{"nonsense from a proxy", "10.0.0.9:1", "198.51.100.7, <script>", "https", "10.0.0.9:1", "https"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = c.remote
			r.Header.Set("X-Forwarded-For", c.forwarded)
			r.Header.Set("X-Forwarded-Proto", c.proto)
			trusted.behind(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				require.Equal(t, c.wantAddr, r.RemoteAddr)
				require.Equal(t, c.wantProto, r.Header.Get("X-Forwarded-Proto"))
			})).ServeHTTP(httptest.NewRecorder(), r)
		})
	}
	_, err = parseProxies("10.0.0.0/99")
	require.ErrorContains(t, err, "10.0.0.0/99")
}
