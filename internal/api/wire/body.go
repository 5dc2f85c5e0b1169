package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// decodeBody reads the body of a request, which has to be there.
func decodeBody(c echo.Context, body any) error {
	sent, err := decodeOptionalBody(c, body)
	if err == nil && !sent {
		return api.Errorf(api.Invalid, "wire.body_empty")
	}
	return err
}

// decodeOptionalBody reads the body of a request if there is one.
func decodeOptionalBody(c echo.Context, body any) (sent bool, err error) {
	text, err := readBody(c, bodyLimit(c))
	if err != nil {
		return false, err
	}
	if text = bytes.TrimSpace(text); len(text) == 0 || string(text) == "null" {
		return false, nil
	}
	return true, decode(text, body, "")
}

// decode reads JSON that stands at a path of the body.
func decode(text []byte, into any, at string) error {
	if err := json.Unmarshal(text, into); err != nil {
		return malformed(text, err, at)
	}
	return nil
}

// malformed says what is wrong with JSON that stands at a path of the body,
// without quoting it: it may hold a secret.
func malformed(text []byte, err error, at string) error {
	wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
	if !ok {
		return api.Errorf(api.Invalid, "wire.body_json")
	}
	return wrongType(below(at, pathAt(text, wrong.Offset)), kindOf(wrong))
}

// wrongType refuses what stands at a path of the body: something of that JSON
// kind should.
func wrongType(at, want string) error {
	if at == "" { // not even an object
		return api.Errorf(api.Invalid, "wire.body_object")
	}
	return api.Errorf(api.Invalid, "wire.body_type", "field", at, "want", want)
}

// below is the path of a place below another one.
func below(at, place string) string {
	if at == "" || place == "" {
		return at + place
	}
	return at + "." + place
}

// kindOf is the JSON kind that should stand where another one does.
func kindOf(wrong *json.UnmarshalTypeError) string {
	switch wrong.Type.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Slice, reflect.Array:
		return "array"
	case reflect.Int, reflect.Int32:
		return "number"
	}
	return "object"
}

// pathAt is the path of the JSON value that ends or, if it is a list or an
// object, begins just before offset: keys as they were sent and indices of lists,
// with dots. Package json has only a path with names of Go types in it.
func pathAt(text []byte, offset int64) string {
	type level struct {
		place string // of the value that is being read
		list  bool
		count int
		key   bool // an object's key comes next
	}
	var levels []level
	read := json.NewDecoder(bytes.NewReader(text))
	read.UseNumber() // whatever its size
	for {
		token, err := read.Token()
		if err != nil {
			return ""
		}
		delim, _ := token.(json.Delim)
		if delim == '}' || delim == ']' {
			levels = levels[:len(levels)-1]
			continue
		}
		if n := len(levels); n > 0 {
			in := &levels[n-1]
			switch {
			case in.key:
				in.place, in.key = token.(string), false
				continue
			case in.list:
				in.place = strconv.Itoa(in.count)
				in.count++
			default:
				in.key = true
			}
		}
		if read.InputOffset() >= offset {
			places := make([]string, len(levels))
			for i := range levels {
				places[i] = levels[i].place
			}
			return strings.Join(places, ".")
		}
		if delim != 0 {
			levels = append(levels, level{list: delim == '[', key: delim == '{'})
		}
	}
}
