package templates

import (
	"context"
	"strconv"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// recordColumns are the heads of a table of records after the first.
var recordColumns = []string{"replications.state", "bulk.reason", "replications.copied"}

// RecordRowID names the row of a record.
func RecordRowID(id string) string { return "record-" + id }

func runPath(base, run string) string { return base + "/" + RunsTab + "/" + run }

func recordPath(base string, r *api.ReplicationRecord) string {
	return runPath(base, r.Run) + "/records/" + r.ID
}

func backupPath(base, id string) string { return base + "/" + BackupsTab + "/" + id }

// copiedText is how many bytes of all are copied.
func copiedText(ctx context.Context, bytes, all int64) string {
	if bytes == all {
		return sizeText(ctx, all)
	}
	return locale.T(ctx, "replications.n_of_all", "n", sizeText(ctx, bytes), "all", sizeText(ctx, all))
}

// recordText is how far a record is.
func recordText(ctx context.Context, r *api.ReplicationRecord) string {
	text := locale.T(ctx, "replication_status."+string(r.Status))
	if r.Status == api.ReplicationRunning {
		text += " " + strconv.Itoa(r.Percent()) + "%"
	}
	return text
}

// retrying reports whether a record waits for its next try.
func retrying(r *api.ReplicationRecord) bool {
	return !r.RetryAt.IsZero() && r.Ended.IsZero()
}
