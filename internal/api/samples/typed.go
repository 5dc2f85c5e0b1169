package samples

import (
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"switchboard/internal/api/sdk"
	"switchboard/internal/api/wire"
)

// typed is a request of an official SDK: its types are the same in all of them, only
// their names are written differently.
type typed struct {
	*sdk.Method

	request reflect.Value // a struct
}

// typedAll are the requests of the steps; ok is false if an SDK cannot make one of them.
func typedAll(steps []step) (all []typed, ok bool) {
	for _, s := range steps {
		if len(s.Header) > 0 || s.body != nil && s.body.kind == raw { // which the SDKs' requests have no place for
			return nil, false
		}
		method, request, ok := sdk.Request(s.Call)
		if !ok || !spelled(reflect.ValueOf(request)) {
			return nil, false
		}
		all = append(all, typed{method, reflect.ValueOf(request).Elem()})
	}
	return all, len(all) > 0
}

// packages are the services of the requests, each once, in their order.
func packages(all []typed) []typed {
	var out []typed
	for _, t := range all {
		if !slices.ContainsFunc(out, func(o typed) bool { return o.Package == t.Package }) {
			out = append(out, t)
		}
	}
	return out
}

// field is a field of an SDK's struct that has a value.
type field struct {
	name string // ConnectorName
	reflect.Value
}

// fields are those that are set. In a body, those that must be sent are set even if
// they are empty.
func fields(v reflect.Value) []field {
	var out []field
	for i := range v.NumField() {
		at, f := v.Type().Field(i), v.Field(i)
		optional := strings.HasSuffix(at.Tag.Get("json"), ",omitempty")
		empty := f.Kind() == reflect.Pointer && f.IsNil() || optional && f.IsZero()
		if word, ok := enumerated(reflect.Indirect(f)); ok && word == "" {
			empty = true // which is no word: nothing is said
		}
		if at.IsExported() && !empty {
			out = append(out, field{at.Name, f})
		}
	}
	return out
}

// enumerated is a word of the SDK's, such as a kind of service: a struct around a text.
func enumerated(v reflect.Value) (word string, ok bool) {
	if !v.IsValid() || v.Kind() != reflect.Struct || v.NumField() != 1 || v.Type().Field(0).Name != "value" {
		return "", false
	}
	inner := v.Field(0)
	switch inner.Kind() {
	case reflect.String:
		return inner.String(), true
	case reflect.Int32, reflect.Int64:
		return strconv.FormatInt(inner.Int(), 10), true
	}
	return "", false
}

// spelled reports whether each word in v has a name, as those have that the SDKs know.
func spelled(v reflect.Value) bool {
	if word, ok := enumerated(v); ok {
		return token.IsIdentifier(constant(word))
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return v.IsNil() || spelled(v.Elem())
	case reflect.Struct:
		return !slices.ContainsFunc(fields(v), func(f field) bool { return !spelled(f.Value) })
	case reflect.Slice:
		for i := range v.Len() {
			if !spelled(v.Index(i)) {
				return false
			}
		}
	case reflect.Map:
		for _, key := range keys(v) {
			if !spelled(v.MapIndex(key)) {
				return false
			}
		}
	}
	return true
}

// constant is the name that the SDKs give a word: create_at is CREATE_AT.
func constant(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return '_'
	}, word)
}

// snake is a name as Python writes it: ConnectorName is connector_name.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// scalar is a value that is no struct, list or map, as JSON has it.
func scalar(v reflect.Value) (string, bool) {
	switch v.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(v.Bool()), true
	case reflect.Int, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10), true
	case reflect.Float32:
		return strconv.FormatFloat(v.Float(), 'g', -1, 32), true
	case reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64), true
	}
	return "", false
}

// secretIn is the variable that a text stands for.
func secretIn(v reflect.Value) (name string, ok bool) {
	if v.Kind() != reflect.String {
		return "", false
	}
	return wire.AsVariable(v.String())
}

// keys are those of a map, sorted.
func keys(v reflect.Value) []reflect.Value {
	return slices.SortedFunc(slices.Values(v.MapKeys()), func(a, b reflect.Value) int {
		return strings.Compare(a.String(), b.String())
	})
}
