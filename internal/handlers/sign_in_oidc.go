package handlers

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/web/templates"
)

// OpenID is a provider at which people can sign in, beside local users.
type OpenID interface {
	// Title is what people call it.
	Title() string
	// Begin makes a flow, which only the browser keeps, and the address at the
	// provider; back is where that sends the browser afterwards.
	Begin(ctx context.Context, back string) (flow, address string, err error)
	// Finish returns who signed in, from the flow and what the browser came back with.
	Finish(ctx context.Context, flow string, answer url.Values) (identity.External, error)
}

// Where a sign-in at the provider begins, and where it comes back to.
const (
	openIDRoute = "/sign-in/oidc"
	openIDBack  = openIDRoute + "/callback"
)

// The cookie of a sign-in on its way: signed and encrypted like the session's.
const (
	flowCookie = api.SessionCookie + "_sign_in"
	flowKey    = "flow"
	nextKey    = "next"
	flowAge    = 10 * 60 // seconds
)

// openIDRoutes are there only if there is a provider.
func (p *pages) openIDRoutes(all *echo.Group) {
	if p.OpenID != nil {
		all.GET(openIDRoute, p.beginOpenID)
		all.GET(openIDBack, p.finishOpenID)
	}
}

// beginOpenID sends the browser to the provider. It is a link and no form, because
// a form of ours leads nowhere else (contentPolicy).
func (p *pages) beginOpenID(c echo.Context) error {
	next := safeNext(c.QueryParam("next"))
	flow, address, err := p.OpenID.Begin(c.Request().Context(), p.base(c)+openIDBack)
	if err != nil {
		return p.notSignedIn(c, err, next)
	}
	if err := p.keepFlow(c, map[any]any{flowKey: flow, nextKey: next}, flowAge); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, address)
}

// finishOpenID takes the browser back from the provider. The flow is forgotten
// before anything else, so that it counts once.
func (p *pages) finishOpenID(c echo.Context) error {
	values := p.cookieNamed(c, flowCookie).Values
	flow, _ := values[flowKey].(string)
	kept, _ := values[nextKey].(string)
	next := safeNext(kept)
	if err := p.keepFlow(c, map[any]any{}, -1); err != nil {
		return err
	}
	if flow == "" && currentSession(c) != nil {
		return redirect(c, next) // went back to a page that has done its work
	}
	who, err := p.OpenID.Finish(c.Request().Context(), flow, c.QueryParams())
	if err != nil {
		return p.notSignedIn(c, err, next)
	}
	token, session, err := p.Identity.SignInExternal(c.Request().Context(), who, p.actor(c), c.Request().UserAgent())
	if err != nil {
		return p.notSignedIn(c, err, next)
	}
	return p.admit(c, token, session, next)
}

func (p *pages) keepFlow(c echo.Context, values map[any]any, age int) error {
	cookie := p.cookieNamed(c, flowCookie)
	cookie.Values, cookie.Options.MaxAge = values, age
	return p.saveCookie(c, cookie)
}

// notSignedIn is the sign-in page with what went wrong: both ways in are there to be
// tried. The causes are for the operator, so they are logged.
func (p *pages) notSignedIn(c echo.Context, err error, next string) error {
	e, known := errors.AsType[*api.Error](err)
	if !known || e.Code == api.Internal {
		return err
	}
	p.Log.Warn("no sign-in at the OpenID provider", slog.Any("error", err), slog.String("request_id", requestID(c)))
	f := templates.SignInForm(localised(c), next)
	f.Refused, f.Problems = true, []api.Problem{{Message: e.Message}}
	return p.showSignIn(c, statuses[e.Code], f, next)
}

// openIDView is the button of the sign-in page, without a title if there is none.
func (p *pages) openIDView(next string) templates.OpenIDView {
	if p.OpenID == nil {
		return templates.OpenIDView{}
	}
	return templates.OpenIDView{Title: p.OpenID.Title(), Href: openIDRoute + "?next=" + url.QueryEscape(next)}
}

// leftPath is where people are after they signed out: where there is a provider,
// they are told that it may still know them.
func (p *pages) leftPath() string {
	if p.OpenID == nil {
		return "/sign-in"
	}
	return "/sign-in?left=true"
}

// base is the address of the console, as the browser knows it.
func (p *pages) base(c echo.Context) string {
	return cmp.Or(p.PublicURL, scheme(c)+"://"+c.Request().Host)
}
