package handlers

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRetentionDays(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]int{"": 0, "  ": 0, "90": 90, " 90 ": 90, "soon": -1, "-5": -5, "1e9": -1, "99999999999999999999": -1} {
		require.Equal(t, want, retentionDays(url.Values{"days": {typed}}), typed)
	}
}
