package wire

import (
	"encoding/json"
	"slices"

	"switchboard/internal/api"
)

// operationBody is something that a policy does on a schedule. Updates of some
// clients leave out what does not change.
type operationBody struct {
	ID          string             `json:"id,omitempty"`
	Name        *string            `json:"name,omitempty"`
	Description *string            `json:"description,omitempty"`
	Enabled     *bool              `json:"enabled,omitempty"`
	Type        *api.OperationType `json:"operation_type,omitempty"`
	Definition  definitionBody     `json:"operation_definition"`
	Trigger     triggerBody        `json:"trigger"`
}

// triggerBody says when, in iCalendar.
type triggerBody struct {
	Properties propertiesBody `json:"properties"`
}

type propertiesBody struct {
	Pattern string `json:"pattern"`
}

// definitionBody holds numbers and booleans typed or as texts: documents have
// both (spec/replication.md §2). plan_id and provider_id are ours to say.
type definitionBody struct {
	Max        json.RawMessage `json:"max_backups,omitempty"`
	Days       json.RawMessage `json:"retention_duration_days,omitempty"`
	Permanent  json.RawMessage `json:"permanent,omitempty"`
	Daily      json.RawMessage `json:"day_backups,omitempty"`
	Weekly     json.RawMessage `json:"week_backups,omitempty"`
	Monthly    json.RawMessage `json:"month_backups,omitempty"`
	Yearly     json.RawMessage `json:"year_backups,omitempty"`
	Zone       *string         `json:"timezone,omitempty"`
	Region     *string         `json:"destination_region,omitempty"`
	Project    *string         `json:"destination_project_id,omitempty"`
	Accelerate json.RawMessage `json:"enable_acceleration,omitempty"`
}

func (b *operationBody) apply(d *api.OperationDraft, at string) error {
	d.ID = b.ID
	set(&d.Type, b.Type)
	set(&d.Name, b.Name)
	set(&d.Description, b.Description)
	set(&d.Enabled, b.Enabled)
	if pattern := b.Trigger.Properties.Pattern; pattern != "" || d.ID == "" {
		d.Pattern = pattern
	}
	return b.Definition.apply(d, below(at, "operation_definition"))
}

// apply puts what the definition says into the draft. How long backups are kept is
// one thing: if any of it is sent, what is not sent is none.
func (b *definitionBody) apply(d *api.OperationDraft, at string) (err error) {
	set(&d.Region, b.Region)
	set(&d.Project, b.Project)
	if !isNull(b.Accelerate) {
		if d.Accelerate, err = readBool(b.Accelerate, below(at, "enable_acceleration")); err != nil {
			return err
		}
	}
	numbers := []struct {
		name string
		text json.RawMessage
		into *string
	}{
		{"max_backups", b.Max, &d.Max},
		{"retention_duration_days", b.Days, &d.Days},
		{"day_backups", b.Daily, &d.Daily},
		{"week_backups", b.Weekly, &d.Weekly},
		{"month_backups", b.Monthly, &d.Monthly},
		{"year_backups", b.Yearly, &d.Yearly},
	}
	retained := []json.RawMessage{b.Max, b.Days, b.Permanent, b.Daily, b.Weekly, b.Monthly, b.Yearly}
	if b.Zone == nil && !slices.ContainsFunc(retained, func(text json.RawMessage) bool { return !isNull(text) }) {
		return nil
	}
	for _, n := range numbers {
		if *n.into, err = readTyped(n.text, below(at, n.name)); err != nil {
			return err
		}
	}
	d.Zone = ""
	set(&d.Zone, b.Zone)
	d.Permanent, err = readBool(b.Permanent, below(at, "permanent"))
	return err
}

// readTyped reads a number, or a text that should hold one; which numbers may be is
// the service's to say.
func readTyped(text json.RawMessage, at string) (typed string, err error) {
	switch {
	case isNull(text):
		return "", nil
	case text[0] == '"':
		return typed, decode(text, &typed, at)
	case text[0] == '{', text[0] == '[', text[0] == 't', text[0] == 'f':
		return "", wrongType(at, "number")
	}
	return string(text), nil
}

// readBool reads a boolean, or a text that holds one; none is false.
func readBool(text json.RawMessage, at string) (bool, error) {
	switch string(text) {
	case "true", `"true"`:
		return true, nil
	case "", "null", "false", `"false"`, `""`:
		return false, nil
	}
	return false, wrongType(at, "boolean")
}
