package handlers

import (
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// runEvents streams a run until it ends, the browser goes or the server stops:
// "rows" with those that changed, "state" with the counts, and "done".
func (w *watcher[T, Q]) runEvents(c echo.Context) error {
	if _, err := w.run(c); err != nil {
		return err
	}
	stream, err := openStream(c)
	if err != nil {
		return err
	}
	where, shown := w.where(c), shownRun{}
	return w.follow(c, func() (bool, error) {
		run, err := w.run(c)
		if err != nil {
			return true, err
		}
		return !run.Ended.IsZero(), shown.send(stream, where, run)
	})
}

// shownRun is what a stream has sent of a run: when each row had changed.
type shownRun map[string]time.Time

// send sends what changed; at first that is every row that does not wait, as
// the page shows them all.
func (r shownRun) send(stream *eventStream, where templates.Collection, run api.Run) error {
	first := len(r) == 0
	rows := r.changed(where, run)
	if len(rows) > 0 {
		if err := stream.send("rows", rows...); err != nil {
			return err
		}
	}
	state := templates.RunState(templates.RunView{Collection: where, Run: run})
	switch {
	case !run.Ended.IsZero():
		return stream.send("done", state)
	case len(rows) > 0 || first:
		return stream.send("state", state)
	}
	return stream.write(": \n\n") // find out whether anybody listens
}

// changed takes note of the run and returns the rows that are to be sent.
func (r shownRun) changed(where templates.Collection, run api.Run) []templ.Component {
	var rows []templ.Component
	for i := range run.Rows {
		row := &run.Rows[i]
		at, known := r[row.ID]
		r[row.ID] = row.At
		if known && !at.Equal(row.At) || !known && row.State != api.RunWaiting {
			rows = append(rows, templates.RunRow(where, row, true))
		}
	}
	return rows
}
