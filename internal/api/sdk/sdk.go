// Package sdk is what the official Go SDK has of the dialect: which of our calls it
// can make, and in which of its types.
package sdk

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/def"

	"switchboard/internal/api/wire"
)

// Method is a method of one of the SDK's clients.
type Method struct {
	// Package is the service's, "cdm/v1" below services; Client begins the names of
	// its client and builder, "Cdm".
	Package, Client string
	// Name is the method's.
	Name string
	// Definition says how the SDK makes a request of it.
	Definition *def.HttpRequestDef

	request reflect.Type
}

// Find returns the method for an operation, or nil.
func Find(o *wire.Operation) *Method {
	for i := range services {
		s := &services[i]
		for j := range s.methods {
			m := &s.methods[j]
			if m.name != o.ID {
				continue
			}
			return &Method{
				Package: s.pkg, Client: s.client, Name: m.name,
				Definition: m.definition(), request: reflect.TypeOf(m.request),
			}
		}
	}
	return nil
}

// Request is the call in the SDK's types, a pointer to its request. ok is false if the
// SDK has no such method, or its types would lose something of what the call says.
func Request(c *wire.Call) (m *Method, request any, ok bool) {
	if m = Find(c.Operation); m == nil {
		return nil, nil, false
	}
	into := reflect.New(m.request)
	fields := map[string]string{} // of path and query, by name in JSON
	ours, theirs := strings.Split(c.Operation.Route, "/"), strings.Split(m.Definition.Path, "/")
	if len(ours) != len(theirs) {
		return nil, nil, false
	}
	for i, segment := range ours {
		if name, parameter := strings.CutPrefix(segment, ":"); parameter {
			fields[strings.Trim(theirs[i], "{}")] = c.Params[name]
		}
	}
	delete(fields, "project_id") // which is the credential's
	for name := range c.Query {
		fields[name] = c.Query.Get(name)
	}
	for _, field := range m.Definition.RequestFields {
		text, there := fields[field.JsonTag]
		if !there || field.JsonTag == "" {
			continue
		}
		if !set(into.Elem().FieldByName(field.Name), text) {
			return nil, nil, false
		}
		delete(fields, field.JsonTag)
	}
	if len(fields) > 0 || !fill(into.Elem().FieldByName("Body"), c.Body) {
		return nil, nil, false
	}
	return m, into.Interface(), true
}

// set gives a parameter its value.
func set(field reflect.Value, text string) bool {
	if !field.IsValid() {
		return false
	}
	if field.Kind() == reflect.Pointer {
		field.Set(reflect.New(field.Type().Elem()))
		field = field.Elem()
	}
	if field.Kind() == reflect.String {
		field.SetString(text)
		return true
	}
	// Numbers, and the SDK's own kinds of words, which read themselves.
	quoted, err := json.Marshal(text)
	if err != nil {
		return false
	}
	return json.Unmarshal([]byte(text), field.Addr().Interface()) == nil || json.Unmarshal(quoted, field.Addr().Interface()) == nil
}

// fill reads the body into the request's, and reports whether all of it is there.
func fill(field reflect.Value, body json.RawMessage) bool {
	if body == nil {
		return true
	}
	if !field.IsValid() {
		return false
	}
	into := reflect.New(field.Type())
	if err := json.Unmarshal(body, into.Interface()); err != nil {
		return false
	}
	field.Set(into.Elem())
	kept, err := json.Marshal(into.Interface())
	return err == nil && same(kept, body)
}

// same reports whether two texts are the same JSON, in whatever order.
func same(a, b []byte) bool {
	x, y := read(a), read(b)
	return x != nil && reflect.DeepEqual(x, y)
}

func read(text []byte) (v any) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return nil
	}
	return v
}
