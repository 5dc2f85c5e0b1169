package e2e

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// Each step of a ramp is taken once and in its turn, however many processes find
// it due at the same instant, and although one of them is killed in the middle.
func TestReplicasTakeEachStepOfARampOnce(t *testing.T) {
	t.Parallel()
	const ramps = 6
	url := testserver.PostgreSQL(t).FreshDatabase(t)
	victim := prepare(t, onDatabase(url))
	victim.launch(t)
	victim.await(t)
	replica := func() *program {
		p := prepare(t, onDatabase(url))
		p.dir = victim.dir
		p.launch(t)
		p.await(t)
		return p
	}
	survivor := replica()
	c := victim.call(t)
	callers := []*caller{c, survivor.call(t)}
	urn := publishedFunction(t, functionGraph(t, victim, victim.key(t)), "v1", "v2", "v3", "v4", "v5", "v6", "v7")

	steps := []int{1, 2, 5, 10, 20, 35, 50, 75, 90, 100}
	var plan []map[string]any
	for _, percent := range steps {
		plan = append(plan, map[string]any{"percent": percent, "hold": "1s"})
	}
	for n := range ramps {
		name := fmt.Sprintf("a%d", n)
		c.ask(http.MethodPost, c.functions(urn+"/aliases"), http.StatusOK, map[string]any{"name": name, "version": fmt.Sprintf("v%d", n+1)}, nil)
		callers[n%2].ask(http.MethodPost, c.ownFunctions(urn+"/aliases/"+name+"/ramps"), http.StatusCreated, map[string]any{
			"additional": "v7", "steps": plan,
		}, nil)
	}
	db := connect(t, url)
	taken := func() int {
		return number(t, db, "SELECT count(*) FROM audit WHERE kind = 'alias' AND action = 'ramp_next'")
	}
	eventually(t, "steps of all ramps", func() (int, bool) { return taken(), taken() >= 2*ramps })
	victim.kill(t)
	killed := time.Now().UnixMicro()
	eventually(t, "what the victim would have gone on with to be due", func() (int, bool) {
		n := number(t, db, "SELECT count(*) FROM ramps WHERE since < $1 AND next_at > $2", killed, time.Now().UnixMicro())
		return n, n == 0
	})
	third := replica() // looks at once, and not at the next tick
	eventually(t, "the others to go on to the end", func() (int, bool) { return taken(), taken() >= ramps*(len(steps)-1) })
	for _, p := range []*program{survivor, third} {
		p.stop(t)
		require.NotContains(t, p.output.String(), "level=ERROR")
	}
	for n := range ramps {
		require.Equal(t, steps, ledTo(t, db, fmt.Sprintf("a%d", n)), "alias a%d", n)
	}
	require.Equal(t, ramps, number(t, db, "SELECT count(*) FROM ramps WHERE state = 'running' AND next_at = 0 AND step = $1", len(steps)-1))
}

// ownFunctions is the path of what only Switchboard has of functions.
func (c *caller) ownFunctions(rest string) string {
	return "/switchboard/v1/projects/" + c.project + "/functions/" + rest
}

// ledTo are the weights that the history of an alias tells of, the oldest first.
func ledTo(t *testing.T, db *pgx.Conn, alias string) []int {
	t.Helper()
	rows, err := db.Query(t.Context(), `SELECT (after::json -> 'additional_version_weights' ->> 'v7')::int FROM audit
		WHERE kind = 'alias' AND object_name = $1 AND action <> 'create' ORDER BY id`, alias)
	require.NoError(t, err)
	weights, err := pgx.CollectRows(rows, pgx.RowTo[int])
	require.NoError(t, err)
	return weights
}
