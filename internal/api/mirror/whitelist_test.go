package mirror_test

import (
	"context"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/store"
)

// guest is the project here that lives in one of another account there.
var guest = api.Scope{Project: strings.Repeat("3", 32), Actor: api.Actor{UserID: "u3", User: "gus", Way: api.WayWire}}

// guestTown is a town with it.
func guestTown(t testing.TB, db *store.DB) *here {
	t.Helper()
	h := town(t, db)
	w := h.there
	console := api.Actor{User: "root", Way: api.WayConsole, Role: api.RoleAdministrator}
	user, err := w.ids.CreateUser(t.Context(), console, identity.NewPerson{Name: "gus", Administrator: true}, api.NewSecret("correct horse battery"))
	require.NoError(t, err)
	key, err := w.ids.CreateKey(t.Context(), console, user, nil, "")
	require.NoError(t, err)
	remote := strings.Repeat("9", 32)
	exec(t, w.db, "INSERT INTO accounts (id, name, created_at) VALUES ('b', 'guests', 0)")
	exec(t, w.db, "INSERT INTO projects (id, account_id, name, region, created_at) VALUES (?, 'b', 'guests', ?, 0)", remote, regionName)
	exec(t, w.db, "UPDATE users SET account_id = 'b' WHERE id = ?", user.ID)
	exec(t, db, "INSERT INTO projects (id, account_id, name, created_at) VALUES (?, 'a', 'guest', 0)", guest.Project)
	d := w.draft(remote)
	d.Access, d.Secret = key.Access, key.Secret
	_, err = h.mirror.SetBackend(t.Context(), guest, d, api.Connect)
	require.NoError(t, err)
	h.Guest = guest
	h.Without = maps.Clone(h.Without)
	if h.Without == nil {
		h.Without = map[apitest.Ability]string{}
	}
	h.Without[apitest.AtOnce] = "it is made in the region, and read from there, first"
	h.Without[apitest.StopsAtOnce] = "a batch may be on its way to the region, and is then added"
	h.Without[apitest.TellsNetworks] = "the dialect does not tell the owner of a service the networks of others"
	return h
}

func exec(t testing.TB, db *store.DB, query string, args ...any) {
	t.Helper()
	require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}))
}

func TestAWhitelistInARegionIsOne(t *testing.T) {
	t.Parallel()
	eachSuite(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		apitest.Whitelist(t, func(t *testing.T) apitest.Plane { return guestTown(t, open(t)).Plane })
	})
}
