package handlers

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSorting(t *testing.T) {
	t.Parallel()
	sorts := []string{"name", "updated"}
	for name, c := range map[string]struct {
		address string
		sort    string
		desc    bool
	}{
		"by the first unless the address says so": {"", "name", false},
		"by a column, in either direction":        {"sort=updated&order=desc", "updated", true},
		"not by what is no column":                {"sort=secrets&order=up", "name", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, err := url.ParseQuery(c.address)
			require.NoError(t, err)
			sort, desc := sorting(v, sorts)
			require.Equal(t, c.sort, sort)
			require.Equal(t, c.desc, desc)
		})
	}
}
