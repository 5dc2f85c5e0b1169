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

// Query asks.
func (s *Statement) Query(ctx context.Context, args ...any) (*sql.Rows, error) {
	if !s.db.prepares {
		return s.db.Read.QueryContext(ctx, s.text, args...)
	}
	ready, err := s.prepared(ctx)
	if err != nil {
		return nil, err
	}
	return ready.QueryContext(ctx, args...)
}

func (s *Statement) prepared(ctx context.Context) (*sql.Stmt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ready != nil {
		return s.ready, nil
	}
	ready, err := s.db.Read.DB.PrepareContext(ctx, s.text) //nolint:sqlclosecheck // lives as long as the database is open
	if err == nil {
		s.ready = ready
	}
	return ready, err
}
