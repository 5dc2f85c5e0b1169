package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// readers is how many connections serve queries beside the writer.
const readers = 4

// openSQLite opens a file with one writer and a few readers. FULL because a
// write we acknowledged must survive the loss of power, not only of the
// process.
func openSQLite(ctx context.Context, path string, schema int64) (*DB, error) {
	if err := createPrivate(path); err != nil {
		return nil, err
	}
	write, err := openPool(ctx, path, 1, "_txlock=immediate")
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, goose.DialectSQLite3, write.DB, schema); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read, err := openPool(ctx, path, readers, "_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	writers := newGroup(write)
	closeAll := func() error {
		writers.stop()
		return errors.Join(read.Close(), write.Close())
	}
	return &DB{
		Read: read, Sole: true, inTx: writers.inTx, close: closeAll, conflict: sqliteConflict, queue: sqliteQueue,
		byPart: sqliteByPart, folded: sqliteFolded, prepares: true,
	}, nil
}

// createPrivate makes sure that the file exists and that only its owner can
// read it, before SQLite would create it with the umask's permissions.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator's own file
	if err != nil {
		return err
	}
	return f.Close()
}

func openPool(ctx context.Context, path string, size int, option string) (*bun.DB, error) {
	// The busy timeout comes first: the other settings may already have to wait.
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + strings.Join([]string{
		"_pragma=busy_timeout(10000)", "_pragma=journal_mode(WAL)", "_pragma=synchronous(FULL)",
		"_pragma=foreign_keys(1)", option,
	}, "&")
	pool, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), pool.Close())
	}
	return bun.NewDB(pool, sqlitedialect.New()), nil
}

func sqliteConflict(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && (e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}
