package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// Two processes that start at the same instant on an empty database share
// everything: schema, keys, users, sessions, links.
func TestReplicasShareOneDatabase(t *testing.T) {
	t.Parallel()
	database := onDatabase(testserver.PostgreSQL(t).FreshDatabase(t))
	one := prepare(t, database, checkingForm)
	two := prepare(t, database, checkingForm)
	two.dir = one.dir // the key that secrets are encrypted with is theirs together
	one.launch(t)
	two.launch(t)
	for _, p := range []*program{one, two} {
		p.await(t)
		t.Cleanup(func() { p.stop(t) })
	}

	here := one.enter(t)
	there := *here // cookies are for a host, whatever the port
	there.base = two.URL
	home := here.get("/").location
	require.NotEmpty(t, home)
	require.Equal(t, http.StatusOK, there.get(home).status, "a session of one opens the other")

	one.call(t).create("shared_link", somewhere(nil))
	require.Contains(t, there.get(home+"/links").body, "shared_link")

	require.Equal(t, http.StatusOK, here.get(home).status)
	stolen := here.cookies()
	require.Equal(t, http.StatusSeeOther, there.post("/sign-out", nil).status)
	here.restore(stolen)
	require.Contains(t, here.get(home).location, "/sign-in", "signing out at one counts at the other")
}
