package samples

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// value is a JSON value whose members stay in their order, because people read them.
type value struct {
	kind    kind
	text    string // a text; a number, true, false or null as it is written; a variable's name; what is raw
	members []member
	items   []*value
}

type member struct {
	name string
	*value
}

type kind int

const (
	object kind = iota
	list
	text
	word // a number, true, false or null
	variable
	raw // a body that is no JSON, or none to be laid out
)

// reader reads JSON.
type reader struct {
	*json.Decoder

	variable func(text string) (name string, ok bool) // which a text stands for
}

// parse reads a body; nil for none.
func parse(body []byte, variable func(text string) (name string, ok bool)) (*value, error) {
	if len(body) == 0 {
		return nil, nil //nolint:nilnil // no body is no mistake
	}
	d := reader{json.NewDecoder(bytes.NewReader(body)), variable}
	d.UseNumber()
	return parseNext(d)
}

func parseNext(d reader) (*value, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '{' {
			return parseObject(d)
		}
		return parseList(d)
	case string:
		if name, ok := d.variable(t); ok {
			return &value{kind: variable, text: name}, nil
		}
		return &value{kind: text, text: t}, nil
	case json.Number:
		return &value{kind: word, text: t.String()}, nil
	case bool:
		if t {
			return &value{kind: word, text: "true"}, nil
		}
		return &value{kind: word, text: "false"}, nil
	case nil:
		return &value{kind: word, text: "null"}, nil
	}
	return nil, errors.New("not JSON")
}

func parseObject(d reader) (*value, error) {
	out := &value{kind: object}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		v, err := parseNext(d)
		if err != nil {
			return nil, err
		}
		key, _ := name.(string) // a decoder gives nothing else there
		out.members = append(out.members, member{key, v})
	}
	_, err := d.Token()
	return out, err
}

func parseList(d reader) (*value, error) {
	out := &value{kind: list}
	for d.More() {
		v, err := parseNext(d)
		if err != nil {
			return nil, err
		}
		out.items = append(out.items, v)
	}
	_, err := d.Token()
	return out, err
}

// member returns the member of that name, or nil.
func (v *value) member(name string) *value {
	if v == nil {
		return nil
	}
	for _, m := range v.members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// at follows members and, for "0", the first item of a list; nil if there is none.
func (v *value) at(path ...string) *value {
	for _, name := range path {
		if v != nil && name == "0" {
			if len(v.items) == 0 {
				return nil
			}
			v = v.items[0]
			continue
		}
		v = v.member(name)
	}
	return v
}

// variables are the names of the secrets in it, in their order, each once.
func (v *value) variables() []string {
	if v == nil {
		return nil
	}
	var names []string
	seen := map[string]bool{}
	v.walk(func(at *value) {
		if at.kind == variable && !seen[at.text] {
			seen[at.text] = true
			names = append(names, at.text)
		}
	})
	return names
}

func (v *value) walk(visit func(at *value)) {
	visit(v)
	for _, m := range v.members {
		m.walk(visit)
	}
	for _, item := range v.items {
		item.walk(visit)
	}
}

// layout says how a language writes values.
type layout struct {
	indent   string
	variable func(name string) string
	text     func(s string) string
	words    map[string]string // for true, false and null, where they are others
	// pair stands between the name of a member and its value.
	pair     string
	trailing bool // a comma after the last one
	// raw writes what is no value; nil for as it is.
	raw func(s string) string
}

// write writes v; lines after the first begin with margin.
func (l *layout) write(b *strings.Builder, v *value, margin string) {
	switch v.kind {
	case text:
		b.WriteString(l.text(v.text))
	case variable:
		b.WriteString(l.variable(v.text))
	case word:
		if other, ok := l.words[v.text]; ok {
			b.WriteString(other)
			return
		}
		b.WriteString(v.text)
	case raw:
		if l.raw != nil {
			b.WriteString(l.raw(v.text))
			return
		}
		b.WriteString(v.text)
	case object:
		l.block(b, "{", "}", margin, len(v.members), func(i int, margin string) {
			b.WriteString(l.text(v.members[i].name) + l.pair)
			l.write(b, v.members[i].value, margin)
		})
	case list:
		l.block(b, "[", "]", margin, len(v.items), func(i int, margin string) {
			l.write(b, v.items[i], margin)
		})
	}
}

func (l *layout) block(b *strings.Builder, open, shut, margin string, n int, each func(i int, margin string)) {
	b.WriteString(open)
	for i := range n {
		b.WriteString("\n" + margin + l.indent)
		each(i, margin+l.indent)
		if i < n-1 || l.trailing {
			b.WriteByte(',')
		}
	}
	if n > 0 {
		b.WriteString("\n" + margin)
	}
	b.WriteString(shut)
}

func (l *layout) String(v *value) string {
	var b strings.Builder
	l.write(&b, v, "")
	return b.String()
}

// jsonText is s as JSON writes it, with nothing escaped that need not be.
func jsonText(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a text always has a form
	return strings.TrimSuffix(b.String(), "\n")
}

// plain is JSON laid out for reading, with variables as a shell has them.
var plain = &layout{
	indent: "  ", pair: ": ", text: jsonText,
	variable: func(name string) string { return `"$` + name + `"` },
}

// between is JSON laid out for reading, with a mark before and after the name of each
// variable: what stands at odd places between marks is one.
var between = &layout{
	indent: plain.indent, pair: plain.pair, text: jsonText,
	variable: func(name string) string { return mark + name + mark },
}

// mark is nowhere in JSON.
const mark = "\x00"
