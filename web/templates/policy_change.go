package templates

import (
	"context"
	"encoding/json"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// policyFacts are the parts of a policy that can be changed.
func policyFacts(ctx context.Context, p *api.Policy) []fact {
	var resources, operations, tags []string
	for i := range p.Resources {
		r := &p.Resources[i]
		line := r.Name + " (" + r.Path + ")"
		if r.Adopt {
			line = joined([]string{line, locale.T(ctx, "policies.taken_adopt")})
		}
		resources = append(resources, line)
	}
	for i := range p.Operations {
		operations = append(operations, operationLine(ctx, &p.Operations[i]))
	}
	for _, tag := range p.Tags {
		tags = append(tags, TagText(tag))
	}
	return []fact{
		{Label: locale.T(ctx, "policies.name"), Text: p.Name},
		{Label: locale.T(ctx, "policies.description"), Text: p.Description},
		listFact(ctx, "policies.resources", resources),
		listFact(ctx, "policies.operations", operations),
		listFact(ctx, "tags.title", tags),
	}
}

// operationLine is all of an operation in one line.
func operationLine(ctx context.Context, o *api.Operation) string {
	line := []string{operationTitle(ctx, o)}
	if o.Type == api.OperationReplication {
		line = append(line, destinationText(o.Destination.Region, o.Destination.Project))
		if o.Accelerate {
			line = append(line, locale.T(ctx, "policies.accelerate"))
		}
	} else if kept := keptWords(ctx, &o.Retention); kept != "" {
		line = append(line, locale.T(ctx, "policies.keeps", "kept", kept))
		if o.Retention.Zone != "" {
			line = append(line, o.Retention.Zone)
		}
	} else {
		line = append(line, locale.T(ctx, "policies.keeps_all"))
	}
	if !o.Enabled {
		line = append(line, locale.T(ctx, "policies.disabled"))
	}
	return joined(line)
}

// PolicyDifferences lists in which parts what was typed is not what is stored.
func PolicyDifferences(ctx context.Context, mine, theirs *api.Policy) []Difference {
	return differences(policyFacts(ctx, mine), policyFacts(ctx, theirs))
}

// auditedPolicy is what the audit log keeps of a policy; of what it did, only the
// names of what that was about.
type auditedPolicy struct {
	Name, Description string
	Resources         json.RawMessage
	Operations        []struct {
		Type        api.OperationType `json:"operation_type"`
		Name        string
		Enabled     bool
		Pattern     string
		Max         int `json:"max_backups"`
		Days        int `json:"retention_duration_days"`
		Permanent   bool
		Daily       int    `json:"day_backups"`
		Weekly      int    `json:"week_backups"`
		Monthly     int    `json:"month_backups"`
		Yearly      int    `json:"year_backups"`
		Zone        string `json:"timezone"`
		Region      string `json:"destination_region"`
		Project     string `json:"destination_project_id"`
		Accelerated bool   `json:"enable_acceleration"`
	} `json:"scheduled_operations"`
	Tags   []api.Tag
	Reason string // why something was not done, as the key of a message
}

func (a *auditedPolicy) policy() *api.Policy {
	p := &api.Policy{Name: a.Name, Description: a.Description, Tags: a.Tags}
	_ = json.Unmarshal(a.Resources, &p.Resources) // there are none where these are something else
	for i := range a.Operations {
		o := &a.Operations[i]
		p.Operations = append(p.Operations, api.Operation{
			Type: o.Type, Name: o.Name, Enabled: o.Enabled, Pattern: o.Pattern, Accelerate: o.Accelerated,
			Retention: api.Retention{
				Max: o.Max, Days: o.Days, Permanent: o.Permanent, Daily: o.Daily, Weekly: o.Weekly, Monthly: o.Monthly, Yearly: o.Yearly, Zone: o.Zone,
			},
			Destination: api.Destination{Region: o.Region, Project: o.Project},
		})
	}
	return p
}

// changedPolicy tells what a change of a policy changed, or what the policy was
// made with.
func changedPolicy(ctx context.Context, c api.Change) []valueChange {
	var before, after auditedPolicy
	switch {
	case json.Unmarshal(c.After, &after) != nil:
		return nil
	case after.Reason != "":
		return []valueChange{{Label: locale.T(ctx, "policies.why"), Note: locale.T(ctx, after.Reason)}}
	case after.Name == "" || after.Resources == nil:
		return nil
	}
	is := policyFacts(ctx, after.policy())
	if json.Unmarshal(c.Before, &before) != nil || before.Name == "" {
		return madeFacts(is)
	}
	return changedFacts(policyFacts(ctx, before.policy()), is)
}
