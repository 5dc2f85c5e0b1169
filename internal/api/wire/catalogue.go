package wire

import (
	"encoding/json"

	"switchboard/internal/api/connector"
)

// The catalogue as JSON, in lower-case names.
type (
	connectorJSON struct {
		Name    string       `json:"name"`
		Label   textJSON     `json:"label"`
		Help    textJSON     `json:"help"`
		Variant string       `json:"variant,omitempty"`
		Tiles   []tileJSON   `json:"tiles"`
		Inputs  []inputEntry `json:"inputs"`
	}
	textJSON struct {
		EN string `json:"en"`
		ZH string `json:"zh"`
	}
	tileJSON struct {
		Slug  string   `json:"slug"`
		Label textJSON `json:"label"`
		Group string   `json:"group"`
		Value string   `json:"value,omitempty"`
	}
	inputEntry struct {
		Name     string        `json:"name"`
		Label    textJSON      `json:"label"`
		Help     textJSON      `json:"help"`
		Kind     string        `json:"kind"`
		Required bool          `json:"required"`
		Instead  string        `json:"instead,omitempty"`
		When     []termJSON    `json:"when,omitempty"`
		Secret   bool          `json:"secret,omitempty"`
		Endpoint bool          `json:"endpoint,omitempty"`
		Advanced bool          `json:"advanced,omitempty"`
		Default  string        `json:"default,omitempty"`
		Defaults []defaultJSON `json:"defaults,omitempty"`
		Example  string        `json:"example,omitempty"`
		Choices  []choiceJSON  `json:"choices,omitempty"`
		MaxLen   int           `json:"max_length,omitempty"`
		Min      int           `json:"min,omitempty"`
		Max      int           `json:"max,omitempty"`
		Schemes  []string      `json:"schemes,omitempty"`
	}
	termJSON struct {
		Input string   `json:"input"`
		In    []string `json:"in"`
		Not   bool     `json:"not,omitempty"`
	}
	defaultJSON struct {
		When  termJSON `json:"when"`
		Value string   `json:"value"`
	}
	choiceJSON struct {
		Value string   `json:"value"`
		Label textJSON `json:"label"`
	}
)

// encodeCatalogue is the answer of listConnectors, the same for everybody.
func encodeCatalogue(version string) []byte {
	all := struct {
		Version    string          `json:"version,omitempty"`
		Connectors []connectorJSON `json:"connectors"`
	}{version, make([]connectorJSON, len(connector.All))}
	for i, c := range connector.All {
		all.Connectors[i] = connectorJSON{
			Name: c.Name, Label: textJSON(c.Label), Help: textJSON(c.Help), Variant: c.Variant,
			Tiles: each(c.Tiles, tileOf), Inputs: each(c.Inputs, inputOf),
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		panic(err) // cannot be: strings and numbers always have a JSON form
	}
	return text
}

func tileOf(t connector.Tile) tileJSON {
	return tileJSON{t.Slug, textJSON(t.Label), string(t.Group), t.Value}
}

func inputOf(in connector.Input) inputEntry {
	return inputEntry{
		Name: in.Name, Label: textJSON(in.Label), Help: textJSON(in.Help), Kind: string(in.Kind),
		Required: in.Required, Instead: in.Instead, When: each(in.When, termOf),
		Secret: in.Secret, Endpoint: in.Endpoint, Advanced: in.Advanced,
		Default: in.Default, Defaults: each(in.Defaults, defaultOf), Example: in.Example,
		Choices: each(in.Choices, choiceOf), MaxLen: in.MaxLen, Min: in.Min, Max: in.Max, Schemes: in.Schemes,
	}
}

func termOf(t connector.Term) termJSON { return termJSON(t) }

func defaultOf(d connector.Default) defaultJSON { return defaultJSON{termOf(d.When), d.Value} }

// choiceOf gives a choice without a label its value for one.
func choiceOf(c connector.Choice) choiceJSON {
	if c.Label.IsZero() {
		return choiceJSON{c.Value, textJSON{c.Value, c.Value}}
	}
	return choiceJSON{c.Value, textJSON(c.Label)}
}

func each[A, B any](all []A, turn func(A) B) []B {
	out := make([]B, len(all))
	for i, a := range all {
		out[i] = turn(a)
	}
	return out
}
