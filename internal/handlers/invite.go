package handlers

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// newPasswordPath is what one-time links lead to.
const newPasswordPath = "/password"

// inviteRoutes are what people come in by who have no password yet, or gave only that.
func (p *pages) inviteRoutes(all *echo.Group) {
	all.GET(newPasswordPath, p.newPasswordPage)
	all.POST(newPasswordPath, p.setNewPassword)
	all.GET(templates.SecondStepPath, p.secondStepPage)
	all.POST(templates.SecondStepPath, p.secondStep)
}

// newPasswordPage is behind a one-time link.
func (p *pages) newPasswordPage(c echo.Context) error {
	return p.showNewPassword(c, http.StatusOK, nil)
}

func (p *pages) showNewPassword(c echo.Context, status int, refusal error) error {
	token := c.QueryParam("token")
	link, err := p.Identity.PasswordLink(c.Request().Context(), token)
	if err != nil {
		return err
	}
	f := templates.NewPasswordForm(localised(c), newPasswordPath+"?token="+url.QueryEscape(token), link.User.Name)
	if refusal != nil {
		if err := refuse(&f, f.Values, refusal); err != nil {
			return err
		}
	}
	title := "people.reset_page"
	if link.Invite {
		title = "people.invited_page"
	}
	return p.render(c, status, templates.Invited(p.frame(c, title), templates.InvitedView{Link: link, Form: f}))
}

// setNewPassword sets the password and signs in with it.
func (p *pages) setNewPassword(c echo.Context) error {
	password, err := typedTwice(c, "password")
	var user identity.User
	if err == nil {
		user, err = p.Identity.UsePasswordLink(c.Request().Context(), c.QueryParam("token"), password, p.actor(c))
	}
	if err != nil {
		return p.showNewPassword(c, http.StatusUnprocessableEntity, err)
	}
	return p.enter(c, user.Name, password, "/")
}

// secondStepPage asks who gave the password for a code.
func (p *pages) secondStepPage(c echo.Context) error {
	next := safeNext(c.QueryParam("next"))
	if currentSession(c) != nil {
		return c.Redirect(http.StatusSeeOther, next)
	}
	return p.showSecondStep(c, http.StatusOK, templates.SecondStepForm(localised(c), next), next)
}

func (p *pages) showSecondStep(c echo.Context, status int, f form.Form, next string) error {
	if !p.pending(c) {
		return redirect(c, "/sign-in?next="+url.QueryEscape(next))
	}
	frame := p.frame(c, "profile.second_step")
	frame.Path = secondStepAt(next)
	return p.render(c, status, templates.SecondStep(frame, f))
}

func secondStepAt(next string) string {
	return templates.SecondStepPath + "?next=" + url.QueryEscape(next)
}

// secondStep opens the session if the code is right. A session that ended meanwhile
// begins with the password again.
func (p *pages) secondStep(c echo.Context) error {
	next := safeNext(c.FormValue("next"))
	token, _ := p.cookie(c).Values[tokenKey].(string)
	session, err := p.Identity.CompleteSignIn(c.Request().Context(), token, c.FormValue("code"), p.actor(c))
	if err == nil {
		return p.admit(c, token, session, next)
	}
	e, refused := errors.AsType[*api.Error](err)
	switch {
	case refused && (e.Message.Key == identity.WrongCode || e.Code == api.Limit):
		f := templates.SecondStepForm(localised(c), next)
		f.Refused, f.Problems = true, []api.Problem{{Path: "code", Message: e.Message}}
		return p.showSecondStep(c, http.StatusUnprocessableEntity, f, next)
	case refused && e.Code == api.Unauthorised:
		return redirect(c, "/sign-in?next="+url.QueryEscape(next))
	}
	return err
}
