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

// setUpPage is behind the one-time link that the first start prints.
func (p *pages) setUpPage(c echo.Context) error {
	open, err := p.Identity.SetUpOpen(c.Request().Context(), c.QueryParam("token"))
	if err != nil {
		return err
	}
	if !open {
		return api.Errorf(api.NotFound, "set_up.closed")
	}
	return p.render(c, http.StatusOK, templates.SetUp(p.frame(c, "set_up.title"), p.setUpForm(c)))
}

func (p *pages) setUpForm(c echo.Context) form.Form {
	return templates.SetUpForm(localised(c), "/set-up?token="+url.QueryEscape(c.QueryParam("token")))
}

// setUp makes the first administrator and signs in.
func (p *pages) setUp(c echo.Context) error {
	name, password := c.FormValue("name"), api.NewSecret(c.FormValue("password"))
	var err error
	if c.FormValue("again") != password.Reveal() {
		err = api.Refuse([]api.Problem{{Path: "again", Message: api.M("set_up.again_differs")}})
	} else {
		_, err = p.Identity.CompleteSetUp(c.Request().Context(), c.QueryParam("token"), name, password, p.actor(c))
	}
	if err == nil {
		return p.enter(c, name, password, "/")
	}
	problems, err := problemsOf(err)
	if err != nil {
		return err
	}
	f := p.setUpForm(c)
	f.Values, f.Problems, f.Refused = url.Values{"name": {name}}, problems, true
	return p.render(c, http.StatusUnprocessableEntity, templates.SetUp(p.frame(c, "set_up.title"), f))
}

func (p *pages) signInPage(c echo.Context) error {
	next := safeNext(c.QueryParam("next"))
	if currentSession(c) != nil {
		return c.Redirect(http.StatusSeeOther, next)
	}
	return p.showSignIn(c, http.StatusOK, templates.SignInForm(localised(c), next), next)
}

func (p *pages) signIn(c echo.Context) error {
	name, next := c.FormValue("name"), safeNext(c.FormValue("next"))
	err := p.enter(c, name, api.NewSecret(c.FormValue("password")), next)
	e, refused := errors.AsType[*api.Error](err)
	if !refused || e.Code != api.Unauthorised && e.Code != api.Limit {
		return err
	}
	f := templates.SignInForm(localised(c), next)
	f.Values, f.Refused = url.Values{"name": {name}}, true
	f.Problems = []api.Problem{{Message: e.Message}}
	return p.showSignIn(c, http.StatusUnprocessableEntity, f, next)
}

func (p *pages) showSignIn(c echo.Context, status int, f form.Form, next string) error {
	frame := p.frame(c, "sign_in.title")
	frame.Path = "/sign-in?next=" + url.QueryEscape(next)
	known, err := p.Identity.HasAdministrator(c.Request().Context())
	if err != nil {
		return err
	}
	view := templates.SignInView{Form: f, Nobody: !known, Ended: p.ended(c), Lost: c.QueryParam("lost") == "true", Left: c.QueryParam("left") == "true", OpenID: p.openIDView(next)}
	return p.render(c, status, templates.SignIn(frame, view))
}

// enter opens a session and sends the browser on.
func (p *pages) enter(c echo.Context, name string, password api.Secret, next string) error {
	credentials := identity.Credentials{Name: name, Password: password}
	token, session, err := p.Identity.SignIn(c.Request().Context(), credentials, p.actor(c), c.Request().UserAgent())
	if err != nil {
		return err
	}
	return p.admit(c, token, session, next)
}

// admit gives the browser a session and sends it on. The cookie is a new one, so
// that nobody can have planted it before.
func (p *pages) admit(c echo.Context, token string, session identity.Session, next string) error {
	cookie := p.cookie(c)
	cookie.Values = map[any]any{tokenKey: token}
	if session.Pending {
		cookie.Values[pendingKey] = true
		next = secondStepAt(next)
	}
	if err := p.saveCookie(c, cookie); err != nil {
		return err
	}
	if !session.Pending {
		setPreferences(c, session.User.Lang, session.User.Theme)
	}
	return redirect(c, next)
}

// signOut ends the session here and on every replica.
func (p *pages) signOut(c echo.Context) error {
	if s := currentSession(c); s != nil {
		if err := p.Identity.SignOut(c.Request().Context(), p.actor(c), s.ID); err != nil {
			return err
		}
	}
	return p.forget(c)
}

// forget takes the session out of the browser.
func (p *pages) forget(c echo.Context) error {
	cookie := p.cookie(c)
	cookie.Values = map[any]any{}
	cookie.Options.MaxAge = -1
	if err := p.saveCookie(c, cookie); err != nil {
		return err
	}
	return redirect(c, p.leftPath())
}
