package api

// AuditedBackend is where a project lives as the audit log keeps it: of the secret, only
// that it is there and whether it was typed anew.
type AuditedBackend struct {
	Kind      BackendKind       `json:"kind"`
	Cloud     string            `json:"cloud,omitempty"`
	Region    string            `json:"region,omitempty"`
	Project   string            `json:"project,omitempty"`
	Base      string            `json:"base,omitempty"`
	Endpoints map[string]string `json:"endpoints,omitempty"`
	Access    string            `json:"access,omitempty"`
	Domain    string            `json:"domain,omitempty"`
	User      string            `json:"user,omitempty"`
	Secret    bool              `json:"secret,omitempty"`
	Typed     bool              `json:"secret_typed,omitempty"`
	Check     Status            `json:"check,omitempty"`
}

// Audited is the backend for the audit log.
func (b *Backend) Audited() AuditedBackend {
	a := AuditedBackend{
		Kind: b.Kind, Cloud: b.Cloud, Region: b.Region, Project: b.Project, Base: b.Base, Endpoints: b.Endpoints,
		Access: b.Access, Domain: b.Domain, User: b.User, Secret: b.HasSecret,
	}
	if b.Check != nil {
		a.Check = b.Check.Status
	}
	return a
}
