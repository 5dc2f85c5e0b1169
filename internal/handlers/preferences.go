package handlers

import (
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// Language and theme are cookies of their own, so that the sign-in page has
// them, too; for a user they are also kept, and come along to the next browser.
const (
	langCookie     = "lang"
	themeCookie    = "theme"
	preferencesAge = 365 * 24 * 60 * 60 // seconds
)

var themes = []string{"auto", "light", "dark"}

// lang returns the request's language: the one chosen, else the browser's.
func lang(c echo.Context) string {
	if known, ok := c.Get(langCookie).(string); ok {
		return known
	}
	known := readLang(c)
	c.Set(langCookie, known)
	return known
}

func readLang(c echo.Context) string {
	if chosen, err := c.Cookie(langCookie); err == nil && slices.Contains(locale.Languages, chosen.Value) {
		return chosen.Value
	}
	return locale.Negotiate(c.Request().Header.Get("Accept-Language"))
}

func theme(c echo.Context) string {
	if known, ok := c.Get(themeCookie).(string); ok {
		return known
	}
	if chosen, err := c.Cookie(themeCookie); err == nil && slices.Contains(themes, chosen.Value) {
		return chosen.Value
	}
	return themes[0]
}

// localised is the request's context for rendering: with its language, and with what
// the reader is offered. Nothing is changed in a project that is archived.
func localised(c echo.Context) context.Context {
	offered := role(c)
	if here := project(c); here != nil && here.Changeable() != nil {
		offered = min(offered, api.RoleViewer)
	}
	return withViews(templates.WithRole(locale.With(c.Request().Context(), lang(c)), offered), c)
}

// savePreferences takes either choice from the switches on every page.
func (p *pages) savePreferences(c echo.Context) error {
	if err := p.takePreferences(c); err != nil {
		return err
	}
	return redirect(c, safeNext(c.FormValue("next")))
}

// takePreferences keeps what the request chooses. The answer to it follows
// already.
func (p *pages) takePreferences(c echo.Context) error {
	chosenLang, chosenTheme := lang(c), theme(c)
	if l := c.FormValue("language"); slices.Contains(locale.Languages, l) {
		chosenLang = l
	}
	if t := c.FormValue("theme"); slices.Contains(themes, t) {
		chosenTheme = t
	}
	c.Set(langCookie, chosenLang)
	c.Set(themeCookie, chosenTheme)
	setPreferences(c, chosenLang, chosenTheme)
	if currentSession(c) == nil {
		return nil
	}
	return p.Identity.SetPreferences(c.Request().Context(), p.actor(c), chosenLang, chosenTheme)
}

// choosesPreferences reports whether a form came by way of the switches.
func choosesPreferences(c echo.Context) bool {
	return c.FormValue("language") != "" || c.FormValue("theme") != ""
}

func setPreferences(c echo.Context, lang, theme string) {
	for name, value := range map[string]string{langCookie: lang, themeCookie: theme} {
		if value == "" {
			continue
		}
		c.SetCookie(&http.Cookie{ //nolint:gosec // Secure wherever the connection is; the first start is plain http on loopback
			Name: name, Value: value, Path: "/", MaxAge: preferencesAge,
			HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: secure(c),
		})
	}
}
