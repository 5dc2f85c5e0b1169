package embedded_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
	"switchboard/internal/testserver"
)

func TestTheEmbeddedControlPlaneHasAliasesAndRamps(t *testing.T) {
	t.Parallel()
	apitest.EachFresh(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		apitest.Aliases(t, func(t *testing.T) apitest.Plane {
			return plane(t, open(t), ring(t))
		})
		apitest.Ramps(t, func(t *testing.T) apitest.Plane {
			p := plane(t, open(t), ring(t))
			begin(t, p)
			return p
		})
	})
}

// pointed makes n functions, without asking the service, and of the first one
// an alias that leads to latest, and with a weight to v1.
func pointed(t *testing.T, db *store.DB, n int) (apitest.Plane, api.Alias) {
	t.Helper()
	p := plane(t, db, ring(t))
	manyFunctions(t, db, n)
	alias, err := p.Service.CreateAlias(t.Context(), mine, "f1", api.AliasDraft{
		Name: "prod", Version: api.LatestVersion, Weights: []api.WeightDraft{{Version: "v1", Weight: "5"}},
	})
	require.NoError(t, err)
	return p, alias
}

// newAlias is a statement that writes an alias of a function that obeys every
// rule, but for what change changes.
func newAlias(change map[string]string) string {
	values := map[string]string{
		"id": "'x'", "project_id": "'" + mine.Project + "'", "function_id": "'f2'", "package": "'default'", "function_name": "'function_2'",
		"slot": "1", "name": "'prod'", "search": "''", "description": "''", "main": "'latest'", "additional": "'v1'", "weight": "5",
		"rules": "NULL", "combine": "''", "sticky": "''", "created_at": "0", "created_by": "''", "updated_at": "0", "updated_by": "''", "version": "1",
	}
	for column, value := range change {
		values[column] = value
	}
	var columns, texts []string
	for column, value := range values {
		columns, texts = append(columns, column), append(texts, value)
	}
	return "INSERT INTO aliases (" + strings.Join(columns, ", ") + ") VALUES (" + strings.Join(texts, ", ") + ")"
}

// run runs a statement behind the service's back.
func run(t *testing.T, db *store.DB, statement string) error {
	t.Helper()
	return db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, statement)
		return err
	})
}

func TestTheDatabaseKeepsTheRulesOfAliasesWhoeverWrites(t *testing.T) {
	t.Parallel()
	rule := `{"rule_type":"header","param":"x","op":"=","value":"\"rule_type\":"}`
	rules := func(n int) string { return "'[" + strings.Repeat(rule+",", n-1) + rule + "]'" }
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		_, alias := pointed(t, db, 2)
		for name, change := range map[string]map[string]string{
			"an eleventh alias":                 {"slot": "11"},
			"no slot":                           {"slot": "0"},
			"a slot twice":                      {"function_id": "'f1'", "main": "'v1'", "additional": "NULL", "weight": "NULL"},
			"a name twice":                      {"function_id": "'f1'", "slot": "2", "main": "'v1'", "additional": "NULL", "weight": "NULL"},
			"a main version twice":              {"function_id": "'f1'", "slot": "2", "name": "'b'"},
			"no name":                           {"name": "''"},
			"a long name":                       {"name": "'" + strings.Repeat("a", 65) + "'"},
			"a long description":                {"description": "'" + strings.Repeat("述", 513) + "'"},
			"no function":                       {"function_id": "'nope'"},
			"no main version":                   {"main": "'v9'"},
			"nothing as main version":           {"main": "NULL"},
			"no additional version":             {"additional": "'v9'"},
			"main as additional version":        {"main": "'v1'"},
			"latest as additional version":      {"main": "'v1'", "additional": "'latest'"},
			"weight 101":                        {"weight": "101"},
			"weight -1":                         {"weight": "-1"},
			"a weight that is a word":           {"weight": "'many'"},
			"a weight of nothing":               {"additional": "NULL"},
			"rules of nothing":                  {"additional": "NULL", "weight": "NULL", "rules": rules(1)},
			"neither weight nor rules":          {"weight": "NULL"},
			"weight and rules":                  {"rules": rules(1)},
			"no rules":                          {"weight": "NULL", "rules": "'[]'"},
			"rules that are none":               {"weight": "NULL", "rules": "'[{}]'"},
			"rules as an object":                {"weight": "NULL", "rules": "'" + rule + "'"},
			"21 rules":                          {"weight": "NULL", "rules": rules(21)},
			"an additional version with a null": {"weight": "NULL", "rules": "'null'"},
		} {
			require.Error(t, run(t, db, newAlias(change)), name)
		}
		require.Error(t, run(t, db, "DELETE FROM function_versions WHERE function_id = 'f1' AND name = 'v1'"), "an additional version")
		require.Error(t, run(t, db, "DELETE FROM function_versions WHERE function_id = 'f1' AND name = 'latest'"), "a main version")
		require.Error(t, run(t, db, "DELETE FROM functions WHERE id = 'f1'"))
		require.NoError(t, run(t, db, newAlias(nil)))
		require.NoError(t, run(t, db, newAlias(map[string]string{
			"id": "'y'", "slot": "10", "name": "'rules'", "main": "'v1'", "additional": "NULL", "weight": "NULL",
		})))
		require.NoError(t, run(t, db, "UPDATE aliases SET weight = NULL, rules = "+rules(20)+" WHERE id = 'x'"))
		require.Equal(t, 3, count(t, db, "aliases", "1 = 1"))
		require.NotEmpty(t, alias.ID)
	})
}

func TestSQLiteKeepsWholeNumbersOfAliases(t *testing.T) {
	t.Parallel()
	db := apitest.Open(t, t.TempDir()+"/switchboard.db")
	pointed(t, db, 2)
	require.Error(t, run(t, db, newAlias(map[string]string{"weight": "12.5"})))
	require.Error(t, run(t, db, newAlias(map[string]string{"slot": "1.5"})))
}

func TestTheDatabaseKeepsTheRulesOfRampsWhoeverWrites(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		_, alias := pointed(t, db, 1)
		ramp := func(id, state string, next, ended int) string {
			return fmt.Sprintf(`INSERT INTO ramps (id, project_id, alias_id, main, additional, steps, promote, state, step, since, next_at, actor,
				started_at, started_by, ended_at, ended_by, message)
				VALUES ('%s', '%s', '%s', 'latest', 'v1', '[]', FALSE, '%s', 0, 0, %d, '{}', 0, '', %d, '', '')`,
				id, mine.Project, alias.ID, state, next, ended)
		}
		require.Error(t, run(t, db, ramp("a", "aborted", 0, 0)), "one that has ended without an end")
		require.Error(t, run(t, db, ramp("a", "running", 0, 1)), "one that runs after its end")
		require.Error(t, run(t, db, ramp("a", "paused", 1, 0)), "one that pauses and goes on")
		require.NoError(t, run(t, db, ramp("a", "promoted", 0, 1)))
		require.NoError(t, run(t, db, ramp("b", "running", 1, 0)))
		require.Error(t, run(t, db, ramp("c", "paused", 0, 0)), "a second one under way")
	})
}

func TestWhatSomebodyTookMeanwhileIsRefusedInTheWordsOfTheRule(t *testing.T) {
	t.Parallel()
	url := testserver.PostgreSQL(t).FreshDatabase(t)
	db, elsewhere := apitest.Open(t, url), apitest.Open(t, url)
	p := plane(t, db, ring(t))
	manyFunctions(t, db, 4)
	for name, c := range map[string]struct {
		change map[string]string
		draft  api.AliasDraft
		want   string
	}{
		"the name": {
			map[string]string{"main": "'v1'", "additional": "NULL", "weight": "NULL", "slot": "7"},
			api.AliasDraft{Name: "prod", Version: api.LatestVersion}, "alias.name_taken",
		},
		"the main version": {map[string]string{"name": "'b'", "slot": "7"}, api.AliasDraft{Name: "prod", Version: api.LatestVersion}, "alias.version_used"},
		"the slot": {
			map[string]string{"name": "'b'", "main": "'v1'", "additional": "NULL", "weight": "NULL"},
			api.AliasDraft{Name: "prod", Version: api.LatestVersion}, "",
		},
	} {
		function := map[string]string{"the name": "f2", "the main version": "f3", "the slot": "f4"}[name]
		c.change["function_id"], c.change["id"] = "'"+function+"'", "'"+function+"'"
		written, refused := make(chan struct{}), make(chan error, 1)
		err := elsewhere.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			if _, err := tx.ExecContext(ctx, newAlias(c.change)); err != nil {
				return err
			}
			go func() {
				close(written)
				_, err := p.Service.CreateAlias(t.Context(), mine, function, c.draft)
				refused <- err
			}()
			<-written
			// It waits for this transaction, because only this can say whether the key is taken.
			require.Eventually(t, func() bool { return count(t, db, "pg_locks", "NOT granted") > 0 }, waitLong, waitStep)
			return nil
		})
		require.NoError(t, err, name)
		err = <-refused
		if c.want == "" {
			require.NoError(t, err, name)
			continue
		}
		require.Equal(t, api.Conflict, api.CodeOf(err), "%s: %v", name, err)
		require.Equal(t, c.want, err.(*api.Error).Message.Key, name) //nolint:errorlint // services return it as it is
	}
}
