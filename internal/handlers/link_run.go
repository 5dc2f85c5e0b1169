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

// startRun begins to test the selected links and leads to where that is seen.
func (p *pages) startRun(c echo.Context) error {
	sel, err := selection(c)
	if err != nil {
		return err
	}
	run, err := p.Service.StartRun(c.Request().Context(), p.scope(c), sel)
	if err != nil {
		return p.refuseSelection(c, err)
	}
	return redirect(c, runPath(c, run.ID))
}

func (p *pages) showRun(c echo.Context) error {
	run, err := p.Service.Run(c.Request().Context(), p.scope(c), c.Param("run"))
	if err != nil {
		return err
	}
	return p.renderRun(c, run)
}

// cancelRun stops a run and shows it as it stands then.
func (p *pages) cancelRun(c echo.Context) error {
	ctx, s, id := c.Request().Context(), p.scope(c), c.Param("run")
	if err := p.Service.CancelRun(ctx, s, id); err != nil {
		return err
	}
	if !isHTMX(c.Request()) {
		return redirect(c, runPath(c, id))
	}
	run, err := p.Service.Run(ctx, s, id)
	if err != nil {
		return err
	}
	return p.renderRun(c, run)
}

func (p *pages) renderRun(c echo.Context, run api.Run) error {
	frame := p.frame(c, "run.title")
	frame.Path = runPath(c, run.ID)
	if run.Ended.IsZero() {
		frame.Refresh = runRefresh
	}
	return p.render(c, http.StatusOK, templates.LinkRun(frame, templates.LinkRunView{Base: linksPath(c), Run: run}))
}

func runPath(c echo.Context, id string) string { return linksPath(c) + "/runs/" + id }
