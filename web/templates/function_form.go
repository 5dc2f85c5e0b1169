package templates

import (
	"context"
	"slices"
	"strconv"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// FunctionFormView is the form of a new or stored function. Aliases is the path of
// the project's aliases.
type FunctionFormView struct {
	Aliases  string
	Form     *form.Form
	Function *api.Function // edited, nil for a new one
	Changed  *LinkChanged  // somebody else saved it meanwhile
}

func (v *FunctionFormView) crumbs(ctx context.Context) []Crumb {
	if v.Function == nil {
		return functionCrumbs(ctx, v.Aliases)
	}
	return (&FunctionView{Aliases: v.Aliases, Function: *v.Function}).below(ctx)
}

// cancel is where somebody goes who saves nothing.
func (v *FunctionFormView) cancel() string {
	if v.Function == nil {
		return FunctionsPath(v.Aliases)
	}
	return FunctionsPath(v.Aliases) + "/" + v.Function.ID
}

func (v *FunctionFormView) saveLabel(ctx context.Context) string {
	if v.Function == nil {
		return locale.T(ctx, "functions.register")
	}
	return locale.T(ctx, "functions.save")
}

// FunctionFields is what the fields of a function depend on.
type FunctionFields struct {
	Runtime  string
	CodeType string
	Stored   *api.Function // edited, nil for a new one
	Upload   string        // name of a file that was posted and has to be chosen again
}

// FunctionSections are the fields of the form.
func FunctionSections(ctx context.Context, d FunctionFields) []form.Section {
	text := func(key string) string { return locale.T(ctx, key) }
	name := form.Field{
		Path: "func_name", Kind: form.Text, Required: true, Live: true, Half: true, Placeholder: "orders",
		Label: text("functions.name"), Help: locale.T(ctx, "functions.name_help", "max", api.MaxFunctionName),
	}
	pkg := form.Field{
		Path: "package", Kind: form.Text, Live: true, Half: true, Placeholder: api.DefaultPackage,
		Label: text("functions.package"), Help: text("functions.package_help"),
	}
	if d.Stored != nil {
		name.Kind, name.Live, name.Help = form.Fixed, false, text("functions.name_fixed")
		pkg.Kind, pkg.Live, pkg.Help = form.Fixed, false, ""
	}
	return []form.Section{
		{ID: "section-function", Title: text("functions.general"), Fields: []form.Field{
			name, pkg,
			{
				Path: "description", Kind: form.TextArea, Live: true, MaxLen: api.MaxFunctionText, Count: true,
				Label: text("functions.description"),
			},
		}},
		UpstreamSection(ctx),
		{ID: "section-runtime", Title: text("functions.configuration"), Fields: runtimeFields(ctx, d.Runtime)},
		{ID: "section-code", Title: text("functions.code"), Help: text("functions.code_help"), Fields: codeFields(ctx, d)},
		{ID: "section-more", Title: text("functions.more"), Advanced: true, Fields: []form.Field{{
			Path: "user_data", Kind: form.TextArea, Live: true, Placeholder: `{"stage":"production"}`,
			Label: text("functions.user_data"), Help: text("functions.user_data_help"),
		}}},
	}
}

// UpstreamSection asks where invocations of a version go.
func UpstreamSection(ctx context.Context) form.Section {
	return form.Section{ID: "section-upstream", Title: locale.T(ctx, "functions.upstream_title"), Fields: []form.Field{{
		Path: "upstream", Kind: form.Text, Live: true, Placeholder: "https://orders.example.com/v2/handle",
		Label: locale.T(ctx, "functions.upstream"), Help: locale.T(ctx, "functions.upstream_help"),
	}}}
}

func runtimeFields(ctx context.Context, runtime string) []form.Field {
	help, handler := "functions.runtime_help", "functions.handler_help"
	switch runtime {
	case api.RuntimeHTTP:
		help, handler = "functions.runtime_http_help", "functions.handler_none"
	case api.RuntimeImage:
		help, handler = "functions.runtime_image_help", "functions.handler_none"
	}
	return []form.Field{
		{
			Path: "runtime", Kind: form.Select, Required: true, Redraw: true, Half: true, Choices: runtimeChoices(ctx),
			Label: locale.T(ctx, "functions.runtime"), Help: locale.T(ctx, help),
		},
		{
			Path: "handler", Kind: form.Text, Required: true, Live: true, Half: true, Placeholder: "index.handler",
			Label: locale.T(ctx, "functions.handler"), Help: locale.T(ctx, handler),
		},
		{
			Path: "timeout", Kind: form.Number, Required: true, Live: true, Half: true,
			Label: locale.T(ctx, "functions.timeout"), Help: locale.T(ctx, "functions.timeout_help"),
		},
		{
			Path: "memory_size", Kind: form.Select, Required: true, Live: true, Half: true, Choices: memoryChoices(ctx),
			Label: locale.T(ctx, "functions.memory"),
		},
	}
}

// runtimeChoices lists those first that speak HTTP themselves: rules of aliases
// are meant for them.
func runtimeChoices(ctx context.Context) []form.Choice {
	first := []string{api.RuntimeHTTP, api.RuntimeImage}
	var choices []form.Choice
	for _, name := range append(slices.Clone(first), api.Runtimes...) {
		if len(choices) < len(first) || !slices.Contains(first, name) {
			choices = append(choices, form.Choice{Value: name, Label: runtimeName(ctx, name)})
		}
	}
	return choices
}

// runtimeName is what people call a runtime.
func runtimeName(ctx context.Context, runtime string) string {
	switch runtime {
	case api.RuntimeHTTP:
		return locale.T(ctx, "functions.runtime_http")
	case api.RuntimeImage:
		return locale.T(ctx, "functions.runtime_image")
	case api.RuntimeCustom:
		return locale.T(ctx, "functions.runtime_custom")
	}
	return runtime
}

func memoryChoices(ctx context.Context) []form.Choice {
	choices := make([]form.Choice, len(api.MemorySizes))
	for i, size := range api.MemorySizes {
		choices[i] = form.Choice{Value: strconv.Itoa(size), Label: locale.T(ctx, "functions.megabytes", "n", size)}
	}
	return choices
}

// codeFields ask how code comes to the function, and for it.
func codeFields(ctx context.Context, d FunctionFields) []form.Field {
	kind := form.Field{
		Path: "code_type", Kind: form.Select, Required: true, Redraw: true, Half: true,
		Label: locale.T(ctx, "functions.code_type"), Choices: codeChoices(ctx, d.Runtime),
	}
	switch d.CodeType {
	case "inline":
		return []form.Field{kind, {
			Path: "func_code", Kind: form.TextArea, Label: locale.T(ctx, "functions.code_inline"), Help: codeHelp(ctx, d, "functions.code_inline_help"),
		}}
	case "zip", "jar":
		return []form.Field{kind, {
			Path: "func_code", Kind: form.File, Label: locale.T(ctx, "functions.code_file"), Help: codeHelp(ctx, d, "functions.code_file_help"),
		}}
	case api.CodeImage:
		return []form.Field{kind, {
			Path: "code_url", Kind: form.Text, Required: true, Live: true, Placeholder: "swr.example.com/shop/orders:1.4",
			Label: locale.T(ctx, "functions.code_image"), Help: locale.T(ctx, "functions.code_image_help"),
		}}
	}
	return []form.Field{kind, {
		Path: "code_url", Kind: form.Text, Required: true, Live: true, Placeholder: "https://code.obs.example.com/orders.zip",
		Label: locale.T(ctx, "functions.code_url"), Help: locale.T(ctx, "functions.code_url_help"),
	}}
}

// codeHelp says what to give as code and, of a stored function, what it has.
func codeHelp(ctx context.Context, d FunctionFields, key string) string {
	switch {
	case d.Upload != "":
		return locale.T(ctx, "functions.choose_again", "name", d.Upload)
	case d.Stored != nil && d.Stored.Latest.Code.Size > 0:
		return locale.T(ctx, "functions.code_keep", "digest", shortDigest(d.Stored.Latest.Code.Digest))
	}
	return locale.T(ctx, key)
}

// codeChoices are the ways that suit the runtime: an image is code only of the
// runtime that runs images, which has no other.
func codeChoices(ctx context.Context, runtime string) []form.Choice {
	var choices []form.Choice
	for _, kind := range api.CodeTypes {
		if (kind == api.CodeImage) == (runtime == api.RuntimeImage) {
			choices = append(choices, form.Choice{Value: kind, Label: locale.T(ctx, "code_type."+kind)})
		}
	}
	return choices
}

// shortDigest is enough of a digest to tell two apart by eye.
func shortDigest(digest string) string { return digest[:min(len(digest), 12)] }
