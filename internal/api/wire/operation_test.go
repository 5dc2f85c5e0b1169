package wire

import (
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"
)

func TestTheTableHasWhatTheServerServes(t *testing.T) {
	t.Parallel()
	e := echo.New()
	newServer(Options{}).routes(e)
	served := map[string]bool{}
	for _, route := range e.Routes() {
		if route.Path != documentRoute { // which is about them
			served[route.Method+" "+route.Path] = true
		}
	}
	named, at := map[string]bool{}, map[string]bool{}
	for _, o := range operations {
		require.False(t, named[o.ID], "two operations are called %s", o.ID)
		named[o.ID], at[o.Method+" "+o.Route] = true, true
	}
	require.Equal(t, served, at)
}
