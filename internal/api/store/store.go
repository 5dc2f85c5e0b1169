// Package store opens the database, brings it up to date and records what
// changed. It alone knows that there are two: SQLite in a file, PostgreSQL at
// a URL. Its callers write one text of SQL, through bun.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"
)

// DB is an open database whose schema is current.
type DB struct {
	// Read serves queries; on SQLite it is a pool of read-only connections, so
	// that a page does not wait for a write.
	Read *bun.DB
	// Sole says that no other process serves from this database.
	Sole bool
	// inTx runs work in a transaction, and close ends everything.
	inTx  func(ctx context.Context, f work) error
	close func() error
	// queue opens what OpenQueue returns.
	queue func(ctx context.Context) (*Queue, error)
	// byPart finds what PermissionsByPart returns; nil if there is no index for it.
	byPart func(db *bun.DB, part []rune) *bun.SelectQuery
	// folded is a column's text in small letters (those of ASCII), compared by bytes.
	folded func(column string) string
	// snapshot are the options of a transaction that reads what is there at one moment.
	snapshot sql.TxOptions
	// prepares says that statements are read once.
	prepares bool
	// conflict tells a broken uniqueness rule from other errors.
	conflict func(error) bool
	recorded recorded
}

// ErrDuplicate is a row whose key is already taken.
var ErrDuplicate = errors.New("store: duplicate key")

// Open opens the database at url: a postgres:// URL, or a file for SQLite. It
// creates or migrates the schema; several processes may do so at once.
func Open(ctx context.Context, url string) (*DB, error) { return openTo(ctx, url, newest) }

// openTo is Open which stops at a migration.
func openTo(ctx context.Context, url string, schema int64) (*DB, error) {
	open := openSQLite
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		open = openPostgres
	}
	db, err := open(ctx, url, schema)
	if err == nil {
		db.recorded = newRecorded()
	}
	return db, err
}

// Close closes the database, after the transactions under way.
func (db *DB) Close() error { return db.close() }

// InTx runs f in a transaction that commits if f returns nil. A taken key comes
// back as ErrDuplicate.
func (db *DB) InTx(ctx context.Context, f func(ctx context.Context, tx bun.Tx) error) error {
	ctx, written := watched(ctx)
	err := db.inTx(ctx, f)
	if err == nil && *written {
		db.recorded.tell()
	}
	if err != nil && db.conflict(err) {
		return fmt.Errorf("%w: %w", ErrDuplicate, err)
	}
	return err
}

// Micros turns a time into the form it is stored in.
func Micros(t time.Time) int64 { return t.UnixMicro() }

// Time turns a stored time back; 0 is the zero time.
func Time(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

// Storable reports whether the texts among values can stand in both databases:
// PostgreSQL has no place for a NUL or for what is not UTF-8. What cannot be
// stored cannot be found either.
func Storable(values ...any) bool {
	for _, v := range values {
		if text, ok := v.(string); ok && (!utf8.ValidString(text) || strings.ContainsRune(text, 0)) {
			return false
		}
	}
	return true
}

// maxName bounds what the audit log keeps of a name, in characters. Names of
// things that were only tried are not judged elsewhere.
const maxName = 256

// clip makes any text short and storable.
func clip(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\x00", "\ufffd")
	if runes := []rune(text); len(runes) > maxName {
		return string(runes[:maxName-1]) + "…"
	}
	return text
}
