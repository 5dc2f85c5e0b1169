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
	Weights     map[string]json.Number       `json:"additional_version_weights,omitempty"`
	Strategies  map[string]aliasStrategyJSON `json:"additional_version_strategy,omitempty"`
}

// AliasJSON is what a program sends to make an alias out of a draft, or to make
// an alias what a draft says, laid out for reading.
func AliasJSON(update bool, d api.AliasDraft) ([]byte, error) {
	body := aliasDraftJSON{Name: d.Name, Version: d.Version, Description: d.Description}
	if update {
		body.Name = "" // it cannot be changed
	}
	for _, w := range d.Weights {
		body.Weights = map[string]json.Number{w.Version: json.Number(w.Weight)}
	}
	for _, s := range d.Strategies {
		body.Strategies = map[string]aliasStrategyJSON{s.Version: {s.Combine, s.Rules}}
	}
	var b bytes.Buffer
	enc := encoder(&b)
	enc.SetIndent("", "  ")
	err := enc.Encode(&body)
	return b.Bytes(), err
}
