package handlers

import (
	"encoding/json"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// flash leaves a message for the next page. It travels in the signed cookie,
// as a key, and is put into words when it is shown.
func (p *pages) flash(c echo.Context, m api.Message) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	cookie := p.cookie(c)
	cookie.AddFlash(string(text))
	return p.saveCookie(c, cookie)
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
