package wire

import (
	"encoding/json"
	"maps"
	"slices"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
)

// newAliasBody is the body of a create (spec/aliases.md §4.1).
type newAliasBody struct {
	aliasBody

	Name string `json:"name"`
}

func (b *newAliasBody) draft() api.AliasDraft {
	draft := b.aliasBody.draft()
	draft.Name = b.Name
	return draft
}

// aliasBody is the body of an update. Nothing of it is judged here but that its
// types are right, and of weights not even that.
type aliasBody struct {
	Version     string         `json:"version"`
	Description *string        `json:"description"`
	Weights     weightsBody    `json:"additional_version_weights"`
	Strategies  strategiesBody `json:"additional_version_strategy"`
}

func (b *aliasBody) draft() api.AliasDraft {
	return api.AliasDraft{Version: b.Version, Description: b.Description, Weights: b.Weights, Strategies: b.Strategies}
}

// weightsBody is an object of versions and weights; in old documents, a text
// that holds one (spec/aliases.md §11 no. 6).
type weightsBody []api.WeightDraft

func (b *weightsBody) UnmarshalJSON(text []byte) error {
	weights, err := readGray[json.RawMessage](text)
	for _, version := range slices.Sorted(maps.Keys(weights)) {
		*b = append(*b, api.WeightDraft{Version: version, Weight: string(weights[version])})
	}
	return err
}

// strategiesBody is an object of versions and strategies, or a text that holds
// one.
type strategiesBody []api.StrategyDraft

func (b *strategiesBody) UnmarshalJSON(text []byte) error {
	strategies, err := readGray[struct {
		Combine routing.Combine `json:"combine_type"`
		Rules   rulesBody       `json:"rules"`
	}](text)
	for _, version := range slices.Sorted(maps.Keys(strategies)) {
		strategy := strategies[version]
		*b = append(*b, api.StrategyDraft{Version: version, Combine: strategy.Combine, Rules: strategy.Rules})
	}
	return err
}

func readGray[T any](text []byte) (gray map[string]T, err error) {
	if len(text) > 0 && text[0] == '"' {
		var inner string
		if err := json.Unmarshal(text, &inner); err != nil || inner == "" {
			return nil, err
		}
		text = []byte(inner)
	}
	err = json.Unmarshal(text, &gray)
	return gray, err
}

// rulesBody is a list of rules. One client sends a rule without a list around it
// (spec/aliases.md §10).
type rulesBody []routing.Rule

func (b *rulesBody) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '{' {
		*b = make(rulesBody, 1)
		return json.Unmarshal(text, &(*b)[0])
	}
	return json.Unmarshal(text, (*[]routing.Rule)(b))
}
