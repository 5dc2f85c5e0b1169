package handlers

import (
	"encoding/json"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// flash leaves good news for the next page.
func (p *pages) flash(c echo.Context, m api.Message) { p.flashKind(c, templates.Success, m) }

// flashKind leaves a message for the next page: the newest only, because a cookie
// is small. It travels as a key and is put into words when it is shown. What it
// is about has happened, so that it never fails the request.
func (p *pages) flashKind(c echo.Context, kind templates.NoticeKind, m api.Message) {
	p.flashLink(c, templates.Flash{Kind: kind, Message: m})
}

// flashLink leaves a message that may lead somewhere.
func (p *pages) flashLink(c echo.Context, flash templates.Flash) {
	text, err := json.Marshal(flash)
	if err == nil {
		cookie := p.cookie(c)
		cookie.Flashes()
		cookie.AddFlash(string(text))
		err = p.saveCookie(c, cookie)
	}
	if err != nil {
		p.Log.Warn("flash message", "error", err, "request_id", requestID(c))
	}
}

// flashes takes the messages that wait.
func (p *pages) flashes(c echo.Context) []templates.Flash {
	cookie := p.cookie(c)
	waiting := cookie.Flashes()
	if len(waiting) == 0 || p.saveCookie(c, cookie) != nil {
		return nil
	}
	var flashes []templates.Flash
	for _, w := range waiting {
		var f templates.Flash
		if text, ok := w.(string); ok && json.Unmarshal([]byte(text), &f) == nil && !f.Message.IsZero() {
			flashes = append(flashes, f)
		}
	}
	return flashes
}
