package embedded_test

import (
	"database/sql"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// before makes a database as an older version of the program left it: of that
// schema, with what the statements write.
func before(t *testing.T, url string, schema int64, statements ...string) {
	t.Helper()
	driver, dialect := "sqlite", goose.DialectSQLite3
	if strings.HasPrefix(url, "postgres") {
		driver, dialect = "pgx", goose.DialectPostgres
	}
	db, err := sql.Open(driver, url)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	migrations, err := goose.NewProvider(dialect, db, os.DirFS("../store/migrations"), goose.WithDisableGlobalRegistry(true))
	require.NoError(t, err)
	_, err = migrations.UpTo(t.Context(), schema)
	require.NoError(t, err)
	for _, statement := range statements {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
}

// TestWhatWasKeptOfLinksIsStillThere opens a database of the time when links
// were all that was checked, with a run that had not ended.
func TestWhatWasKeptOfLinksIsStillThere(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		inputs, err := json.Marshal(apitest.ClosedDraft(t, "").Inputs)
		require.NoError(t, err)
		before(t, url, 3,
			`INSERT INTO accounts (id, name, created_at) VALUES ('a', 'default', 0)`,
			`INSERT INTO projects (id, account_id, name, created_at) VALUES ('`+mine.Project+`', 'a', 'mine', 0)`,
			`INSERT INTO links (id, project_id, cluster, name, connector, endpoint, enabled, inputs, sealed, secrets, extended, created_at,
				created_by, updated_at, updated_by, version, check_status, checked_at, check_json, every_us, next_check_at, last_good_at, state_since, recent)
				VALUES ('l1', '`+mine.Project+`', 'c', 'orders', 'generic-jdbc-connector', 'db:3306', TRUE, '`+string(inputs)+`', '', '', '', 1,
				'ada', 1, 'ada', 7, 'failed', 3000000, '{"status":"failed","steps":[]}', 3600000000, 1, 1000000, 2000000, 'pff')`,
			`INSERT INTO link_checks (id, link_id, at, status, took, check_json, checked_by, way, changed) VALUES
				('c1', 'l1', 2000000, 'failed', 5, '{"status":"failed","at":"1970-01-01T00:00:02Z"}', '', 'job', FALSE),
				('c2', 'l1', 3000000, 'failed', 5, '{"status":"failed","at":"1970-01-01T00:00:03Z"}', 'ada', 'page', TRUE)`,
			`INSERT INTO link_episodes (id, link_id, began_at, last_at, ended_at, failures, reasons, reason) VALUES
				('e1', 'l1', 2000000, 3000000, 0, 2, '[{"Count":2}]', 0)`,
			`INSERT INTO link_runs (id, project_id, started_at, started_by, way, ended_at, stopped) VALUES
				('r1', '`+mine.Project+`', 3000000, 'ada', 'page', 0, FALSE)`,
			`INSERT INTO link_run_rows (run_id, link_id, project_id, link_name, endpoint, state, at, check_json, gone) VALUES
				('r1', 'l1', '`+mine.Project+`', 'orders', 'db:3306', 'waiting', 3000000, '', FALSE),
				('r1', 'l0', '`+mine.Project+`', 'old', 'db:1', 'done', 3000000, '{"status":"passed"}', TRUE)`)

		db := apitest.Open(t, url)
		p := planeOn(t, db, ring(t))
		link := stored(t, p, "l1")
		require.Equal(t, []api.Status{api.Passed, api.Failed, api.Failed}, link.Health.Recent)
		require.Equal(t, time.Hour, link.Health.Every)
		checks := history(t, p, "l1")
		require.Len(t, checks, 2)
		require.Equal(t, []any{"c2", "ada", api.WayPage, true}, []any{checks[0].ID, checks[0].By, checks[0].Way, checks[0].Changed})
		require.Equal(t, time.Unix(2, 0).UTC(), checks[1].Check.At)
		found := episodes(t, p, "l1")
		require.Len(t, found, 1)
		require.Equal(t, []any{"e1", 2, time.Unix(2, 0).UTC()}, []any{found[0].ID, found[0].Failures, found[0].Began})
		run, err := p.Service.Run(t.Context(), mine, "r1")
		require.NoError(t, err)
		require.Equal(t, api.KindLink, run.Kind)
		require.Equal(t, []string{"l0", "l1"}, []string{run.Rows[0].ID, run.Rows[1].ID})
		require.Equal(t, api.Passed, run.Rows[0].Check.Status)

		catchUp(t, p, 0)
		run = eventually(t, p, "r1", hasEnded)
		require.Equal(t, api.Failed, run.Rows[1].Check.Status)
		require.Len(t, history(t, p, "l1"), 4, "the one of the run, and the one that was due")
		require.Len(t, episodes(t, p, "l1"), 1, "the same story goes on")
		require.NoError(t, p.Service.DeleteLink(t.Context(), mine, "l1", 0))
		nothingLeft(t, db)
	})
}
