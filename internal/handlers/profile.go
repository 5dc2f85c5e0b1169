package handlers

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// profileRoutes are the pages on which people look after themselves.
func (p *pages) profileRoutes(in *echo.Group) {
	profile := in.Group(templates.ProfilePath)
	profile.GET("", p.showProfile)
	profile.GET("/password", p.editPassword)
	profile.POST("/password", p.changePassword)
	profile.GET("/factor", p.showFactor)
	profile.POST("/factor", p.beginFactor)
	profile.GET("/factor/image", p.factorImage)
	profile.POST("/factor/confirm", p.confirmFactor)
	profile.POST("/factor/remove", p.removeFactor)
	profile.GET("/sessions", p.listSessions)
	profile.POST("/sessions", p.endSession)
	profile.GET("/sessions/end", p.confirmEndSessions)
	profile.POST("/sessions/end", p.endSessions)
	p.credentialRoutes(profile)
}

// profile is what all pages of the reader's profile know.
func (p *pages) profile(c echo.Context) (templates.ProfileView, error) {
	person, err := p.Identity.Person(c.Request().Context(), p.actor(c), currentSession(c).User.ID)
	return templates.ProfileView{Person: person}, err
}

func (p *pages) showProfile(c echo.Context) error {
	profile, err := p.profile(c)
	if err != nil {
		return err
	}
	view := templates.ProfileFormView{ProfileView: profile, Form: templates.PreferencesForm(localised(c), theme(c))}
	return p.render(c, http.StatusOK, templates.Profile(p.frame(c, "profile.title"), view))
}

func (p *pages) editPassword(c echo.Context) error { return p.showPassword(c, http.StatusOK, nil) }

// showPassword shows the form of a password; what was typed into it is typed again.
func (p *pages) showPassword(c echo.Context, status int, refusal error) error {
	profile, err := p.profile(c)
	if err != nil {
		return err
	}
	view := templates.ProfileFormView{ProfileView: profile, Tab: templates.ProfilePassword, Form: templates.PasswordForm(localised(c))}
	if refusal != nil {
		if err := refuse(&view.Form, url.Values{}, refusal); err != nil {
			return err
		}
	}
	frame := p.frame(c, "profile.title")
	frame.Path = templates.ProfilePath + templates.ProfilePassword
	return p.render(c, status, templates.ProfileForm(frame, view))
}

// typedTwice reads a new password that has to be typed twice.
func typedTwice(c echo.Context, path string) (api.Secret, error) {
	typed := c.FormValue(path)
	if c.FormValue("again") != typed {
		return api.Secret{}, api.Refuse([]api.Problem{{Path: "again", Message: api.M("set_up.again_differs")}})
	}
	return api.NewSecret(typed), nil
}

func (p *pages) changePassword(c echo.Context) error {
	wanted, err := typedTwice(c, "new")
	if err == nil {
		err = p.Identity.ChangePassword(c.Request().Context(), p.actor(c), currentSession(c).ID, api.NewSecret(c.FormValue("old")), wanted)
	}
	if err != nil {
		return p.showPassword(c, http.StatusUnprocessableEntity, err)
	}
	p.flash(c, api.M("profile.password_changed"))
	return redirect(c, templates.ProfilePath)
}

func (p *pages) listSessions(c echo.Context) error {
	profile, err := p.profile(c)
	if err != nil {
		return err
	}
	sessions, err := p.Identity.Sessions(c.Request().Context(), p.actor(c))
	if err != nil {
		return err
	}
	view := templates.SessionsView{ProfileView: profile, Here: currentSession(c).ID, Sessions: sessions}
	return p.render(c, http.StatusOK, templates.ProfileSessionsPage(p.frame(c, "profile.title"), view))
}

// endSession signs the reader out somewhere else.
func (p *pages) endSession(c echo.Context) error {
	if err := p.Identity.SignOut(c.Request().Context(), p.actor(c), c.FormValue("session")); err != nil {
		return err
	}
	p.flash(c, api.M("profile.session_ended"))
	return redirect(c, templates.ProfilePath+templates.ProfileSessions)
}

func (p *pages) confirmEndSessions(c echo.Context) error {
	ctx, path := localised(c), templates.ProfilePath+templates.ProfileSessions
	return p.askFirst(c, "profile.sign_out_everywhere", templates.Confirm{
		Text: locale.T(ctx, "profile.end_text"), Button: locale.T(ctx, "profile.sign_out_everywhere"),
		Consequences: []string{locale.T(ctx, "profile.end_sessions"), locale.T(ctx, "profile.end_here"), locale.T(ctx, "profile.end_keys")},
		Action:       path + "/end", Cancel: path,
	}, []templates.Crumb{{Label: locale.T(ctx, "profile.tab_sessions"), Href: path}})
}

// endSessions signs the reader out everywhere, here too.
func (p *pages) endSessions(c echo.Context) error {
	if _, err := p.Identity.SignOutEverywhere(c.Request().Context(), p.actor(c), ""); err != nil {
		return err
	}
	return p.forget(c)
}
