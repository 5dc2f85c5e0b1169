package templates_test

import (
	"context"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// published is a version whose every text is hostile.
func published(name, codeType string) api.Version {
	stamp := api.Stamp{At: time.Unix(0, 0), By: markup}
	return api.Version{
		Name: name, Description: markup, Upstream: "javascript:alert(1)", Created: stamp, Updated: stamp,
		Config: api.FunctionConfig{Description: markup, Runtime: "Python3.9", Handler: markup, Timeout: time.Minute, MemoryMB: 128, UserData: markup},
		Code:   api.FunctionCode{Type: codeType, Filename: markup, Size: 3 << 20, Digest: "0123456789abcdef"},
	}
}

// functionPages are the pages about functions and versions.
func functionPages(ctx context.Context, f templates.Frame) map[string]templ.Component {
	const base = "/p/1/aliases"
	latest, v1, v2 := published(api.LatestVersion, "zip"), published("v1", "obs"), published("v2.0", "inline")
	latest.Upstream, latest.Config.Runtime, v1.Code.URL = "", api.RuntimeHTTP, markup
	v1.Main, v2.Additional = []api.Used{{ID: "1", Name: markup}}, []api.Used{{ID: "1", Name: markup}, {ID: "2", Name: "b"}}
	fn := api.Function{ID: "f", Package: markup, Name: markup, Latest: latest, Created: v1.Created, Updated: v1.Updated, Version: 3, Versions: 3, Aliases: 1}
	view := templates.FunctionView{Aliases: base, Function: fn}
	versions := []api.Version{latest, v2, v1}
	aliases := templates.FunctionAliasesView{FunctionView: view, List: []api.Alias{
		{ID: "1", Name: markup, Description: markup, Updated: v1.Updated, Route: routing.Route{Main: markup, Additional: "v2.0", Weight: 7}},
	}}
	deletion := templates.FunctionDeleteView{FunctionAliasesView: aliases, Versions: versions}
	deletion.Form = templates.FunctionDeleteForm(ctx, deletion)
	changes := []api.Change{
		{Action: "publish", Kind: api.KindFunction, ObjectName: markup, After: []byte(`{"version":"<b>"}`)},
		{Action: "upstream", Kind: api.KindFunction, ObjectName: markup, Before: []byte(`{"upstream":"<b>"}`), After: []byte(`{"version":"<b>"}`)},
		{Action: "update", Kind: api.KindFunction, Before: []byte(`{"code_type":"<b>","digest":1,"runtime":"x"}`), After: []byte(`{"code_type":"zip","timeout":7}`)},
	}
	history := templates.History{Path: base + "/functions/f/history", Newer: true, Older: true, Changes: changes}
	pages := map[string]templ.Component{
		"functions": templates.FunctionList(f, templates.FunctionListView{
			Aliases: base, Query: api.FunctionQuery{Search: markup, Package: markup, Sort: "name"}, Page: api.Page[api.Function]{Items: []api.Function{fn}, Next: "x"},
		}),
		"no functions":         templates.FunctionList(f, templates.FunctionListView{Aliases: base}),
		"versions":             templates.FunctionVersions(f, templates.VersionsView{FunctionView: view, Versions: versions}),
		"one version":          templates.FunctionVersions(f, templates.VersionsView{FunctionView: view, Versions: versions[:1]}),
		"aliases of one":       templates.FunctionAliases(f, aliases),
		"no aliases of one":    templates.FunctionAliases(f, templates.FunctionAliasesView{FunctionView: view}),
		"function settings":    templates.FunctionSettings(f, view, "urn:"+markup),
		"function history":     templates.FunctionHistory(f, view, history),
		"delete a function":    templates.FunctionDelete(f, deletion),
		"publish":              templates.Publish(f, templates.PublishView{FunctionView: view, Form: templates.PublishForm(ctx, view)}),
		"nothing to publish":   templates.Publish(f, templates.PublishView{FunctionView: view, Refused: []api.Problem{{Message: api.M("shell.signed_in", "name", markup)}}}),
		"function form":        functionForm(ctx, f, templates.FunctionFields{Runtime: api.RuntimeHTTP, CodeType: "inline"}, nil),
		"function form, edit":  functionForm(ctx, f, templates.FunctionFields{Runtime: "Go1.x", CodeType: "zip", Stored: &fn, Upload: markup}, &templates.LinkChanged{By: markup}),
		"function form, image": functionForm(ctx, f, templates.FunctionFields{Runtime: api.RuntimeImage, CodeType: api.CodeImage, Stored: &fn}, nil),
	}
	for i := range versions {
		v := templates.VersionView{FunctionView: view, Version: versions[i], URN: markup, Form: &form.Form{
			ID: "upstream-form", Action: "/f", Values: url.Values{"upstream": {markup}},
			Sections: []form.Section{templates.UpstreamSection(ctx)},
		}}
		pages["version "+versions[i].Name] = templates.VersionPage(f, v)
		v.Form = templates.VersionDeleteForm(ctx, v)
		pages["delete version "+versions[i].Name] = templates.VersionDelete(f, v)
	}
	return pages
}

func functionForm(ctx context.Context, f templates.Frame, fields templates.FunctionFields, changed *templates.LinkChanged) templ.Component {
	bound := &form.Form{
		ID: "function-form", Action: "/f", Guard: true, Refused: true, Values: url.Values{"func_name": {markup}, "func_code": {markup}},
		Problems: []api.Problem{{Path: "func_code", Message: api.M("functions.code_base64")}, {Path: "user_data", Message: api.M("functions.code_base64")}},
		Sections: templates.FunctionSections(ctx, fields),
	}
	return templates.FunctionForm(f, templates.FunctionFormView{Aliases: "/p/1/aliases", Form: bound, Function: fields.Stored, Changed: changed})
}
