package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
)

// linksBody is the body of create and update. creation-*, update-* and id are
// ours to say and not read (spec/links.md §1.3).
type linksBody struct {
	Links []linkBody `json:"links"`
}

type linkBody struct {
	Name      string `json:"name"`
	Connector string `json:"connector-name"`
	Cluster   string `json:"cluster"` // in files only
	Enabled   *bool  `json:"enabled"`
	Values    struct {
		Configs []struct {
			Name   string      `json:"name"` // linkConfig, and not read
			Inputs []inputBody `json:"inputs"`
		} `json:"configs"`
		Extended *api.Extended `json:"extended-configs"`
	} `json:"link-config-values"`
}

// inputBody is one input. The tables call its value "values", the samples and
// the clients "value".
type inputBody struct {
	Name   string          `json:"name"`
	Value  json.RawMessage `json:"value"`
	Values json.RawMessage `json:"values"`
	// Mandatory is only in answers.
	Mandatory *bool `json:"mandatory"`
}

// keep is what exports put in the place of a secret, with or without a full
// stop (spec/links.md §4.2).
const keep = "Add password here"

// linkPrefix is what Terraform puts before every input, also before those of
// the dialect config.
const linkPrefix, dialectPrefix = "linkConfig.", "dialect."

// readDraft reads the one link of a body. stored is the link that it replaces,
// nil for a new one.
func readDraft(body []byte, stored *api.Link) (api.LinkDraft, error) {
	link, err := readLink(body)
	if err != nil {
		return api.LinkDraft{}, err
	}
	return link.draft(stored)
}

// draft reads the link; stored is the one that it replaces, or nil.
func (link *linkBody) draft(stored *api.Link) (api.LinkDraft, error) {
	draft := api.LinkDraft{
		Name: link.Name, Connector: link.Connector, Extended: link.Values.Extended,
		Enabled: link.Enabled == nil || *link.Enabled,
		Inputs:  map[string]string{}, Secrets: map[string]api.Secret{},
	}
	c := connector.Find(link.Connector)
	for _, config := range link.Values.Configs {
		for i := range config.Inputs {
			if err := readInput(&draft, c, &config.Inputs[i], stored); err != nil {
				return api.LinkDraft{}, err
			}
		}
	}
	return draft, nil
}

// readLink reads the one link of a body.
func readLink(body []byte) (*linkBody, error) {
	var all linksBody
	err := json.Unmarshal(body, &all)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field == "links" && wrong.Value == "object" {
		// gophertelekomcloud wraps the list twice on update.
		var twice struct {
			Links *linksBody `json:"links"`
		}
		twice.Links = &all
		err = json.Unmarshal(body, &twice)
	}
	if err != nil {
		return nil, malformed(body, err, "")
	}
	if len(all.Links) != 1 {
		return nil, api.Errorf(api.Invalid, "wire.one_link")
	}
	return &all.Links[0], nil
}

// readInput adds one input to the draft; null and absent values add nothing.
func readInput(draft *api.LinkDraft, c *connector.Connector, body *inputBody, stored *api.Link) error {
	if body.Name == "" {
		return api.Errorf(api.Invalid, "wire.input_name")
	}
	path := body.Name
	if rest, ok := strings.CutPrefix(path, linkPrefix); ok && strings.HasPrefix(rest, dialectPrefix) {
		path = rest
	}
	var in *connector.Input
	if c != nil {
		in = c.Input(path)
	}
	raw := body.Value
	if isNull(raw) {
		raw = body.Values
	}
	if isNull(raw) {
		return nil
	}
	text, ok := readValue(raw, in)
	switch {
	case !ok:
		return api.Errorf(api.Invalid, "wire.input_type", "name", path)
	case in != nil && in.Secret:
		if stored == nil || strings.TrimSuffix(text, ".") != keep {
			draft.Secrets[path] = api.NewSecret(text)
		}
	case stored != nil && sentBack(stored.Inputs[path], text):
		draft.Inputs[path] = stored.Inputs[path]
	default:
		draft.Inputs[path] = text
	}
	return nil
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || raw[0] == 'n' }

// readValue turns a JSON value into the text of an input: text, numbers and
// booleans are taken as they are written, an object only for a map.
func readValue(raw json.RawMessage, in *connector.Input) (text string, ok bool) {
	switch raw[0] {
	case '"':
		err := json.Unmarshal(raw, &text)
		return text, err == nil
	case '{':
		var b bytes.Buffer
		err := json.Compact(&b, raw)
		return b.String(), err == nil && (in == nil || in.Kind == connector.Map)
	case '[':
		return "", false
	}
	return string(raw), true
}

// sentBack reports whether text is what we answer for the stored value: a
// client that reads a link and writes it back must not change it.
func sentBack(stored, text string) bool {
	return stored != "" && stored != text && escaped(stored) == text
}
