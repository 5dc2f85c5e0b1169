package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// connections is how many connections a process keeps to PostgreSQL.
const connections = 16

// connectTimeout bounds a connection attempt unless the URL says otherwise: a
// server that does not answer must be said at the start, not after minutes.
const connectTimeout = 10 * time.Second

// uniqueViolation is PostgreSQL's SQLSTATE for a taken key.
const uniqueViolation = "23505"

// idleTimeout is after what time PostgreSQL ends a transaction that asks nothing:
// its process stands still, or the machine is gone, and others wait for its locks.
const idleTimeout = "idle_in_transaction_session_timeout"

// settle says what a connection should be like, unless the URL does.
func settle(config *pgx.ConnConfig) {
	config.ConnectTimeout = cmp.Or(config.ConnectTimeout, connectTimeout)
	for name, value := range map[string]string{idleTimeout: "60s", "application_name": "switchboard"} {
		if config.RuntimeParams[name] == "" {
			config.RuntimeParams[name] = value
		}
	}
}

func openPostgres(ctx context.Context, url string, schema int64) (*DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		// pgx quotes the URL, password and all.
		return nil, errors.New("the database URL cannot be read: expected postgres://user:password@host:port/name")
	}
	// bun writes the arguments into the text, so every text is new and a
	// prepared statement would never be used again.
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	settle(config)
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("connect to PostgreSQL at %s:%d: %w", config.Host, config.Port, err), db.Close())
	}
	if err := migrate(ctx, goose.DialectPostgres, db, schema); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	byPart, err := postgresSearch(ctx, db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	pool := bun.NewDB(db, pgdialect.New())
	inTx := func(ctx context.Context, f work) error { return pool.RunInTx(ctx, nil, f) }
	queue := func(ctx context.Context) (*Queue, error) { return postgresQueue(ctx, url) }
	return &DB{
		Read: pool, inTx: inTx, close: pool.Close, conflict: postgresConflict, queue: queue, byPart: byPart, folded: postgresFolded,
		snapshot: sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true},
	}, nil
}

func postgresConflict(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == uniqueViolation
}
