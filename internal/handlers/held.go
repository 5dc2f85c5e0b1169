package handlers

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// A refused form must lose nothing that was typed, and a secret must never
// stand in a page. So a typed secret comes back sealed: only this server opens
// it, only for this session and field, and only for a while.

const holdFor = 2 * time.Hour

// typedSecret takes the text of a secret out of a form, into whose page it never
// goes back: just typed, or into an earlier rendering of the form. It is "" if
// nothing was typed, or the one that is stored is to stay.
func (p *pages) typedSecret(c echo.Context, values url.Values, path string, stored bool) string {
	typed := values.Get(path)
	values.Del(path)
	switch {
	case stored && keeps(values.Get(path+".mode")):
		return ""
	case typed == "":
		return p.unhold(c, path, values.Get(path+".held"))
	}
	return typed
}

func (p *pages) holdPlace(c echo.Context, path string) string {
	return "form/" + currentSession(c).ID + "/" + path
}

func (p *pages) hold(c echo.Context, path, text string) string {
	return p.Keys.Seal(p.holdPlace(c, path), strconv.FormatInt(time.Now().Add(holdFor).Unix(), 10)+" "+text)
}

// unhold opens what hold sealed; anything else is as if nothing was typed.
func (p *pages) unhold(c echo.Context, path, sealed string) string {
	if sealed == "" {
		return ""
	}
	content, err := p.Keys.Open(p.holdPlace(c, path), sealed)
	if err != nil {
		return ""
	}
	until, text, _ := strings.Cut(content, " ")
	if seconds, err := strconv.ParseInt(until, 10, 64); err != nil || time.Now().Unix() > seconds {
		return ""
	}
	return text
}
