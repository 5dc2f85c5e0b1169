package api

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// requestLine begins raw HTTP.
var requestLine = regexp.MustCompile(`^[A-Z]+ \S+( HTTP/\d(\.\d)?)?$`)

// readRequest reads one request in any form. Messages name what is wrong and
// quote names, never values.
func readRequest(text string) (http.Header, Message) {
	switch {
	case text == "":
		return nil, M("routing.trial_empty")
	case isCurl(text):
		return readCurl(text)
	case text[0] == '{':
		return readObject(text)
	}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if requestLine.MatchString(strings.TrimSpace(lines[0])) {
		return readPairs(lines[1:], true)
	}
	return readPairs(lines, false)
}

// readPairs reads "Name: value" pairs. In raw HTTP an empty line ends them.
func readPairs(pairs []string, raw bool) (http.Header, Message) {
	h := http.Header{}
	last := "" // the name that an indented line goes on with
	for _, pair := range pairs {
		text := strings.TrimSpace(pair)
		switch {
		case text == "" && raw:
			return h, Message{}
		case text == "" || text[0] == ':': // pseudo headers of HTTP/2, as browsers copy them
			continue
		case raw && last != "" && (pair[0] == ' ' || pair[0] == '\t'):
			values := h[last]
			values[len(values)-1] += " " + text
			continue
		}
		name, value, found := strings.Cut(text, ":")
		if !found {
			return nil, noColon(text)
		}
		if fault := addHeader(h, name, value); !fault.IsZero() {
			return nil, fault
		}
		last = ""
		if name = http.CanonicalHeaderKey(strings.TrimSpace(name)); len(h[name]) > 0 {
			last = name
		}
	}
	return h, Message{}
}

// noColon quotes the first word only: what follows may be a credential.
func noColon(text string) Message {
	name, _, _ := strings.Cut(text, " ")
	return M("routing.trial_no_colon", "name", shorten(name, 40))
}

// token is the form of a name (RFC 9110, 5.6.2).
var token = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

// addHeader adds one header as net/http would hand it on.
func addHeader(h http.Header, name, value string) Message {
	name, value = strings.TrimSpace(name), strings.Trim(value, " \t")
	switch {
	case !token.MatchString(name):
		return M("routing.trial_name", "name", shorten(name, 40))
	case strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }):
		return M("routing.trial_control", "name", shorten(name, 40))
	}
	if !UnseenHeader(name) {
		h.Add(name, value)
	}
	return Message{}
}

// readObject reads {"X-Tester": "yes", "X-Team": ["qa", "ops"]}.
func readObject(text string) (http.Header, Message) {
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil || decoder.More() {
		return nil, M("routing.trial_json")
	}
	h := http.Header{}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		values, several := object[name].([]any)
		if !several {
			values = []any{object[name]}
		}
		for _, v := range values {
			value, ok := scalar(v)
			if !ok {
				return nil, M("routing.trial_value", "name", shorten(name, 40))
			}
			if fault := addHeader(h, name, value); !fault.IsZero() {
				return nil, fault
			}
		}
	}
	return h, Message{}
}

func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		if v {
			return "true", true
		}
		return "false", true
	}
	return "", false
}
