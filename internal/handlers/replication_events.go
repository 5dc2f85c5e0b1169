package handlers

import (
	"slices"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// replicationEvents streams what changes of the page of a run that the address
// names, until the run ends: "figures", and "rows" of the records that are shown,
// or "records" if they are others; "state" with another phase, and "done". What a
// look costs follows from the page and not from the run.
func (p *pages) replicationEvents(c echo.Context) error {
	view, err := p.replicationView(c)
	if err != nil {
		return err
	}
	stream, err := openStream(c)
	if err != nil {
		return err
	}
	shown := shownReplication{phase: view.Phase()}
	return p.follow(c, func() (bool, error) {
		if err := p.lookAtRun(c, &view); err != nil {
			return true, err
		}
		if !shown.moved(&view) {
			return false, stream.write(": \n\n") // find out whether anybody listens
		}
		if err := p.lookAtRecords(c, &view); err != nil {
			return true, err
		}
		return !view.Run.Ended.IsZero(), shown.send(stream, view)
	})
}

// shownReplication is what a stream has sent of a run and of a page of its
// records.
type shownReplication struct {
	run   api.ReplicationRun
	phase templates.RunPhase
	ids   []string
	rows  map[string]recordSight
}

// recordSight is what a row shows that changes.
type recordSight struct {
	status   api.ReplicationStatus
	bytes    int64
	attempts int
	retry    time.Time
}

// moved reports whether there is anything to send.
func (s *shownReplication) moved(view *templates.ReplicationRunView) bool {
	return view.Run != s.run || view.Phase() != s.phase
}

// send sends what changed, and takes note of it.
func (s *shownReplication) send(stream *eventStream, view templates.ReplicationRunView) error {
	if err := s.sendRecords(stream, view); err != nil {
		return err
	}
	before := s.phase
	s.run, s.phase = view.Run, view.Phase()
	view.News = s.phase != before
	if err := stream.send("figures", templates.ReplicationFigures(view)); err != nil {
		return err
	}
	switch {
	case !view.Run.Ended.IsZero():
		view.News = true
		return stream.send("done", templates.ReplicationState(view))
	case view.News:
		return stream.send("state", templates.ReplicationState(view))
	}
	return nil
}

// sendRecords sends the rows that changed, or all of them if others are shown
// than were.
func (s *shownReplication) sendRecords(stream *eventStream, view templates.ReplicationRunView) error {
	first := s.rows == nil
	ids, rows := make([]string, len(view.Page.Items)), make(map[string]recordSight, len(view.Page.Items))
	var changed []templ.Component
	for i := range view.Page.Items {
		r := &view.Page.Items[i]
		ids[i], rows[r.ID] = r.ID, recordSight{r.Status, r.Bytes, r.Attempts, r.RetryAt}
		if rows[r.ID] != s.rows[r.ID] {
			changed = append(changed, templates.BackupRecordRow(view.Base, r, true))
		}
	}
	others := !slices.Equal(ids, s.ids)
	s.ids, s.rows = ids, rows
	switch {
	case first || others:
		return stream.send("records", templates.ReplicationRecords(view))
	case len(changed) > 0:
		return stream.send("rows", changed...)
	}
	return nil
}
