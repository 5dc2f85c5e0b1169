package handlers

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

func factorPath() string { return templates.ProfilePath + templates.ProfileFactor }

func (p *pages) showFactor(c echo.Context) error { return p.renderFactor(c, http.StatusOK, nil) }

// renderFactor shows the second factor, with the form that turns it off if there is one.
func (p *pages) renderFactor(c echo.Context, status int, refusal error) error {
	profile, err := p.profile(c)
	if err != nil {
		return err
	}
	view := templates.FactorView{ProfileView: profile, Form: templates.NoFactorForm(localised(c))}
	if refusal != nil {
		if err := refuse(&view.Form, url.Values{}, refusal); err != nil {
			return err
		}
	}
	frame := p.frame(c, "profile.title")
	frame.Path = factorPath()
	return p.render(c, status, templates.ProfileFactorPage(frame, view))
}

func (p *pages) beginFactor(c echo.Context) error { return p.setUpFactor(c, http.StatusOK, nil) }

// setUpFactor shows the key that waits for its first code.
func (p *pages) setUpFactor(c echo.Context, status int, refusal error) error {
	profile, err := p.profile(c)
	if err != nil {
		return err
	}
	setup, err := p.Identity.BeginFactor(c.Request().Context(), p.actor(c))
	if err != nil {
		return p.sayRefusalAt(c, factorPath(), err)
	}
	view := templates.FactorView{ProfileView: profile, Key: setup.Key.Reveal(), Form: templates.FactorForm(localised(c))}
	if refusal != nil {
		if err := refuse(&view.Form, url.Values{"code": {c.FormValue("code")}}, refusal); err != nil {
			return err
		}
	}
	frame := p.frame(c, "profile.title")
	frame.Path = factorPath()
	return p.render(c, status, templates.ProfileFactorSetup(frame, view))
}

// factorImage is that key as a picture for an app.
func (p *pages) factorImage(c echo.Context) error {
	image, err := p.Identity.FactorImage(c.Request().Context(), p.actor(c))
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "image/png", image)
}

// confirmFactor turns the second factor on and shows the recovery codes, once.
func (p *pages) confirmFactor(c echo.Context) error {
	recovery, err := p.Identity.ConfirmFactor(c.Request().Context(), p.actor(c), strings.TrimSpace(c.FormValue("code")))
	if api.CodeOf(err) == api.NotFound {
		return p.sayRefusalAt(c, factorPath(), api.Errorf(api.Conflict, "identity.factor_not_begun"))
	}
	if err != nil {
		return p.setUpFactor(c, http.StatusUnprocessableEntity, err)
	}
	ctx := localised(c)
	return p.showOnce(c, "profile.factor_on", templates.OnceView{
		Lead: locale.T(ctx, "profile.factor_on_lead"), Button: locale.T(ctx, "profile.to_profile"), Back: factorPath(),
		Items: []templates.OnceItem{{ID: "recovery", Label: locale.T(ctx, "profile.recovery"), Text: strings.Join(recovery, "\n")}},
		Notes: []string{locale.T(ctx, "profile.recovery_help")},
	})
}

func (p *pages) removeFactor(c echo.Context) error {
	if err := p.Identity.RemoveFactor(c.Request().Context(), p.actor(c), api.NewSecret(c.FormValue("password"))); err != nil {
		return p.renderFactor(c, http.StatusUnprocessableEntity, err)
	}
	p.flash(c, api.M("profile.factor_removed"))
	return redirect(c, factorPath())
}
