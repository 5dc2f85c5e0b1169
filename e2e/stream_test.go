package e2e

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// stream is a stream of server-sent events as it comes in.
type stream struct {
	t    *testing.T
	from *bufio.Reader
}

// listen opens the stream at a path. It ends with the visitor's patience.
func (v *visitor) listen(path string) *stream {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, v.base+path, nil)
	require.NoError(v.t, err)
	resp, err := v.http.Do(r)
	require.NoError(v.t, err)
	v.t.Cleanup(func() { _ = resp.Body.Close() })
	require.Equal(v.t, http.StatusOK, resp.StatusCode)
	require.Equal(v.t, "text/event-stream", resp.Header.Get("Content-Type"))
	return &stream{v.t, bufio.NewReader(resp.Body)}
}

// until reads up to the end of the line that has a text and returns what came.
func (s *stream) until(text string) string {
	s.t.Helper()
	var all strings.Builder
	for {
		line, err := s.from.ReadString('\n')
		all.WriteString(line)
		require.NoError(s.t, err, "waited in vain for %q in\n%s", text, &all)
		if strings.Contains(line, text) {
			return all.String()
		}
	}
}

// rest reads to the end of the stream.
func (s *stream) rest() string {
	s.t.Helper()
	text, err := io.ReadAll(s.from)
	require.NoError(s.t, err, "the stream was not ended by the server")
	return string(text)
}
