package handlers

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// shownRamps is how many ramps of an alias its page tells of.
const shownRamps = 20

// Bounds of how often a browser without JavaScript looks at a ramp again, in
// seconds: as the next step is taken, but not in a hurry and not never.
const (
	rampSoonest = 5
	rampLatest  = 60
)

func (p *pages) showRamp(c echo.Context) error {
	alias, err := p.aliasView(c)
	if err != nil {
		return err
	}
	return p.renderRamp(c, http.StatusOK, templates.RampView{AliasView: alias})
}

func (p *pages) renderRamp(c echo.Context, status int, view templates.RampView) error {
	ramps, err := p.Service.Ramps(c.Request().Context(), p.scope(c), view.Alias.ID, shownRamps)
	if err != nil {
		return err
	}
	for i := range ramps {
		if !ramps[i].Ended.IsZero() {
			view.Past = append(view.Past, ramps[i])
		}
	}
	frame := p.namedFrame(c, view.Alias.Name)
	frame.Path = view.Path() + "/ramp"
	frame.Refresh = rampRefresh(view.Alias.Ramp)
	if err := p.sampleActions(c, &frame, aliasActions(&view.Alias)...); err != nil {
		return err
	}
	return p.render(c, status, templates.RampPage(frame, view))
}

// rampRefresh is when a browser without JavaScript looks again, in seconds; 0 for
// never.
func rampRefresh(ramp *api.Ramp) int {
	switch {
	case ramp == nil:
		return 0
	case ramp.Next.IsZero():
		return rampLatest
	}
	return min(max(int(time.Until(ramp.Next).Seconds())+1, rampSoonest), rampLatest)
}

// steerRamp does something to the ramp that is under way, if it is still at the
// step that was seen.
func (p *pages) steerRamp(c echo.Context) error {
	alias, err := p.aliasView(c)
	if err != nil {
		return err
	}
	at, err := strconv.Atoi(c.FormValue("at"))
	if err != nil {
		at = -1 // a step that no ramp is at
	}
	_, err = p.Service.SteerRamp(c.Request().Context(), p.scope(c), alias.Alias.ID, api.RampDeed(c.FormValue("do")), at)
	var said api.Message
	if err != nil {
		e := domainError(err)
		switch e.Code {
		case api.Conflict, api.Invalid, api.NotFound:
			said = e.Message
		default:
			return err
		}
	}
	return p.afterRamp(c, said)
}

// afterRamp shows the ramp as it is now; said is why what was wanted was not
// done.
func (p *pages) afterRamp(c echo.Context, said api.Message) error {
	alias, err := p.aliasView(c)
	if err != nil {
		return err
	}
	if isHTMX(c.Request()) {
		return p.renderRamp(c, http.StatusOK, templates.RampView{AliasView: alias, Said: said})
	}
	if !said.IsZero() {
		p.flashKind(c, templates.Warning, said)
	}
	return redirect(c, alias.Path()+"/ramp")
}

// rampEvents streams the ramp until it ends: "state" as it goes on, and "done".
func (p *pages) rampEvents(c echo.Context) error {
	view := templates.RampView{}
	var err error
	if view.AliasView, err = p.aliasView(c); err != nil {
		return err
	}
	stream, err := openStream(c)
	if err != nil {
		return err
	}
	type sight struct {
		version, next int64
		state         api.RampState
	}
	var shown sight
	return p.follow(c, func() (bool, error) {
		if view.Alias, err = p.Service.Alias(c.Request().Context(), p.scope(c), view.Alias.ID); err != nil {
			return true, err
		}
		if view.Alias.Ramp == nil {
			return true, p.endRampStream(c, stream, view)
		}
		now := sight{view.Alias.Version, view.Alias.Ramp.Next.UnixMicro(), view.Alias.Ramp.State}
		if now == shown {
			return false, stream.write(": \n\n") // find out whether anybody listens
		}
		shown = now
		if view.Versions, err = p.Service.Versions(c.Request().Context(), p.scope(c), view.Alias.Function.ID); err != nil {
			return true, err
		}
		return false, stream.send("state", templates.RampState(view))
	})
}

// endRampStream tells how the ramp ended.
func (p *pages) endRampStream(c echo.Context, stream *eventStream, view templates.RampView) error {
	latest, err := p.Service.Ramps(c.Request().Context(), p.scope(c), view.Alias.ID, 1)
	if err != nil {
		return err
	}
	if len(latest) > 0 {
		view.Ended = &latest[0]
	}
	return stream.send("done", templates.RampState(view))
}
