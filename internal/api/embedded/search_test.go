package embedded_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

func TestTheEmbeddedControlPlaneFindsThings(t *testing.T) {
	t.Parallel()
	apitest.EachFresh(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		apitest.Search(t, func(t *testing.T) apitest.Plane {
			p := plane(t, open(t), ring(t))
			begin(t, p)
			return p
		})
	})
}

// asking notes the queries that are made.
type asking struct {
	sync.Mutex
	queries []string
}

func (a *asking) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

func (a *asking) AfterQuery(_ context.Context, event *bun.QueryEvent) {
	a.Lock()
	defer a.Unlock()
	if !strings.HasPrefix(event.Query, "EXPLAIN") {
		a.queries = append(a.queries, event.Query)
	}
}

// manyLinks makes n links by one statement: half of them failed.
func manyLinks(t *testing.T, db *store.DB, n int) {
	t.Helper()
	require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
			INSERT INTO links (id, project_id, cluster, name, connector, endpoint, enabled, inputs, sealed, secrets, extended,
				created_at, created_by, updated_at, updated_by, version, check_status, checked_at, check_json, state_since)
			SELECT 'id-' || i, ?, 'default', 'link-' || i, 'generic-jdbc-connector', 'db-' || i || '.example.com:3306', TRUE, '{}', '', '', '',
				i, 'ada', i, 'ada', 1, CASE WHEN i % 2 = 0 THEN 'failed' ELSE 'passed' END, i, '{"status":"failed"}', i FROM n`, n, mine.Project)
		return err
	}))
	if !db.Sole { // which does by itself within a minute
		_, err := db.Read.ExecContext(t.Context(), "ANALYZE")
		require.NoError(t, err)
	}
}

func TestASearchOf100000LinksReadsFewOfThem(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		manyLinks(t, db, 100_000)
		asked := new(asking)
		db.Read = db.Read.WithQueryHook(asked)
		for text, want := range map[string][]string{
			"link-99998": {"link-99998"},
			"LINK-9999":  {"link-9999", "link-99990", "link-99991"},
			"db-10000.":  {"link-10000"},
			"no such":    {},
		} {
			names := []string{}
			found, err := p.Service.Find(t.Context(), mine, text, 3)
			require.NoError(t, err)
			for _, f := range found {
				names = append(names, f.Name)
			}
			require.Equal(t, want, names, text)
		}
		_, err := p.Service.Attention(t.Context(), mine, 6)
		require.NoError(t, err)
		require.Greater(t, len(asked.queries), 20)
		for _, query := range asked.queries {
			requireBounded(t, db, query, api.MaxSearched+1000)
		}
	})
}

// requireBounded looks at how a query is answered: on PostgreSQL at the rows that
// are read, on SQLite at the plan, in which nothing is read but by an index and
// nothing sorted but the few that are left.
func requireBounded(t *testing.T, db *store.DB, query string, most float64) {
	t.Helper()
	if db.Sole {
		var plan []struct {
			ID, Parent int
			Unused     int `bun:"notused"`
			Detail     string
		}
		require.NoError(t, db.Read.NewRaw("EXPLAIN QUERY PLAN "+query).Scan(t.Context(), &plan), query)
		for _, line := range plan {
			require.NotRegexp(t, regexp.MustCompile(`^SCAN (links|connections|aliases|functions|permissions|backups|ramps|checkpoints|replication_runs)( |$)`), line.Detail, query)
		}
		return
	}
	var text string
	require.NoError(t, db.Read.NewRaw("EXPLAIN (ANALYZE, FORMAT JSON) "+query).Scan(t.Context(), &text), query)
	var plans []struct{ Plan planNode }
	require.NoError(t, json.Unmarshal([]byte(text), &plans))
	require.LessOrEqual(t, plans[0].Plan.read(), most, fmt.Sprint(query, "\n", text))
}

// planNode is a part of PostgreSQL's account of how it answered.
type planNode struct {
	Loops   float64 `json:"Actual Loops"`
	Rows    float64 `json:"Actual Rows"`
	Removed float64 `json:"Rows Removed by Filter"`
	Of      string  `json:"Relation Name"`
	Plans   []planNode
}

// read is how many rows of tables were read.
func (n *planNode) read() float64 {
	total := 0.0
	if n.Of != "" {
		total = n.Loops * (n.Rows + n.Removed)
	}
	for i := range n.Plans {
		total += n.Plans[i].read()
	}
	return total
}
