package handlers

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// showVersion is what a version is, with the form of where its invocations go.
func (p *pages) showVersion(c echo.Context) error {
	view, err := p.versionView(c)
	if err != nil {
		return err
	}
	return p.renderVersion(c, http.StatusOK, view, url.Values{"upstream": {view.Version.Upstream}}, formState{})
}

func (p *pages) renderVersion(c echo.Context, status int, view templates.VersionView, values url.Values, state formState) error {
	f := &form.Form{
		ID: "upstream-form", Action: view.VersionPath(), Values: values, Guard: true,
		Problems: state.problems, Refused: state.refused, Unsaved: state.unsaved,
		Sections: []form.Section{templates.UpstreamSection(localised(c))},
	}
	if path, ok := f.FieldPath(state.only); ok {
		f.Only(path)
	}
	if err := p.sample(c, f, api.SetUpstream{Function: view.Function.ID, Version: view.Version.Name, Upstream: values.Get("upstream")}); err != nil {
		return err
	}
	view.Form = f
	frame := p.namedFrame(c, view.Title())
	frame.Path = view.VersionPath()
	return p.render(c, status, templates.VersionPage(frame, view))
}

// saveUpstream says where invocations of the version go from now on.
func (p *pages) saveUpstream(c echo.Context) error {
	view, values, err := p.readUpstream(c)
	if err != nil {
		return err
	}
	version, err := p.Service.SetUpstream(c.Request().Context(), p.scope(c), view.Function.ID, view.Version.Name, values.Get("upstream"))
	problems, err := problemsOf(err)
	switch {
	case err != nil:
		return err
	case problems != nil:
		return p.renderVersion(c, http.StatusUnprocessableEntity, view, values, formState{problems: problems, refused: true})
	case version.Upstream == "":
		p.flashUndo(c, api.M("functions.upstream_gone", "version", version.Name))
	default:
		p.flash(c, api.M("functions.upstream_set", "version", version.Name, "upstream", version.Upstream))
	}
	return redirect(c, view.VersionPath())
}

// readUpstream reads the posted form and finds the version that it is about.
func (p *pages) readUpstream(c echo.Context) (templates.VersionView, url.Values, error) {
	values, err := formValues(c)
	if err != nil {
		return templates.VersionView{}, nil, err
	}
	values.Set("upstream", strings.TrimSpace(values.Get("upstream")))
	view, err := p.versionView(c)
	return view, values, err
}

// validateUpstream judges the upstream as it is left.
func (p *pages) validateUpstream(c echo.Context) error {
	view, values, err := p.readUpstream(c)
	if err != nil {
		return err
	}
	problems := api.UpstreamProblems(values.Get("upstream"))
	return p.renderVersion(c, http.StatusOK, view, values, formState{problems: problems, only: c.Request().Header.Get("HX-Target")})
}

// redrawUpstream shows the form again in another language or theme.
func (p *pages) redrawUpstream(c echo.Context) error {
	view, values, err := p.readUpstream(c)
	if err != nil {
		return err
	}
	if choosesPreferences(c) {
		if err := p.takePreferences(c); err != nil {
			return err
		}
	}
	return p.renderVersion(c, http.StatusOK, view, values, formState{unsaved: true})
}

// versionDeletion names the aliases that go along with a version. Nobody is asked in
// vain: the page of a version that stays says why.
func (p *pages) versionDeletion(c echo.Context) (*deletion, error) {
	view, err := p.versionView(c)
	if err != nil {
		return nil, err
	}
	view.Form = templates.VersionDeleteForm(localised(c), view)
	return &deletion{
		title: "functions.delete_version_title", at: view.VersionPath() + "/delete", kept: view.Path(), gone: view.Path(), form: view.Form,
		page: func(frame templates.Frame) templ.Component { return templates.VersionDelete(frame, view) },
		do: func(_ url.Values, confirm api.Confirmation) error {
			return p.Service.DeleteVersion(c.Request().Context(), p.scope(c), view.Function.ID, view.Version.Name, confirm)
		},
		deed: api.DeleteVersion{Function: view.Function.ID, Version: view.Version.Name},
		done: api.M("functions.version_deleted", "version", view.Version.Name, "name", view.Function.Name),
	}, nil
}
