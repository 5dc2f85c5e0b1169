package handlers

import (
	"encoding/json"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// flash leaves a message for the next page: the newest only, because a cookie
// is small. It travels as a key and is put into words when it is shown. What it
// is about has happened, so that it never fails the request.
func (p *pages) flash(c echo.Context, m api.Message) {
	text, err := json.Marshal(m)
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
func (p *pages) flashes(c echo.Context) []api.Message {
	cookie := p.cookie(c)
	waiting := cookie.Flashes()
	if len(waiting) == 0 || p.saveCookie(c, cookie) != nil {
		return nil
	}
	var messages []api.Message
	for _, w := range waiting {
		var m api.Message
		if text, ok := w.(string); ok && json.Unmarshal([]byte(text), &m) == nil {
			messages = append(messages, m)
		}
	}
	return messages
}
