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

// auditedPolicy is a policy as the audit log keeps it: all of it, because it is
// brought back from there.
type auditedPolicy struct {
	Name        string             `json:"name"`
	Description string             `json:"description,omitempty"`
	Resources   []auditedResource  `json:"resources"`
	Operations  []auditedOperation `json:"scheduled_operations"`
	Parameters  string             `json:"parameters,omitempty"`
	Tags        []api.Tag          `json:"tags,omitempty"`
}

type auditedResource struct {
	ID    string `json:"id,omitempty"`
	Type  string `json:"type,omitempty"` // another than api.ResourceType
	Name  string `json:"name"`
	Path  string `json:"path"`
	Adopt bool   `json:"adopt,omitempty"`
	Extra string `json:"extra_info,omitempty"`
}

type auditedOperation struct {
	ID          string            `json:"id,omitempty"`
	Type        api.OperationType `json:"operation_type"`
	Name        string            `json:"name,omitempty"`
	Description string            `json:"description,omitempty"`
	Enabled     bool              `json:"enabled"`
	Pattern     string            `json:"pattern"`
	Max         int               `json:"max_backups"`
	Days        int               `json:"retention_duration_days"`
	Permanent   bool              `json:"permanent,omitempty"`
	Daily       int               `json:"day_backups,omitempty"`
	Weekly      int               `json:"week_backups,omitempty"`
	Monthly     int               `json:"month_backups,omitempty"`
	Yearly      int               `json:"year_backups,omitempty"`
	Zone        string            `json:"timezone,omitempty"`
	Region      string            `json:"destination_region,omitempty"`
	Project     string            `json:"destination_project_id,omitempty"`
	Accelerated bool              `json:"enable_acceleration,omitempty"`
}

func auditPolicy(p *api.Policy) auditedPolicy {
	audited := auditedPolicy{
		Name: p.Name, Description: p.Description, Tags: p.Tags, Resources: []auditedResource{}, Operations: []auditedOperation{},
		Parameters: unless(p.Parameters, emptyObject),
	}
	for _, r := range p.Resources {
		audited.Resources = append(audited.Resources, auditedResource{
			r.ID, unless(r.Type, api.ResourceType), r.Name, r.Path, r.Adopt, unless(r.Extra, emptyObject),
		})
	}
	for _, o := range p.Operations {
		r := o.Retention
		audited.Operations = append(audited.Operations, auditedOperation{
			o.ID, o.Type, o.Name, o.Description, o.Enabled, o.Pattern, r.Max, r.Days, r.Permanent, r.Daily, r.Weekly, r.Monthly, r.Yearly, r.Zone,
			o.Destination.Region, o.Destination.Project, o.Accelerate,
		})
	}
	return audited
}

const emptyObject = "{}"

// unless is a text, or nothing if it is the usual one.
func unless(text, usual string) string {
	if text == usual {
		return ""
	}
	return text
}
