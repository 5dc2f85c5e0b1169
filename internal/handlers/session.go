package handlers

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/keyring"
)

// The cookie holds one random token, signed and encrypted; what it opens is a
// row of the database, so that signing out counts at once and everywhere.
const (
	cookieName = api.SessionCookie // behind __Host- where the connection is secure
	tokenKey   = "token"
	pendingKey = "pending"        // the session waits for a second factor
	cookieAge  = 7 * 24 * 60 * 60 // seconds; the session behind it may end earlier
)

func newCookies(keys *keyring.Ring) *sessions.CookieStore {
	store := sessions.NewCookieStore(keys.Derive("cookie signature", 64), keys.Derive("cookie encryption", 32))
	store.Options = &sessions.Options{Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
	store.MaxAge(cookieAge)
	return store
}

// cookie returns the request's session.
func (p *pages) cookie(c echo.Context) *sessions.Session { return p.cookieNamed(c, cookieName) }

// cookieNamed returns a cookie session of the request, an empty one if there is none
// or it was not made here.
func (p *pages) cookieNamed(c echo.Context, name string) *sessions.Session {
	secure := secure(c)
	if secure {
		name = "__Host-" + name
	}
	session, _ := p.cookies.Get(c.Request(), name)
	session.Options.Secure = secure
	return session
}

func (p *pages) saveCookie(c echo.Context, session *sessions.Session) error {
	return session.Save(c.Request(), c.Response())
}

// Keys of what the middlewares put into the echo context.
const (
	sessionKey = "session"
	projectKey = "project"
)

// readSession finds out who is signed in. Only a session that is over means
// nobody: a database that does not answer must not look like that.
func (p *pages) readSession(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		token, _ := p.cookie(c).Values[tokenKey].(string)
		if token == "" {
			return next(c)
		}
		session, err := p.Identity.Session(c.Request().Context(), token)
		switch api.CodeOf(err) {
		case "":
			c.Set(sessionKey, &session)
		case api.Unauthorised, api.NotFound:
		default:
			return err
		}
		return next(c)
	}
}

// currentSession returns who is signed in, or nil.
func currentSession(c echo.Context) *identity.Session {
	s, _ := c.Get(sessionKey).(*identity.Session)
	return s
}

// ended reports whether the browser still has the token of a session that is
// over.
func (p *pages) ended(c echo.Context) bool {
	token, _ := p.cookie(c).Values[tokenKey].(string)
	return token != "" && currentSession(c) == nil && !p.pending(c)
}

// pending reports whether the browser has a session that waits for a second factor.
func (p *pages) pending(c echo.Context) bool {
	waits, _ := p.cookie(c).Values[pendingKey].(bool)
	return waits
}

// requireSession sends strangers to the sign-in page and back here afterwards.
// Who sends a form by htmx stays where he is, with everything he typed.
func (p *pages) requireSession(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if currentSession(c) != nil {
			return next(c)
		}
		sent := c.Request().Method == http.MethodPost
		if sent && isHTMX(c.Request()) {
			return api.Errorf(api.Unauthorised, "session.ended_form")
		}
		target := "/sign-in?next=" + url.QueryEscape(returnPath(c.Request()))
		if sent {
			target += "&lost=true"
		}
		if isHTMX(c.Request()) {
			c.Response().Header().Set("HX-Redirect", target)
			return c.NoContent(http.StatusUnauthorized)
		}
		return c.Redirect(http.StatusSeeOther, target)
	}
}

// returnPath is the page to come back to: the one asked for, or for a form and
// an htmx part the page it stands on.
func returnPath(r *http.Request) string {
	if r.Method == http.MethodGet && !isHTMX(r) {
		return r.URL.RequestURI()
	}
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host {
		return "/"
	}
	return from.RequestURI()
}

// safeNext keeps a redirect on this site (S25): a path that begins with one
// slash and has nothing a browser could read as another host.
func safeNext(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(next, "/") ||
		strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}

// requireProject finds the project in the path; one the user may not use is
// not found.
func (p *pages) requireProject(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		project, err := p.Identity.Project(c.Request().Context(), currentSession(c).User, c.Param("project"))
		if err != nil {
			return err
		}
		c.Set(projectKey, &project)
		return next(c)
	}
}

// lookAgain finds out once more who is signed in and what he may do in the project, for
// an answer that goes on for a while: who is kept out is so at once.
func (p *pages) lookAgain(c echo.Context) error {
	token, _ := p.cookie(c).Values[tokenKey].(string)
	session, err := p.Identity.Session(c.Request().Context(), token)
	if err != nil {
		return err
	}
	found, err := p.Identity.Project(c.Request().Context(), session.User, c.Param("project"))
	if err != nil {
		return err
	}
	c.Set(sessionKey, &session)
	c.Set(projectKey, &found)
	return nil
}

// project returns the project of the path, or nil outside of /p.
func project(c echo.Context) *identity.Project {
	found, _ := c.Get(projectKey).(*identity.Project)
	return found
}

// actor is who the request acts for.
func (p *pages) actor(c echo.Context) api.Actor {
	a := api.Actor{Way: api.WayPage, Addr: c.RealIP(), RequestID: requestID(c), Role: role(c)}
	if s := currentSession(c); s != nil {
		a.UserID, a.User = s.User.ID, s.User.Name
	}
	return a
}

// role is the reader's in the project of the path or, outside of projects, only that
// of administrators.
func role(c echo.Context) api.Role {
	if here := project(c); here != nil {
		return here.Role
	}
	if s := currentSession(c); s != nil && s.User.Administrator {
		return api.RoleAdministrator
	}
	return api.RoleNone
}

// scope is where the request acts: the project of the path, in its user's name.
func (p *pages) scope(c echo.Context) api.Scope {
	return api.Scope{Project: project(c).ID, Actor: p.actor(c)}
}
