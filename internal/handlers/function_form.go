package handlers

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// functionForm is a function as it stands in the form: what was typed, and the
// draft that it describes.
type functionForm struct {
	values url.Values
	stored *api.Function // edited, nil for a new one
	draft  api.FunctionDraft
	faults []api.Problem // of the form itself, before it is a draft
	upload string        // name of a file that was posted
}

// What a new function is unless somebody says otherwise.
const (
	usualTimeout = 30 // seconds
	noHandler    = "-"
	inlineCode   = "inline"
)

// newFunctionValues are the values that a new form starts with.
func newFunctionValues() url.Values {
	return url.Values{
		"package": {api.DefaultPackage}, "runtime": {api.RuntimeHTTP}, "runtime_shown": {api.RuntimeHTTP}, "handler": {noHandler},
		"timeout": {strconv.Itoa(usualTimeout)}, "memory_size": {strconv.Itoa(api.MemorySizes[0])},
		"code_type": {inlineCode}, "code_shown": {inlineCode},
	}
}

// functionValues fills the form's values from what the latest version is. Its
// code is not kept, and so cannot be shown.
func functionValues(fn *api.Function) url.Values {
	config := &fn.Latest.Config
	return url.Values{
		"package": {fn.Package}, "func_name": {fn.Name}, "description": {config.Description}, "upstream": {fn.Latest.Upstream},
		"runtime": {config.Runtime}, "runtime_shown": {config.Runtime}, "handler": {config.Handler}, "timeout": {strconv.Itoa(int(config.Timeout / time.Second))},
		"memory_size": {strconv.Itoa(config.MemoryMB)}, "user_data": {config.UserData},
		"code_type": {fn.Latest.Code.Type}, "code_shown": {fn.Latest.Code.Type}, "code_url": {fn.Latest.Code.URL},
		"version": {strconv.FormatInt(fn.Version, 10)},
	}
}

// readFunction reads the posted form. The function that it edits is looked up, so
// that a foreign id is not found. What the form does not ask for stays as it is.
func (p *pages) readFunction(c echo.Context) (*functionForm, error) {
	values, err := formValues(c)
	if err != nil {
		return nil, err
	}
	ff := &functionForm{values: values}
	if c.Param("id") != "" {
		view, err := p.functionView(c)
		if err != nil {
			return nil, err
		}
		ff.stored = &view.Function
		ff.draft.Config, ff.draft.Code = view.Function.Latest.Config, view.Function.Latest.Code
	}
	text := func(path string) string { return strings.TrimSpace(values.Get(path)) }
	ff.draft.Package, ff.draft.Name, ff.draft.Upstream = text("package"), text("func_name"), text("upstream")
	if ff.stored != nil {
		ff.draft.Package, ff.draft.Name = ff.stored.Package, ff.stored.Name
	}
	config := &ff.draft.Config
	config.Description, config.Runtime, config.Handler = lines(text("description")), text("runtime"), text("handler")
	config.Timeout, config.MemoryMB = time.Duration(number(text("timeout")))*time.Second, number(text("memory_size"))
	config.UserData = lines(text("user_data"))
	return ff, ff.readCode(c)
}

// deed is what saving the form does.
func (ff *functionForm) deed() api.Deed {
	if ff.stored == nil {
		return api.CreateFunction{Draft: ff.draft}
	}
	return api.UpdateFunction{ID: ff.stored.ID, Draft: ff.draft, Version: readVersion(ff.values.Get("version"))}
}

// readCode reads how code comes to the function, and the code itself if it comes
// by way of the form.
func (ff *functionForm) readCode(c echo.Context) error {
	code := &ff.draft.Code
	code.Type = ff.values.Get("code_type")
	if codeField(code.Type) == "code_url" {
		code.URL, code.Filename = strings.TrimSpace(ff.values.Get("code_url")), ""
		return nil
	}
	code.URL = ""
	typed := ff.values.Get("func_code")
	if code.Type == inlineCode {
		if typed != "" {
			ff.draft.File, code.Filename = []byte(lines(typed)), ""
		}
		return nil
	}
	file, err := postedFile(c, "func_code.file")
	if err != nil {
		return err
	}
	if file != nil {
		header, _ := c.FormFile("func_code.file") // it was there just now
		ff.draft.File, ff.upload, code.Filename = file, header.Filename, header.Filename
		return nil
	}
	if typed = strings.TrimSpace(typed); typed == "" {
		return nil
	}
	if ff.draft.File, err = base64.StdEncoding.DecodeString(typed); err != nil {
		ff.draft.File, ff.faults = nil, []api.Problem{{Path: "func_code", Message: api.M("functions.code_base64")}}
	}
	return nil
}

// number reads a whole number; what is none is 0, which the service refuses where
// it matters.
func number(text string) int {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0
	}
	return int(n)
}

// lines is a typed text with line ends as everybody but forms writes them.
func lines(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// codeField is the field in which code of that type is given.
func codeField(kind string) string {
	switch kind {
	case "obs", api.CodeImage:
		return "code_url"
	}
	return "func_code"
}

// follow adapts what was typed to choices that were changed: who speaks HTTP has
// no handler, and an image is code of its own kind. What was typed for another
// type of code is kept, in case that choice comes back.
func (ff *functionForm) follow() {
	v := ff.values
	if runtime := v.Get("runtime"); runtime != v.Get("runtime_shown") {
		v.Set("runtime_shown", runtime)
		switch {
		case api.SpeaksHTTP(runtime):
			v.Set("handler", noHandler)
		case v.Get("handler") == noHandler:
			v.Del("handler")
		}
		switch {
		case runtime == api.RuntimeImage:
			v.Set("code_type", api.CodeImage)
		case v.Get("code_type") == api.CodeImage:
			v.Set("code_type", inlineCode)
		}
	}
	if kind, shown := v.Get("code_type"), v.Get("code_shown"); kind != shown {
		v.Set("code_shown", kind)
		v.Set("code."+shown, v.Get(codeField(shown)))
		v.Del(codeField(shown))
		v.Set(codeField(kind), v.Get("code."+kind))
	}
}

// form describes the form for people.
func (ff *functionForm) form(c echo.Context) *form.Form {
	f := &form.Form{ID: "function-form", Action: functionsPath(c), Values: ff.values, Guard: true}
	fields := templates.FunctionFields{Runtime: ff.values.Get("runtime"), CodeType: ff.values.Get("code_type"), Stored: ff.stored}
	if !isHTMX(c.Request()) {
		fields.Upload = ff.upload // htmx leaves the chosen file in place
	}
	if ff.stored != nil {
		f.Action += "/" + ff.stored.ID
	}
	f.Sections = templates.FunctionSections(localised(c), fields)
	names := []string{"version", "runtime_shown", "code_shown"}
	for _, kind := range api.CodeTypes {
		if kind != fields.CodeType {
			names = append(names, "code."+kind)
		}
	}
	for _, name := range names {
		if v := ff.values.Get(name); v != "" {
			f.Hidden = append(f.Hidden, form.Hidden{Name: name, Value: v})
		}
	}
	return f
}
