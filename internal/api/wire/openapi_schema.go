package wire

import (
	"encoding"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
)

// schema is a JSON Schema (draft 2020-12, which OpenAPI 3.1 has).
type schema map[string]any

// keys are an answer or a body of which no struct is, by what stands in it: each is there
// unless its name ends with "?". What stands under "" is a part of it.
type keys map[string]any

// schemas are those of named structs, which others refer to.
type schemas struct {
	lang  string
	named map[string]schema
	types map[string]reflect.Type
	// lenient says that no key has to be there: what clients send is judged by the
	// service, which says what lacks.
	lenient bool
}

// words are the values of texts that have a set of them.
var words = map[reflect.Type][]string{
	reflect.TypeFor[api.QueueType]():     {string(api.QueueSQL), string(api.QueueGeneral)},
	reflect.TypeFor[api.OperationType](): {string(api.OperationBackup), string(api.OperationReplication)},
	reflect.TypeFor[api.StoreKind]():     {string(api.StoreFolder), string(api.StoreS3)},
	reflect.TypeFor[api.ServerType]():    {string(api.ServerVM), string(api.ServerVIP), string(api.ServerLB)},
	reflect.TypeFor[api.RampDeed]():      {string(api.RampPause), string(api.RampResume), string(api.RampNext), string(api.RampBack)},
	reflect.TypeFor[routing.Op]():        {string(routing.Equal), string(routing.In)},
	reflect.TypeFor[routing.Combine]():   {string(routing.And), string(routing.Or)},
}

// secrets are the keys that hold one.
var secrets = []string{"password", "passcode", "secret", "encrypted_user_data"}

// of is the schema of what is encoded or decoded as that value. What is a struct has
// its name, everything else is the owner's.
func (s *schemas) of(value any, owner string) schema {
	parts, ok := value.(keys)
	if !ok {
		return s.ofType(reflect.TypeOf(value))
	}
	out := newObject()
	for _, key := range slices.Sorted(maps.Keys(parts)) {
		if key == "" {
			s.addFields(out, reflect.TypeOf(parts[key]), owner)
			continue
		}
		name, optional := strings.CutSuffix(key, "?")
		s.add(out, owner, name, s.of(parts[key], owner), !optional)
	}
	return out
}

func (s *schemas) ofType(t reflect.Type) schema {
	switch t {
	case reflect.TypeFor[time.Time]():
		return schema{"type": "string", "format": "date-time"}
	case reflect.TypeFor[json.RawMessage]():
		return schema{}
	case reflect.TypeFor[json.Number]():
		return schema{"type": "integer"}
	}
	if t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
		return schema{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.ofType(t.Elem())
	case reflect.Slice:
		return schema{"type": "array", "items": s.ofType(t.Elem())}
	case reflect.Array:
		return schema{"type": "array", "items": s.ofType(t.Elem()), "minItems": t.Len(), "maxItems": t.Len()}
	case reflect.Map:
		return schema{"type": "object", "additionalProperties": s.ofType(t.Elem())}
	case reflect.Struct:
		return s.ofStruct(t)
	}
	return scalar(t)
}

func scalar(t reflect.Type) schema {
	switch t.Kind() {
	case reflect.String:
		if all := words[t]; all != nil {
			return schema{"type": "string", "enum": all}
		}
		return schema{"type": "string"}
	case reflect.Bool:
		return schema{"type": "boolean"}
	case reflect.Int32:
		return schema{"type": "integer", "format": "int32"}
	case reflect.Int, reflect.Int64:
		return schema{"type": "integer", "format": "int64"}
	case reflect.Float64:
		return schema{"type": "number"}
	}
	return schema{} // any
}

// ofStruct refers to a struct with a name, and describes one without.
func (s *schemas) ofStruct(t reflect.Type) schema {
	if t.Name() == "" {
		return s.describe(t, "")
	}
	name := s.nameOf(t)
	if s.named[name] == nil {
		s.named[name], s.types[name] = schema{}, t // it may contain itself
		s.named[name] = s.describe(t, strings.TrimSuffix(name, "Body"))
	}
	return schema{"$ref": "#/components/schemas/" + name}
}

// nameOf is what a document calls a struct: linkJSON is Link, and linkBody LinkBody.
func (s *schemas) nameOf(t reflect.Type) string {
	name := strings.TrimSuffix(t.Name(), "JSON")
	first, size := utf8.DecodeRuneInString(name)
	name = string(unicode.ToUpper(first)) + name[size:]
	if s.lenient && !strings.HasSuffix(name, "Body") {
		name += "Body"
	}
	for n := 2; s.types[name] != nil && s.types[name] != t; n++ {
		name = fmt.Sprint(strings.TrimRight(name, "0123456789"), n)
	}
	return name
}

func (s *schemas) describe(t reflect.Type, owner string) schema {
	out := newObject()
	s.addFields(out, t, owner)
	return out
}

// addFields adds what package json encodes of a struct.
func (s *schemas) addFields(to schema, t reflect.Type, owner string) {
	for field := range t.Fields() {
		tag, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous && tag == "":
			s.addFields(to, field.Type, owner)
		case field.IsExported() && tag != "-":
			one := s.ofType(field.Type)
			if field.Type.Kind() == reflect.String || field.Type == reflect.TypeFor[*string]() {
				one = s.concealed(one, tag)
			}
			always := !strings.Contains(options, "omit")
			if always && !s.lenient && field.Type.Kind() == reflect.Pointer {
				one = schema{"anyOf": []schema{one, {"type": "null"}}}
			}
			s.add(to, owner, tag, one, always)
		}
	}
}

// concealed is the schema of a text that may be a secret, by its key.
func (s *schemas) concealed(of schema, key string) schema {
	if s.lenient && slices.Contains(secrets, key) {
		of["format"], of["writeOnly"] = "password", true
	}
	return of
}

func (s *schemas) add(to schema, owner, name string, one schema, always bool) {
	if text := s.about(owner, name); text != "" {
		one["description"] = text
	}
	to["properties"].(schema)[name] = one
	if always && !s.lenient {
		required, _ := to["required"].([]string)
		to["required"] = append(required, name)
	}
}

func newObject() schema { return schema{"type": "object", "properties": schema{}} }
