package api

// AuditedPolicy is a policy as the audit log keeps it: all of it, because it is
// brought back from there.
type AuditedPolicy struct {
	Name        string             `json:"name"`
	Description string             `json:"description,omitempty"`
	Resources   []AuditedResource  `json:"resources"`
	Operations  []AuditedOperation `json:"scheduled_operations"`
	Parameters  string             `json:"parameters,omitempty"`
	Tags        []Tag              `json:"tags,omitempty"`
}

// AuditedResource is what a policy protects; one that is to be has no id yet.
type AuditedResource struct {
	ID    string `json:"id,omitempty"`
	Type  string `json:"type,omitempty"` // another than ResourceType
	Name  string `json:"name"`
	Path  string `json:"path"`
	Adopt bool   `json:"adopt,omitempty"`
	Extra string `json:"extra_info,omitempty"`
}

// AuditedOperation is what a policy does on a schedule; one that is to be has no id
// yet.
type AuditedOperation struct {
	ID          string        `json:"id,omitempty"`
	Type        OperationType `json:"operation_type"`
	Name        string        `json:"name,omitempty"`
	Description string        `json:"description,omitempty"`
	Enabled     bool          `json:"enabled"`
	Pattern     string        `json:"pattern"`
	Max         int           `json:"max_backups"`
	Days        int           `json:"retention_duration_days"`
	Permanent   bool          `json:"permanent,omitempty"`
	Daily       int           `json:"day_backups,omitempty"`
	Weekly      int           `json:"week_backups,omitempty"`
	Monthly     int           `json:"month_backups,omitempty"`
	Yearly      int           `json:"year_backups,omitempty"`
	Zone        string        `json:"timezone,omitempty"`
	Region      string        `json:"destination_region,omitempty"`
	Project     string        `json:"destination_project_id,omitempty"`
	Accelerated bool          `json:"enable_acceleration,omitempty"`
}

// Audited is the policy for the audit log.
func (p *Policy) Audited() AuditedPolicy {
	a := AuditedPolicy{
		Name: p.Name, Description: p.Description, Resources: []AuditedResource{}, Operations: []AuditedOperation{},
		Parameters: unusual(p.Parameters, emptyObject), Tags: p.Tags,
	}
	for _, r := range p.Resources {
		a.Resources = append(a.Resources, AuditedResource{
			r.ID, unusual(r.Type, ResourceType), r.Name, r.Path, r.Adopt, unusual(r.Extra, emptyObject),
		})
	}
	for i := range p.Operations {
		a.Operations = append(a.Operations, p.Operations[i].audited())
	}
	return a
}

func (o *Operation) audited() AuditedOperation {
	r := &o.Retention
	return AuditedOperation{
		o.ID, o.Type, o.Name, o.Description, o.Enabled, o.Pattern, r.Max, r.Days, r.Permanent, r.Daily, r.Weekly, r.Monthly, r.Yearly, r.Zone,
		o.Destination.Region, o.Destination.Project, o.Accelerate,
	}
}

// audited is the policy that the draft makes.
func (d PolicyDraft) audited() AuditedPolicy {
	p := d.Complete().Policy()
	return p.Audited()
}

// Policy is the policy that a complete draft describes.
func (d PolicyDraft) Policy() Policy {
	p := Policy{Name: d.Name, Description: d.Description, Parameters: d.Parameters, Tags: d.Tags}
	for _, r := range d.Resources {
		p.Resources = append(p.Resources, Resource(r))
	}
	for _, o := range d.Operations {
		p.Operations = append(p.Operations, Operation{
			ID: o.ID, Type: o.Type, Name: o.Name, Description: o.Description, Enabled: o.Enabled, Pattern: o.Pattern,
			Retention: o.Retention(), Destination: Destination{o.Region, o.Project}, Accelerate: o.Accelerate,
		})
	}
	return p
}

// Draft describes the policy as it was.
func (a *AuditedPolicy) Draft() PolicyDraft {
	p := Policy{Name: a.Name, Description: a.Description, Parameters: a.Parameters, Tags: a.Tags}
	for _, r := range a.Resources {
		p.Resources = append(p.Resources, Resource(r))
	}
	for _, o := range a.Operations {
		p.Operations = append(p.Operations, Operation{
			ID: o.ID, Type: o.Type, Name: o.Name, Description: o.Description, Enabled: o.Enabled, Pattern: o.Pattern,
			Retention:   Retention{o.Max, o.Days, o.Permanent, o.Daily, o.Weekly, o.Monthly, o.Yearly, o.Zone},
			Destination: Destination{o.Region, o.Project}, Accelerate: o.Accelerated,
		})
	}
	return p.Draft().Complete()
}

// emptyObject is what parameters of a program's own are if it has none.
const emptyObject = "{}"

// unusual is a text, or nothing if it is the usual one.
func unusual(text, usual string) string {
	if text == usual {
		return ""
	}
	return text
}
