package store

import "context"

// Waiting counts what waits: changes for an approval, and audit entries for their
// seal. Both are few, and have an index of their own.
func (db *DB) Waiting(ctx context.Context) (approvals, entries int64, err error) {
	approvals, err = db.Read.NewSelect().Table("requests").Where("ended_at = 0").Where("state = 'open'").Count(ctx)
	if err != nil {
		return 0, 0, err
	}
	entries, err = db.CountUnsealed(ctx)
	return approvals, entries, err
}

// Kind is what the database calls itself: SQLite or PostgreSQL.
func (db *DB) Kind() string {
	if db.Sole {
		return "SQLite"
	}
	return "PostgreSQL"
}
