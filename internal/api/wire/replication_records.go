package wire

import (
	"cmp"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// recordJSON is how far the copy of one backup is (spec/replication.md §1.3).
type recordJSON struct {
	ID                string                `json:"id"`
	Status            api.ReplicationStatus `json:"status"`
	SourceRegion      string                `json:"source_region"`
	SourceProject     string                `json:"source_project_id"`
	SourceCheckpoint  string                `json:"source_checkpoint_id"`
	SourceItem        string                `json:"source_checkpoint_item_id"`
	Region            string                `json:"destination_region"`
	Project           string                `json:"destination_project_id"`
	ReplicaCheckpoint string                `json:"destination_checkpoint_id"`
	Replica           string                `json:"destination_checkpoint_item_id"`
	PlanID            string                `json:"plan_id"`
	Created           string                `json:"created_at"`
	Extra             recordExtraJSON       `json:"extra_info"`
}

// recordExtraJSON has a fail_code that is a text, not an object as in backups.
type recordExtraJSON struct {
	Auto       bool   `json:"auto_trigger"`
	Progress   int    `json:"progress"`
	FailCode   string `json:"fail_code"`
	FailReason string `json:"fail_reason"`
}

func encodeRecord(c echo.Context, r *api.ReplicationRecord) recordJSON {
	out := recordJSON{
		ID: r.ID, Status: r.Status, SourceRegion: r.Source, SourceProject: r.Project, SourceCheckpoint: r.Checkpoint, SourceItem: r.Backup.ID,
		Region: r.Destination.Region, Project: r.Destination.Project, ReplicaCheckpoint: r.ReplicaCheckpoint, Replica: r.Replica,
		PlanID: r.Policy, Created: csbsTime(r.Created), Extra: recordExtraJSON{Auto: r.Auto, Progress: r.Percent()},
	}
	if r.Fault != nil {
		out.Extra.FailCode, out.Extra.FailReason = string(r.Fault.Code), say(c, r.Fault.Message)
	}
	return out
}

// recordSorts are the dialect's names for the order of records, which is that of
// their making.
var recordSorts = map[string]string{"created_at": "created", "id": "created"}

// recordStatuses are those of a record; first, all.
var recordStatuses = []string{
	"", string(api.ReplicationWaiting), string(api.ReplicationRunning), string(api.ReplicationSucceeded),
	string(api.ReplicationFailed), string(api.ReplicationSkipped),
}

// listRecords answers GET …/replication_records. The count is that of all that
// match, whatever part of them is asked for. No page documents filters: these are
// in the manner of the lists of backups.
func (s *server) listRecords(c echo.Context, scope api.Scope) error {
	p, err := readPart(c, recordSorts)
	if err != nil {
		return err
	}
	status, err := readChoice(c, "status", recordStatuses...)
	if err != nil {
		return err
	}
	q := api.RecordQuery{
		ID: c.QueryParam("id"), Policy: cmp.Or(c.QueryParam("plan_id"), c.QueryParam("policy_id")),
		Backup: c.QueryParam("source_checkpoint_item_id"), Region: c.QueryParam("destination_region"), Desc: p.desc,
	}
	if status != "" {
		q.Statuses = []api.ReplicationStatus{api.ReplicationStatus(status)}
	}
	ctx := c.Request().Context()
	count, err := s.Service.CountReplicationRecords(ctx, scope, q)
	if err != nil {
		return err
	}
	return streamPart(s, c, part[api.ReplicationRecord]{
		partQuery: p, name: "replication_records",
		page: func(f from) (api.Page[api.ReplicationRecord], error) {
			q.Cursor, q.After, q.Offset, q.Limit = f.cursor, f.marker, f.offset, f.limit
			return s.Service.ListReplicationRecords(ctx, scope, q)
		},
		encode: func(r *api.ReplicationRecord) (string, any) { return r.ID, encodeRecord(c, r) },
		rest:   `,"count":` + strconv.Itoa(count),
	})
}

// showRecord answers GET …/replication_records/{id}, which is ours: no page has it.
func (s *server) showRecord(c echo.Context, scope api.Scope) error {
	record, err := s.Service.ReplicationRecord(c.Request().Context(), scope, param(c, "record"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, struct {
		Record recordJSON `json:"replication_record"`
	}{encodeRecord(c, &record)})
}
