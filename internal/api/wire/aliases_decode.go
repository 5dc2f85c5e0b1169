package wire

import (
	"bytes"
	"encoding/json"
	"strconv"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
)

// newAliasBody is the body of a create (spec/aliases.md §4.1).
type newAliasBody struct {
	aliasBody

	Name string `json:"name"`
}

func (b *newAliasBody) draft() (api.AliasDraft, error) {
	draft, err := b.aliasBody.draft()
	draft.Name = b.Name
	return draft, err
}

// aliasBody is the body of an update. Nothing of it is judged here but that its
// types are right, and of weights not even that.
type aliasBody struct {
	Version     string          `json:"version"`
	Description *string         `json:"description"`
	Weights     json.RawMessage `json:"additional_version_weights"`
	Strategies  json.RawMessage `json:"additional_version_strategy"`
}

func (b *aliasBody) draft() (api.AliasDraft, error) {
	draft := api.AliasDraft{Version: b.Version, Description: b.Description}
	var err error
	if draft.Weights, err = readGray(b.Weights, "additional_version_weights", readWeight); err != nil {
		return draft, err
	}
	draft.Strategies, err = readGray(b.Strategies, "additional_version_strategy", readStrategy)
	return draft, err
}

// maxGray is how many additional versions are read: there can be one, and a
// second is enough to refuse them.
const maxGray = 2

// readGray reads an object of additional versions or, from old documents, a text
// that holds one (spec/aliases.md §11 no. 6). A version that is there twice
// counts twice.
func readGray[T any](text json.RawMessage, at string, value func(version string, text json.RawMessage, at string) (T, error)) ([]T, error) {
	if len(text) > 0 && text[0] == '"' {
		var inner string
		if err := decode(text, &inner, at); err != nil || inner == "" {
			return nil, err
		}
		text = json.RawMessage(inner)
	}
	if isNull(text) {
		return nil, nil
	}
	var object struct{}
	if err := decode(text, &object, at); err != nil {
		return nil, err
	}
	var gray []T
	read := json.NewDecoder(bytes.NewReader(text))
	_, _ = read.Token() // decode has seen that it is an object
	for read.More() && len(gray) < maxGray {
		var member json.RawMessage
		version, err := read.Token()
		if err == nil {
			err = read.Decode(&member)
		}
		if err != nil {
			return nil, malformed(text, err, at)
		}
		name, _ := version.(string)
		one, err := value(name, member, below(at, api.Shortened(name)))
		if err != nil {
			return nil, err
		}
		gray = append(gray, one)
	}
	return gray, nil
}

func readWeight(version string, text json.RawMessage, _ string) (api.WeightDraft, error) {
	return api.WeightDraft{Version: version, Weight: string(text)}, nil
}

func readStrategy(version string, text json.RawMessage, at string) (draft api.StrategyDraft, err error) {
	var body struct {
		Combine routing.Combine `json:"combine_type"`
		Rules   json.RawMessage `json:"rules"`
	}
	if err := decode(text, &body, at); err != nil {
		return draft, err
	}
	draft = api.StrategyDraft{Version: version, Combine: body.Combine}
	draft.Rules, err = readRules(body.Rules, below(at, "rules"))
	return draft, err
}

// readRules reads a list of rules, and no more of them than one too many. One
// client sends a rule without a list around it (spec/aliases.md §10).
func readRules(text json.RawMessage, at string) ([]routing.Rule, error) {
	if isNull(text) {
		return nil, nil
	}
	if text[0] == '{' {
		rule := make([]routing.Rule, 1)
		return rule, decode(text, &rule[0], at)
	}
	var list [routing.MaxRules + 1]json.RawMessage
	if err := decode(text, &list, at); err != nil {
		return nil, err
	}
	var rules []routing.Rule
	for i, text := range list {
		if text == nil { // there are no more
			break
		}
		var rule routing.Rule
		if err := decode(text, &rule, below(at, strconv.Itoa(i))); err != nil {
			return nil, err
		}
		rules = append(rules, rule)
	}
	return rules, nil
}
