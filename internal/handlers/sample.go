package handlers

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// Samples writes deeds as code, as programs do them.
type Samples struct {
	// Languages are what it writes; the first is shown unless another one is asked for.
	Languages []string
	// Write writes deeds, one after the other, for a server at that address; nothing if
	// there is nothing to do. What cannot be written is NotFound.
	Write func(ctx context.Context, s api.Scope, deeds []api.Deed, language, server string) (string, error)
}

// maxSampled is how many deeds are written as code: who does more has seen how.
const maxSampled = 20

// action is something that a page offers to do.
type action struct {
	label api.Message // tells it from the others of the page
	deeds []api.Deed
	of    int    // how many things it is done to, if the deeds are of the first maxSampled
	with  string // the id of the page's form in which it is chosen what it is done to, if there is one
}

func does(label api.Message, deeds ...api.Deed) action { return action{label: label, deeds: deeds} }

// sample puts the code of what the form does below it, as far as it is filled in. It
// costs nothing until somebody opens it. The form has its values already.
func (p *pages) sample(c echo.Context, f *form.Form, d api.Deed) (err error) {
	f.Below, err = p.sampled(c, templates.SampleView{ID: f.ID + templates.SampleSuffix, Method: "post", Path: f.Action + "/edit"}, f.Values, does(api.Message{}, d))
	return err
}

// sampleActions puts the code of what a page offers to do below it. The panel asks the
// page itself.
func (p *pages) sampleActions(c echo.Context, frame *templates.Frame, actions ...action) (err error) {
	path, query, _ := strings.Cut(frame.Path, "?")
	values, _ := url.ParseQuery(query) // what can be read of it
	view := templates.SampleView{ID: templates.PageSample, Method: "get", Path: path, Alone: true, Hidden: beside(values)}
	frame.Below, err = p.sampled(c, view, c.QueryParams(), actions...)
	return err
}

// sampleMany is sampleActions of a page that is the answer to a form, which only asks: it
// is posted again. It may be open from the start.
func (p *pages) sampleMany(c echo.Context, frame *templates.Frame, open bool, actions ...action) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	frame.Below, err = p.sampled(c, templates.SampleView{
		ID: templates.PageSample, Method: "post", Path: c.Request().URL.Path, Alone: true, Hidden: beside(values), Open: open,
	}, values, actions...)
	return err
}

// sampled is the panel. It is open, and looks up what it has to, if values say so or if
// htmx asks for it.
func (p *pages) sampled(c echo.Context, view templates.SampleView, values url.Values, actions ...action) (templ.Component, error) {
	if p.Samples.Write == nil || len(actions) == 0 {
		return templ.NopComponent, nil
	}
	for i, a := range actions {
		if len(actions) > 1 {
			view.Actions = append(view.Actions, locale.Msg(localised(c), a.label))
		}
		if values.Get(templates.SampleAction) == strconv.Itoa(i) {
			view.Action = i
		}
	}
	view.With = actions[view.Action].with
	if p.chooseLanguage(c, &view, values); view.Chosen == "" {
		return templates.Sample(view), nil
	}
	deeds := actions[view.Action].deeds
	if view.Of = actions[view.Action].of; len(deeds) > maxSampled {
		view.Of, deeds = len(deeds), deeds[:maxSampled]
	}
	var err error
	view.Text, err = p.Samples.Write(c.Request().Context(), p.scope(c), deeds, view.Chosen, p.base(c))
	switch {
	case api.CodeOf(err) == api.NotFound:
		view.Missing = "sample.missing"
	case err != nil:
		return nil, err
	case view.Text == "":
		view.Missing = "sample.nothing"
	}
	return templates.Sample(view), nil
}

// chooseLanguage is what values say or, if they say nothing and the request asks for the
// panel, the first language.
func (p *pages) chooseLanguage(c echo.Context, view *templates.SampleView, values url.Values) {
	view.Languages = p.Samples.Languages
	switch chosen := values.Get(templates.SampleLanguage); {
	case slices.Contains(view.Languages, chosen):
		view.Chosen = chosen
	case view.Open, asksSample(c) == view.ID:
		view.Chosen = view.Languages[0]
	}
}

// asksSample is the panel of code that the request is about: htmx replaces it or, without
// script, its button was pressed. Empty if it is about something else.
func asksSample(c echo.Context) string {
	if target := wantedFragment(c.Request()); strings.HasSuffix(target, templates.SampleSuffix) {
		return target
	}
	return c.FormValue(templates.SampleShow)
}

// beside are values as hidden fields, without those of the panel itself.
func beside(values url.Values) []form.Hidden {
	var hidden []form.Hidden
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if templates.OfSample(name) {
			continue
		}
		for _, value := range values[name] {
			hidden = append(hidden, form.Hidden{Name: name, Value: value})
		}
	}
	return hidden
}
