package embedded_test

import (
	"testing"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
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
	apitest.EachFresh(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		apitest.Whitelist(t, func(t *testing.T) apitest.Plane {
			p := guestPlane(t, open(t))
			begin(t, p)
			return p
		})
	})
}
