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

// sheetOf draws the sheet of a page as things are.
type sheetOf func(c echo.Context) (*sheet, error)

// showing is the page of a sheet.
func (p *pages) showing(draw sheetOf) echo.HandlerFunc {
	return func(c echo.Context) error {
		sh, err := draw(c)
		if err != nil {
			return err
		}
		return p.showSheet(c, http.StatusOK, sh)
	}
}

func (p *pages) showSheet(c echo.Context, status int, sh *sheet) error {
	frame := p.frame(c, sh.title)
	frame.Path = sh.page
	return p.render(c, status, templates.Sheet(frame, sh.SheetView))
}

// refuseSheet shows the form again with what is wrong, and everything that was typed.
func (p *pages) refuseSheet(c echo.Context, draw sheetOf, values url.Values, err error) error {
	sh, wrong := draw(c)
	if wrong != nil {
		return wrong
	}
	if err := refuse(&sh.Form, values, err); err != nil {
		return err
	}
	return p.showSheet(c, http.StatusUnprocessableEntity, sh)
}

// redrawing shows the form with a row more or less, or in another language or theme,
// which is known before it is drawn. It judges nothing.
func (p *pages) redrawing(draw sheetOf) echo.HandlerFunc {
	return func(c echo.Context) error {
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
		sh, err := draw(c)
		if err != nil {
			return err
		}
		sh.Form.Values, sh.Form.Focus, sh.Form.Unsaved = values, focus, !edited
		return p.showSheet(c, http.StatusOK, sh)
	}
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
	if err := p.keepAnswered(c); err != nil {
		return err
	}
	c.Request().Header.Del("HX-Target")
	frame := p.frame(c, title)
	frame.Path = view.Back
	return p.render(c, http.StatusOK, templates.Once(frame, view))
}
