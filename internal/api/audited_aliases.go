package api

import "switchboard/internal/api/routing"

// AuditedAlias is an alias as the audit log keeps it, in the dialect's words: all of
// it, because it is brought back from there.
type AuditedAlias struct {
	Function    string                     `json:"function"` // package:name
	Name        string                     `json:"name"`
	Version     string                     `json:"version"`
	Description string                     `json:"description"`
	Weights     map[string]int             `json:"additional_version_weights,omitempty"`
	Strategy    map[string]AuditedStrategy `json:"additional_version_strategy,omitempty"`
	Sticky      routing.Source             `json:"sticky,omitzero"`
	Ramp        *AuditedRamp               `json:"ramp,omitempty"`
}

// AuditedStrategy is by which rules requests go to an additional version.
type AuditedStrategy struct {
	Combine routing.Combine `json:"combine_type"`
	Rules   []routing.Rule  `json:"rules"`
}

// AuditedRamp is a ramp as the audit log keeps it, with the alias.
type AuditedRamp struct {
	Additional string            `json:"additional"`
	State      RampState         `json:"state"`
	Step       int               `json:"step"` // from 1
	Steps      []AuditedRampStep `json:"steps"`
	Promote    bool              `json:"promote"`
	Message    Message           `json:"message,omitzero"`
}

// AuditedRampStep is a step of a ramp; Hold is a Go duration, or empty.
type AuditedRampStep struct {
	Percent int    `json:"percent"`
	Hold    string `json:"hold,omitempty"`
}

// Audited is the alias for the audit log, without its ramp.
func (a *Alias) Audited() AuditedAlias {
	audited := AuditedAlias{Function: a.Function.Package + ":" + a.Function.Name, Name: a.Name, Description: a.Description}
	audited.lead(a.Route)
	return audited
}

// lead says where the alias leads to.
func (a *AuditedAlias) lead(r routing.Route) {
	a.Version, a.Weights, a.Strategy, a.Sticky = r.Main, nil, nil, r.Sticky
	switch {
	case r.Additional == "":
	case len(r.Rules) > 0:
		a.Strategy = map[string]AuditedStrategy{r.Additional: {r.Combine, r.Rules}}
	default:
		a.Weights = map[string]int{r.Additional: r.Weight}
	}
}

// Draft would bring the alias back as it was.
func (a *AuditedAlias) Draft() AliasDraft {
	route := routing.Route{Main: a.Version, Sticky: a.Sticky}
	for version, weight := range a.Weights {
		route.Additional, route.Weight = version, weight
	}
	for version, s := range a.Strategy {
		route.Additional, route.Rules, route.Combine = version, s.Rules, s.Combine
	}
	return DraftOf(a.Name, a.Description, route)
}

// Audited is the ramp for the audit log.
func (r *Ramp) Audited() *AuditedRamp {
	audited := &AuditedRamp{Additional: r.Additional, State: r.State, Step: r.At + 1, Promote: r.Promote, Message: r.Message}
	for _, step := range r.Steps {
		s := AuditedRampStep{Percent: step.Percent}
		if step.Hold > 0 {
			s.Hold = step.Hold.String()
		}
		audited.Steps = append(audited.Steps, s)
	}
	return audited
}
