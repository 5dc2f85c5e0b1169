package embedded

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"
)

// forgotten is all that is kept of what a project in a region has, in an order in which
// nothing is left that leads to what is gone. What hangs on these rows goes with them.
var forgotten = []string{
	"DELETE FROM checks WHERE object_id IN (SELECT id FROM links WHERE project_id = ? UNION ALL SELECT id FROM connections WHERE project_id = ?)",
	"DELETE FROM episodes WHERE object_id IN (SELECT id FROM links WHERE project_id = ? UNION ALL SELECT id FROM connections WHERE project_id = ?)",
	"DELETE FROM runs WHERE project_id = ?",
	"DELETE FROM links WHERE project_id = ?",
	"DELETE FROM connections WHERE project_id = ?",
	"DELETE FROM address_tests WHERE project_id = ?",
	"DELETE FROM queues WHERE project_id = ?",
	"DELETE FROM endpoints WHERE project_id = ?",
	"DELETE FROM endpoint_services WHERE project_id = ?",
	"DELETE FROM aliases WHERE project_id = ?",
	"DELETE FROM functions WHERE project_id = ?",
	"DELETE FROM replication_runs WHERE project_id = ?",
	"DELETE FROM backups WHERE project_id = ?",
	"DELETE FROM checkpoints WHERE project_id = ?",
	"DELETE FROM policies WHERE project_id = ?",
}

// Forget removes what is kept of the things of a project in a region, in the transaction
// of who brings it back. The log keeps its entries; in the region nothing is changed.
func Forget(ctx context.Context, tx bun.Tx, project string) error {
	for _, statement := range forgotten {
		args := slices.Repeat([]any{project}, strings.Count(statement, "?"))
		if _, err := tx.ExecContext(ctx, statement, args...); err != nil {
			return err
		}
	}
	return nil
}
