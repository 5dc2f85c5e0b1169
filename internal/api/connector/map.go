package connector

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// secretKey is what the names of secrets look like in Java properties.
var secretKey = regexp.MustCompile(`(?i)password|passwd|passphrase|pwd|secret|token|credential|private.?key|access.?key|api.?key|jaas`)

// ReadMap reads the text of a Map input, a JSON object. Values that are
// numbers or booleans are taken as text and nulls as absent, because clients
// send them so; nested values and nameless entries are refused.
func ReadMap(text string) (map[string]string, bool) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return nil, false
	}
	entries := make(map[string]string, len(raw))
	for key, value := range raw {
		switch value[0] {
		case '{', '[':
			return nil, false
		case 'n': // null
		case '"':
			var s string
			if err := json.Unmarshal(value, &s); err != nil {
				return nil, false
			}
			entries[key] = s
		default:
			entries[key] = string(value)
		}
	}
	_, nameless := entries[""]
	return entries, !nameless
}

// WriteMap is the canonical text of a map: JSON with sorted keys, "" if it is
// empty.
func WriteMap(entries map[string]string) string {
	if len(entries) == 0 {
		return ""
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(entries); err != nil {
		return "" // cannot be: text to text always has a JSON form
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// readMap reads a map whose entries must be among keys.
func readMap(text string, keys []Key) (string, *Fault) {
	entries, ok := ReadMap(text)
	if !ok {
		return "", fault("input.map")
	}
	if len(entries) > MaxMapEntries {
		return "", fault("input.map_too_many", "max", MaxMapEntries)
	}
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		if strings.ContainsFunc(key+entries[key], isControl) {
			return "", fault("input.control")
		}
		if utf8.RuneCountInString(entries[key]) > MaxMapValue {
			return "", fault("input.map_value_too_long", "key", clip(key), "max", MaxMapValue)
		}
	}
	if f := openSecret(entries); f != nil {
		return "", f
	}
	entries, f := readEntries(entries, keys)
	return WriteMap(entries), f
}

// openSecret is the fault of a map that carries a secret, which would be
// stored and shown like any other setting. Switches are not secrets.
func openSecret(entries map[string]string) *Fault {
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		switch strings.ToLower(entries[key]) {
		case "", "true", "false":
		default:
			if secretKey.MatchString(plainKey(key)) {
				return fault("input.map_key_secret", "key", clip(key))
			}
		}
	}
	return nil
}
