package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/connector/paste"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// pasteLink makes a filled form of a connection that was copied from somewhere
// else. The text itself never comes back: there can be a password in it, which
// goes on sealed like a typed one.
func (p *pages) pasteLink(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	read, err := paste.Read(values.Get("text"))
	if err != nil {
		e := domainError(err)
		if e.Code != api.Invalid {
			return err
		}
		return p.showPicker(c, http.StatusUnprocessableEntity, &e.Message)
	}
	lf := &linkForm{conn: read.Connector, values: newLinkValues(read.Connector, read.Tile), held: map[string]string{}}
	setInputs(lf.values, read.Connector, read.Values)
	for path, secret := range read.Secrets {
		lf.held[path] = p.hold(c, path, secret.Reveal())
	}
	return p.showLinkForm(c, http.StatusOK, lf, formState{
		focus: "name", unsaved: true,
		pasted: &templates.Pasted{Understood: told(c, read.Understood), Ignored: told(c, read.Ignored)},
	})
}

// told puts notes into words.
func told(c echo.Context, notes []paste.Note) []string {
	texts := make([]string, len(notes))
	for i, n := range notes {
		texts[i] = locale.Msg(localised(c), n.Message(lang(c)))
	}
	return texts
}
