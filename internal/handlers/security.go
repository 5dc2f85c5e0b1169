package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// Bounds of what is sent to a page, in bytes: of a form, whose largest field is
// a keytab of 64 KiB; of a form with a file of links; and of the plan made of
// it, which brings the file sealed, a third longer, and what was typed for it. A
// list of accounts comes beside those of its lines that were read before, and the
// code of a function in the form of that.
const (
	maxBody = 1 << 20
	maxFile = api.MaxImportFile + 64<<10
	maxPlan = 2 * api.MaxImportFile
	maxCode = api.MaxCodeFile + maxBody
)

// contentPolicy lets a page load only what this server serves, and run only
// its script files. No unsafe-*: htmx is configured to do without eval.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// secureHeaders goes on every answer. Pages are personal: nothing caches them.
func secureHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		if secure(c) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		h.Set("Cache-Control", "no-store")
		return next(c)
	}
}

// refuseCrossOrigin refuses what another site's page sends in a user's name
// (S16): a browser says where an unsafe request comes from, and only from here
// is it taken. Nothing changes state on GET.
func refuseCrossOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	protection := http.NewCrossOriginProtection()
	return func(c echo.Context) error {
		if err := protection.Check(c.Request()); err != nil {
			return api.Errorf(api.Forbidden, "error.cross_origin")
		}
		return next(c)
	}
}

// limitBody runs when the route is known, and before anything reads the body.
func limitBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		limit := int64(maxBody)
		switch c.Path() {
		case importRoute:
			limit = maxFile
		case importRoute + "/apply", addRoute, addRoute + "/check", addRoute + "/drop", addRoute + "/edit", addRoute + "/validate":
			limit = maxPlan
		case undoRoute, trialsRoute:
			limit = maxFile
		case functionRoute, functionRoute + "/edit", functionRoute + "/:id", functionRoute + "/:id/edit":
			limit = maxCode
		}
		r := c.Request()
		r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
		return next(c)
	}
}

// identifyRequest gives every request an id, shown on error pages and written
// to the log and the audit log.
func (p *pages) identifyRequest(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderXRequestID, rand.Text())
		return next(c)
	}
}

func requestID(c echo.Context) string { return c.Response().Header().Get(echo.HeaderXRequestID) }

// recoverPanics turns a bug into an error page and a log entry.
func (p *pages) recoverPanics(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if r := recover(); r != nil {
				if cut, ok := r.(error); ok && errors.Is(cut, http.ErrAbortHandler) {
					panic(r) // net/http's own way to cut an answer short
				}
				err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			}
		}()
		return next(c)
	}
}

// headAsked marks a request that was a HEAD.
type headAsked struct{}

// askedForHead reports whether the answer's body is left out, so that nobody has
// to make it.
func askedForHead(c echo.Context) bool { return c.Request().Context().Value(headAsked{}) != nil }

// headAsGet answers HEAD like GET; the server leaves the body out. It stands before
// the router, which knows no HEAD.
func headAsGet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			r = r.Clone(context.WithValue(r.Context(), headAsked{}, true))
			r.Method = http.MethodGet
		}
		next.ServeHTTP(w, r)
	})
}

// secure reports whether the browser's connection is encrypted: here, or at a
// proxy that says so. Others cannot say so, because the server drops the header
// of whoever is not a trusted proxy (cmd/console/proxy.go).
func secure(c echo.Context) bool {
	return c.Request().TLS != nil || c.Request().Header.Get(echo.HeaderXForwardedProto) == "https"
}

func scheme(c echo.Context) string {
	if secure(c) {
		return "https"
	}
	return "http"
}
