package samples

import (
	"maps"
	"slices"
	"strings"

	"switchboard/internal/api/wire"
)

// writeHTTP writes requests as they go over the wire.
func writeHTTP(steps []step, at Server) string {
	var b strings.Builder
	_, host, _ := strings.Cut(at.URL, "://")
	for i, s := range steps {
		if i > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(s.Operation.Method + " " + s.URL() + " HTTP/1.1\nHost: " + host + "\nX-Auth-Token: $" + tokenVariable + "\n")
		for _, h := range s.headers() {
			b.WriteString(h.name + ": " + h.in(asItIs, shellVariable) + "\n")
		}
		if s.body != nil {
			b.WriteString("\n" + plain.String(s.body))
		}
	}
	return strings.TrimSuffix(b.String(), "\n") + "\n"
}

// header is one of a call. The value may be that of a variable.
type header struct{ name, value string }

// in is the value in a language.
func (h header) in(text, variable func(s string) string) string {
	if name, ok := wire.AsVariable(h.value); ok {
		return variable(name)
	}
	return text(h.value)
}

func asItIs(s string) string           { return s }
func shellVariable(name string) string { return "$" + name }

// headers are those of a call but for what says who calls.
func (s step) headers() (all []header) {
	if s.body != nil {
		all = append(all, header{"Content-Type", "application/json"})
	}
	return append(all, s.own()...)
}

// own are the headers that this call has and others have not.
func (s step) own() (all []header) {
	for _, name := range slices.Sorted(maps.Keys(s.Header)) {
		all = append(all, header{name, s.Header[name]})
	}
	return all
}

// jq is JSON as a program of jq, which puts secrets in as JSON writes them.
var jq = &layout{
	indent: "  ", pair: ": ", text: jsonText,
	variable: shellVariable,
}

// writeCurl writes command lines of curl. A body with secrets is made by jq: a shell
// cannot write a text as JSON.
func writeCurl(steps []step, at Server) string {
	var b strings.Builder
	for i, s := range steps {
		if i > 0 {
			b.WriteString("\n")
		}
		secrets := s.body.variables()
		if len(secrets) > 0 {
			b.WriteString("jq -n")
			for _, name := range secrets {
				b.WriteString(` --arg ` + name + ` "$` + name + `"`)
			}
			b.WriteString(" " + shellText(jq.String(s.body)) + " |\n")
		}
		b.WriteString("curl --fail-with-body -X " + s.Operation.Method + " " + shellText(at.URL+s.URL()) + " \\\n")
		b.WriteString(`  -H "X-Auth-Token: $` + tokenVariable + `"`)
		for _, h := range s.headers() {
			line := func(value string) string { return shellText(h.name + ": " + value) }
			b.WriteString(" \\\n  -H " + h.in(line, func(name string) string { return `"` + h.name + ": $" + name + `"` }))
		}
		switch {
		case len(secrets) > 0:
			b.WriteString(" \\\n  --data-binary @-")
		case s.body != nil:
			b.WriteString(" \\\n  --data-raw " + shellText(plain.String(s.body)))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// shellText quotes a text so that a shell changes nothing in it.
func shellText(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
