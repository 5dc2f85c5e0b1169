package handlers

import (
	"context"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api/connector"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// form builds the form for people from the connector's data.
func (lf *linkForm) form(c echo.Context) *form.Form {
	action := "/p/" + project(c).ID + "/links"
	if lf.draft.ID != "" {
		action += "/" + lf.draft.ID
	}
	f := &form.Form{ID: "link-form", Action: action, Values: lf.values, Problems: lf.faults, Guard: true}
	f.Hidden = []form.Hidden{{Name: "connector", Value: lf.conn.Name}}
	for _, name := range []string{"from", "version"} {
		if v := lf.values.Get(name); v != "" {
			f.Hidden = append(f.Hidden, form.Hidden{Name: name, Value: v})
		}
	}
	basic, settings, advanced := lf.sections(c)
	typed := lf.inputs()
	values := lf.conn.Normalise(typed)
	for i := range lf.conn.Inputs {
		in := &lf.conn.Inputs[i]
		switch {
		case !lf.conn.Applies(in, values):
			// Typed for another choice: kept, in case that choice comes back.
			if v := lf.values.Get(in.Name); v != "" {
				f.Hidden = append(f.Hidden, form.Hidden{Name: in.Name, Value: v})
			}
		case in.Advanced:
			advanced.Fields = append(advanced.Fields, lf.field(c, in, typed))
		default:
			settings.Fields = append(settings.Fields, lf.field(c, in, typed))
		}
	}
	basic.Tag = lf.tile().Label.In(lang(c))
	f.Sections = []form.Section{basic, settings, advanced}
	if len(settings.Fields) == 0 {
		f.Sections = []form.Section{basic, advanced}
	}
	return f
}

// inputs returns what stands in the fields that decide about other fields.
func (lf *linkForm) inputs() map[string]string {
	m := map[string]string{}
	for i := range lf.conn.Inputs {
		if in := &lf.conn.Inputs[i]; !in.Secret && in.Kind != connector.Map {
			m[in.Name] = lf.values.Get(in.Name)
		}
	}
	return m
}

// tile is what people call the kind of system that the form describes now.
func (lf *linkForm) tile() *connector.Tile { return lf.conn.TileOf(lf.inputs()) }

// sections are the form's sections with the fields every link has. Where clusters run,
// which one it is is nothing for the advanced.
func (lf *linkForm) sections(c echo.Context) (basic, settings, advanced form.Section) {
	ctx := localised(c)
	basic = form.Section{ID: "section-link", Title: locale.T(ctx, "link.section"), Fields: []form.Field{{
		Path: "name", Kind: form.Text, Required: true, Live: true, Placeholder: "orders_mysql",
		Label: locale.T(ctx, "link.name"), Help: locale.T(ctx, "link.name_help"),
	}}}
	settings = form.Section{ID: "section-settings", Title: locale.T(ctx, "link.settings")}
	advanced = form.Section{ID: "section-advanced", Title: locale.T(ctx, "link.advanced"), Advanced: true}
	if cluster := lf.cluster(ctx); lf.clusters.Open {
		advanced.Fields = append(advanced.Fields, cluster)
	} else {
		basic.Fields = append(basic.Fields, cluster)
	}
	advanced.Fields = append(advanced.Fields,
		form.Field{Path: "enabled", Kind: form.Switch, Label: locale.T(ctx, "link.enabled"), Help: locale.T(ctx, "link.enabled_help")})
	return basic, settings, advanced
}

// cluster is the field of the cluster: one of those that there are, in which a stored
// link stays, or any.
func (lf *linkForm) cluster(ctx context.Context) form.Field {
	f := form.Field{
		Path: "cluster", Kind: form.Text, Required: true, Live: true,
		Label: locale.T(ctx, "link.cluster"), Help: locale.T(ctx, "link.cluster_help"),
	}
	if lf.clusters.Open {
		return f
	}
	f.Kind, f.Help = form.Select, locale.T(ctx, "link.cluster_region_help")
	for _, cluster := range lf.clusters.Items {
		choice := form.Choice{Value: cluster.ID, Label: cluster.Name}
		if !cluster.Running {
			choice.Off = locale.T(ctx, "link.cluster_stopped")
		}
		f.Choices = append(f.Choices, choice)
	}
	if lf.draft.ID != "" {
		f.Kind, f.Required, f.Live, f.Help = form.Fixed, false, false, locale.T(ctx, "link.cluster_fixed")
	}
	return f
}

// kinds says which field edits which kind of input.
var kinds = map[connector.Kind]form.Kind{
	connector.Port: form.Number, connector.Int: form.Number, connector.Bool: form.Bool,
	connector.Enum: form.Select, connector.Map: form.Map, connector.File: form.File, connector.Password: form.Password,
}

// halves are the kinds short enough to stand beside a neighbour.
var halves = map[connector.Kind]bool{
	connector.Host: true, connector.Port: true, connector.Name: true, connector.Int: true, connector.Enum: true, connector.Bool: true,
}

func (lf *linkForm) field(c echo.Context, in *connector.Input, typed map[string]string) form.Field {
	ctx, language := localised(c), lang(c)
	kind, ok := kinds[in.Kind]
	if !ok {
		kind = form.Text
	}
	f := form.Field{
		Path: in.Name, Kind: kind, Label: in.Label.In(language), Help: in.Help.In(language),
		Placeholder: in.Example, Required: in.Required,
		Redraw: lf.conn.Decides(in.Name), Secret: in.Secret, Held: lf.held[in.Name],
		Stored: lf.stored(in.Name),
	}
	f.Half = halves[in.Kind] && in.Name != lf.conn.Variant
	f.Live = !f.Redraw && !in.Secret && kind != form.Map
	if f.Placeholder == "" {
		f.Placeholder = lf.conn.DefaultFor(in, typed)
	}
	for _, choice := range in.Choices {
		label := choice.Label.In(language)
		if label == "" {
			label = choice.Value
		}
		f.Choices = append(f.Choices, form.Choice{Value: choice.Value, Label: label})
	}
	for _, key := range lf.conn.Keys(in, typed) {
		f.Choices = append(f.Choices, form.Choice{Value: key.Name, Label: key.Help.In(language)})
	}
	if !in.Required && (kind == form.Select || kind == form.Bool) {
		f.Unset = locale.T(ctx, "link.unset")
	}
	return f
}
