package e2e

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// What expired, and what became active, is written down once, however many
// processes find it at the same instant, and although one of them is killed in
// the middle.
func TestReplicasExpireAndActivateOnce(t *testing.T) {
	t.Parallel()
	const services, connections = 60, 6
	url := testserver.PostgreSQL(t).FreshDatabase(t)
	first := prepare(t, onDatabase(url))
	first.launch(t)
	first.await(t)
	c := first.call(t)
	client := vpcepClient(t, first, first.key(t))
	for range services {
		c.addAll(offer(t, client), []map[string]any{
			{"permission": "iam:domain::a", "expires": time.Now().Add(time.Hour).Format(time.RFC3339)},
			{"permission": "iam:domain::b", "expires": time.Now().Add(time.Hour).Format(time.RFC3339)},
			{"permission": "iam:domain::stays"},
		})
	}
	first.stop(t)
	db := connect(t, url)
	execute(t, db, "UPDATE permissions SET expires_at = $1 WHERE permission <> 'iam:domain::stays'", time.Now().Add(-time.Minute).UnixMicro())

	replica := func() *program {
		p := prepare(t, onDatabase(url))
		p.dir = first.dir
		p.launch(t)
		return p
	}
	victim, other := replica(), replica()
	other.await(t)
	silent, alive := silence(t), testserver.ZooKeeper(t).Addr()
	c = other.call(t)
	for n := range connections {
		c.connecting(fmt.Sprintf("creating_%d", n), "CloudTable", alive+","+silent.listener.Addr().String())
	}
	eventually(t, "work of both kinds", func() (int, bool) {
		expired := number(t, db, "SELECT count(*) FROM audit WHERE action = 'expire'")
		return expired, expired > 0 && silent.holding() > 0
	})
	victim.kill(t)
	silent.hangUp()
	// Who was killed has two minutes to come back.
	eventually(t, "the survivor's work", func() (int, bool) {
		n := number(t, db, "SELECT count(*) FROM audit WHERE action = 'activate'")
		return n, n > 0
	})
	execute(t, db, "UPDATE connections SET activate_at = activate_at - $1 WHERE activate_at > 0", (3 * time.Minute).Microseconds())
	third := replica()
	third.await(t)
	eventually(t, "all connections to be created", func() (int, bool) {
		n := number(t, db, "SELECT count(*) FROM connections WHERE state = 'ACTIVE'")
		return n, n == connections
	})
	eventually(t, "all entries to expire", func() (int, bool) {
		n := number(t, db, "SELECT count(*) FROM permissions")
		return n, n == services
	})
	for _, p := range []*program{other, third} {
		p.stop(t)
		require.NotContains(t, p.output.String(), "level=ERROR")
	}
	require.Equal(t, map[string]int{"activate": connections, "expire": services}, recorded(t, db))
	require.Zero(t, number(t, db, "SELECT count(*) FROM endpoint_services WHERE entries <> 1"), "they are counted right")
}

// recorded counts the things that were done by themselves, by what was done;
// each was done once.
func recorded(t *testing.T, db *pgx.Conn) map[string]int {
	t.Helper()
	rows, err := db.Query(t.Context(), "SELECT action, object_id FROM audit WHERE action IN ('expire', 'activate', 'fail')")
	require.NoError(t, err)
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ Action, Object string }])
	require.NoError(t, err)
	done, times := map[string]int{}, map[string]int{}
	for _, row := range all {
		done[row.Action]++
		times[row.Object]++
	}
	require.Equal(t, 1, slices.Max(slices.Collect(maps.Values(times))), "%v", times)
	return done
}
