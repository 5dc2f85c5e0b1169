package embedded_test

import (
	"testing"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
	"switchboard/internal/testserver"
)

var guest = api.Scope{Project: "33333333333333333333333333333333", Actor: api.Actor{UserID: "u3", User: "gus", Way: api.WayWire}}

// guestPlane is a control plane with a project of another account.
func guestPlane(t *testing.T, db *store.DB) apitest.Plane {
	t.Helper()
	p := plane(t, db, ring(t))
	exec(t, db, "INSERT INTO accounts (id, name, created_at) VALUES ('b', 'guest', 0)")
	exec(t, db, "INSERT INTO projects (id, account_id, name, created_at) VALUES (?, 'b', 'guest', 0)", guest.Project)
	p.Guest = guest
	return p
}

func TestTheEmbeddedWhitelistIsOne(t *testing.T) {
	t.Parallel()
	for _, open := range []struct {
		database string
		fresh    func(t *testing.T) string
	}{
		{"sqlite", func(t *testing.T) string { return t.TempDir() + "/switchboard.db" }},
		{"postgresql", func(t *testing.T) string { return testserver.PostgreSQL(t).FreshDatabase(t) }},
	} {
		t.Run(open.database, func(t *testing.T) {
			t.Parallel()
			apitest.Whitelist(t, func(t *testing.T) apitest.Plane {
				p := guestPlane(t, apitest.Open(t, open.fresh(t)))
				begin(t, p)
				return p
			})
		})
	}
}
