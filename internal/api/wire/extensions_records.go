package wire

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// ownRecordJSON is a record with what the dialect has no field for.
type ownRecordJSON struct {
	ID       string                `json:"id"`
	Run      string                `json:"run"`
	Policy   string                `json:"policy,omitempty"`
	Status   api.ReplicationStatus `json:"status"`
	Backup   string                `json:"backup"`
	Name     string                `json:"name"`
	Resource string                `json:"resource"`
	BackupAt time.Time             `json:"backup_at"`
	Region   string                `json:"region"`
	Project  string                `json:"project"`
	Replica  string                `json:"replica,omitempty"`
	Size     int64                 `json:"size"`
	Bytes    int64                 `json:"bytes"`
	Percent  int                   `json:"percent"`
	Attempts int                   `json:"attempts"`
	Created  time.Time             `json:"created"`
	Began    time.Time             `json:"began,omitzero"`
	Ended    time.Time             `json:"ended,omitzero"`
	RetryAt  time.Time             `json:"retry_at,omitzero"`
	Fault    *faultJSON            `json:"fault,omitempty"`
	Log      []recordLineJSON      `json:"log,omitempty"`
}

// faultJSON is why something failed, and what to do.
type faultJSON struct {
	Code    api.FaultCode `json:"code"`
	Message string        `json:"message"`
	Hint    string        `json:"hint,omitempty"`
	Detail  string        `json:"detail,omitempty"`
}

type recordLineJSON struct {
	At      time.Time `json:"at"`
	Message string    `json:"message"`
	Detail  string    `json:"detail,omitempty"`
}

func encodeOwnRecord(c echo.Context, r *api.ReplicationRecord) ownRecordJSON {
	out := ownRecordJSON{
		ID: r.ID, Run: r.Run, Policy: r.Policy, Status: r.Status, Backup: r.Backup.ID, Name: r.Backup.Name, Resource: r.Resource,
		BackupAt: r.BackupAt, Region: r.Destination.Region, Project: r.Destination.Project, Replica: r.Replica, Size: r.Size, Bytes: r.Bytes,
		Percent: r.Percent(), Attempts: r.Attempts, Created: r.Created, Began: r.Began, Ended: r.Ended, RetryAt: r.RetryAt,
		Log: each(r.Log, func(l api.RecordLine) recordLineJSON { return recordLineJSON{l.At, say(c, l.Message), l.Detail} }),
	}
	if f := r.Fault; f != nil {
		out.Fault = &faultJSON{f.Code, say(c, f.Message), told(c, f.Hint), f.Detail}
	}
	return out
}

// listRunRecords answers GET …/replications/{id}/records?status=&limit=&cursor=:
// in the order in which they are copied.
func (s *server) listRunRecords(c echo.Context, scope api.Scope) error {
	status, err := readChoice(c, "status", recordStatuses...)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	run, err := s.Service.ReplicationRun(ctx, scope, param(c, "run"))
	if err != nil {
		return err
	}
	q := api.RecordQuery{Run: run.ID, Cursor: c.QueryParam("cursor"), Limit: pageLimit(c)}
	if status != "" {
		q.Statuses = []api.ReplicationStatus{api.ReplicationStatus(status)}
	}
	page, err := s.Service.ListReplicationRecords(ctx, scope, q)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, struct {
		Records []ownRecordJSON `json:"records"`
		Next    string          `json:"next,omitempty"`
	}{each(page.Items, func(r api.ReplicationRecord) ownRecordJSON { return encodeOwnRecord(c, &r) }), page.Next})
}

// showOwnRecord answers GET …/replications/{id}/records/{id}, with its log.
func (s *server) showOwnRecord(c echo.Context, scope api.Scope) error {
	record, err := s.Service.ReplicationRecord(c.Request().Context(), scope, param(c, "record"))
	if err != nil {
		return err
	}
	if record.Run != param(c, "run") {
		return api.Errorf(api.NotFound, "replication.record_not_found")
	}
	return answer(c, http.StatusOK, encodeOwnRecord(c, &record))
}
