package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"switchboard/internal/api/connector"
)

// linkView is a link as the audit log has it.
type linkView struct {
	Cluster   string            `json:"cluster"`
	Name      string            `json:"name"`
	Connector string            `json:"connector"`
	Enabled   bool              `json:"enabled"`
	Inputs    map[string]string `json:"inputs"`
	Secrets   map[string]bool   `json:"secrets"`
	Typed     []string          `json:"typed,omitempty"`
	Extended  string            `json:"extended,omitempty"`
}

func (l *Link) view() linkView {
	return linkView{l.Cluster, l.Name, l.Connector, l.Enabled, l.Inputs, l.HasSecret, nil, l.Extended.digest()}
}

// view is the link that the draft makes, out of a stored one or nil.
func (d *LinkDraft) view(stored *Link) linkView {
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
	return linkView{d.Cluster, d.Name, d.Connector, d.Enabled, inputs, secrets, slices.Sorted(maps.Keys(d.Secrets)), d.Extended.digest()}
}

// digest tells extended settings apart, which nobody can read.
func (x *Extended) digest() string {
	if x == nil {
		return ""
	}
	sum := sha256.Sum256([]byte(x.Name + "\x00" + x.Value))
	return hex.EncodeToString(sum[:8])
}

// Plan implements Deed.
func (d CreateLink) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	if err := to.ValidateLink(ctx, s, d.Draft); err != nil {
		return Plan{}, err
	}
	plan := Plan{Deed: d, About: d.About()}
	if d.Draft.From == "" {
		plan.After = d.Draft.view(nil)
		return plan, nil
	}
	from, err := to.Link(ctx, s, d.Draft.From)
	plan.After, plan.State = d.Draft.view(&from), seen(from.view(), from.Version)
	return plan, err
}

// Plan implements Deed.
func (d UpdateLink) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	stored, err := to.Link(ctx, s, d.Draft.ID)
	if err != nil {
		return Plan{}, err
	}
	if err := bind(&d.Draft.Version, stored.Version, stored.Updated); err != nil {
		return Plan{}, err
	}
	before := stored.view()
	plan := Plan{Deed: d, About: d.About(), Before: before, After: d.Draft.view(&stored), State: seen(before, stored.Version)}
	return plan, to.ValidateLink(ctx, s, d.Draft)
}

// Plan implements Deed.
func (d EnableLink) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	stored, err := to.Link(ctx, s, d.ID)
	before := stored.view()
	after := before
	after.Enabled = d.Enabled
	return Plan{Deed: d, About: d.About().named(stored.Name), Before: before, After: after, State: seen(before, stored.Version)}, err
}

// Plan implements Deed.
func (d DeleteLink) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	stored, err := to.Link(ctx, s, d.ID)
	if err == nil {
		err = bind(&d.Version, stored.Version, stored.Updated)
	}
	before := stored.view()
	return Plan{Deed: d, About: d.About().named(stored.Name), Before: before, State: seen(before, stored.Version)}, err
}

// named is what a deed is about, once its object's name was looked up.
func (a About) named(name string) About {
	a.Name = name
	return a
}
