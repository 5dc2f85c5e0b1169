package packed

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhoTakesGzip(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"": false, "gzip": true, "br, GZIP": true, "gzip;q=0": false, "gzip; q=0.0": false, "gzip;q=0.5, *;q=0": true, "gzip;q=x": true, "x-gzip, br": false,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Encoding", header)
		require.Equal(t, want, Wanted(r), header)
	}
}
