package handlers

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// sheet is a page that is one form.
type sheet struct {
	templates.SheetView

	title string // key
	page  string // its address; what it posts to has no page of its own
}

func (p *pages) showSheet(c echo.Context, status int, sh *sheet) error {
	frame := p.frame(c, sh.title)
	frame.Path = sh.page
	return p.render(c, status, templates.Sheet(frame, sh.SheetView))
}

// refuseSheet shows the form again with what is wrong, and everything that was typed.
func (p *pages) refuseSheet(c echo.Context, sh *sheet, values url.Values, err error) error {
	if err := refuse(&sh.Form, values, err); err != nil {
		return err
	}
	return p.showSheet(c, http.StatusUnprocessableEntity, sh)
}

// redrawSheet shows the form with a row more or less, or in another language or theme.
// It judges nothing. draw describes the form, once the language is known.
func (p *pages) redrawSheet(c echo.Context, draw func() (*sheet, error)) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	focus, edited := form.Edit(values, c.FormValue("op"))
	if !edited {
		if err := p.takePreferences(c); err != nil {
			return err
		}
	}
	sh, err := draw()
	if err != nil {
		return err
	}
	sh.Form.Values, sh.Form.Focus, sh.Form.Unsaved = values, focus, !edited
	return p.showSheet(c, http.StatusOK, sh)
}

// refuse binds a form that was refused to what was typed and to what is wrong. An error
// that is not about the form stays one.
func refuse(f *form.Form, values url.Values, err error) error {
	e, known := errors.AsType[*api.Error](err)
	switch {
	case known && len(e.Problems) > 0:
		f.Problems = e.Problems
	case known && (e.Code == api.Conflict || e.Code == api.Limit || e.Code == api.Invalid):
		f.Problems = []api.Problem{{Message: e.Message}}
	default:
		return err
	}
	f.Values, f.Refused = values, true
	return nil
}

// askFirst shows a question.
func (p *pages) askFirst(c echo.Context, title string, question templates.Confirm, crumbs []templates.Crumb) error {
	return p.render(c, http.StatusOK, templates.Question(p.frame(c, title), templates.QuestionView{Confirm: question, Crumbs: crumbs}))
}

// showOnce answers with secrets that are shown this once: they stand in the page and
// nowhere else. It is a whole page, whichever part of its form's the browser expected.
func (p *pages) showOnce(c echo.Context, title string, view templates.OnceView) error {
	c.Request().Header.Del("HX-Target")
	frame := p.frame(c, title)
	frame.Path = view.Back
	return p.render(c, http.StatusOK, templates.Once(frame, view))
}
