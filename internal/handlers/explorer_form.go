package handlers

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// Paths of the form of a call: of what stands in its path, its query, its headers and
// its body; "body" alone is a body that is not flat.
const (
	callPath, callQuery, callHeader, callBody = "path.", "query.", "header.", "body."
	callSecret                                = "secret."
	callJSON                                  = "body"
	callConfirm                               = "confirm"
)

// call is what somebody fills in to make a call.
type call struct {
	document  *apiDocument
	operation *apiOperation
	body      *apiSchema // resolved; nil for none
	values    url.Values
	secrets   map[string]string // typed, by path
	gone      bool              // the body was no JSON, and may have had a secret
	problems  []api.Problem
}

// newCall is the call as it is when nothing was typed, or as the form has it.
func (p *pages) newCall(c echo.Context, typed url.Values) (*call, error) {
	document := p.documents[locale.Lang(localised(c))]()
	o := document.operation(c.Param("operation"))
	if o == nil {
		return nil, api.Errorf(api.NotFound, "error.not_found")
	}
	all := &call{document: document, operation: o, values: typed, secrets: map[string]string{}}
	schema, example := o.body()
	if schema != nil {
		all.body = document.resolve(schema)
	}
	if typed == nil {
		all.values = url.Values{}
		all.fill(example)
	}
	all.values.Set(callPath+"project", project(c).ID)
	return all, nil
}

// fill puts what is usual, and what an example has, into the form.
func (k *call) fill(example json.RawMessage) {
	for _, one := range k.operation.Parameters {
		if one.In == "path" {
			k.values.Set(callPath+one.Name, one.Schema.Default)
		}
	}
	switch {
	case k.body == nil:
	case !k.flat():
		var text bytes.Buffer
		if json.Indent(&text, example, "", "  ") == nil {
			k.values.Set(callJSON, text.String())
		}
	default:
		var object map[string]any
		_ = json.Unmarshal(example, &object) // of no example there is nothing to fill in
		for key, value := range object {
			if text, ok := value.(string); ok {
				k.values.Set(callBody+key, text)
			} else {
				one, _ := json.Marshal(value)
				k.values.Set(callBody+key, string(one))
			}
		}
		for key := range k.document.secretKeys() {
			k.values.Del(callBody + key)
		}
	}
}

func (k *call) flat() bool { return k.document.flat(k.body) }

// form describes the call's form for people.
func (p *pages) callForm(c echo.Context, k *call) *form.Form {
	ctx := localised(c)
	f := &form.Form{ID: templates.ExplorerForm, Action: k.path(c), Values: k.values, Problems: k.problems, Refused: len(k.problems) > 0}
	for _, in := range []string{"path", "query", "header"} {
		s := form.Section{ID: "section-" + in, Title: locale.T(ctx, "explorer."+in), Advanced: in == "header"}
		for _, one := range k.operation.Parameters {
			if one.In == in {
				s.Fields = append(s.Fields, callField(c, in+"."+one.Name, one.Name, one.Description, one.Schema, one.Required))
			}
		}
		if len(s.Fields) > 0 {
			f.Sections = append(f.Sections, s)
		}
	}
	if s := k.bodySection(c); len(s.Fields) > 0 {
		f.Sections = slices.Insert(f.Sections, len(f.Sections)-1, s)
	}
	if s := k.secretSection(c); len(s.Fields) > 0 {
		f.Sections = slices.Insert(f.Sections, len(f.Sections)-1, s)
	}
	if k.operation.Removes {
		f.Sections = append(f.Sections, form.Section{ID: "section-confirm", Fields: []form.Field{
			{Path: callConfirm, Kind: form.Switch, Label: locale.T(ctx, "explorer.confirm")},
		}})
	}
	for s := range f.Sections {
		for i := range f.Sections[s].Fields {
			if d := &f.Sections[s].Fields[i]; k.secrets[d.Path] != "" {
				d.Held = p.hold(c, d.Path, k.secrets[d.Path])
			}
		}
	}
	return f
}

func (k *call) bodySection(c echo.Context) form.Section {
	ctx := localised(c)
	s := form.Section{ID: "section-body", Title: locale.T(ctx, "explorer.body")}
	switch {
	case k.body == nil:
	case !k.flat():
		s.Fields = []form.Field{{
			Path: callJSON, Kind: form.TextArea, Label: "JSON", Help: locale.T(ctx, "explorer.json_help"), Required: k.operation.Body.Required,
			Lines: min(max(8, strings.Count(k.values.Get(callJSON), "\n")+2), 28),
		}}
	default:
		for _, key := range slices.Sorted(maps.Keys(k.body.Properties)) {
			one := k.body.Properties[key]
			s.Fields = append(s.Fields, callField(c, callBody+key, key, one.About, k.document.resolve(one), slices.Contains(k.body.Required, key)))
		}
	}
	return s
}

// secretSection has an input for each variable of the body.
func (k *call) secretSection(c echo.Context) form.Section {
	ctx := localised(c)
	s := form.Section{ID: "section-secrets", Title: locale.T(ctx, "explorer.secrets"), Help: locale.T(ctx, "explorer.secrets_help")}
	for _, name := range variablesIn(k.values.Get(callJSON)) {
		s.Fields = append(s.Fields, form.Field{Path: callSecret + name, Kind: form.Password, Label: "${" + name + "}", Autocomplete: "new-password"})
	}
	return s
}

// callField is the input of a parameter, or of a key of a flat body.
func callField(c echo.Context, path, name, help string, s *apiSchema, required bool) form.Field {
	ctx := localised(c)
	d := form.Field{Path: path, Kind: form.Text, Label: name, Help: help, Required: required, MaxLen: s.Most}
	if !required {
		d.Unset = locale.T(ctx, "explorer.unset")
	}
	switch {
	case path == callPath+"project":
		d.Kind = form.Fixed
	case s.Format == secretFormat:
		d.Kind, d.Autocomplete = form.Password, "new-password"
	case len(s.Enum) > 0:
		d.Kind = form.Select
		for _, value := range s.Enum {
			d.Choices = append(d.Choices, form.Choice{Value: value, Label: value})
		}
	case s.Type == "boolean":
		d.Kind = form.Bool
	case s.Type == "integer", s.Type == "number":
		d.Kind = form.Number
	case s.Format == "date-time":
		d.Placeholder = "2026-11-23T00:00:00Z"
	}
	return d
}
