package wire

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// policyBody is the body of create and update (spec/replication.md §1.7). A key
// that is absent or null says nothing.
type policyBody struct {
	Name        *string          `json:"name,omitempty"`
	Description *string          `json:"description,omitempty"`
	Provider    *string          `json:"provider_id,omitempty"`
	Parameters  json.RawMessage  `json:"parameters,omitempty"`
	Resources   *[]resourceBody  `json:"resources,omitempty"`
	Operations  *[]operationBody `json:"scheduled_operations,omitempty"`
	Tags        *[]api.Tag       `json:"tags,omitempty"`
}

// namedPolicyBody is it in its place.
type namedPolicyBody struct {
	Policy *policyBody `json:"policy"`
}

func readPolicy(c echo.Context) (*policyBody, error) {
	var body namedPolicyBody
	if err := decodeBody(c, &body); err != nil {
		return nil, err
	}
	if body.Policy == nil {
		return nil, wrongType("policy", "object")
	}
	return body.Policy, nil
}

// complete refuses a new policy that lacks what has to be said; of the rest the
// service knows better what is missing.
func (b *policyBody) complete() error {
	switch {
	case b.Provider == nil:
		return wrong("provider_id", api.M("wire.provider", "provider", csbsProvider))
	case isNull(b.Parameters):
		return wrongType("policy.parameters", "object")
	case b.Resources == nil:
		return wrongType("policy.resources", "array")
	case b.Operations == nil:
		return wrongType("policy.scheduled_operations", "array")
	}
	return nil
}

// apply puts what the body says into the draft. Resources and operations are
// replaced as a whole; of one that is known by its id, what is not sent stays.
func (b *policyBody) apply(d *api.PolicyDraft) error {
	if b.Provider != nil && *b.Provider != csbsProvider {
		return wrong("provider_id", api.M("wire.provider", "provider", csbsProvider))
	}
	set(&d.Name, b.Name)
	set(&d.Description, b.Description)
	set(&d.Tags, b.Tags)
	if !isNull(b.Parameters) {
		parameters, err := readObject(b.Parameters, "policy.parameters")
		if err != nil {
			return err
		}
		d.Parameters = parameters
	}
	if b.Resources != nil {
		stored := d.Resources
		d.Resources = make([]api.ResourceDraft, len(*b.Resources))
		for i, r := range *b.Resources {
			if k := slices.IndexFunc(stored, func(known api.ResourceDraft) bool { return known.ID == r.ID && r.ID != "" }); k >= 0 {
				d.Resources[i] = stored[k]
			}
			if err := r.apply(&d.Resources[i], fmt.Sprintf("policy.resources.%d", i)); err != nil {
				return err
			}
		}
	}
	return b.applyOperations(d)
}

func (b *policyBody) applyOperations(d *api.PolicyDraft) error {
	if b.Operations == nil {
		return nil
	}
	stored := d.Operations
	d.Operations = make([]api.OperationDraft, len(*b.Operations))
	for i, o := range *b.Operations {
		if k := slices.IndexFunc(stored, func(known api.OperationDraft) bool { return known.ID == o.ID && o.ID != "" }); k >= 0 {
			d.Operations[i] = stored[k]
		}
		if err := o.apply(&d.Operations[i], fmt.Sprintf("policy.scheduled_operations.%d", i)); err != nil {
			return err
		}
	}
	return nil
}

// readObject reads a JSON object that is kept as it is.
func readObject(text json.RawMessage, at string) (string, error) {
	var object struct{}
	if err := decode(text, &object, at); err != nil {
		return "", err
	}
	var b bytes.Buffer
	err := json.Compact(&b, text)
	return b.String(), err
}

// resourceBody is a resource of a policy. The keys path and adopt of extra_info
// are ours: they say where the resource lies. The rest of it is the caller's.
type resourceBody struct {
	ID    string          `json:"id,omitempty"`
	Type  string          `json:"type,omitempty"`
	Name  string          `json:"name,omitempty"`
	Extra json.RawMessage `json:"extra_info,omitempty"`
}

func (b *resourceBody) apply(d *api.ResourceDraft, at string) error {
	d.ID, d.Type, d.Name = b.ID, cmp.Or(b.Type, d.Type), cmp.Or(b.Name, d.Name)
	at = below(at, "extra_info")
	text := b.Extra
	if len(text) > 0 && text[0] == '"' { // some pages call it a text
		var inner string
		if err := decode(text, &inner, at); err != nil {
			return err
		}
		text = json.RawMessage(inner)
	}
	if isNull(text) {
		return nil
	}
	var rest map[string]json.RawMessage
	if err := decode(text, &rest, at); err != nil {
		return err
	}
	if path, ok := rest["path"]; ok && !isNull(path) {
		if err := decode(path, &d.Path, below(at, "path")); err != nil {
			return err
		}
	}
	if adopt, ok := rest["adopt"]; ok && !isNull(adopt) {
		adopted, err := readBool(adopt, below(at, "adopt"))
		if err != nil {
			return err
		}
		d.Adopt = adopted
	}
	delete(rest, "path")
	delete(rest, "adopt")
	kept, err := json.Marshal(rest)
	d.Extra = string(kept)
	return err
}
