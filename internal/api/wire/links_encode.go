package wire

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
)

// LinkJSON is the link as showLink answers it, laid out for reading.
func LinkJSON(l api.Link) ([]byte, error) {
	var b bytes.Buffer
	enc := encoder(&b)
	enc.SetIndent("", "  ")
	err := enc.Encode(shown(&l))
	return b.Bytes(), err
}

// linksJSON is the answer about one link: a list of one.
type linksJSON struct {
	Links [1]linkJSON `json:"links"`
}

func shown(l *api.Link) linksJSON { return linksJSON{[1]linkJSON{encodeLink(l)}} }

// linkJSON is a link as clients read it (spec/links.md §1.5).
type linkJSON struct {
	ID        int32      `json:"id"`
	Name      string     `json:"name"`
	Connector string     `json:"connector-name"`
	Enabled   bool       `json:"enabled"`
	CreatedBy string     `json:"creation-user"`
	Created   int64      `json:"creation-date"` // milliseconds
	UpdatedBy string     `json:"update-user"`
	Updated   int64      `json:"update-date"` // milliseconds
	Values    valuesJSON `json:"link-config-values"`
}

type valuesJSON struct {
	Configs    []configJSON  `json:"configs"`
	Extended   *api.Extended `json:"extended-configs,omitempty"`
	Validators [0]string     `json:"validators"` // strings, or the Go SDK cannot decode it
}

type configJSON struct {
	Name   string      `json:"name"`
	Type   string      `json:"type"`
	Inputs []inputJSON `json:"inputs"`
}

// inputJSON is one input: what it must look like and, if somebody set it, its
// value. A default is not a value: Terraform would see a change (§1.4).
type inputJSON struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	Mandatory bool   `json:"mandatory"`
	Sensitive bool   `json:"sensitive,omitempty"`
	Size      int    `json:"size,omitempty"`
	Default   string `json:"defaultValue,omitempty"`
	Value     any    `json:"value,omitempty"` // string, or an object for a map
}

// encodeLink shows the inputs that apply to the link or that it has; those of
// the dialect stand in a config of their own.
func encodeLink(l *api.Link) linkJSON {
	main := configJSON{Name: "linkConfig", Type: "LINK", Inputs: []inputJSON{}}
	dialect := configJSON{Name: "dialect", Type: "LINK"}
	if c := connector.Find(l.Connector); c != nil {
		main.Inputs = make([]inputJSON, 0, len(c.Inputs))
		for i := range c.Inputs {
			in := &c.Inputs[i]
			switch {
			case l.Inputs[in.Name] == "" && !l.HasSecret[in.Name] && !c.Applies(in, l.Inputs):
			case strings.HasPrefix(in.Name, dialectPrefix):
				dialect.Inputs = append(dialect.Inputs, encodeInput(c, in, l))
			default:
				main.Inputs = append(main.Inputs, encodeInput(c, in, l))
			}
		}
	}
	configs := []configJSON{main}
	if dialect.Inputs != nil {
		configs = append(configs, dialect)
	}
	return linkJSON{
		ID: l.Number(), Name: l.Name, Connector: l.Connector, Enabled: l.Enabled,
		CreatedBy: l.Created.By, Created: l.Created.At.UnixMilli(),
		UpdatedBy: l.Updated.By, Updated: l.Updated.At.UnixMilli(),
		Values: valuesJSON{Configs: configs, Extended: l.Extended},
	}
}

func encodeInput(c *connector.Connector, in *connector.Input, l *api.Link) inputJSON {
	out := inputJSON{
		Name: in.Name, Type: typeOf(in.Kind), Mandatory: in.Required, Sensitive: in.Secret,
		Default: c.DefaultFor(in, l.Inputs),
	}
	if out.Type == "STRING" {
		out.Size = cmp.Or(in.MaxLen, connector.DefaultMaxLen)
	}
	if text := l.Inputs[in.Name]; text != "" && !in.Secret {
		out.Value = encodeValue(in.Kind, text)
	}
	return out
}

// encodeValue gives a value the form that clients can decode: every scalar is
// a string, percent-encoded, which Terraform decodes and must be able to;
// a map is an object (§1.4).
func encodeValue(kind connector.Kind, text string) any {
	switch {
	case kind == connector.Map && json.Valid([]byte(text)) && text[0] == '{':
		return json.RawMessage(text)
	case kind != connector.Map && typeOf(kind) != "STRING" && !strings.Contains(text, "%"):
		return text
	}
	return escaped(text)
}

// typeOf is what the dialect calls a kind.
func typeOf(kind connector.Kind) string {
	switch kind {
	case connector.Port, connector.Int:
		return "INTEGER"
	case connector.Bool:
		return "BOOLEAN"
	case connector.Enum:
		return "ENUM"
	case connector.Map:
		return "MAP"
	case connector.File:
		return "FileContent"
	}
	return "STRING"
}
