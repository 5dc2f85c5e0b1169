package handlers

import (
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// runPoll is how often a stream looks at its run, which is one query.
const runPoll = time.Second

// runEvents streams a run until it ends, the browser goes or the server stops:
// "rows" with those that changed, "state" with the counts, and "done".
func (p *pages) runEvents(c echo.Context) error {
	ctx, s := c.Request().Context(), p.scope(c)
	run, err := p.Service.Run(ctx, s, c.Param("run"))
	if err != nil {
		return err
	}
	stream, err := openStream(c)
	if err != nil {
		return err
	}
	look := time.NewTicker(runPoll)
	defer look.Stop()
	life := time.After(streamLife)
	shown := shownRun{}
	for {
		if err := shown.send(stream, linksPath(c), run); err != nil || !run.Ended.IsZero() {
			return err // once a stream has begun, nobody sees it
		}
		select {
		case <-ctx.Done():
			return nil
		case <-p.Stopping:
			return nil
		case <-life:
			return nil
		case <-look.C:
		}
		if run, err = p.Service.Run(ctx, s, run.ID); err != nil {
			return err
		}
	}
}

// shownRun is what a stream has sent of a run: when each row had changed.
type shownRun map[string]time.Time

// send sends what changed; at first that is every row that does not wait, as
// the page shows them all.
func (r shownRun) send(stream *eventStream, base string, run api.Run) error {
	first := len(r) == 0
	rows := r.changed(base, run)
	if len(rows) > 0 {
		if err := stream.send("rows", rows...); err != nil {
			return err
		}
	}
	state := templates.RunState(templates.LinkRunView{Base: base, Run: run})
	switch {
	case !run.Ended.IsZero():
		return stream.send("done", state)
	case len(rows) > 0 || first:
		return stream.send("state", state)
	}
	return stream.write(": \n\n") // find out whether anybody listens
}

// changed takes note of the run and returns the rows that are to be sent.
func (r shownRun) changed(base string, run api.Run) []templ.Component {
	var rows []templ.Component
	for i := range run.Rows {
		row := &run.Rows[i]
		at, known := r[row.LinkID]
		r[row.LinkID] = row.At
		if known && !at.Equal(row.At) || !known && row.State != api.RunWaiting {
			rows = append(rows, templates.RunRow(base, row, true))
		}
	}
	return rows
}
