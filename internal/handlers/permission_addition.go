package handlers

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// showAddition is many entries on their way into a whitelist.
func (p *pages) showAddition(c echo.Context) error {
	view, err := p.additionView(c)
	if err != nil {
		return err
	}
	frame := p.frame(c, "addition.title")
	frame.Path = view.Page()
	if view.Addition.Ended.IsZero() {
		frame.Refresh = runRefresh
	}
	return p.render(c, http.StatusOK, templates.AdditionPage(frame, view))
}

func (p *pages) additionView(c echo.Context) (templates.AdditionView, error) {
	service, err := p.serviceView(c)
	if err != nil {
		return templates.AdditionView{}, err
	}
	addition, err := p.Service.Addition(c.Request().Context(), p.scope(c), service.Service.ID, c.Param("addition"))
	return templates.AdditionView{EndpointServiceView: service, Addition: addition}, err
}

// The whitelist tells of those of the latest additions that go on, and for a day
// of those that refused something.
const (
	toldAdditions = 5
	toldFor       = 24 * time.Hour
)

func (p *pages) openAdditions(c echo.Context, service string) ([]api.Addition, error) {
	latest, err := p.Service.Additions(c.Request().Context(), p.scope(c), service, toldAdditions)
	return slices.DeleteFunc(latest, func(a api.Addition) bool {
		return !a.Ended.IsZero() && (a.Added == a.Done || time.Since(a.Ended) > toldFor)
	}), err
}

// cancelAddition stops an addition and shows it as it stands then.
func (p *pages) cancelAddition(c echo.Context) error {
	view, err := p.additionView(c)
	if err != nil {
		return err
	}
	if err := p.Service.CancelAddition(c.Request().Context(), p.scope(c), view.Service.ID, view.Addition.ID); err != nil {
		return err
	}
	if !isHTMX(c.Request()) {
		return redirect(c, view.Page())
	}
	return p.showAddition(c)
}

// additionEvents streams an addition until it ends: "state" as it goes on, and
// "done".
func (p *pages) additionEvents(c echo.Context) error {
	view, err := p.additionView(c)
	if err != nil {
		return err
	}
	stream, err := openStream(c)
	if err != nil {
		return err
	}
	shown := api.Addition{Done: -1}
	return p.follow(c, func() (bool, error) {
		var err error
		if view.Addition, err = p.Service.Addition(c.Request().Context(), p.scope(c), view.Service.ID, view.Addition.ID); err != nil {
			return true, err
		}
		before := shown
		shown = view.Addition
		switch {
		case !shown.Ended.IsZero():
			return true, stream.send("done", templates.AdditionState(view))
		case shown.Done != before.Done || shown.Stopped != before.Stopped:
			return false, stream.send("state", templates.AdditionState(view))
		}
		return false, stream.write(": \n\n") // find out whether anybody listens
	})
}
