package api

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"switchboard/internal/api/connector"
)

// AuditedLink is a link as the audit log keeps it: of a secret, only that it is there
// and whether it was typed anew; of extended settings, which we cannot read, a digest.
//
// There is one such type for each kind of object. Audit entries, requests and what
// takes a change back all tell of an object by it; its JSON is stored for good.
type AuditedLink struct {
	Cluster   string            `json:"cluster"`
	Name      string            `json:"name"`
	Connector string            `json:"connector"`
	Enabled   bool              `json:"enabled"`
	Inputs    map[string]string `json:"inputs"`
	Secrets   map[string]bool   `json:"secrets"`
	Typed     []string          `json:"typed,omitempty"`
	Extended  string            `json:"extended,omitempty"`
	Check     Status            `json:"check,omitempty"`
}

// Audited is the link for the audit log, without its check, which comes and goes by
// itself.
func (l *Link) Audited() AuditedLink {
	return AuditedLink{
		Cluster: l.Cluster, Name: l.Name, Connector: l.Connector, Enabled: l.Enabled, Inputs: l.Inputs, Secrets: l.HasSecret,
		Extended: l.Extended.digest(),
	}
}

// audited is the link that the draft makes, out of a stored one or nil.
func (d *LinkDraft) audited(stored *Link) AuditedLink {
	inputs := d.Inputs
	if c := connector.Find(d.Connector); c != nil {
		inputs = c.Normalise(inputs)
	}
	secrets := map[string]bool{}
	if stored != nil && stored.Connector == d.Connector && d.SameDestination(stored) {
		maps.Copy(secrets, stored.HasSecret)
	}
	for path, secret := range d.Secrets {
		if secret.IsZero() {
			delete(secrets, path)
		} else {
			secrets[path] = true
		}
	}
	return AuditedLink{
		Cluster: d.Cluster, Name: d.Name, Connector: d.Connector, Enabled: d.Enabled, Inputs: inputs, Secrets: secrets,
		Typed: slices.Sorted(maps.Keys(d.Secrets)), Extended: d.Extended.digest(),
	}
}

// digest tells extended settings apart, which nobody can read.
func (x *Extended) digest() string {
	if x == nil {
		return ""
	}
	sum := sha256.Sum256([]byte(x.Name + "\x00" + x.Value))
	return hex.EncodeToString(sum[:8])
}

// Draft describes the link as it was, without its secrets and extended settings.
func (a *AuditedLink) Draft() LinkDraft {
	return LinkDraft{
		Cluster: a.Cluster, Name: a.Name, Connector: a.Connector, Enabled: a.Enabled, Inputs: a.Inputs, Secrets: map[string]Secret{},
	}
}

// Hidden are the paths of the secrets that the link had, sorted.
func (a *AuditedLink) Hidden() []string {
	return slices.Sorted(func(yield func(string) bool) {
		for path, had := range a.Secrets {
			if had && !yield(path) {
				return
			}
		}
	})
}
