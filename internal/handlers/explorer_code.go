package handlers

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"switchboard/web/templates"
)

// callCode is the panel with the code of what stands in the form: as for other forms, it
// costs nothing until somebody opens it.
func (p *pages) callCode(c echo.Context, k *call) (templ.Component, error) {
	if p.Programs.Code == nil || len(p.Samples.Languages) == 0 {
		return templ.NopComponent, nil
	}
	view := templates.SampleView{ID: templates.ExplorerForm + templates.SampleSuffix, Method: "post", Path: k.path(c) + "/edit"}
	if p.chooseLanguage(c, &view, k.values); view.Chosen == "" {
		return templates.Sample(view), nil
	}
	var err error
	view.Text, err = p.Programs.Code(k.program(), view.Chosen, project(c).ID, p.base(c))
	if err != nil {
		return nil, err
	}
	if k.gone {
		view.Note = "explorer.body_gone"
	}
	return templates.Sample(view), nil
}

// path is where the page of the call is.
func (k *call) path(c echo.Context) string { return explorerPath(c) + "/" + k.operation.ID }

// program is the call as its code has it: without secrets.
func (k *call) program() ProgramCall {
	made := ProgramCall{Operation: k.operation.ID, Params: map[string]string{}, Query: url.Values{}, Header: map[string]string{}, Body: k.text()}
	for _, one := range k.operation.Parameters {
		value := k.values.Get(one.In + "." + one.Name)
		switch {
		case one.In == "path":
			made.Params[one.Name] = strings.TrimSpace(value)
		case one.Schema.Format == secretFormat:
			made.Hidden = append(made.Hidden, one.Name)
		case value == "":
		case one.In == "query":
			made.Query.Set(one.Name, value)
		default:
			made.Header[one.Name] = value
		}
	}
	return made
}
