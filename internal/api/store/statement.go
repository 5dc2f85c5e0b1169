package store

import (
	"context"
	"database/sql"
	"sync"
)

// Statement is a query that is asked so often that reading its text each time
// would be most of what it costs. SQLite reads it once for each connection;
// PostgreSQL gets it as every other, with the arguments in it.
type Statement struct {
	db   *DB
	text string

	mu    sync.Mutex
	ready *sql.Stmt
}

// Statement makes a query of a text with "?" for each argument. It lives as long
// as the database is open.
func (db *DB) Statement(text string) *Statement { return &Statement{db: db, text: text} }

// Scan asks, and reads the rows into dest, a pointer to a slice of structs.
func (s *Statement) Scan(ctx context.Context, dest any, args ...any) error {
	if !s.db.prepares {
		return s.db.Read.NewRaw(s.text, args...).Scan(ctx, dest)
	}
	ready, err := s.prepared(ctx) //nolint:sqlclosecheck // lives as long as the database is open
	if err != nil {
		return err
	}
	rows, err := ready.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	if err := s.db.Read.ScanRows(ctx, rows, dest); err != nil {
		return err
	}
	return rows.Err()
}

func (s *Statement) prepared(ctx context.Context) (*sql.Stmt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ready != nil {
		return s.ready, nil
	}
	ready, err := s.db.Read.DB.PrepareContext(ctx, s.text)
	if err == nil {
		s.ready = ready
	}
	return ready, err
}
