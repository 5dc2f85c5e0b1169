package wire

import (
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// itemStatuses are the dialect's statuses of a backup; first, all. Some never
// occur here.
var itemStatuses = []string{
	"", string(api.BackupWaiting), string(api.BackupProtecting), string(api.BackupAvailable), string(api.BackupError), string(api.BackupDeleting),
	"waiting_restore", "restoring", "waiting_delete", "deleted",
}

// readItems reads the filters of a list of backups (spec/replication.md §1.5); none
// says that nothing here can match: backups have no addresses, one type and one
// zone, their region.
func (s *server) readItems(c echo.Context, scope api.Scope) (q api.BackupQuery, none bool, err error) {
	q = api.BackupQuery{
		Name: c.QueryParam("name"), ResourceName: c.QueryParam("resource_name"), Resource: c.QueryParam("resource_id"),
		Policy: c.QueryParam("policy_id"), Checkpoint: c.QueryParam("checkpoint_id"),
	}
	status, err := readChoice(c, "status", itemStatuses...)
	if err != nil {
		return q, false, err
	}
	if status != "" {
		q.Statuses = []api.BackupStatus{api.BackupStatus(status)}
	}
	kind, err := readChoice(c, "image_type", "", string(api.BackupOriginal), string(api.BackupReplica))
	if err != nil {
		return q, false, err
	}
	q.Kind = api.BackupKind(kind)
	if q.From, err = readTime(c, "start_time"); err != nil {
		return q, false, err
	}
	if q.Until, err = readTime(c, "end_time"); err != nil {
		return q, false, err
	}
	if err := readFlags(c, "all_tenants", "dec"); err != nil {
		return q, false, err
	}
	none, err = s.elsewhere(c, scope)
	return q, none, err
}

// elsewhere reports whether a request asks for what nothing here has.
func (s *server) elsewhere(c echo.Context, scope api.Scope) (bool, error) {
	kind, zone := c.QueryParam("resource_type"), c.QueryParam("az")
	if c.QueryParam("ip") != "" || kind != "" && kind != api.ResourceType {
		return true, nil
	}
	if zone == "" {
		return false, nil
	}
	region, err := s.Service.Region(c.Request().Context(), scope, "")
	return region.Name != zone, err
}

// timeForms are the ways to write a moment in a query; without a zone it is UTC.
var timeForms = []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime, time.DateOnly}

// readTime reads a moment of the query.
func readTime(c echo.Context, name string) (time.Time, error) {
	text := c.QueryParam(name)
	if text == "" {
		return time.Time{}, nil
	}
	for _, form := range timeForms {
		if at, err := time.Parse(form, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, wrong(name, api.M("wire.time"))
}
