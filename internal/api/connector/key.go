package connector

import (
	"maps"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Key is an entry that a Map input may have. What no key of the input names is
// refused (S7, S8, S10): the lists leave out whatever reads files, loads
// classes, calls out, writes logs, names another server, or weakens how either
// side proves who it is.
type Key struct {
	Name     string // as the client program spells it; found in any case and percent-encoding
	Help     Text
	When     []Term   // as of an Input; all name inputs that decide about the form
	Kind     Kind     // of the value: Int, Enum, URI, or String, which is words
	Choices  []string // Kind Enum
	Min, Max int      // Kind Int; Max 0 means no bound beyond int32
	Schemes  []string // Kind URI
}

// integer is a key whose value is a whole number from 0.
func integer(name, en, zh string) Key { return Key{Name: name, Kind: Int, Help: Text{en, zh}} }

// within bounds an integer.
func (k Key) within(least, most int) Key {
	k.Min, k.Max = least, most
	return k
}

// flag is a key that is true or false.
func flag(name, en, zh string) Key { return oneOf(name, en, zh, "true", "false") }

// oneOf is a key with a list of values.
func oneOf(name, en, zh string, choices ...string) Key {
	return Key{Name: name, Kind: Enum, Help: Text{en, zh}, Choices: choices}
}

// words is a key whose value is a name or a few words.
func words(name, en, zh string) Key { return Key{Name: name, Kind: String, Help: Text{en, zh}} }

// keysWhen makes keys of lists that apply where the term holds.
func keysWhen(when Term, lists ...[]Key) []Key {
	keys := slices.Concat(lists...)
	for i := range keys {
		keys[i].When = []Term{when}
	}
	return keys
}

// Keys returns the entries that a Map input may have beside these values; all
// that it could have where none applies, because what they depend on is not
// known.
func (c *Connector) Keys(in *Input, values map[string]string) []Key {
	var keys []Key
	for _, key := range in.Keys {
		if !slices.ContainsFunc(key.When, func(t Term) bool { return !c.holds(t, values) }) {
			keys = append(keys, key)
		}
	}
	if keys == nil {
		return in.Keys
	}
	return keys
}

// readEntries returns the canonical entries: keys as the list spells them and
// values in the form of their kind.
func readEntries(entries map[string]string, keys []Key) (map[string]string, *Fault) {
	canonical := make(map[string]string, len(entries))
	var strangers []string
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		key, value, f := readEntry(name, entries[name], keys)
		_, twice := canonical[key]
		switch {
		case key == "":
			strangers = append(strangers, name)
		case f != nil:
			return nil, f
		case twice:
			return nil, fault("input.map_key_twice", "key", key)
		default:
			canonical[key] = value
		}
	}
	return canonical, refuseKeys(strangers, keys)
}

// readEntry finds the key of that name and judges the value; the key is "" if
// there is none. Of several with the same name, for different systems, one must
// take the value.
func readEntry(name, value string, keys []Key) (key, canonical string, f *Fault) {
	name, value = plainKey(name), strings.TrimSpace(value)
	for i := range keys {
		if !strings.EqualFold(keys[i].Name, name) {
			continue
		}
		key = keys[i].Name
		if canonical, f = keys[i].judge(value); f == nil {
			break
		}
	}
	return key, canonical, f
}

// plainKey is a key as a client program will read it.
func plainKey(name string) string {
	if decoded, err := url.PathUnescape(name); err == nil {
		name = decoded
	}
	return strings.TrimSpace(name)
}

var (
	wordsForm = regexp.MustCompile(`^[\p{L}\p{N} _.,:+/-]{1,255}$`)
	// notWords are schemes (a colon that is not between digits), paths that
	// climb, and names of Java classes.
	notWords = regexp.MustCompile(`(^|[^0-9]):|:([^0-9]|$)|//|\.\.|(^|[ ,])([a-z_]\w*\.)+[A-Z]`)
)

// judge reads a value of the key and returns its canonical form.
func (k *Key) judge(text string) (string, *Fault) {
	switch k.Kind {
	case Int:
		canonical, f := (&Input{Min: k.Min, Max: k.Max}).readInt(text)
		if f != nil {
			return "", fault("input.map_value_integer", "key", k.Name, "min", k.Min, "max", k.most())
		}
		return canonical, nil
	case URI:
		canonical, ok := (&Input{Schemes: k.Schemes}).readURI(text)
		return canonical, unless(ok, "input.map_value_uri", "key", k.Name, "schemes", strings.Join(k.Schemes, ", "))
	case String:
		ok := wordsForm.MatchString(text) && !notWords.MatchString(text)
		return text, unless(ok, "input.map_value_words", "key", k.Name)
	}
	i := slices.IndexFunc(k.Choices, func(choice string) bool { return strings.EqualFold(choice, text) })
	if i < 0 {
		return "", fault("input.map_value_choice", "key", k.Name, "choices", strings.Join(k.Choices, ", "))
	}
	return k.Choices[i], nil
}

func (k *Key) most() int {
	if k.Max == 0 {
		return math.MaxInt32
	}
	return k.Max
}
