package store_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
	"switchboard/internal/testserver"
)

// strange are texts that would suffer if anything took them for something else.
const strange = `O'Hara \ "quoted" ? ?0 $1 <b>&amp;</b> 数据 🚀 ` + "\ttab\nline\u2028"

// fresh are the addresses of an empty database of each kind.
func fresh(t *testing.T) map[string]string {
	t.Helper()
	return map[string]string{
		"sqlite":     filepath.Join(t.TempDir(), "switchboard.db"),
		"postgresql": testserver.PostgreSQL(t).FreshDatabase(t),
	}
}

// furnish makes what every backup has, and values of every type.
func furnish(t *testing.T, db *store.DB) {
	t.Helper()
	require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		for _, statement := range []string{
			"INSERT INTO accounts (id, name, created_at) VALUES ('a', 'default', 4611686018427387905)",
			"INSERT INTO key_proofs (id, sealed) VALUES ('keys', '1234abcd.proof')",
			"INSERT INTO users (id, account_id, name, password_hash, disabled, created_at) VALUES ('u', 'a', ?, 'hash', TRUE, 1)",
			"INSERT INTO sessions (hash, user_id, created_at, seen_at, expires_at, addr, agent) VALUES ('s', 'u', 1, 1, 1, '', '')",
			"INSERT INTO projects (id, account_id, name, created_at) VALUES ('p', 'a', 'home', -1)",
			`INSERT INTO endpoint_services VALUES
				('e', 'p', 'a', 'r', 'n', 'n', '', '', '', '', '', TRUE, '', '', '', '', 'available', 1, 1, '', 1, '', 1, FALSE)`,
			"INSERT INTO permissions VALUES ('w', 'e', 'iam:domain::x', '', 'findable', '', 9223372036854775807, 1, '', 1, '')",
		} {
			if _, err := tx.ExecContext(ctx, statement, strange); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
		return nil
	}))
}

// dumped is a backup of a database, and what it says of itself.
func dumped(t *testing.T, db *store.DB) ([]byte, store.Taken) {
	t.Helper()
	var to bytes.Buffer
	taken, err := db.Dump(t.Context(), &to, "v1")
	require.NoError(t, err)
	return to.Bytes(), taken
}

// restoreInto restores a backup and opens what it became.
func restoreInto(t *testing.T, backup []byte, url string) (*store.DB, store.Taken) {
	t.Helper()
	b, err := store.ReadBackup(bytes.NewReader(backup))
	require.NoError(t, err)
	restored, _, err := b.Restore(t.Context(), url, false)
	require.NoError(t, err)
	return apitest.Open(t, url), restored
}

// lines are those of a backup; the rows of each table in order, without the header,
// which has the time.
func lines(t *testing.T, backup []byte) []string {
	t.Helper()
	packed, err := gzip.NewReader(bytes.NewReader(backup))
	require.NoError(t, err)
	text, err := io.ReadAll(packed)
	require.NoError(t, err)
	all := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	slices.Sort(all[1:])
	return slices.DeleteFunc(all, func(line string) bool {
		return strings.Contains(line, `"sha256"`) || strings.Contains(line, `"format"`)
	})
}

func TestABackupIsTheSameInBothDatabases(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		source := apitest.Open(t, url)
		furnish(t, source)
		backup, taken := dumped(t, source)
		require.Equal(t, "1234abcd.proof", taken.Proof)
		for kind, into := range fresh(t) {
			t.Run("into "+kind, func(t *testing.T) {
				copied, restored := restoreInto(t, backup, into)
				for table, n := range taken.Rows {
					require.Equal(t, n, restored.Rows[table], table)
				}
				require.Equal(t, taken.SHA256, restored.SHA256)
				again, _ := dumped(t, copied)
				require.Equal(t, lines(t, backup), lines(t, again))
				var name string
				require.NoError(t, copied.Read.NewRaw("SELECT name FROM users").Scan(t.Context(), &name))
				require.Equal(t, strange, name)
				n, err := copied.Read.NewSelect().Table("sessions").Count(t.Context())
				require.NoError(t, err)
				require.Zero(t, n, "nobody is signed in")
				found, _, err := copied.PermissionsByPart(t.Context(), "dabl", 10)
				require.NoError(t, err)
				require.Equal(t, []string{"w"}, found, "what is searched is indexed again")
			})
		}
	})
}

// While others write, a backup has all of each transaction or nothing.
func TestABackupIsOneMoment(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		db, server := apitest.Open(t, url), apitest.Open(t, url)
		furnish(t, db)
		ctx, enough := context.WithCancel(t.Context())
		var writers sync.WaitGroup
		var mu sync.Mutex
		written := 0
		for w := range 4 {
			writers.Go(func() {
				for n := 0; ctx.Err() == nil; n++ {
					if err := writeTogether(ctx, server, fmt.Sprintf("%d-%d", w, n)); err != nil {
						return
					}
					mu.Lock()
					written++
					mu.Unlock()
				}
			})
		}
		soFar := func() int { mu.Lock(); defer mu.Unlock(); return written }
		var backups [][]byte
		var before []int
		for len(backups) < 3 {
			require.Eventually(t, func() bool { return soFar() > 20*(len(backups)+1) }, 20*time.Second, 5*time.Millisecond)
			before = append(before, soFar())
			backup, _ := dumped(t, db)
			backups = append(backups, backup)
		}
		enough()
		writers.Wait()
		for i, backup := range backups {
			copied, _ := restoreInto(t, backup, filepath.Join(t.TempDir(), "copy.db"))
			n := count(t, copied, "projects") - 1
			require.GreaterOrEqual(t, n, before[i], "what was acknowledged before is in it")
			require.Equal(t, 3*n, count(t, copied, "runs"))
			require.Equal(t, 6*n, count(t, copied, "run_rows"))
			require.Equal(t, n, count(t, copied, "audit"))
			var broken []string
			require.NoError(t, copied.Read.NewRaw(`SELECT "table" FROM pragma_foreign_key_check`).Scan(t.Context(), &broken))
			require.Empty(t, broken)
		}
	})
}

// writeTogether writes rows of several tables in one transaction.
func writeTogether(ctx context.Context, db *store.DB, id string) error {
	return db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		statements := []string{
			"INSERT INTO projects (id, account_id, name, created_at) VALUES (?0, 'a', ?0, 1)",
			`INSERT INTO audit (id, project_id, at, user_id, user_name, way, addr, request_id, action, kind, object_id, object_name)
				VALUES (?0, ?0, 1, '', '', 'page', '', '', 'create', 'project', ?0, ?0)`,
		}
		for n := range 3 {
			run := fmt.Sprintf("'run-%d-' || ?0", n)
			statements = append(statements,
				"INSERT INTO runs (id, project_id, kind, started_at, started_by, way, ended_at, stopped) VALUES ("+run+", ?0, 'link', 1, '', 'page', 0, FALSE)",
				"INSERT INTO run_rows (run_id, object_id, project_id, object_name, endpoint, state, at, check_json, gone) VALUES ("+
					run+", 'x', ?0, '', '', 'waiting', 1, '', FALSE), ("+run+", 'y', ?0, '', '', 'waiting', 1, '', TRUE)")
		}
		for _, statement := range statements {
			if _, err := tx.ExecContext(ctx, statement, id); err != nil {
				return err
			}
		}
		return nil
	})
}

func count(t *testing.T, db *store.DB, table string) int {
	t.Helper()
	n, err := db.Read.NewSelect().Table(table).Count(t.Context())
	require.NoError(t, err)
	return int(n)
}

func TestRestoreIntoADatabaseThatIsInUse(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		db := apitest.Open(t, url)
		furnish(t, db)
		backup, _ := dumped(t, db)
		require.NoError(t, writeTogether(t.Context(), db, "later"))
		b, err := store.ReadBackup(bytes.NewReader(backup))
		require.NoError(t, err)
		_, _, err = b.Restore(t.Context(), url, false)
		var full *store.NotEmptyError
		require.ErrorAs(t, err, &full)
		require.EqualValues(t, 2, full.Rows["projects"])
		require.Equal(t, 2, count(t, db, "projects"), "nothing happened")

		b, err = store.ReadBackup(bytes.NewReader(backup))
		require.NoError(t, err)
		_, replaced, err := b.Restore(t.Context(), url, true)
		require.NoError(t, err)
		require.EqualValues(t, 3, replaced["runs"])
		require.Equal(t, 1, count(t, db, "projects"))
		require.Zero(t, count(t, db, "runs"))
		require.Zero(t, count(t, db, "sessions"), "nobody stays signed in to what was there before")
	})
}

func TestWhatIsNoWholeBackupChangesNothing(t *testing.T) {
	t.Parallel()
	source := apitest.Open(t, filepath.Join(t.TempDir(), "switchboard.db"))
	furnish(t, source)
	backup, _ := dumped(t, source)
	whole := unpacked(t, backup)
	for name, c := range map[string]struct {
		backup []byte
		want   error
	}{
		"another file":          {[]byte("hello"), store.ErrNoBackup},
		"another gzip file":     {packed(t, "hello\n"), store.ErrNoBackup},
		"nothing":               {nil, store.ErrNoBackup},
		"cut off":               {backup[:len(backup)-20], store.ErrIncomplete},
		"without its last line": {packed(t, whole[:strings.LastIndex(strings.TrimSuffix(whole, "\n"), "\n")+1]), store.ErrIncomplete},
		"a value changed":       {packed(t, strings.Replace(whole, `"home"`, `"host"`, 1)), store.ErrIncomplete},
		"a row added":           {packed(t, strings.Replace(whole, `{"table":"key_proofs"`, `["b","b",1]`+"\n"+`{"table":"key_proofs"`, 1)), store.ErrIncomplete},
		"a table of others":     {packed(t, strings.Replace(whole, `{"table":"users"`, `{"table":"goose_db_version"`, 1)), store.ErrIncomplete},
		"something behind it":   {packed(t, whole+"more\n"), store.ErrIncomplete},
		"of a newer version":    {packed(t, strings.Replace(whole, `"schema":1`, `"schema":9991`, 1)), store.ErrNewer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := filepath.Join(t.TempDir(), "switchboard.db")
			b, err := store.ReadBackup(bytes.NewReader(c.backup))
			if err == nil {
				_, _, err = b.Restore(t.Context(), url, false)
			}
			require.ErrorIs(t, err, c.want)
			if b != nil {
				require.Zero(t, count(t, apitest.Open(t, url), "accounts"))
			}
		})
	}
}

// A backup of before an upgrade goes through the migrations that came since.
func TestABackupOfAnOlderVersion(t *testing.T) {
	t.Parallel()
	const before = `{"format":"switchboard backup 1","schema":9,"program":"old","taken":"2026-11-01T00:00:00Z","proof":"x"}
{"table":"accounts","columns":["id","name","created_at"]}
["a","default",1]
{"table":"users","columns":["id","account_id","name","password_hash","disabled","lang","theme","created_at"]}
["u","a","ann","hash",false,"","",1]
`
	sum := sha256.Sum256([]byte(before))
	backup := packed(t, before+`{"rows":2,"sha256":"`+hex.EncodeToString(sum[:])+`"}`+"\n")
	apitest.EachURL(t, func(t *testing.T, url string) {
		db, _ := restoreInto(t, backup, url)
		var administrator bool
		require.NoError(t, db.Read.NewRaw("SELECT administrator FROM users").Scan(t.Context(), &administrator))
		require.True(t, administrator, "as the migration has it")
		require.Equal(t, 1, count(t, db, "audit_chain"))

		b, err := store.ReadBackup(bytes.NewReader(backup))
		require.NoError(t, err)
		_, _, err = b.Restore(t.Context(), url, true)
		require.ErrorIs(t, err, store.ErrOlder)
	})
}

// Every table is in backups or was left out on purpose, and comes after those that
// it refers to.
func TestBackupsHaveEveryTable(t *testing.T) {
	t.Parallel()
	db := apitest.Open(t, filepath.Join(t.TempDir(), "switchboard.db"))
	var found []string
	require.NoError(t, db.Read.NewRaw(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
		AND name NOT LIKE 'permission_trigrams%' AND name NOT IN ('goose_db_version', 'permission_numbers') ORDER BY name`).Scan(t.Context(), &found))
	known := slices.Concat(store.Tables(), store.Passing())
	slices.Sort(known)
	require.Equal(t, found, known)
	for i, table := range store.Tables() {
		var parents []string
		require.NoError(t, db.Read.NewRaw(`SELECT "table" FROM pragma_foreign_key_list(?)`, table).Scan(t.Context(), &parents))
		for _, parent := range parents {
			require.Contains(t, store.Tables()[:i], parent, "before %s", table)
		}
	}
}

func unpacked(t *testing.T, backup []byte) string {
	t.Helper()
	packed, err := gzip.NewReader(bytes.NewReader(backup))
	require.NoError(t, err)
	text, err := io.ReadAll(packed)
	require.NoError(t, err)
	require.True(t, json.Valid(bytes.SplitN(text, []byte("\n"), 2)[0]))
	return string(text)
}

func packed(t *testing.T, text string) []byte {
	t.Helper()
	var to bytes.Buffer
	w := gzip.NewWriter(&to)
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return to.Bytes()
}
