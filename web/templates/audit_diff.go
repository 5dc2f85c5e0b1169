package templates

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// objectValues lists what is different between the sides of a change in the words
// of its kind, also of a thing that is made or gone. Kinds without words have none.
func objectValues(ctx context.Context, c api.Change) []valueChange {
	found := changedValues(ctx, c)
	if len(found) > 0 || (c.Before == nil) == (c.After == nil) {
		return found
	}
	gone := c.After == nil
	if gone {
		c.After = c.Before
	}
	c.Before = []byte("{}")
	found = changedValues(ctx, c)
	if gone {
		turn := locale.T(ctx, "change.secret_set")
		for i := range found {
			v := &found[i]
			if v.Before, v.After = v.After, v.Before; v.Note == turn {
				v.Note = locale.T(ctx, "change.secret_removed")
			}
		}
	}
	return found
}

// memberChange is a member of an object in the audit log, and what it is on both
// sides of a change: JSON, but for texts; empty where it is not there.
type memberChange struct{ Path, Before, After string }

// changedMembers compares two JSON objects member by member, whatever they are of.
func changedMembers(before, after []byte) []memberChange {
	was, is := members(before), members(after)
	all := maps.Clone(was)
	maps.Copy(all, is)
	var found []memberChange
	for _, path := range slices.Sorted(maps.Keys(all)) {
		if was[path] != is[path] {
			found = append(found, memberChange{Path: path, Before: was[path], After: is[path]})
		}
	}
	return found
}

// members are the leaves of a JSON object, by their paths.
func members(object []byte) map[string]string {
	found := map[string]string{}
	decoder := json.NewDecoder(bytes.NewReader(object))
	decoder.UseNumber() // a float would not keep every number
	var value any
	if len(object) > 0 && decoder.Decode(&value) == nil {
		addMembers(found, "", value)
	}
	return found
}

func addMembers(found map[string]string, path string, value any) {
	below := func(name string) string {
		if path == "" {
			return name
		}
		return path + "." + name
	}
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			addMembers(found, below(name), member)
		}
	case []any:
		for i, item := range v {
			addMembers(found, below(strconv.Itoa(i)), item)
		}
	case string:
		if found[path] = v; v == "" {
			found[path] = `""`
		}
	case nil: // as if it were not there
	default:
		text, _ := json.Marshal(v) // it was read from JSON
		found[path] = string(text)
	}
}

// indented is JSON laid out for reading, empty if there is none.
func indented(object []byte) string {
	var text bytes.Buffer
	if len(object) == 0 || json.Indent(&text, object, "", "  ") != nil {
		return string(object)
	}
	return text.String()
}
