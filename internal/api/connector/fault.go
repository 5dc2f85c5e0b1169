package connector

import (
	"maps"
	"slices"
	"strings"
)

// Fault is something wrong with one input: Key is a key of the message
// catalogue and Args its arguments, pairs of name and value.
type Fault struct {
	Path, Key string
	Args      []any
}

func fault(key string, args ...any) *Fault { return &Fault{Key: key, Args: args} }

// Faults returns everything that is wrong with values, in form order; names
// that the connector does not know come last. secretSet tells which secrets
// are there: their text is not among values, it is judged by Input.Judge where
// it is known. Values that do not apply are tolerated, as the real service
// does (spec/links.md §2), as long as they can be stored safely.
func (c *Connector) Faults(values map[string]string, secretSet func(path string) bool) []Fault {
	values = c.Normalise(values)
	var faults []Fault
	for i := range c.Inputs {
		if f := c.fault(&c.Inputs[i], values, secretSet); f != nil {
			f.Path = c.Inputs[i].Name
			faults = append(faults, *f)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(values)) {
		if c.Input(path) == nil {
			f := fault("input.unknown", "name", clip(path))
			f.Path = path
			faults = append(faults, *f)
		}
	}
	return faults
}

// fault judges one input beside normalised values.
func (c *Connector) fault(in *Input, values map[string]string, secretSet func(string) bool) *Fault {
	text := values[in.Name]
	isSet := text != ""
	if in.Secret {
		isSet = secretSet != nil && secretSet(in.Name)
	}
	switch {
	case !c.Applies(in, values):
		return in.storable(text)
	case !isSet && in.Required && c.Value(in.Instead, values) == "":
		return fault("input.required")
	case !isSet || in.Secret:
		return nil
	}
	_, f := c.narrowed(in, values).Judge(text)
	return f
}

// narrowed is the input as it is beside these values: a map with the keys that
// apply.
func (c *Connector) narrowed(in *Input, values map[string]string) *Input {
	if in == nil || in.Kind != Map {
		return in
	}
	narrow := *in
	narrow.Keys = c.Keys(in, values)
	return &narrow
}

// storable judges a value that does not apply: it may be nonsense, but neither
// endless nor a secret in the open.
func (in *Input) storable(text string) *Fault {
	if in.Secret {
		return nil
	}
	if f := in.tooLong(text); f != nil {
		return f
	}
	if in.Kind == Map {
		entries, _ := ReadMap(text)
		return openSecret(entries)
	}
	return nil
}

// clip shortens a name that somebody else invented, for a message.
func clip(name string) string {
	const most = 64
	runes := []rune(strings.ToValidUTF8(name, "\uFFFD"))
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:most]) + "…"
}
