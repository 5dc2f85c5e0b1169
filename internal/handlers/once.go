package handlers

import (
	"crypto/rand"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/web/templates/form"
)

// A page that answers a form with a secret can be loaded again, and then the browser
// sends the form again. So such a form has an id of its own, and the session's cookie
// the ids of the latest that were answered. The cookie is sealed, and no secret in it.
const (
	onceField = "once"
	onceKept  = 4
)

// onceOnly gives a form its id.
func onceOnly(f *form.Form) {
	f.Hidden = append(f.Hidden, form.Hidden{Name: onceField, Value: rand.Text()})
}

// answered are the ids of forms that were answered already, the latest first.
func (p *pages) answered(c echo.Context) []string {
	ids, _ := p.cookie(c).Values[onceField].(string)
	return strings.Fields(ids)
}

// sentAgain reports whether the form was answered already.
func (p *pages) sentAgain(c echo.Context) bool {
	id := c.FormValue(onceField)
	return id != "" && slices.Contains(p.answered(c), id)
}

// keepAnswered notes that the form is being answered.
func (p *pages) keepAnswered(c echo.Context) error {
	id := c.FormValue(onceField)
	if id == "" || len(id) > len(rand.Text()) {
		return nil
	}
	ids := append([]string{id}, p.answered(c)...)
	cookie := p.cookie(c)
	cookie.Values[onceField] = strings.Join(ids[:min(len(ids), onceKept)], " ")
	return p.saveCookie(c, cookie)
}
