package handlers

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// watcher is a shelf of things that are checked: now, in bulk and on a schedule.
type watcher[T, Q any] struct {
	*shelf[T, Q]

	// health describes a thing to the page of its health, without its checks.
	health func(echo.Context, *T) templates.HealthView
	// show renders the page of a thing that was checked just now.
	show func(echo.Context, *T) error
	// row renders the list with that thing only, which was checked just now.
	row func(c echo.Context, item *T, ticked bool) error
}

// What a page of a thing's health lists.
const (
	shownChecks   = 20
	shownEpisodes = 10
)

// routes are the pages of checks, below those of the kind.
func (w *watcher[T, Q]) routes(g *echo.Group) {
	g.POST("/check", w.check, w.editor)
	g.POST("/schedule", w.scheduleMany, w.editor)
	g.POST("/runs", w.startRun, w.editor)
	g.GET("/runs/:run", w.showRun)
	g.GET("/runs/:run/events", w.runEvents)
	g.POST("/runs/:run/cancel", w.cancelRun, w.editor)
	g.GET("/:id/health", w.showHealth)
	g.POST("/:id/check", w.check, w.editor)
	g.POST("/:id/schedule", w.schedule, w.editor)
}

// check tests something stored and keeps the result. htmx gets the part it
// asked for: the row of a list, or the health on one of the thing's pages.
func (w *watcher[T, Q]) check(c echo.Context) error {
	ctx, s := c.Request().Context(), w.scope(c)
	id := cmp.Or(c.Param("id"), c.FormValue("only")) // of a page, or of a row of the list
	check, err := w.Service.Recheck(ctx, s, w.kind, id)
	if err != nil {
		return err
	}
	found := w.find(c)
	item, err := found.Get(ctx, s, id)
	if err != nil {
		return err
	}
	switch wantedFragment(c.Request()) {
	case templates.WatchID:
		return w.renderHealth(c, &item, true)
	case templates.HealthID:
		return w.show(c, &item)
	case templates.RowID(id):
		values, err := formValues(c)
		if err != nil {
			return err
		}
		return w.row(c, &item, slices.Contains(values["id"], id))
	}
	_, name := found.Name(&item)
	w.flashCheck(c, name, &check)
	return redirect(c, backPath(c))
}

// flashCheck tells on the next page how a test ended.
func (p *pages) flashCheck(c echo.Context, name string, check *api.Check) {
	kind, message := templates.Success, api.M("watch.checked_well", "name", name)
	switch check.Status {
	case api.Warned:
		kind, message = templates.Warning, api.M("watch.checked_warned", "name", name)
	case api.FormOnly, api.Skipped:
		kind, message = templates.Info, api.M("watch.checked_form", "name", name)
	}
	if step := check.Failure(); step != nil {
		kind = templates.Failure
		message = api.M("watch.checked_badly", "name", name, "step", templates.StepTitle(step), "why", step.Message)
	}
	p.flashKind(c, kind, message)
}

func (w *watcher[T, Q]) showHealth(c echo.Context) error {
	item, err := w.find(c).Get(c.Request().Context(), w.scope(c), c.Param("id"))
	if err != nil {
		return err
	}
	return w.renderHealth(c, &item, false)
}

func (w *watcher[T, Q]) renderHealth(c echo.Context, item *T, checked bool) error {
	ctx, s := c.Request().Context(), w.scope(c)
	id, name := w.find(c).Name(item)
	view := w.health(c, item)
	view.Cursor, view.Checked = c.QueryParam("cursor"), checked
	var err error
	if view.Checks, err = w.Service.PastChecks(ctx, s, w.kind, id, view.Cursor, shownChecks); err != nil {
		return err
	}
	if view.Older, err = w.olderCheck(c, id, &view.Checks); err != nil {
		return err
	}
	if view.Episodes, err = w.Service.Episodes(ctx, s, w.kind, id, shownEpisodes); err != nil {
		return err
	}
	frame := w.namedFrame(c, name)
	if c.Request().Method == http.MethodPost {
		frame.Path = view.Path + "/health"
	}
	return w.render(c, http.StatusOK, templates.HealthPage(frame, view))
}

// olderCheck returns the check before the last one of a page, if that one
// failed for another reason, which is then shown beside it.
func (w *watcher[T, Q]) olderCheck(c echo.Context, id string, page *api.Page[api.PastCheck]) (*api.PastCheck, error) {
	n := len(page.Items)
	if n == 0 || page.Next == "" || !page.Items[n-1].Changed {
		return nil, nil
	}
	older, err := w.Service.PastChecks(c.Request().Context(), w.scope(c), w.kind, id, page.Next, 1)
	if err != nil || len(older.Items) == 0 {
		return nil, err
	}
	return &older.Items[0], nil
}

// schedule sets how often one thing is checked.
func (w *watcher[T, Q]) schedule(c echo.Context) error {
	err := w.Service.Schedule(c.Request().Context(), w.scope(c), w.kind, c.Param("id"), readInterval(c.FormValue("every")))
	if err != nil {
		return err
	}
	w.flash(c, api.M("watch.scheduled"))
	return redirect(c, backPath(c))
}

// scheduleMany sets how often the selected things are checked.
func (w *watcher[T, Q]) scheduleMany(c echo.Context) error {
	every, name := readInterval(c.FormValue("every")), w.find(c).Name
	d := deed{title: "bulk.schedule_title", done: "bulk.scheduled", one: "watch.scheduled"}
	return w.toMany(c, d, func(ctx context.Context, s api.Scope, item *T) error {
		id, _ := name(item)
		return w.Service.Schedule(ctx, s, w.kind, id, every)
	})
}

// readInterval reads seconds; what is none is no interval either.
func readInterval(text string) time.Duration {
	seconds, err := strconv.Atoi(text)
	if err != nil || seconds < 0 || seconds > int((24*time.Hour).Seconds()) {
		return -1
	}
	return time.Duration(seconds) * time.Second
}
