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
	"time"

	"github.com/uptrace/bun"
)

// A backup is lines of JSON, gzipped: a Header; for each table a line that names
// it and its columns, and its rows, each a list; and at the end how many rows
// there were, and the SHA-256 of all lines before. It is the same whichever
// database it was taken from.

// dumpFormat names the form that backups have now.
const dumpFormat = "switchboard backup 1"

// Header is the first line of a backup.
type Header struct {
	Format  string    `json:"format"`
	Schema  int64     `json:"schema"` // the last migration
	Program string    `json:"program"`
	Taken   time.Time `json:"taken"`
	Proof   string    `json:"proof"` // of the keys that its secrets were sealed with (identity.Prove)
}

type tableLine struct {
	Table   string   `json:"table"`
	Columns []string `json:"columns"`
}

type endLine struct {
	Rows int64  `json:"rows"`
	Sum  string `json:"sha256"` // hex
}

// Taken is what a backup or a restore was about.
type Taken struct {
	Header

	Rows   map[string]int64 // by table
	SHA256 string           // of the lines
}

// Total is how many rows there are in all tables.
func (t Taken) Total() int64 {
	var all int64
	for _, n := range t.Rows {
		all += n
	}
	return all
}

// Dump writes everything to w, as it is at one moment, while others write. What
// is sealed stays sealed. program is what made it, for whoever finds it later.
func (db *DB) Dump(ctx context.Context, w io.Writer, program string) (Taken, error) {
	tx, err := db.Read.BeginTx(ctx, &db.snapshot)
	if err != nil {
		return Taken{}, err
	}
	defer func() { _ = tx.Rollback() }()
	packed := gzip.NewWriter(w)
	d := &dumper{tx: tx, out: bufio.NewWriterSize(packed, 1<<16), sum: sha256.New(), taken: Taken{Rows: map[string]int64{}}}
	if err := d.all(ctx, program); err != nil {
		return Taken{}, fmt.Errorf("back up: %w", err)
	}
	return d.taken, errors.Join(d.out.Flush(), packed.Close())
}

type dumper struct {
	tx    bun.Tx
	out   *bufio.Writer
	sum   hash.Hash
	line  bytes.Buffer
	taken Taken
}

func (d *dumper) all(ctx context.Context, program string) error {
	d.taken.Header = Header{Format: dumpFormat, Program: program, Taken: time.Now().UTC()}
	var err error
	if d.taken.Schema, err = schemaOf(ctx, d.tx); err != nil {
		return err
	}
	if err := d.tx.NewRaw("SELECT sealed FROM key_proofs").Scan(ctx, &d.taken.Proof); err != nil {
		return err
	}
	if err := d.write(d.taken.Header); err != nil {
		return err
	}
	for _, table := range tables {
		if err := d.table(ctx, table); err != nil {
			return fmt.Errorf("table %s: %w", table, err)
		}
	}
	d.taken.SHA256 = hex.EncodeToString(d.sum.Sum(nil))
	return d.write(endLine{d.taken.Total(), d.taken.SHA256})
}

// schemaOf is the number of the last migration.
func schemaOf(ctx context.Context, db bun.IDB) (n int64, err error) {
	err = db.NewRaw("SELECT MAX(version_id) FROM goose_db_version WHERE is_applied").Scan(ctx, &n)
	return n, err
}

func (d *dumper) table(ctx context.Context, name string) error {
	rows, err := d.tx.QueryContext(ctx, "SELECT * FROM ?", bun.Ident(name))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	named := tableLine{Table: name}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i, c := range columns {
		named.Columns = append(named.Columns, c.Name())
		into[i] = &values[i]
		if c.DatabaseTypeName() == "BOOLEAN" { // SQLite's, where it is a number
			into[i] = truth{&values[i]}
		}
	}
	if err := d.write(named); err != nil {
		return err
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := d.write(values); err != nil {
			return err
		}
		d.taken.Rows[name]++
	}
	return rows.Err()
}

// truth scans a number as the bool that it stands for.
type truth struct{ to *any }

// Scan implements sql.Scanner.
func (t truth) Scan(value any) error {
	*t.to = value
	if n, ok := value.(int64); ok {
		*t.to = n != 0
	}
	return nil
}

func (d *dumper) write(v any) error {
	d.line.Reset()
	encoder := json.NewEncoder(&d.line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return err
	}
	_, _ = d.sum.Write(d.line.Bytes())
	_, err := d.out.Write(d.line.Bytes())
	return err
}
