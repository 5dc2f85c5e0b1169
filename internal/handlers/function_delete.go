package handlers

import (
	"net/url"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// functionDeletion names the versions and aliases that go along with a function.
func (p *pages) functionDeletion(c echo.Context) (*deletion, error) {
	function, err := p.functionView(c)
	view := templates.FunctionDeleteView{FunctionAliasesView: templates.FunctionAliasesView{FunctionView: function}}
	if err != nil {
		return nil, err
	}
	ctx, s := c.Request().Context(), p.scope(c)
	if view.Versions, err = p.Service.Versions(ctx, s, function.Function.ID); err != nil {
		return nil, err
	}
	if view.List, err = p.Service.AliasesOf(ctx, s, function.Function.ID); err != nil {
		return nil, err
	}
	view.Form = templates.FunctionDeleteForm(localised(c), view)
	return &deletion{
		title: "functions.delete_title", at: view.Path() + "/delete", kept: view.Path(), gone: functionsPath(c), form: view.Form,
		page: func(frame templates.Frame) templ.Component { return templates.FunctionDelete(frame, view) },
		do: func(values url.Values, confirm api.Confirmation) error {
			return p.Service.DeleteFunction(ctx, s, view.Function.ID, readVersion(values.Get("version")), confirm)
		},
		deed: api.DeleteFunction{ID: view.Function.ID, Version: view.Function.Version},
		done: api.M("functions.deleted", "name", view.Function.Name),
	}, nil
}
