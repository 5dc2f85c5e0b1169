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
	draft, _ := everyoneDraft(typed)
	if err := p.sample(c, f, api.OpenToEveryone{Service: view.Service.ID, Draft: draft}); err != nil {
		return err
	}
	frame := p.frame(c, "whitelist.everyone_title")
	frame.Path = view.Path() + "/everyone"
	return p.render(c, status, templates.EveryonePage(frame, templates.EveryoneView{EndpointServiceView: view, Form: f}))
}

// everyoneDraft is what the form describes, and whether its end can be read.
func everyoneDraft(typed url.Values) (api.EveryoneDraft, bool) {
	expires, ok := api.ReadExpiry(typed.Get("expires"), time.Now())
	return api.EveryoneDraft{
		Confirm: strings.TrimSpace(typed.Get("confirm")), Reason: strings.TrimSpace(typed.Get("reason")), Expires: expires,
	}, ok
}

// redrawEveryone shows the form again as it was typed. It judges nothing.
func (p *pages) redrawEveryone(c echo.Context) error {
	view, err := p.serviceView(c)
	if err != nil {
		return err
	}
	values, err := formValues(c)
	if err != nil {
		return err
	}
	return p.askEveryone(c, http.StatusOK, view, values, nil)
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
	draft, ok := everyoneDraft(values)
	if !ok {
		return p.askEveryone(c, http.StatusUnprocessableEntity, view, values, []api.Problem{
			{Path: "expires", Message: api.M("lines.expires", "text", values.Get("expires"))},
		})
	}
	_, err = p.Service.OpenToEveryone(c.Request().Context(), p.scope(c), view.Service.ID, draft)
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
