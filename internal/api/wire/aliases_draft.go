package wire

import (
	"bytes"
	"encoding/json"

	"switchboard/internal/api"
)

// aliasDraftJSON is the body of a create or an update (spec/aliases.md §4.1, §4.2).
type aliasDraftJSON struct {
	Name        string                       `json:"name,omitempty"`
	Version     string                       `json:"version"`
	Description *string                      `json:"description,omitempty"`
	Weights     map[string]json.RawMessage   `json:"additional_version_weights,omitempty"`
	Strategies  map[string]aliasStrategyJSON `json:"additional_version_strategy,omitempty"`
}

// AliasJSON is what a program sends to make an alias out of a draft, or to make
// an alias what a draft says, laid out for reading.
func AliasJSON(update bool, d api.AliasDraft) ([]byte, error) {
	var b bytes.Buffer
	enc := encoder(&b)
	enc.SetIndent("", "  ")
	err := enc.Encode(aliasOf(update, &d))
	return b.Bytes(), err
}

// aliasOf is the body of an update or a create. A weight that is no number stands in
// it as it was typed.
func aliasOf(update bool, d *api.AliasDraft) *aliasDraftJSON {
	body := &aliasDraftJSON{Name: d.Name, Version: d.Version, Description: d.Description}
	if update {
		body.Name = "" // it cannot be changed
	}
	if len(d.Weights) > 0 {
		body.Weights = map[string]json.RawMessage{}
	}
	for _, w := range d.Weights {
		body.Weights[w.Version] = numeral(w.Weight)
	}
	if len(d.Strategies) > 0 {
		body.Strategies = map[string]aliasStrategyJSON{}
	}
	for _, s := range d.Strategies {
		body.Strategies[s.Version] = aliasStrategyJSON{s.Combine, array(s.Rules)}
	}
	return body
}

// numeral is what stands where a number must, whatever somebody typed.
func numeral(text string) json.RawMessage {
	if text == "" {
		return json.RawMessage(`""`)
	}
	return typed(text)
}
