package handlers

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// deletion is the question before something is removed that takes others along, for
// which the service may want its name typed.
type deletion struct {
	title      string // key
	at         string // its address
	kept, gone string // where one is led if the thing stays, and once it is gone
	form       *form.Form
	page       func(frame templates.Frame) templ.Component // shows the form
	do         func(values url.Values, confirm api.Confirmation) error
	deed       api.Deed
	done       api.Message
}

// deletionOf draws the question as things are.
type deletionOf func(c echo.Context) (*deletion, error)

// asking is the page of the question.
func (p *pages) asking(draw deletionOf) echo.HandlerFunc {
	return func(c echo.Context) error {
		d, err := draw(c)
		if err != nil {
			return err
		}
		return p.ask(c, http.StatusOK, d)
	}
}

func (p *pages) ask(c echo.Context, status int, d *deletion) error {
	frame := p.frame(c, d.title)
	frame.Path = d.at
	if err := p.sampleActions(c, &frame, does(api.Message{}, d.deed)); err != nil {
		return err
	}
	return p.render(c, status, d.page(frame))
}

// removing does what was asked.
func (p *pages) removing(draw deletionOf) echo.HandlerFunc {
	return func(c echo.Context) error {
		d, err := draw(c)
		if err != nil {
			return err
		}
		values, err := formValues(c)
		if err != nil {
			return err
		}
		err = d.do(values, api.Confirm(values.Get("confirm")))
		if problems, _ := problemsOf(err); problems != nil {
			d.form.Values, d.form.Problems, d.form.Refused = values, problems, true
			return p.ask(c, http.StatusUnprocessableEntity, d)
		}
		if err != nil {
			return p.sayRefusalAt(c, d.kept, err)
		}
		p.flashUndo(c, d.done)
		return redirect(c, d.gone)
	}
}
