package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// replicationView is the run that the address names, without its records.
func (p *pages) replicationView(c echo.Context) (templates.ReplicationRunView, error) {
	view := templates.ReplicationRunView{
		Base: replicationPath(c), Cursor: c.QueryParam("cursor"), Status: templates.ReplicationStatusOf(c.QueryParam("status")),
		Cloud: p.cloudRegion(c) != "",
	}
	return view, p.lookAtRun(c, &view)
}

// lookAtRun reads the run again: one row, however many backups it has.
func (p *pages) lookAtRun(c echo.Context, view *templates.ReplicationRunView) (err error) {
	view.Run, err = p.Service.ReplicationRun(c.Request().Context(), p.scope(c), c.Param("id"))
	view.At = time.Now()
	return err
}

// lookAtRecords reads the page of records that is shown.
func (p *pages) lookAtRecords(c echo.Context, view *templates.ReplicationRunView) (err error) {
	q := api.RecordQuery{Run: view.Run.ID, Cursor: view.Cursor, Limit: api.DefaultPage}
	if view.Status != "" {
		q.Statuses = []api.ReplicationStatus{view.Status}
	}
	view.Page, err = p.Service.ListReplicationRecords(c.Request().Context(), p.scope(c), q)
	return err
}

func (p *pages) showReplication(c echo.Context) error {
	view, err := p.replicationView(c)
	if err != nil {
		return err
	}
	if err := p.lookAtRecords(c, &view); err != nil {
		return err
	}
	frame := p.namedFrame(c, view.Title(localised(c)))
	if view.Run.Ended.IsZero() {
		frame.Refresh = runRefresh
	}
	if view.Retriable() > 0 {
		if err := p.sampleActions(c, &frame, does(api.Message{}, api.RetryReplication{Run: view.Run.ID})); err != nil {
			return err
		}
	}
	return p.render(c, http.StatusOK, templates.ReplicationRun(frame, view))
}

// askCancelReplication asks before a run is cancelled; one that has ended is
// shown instead.
func (p *pages) askCancelReplication(c echo.Context) error {
	view, err := p.replicationView(c)
	if err != nil {
		return err
	}
	if !view.Run.Ended.IsZero() {
		return redirect(c, replicationRunPath(c, view.Run.ID))
	}
	return p.render(c, http.StatusOK, templates.ReplicationCancel(p.frame(c, "replications.cancel_title"), view))
}

func (p *pages) cancelReplication(c echo.Context) error {
	run, err := p.Service.CancelReplication(c.Request().Context(), p.scope(c), c.Param("id"))
	if err != nil {
		return err
	}
	return redirect(c, replicationRunPath(c, run.ID))
}

// retryReplication begins a new run of what was not copied in this one.
func (p *pages) retryReplication(c echo.Context) error {
	run, err := p.Service.RetryReplication(c.Request().Context(), p.scope(c), c.Param("id"))
	if err == nil {
		return redirect(c, replicationRunPath(c, run.ID))
	}
	e := domainError(err)
	if e.Code != api.Invalid && e.Code != api.Conflict {
		return err
	}
	said := e.Message
	if len(e.Problems) > 0 {
		said = e.Problems[0].Message
	}
	p.flashKind(c, templates.Warning, said)
	return redirect(c, replicationRunPath(c, c.Param("id")))
}

// showReplicationRecord is one backup of a run with its log.
func (p *pages) showReplicationRecord(c echo.Context) error {
	run, err := p.replicationView(c)
	if err != nil {
		return err
	}
	record, err := p.Service.ReplicationRecord(c.Request().Context(), p.scope(c), c.Param("record"))
	if err != nil {
		return err
	}
	if record.Run != run.Run.ID {
		return api.Errorf(api.NotFound, "error.not_found")
	}
	view := templates.ReplicationRecordView{Base: run.Base, Run: run.Run, Record: record, ProjectName: run.Run.ProjectName}
	_, err = p.Identity.Project(c.Request().Context(), currentSession(c).User, record.Destination.Project)
	if view.Reachable = err == nil; err != nil && api.CodeOf(err) != api.NotFound {
		return err
	}
	frame := p.namedFrame(c, locale.T(localised(c), "replications.record_title", "backup", record.Backup.Name))
	if record.Ended.IsZero() {
		frame.Refresh = runRefresh
	}
	return p.render(c, http.StatusOK, templates.ReplicationRecord(frame, view))
}
