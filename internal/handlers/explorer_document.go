package handlers

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"

	"switchboard/internal/locale"
)

// apiDocument is what the API explorer reads of the OpenAPI document.
type apiDocument struct {
	Tags []struct {
		Name        string `json:"name"`
		Description string `json:"description"`
	} `json:"tags"`
	Paths      map[string]map[string]*apiOperation `json:"paths"`
	Components struct {
		Schemas map[string]*apiSchema `json:"schemas"`
	} `json:"components"`
}

// apiOperation is one call that can be made.
type apiOperation struct {
	ID         string         `json:"operationId"`
	Tags       []string       `json:"tags"`
	Summary    string         `json:"summary"`
	Parameters []apiParameter `json:"parameters"`
	Removes    bool           `json:"x-removes"`
	Body       *struct {
		Required bool `json:"required"`
		Content  map[string]struct {
			Schema  *apiSchema      `json:"schema"`
			Example json.RawMessage `json:"example"`
		} `json:"content"`
	} `json:"requestBody"`

	method, path string
}

type apiParameter struct {
	Name        string     `json:"name"`
	In          string     `json:"in"` // path, query or header
	Required    bool       `json:"required"`
	Schema      *apiSchema `json:"schema"`
	Description string     `json:"description"`
}

// apiSchema is as much of a schema as forms need.
type apiSchema struct {
	About      string                `json:"description"`
	Ref        string                `json:"$ref"`
	All        []*apiSchema          `json:"allOf"`
	Type       string                `json:"type"`
	Format     string                `json:"format"`
	Enum       []string              `json:"enum"`
	Default    string                `json:"default"`
	Most       int                   `json:"maxLength"`
	Properties map[string]*apiSchema `json:"properties"`
	Required   []string              `json:"required"`
}

// readDocuments reads the document of each language when somebody first asks for it.
func readDocuments(write func(lang string) []byte) map[string]func() *apiDocument {
	all := map[string]func() *apiDocument{}
	if write == nil {
		return all
	}
	for _, lang := range []string{locale.English, locale.Chinese} {
		all[lang] = sync.OnceValue(func() *apiDocument { return readDocument(write(lang)) })
	}
	return all
}

func readDocument(text []byte) *apiDocument {
	d := new(apiDocument)
	if err := json.Unmarshal(text, d); err != nil {
		return d // cannot be: we wrote it
	}
	for path, methods := range d.Paths {
		for method, o := range methods {
			o.method, o.path = strings.ToUpper(method), path
		}
	}
	return d
}

// operations are those of a service that have all the words, by path and method.
func (d *apiDocument) operations(tag, words string) (found []*apiOperation) {
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for _, method := range []string{"get", "head", "post", "put", "delete"} {
			if o := d.Paths[path][method]; o != nil && slices.Contains(o.Tags, tag) && o.has(words) {
				found = append(found, o)
			}
		}
	}
	return found
}

// operation is the one of that id, or nil.
func (d *apiDocument) operation(id string) *apiOperation {
	for _, methods := range d.Paths {
		for _, o := range methods {
			if o.ID == id {
				return o
			}
		}
	}
	return nil
}

func (o *apiOperation) has(words string) bool {
	text := strings.ToLower(strings.Join([]string{o.ID, o.Summary, o.method, o.path}, " "))
	for word := range strings.FieldsSeq(strings.ToLower(words)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// body is the schema of the body and what one looks like; nil if there is none.
func (o *apiOperation) body() (*apiSchema, json.RawMessage) {
	if o.Body == nil {
		return nil, nil
	}
	content := o.Body.Content["application/json"]
	return content.Schema, content.Example
}

// resolve is the schema with what it refers to, and is made of, put into one.
func (d *apiDocument) resolve(s *apiSchema) *apiSchema {
	if s.Ref != "" {
		if named := d.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]; named != nil {
			return d.resolve(named)
		}
	}
	if len(s.All) == 0 {
		return s
	}
	whole := apiSchema{Type: "object", Properties: map[string]*apiSchema{}}
	for _, part := range s.All {
		one := d.resolve(part)
		maps.Copy(whole.Properties, one.Properties)
		whole.Required = append(whole.Required, one.Required...)
	}
	return &whole
}

// flat reports whether each of an object's properties fits into one input.
func (d *apiDocument) flat(s *apiSchema) bool {
	for _, one := range s.Properties {
		switch d.resolve(one).Type {
		case "string", "integer", "number", "boolean":
		default:
			return false
		}
	}
	return len(s.Properties) > 0
}

// secretKeys are the keys of bodies whose values are secrets.
func (d *apiDocument) secretKeys() map[string]bool {
	keys := map[string]bool{}
	var look func(s *apiSchema)
	look = func(s *apiSchema) {
		for key, one := range s.Properties {
			if one.Format == secretFormat {
				keys[key] = true
			}
			look(one)
		}
	}
	for _, s := range d.Components.Schemas {
		look(s)
	}
	return keys
}

// secretFormat is the format of a text that is a secret.
const secretFormat = "password"
