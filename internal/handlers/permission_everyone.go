package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// everyonePage asks before every account may connect to the service, or before
// it may for longer.
func (p *pages) everyonePage(c echo.Context) error {
	view, err := p.serviceView(c)
	if err != nil {
		return err
	}
	typed := url.Values{}
	if open := view.Service.Everyone; open != nil {
		typed = url.Values{"reason": {open.Reason}, "expires": {templates.ExpiryText(open.Expires)}}
	}
	return p.askEveryone(c, http.StatusOK, view, typed, nil)
}

func (p *pages) askEveryone(c echo.Context, status int, view templates.EndpointServiceView, typed url.Values, problems []api.Problem) error {
	f := templates.EveryoneForm(localised(c), view)
	f.Values, f.Problems, f.Refused = typed, problems, problems != nil
	frame := p.frame(c, "whitelist.everyone_title")
	frame.Path = view.Path() + "/everyone"
	return p.render(c, status, templates.EveryonePage(frame, templates.EveryoneView{EndpointServiceView: view, Form: f}))
}

// openToEveryone lets every account connect, for a reason and perhaps for a
// while.
func (p *pages) openToEveryone(c echo.Context) error {
	view, err := p.serviceView(c)
	if err != nil {
		return err
	}
	values, err := formValues(c)
	if err != nil {
		return err
	}
	expires, ok := api.ReadExpiry(values.Get("expires"), time.Now())
	if !ok {
		return p.askEveryone(c, http.StatusUnprocessableEntity, view, values, []api.Problem{
			{Path: "expires", Message: api.M("lines.expires", "text", values.Get("expires"))},
		})
	}
	_, err = p.Service.OpenToEveryone(c.Request().Context(), p.scope(c), view.Service.ID, api.EveryoneDraft{
		Confirm: strings.TrimSpace(values.Get("confirm")), Reason: strings.TrimSpace(values.Get("reason")), Expires: expires,
	})
	problems, err := problemsOf(err)
	switch {
	case err != nil:
		return err
	case problems != nil:
		return p.askEveryone(c, http.StatusUnprocessableEntity, view, values, problems)
	}
	p.flashKind(c, templates.Warning, api.M("whitelist.opened"))
	return redirect(c, view.Path())
}
