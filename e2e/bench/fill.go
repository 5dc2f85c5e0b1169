package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// databaseFile is where the console keeps everything in its data folder.
const databaseFile = "switchboard.db"

// madeByFill are the columns in which a copy differs from its template. The
// order of the names has nothing to do with the order of the rows, as it is
// where people give the names: 7919 is a prime. %d stands for the number.
var madeByFill = map[string]string{
	"id":         "substr(id, 1, 24) || printf('%012x', n.i)",
	"name":       "printf('link-%06d', (n.i * 7919) % ?1)",
	"endpoint":   "printf('db-%06d.example.com:3306', (n.i * 7919) % ?1)",
	"updated_at": "updated_at + n.i",
}

// fill copies the only link of a data folder until there are count, by SQL:
// through the API it would take minutes. All but the first are written at once
// and behind the console's back, which holds nothing in memory of them.
func fill(ctx context.Context, folder string, count int) (err error) {
	db, err := openSQLite(ctx, filepath.Join(folder, databaseFile))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	columns, _, err := firstRow(ctx, db, "links")
	if err != nil {
		return err
	}
	values := make([]string, len(columns))
	for i, column := range columns {
		values[i] = "links." + column
		if made, ok := madeByFill[column]; ok {
			values[i] = made
		}
	}
	const copies = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - 1) " +
		"INSERT INTO links (%s) SELECT %s FROM n, links WHERE links.name = ?2"
	text := fmt.Sprintf(copies, strings.Join(columns, ", "), strings.Join(values, ", ")) //nolint:gosec // names of the schema
	if _, err := db.ExecContext(ctx, text, count, templateLink); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	_, err = db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

// watch gives every link of a data folder a schedule and a history of checks.
// None is due while anybody measures.
func watch(ctx context.Context, folder string) (err error) {
	db, err := openSQLite(ctx, filepath.Join(folder, databaseFile))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, `UPDATE links SET every_us = 3600000000, next_check_at = updated_at + 86400000000,
		last_good_at = updated_at, state_since = updated_at - 86400000000, check_status = 'passed', checked_at = updated_at,
		recent = 'ppppppppfpppwpppppffpppppppppp'`)
	if err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	_, err = db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

// firstRow returns the columns of a table and one of its rows.
func firstRow(ctx context.Context, db *sql.DB, table string) (columns []string, values []any, err error) {
	rows, err := db.QueryContext(ctx, fmt.Sprintf("SELECT * FROM %s ORDER BY id DESC LIMIT 1", table))
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = rows.Close() }()
	if columns, err = rows.Columns(); err != nil {
		return nil, nil, err
	}
	values = make([]any, len(columns))
	targets := make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	if !rows.Next() {
		return nil, nil, errors.Join(fmt.Errorf("nothing in table %s", table), rows.Err())
	}
	return columns, values, rows.Scan(targets...)
}

// sameRows returns what inserts the two rows that a created link leaves, into
// the console's own tables with their indexes, in one transaction and without
// the console. It is what any program has to write.
func sameRows(ctx context.Context, db *sql.DB) (func(context.Context, int64) error, error) {
	link, err := prepareCopy(ctx, db, "links")
	if err != nil {
		return nil, err
	}
	entry, err := prepareCopy(ctx, db, "audit")
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, n int64) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback() //nolint:errcheck // after the commit it does nothing
		for _, insert := range []insertion{link, entry} {
			if err := insert(ctx, tx, n); err != nil {
				return err
			}
		}
		return tx.Commit()
	}, nil
}

// insertion inserts a row; n makes it another one each time.
type insertion func(ctx context.Context, tx *sql.Tx, n int64) error

// prepareCopy returns what inserts a copy of a table's last row, with an id
// and, if the table has it, a name of its own.
func prepareCopy(ctx context.Context, db *sql.DB, table string) (insertion, error) {
	columns, values, err := firstRow(ctx, db, table)
	if err != nil {
		return nil, err
	}
	const insert = "INSERT INTO %s (%s) VALUES (?%s)"
	text := fmt.Sprintf(insert, table, strings.Join(columns, ", "), strings.Repeat(", ?", len(columns)-1)) //nolint:gosec // names of the schema
	statement, err := db.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *sql.Tx, n int64) error {
		row := append([]any(nil), values...)
		for i, column := range columns {
			switch column {
			case "id":
				row[i] = fmt.Sprintf("%.24s%012x", row[i], n)
			case "name":
				row[i] = linkName(n)
			}
		}
		_, err := tx.StmtContext(ctx, statement).ExecContext(ctx, row...) //nolint:sqlclosecheck // the end of tx closes it
		return err
	}, nil
}
