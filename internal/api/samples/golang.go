package samples

import (
	"fmt"
	"go/format"
	"path"
	"reflect"
	"strconv"
	"strings"
)

// writeGo writes a program, laid out as gofmt does.
func writeGo(steps []step, at Server) (string, error) {
	source, err := format.Source([]byte(writeProgram(steps, at, writeGoTyped, writeGoPlain)))
	if err != nil {
		return "", fmt.Errorf("the sample in Go: %w", err)
	}
	return string(source), nil
}

// goSDK is where the SDK's packages are.
const goSDK = "github.com/huaweicloud/huaweicloud-sdk-go-v3/"

func writeGoTyped(b *strings.Builder, all []typed, at Server) {
	g := &goWriter{Builder: b, models: map[string]string{}}
	services := packages(all)
	for _, s := range services {
		g.models[s.Package] = "model"
		if len(services) > 1 {
			g.models[s.Package] = goName(s) + "model"
		}
	}
	var body strings.Builder
	g.Builder = &body
	for _, s := range services {
		fmt.Fprintf(g, "%sClient, err := %s.%sClientBuilder().WithEndpoints([]string{%q}).WithCredential(credentials).SafeBuild()\ncheck(err)\n%s := %s.New%sClient(%sClient)\n\n",
			goName(s), goName(s), s.Client, at.URL, goVariable(s), goName(s), s.Client, goName(s))
	}
	for i, t := range all {
		name := "answer"
		if len(all) > 1 {
			name += strconv.Itoa(i + 1)
		}
		fmt.Fprintf(g, "%s, err := %s.%s(&", name, goVariable(t), t.Name)
		g.literal(t.request, g.models[t.Package])
		fmt.Fprintf(g, ")\ncheck(err)\nfmt.Println(%s)\n", name)
	}
	b.WriteString("package main\n\nimport (\n\"fmt\"\n\"log\"\n\"os\"\n\n")
	fmt.Fprintf(b, "%q\n", goSDK+"core/auth/basic")
	for _, s := range services {
		fmt.Fprintf(b, "%s %q\n", goName(s), goSDK+"services/"+s.Package)
		if alias := g.models[s.Package]; alias != "model" {
			fmt.Fprint(b, alias+" ")
		}
		fmt.Fprintf(b, "%q\n", goSDK+"services/"+s.Package+"/model")
	}
	b.WriteString(")\n\nfunc main() {\n")
	fmt.Fprintf(b, "credentials, err := basic.NewCredentialsBuilder().WithAk(os.Getenv(%q)).WithSk(os.Getenv(%q)).WithProjectId(%q).SafeBuild()\ncheck(err)\n",
		accessVariable, secretVariable, at.Project)
	b.WriteString(body.String() + "}\n\n" + goCheck)
	if g.pointers {
		b.WriteString("\nfunc ptr[T any](v T) *T { return &v }\n")
	}
}

const goCheck = "func check(err error) {\nif err != nil {\nlog.Fatal(err)\n}\n}\n"

// goName is what a program calls the package of a service, goVariable its client.
func goName(t typed) string     { return path.Dir(t.Package) }
func goVariable(t typed) string { return strings.ToLower(t.Client[:1]) + t.Client[1:] + "Service" }

// goWriter writes values of the SDK's types.
type goWriter struct {
	*strings.Builder

	models   map[string]string // what their package is called, by the service's
	pointers bool              // one of them needs ptr
}

// literal writes a value; model is what its package is called.
func (g *goWriter) literal(v reflect.Value, model string) {
	if name, ok := secretIn(v); ok {
		g.WriteString(goVariableOf(name))
		return
	}
	if word, ok := enumerated(v); ok {
		fmt.Fprintf(g, "%s.Get%sEnum().%s", model, v.Type().Name(), constant(word))
		return
	}
	if text, ok := scalar(v); ok {
		g.WriteString(text)
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		g.literal(v.Elem(), model)
	case reflect.Pointer:
		g.pointer(v.Elem(), model)
	case reflect.String:
		g.WriteString(strconv.Quote(v.String()))
	case reflect.Struct, reflect.Slice, reflect.Map:
		g.WriteString(goType(v.Type(), model))
		g.members(v, model)
	default:
		g.WriteString("nil")
	}
}

// members writes what is in a struct, list or map, in its braces.
func (g *goWriter) members(v reflect.Value, model string) {
	g.WriteString("{\n")
	switch v.Kind() {
	case reflect.Struct:
		for _, f := range fields(v) {
			g.WriteString(f.name + ": ")
			g.literal(f.Value, model)
			g.WriteString(",\n")
		}
	case reflect.Slice:
		for i := range v.Len() {
			g.element(v.Index(i), model)
		}
	case reflect.Map:
		for _, key := range keys(v) {
			g.WriteString(strconv.Quote(key.String()) + ": ")
			g.element(v.MapIndex(key), model)
		}
	}
	g.WriteString("}")
}

// element writes a member of a list or map, of which Go knows the type.
func (g *goWriter) element(v reflect.Value, model string) {
	if _, word := enumerated(v); v.Kind() == reflect.Struct && !word {
		g.members(v, model)
	} else {
		g.literal(v, model)
	}
	g.WriteString(",\n")
}

// pointer writes a pointer to v.
func (g *goWriter) pointer(v reflect.Value, model string) {
	_, word := enumerated(v)
	if v.Kind() == reflect.Struct && !word || v.Kind() == reflect.Slice || v.Kind() == reflect.Map {
		g.WriteString("&")
		g.literal(v, model)
		return
	}
	g.pointers = true
	switch v.Kind() {
	case reflect.Interface:
		g.WriteString("ptr[any](")
	case reflect.Int32, reflect.Int64, reflect.Float32, reflect.Float64:
		g.WriteString("ptr[" + v.Kind().String() + "](")
	default:
		g.WriteString("ptr(")
	}
	g.literal(v, model)
	g.WriteString(")")
}

// goType is the name of a type.
func goType(t reflect.Type, model string) string {
	switch t.Kind() {
	case reflect.Slice:
		return "[]" + goType(t.Elem(), model)
	case reflect.Map:
		return "map[string]" + goType(t.Elem(), model)
	case reflect.Pointer:
		return "*" + goType(t.Elem(), model)
	case reflect.Interface:
		return "any"
	case reflect.Struct:
		return model + "." + t.Name()
	}
	return t.Kind().String()
}

// writeGoPlain writes requests with net/http and an API token.
func writeGoPlain(b *strings.Builder, steps []step, at Server) {
	b.WriteString("package main\n\nimport (\n\"fmt\"\n\"io\"\n\"log\"\n\"net/http\"\n\"os\"\n\"strings\"\n")
	if anySecret(steps) {
		b.WriteString("\"encoding/json\"\n")
	}
	b.WriteString(")\n\nfunc main() {\n")
	for _, s := range steps {
		fmt.Fprintf(b, "call(%q, %q, ", s.Operation.Method, at.URL+s.URL())
		b.WriteString(goBody(s.body))
		for _, h := range s.own() {
			fmt.Fprintf(b, ", %q, %s", h.name, h.in(strconv.Quote, goVariableOf))
		}
		b.WriteString(")\n")
	}
	b.WriteString("}\n\n" + goCall)
	if anySecret(steps) {
		b.WriteString(goQuote)
	}
	b.WriteString(goCheck)
}

func goVariableOf(name string) string { return fmt.Sprintf("os.Getenv(%q)", name) }

func anySecret(steps []step) bool {
	for _, s := range steps {
		if len(s.body.variables()) > 0 {
			return true
		}
	}
	return false
}

// goBody is a body as an expression: its text, with the secrets between.
func goBody(body *value) string {
	if body == nil {
		return `""`
	}
	var parts []string
	for i, part := range strings.Split(between.String(body), mark) {
		switch {
		case i%2 == 1:
			parts = append(parts, fmt.Sprintf("secret(%q)", part))
		case canBackquote(part):
			parts = append(parts, "`"+part+"`")
		default:
			parts = append(parts, strconv.Quote(part))
		}
	}
	return strings.Join(parts, " + ")
}

// canBackquote reports whether lines can stand in Go as they are.
func canBackquote(lines string) bool {
	for line := range strings.Lines(lines) {
		if !strconv.CanBackquote(strings.TrimSuffix(line, "\n")) {
			return false
		}
	}
	return true
}

const goCall = `func call(method, url, body string, headers ...string) {
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	check(err)
	request.Header.Set("X-Auth-Token", os.Getenv("` + tokenVariable + `"))
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(request)
	check(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	check(err)
	fmt.Println(answer.Status, string(text))
	if answer.StatusCode >= 300 {
		os.Exit(1)
	}
}

`

const goQuote = `func secret(name string) string {
	text, err := json.Marshal(os.Getenv(name))
	check(err)
	return string(text)
}

`
