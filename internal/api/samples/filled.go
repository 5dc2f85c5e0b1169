package samples

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"strings"

	"switchboard/internal/api/wire"
)

// Filled is a call as somebody fills it in by hand.
type Filled struct {
	Operation string // its id
	// Params are what stands in the path, by the names that the route gives them.
	Params map[string]string
	Query  url.Values
	Header map[string]string
	// Hidden are the headers whose values are secrets.
	Hidden []string
	// Body is JSON with ${name} in the place of texts that are secrets, or what is to
	// become JSON.
	Body string
}

// WriteFilled writes a call as far as it is filled in. A body that is no JSON yet stands
// in it as it is.
func WriteFilled(l Language, f *Filled, at Server) (string, error) {
	c := &wire.Call{Operation: wire.FindOperation(f.Operation), Params: f.Params, Query: f.Query, Header: maps.Clone(f.Header)}
	if c.Operation == nil {
		return "", fmt.Errorf("there is no operation %q", f.Operation)
	}
	names := naming{tokenVariable: "", accessVariable: "", secretVariable: ""}
	for name, text := range c.Header {
		c.Header[name] = strings.Join(strings.Fields(text), " ") // a line has no line breaks
	}
	for _, name := range f.Hidden {
		c.Header[name] = marked(names.of(name))
	}
	body := filledBody(f.Body, names)
	if body != nil && body.kind != raw {
		c.Body = json.RawMessage(withMarks.String(body))
	}
	return write(l, []step{{c, body}}, at)
}

// naming is what variables are called in code, and what for.
type naming map[string]string

// of is the name of a variable for what somebody calls like that.
func (n naming) of(asked string) string {
	first := wire.VariableName(asked)
	name := first
	for i := 2; ; i++ {
		if of, taken := n[name]; !taken || of == asked {
			n[name] = asked
			return name
		}
		name = fmt.Sprint(first, "_", i)
	}
}

// Bounds of a body that is laid out: its bytes, and how deep values may be in others.
// What is beyond them would become much longer by that.
const (
	maxLaidOut = 64 << 10
	maxDepth   = 32
)

// filledBody is a body as it is typed, nil for none.
func filledBody(typed string, names naming) *value {
	if strings.TrimSpace(typed) == "" {
		return nil
	}
	asTyped := &value{kind: raw, text: cleaned.Replace(strings.ToValidUTF8(typed, "\ufffd"))}
	if len(typed) > maxLaidOut || !json.Valid([]byte(typed)) {
		return asTyped
	}
	body, err := parse([]byte(typed), func(text string) (string, bool) {
		found := placeholder.FindStringSubmatch(text)
		if found == nil {
			return "", false
		}
		return names.of(found[1]), true
	})
	if err != nil || body.depth() > maxDepth || body.kind != object && body.kind != list {
		return asTyped
	}
	return body
}

// placeholder is a text that stands for a secret.
var placeholder = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$`)

// cleaned takes out of a text what browsers and nobody put there.
var cleaned = strings.NewReplacer("\r\n", "\n", mark, "")

// depth is how many lists and objects are in one another.
func (v *value) depth() int {
	deepest := 0
	for _, m := range v.members {
		deepest = max(deepest, m.depth())
	}
	for _, item := range v.items {
		deepest = max(deepest, item.depth())
	}
	if v.kind == object || v.kind == list {
		deepest++
	}
	return deepest
}

// withMarks is JSON with variables as a call has them.
var withMarks = &layout{pair: ":", text: jsonText, variable: func(name string) string { return jsonText(marked(name)) }}

// marked is the text that stands for a variable in a call.
func marked(name string) string {
	text, _ := wire.Variable(name).MarshalText() // never fails
	return string(text)
}
