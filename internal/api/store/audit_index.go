package store

import (
	"context"
	"database/sql"

	"github.com/pressly/goose/v3"
)

// auditIndex is the migration that lets the audit log be searched by what is rare
// in it. The indexes have sealed entries only: they are filled in when an entry is
// sealed, many at once, so that a change does not pay for them.
func auditIndex(dialect goose.Dialect) *goose.Migration {
	folded := sqliteFolded
	if dialect == goose.DialectPostgres {
		folded = postgresFolded
	}
	up := func(ctx context.Context, tx *sql.Tx) error {
		for name, column := range map[string]string{
			"audit_by_name": folded("object_name"), "audit_by_user": folded("user_name"),
			"audit_by_request": "request_id", "audit_by_addr": "addr", "audit_by_object": "object_id",
			"audit_by_action": "action", "audit_by_way": "way",
		} {
			if _, err := tx.ExecContext(ctx, "CREATE INDEX "+name+" ON audit ("+column+") WHERE seq > 0"); err != nil {
				return err
			}
		}
		return nil
	}
	return goose.NewGoMigration(11, &goose.GoFunc{RunTx: up}, nil)
}

func sqliteFolded(column string) string { return "lower(" + column + ")" }

func postgresFolded(column string) string { return "lower(" + column + ` COLLATE "C")` }
