package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pressly/goose/v3/lock"
)

// queueConnections is how many connections a process keeps to PostgreSQL for
// its queue; one of them waits for news.
const queueConnections = 5

// Queue is where the job engine keeps what is on its way; what is to be done
// stands in the tables. Exactly one of the pools is set. Beside PostgreSQL the
// queue is in the same database, so that processes share the work. Beside
// SQLite it is in memory: one process has nobody to share it with, and no
// writing to wait for.
type Queue struct {
	Memory   *sql.DB
	Postgres *pgxpool.Pool
}

// OpenQueue opens the queue; the caller closes it.
func (db *DB) OpenQueue(ctx context.Context) (*Queue, error) { return db.queue(ctx) }

// Close closes the queue.
func (q *Queue) Close() error {
	if q.Postgres != nil {
		q.Postgres.Close()
		return nil
	}
	return q.Memory.Close()
}

// Migrate runs f, which brings the queue's own tables up to date, while no
// other process changes the schema.
func (q *Queue) Migrate(ctx context.Context, f func(context.Context) error) error {
	if q.Postgres == nil {
		return f(ctx)
	}
	conn, err := q.Postgres.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", lock.DefaultLockID); err != nil {
		return err
	}
	err = f(ctx)
	_, unlock := conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", lock.DefaultLockID)
	return errors.Join(err, unlock)
}

// sqliteQueue opens a database that is this one connection's.
func sqliteQueue(ctx context.Context) (*Queue, error) {
	db, err := sql.Open("sqlite", ":memory:?_txlock=immediate")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(1)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Queue{Memory: db}, nil
}

func postgresQueue(ctx context.Context, url string) (*Queue, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the database URL cannot be read") // it holds the password
	}
	config.MaxConns = queueConnections
	settle(config.ConnConfig)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	return &Queue{Postgres: pool}, err
}
