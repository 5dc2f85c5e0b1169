package wire

import (
	"cmp"
	"encoding/json"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// policyJSON is a policy as clients read it (spec/replication.md §1.7, §2).
type policyJSON struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	ProjectID   string          `json:"project_id"`
	ProviderID  string          `json:"provider_id"`
	Status      string          `json:"status"`
	Created     string          `json:"created_at"`
	Parameters  json.RawMessage `json:"parameters"`
	Resources   []resourceJSON  `json:"resources"`
	Operations  []operationJSON `json:"scheduled_operations"`
	Tags        []api.Tag       `json:"tags"`
}

// policyIdle is the status that clients wait for, and the only one.
const policyIdle = "suspended"

// resourceJSON is a resource; a text for extra_info would make one client read it
// as the id.
type resourceJSON struct {
	ID    string                     `json:"id"`
	Type  string                     `json:"type"`
	Name  string                     `json:"name"`
	Extra map[string]json.RawMessage `json:"extra_info,omitempty"`
}

type operationJSON struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	Description string            `json:"description"`
	Enabled     bool              `json:"enabled"`
	Type        api.OperationType `json:"operation_type"`
	Definition  any               `json:"operation_definition"`
	TriggerID   string            `json:"trigger_id"`
	Trigger     triggerJSON       `json:"trigger"`
}

type triggerJSON struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Type       string `json:"type"`
	Properties struct {
		Pattern string `json:"pattern"`
		Start   string `json:"start_time"`
		Format  string `json:"format"`
	} `json:"properties"`
}

// keepJSON is how long an operation's backups are kept: all of it typed, because
// one client fails on a mixture.
type keepJSON struct {
	Max       int    `json:"max_backups"`
	Days      int    `json:"retention_duration_days"`
	Permanent bool   `json:"permanent"`
	Daily     int    `json:"day_backups"`
	Weekly    int    `json:"week_backups"`
	Monthly   int    `json:"month_backups"`
	Yearly    int    `json:"year_backups"`
	Zone      string `json:"timezone,omitempty"`
	ownerJSON
}

// copyJSON is where an operation copies to.
type copyJSON struct {
	Region     string `json:"destination_region"`
	Project    string `json:"destination_project_id"`
	Accelerate bool   `json:"enable_acceleration"`
	ownerJSON
}

// ownerJSON names the policy of a definition.
type ownerJSON struct {
	PlanID     string `json:"plan_id"`
	ProviderID string `json:"provider_id"`
}

func encodePolicy(c echo.Context, p *api.Policy) policyJSON {
	return policyJSON{
		ID: p.ID, Name: p.Name, Description: p.Description, ProjectID: projectIn(c).ID, ProviderID: csbsProvider,
		Status: policyIdle, Created: csbsTime(p.Created.At), Parameters: json.RawMessage(cmp.Or(p.Parameters, "{}")),
		Resources: each(p.Resources, encodeResource), Tags: append([]api.Tag{}, p.Tags...),
		Operations: each(p.Operations, func(o api.Operation) operationJSON { return encodeOperation(p.ID, &o) }),
	}
}

// encodeResource gives back what the caller keeps in extra_info, and ours.
func encodeResource(r api.Resource) resourceJSON {
	extra := map[string]json.RawMessage{}
	_ = json.Unmarshal([]byte(r.Extra), &extra) // an object, or nothing
	extra["path"], _ = json.Marshal(r.Path)
	if r.Adopt {
		extra["adopt"] = json.RawMessage("true")
	}
	return resourceJSON{r.ID, r.Type, r.Name, extra}
}

func encodeOperation(policy string, o *api.Operation) operationJSON {
	out := operationJSON{
		ID: o.ID, Name: o.Name, Description: o.Description, Enabled: o.Enabled, Type: o.Type,
		TriggerID: o.Trigger, Trigger: triggerJSON{ID: o.Trigger, Name: "default", Type: "time"},
	}
	properties := &out.Trigger.Properties
	properties.Pattern, properties.Format = o.Pattern, "ical"
	if !o.Start.IsZero() {
		properties.Start = o.Start.UTC().Format(time.DateTime)
	}
	owner := ownerJSON{policy, csbsProvider}
	if o.Type == api.OperationReplication {
		out.Definition = copyJSON{o.Destination.Region, o.Destination.Project, o.Accelerate, owner}
		return out
	}
	r := &o.Retention
	out.Definition = keepJSON{r.Max, r.Days, r.Permanent, r.Daily, r.Weekly, r.Monthly, r.Yearly, r.Zone, owner}
	return out
}

// csbsTime is a moment as CSBS writes it: without a zone, which would make one
// client fail.
func csbsTime(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02T15:04:05.000000")
}
