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
		p.flash(c, api.M("functions.upstream_gone", "version", version.Name))
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

// confirmDeleteVersion asks, and names the aliases that go with it. Nobody is
// asked in vain: the page of a version that stays says why.
func (p *pages) confirmDeleteVersion(c echo.Context) error {
	view, err := p.versionView(c)
	if err != nil {
		return err
	}
	return p.askDeleteVersion(c, http.StatusOK, view, url.Values{}, nil)
}

func (p *pages) askDeleteVersion(c echo.Context, status int, view templates.VersionView, typed url.Values, problems []api.Problem) error {
	view.Form = templates.VersionDeleteForm(localised(c), view)
	view.Form.Values, view.Form.Problems, view.Form.Refused = typed, problems, problems != nil
	frame := p.frame(c, "functions.delete_version_title")
	frame.Path = view.VersionPath() + "/delete"
	return p.render(c, status, templates.VersionDelete(frame, view))
}

// deleteVersion removes a version.
func (p *pages) deleteVersion(c echo.Context) error {
	view, err := p.versionView(c)
	if err != nil {
		return err
	}
	values, err := formValues(c)
	if err != nil {
		return err
	}
	err = p.Service.DeleteVersion(c.Request().Context(), p.scope(c), view.Function.ID, view.Version.Name, api.Confirm(values.Get("confirm")))
	if problems, _ := problemsOf(err); problems != nil {
		return p.askDeleteVersion(c, http.StatusUnprocessableEntity, view, values, problems)
	}
	if err != nil {
		return p.sayRefusalAt(c, view.Path(), err)
	}
	p.flash(c, api.M("functions.version_deleted", "version", view.Version.Name, "name", view.Function.Name))
	return redirect(c, view.Path())
}
