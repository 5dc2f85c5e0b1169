package handlers

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// newVersion is the form for a version to be published. It carries the digest of
// the code, so that what somebody else uploads meanwhile is not published unseen.
func (p *pages) newVersion(c echo.Context) error {
	view, err := p.functionView(c)
	if err != nil {
		return err
	}
	values := url.Values{"digest": {view.Function.Latest.Code.Digest}}
	return p.showVersionForm(c, http.StatusOK, view, values, formState{focus: "version"})
}

// readVersionForm reads the posted form and finds the function that it is about.
func (p *pages) readVersionForm(c echo.Context) (view templates.FunctionView, values url.Values, d api.VersionDraft, err error) {
	if values, err = formValues(c); err != nil {
		return view, nil, d, err
	}
	view, err = p.functionView(c)
	return view, values, versionDraft(values), err
}

// versionDraft is what the form describes.
func versionDraft(values url.Values) api.VersionDraft {
	return api.VersionDraft{
		Name: strings.TrimSpace(values.Get("version")), Description: lines(strings.TrimSpace(values.Get("description"))), Digest: values.Get("digest"),
	}
}

func (p *pages) publishVersion(c echo.Context) error {
	view, values, draft, err := p.readVersionForm(c)
	if err != nil {
		return err
	}
	version, err := p.Service.PublishVersion(c.Request().Context(), p.scope(c), view.Function.ID, draft)
	if err == nil {
		p.flash(c, api.M("functions.published", "version", version.Name, "name", view.Function.Name))
		return redirect(c, view.Path())
	}
	e := domainError(err)
	state := formState{refused: true, problems: e.Problems}
	switch {
	case len(e.Problems) > 0:
	case e.Code == api.Conflict || e.Code == api.Limit:
		state.problems = []api.Problem{{Message: e.Message}}
	default:
		return err
	}
	values.Set("digest", view.Function.Latest.Code.Digest) // who was told of other code may publish that
	return p.showVersionForm(c, http.StatusUnprocessableEntity, view, values, state)
}

// showVersionForm renders the form's page. Nobody is asked to fill in a form that
// would be refused whatever he typed: the page says why instead.
func (p *pages) showVersionForm(c echo.Context, status int, view templates.FunctionView, values url.Values, state formState) error {
	f := templates.PublishForm(localised(c), view)
	f.Values, f.Problems, f.Refused, f.Focus, f.Unsaved = values, state.problems, state.refused, state.focus, state.unsaved
	f.Hidden = []form.Hidden{{Name: "digest", Value: values.Get("digest")}}
	if path, ok := f.FieldPath(state.only); ok {
		f.Only(path)
	}
	if err := p.sample(c, f, api.PublishVersion{Function: view.Function.ID, Draft: versionDraft(values)}); err != nil {
		return err
	}
	shown := templates.PublishView{FunctionView: view, Form: f}
	if len(state.problems) == 0 {
		always, err := faults(p.Service.ValidateVersion(c.Request().Context(), p.scope(c), view.Function.ID, api.VersionDraft{}))
		if err != nil {
			return err
		}
		shown.Refused = always
	}
	frame := p.frame(c, "functions.publish_title")
	frame.Path = view.Path() + "/publish"
	return p.render(c, status, templates.Publish(frame, shown))
}

// validateVersion judges the field that htmx wants to redraw, as it is left.
func (p *pages) validateVersion(c echo.Context) error {
	view, values, draft, err := p.readVersionForm(c)
	if err != nil {
		return err
	}
	problems, err := faults(p.Service.ValidateVersion(c.Request().Context(), p.scope(c), view.Function.ID, draft))
	if err != nil {
		return err
	}
	return p.showVersionForm(c, http.StatusOK, view, values, formState{problems: problems, only: c.Request().Header.Get("HX-Target")})
}

// redrawVersion shows the form again in another language or theme.
func (p *pages) redrawVersion(c echo.Context) error {
	view, values, _, err := p.readVersionForm(c)
	if err != nil {
		return err
	}
	if choosesPreferences(c) {
		if err := p.takePreferences(c); err != nil {
			return err
		}
	}
	return p.showVersionForm(c, http.StatusOK, view, values, formState{unsaved: true})
}
