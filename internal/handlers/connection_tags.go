package handlers

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// tagsState is what a rendering of the form of tags shows beside what was typed.
type tagsState struct {
	problems []api.Problem
	refused  bool
	only     string // the element whose field alone was judged, or ""
	focus    string
	unsaved  bool
}

// editConnectionTags shows the tags of a connection to be changed.
func (p *pages) editConnectionTags(c echo.Context) error {
	view, err := p.connection(c)
	if err != nil {
		return err
	}
	values := url.Values{"version": {strconv.FormatInt(view.Connection.Version, 10)}}
	setTags(values, view.Connection.Tags)
	if len(view.Connection.Tags) == 0 {
		form.SetRows(values, tagField, []form.Row{{}})
	}
	return p.showTagsForm(c, http.StatusOK, view, values, tagsState{focus: tagField + ".0"})
}

func (p *pages) showTagsForm(c echo.Context, status int, view templates.ConnectionView, values url.Values, state tagsState) error {
	path := connectionPath(c, view.Connection.ID) + "/tags"
	tags, at := readTags(values)
	f := &form.Form{
		ID: "tags-form", Action: path, Values: values, Guard: true,
		Problems: pinTags(state.problems, at), Refused: state.refused, Focus: state.focus, Unsaved: state.unsaved,
		Hidden:   []form.Hidden{{Name: "version", Value: values.Get("version")}},
		Sections: []form.Section{{ID: "section-tags", Fields: []form.Field{tagsField(c, api.ConnectionTags)}}},
	}
	if field, ok := f.FieldPath(state.only); ok {
		f.Only(field)
		ripe(f)
	}
	if err := p.sample(c, f, api.TagConnection{ID: view.Connection.ID, Tags: tags, Version: readVersion(values.Get("version"))}); err != nil {
		return err
	}
	frame := p.frame(c, "connections.tags_title")
	frame.Path = path
	return p.render(c, status, templates.ConnectionTags(frame, view, f))
}

// readTagsForm reads the posted form and looks up the connection it is about.
func (p *pages) readTagsForm(c echo.Context) (templates.ConnectionView, url.Values, error) {
	values, err := formValues(c)
	if err != nil {
		return templates.ConnectionView{}, nil, err
	}
	view, err := p.connection(c)
	return view, values, err
}

// saveConnectionTags replaces the tags. Who saves second is told, and keeps what
// he typed; to save again replaces the other change.
func (p *pages) saveConnectionTags(c echo.Context) error {
	view, values, err := p.readTagsForm(c)
	if err != nil {
		return err
	}
	tags, _ := readTags(values)
	_, err = p.Service.TagConnection(c.Request().Context(), p.scope(c), view.Connection.ID, tags, readVersion(values.Get("version")))
	if err == nil {
		p.flash(c, api.M("connections.tagged_flash", "name", view.Connection.Name))
		return redirect(c, connectionPath(c, view.Connection.ID))
	}
	e := domainError(err)
	problems := e.Problems
	switch {
	case len(problems) > 0:
	case e.Code == api.Conflict:
		problems = []api.Problem{{Message: e.Message}}
		values.Set("version", strconv.FormatInt(view.Connection.Version, 10))
	default:
		return err
	}
	return p.showTagsForm(c, http.StatusUnprocessableEntity, view, values, tagsState{problems: problems, refused: true})
}

// validateConnectionTags judges the tags as a row is left.
func (p *pages) validateConnectionTags(c echo.Context) error {
	view, values, err := p.readTagsForm(c)
	if err != nil {
		return err
	}
	tags, _ := readTags(values)
	problems := api.ConnectionTags.Problems(tagField, tags)
	return p.showTagsForm(c, http.StatusOK, view, values, tagsState{problems: problems, only: c.Request().Header.Get("HX-Target")})
}

// redrawConnectionTags shows the form again with a row more or less, or in
// another language or theme.
func (p *pages) redrawConnectionTags(c echo.Context) error {
	view, values, err := p.readTagsForm(c)
	if err != nil {
		return err
	}
	focus, _ := form.Edit(values, c.FormValue("op"))
	state := tagsState{focus: focus}
	if choosesPreferences(c) {
		state.unsaved = true
		if err := p.takePreferences(c); err != nil {
			return err
		}
	}
	return p.showTagsForm(c, http.StatusOK, view, values, state)
}
