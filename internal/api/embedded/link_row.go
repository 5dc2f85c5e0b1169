package embedded

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/store"
)

// linkRow is a link as it is stored.
type linkRow struct {
	bun.BaseModel `bun:"table:links"`

	ID        string `bun:"id,pk"`
	ProjectID string
	Cluster   string
	Name      string
	Connector string
	Endpoint  string
	Enabled   bool
	Inputs    string
	Sealed    string
	Secrets   string
	Extended  string
	CreatedAt int64
	CreatedBy string
	UpdatedAt int64
	UpdatedBy string
	Version   int64

	watched
}

// row makes the row of a judged draft; the caller fills in creation and version.
func (w *work) row(p *Plane, id string, s api.Scope, check api.Check, now time.Time) *linkRow {
	d := &w.draft
	row := &linkRow{
		ID: id, ProjectID: s.Project, Cluster: d.Cluster, Name: d.Name, Connector: d.Connector,
		Endpoint: connector.Find(d.Connector).Endpoint(d.Inputs), Enabled: d.Enabled, Inputs: encode(d.Inputs),
		UpdatedAt: store.Micros(now), UpdatedBy: s.Actor.User,
		watched: watched{CheckStatus: string(check.Status), CheckedAt: store.Micros(check.At), CheckJSON: encode(check)},
	}
	if d.Extended != nil {
		row.Extended = encode(d.Extended)
	}
	row.seal(p.keys, w.secrets)
	return row
}

// place binds sealed secrets to their row: copied to another, they stay shut.
func (r *linkRow) place() string { return "link/" + r.ID }

func (r *linkRow) seal(keys *keyring.Ring, secrets map[string]api.Secret) {
	if len(secrets) == 0 {
		return
	}
	texts := make(map[string]string, len(secrets))
	for path, secret := range secrets {
		texts[path] = secret.Reveal()
	}
	r.Sealed = keys.Seal(r.place(), encode(texts))
	r.Secrets = encode(slices.Sorted(maps.Keys(secrets)))
}

func (r *linkRow) open(keys *keyring.Ring) (map[string]api.Secret, error) {
	secrets := map[string]api.Secret{}
	if r.Sealed == "" {
		return secrets, nil
	}
	text, err := keys.Open(r.place(), r.Sealed)
	if err != nil {
		return nil, fmt.Errorf("secrets of link %s: %w", r.ID, err)
	}
	var texts map[string]string
	if err := json.Unmarshal([]byte(text), &texts); err != nil {
		return nil, fmt.Errorf("secrets of link %s cannot be read", r.ID)
	}
	for path, text := range texts {
		secrets[path] = api.NewSecret(text)
	}
	return secrets, nil
}

// link is the row as the domain knows it. The JSON columns are our own writing.
func (r *linkRow) link() api.Link {
	link := api.Link{
		ID: r.ID, Cluster: r.Cluster, Name: r.Name, Connector: r.Connector, Endpoint: r.Endpoint, Enabled: r.Enabled,
		Inputs: map[string]string{}, HasSecret: map[string]bool{},
		Created: api.Stamp{At: store.Time(r.CreatedAt), By: r.CreatedBy},
		Updated: api.Stamp{At: store.Time(r.UpdatedAt), By: r.UpdatedBy},
		Version: r.Version, Check: r.check(), Health: r.pulse(),
	}
	decode(r.Inputs, &link.Inputs)
	var paths []string
	decode(r.Secrets, &paths)
	for _, path := range paths {
		link.HasSecret[path] = true
	}
	decode(r.Extended, &link.Extended)
	return link
}

// decode reads a JSON column; an empty one leaves v as it is.
func decode(column string, v any) {
	if column == "" {
		return
	}
	if err := json.Unmarshal([]byte(column), v); err != nil {
		panic(fmt.Sprintf("embedded: a stored JSON column is broken: %v", err))
	}
}

// audited is a link for the audit log, with the secrets that were typed anew.
func audited(l api.Link, typed map[string]api.Secret) api.AuditedLink {
	a := l.Audited()
	a.Typed = slices.Sorted(maps.Keys(typed))
	if l.Check != nil {
		a.Check = l.Check.Status
	}
	return a
}
