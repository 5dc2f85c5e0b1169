package handlers

import (
	"bytes"
	"net/http"
	"sync"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// render answers with a page, or with the part of it that htmx asked for: the
// fragment that is named like the element it will replace. Handlers do not
// know the difference, unless parts elsewhere on the page change, too: those
// come along as beside. It renders into a buffer, so that an error on the way
// can still become an error page.
func (p *pages) render(c echo.Context, status int, page templ.Component, beside ...any) error {
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	ctx := localised(c)
	c.Response().Header().Add("Vary", "HX-Request, HX-Target")
	if target := wantedFragment(c.Request()); target != "" {
		if err := templ.RenderFragments(ctx, buf, page, append(beside, target)...); err != nil {
			return err
		}
	}
	if buf.Len() == 0 {
		if isHTMX(c.Request()) {
			// The part is not on this page (an error page, say): show all of it.
			c.Response().Header().Set("HX-Retarget", "body")
			c.Response().Header().Set("HX-Reswap", "innerHTML")
		}
		if err := page.Render(ctx, buf); err != nil {
			return err
		}
	}
	return send(c, status, buf)
}

// wantedFragment returns the id of the element that htmx will replace, or "".
// A restored history entry is always a whole page.
func wantedFragment(r *http.Request) string {
	if !isHTMX(r) || r.Header.Get("HX-History-Restore-Request") == "true" {
		return ""
	}
	return r.Header.Get("HX-Target")
}

func isHTMX(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }

// redirect sends the browser on after a success; htmx would swap the target
// page into the form, so it is told to load it instead.
func redirect(c echo.Context, path string) error {
	if isHTMX(c.Request()) {
		c.Response().Header().Set("HX-Redirect", path)
		return c.NoContent(http.StatusNoContent)
	}
	return c.Redirect(http.StatusSeeOther, path)
}
