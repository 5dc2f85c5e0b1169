package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// runRefresh is after how many seconds a browser without JavaScript looks at a
// run again.
const runRefresh = 2

// startRun begins to test the selected things and leads to where that is seen.
func (w *watcher[T, Q]) startRun(c echo.Context) error {
	sel, err := w.selection(c)
	if err != nil {
		return err
	}
	ctx, s := c.Request().Context(), w.scope(c)
	ids, err := api.SelectedIDs(ctx, w.find(c), s, sel)
	if err != nil {
		return w.refuseSelection(c, err)
	}
	run, err := w.Service.StartRun(ctx, s, w.kind, ids)
	if err != nil {
		return w.refuseSelection(c, err)
	}
	return redirect(c, w.runPath(c, run.ID))
}

// run returns the run that the address names, if it is of this kind.
func (w *watcher[T, Q]) run(c echo.Context) (api.Run, error) {
	run, err := w.Service.Run(c.Request().Context(), w.scope(c), c.Param("run"))
	if err == nil && run.Kind != w.kind {
		return api.Run{}, api.Errorf(api.NotFound, "run.not_found")
	}
	return run, err
}

func (w *watcher[T, Q]) showRun(c echo.Context) error {
	run, err := w.run(c)
	if err != nil {
		return err
	}
	return w.renderRun(c, run)
}

// cancelRun stops a run and shows it as it stands then.
func (w *watcher[T, Q]) cancelRun(c echo.Context) error {
	run, err := w.run(c)
	if err != nil {
		return err
	}
	if err := w.Service.CancelRun(c.Request().Context(), w.scope(c), run.ID); err != nil {
		return err
	}
	if !isHTMX(c.Request()) {
		return redirect(c, w.runPath(c, run.ID))
	}
	return w.showRun(c)
}

func (w *watcher[T, Q]) renderRun(c echo.Context, run api.Run) error {
	frame := w.frame(c, "run.title")
	frame.Path = w.runPath(c, run.ID)
	if run.Ended.IsZero() {
		frame.Refresh = runRefresh
	}
	return w.render(c, http.StatusOK, templates.RunPage(frame, templates.RunView{Collection: w.where(c), Run: run}))
}

func (w *watcher[T, Q]) runPath(c echo.Context, id string) string {
	return w.where(c).Base + "/runs/" + id
}
