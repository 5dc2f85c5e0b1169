package apitest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// walkPages goes through a list page by page, and back again, and returns what
// it saw by name. No page has more than limit.
func walkPages[T any](t *testing.T, limit int, list func(cursor string) (api.Page[T], error), name func(*T) string) []string {
	t.Helper()
	var page api.Page[T]
	turn := func(cursor string) []string {
		var err error
		page, err = list(cursor)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Items), limit)
		names := make([]string, len(page.Items))
		for i := range page.Items {
			names[i] = name(&page.Items[i])
		}
		return names
	}
	back := turn("")
	forth := back
	for page.Next != "" {
		back = turn(page.Next)
		forth = append(forth, back...)
	}
	for page.Prev != "" {
		back = append(turn(page.Prev), back...)
	}
	require.Equal(t, forth, back)
	return forth
}
