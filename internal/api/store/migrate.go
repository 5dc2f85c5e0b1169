package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"math"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// newest is the schema with all migrations.
const newest = math.MaxInt64

// migrate brings the schema up to date, forward only. On PostgreSQL replicas
// may start together: one migrates, the others wait for its lock.
func migrate(ctx context.Context, dialect goose.Dialect, db *sql.DB, schema int64) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(searchIndex(dialect), auditIndex(dialect))}
	if dialect == goose.DialectPostgres {
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
		if err != nil {
			return err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, db, files, options...)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	// SQLite has no such lock: of two processes that start on a new file at once
	// one may lose the race for a step, and then finds it taken. There are as
	// many races to lose as there are migrations, and one for goose's own table.
	for range len(provider.ListSources()) + 2 {
		if _, err = provider.UpTo(ctx, schema); err == nil {
			return nil
		}
	}
	return fmt.Errorf("migrate the database: %w", err)
}
