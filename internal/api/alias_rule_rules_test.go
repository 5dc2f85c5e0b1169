package api_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
)

// The headers that rules may not name are those that a server of ours does not
// see, and no others of those that are about the connection.
func TestWhichHeadersAServerNeverSees(t *testing.T) {
	t.Parallel()
	for name, sent := range map[string]struct {
		text   string
		unseen []string
	}{
		"with a length": {"Content-Length: 2\r\n\r\nab", []string{"Host"}},
		"in chunks":     {"Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nab\r\n0\r\nX-Sum: 1\r\n\r\n", []string{"Host", "Transfer-Encoding", "Trailer"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := make(chan http.Header, 1)
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				seen <- r.Header
			}))
			t.Cleanup(server.Close)
			text := "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTe: trailers\r\nUpgrade: b\r\nKeep-Alive: c\r\nExpect: 100-continue\r\n" + sent.text
			c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
			require.NoError(t, err)
			t.Cleanup(func() { _ = c.Close() })
			_, err = io.WriteString(c, text)
			require.NoError(t, err)
			_, err = http.ReadResponse(bufio.NewReader(c), nil)
			require.NoError(t, err)
			h := <-seen
			for _, name := range sent.unseen {
				require.Empty(t, h[name])
				require.True(t, api.UnseenHeader(name), name)
			}
			for name := range h {
				require.False(t, api.UnseenHeader(name), name)
			}
			for _, name := range []string{"Connection", "Te", "Upgrade", "Keep-Alive", "Expect"} {
				require.NotEmpty(t, h[name], name)
			}
		})
	}
	require.True(t, api.UnseenHeader("hOST"), "in any case")
}

// What no server sees is not tried either: the bench would promise a match.
func TestTrialsLeaveOutWhatNoServerSees(t *testing.T) {
	t.Parallel()
	h, err := api.ReadTrial("Host: a\nTransfer-Encoding: chunked\ntrailer: X-Sum\nX-Host: a")
	require.NoError(t, err)
	require.Equal(t, http.Header{"X-Host": {"a"}}, h)
}

func TestAnAliasThatIsMadeAgainDrawsAsBefore(t *testing.T) {
	t.Parallel()
	require.Equal(t, "default:orders!prod", api.AliasSalt("default", "orders", "prod"))
	draws := func(alias string) (all []int) {
		route := routing.Route{Main: "v1", Additional: "v2", Salt: api.AliasSalt("default", "orders", alias), Sticky: routing.Source{Type: "header", Param: "X-User"}}
		for _, user := range []string{"ada", "bob", "eve"} {
			all = append(all, routing.Decide(&route, &routing.Request{Header: http.Header{"X-User": {user}}}).Draw)
		}
		return all
	}
	require.Equal(t, []int{35, 91, 12}, draws("prod"), "for ever")
	require.NotEqual(t, draws("prod"), draws("test"))
}
