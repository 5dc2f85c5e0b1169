//go:build unix

package testserver_test

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

func TestPostgreSQL(t *testing.T) {
	t.Parallel()
	server := testserver.PostgreSQL(t)

	t.Run("tests share one server", func(t *testing.T) {
		t.Parallel()
		require.Same(t, server, testserver.PostgreSQL(t))
	})
	t.Run("a fresh database is empty and its URL opens it", func(t *testing.T) {
		t.Parallel()
		rows := query(t, server.FreshDatabase(t), "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")
		require.Equal(t, "0", rows)
	})
	t.Run("the administrator's URL opens the server", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "postgres", query(t, server.URL(), "SELECT current_user"))
	})
	t.Run("a database goes away with its test", func(t *testing.T) {
		t.Parallel()
		var name string
		t.Run("the test that had it", func(t *testing.T) {
			u, err := url.Parse(server.FreshDatabase(t))
			require.NoError(t, err)
			name = strings.TrimPrefix(u.Path, "/")
		})
		require.Equal(t, "0", query(t, server.URL(), "SELECT count(*) FROM pg_database WHERE datname = '"+name+"'"))
	})
}

func TestPostgreSQLWithTLS(t *testing.T) {
	t.Parallel()
	server := testserver.PostgreSQL(t, testserver.TLS())
	require.NotNil(t, server.Roots)
	require.Equal(t, "t", query(t, server.URL(), "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
}

func TestMariaDB(t *testing.T) {
	t.Parallel()
	t.Run("an account is made and dropped", func(t *testing.T) {
		t.Parallel()
		server := testserver.MariaDB(t)
		account := server.Account(t)
		server.Exec(t, "CREATE TABLE `"+account.Database+"`.numbers (n INT)")
	})
	t.Run("a setting makes another server", func(t *testing.T) {
		t.Parallel()
		server := testserver.MariaDB(t, testserver.Setting("local_infile", "OFF"), testserver.TLS())
		require.NotSame(t, server, testserver.MariaDB(t))
		server.Exec(t, "BEGIN NOT ATOMIC IF @@local_infile THEN SIGNAL SQLSTATE '45000'; END IF; END")
	})
}

// The test binary runs itself as a process that is killed while its servers
// run, and then looks whether they are gone.
func TestServersEndWhenTheTestProcessIsKilled(t *testing.T) {
	t.Parallel()
	const told = "SWITCHBOARD_TESTSERVER_TELL"
	if path := os.Getenv(told); path != "" {
		socket := testserver.PostgreSQL(t).Socket
		require.NoError(t, os.WriteFile(path+".part", []byte(socket), 0o600))
		require.NoError(t, os.Rename(path+".part", path))
		select {} // until killed
	}
	testserver.PostgreSQL(t) // skips this test, or fails it, where there is no server to be had
	path := filepath.Join(t.TempDir(), "socket")
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), told+"="+path)
	require.NoError(t, child.Start())
	var dir string
	require.Eventually(t, func() bool {
		words, err := os.ReadFile(path)
		dir = string(words)
		return err == nil
	}, time.Minute, 10*time.Millisecond)
	require.DirExists(t, dir)
	require.NoError(t, child.Process.Kill())
	_ = child.Wait()
	require.Eventually(t, func() bool {
		_, err := os.Stat(dir)
		return os.IsNotExist(err)
	}, 30*time.Second, 10*time.Millisecond)
}

func query(t *testing.T, database, sql string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	conn, err := pgconn.Connect(ctx, database)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(ctx)) }()
	results, err := conn.Exec(ctx, sql).ReadAll()
	require.NoError(t, err)
	require.Len(t, results, 1)
	require.Len(t, results[0].Rows, 1)
	return string(results[0].Rows[0][0])
}
