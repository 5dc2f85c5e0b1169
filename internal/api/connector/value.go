package connector

import (
	"slices"
	"strings"
)

// Value returns what the input of that path is taken to be beside these
// values: what was set, else its default, and "" where it does not apply.
func (c *Connector) Value(path string, values map[string]string) string {
	in := c.Input(path)
	if in == nil || !c.Applies(in, values) {
		return ""
	}
	if v := strings.TrimSpace(values[path]); v != "" {
		return v
	}
	return c.DefaultFor(in, values)
}

// Applies reports whether the input means anything beside these values. It is
// transitive: an input that does not apply itself decides nothing.
func (c *Connector) Applies(in *Input, values map[string]string) bool {
	return !slices.ContainsFunc(in.When, func(t Term) bool { return !c.holds(t, values) })
}

// DefaultFor returns the input's default beside these values, or "".
func (c *Connector) DefaultFor(in *Input, values map[string]string) string {
	for _, d := range in.Defaults {
		if c.holds(d.When, values) {
			return d.Value
		}
	}
	return in.Default
}

// TileOf returns the tile that values belong to: that of their variant, or the
// connector's first.
func (c *Connector) TileOf(values map[string]string) *Tile {
	variant := c.Value(c.Variant, values)
	for i := range c.Tiles {
		if strings.EqualFold(c.Tiles[i].Value, variant) {
			return &c.Tiles[i]
		}
	}
	return &c.Tiles[0]
}

// holds ends because terms name only inputs that stand earlier.
func (c *Connector) holds(t Term, values map[string]string) bool {
	value := c.Value(t.Input, values)
	return slices.ContainsFunc(t.In, func(v string) bool { return strings.EqualFold(v, value) }) != t.Not
}

// Decides reports whether other inputs apply, or get their default, by what
// stands at path.
func (c *Connector) Decides(path string) bool {
	names := func(t Term) bool { return t.Input == path }
	return slices.ContainsFunc(c.Inputs, func(in Input) bool {
		return slices.ContainsFunc(in.When, names) ||
			slices.ContainsFunc(in.Defaults, func(d Default) bool { return names(d.When) })
	})
}
