package embedded

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

const noPolicy = "policy.not_found"

// policyRow is a policy as it is stored.
type policyRow struct {
	bun.BaseModel `bun:"table:policies"`

	ID          string `bun:"id,pk"`
	ProjectID   string
	Name        string
	Search      string
	Description string
	Parameters  string
	Tags        string
	CreatedAt   int64
	CreatedBy   string
	UpdatedAt   int64
	UpdatedBy   string
	Version     int64
}

// resourceRow is a resource of a policy.
type resourceRow struct {
	bun.BaseModel `bun:"table:policy_resources"`

	ProjectID string `bun:"project_id,pk"`
	ID        string `bun:"id,pk"`
	PolicyID  string
	Position  int64
	Type      string
	Name      string
	Path      string
	Adopt     bool
	Extra     string
}

// operationRow is an operation of a policy. Definition is an operationDefinition.
type operationRow struct {
	bun.BaseModel `bun:"table:policy_operations"`

	ID          string `bun:"id,pk"`
	ProjectID   string
	PolicyID    string
	Position    int64
	TriggerID   string
	Type        api.OperationType
	Name        string
	Description string
	Enabled     bool
	Pattern     string
	Definition  string
	StartAt     int64
	NextAt      int64
}

// operationDefinition is what an operation does.
type operationDefinition struct {
	Retention  api.Retention
	Region     string `json:",omitempty"`
	Project    string `json:",omitempty"`
	Accelerate bool   `json:",omitempty"`
}

func (r *operationRow) definition() (d operationDefinition) {
	decode(r.Definition, &d)
	return d
}

// describe takes over what a judged draft says of the policy itself.
func (r *policyRow) describe(d *api.PolicyDraft, s api.Scope, now time.Time) {
	r.Name, r.Description, r.Parameters, r.Tags = d.Name, d.Description, d.Parameters, encode(d.Tags)
	r.UpdatedAt, r.UpdatedBy = store.Micros(now), s.Actor.User
	r.Version++
	words := make([]string, 1, len(d.Resources)+1)
	words[0] = d.Name
	for i := range d.Resources {
		words = append(words, d.Resources[i].Name)
	}
	r.Search = strings.ToLower(strings.Join(words, "\n"))
}

// policy is the row as the domain knows it, alone.
func (r *policyRow) policy() api.Policy {
	policy := api.Policy{
		ID: r.ID, Name: r.Name, Description: r.Description, Parameters: r.Parameters,
		Created: api.Stamp{At: store.Time(r.CreatedAt), By: r.CreatedBy},
		Updated: api.Stamp{At: store.Time(r.UpdatedAt), By: r.UpdatedBy}, Version: r.Version,
	}
	decode(r.Tags, &policy.Tags)
	return policy
}

func (r *resourceRow) resource() api.Resource {
	return api.Resource{ID: r.ID, Type: r.Type, Name: r.Name, Path: r.Path, Adopt: r.Adopt, Extra: r.Extra}
}

func (r *operationRow) operation() api.Operation {
	d := r.definition()
	return api.Operation{
		ID: r.ID, Trigger: r.TriggerID, Type: r.Type, Name: r.Name, Description: r.Description, Enabled: r.Enabled,
		Pattern: r.Pattern, Start: store.Time(r.StartAt), Next: store.Time(r.NextAt), Retention: d.Retention,
		Destination: api.Destination{Region: d.Region, Project: d.Project}, Accelerate: d.Accelerate,
	}
}

// addPolicyParts fills in resources and operations of policies.
func addPolicyParts(ctx context.Context, db bun.IDB, policies []api.Policy) error {
	if len(policies) == 0 {
		return nil
	}
	at := make(map[string]*api.Policy, len(policies))
	for i := range policies {
		at[policies[i].ID] = &policies[i]
	}
	ids := bun.List(policyIDs(policies))
	var resources []resourceRow
	if err := db.NewSelect().Model(&resources).Where("policy_id IN (?)", ids).OrderExpr("policy_id, position").Scan(ctx); err != nil {
		return err
	}
	for i := range resources {
		p := at[resources[i].PolicyID]
		p.Resources = append(p.Resources, resources[i].resource())
	}
	var operations []operationRow
	if err := db.NewSelect().Model(&operations).Where("policy_id IN (?)", ids).OrderExpr("policy_id, position").Scan(ctx); err != nil {
		return err
	}
	for i := range operations {
		p := at[operations[i].PolicyID]
		p.Operations = append(p.Operations, operations[i].operation())
	}
	return nil
}

func policyIDs(policies []api.Policy) []string {
	ids := make([]string, len(policies))
	for i := range policies {
		ids[i] = policies[i].ID
	}
	return ids
}
