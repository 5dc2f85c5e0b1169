package samples

import (
	"fmt"
	"path"
	"reflect"
	"strings"
)

// inPython writes JSON as Python has it.
var inPython = &layout{
	indent: "    ", pair: ": ", text: pythonText, trailing: true,
	words:    map[string]string{"true": "True", "false": "False", "null": "None"},
	variable: func(name string) string { return `os.environ["` + name + `"]` },
	raw:      func(s string) string { return "json.loads(" + pythonText(s) + ")" },
}

func writePythonTyped(b *strings.Builder, all []typed, at Server) {
	b.WriteString("import os\n\nfrom huaweicloudsdkcore.auth.credentials import BasicCredentials\n")
	for _, s := range packages(all) {
		module := "huaweicloudsdk" + strings.ReplaceAll(s.Package, "/", ".")
		fmt.Fprintf(b, "from %s import *\n", module)
	}
	fmt.Fprintf(b, "\ncredentials = BasicCredentials(os.environ[%q], os.environ[%q], %s)\n", accessVariable, secretVariable, pythonText(at.Project))
	for _, s := range packages(all) {
		fmt.Fprintf(b, "%s = %sClient.new_builder().with_credentials(credentials).with_endpoint(%s).build()\n",
			path.Dir(s.Package), s.Client, pythonText(at.URL))
	}
	for _, t := range all {
		fmt.Fprintf(b, "\nprint(%s.%s(", path.Dir(t.Package), snake(t.Name))
		pythonValue(b, t.request, "")
		b.WriteString("))\n")
	}
}

// pythonValue writes a value of the SDK's types; lines after the first begin with
// margin.
func pythonValue(b *strings.Builder, v reflect.Value, margin string) {
	if name, ok := secretIn(v); ok {
		b.WriteString(inPython.variable(name))
		return
	}
	if word, ok := enumerated(v); ok {
		b.WriteString(pythonText(word))
		return
	}
	if text, ok := scalar(v); ok {
		if other, is := inPython.words[text]; is {
			text = other
		}
		b.WriteString(text)
		return
	}
	inner := margin + inPython.indent
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		pythonValue(b, v.Elem(), margin)
	case reflect.String:
		b.WriteString(pythonText(v.String()))
	case reflect.Struct:
		b.WriteString(v.Type().Name() + "(")
		for _, f := range fields(v) {
			b.WriteString("\n" + inner + snake(f.name) + "=")
			pythonValue(b, f.Value, inner)
			b.WriteByte(',')
		}
		b.WriteString("\n" + margin + ")")
	case reflect.Slice:
		b.WriteString("[")
		for i := range v.Len() {
			b.WriteString("\n" + inner)
			pythonValue(b, v.Index(i), inner)
			b.WriteByte(',')
		}
		b.WriteString("\n" + margin + "]")
	case reflect.Map:
		b.WriteString("{")
		for _, key := range keys(v) {
			b.WriteString("\n" + inner + pythonText(key.String()) + ": ")
			pythonValue(b, v.MapIndex(key), inner)
			b.WriteByte(',')
		}
		b.WriteString("\n" + margin + "}")
	default:
		b.WriteString("None")
	}
}

// pythonText is a text as Python writes it, which has all escapes of JSON; characters
// beyond the first plane need none.
func pythonText(s string) string { return jsonText(s) }

func writePythonPlain(b *strings.Builder, steps []step, at Server) {
	b.WriteString("import json\nimport os\nimport urllib.request\n\n\n" + pythonCall)
	for _, s := range steps {
		fmt.Fprintf(b, "\n\ncall(\n    %s,\n    %s,\n    ", pythonText(s.Operation.Method), pythonText(at.URL+s.URL()))
		if s.body == nil {
			b.WriteString("None")
		} else {
			inPython.write(b, s.body, "    ")
		}
		b.WriteString(",\n")
		for _, h := range s.own() {
			fmt.Fprintf(b, "    %s, %s,\n", pythonText(h.name), h.in(pythonText, inPython.variable))
		}
		b.WriteString(")")
	}
	b.WriteString("\n")
}

const pythonCall = `def call(method, url, body, *headers):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method)
    request.add_header("X-Auth-Token", os.environ["` + tokenVariable + `"])
    request.add_header("Content-Type", "application/json")
    for name, value in zip(headers[::2], headers[1::2]):
        request.add_header(name, value)
    with urllib.request.urlopen(request) as answer:
        print(answer.status, answer.read().decode())
`
