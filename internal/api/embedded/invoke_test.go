package embedded_test

import (
	"testing"

	"switchboard/internal/api/apitest"
	"switchboard/internal/testserver"
)

func TestTheEmbeddedControlPlaneCallsFunctions(t *testing.T) {
	t.Parallel()
	for database, fresh := range map[string]func(t *testing.T) string{
		"sqlite":     func(t *testing.T) string { return t.TempDir() + "/switchboard.db" },
		"postgresql": func(t *testing.T) string { return testserver.PostgreSQL(t).FreshDatabase(t) },
	} {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			apitest.Invocations(t, func(t *testing.T) apitest.Plane {
				return plane(t, apitest.Open(t, fresh(t)), ring(t))
			})
		})
	}
}
