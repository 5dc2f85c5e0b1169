package embedded

import (
	"context"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// replicationEvent is a run of which something failed, as a hook is told of it.
type replicationEvent struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	Policy     string         `json:"policy_id,omitempty"`
	Source     string         `json:"source_region"`
	Region     string         `json:"destination_region"`
	Project    string         `json:"destination_project_id"`
	Total      int64          `json:"total"`
	Succeeded  int64          `json:"succeeded"`
	Failed     int64          `json:"failed"`
	Skipped    int64          `json:"skipped"`
	TotalBytes int64          `json:"total_bytes"`
	Bytes      int64          `json:"bytes"`
	Reasons    []reasonOfHook `json:"reasons"`
}

// reasonOfHook is why some failed.
type reasonOfHook struct {
	Code    api.FaultCode `json:"code"`
	Message string        `json:"message"`
}

// raiseReplication writes down that something of a run failed: once for the run, and
// not for each backup.
func raiseReplication(ctx context.Context, tx bun.Tx, row *replicationRow) (*eventRow, error) {
	title, err := row.name(ctx, tx)
	if err != nil {
		return nil, err
	}
	reasons, err := row.reasons(ctx, tx)
	if err != nil {
		return nil, err
	}
	told := &replicationEvent{
		ID: row.ID, Name: title, Policy: row.PolicyID, Source: row.SourceRegion, Region: row.Region, Project: row.DestinationID,
		Total: row.Total, Succeeded: row.Succeeded, Failed: row.Failed, Skipped: row.Skipped,
		TotalBytes: row.TotalBytes, Bytes: row.Bytes,
	}
	for i := range reasons {
		told.Reasons = append(told.Reasons, reasonOfHook{reasons[i].Code, locale.In(locale.English, reasons[i].Message)})
	}
	return queueEvent(ctx, tx, row.ProjectID, eventReplication, eventBody{Replication: told})
}
