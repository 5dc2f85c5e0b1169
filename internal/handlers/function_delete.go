package handlers

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// confirmDeleteFunction asks, and names the versions and aliases that go along.
func (p *pages) confirmDeleteFunction(c echo.Context) error {
	view, err := p.deletionView(c)
	if err != nil {
		return err
	}
	return p.askDeleteFunction(c, http.StatusOK, view, url.Values{}, nil)
}

func (p *pages) deletionView(c echo.Context) (templates.FunctionDeleteView, error) {
	function, err := p.functionView(c)
	view := templates.FunctionDeleteView{FunctionAliasesView: templates.FunctionAliasesView{FunctionView: function}}
	if err != nil {
		return view, err
	}
	ctx, s := c.Request().Context(), p.scope(c)
	if view.Versions, err = p.Service.Versions(ctx, s, function.Function.ID); err != nil {
		return view, err
	}
	view.List, err = p.Service.AliasesOf(ctx, s, function.Function.ID)
	return view, err
}

func (p *pages) askDeleteFunction(c echo.Context, status int, view templates.FunctionDeleteView, typed url.Values, problems []api.Problem) error {
	view.Form = templates.FunctionDeleteForm(localised(c), view)
	view.Form.Values, view.Form.Problems, view.Form.Refused = typed, problems, problems != nil
	frame := p.frame(c, "functions.delete_title")
	frame.Path = view.Path() + "/delete"
	return p.render(c, status, templates.FunctionDelete(frame, view))
}

// deleteFunction removes a function.
func (p *pages) deleteFunction(c echo.Context) error {
	view, err := p.deletionView(c)
	if err != nil {
		return err
	}
	values, err := formValues(c)
	if err != nil {
		return err
	}
	err = p.Service.DeleteFunction(c.Request().Context(), p.scope(c), view.Function.ID,
		readVersion(values.Get("version")), api.Confirm(values.Get("confirm")))
	if problems, _ := problemsOf(err); problems != nil {
		return p.askDeleteFunction(c, http.StatusUnprocessableEntity, view, values, problems)
	}
	if err != nil {
		return p.sayRefusalAt(c, view.Path(), err)
	}
	p.flash(c, api.M("functions.deleted", "name", view.Function.Name))
	return redirect(c, functionsPath(c))
}
