package store

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"switchboard/internal/api"
)

// Errors of backups that cannot be restored.
var (
	ErrNoBackup   = errors.New("this is not a backup of Switchboard")
	ErrIncomplete = errors.New("the backup is damaged or not complete: nothing was restored")
	ErrNewer      = errors.New("the backup is of a newer version of Switchboard: restore it with that one")
	ErrOlder      = errors.New("the backup is of an older version of Switchboard than the database: restore it into a new database")
)

// NotEmptyError is a database that is in use: it says what is there.
type NotEmptyError struct{ Rows map[string]int64 }

// Error implements error.
func (e *NotEmptyError) Error() string { return "the database is not empty" }

// Backup is a backup that is being read.
type Backup struct {
	Header

	lines *bufio.Reader
	sum   hash.Hash
	last  []byte // the line that was read last
}

// ReadBackup reads the beginning of a backup.
func ReadBackup(r io.Reader) (*Backup, error) {
	packed, err := gzip.NewReader(r)
	if err != nil {
		return nil, ErrNoBackup
	}
	b := &Backup{lines: bufio.NewReaderSize(packed, 1<<16), sum: sha256.New()}
	if err := b.next(); err != nil {
		return nil, ErrNoBackup
	}
	if json.Unmarshal(b.last, &b.Header) != nil || b.Format != dumpFormat {
		return nil, ErrNoBackup
	}
	return b, nil
}

// next reads a line; the sum is that of the lines before it.
func (b *Backup) next() (err error) {
	_, _ = b.sum.Write(b.last)
	if b.last, err = b.lines.ReadBytes('\n'); err != nil {
		return ErrIncomplete
	}
	return nil
}

// Restore puts a backup into the database at url, all of it or nothing. The schema
// is that of the backup then; Open brings it up to date. NotEmptyError if there is something in the database,
// unless that is to be replaced: then replaced says what it was.
func (b *Backup) Restore(ctx context.Context, url string, replace bool) (restored Taken, replaced map[string]int64, err error) {
	db, err := openAt(ctx, url, b.Schema)
	if err != nil {
		return Taken{}, nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	r := &restorer{Backup: b, taken: Taken{Header: b.Header, Rows: map[string]int64{}}}
	err = db.InTx(ctx, func(_ context.Context, tx bun.Tx) error {
		if replaced, err = r.clear(ctx, db, tx, replace); err != nil {
			return err
		}
		return r.fill(ctx, tx)
	})
	return r.taken, replaced, err
}

// openAt opens a database with the schema of a backup.
func openAt(ctx context.Context, url string, schema int64) (*DB, error) {
	db, err := openTo(ctx, url, schema)
	if err != nil {
		return nil, err
	}
	found, err := schemaOf(ctx, db.Read)
	switch {
	case err != nil:
	case found < schema:
		err = ErrNewer
	case found > schema:
		err = ErrOlder
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

type restorer struct {
	*Backup

	taken Taken
}

// clear makes room: it locks everything that it can, and empties it.
func (r *restorer) clear(ctx context.Context, db *DB, tx bun.Tx, replace bool) (map[string]int64, error) {
	there, err := existing(ctx, tx, slices.Concat(tables, passing))
	if err != nil {
		return nil, err
	}
	if !db.Sole {
		for _, table := range there {
			if _, err := tx.ExecContext(ctx, "LOCK TABLE ? IN ACCESS EXCLUSIVE MODE", bun.Ident(table)); err != nil {
				return nil, err
			}
		}
	}
	found := map[string]int64{}
	for _, table := range there {
		n, err := tx.NewSelect().Table(table).Count(ctx)
		if err != nil {
			return nil, err
		}
		found[table] = n
	}
	if found["accounts"] > 0 && !replace {
		return nil, &NotEmptyError{found}
	}
	for _, table := range slices.Backward(there) {
		if _, err := tx.ExecContext(ctx, "DELETE FROM ?", bun.Ident(table)); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// existing are those of the tables that the schema has.
func existing(ctx context.Context, tx bun.Tx, names []string) (there []string, err error) {
	schema := "SELECT name FROM sqlite_master WHERE type = 'table'"
	if tx.Dialect().Name() == dialect.PG {
		schema = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
	}
	var all []string
	if err := tx.NewRaw(schema).Scan(ctx, &all); err != nil {
		return nil, err
	}
	for _, name := range names {
		if slices.Contains(all, name) {
			there = append(there, name)
		}
	}
	return there, nil
}

// Bounds of what is written by one statement.
const (
	batchRows  = 500
	batchBytes = 1 << 20
)

// fill reads the lines and writes the rows, up to the last line.
func (r *restorer) fill(ctx context.Context, tx bun.Tx) error {
	var into tableLine
	var batch [][]any
	size := 0
	flush := func() error {
		r.taken.Rows[into.Table] += int64(len(batch))
		err := insertAll(ctx, tx, into, batch)
		batch, size = batch[:0], 0
		return err
	}
	for {
		if err := r.next(); err != nil {
			return err
		}
		if r.last[0] == '[' {
			row, err := r.row(into)
			if err != nil {
				return err
			}
			batch, size = append(batch, row), size+len(r.last)
			if len(batch) < batchRows && size < batchBytes {
				continue
			}
			if err := flush(); err != nil {
				return err
			}
			continue
		}
		if err := flush(); err != nil {
			return err
		}
		var err error
		if into, err = r.table(); err != nil {
			return err
		}
		if into.Table == "" {
			return r.end()
		}
	}
}

// table reads the line that names a table; the last line names none. Names go into
// statements: they must be ours.
func (r *restorer) table() (line tableLine, err error) {
	if json.Unmarshal(r.last, &line) != nil || line.Table != "" && !slices.Contains(tables, line.Table) {
		return line, ErrIncomplete
	}
	return line, nil
}

// row reads a line that is a row.
func (r *restorer) row(of tableLine) (row []any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(r.last))
	decoder.UseNumber()
	if decoder.Decode(&row) != nil || of.Table == "" || len(row) != len(of.Columns) {
		return nil, ErrIncomplete
	}
	for i, value := range row {
		if n, ok := value.(json.Number); ok {
			if row[i], err = n.Int64(); err != nil {
				return nil, ErrIncomplete
			}
		}
	}
	return row, nil
}

// end proves that the last line belongs to those before, and that nothing follows.
func (r *restorer) end() error {
	var line endLine
	sum := hex.EncodeToString(r.sum.Sum(nil))
	if json.Unmarshal(r.last, &line) != nil || line.Sum != sum || line.Rows != r.taken.Total() {
		return ErrIncomplete
	}
	if _, err := r.lines.ReadByte(); !errors.Is(err, io.EOF) { // also proves gzip's own sum
		return ErrIncomplete
	}
	r.taken.SHA256 = sum
	delete(r.taken.Rows, "")
	return nil
}

// RecordRestore notes in the audit log that a backup was restored.
func (db *DB) RecordRestore(ctx context.Context, s api.Scope, t Taken) error {
	return db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		return Record(ctx, tx, s, Event{Action: "restore_backup", Kind: "console", Name: t.SHA256, After: map[string]any{
			"taken": t.Taken, "program": t.Program, "rows": t.Total(), "sha256": t.SHA256,
		}})
	})
}

func insertAll(ctx context.Context, tx bun.Tx, into tableLine, rows [][]any) error {
	if len(rows) == 0 {
		return ctx.Err()
	}
	columns := make([]bun.Ident, len(into.Columns))
	for i, name := range into.Columns {
		columns[i] = bun.Ident(name)
	}
	values := make([]bun.TupleValues, len(rows))
	for i := range rows {
		values[i] = bun.Tuple(rows[i])
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO ? (?) VALUES ?", bun.Ident(into.Table), bun.List(columns), bun.List(values))
	if err != nil {
		return fmt.Errorf("table %s: %w", into.Table, err)
	}
	return nil
}
