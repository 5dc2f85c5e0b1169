package routing

import (
	"net/http"
	"net/textproto"
	"strings"
)

// Is compares in any case, of ASCII letters only: the Kelvin sign is no "k". It
// is the one way to compare types.
func (t SourceType) Is(other SourceType) bool {
	if t == other || len(t) != len(other) {
		return t == other
	}
	for i := range len(t) {
		if lower(t[i]) != lower(other[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// first returns the value of the source, without outer blanks: of repeated
// ones the first. It is empty if the request does not have it.
func (s *Source) first(h http.Header) string {
	switch {
	case s.Type.Is(Cookie):
		value, _ := cookie(h, s.Param)
		return value
	case s.Type.Is(Header):
		if values := header(h, s.Param); len(values) > 0 {
			return textproto.TrimString(values[0])
		}
	}
	return ""
}

// match reports whether the request has what the rule looks at, and whether
// that satisfies it.
func (r *Rule) match(h http.Header) (present, matched bool) {
	switch {
	case r.Type.Is(Header):
		values := header(h, r.Param)
		for _, value := range values {
			if r.accepts(textproto.TrimString(value)) {
				return true, true
			}
		}
		return len(values) > 0, false
	case r.Type.Is(Cookie):
		value, ok := cookie(h, r.Param)
		return ok, ok && r.accepts(value)
	}
	return false, false
}

// accepts compares a value without outer blanks.
func (r *Rule) accepts(value string) bool {
	switch r.Op {
	case Equal:
		return value == textproto.TrimString(r.Value)
	case In:
		for item, rest, more := "", r.Value, true; more; {
			item, rest, more = strings.Cut(rest, ",")
			if item = textproto.TrimString(item); item != "" && item == value {
				return true
			}
		}
	}
	return false
}

// longName is how long a name can be whose canonical form is made without
// allocating.
const longName = 128

// header returns the values of the header of that name, in any case. Mostly the
// name is canonical; asking http.Header for others would allocate.
func header(h http.Header, name string) []string {
	if values, ok := h[name]; ok {
		return values
	}
	if len(name) > longName {
		return h.Values(name)
	}
	var canonical [longName]byte
	begins := true
	for i := range len(name) {
		c := name[i]
		switch {
		case begins && 'a' <= c && c <= 'z':
			c -= 'a' - 'A'
		case !begins && 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		canonical[i], begins = c, c == '-'
	}
	return h[string(canonical[:len(name)])]
}

// cookie returns the value of the first cookie of that name, without the quotes
// that it may have, and whether there is one. It splits as net/http does, but
// takes every value as it comes and allocates nothing.
func cookie(h http.Header, name string) (value string, ok bool) {
	for _, line := range h["Cookie"] {
		for part, more := "", true; more; {
			part, line, more = strings.Cut(line, ";")
			found, value, _ := strings.Cut(part, "=")
			if textproto.TrimString(found) == name && name != "" {
				return unquote(textproto.TrimString(value)), true
			}
		}
	}
	return "", false
}

func unquote(value string) string {
	if n := len(value); n > 1 && value[0] == '"' && value[n-1] == '"' {
		return value[1 : n-1]
	}
	return value
}
