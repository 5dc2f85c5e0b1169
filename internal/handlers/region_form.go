package handlers

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// regionSecret is the path of the secret key.
const regionSecret = "secret"

// regionForm is a region as it stands in the form: what was typed, and the draft
// that it describes.
type regionForm struct {
	values url.Values
	draft  api.RegionDraft
	stored *api.Region   // the one that is edited, nil for a new one
	held   string        // the typed secret, sealed
	faults []api.Problem // of the form itself, before it is a draft
}

// regionValues fills the form from a stored region. Its secret stays behind.
func regionValues(r *api.Region) url.Values {
	v := url.Values{
		"name": {r.Name}, "kind": {string(r.Kind)}, "folder": {r.Folder},
		"endpoint": {r.Endpoint}, "bucket": {r.Bucket}, "prefix": {r.Prefix}, "signing": {r.Signing}, "access_key": {r.AccessKey},
		"version": {strconv.FormatInt(r.Version, 10)},
	}
	if r.PathStyle {
		v.Set("path_style", "true")
	}
	if r.Bandwidth > 0 {
		v.Set("bandwidth", strconv.FormatInt(r.Bandwidth>>20, 10))
	}
	return v
}

// name is the region that is edited, empty for a new one.
func (rf *regionForm) name() string {
	if rf.stored == nil {
		return ""
	}
	return rf.stored.Name
}

// hasSecret reports whether there is a secret that can be kept.
func (rf *regionForm) hasSecret() bool { return rf.stored != nil && rf.stored.Secret }

// readRegion reads the posted form. A typed secret comes back sealed.
func (p *pages) readRegion(c echo.Context) (*regionForm, error) {
	values, err := formValues(c)
	if err != nil {
		return nil, err
	}
	rf := &regionForm{values: values}
	if c.Param("name") != "" {
		view, err := p.region(c)
		if err != nil {
			return nil, err
		}
		rf.stored = &view.Region
	}
	text := func(path string) string { return strings.TrimSpace(values.Get(path)) }
	rf.draft = api.RegionDraft{
		Name: text("name"), Kind: api.StoreKind(values.Get("kind")), Folder: text("folder"),
		Endpoint: text("endpoint"), Bucket: text("bucket"), Prefix: text("prefix"), Signing: text("signing"),
		PathStyle: values.Get("path_style") == "true", AccessKey: text("access_key"), Bandwidth: text("bandwidth"),
	}
	if rf.stored != nil {
		rf.draft.Name = rf.stored.Name
	}
	if typed := p.typedSecret(c, values, regionSecret, rf.hasSecret()); typed != "" {
		rf.held, rf.draft.Secret = p.hold(c, regionSecret, typed), api.NewSecret(typed)
	} else if rf.hasSecret() && rf.draft.Kind == api.StoreS3 && values.Get(regionSecret+".mode") == form.Replace {
		rf.faults = []api.Problem{{Path: regionSecret, Message: api.M("regions.secret_empty")}}
	}
	return rf, nil
}

// deed is what saving the form does.
func (rf *regionForm) deed() api.Deed {
	if rf.stored == nil {
		return api.CreateRegion{Draft: rf.draft}
	}
	return api.UpdateRegion{Name: rf.stored.Name, Draft: rf.draft, Version: readVersion(rf.values.Get("version"))}
}

// regionState is what a rendering of the form shows beside what was typed.
type regionState struct {
	problems []api.Problem
	refused  bool   // somebody tried to submit
	only     string // the element whose field alone was judged, or ""
	focus    string
	unsaved  bool // what was typed came along from another page
	check    *api.Check
	changed  *templates.LinkChanged
}

// showRegionForm renders the form's page. Where the field that was judged decides
// about the secret, that comes along.
func (p *pages) showRegionForm(c echo.Context, status int, rf *regionForm, state regionState) error {
	f := rf.form(c, p.Folders)
	f.Problems = append(state.problems, rf.faults...)
	f.Refused, f.Focus, f.Unsaved = state.refused, state.focus, state.unsaved
	var beside []any
	if path, ok := f.FieldPath(state.only); ok {
		if rf.turnsSecret(path, f.Problems) {
			f.Beside, beside = []string{regionSecret}, []any{form.FieldID(regionSecret)}
		}
		f.Only(append(f.Beside, path)...)
	}
	if err := p.sample(c, f, rf.deed()); err != nil {
		return err
	}
	view := templates.RegionFormView{Base: regionsPath(c), Form: f, Region: rf.stored, Check: state.check, Changed: state.changed}
	title, page := "regions.new_title", regionsPath(c)+"/new"
	if rf.stored != nil {
		title, page = "regions.edit_title", regionPath(c, rf.stored.Name)+"/edit"
	}
	frame := p.frame(c, title)
	frame.Path = page
	return p.render(c, status, templates.RegionForm(frame, view), beside...)
}

// newRegion shows an empty form; most who add a region have a bucket.
func (p *pages) newRegion(c echo.Context) error {
	rf := &regionForm{values: url.Values{"kind": {string(api.StoreS3)}, "path_style": {"true"}}}
	return p.showRegionForm(c, http.StatusOK, rf, regionState{focus: "name"})
}

func (p *pages) editRegion(c echo.Context) error {
	view, err := p.region(c)
	if err != nil {
		return err
	}
	return p.showRegionForm(c, http.StatusOK, &regionForm{values: regionValues(&view.Region), stored: &view.Region}, regionState{})
}

// validateRegion judges the field that htmx wants to redraw, as it is left.
func (p *pages) validateRegion(c echo.Context) error {
	rf, err := p.readRegion(c)
	if err != nil {
		return err
	}
	problems, err := problemsOf(p.Service.ValidateRegion(c.Request().Context(), p.scope(c), rf.name(), rf.draft))
	if err != nil {
		return err
	}
	return p.showRegionForm(c, http.StatusOK, rf, regionState{problems: problems, only: c.Request().Header.Get("HX-Target")})
}

// redrawRegion shows the form again for another kind of store, or in another
// language or theme. It judges nothing.
func (p *pages) redrawRegion(c echo.Context) error {
	rf, err := p.readRegion(c)
	if err != nil {
		return err
	}
	rf.faults = nil
	state := regionState{}
	if choosesPreferences(c) {
		state.unsaved = true
		if err := p.takePreferences(c); err != nil {
			return err
		}
	}
	return p.showRegionForm(c, http.StatusOK, rf, state)
}

// testRegion asks the store that is on the screen; nothing is stored.
func (p *pages) testRegion(c echo.Context) error {
	rf, err := p.readRegion(c)
	if err != nil {
		return err
	}
	if len(rf.faults) > 0 {
		return p.refuseRegion(c, rf, api.Refuse(rf.faults))
	}
	check, err := p.Service.TestRegion(c.Request().Context(), p.scope(c), rf.name(), rf.draft)
	if err != nil {
		return p.refuseRegion(c, rf, err)
	}
	return p.showRegionForm(c, http.StatusOK, rf, regionState{check: &check, problems: checkProblems(&check)})
}
