package wire

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// readDoc is a document as a client reads it.
type readDoc struct {
	OpenAPI string `json:"openapi"`
	Tags    []struct {
		Name        string `json:"name"`
		Description string `json:"description"`
	} `json:"tags"`
	Paths      map[string]map[string]readOperation `json:"paths"`
	Components struct {
		Schemas map[string]map[string]any `json:"schemas"`
	} `json:"components"`
}

type readOperation struct {
	ID         string   `json:"operationId"`
	Tags       []string `json:"tags"`
	Summary    string   `json:"summary"`
	Security   *[]any   `json:"security"`
	Parameters []struct {
		Name        string         `json:"name"`
		In          string         `json:"in"`
		Required    bool           `json:"required"`
		Schema      map[string]any `json:"schema"`
		Description string         `json:"description"`
	} `json:"parameters"`
	Body *struct {
		Required bool `json:"required"`
		Content  map[string]struct {
			Schema  map[string]any `json:"schema"`
			Example any            `json:"example"`
		} `json:"content"`
	} `json:"requestBody"`
	Responses map[string]struct {
		Description string `json:"description"`
		Content     map[string]struct {
			Schema map[string]any `json:"schema"`
		} `json:"content"`
	} `json:"responses"`
}

func readDocument(t *testing.T, lang string) *readDoc {
	t.Helper()
	var d readDoc
	require.NoError(t, json.Unmarshal(Document(lang, "test"), &d))
	return &d
}

// operation is what the document says of an operation of the table.
func (d *readDoc) operation(o *Operation) readOperation {
	path, _ := (&document{}).path(o)
	return d.Paths[path][strings.ToLower(o.Method)]
}

// body is the schema of the body of a request, nil for none.
func (o readOperation) body() map[string]any {
	if o.Body == nil {
		return nil
	}
	return o.Body.Content["application/json"].Schema
}

// faults are the places at which a value is not what a schema says. An object has no
// other keys than those that the schema names, although JSON Schema would let it:
// what is not described would be missed.
func (d *readDoc) faults(s map[string]any, value any, at string) []string {
	known := map[string]bool{}
	out := d.judge(s, value, at, known)
	if object, ok := value.(map[string]any); ok && !known["*"] {
		for key := range object {
			if !known[key] && !takesAny(s) {
				out = append(out, at+"."+key+" is not in the document")
			}
		}
	}
	return out
}

func (d *readDoc) judge(s map[string]any, value any, at string, known map[string]bool) (out []string) {
	if ref, ok := s["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/components/schemas/")
		if d.Components.Schemas[name] == nil {
			return []string{"no schema " + ref}
		}
		return d.judge(d.Components.Schemas[name], value, at, known)
	}
	if all, ok := s["allOf"].([]any); ok {
		for _, one := range all {
			out = append(out, d.judge(one.(map[string]any), value, at, known)...)
		}
		return out
	}
	if some, ok := s["anyOf"].([]any); ok {
		for _, one := range some {
			faults := d.faults(one.(map[string]any), value, at)
			if len(faults) == 0 {
				known["*"] = true
				return nil
			}
			out = append(out, faults...)
		}
		return out
	}
	if takesAny(s) {
		known["*"] = true
		return nil
	}
	if want, ok := s["type"].(string); ok && !isOfType(want, value) {
		return []string{fmt.Sprintf("%s is no %s: %v", at, want, value)}
	}
	if words, ok := s["enum"].([]any); ok && !slices.Contains(words, value) {
		return []string{fmt.Sprintf("%s is none of %v: %v", at, words, value)}
	}
	if text, ok := value.(string); ok && s["format"] == "date-time" {
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			out = append(out, at+" is no time: "+text)
		}
	}
	return append(out, d.inner(s, value, at, known)...)
}

// takesAny reports whether a schema says nothing of a value but what it is for.
func takesAny(s map[string]any) bool {
	_, told := s["description"]
	return len(s) == 0 || told && len(s) == 1
}

// properties calls visit with everything below a schema that has a name.
func properties(s map[string]any, at string, visit func(at string, one map[string]any)) {
	inner, _ := s["properties"].(map[string]any)
	for name, one := range inner {
		visit(at+"."+name, one.(map[string]any))
		properties(one.(map[string]any), at+"."+name, visit)
	}
	for _, key := range []string{"items", "additionalProperties"} {
		if one, ok := s[key].(map[string]any); ok {
			properties(one, at, visit)
		}
	}
	for _, key := range []string{"allOf", "anyOf"} {
		some, _ := s[key].([]any)
		for _, one := range some {
			properties(one.(map[string]any), at, visit)
		}
	}
}

// inner are the faults of what a list or an object has.
func (d *readDoc) inner(s map[string]any, value any, at string, known map[string]bool) (out []string) {
	switch value := value.(type) {
	case []any:
		if most, ok := s["maxItems"].(float64); ok && len(value) > int(most) {
			out = append(out, at+" is too long")
		}
		for i, item := range value {
			out = append(out, d.faults(s["items"].(map[string]any), item, fmt.Sprintf("%s.%d", at, i))...)
		}
	case map[string]any:
		required, _ := s["required"].([]any)
		for _, key := range required {
			if _, there := value[key.(string)]; !there {
				out = append(out, fmt.Sprintf("%s.%s lacks", at, key))
			}
		}
		properties, _ := s["properties"].(map[string]any)
		for key, inner := range properties {
			known[key] = true
			if one, there := value[key]; there {
				out = append(out, d.faults(inner.(map[string]any), one, at+"."+key)...)
			}
		}
		if others, ok := s["additionalProperties"].(map[string]any); ok {
			known["*"] = true
			for key, one := range value {
				out = append(out, d.faults(others, one, at+"."+key)...)
			}
		}
	}
	return out
}

func isOfType(want string, value any) bool {
	switch v := value.(type) {
	case nil:
		return want == "null"
	case string:
		return want == "string"
	case bool:
		return want == "boolean"
	case float64:
		return want == "number" || want == "integer" && v == math.Trunc(v)
	case []any:
		return want == "array"
	case map[string]any:
		return want == "object"
	}
	return false
}
