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

// backendSecret is the path of the secret that signs in to a region.
const backendSecret = "secret"

// backendRoutes are the pages of where a project lives.
func (p *pages) backendRoutes(project *echo.Group) {
	backend := project.Group(templates.BackendSettings)
	backend.GET("", p.showBackend)
	backend.POST("", p.saveBackend, p.admin)
	backend.POST("/validate", p.validateBackend, p.admin)
	backend.POST("/edit", p.redrawBackend, p.admin)
	backend.POST("/test", p.testBackend, p.admin)
}

func backendPath(c echo.Context) string {
	return templates.ProjectPath(project(c).ID) + templates.BackendSettings
}

// cloudRegion is the region that the project of the path lives in, empty if it lives here.
func (p *pages) cloudRegion(c echo.Context) string {
	is, err := p.Backends.Backend(c.Request().Context(), p.scope(c))
	if err != nil && c.Request().Context().Err() == nil {
		p.Log.Error("where the project lives", "error", err, "request_id", requestID(c))
	}
	return is.Region
}

// backendForm is where a project lives as it stands in the form: what was typed, and the
// draft that it describes.
type backendForm struct {
	values url.Values
	draft  api.BackendDraft
	stored api.Backend
	held   string        // the typed secret, sealed
	faults []api.Problem // of the form itself, before it is a draft
}

// keepsSecret reports whether there is a secret that can be kept.
func (bf *backendForm) keepsSecret() bool { return templates.KeepsSecret(bf.values, &bf.stored) }

// readBackend reads the posted form. A typed secret comes back sealed. What was typed
// for another choice is in the form, and not in the draft.
func (p *pages) readBackend(c echo.Context) (*backendForm, error) {
	values, err := formValues(c)
	if err != nil {
		return nil, err
	}
	bf := &backendForm{values: values}
	if bf.stored, err = p.Backends.Backend(c.Request().Context(), p.scope(c)); err != nil {
		return nil, err
	}
	text := func(path string) string { return strings.TrimSpace(values.Get(path)) }
	bf.draft = api.BackendDraft{
		Kind: api.BackendKind(text("kind")), Cloud: text("cloud"), Base: text("base"), Region: text("region"), Project: text("project"),
		Endpoints: map[string]string{}, Version: readVersion(values.Get("version")), Confirm: api.Confirm(values.Get("confirm")),
	}
	for _, service := range api.BackendServices {
		bf.draft.Endpoints[service] = text("endpoints." + service)
	}
	if templates.SignsIn(values) {
		bf.draft.Domain, bf.draft.User = text("domain"), text("user")
	} else {
		bf.draft.Access = text("access")
	}
	if typed := p.typedSecret(c, values, backendSecret, bf.keepsSecret()); typed != "" {
		bf.held, bf.draft.Secret = p.hold(c, backendSecret, typed), api.NewSecret(typed)
	} else if bf.keepsSecret() && bf.draft.Kind == api.BackendCloud && values.Get(backendSecret+".mode") == form.Replace {
		bf.faults = []api.Problem{{Path: backendSecret, Message: api.M("backend.secret_empty")}}
	}
	return bf, nil
}

// backendState is what a rendering of the form shows beside what was typed.
type backendState struct {
	problems []api.Problem
	refused  bool   // somebody tried to submit
	only     string // the element whose field alone was judged, or ""
	unsaved  bool   // what was typed came along from another page
	check    *api.Check
	anyway   bool // offer to save in spite of the check
	changed  *templates.LinkChanged
}

// showBackendForm renders the form's page. Where the field that was judged decides about
// the secret, that comes along.
func (p *pages) showBackendForm(c echo.Context, status int, bf *backendForm, state backendState) error {
	here := project(c)
	f := templates.BackendForm(localised(c), templates.ProjectPath(here.ID), here.Name, bf.values, &bf.stored, bf.held)
	f.Problems = append(state.problems, bf.faults...)
	f.Refused, f.Unsaved = state.refused, state.unsaved
	var beside []any
	if path, ok := f.FieldPath(state.only); ok {
		if bf.turnsSecret(path, f.Problems) {
			f.Beside, beside = []string{backendSecret}, []any{form.FieldID(backendSecret)}
		}
		f.Only(append(f.Beside, path)...)
	}
	return p.renderBackend(c, status, templates.BackendView{
		Backend: bf.stored, Form: f, Check: state.check, Anyway: state.anyway, Changed: state.changed,
	}, beside...)
}

func (p *pages) renderBackend(c echo.Context, status int, view templates.BackendView, beside ...any) error {
	view.Project = templates.ProjectPath(project(c).ID)
	frame := p.frame(c, "backend.title")
	frame.Path = backendPath(c)
	return p.render(c, status, templates.BackendPage(frame, view), beside...)
}

// turnsSecret reports whether the stored secret has to be typed again because of the
// field that was just left (S11), or need not any more because that was put back. One
// that was typed is left alone.
func (bf *backendForm) turnsSecret(path string, problems []api.Problem) bool {
	if !bf.keepsSecret() || !bf.draft.Secret.IsZero() || path == "project" || path == backendSecret {
		return false
	}
	asked := false
	for _, problem := range problems {
		asked = asked || problem.Path == backendSecret
	}
	return asked != (bf.values.Get(backendSecret+".mode") == form.Again)
}

// showBackend shows the form to those who may send it, and to others what there is.
func (p *pages) showBackend(c echo.Context) error {
	stored, err := p.Backends.Backend(c.Request().Context(), p.scope(c))
	if err != nil {
		return err
	}
	if api.Allow(p.actor(c), api.RoleAdmin) != nil || project(c).Changeable() != nil {
		return p.renderBackend(c, http.StatusOK, templates.BackendView{Backend: stored})
	}
	bf := &backendForm{values: templates.BackendValues(&stored), stored: stored}
	return p.showBackendForm(c, http.StatusOK, bf, backendState{check: stored.Check})
}
