package api

import (
	"context"
	"encoding/json"
	"maps"
)

// CreateLink stores a link. In data, what its extended settings say counts as a
// secret: nobody can read it.
type CreateLink struct {
	Draft LinkDraft
	Depth Depth
	// ID is what the backend calls it, in the deed as it is made.
	ID string `json:"-"`
}

// About implements Deed.
func (d CreateLink) About() About {
	return About{Kind: KindLink, Action: ActionCreate, Name: d.Draft.Name}
}

// Do implements Deed.
func (d CreateLink) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.CreateLink(ctx, s, d.Draft, d.Depth)
	return err
}

func (d CreateLink) apart() (Deed, map[string]Secret) {
	secrets := d.Draft.takeSecrets()
	return d, secrets
}

func (d CreateLink) with(secrets map[string]Secret) Deed {
	d.Draft.putSecrets(secrets)
	return d
}

// UpdateLink replaces a link.
type UpdateLink struct {
	Draft LinkDraft
	Depth Depth
}

// About implements Deed.
func (d UpdateLink) About() About {
	return About{Kind: KindLink, Action: ActionUpdate, ID: d.Draft.ID, Name: d.Draft.Name}
}

// Do implements Deed.
func (d UpdateLink) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.UpdateLink(ctx, s, d.Draft, d.Depth)
	return err
}

func (d UpdateLink) apart() (Deed, map[string]Secret) {
	secrets := d.Draft.takeSecrets()
	return d, secrets
}

func (d UpdateLink) with(secrets map[string]Secret) Deed {
	d.Draft.putSecrets(secrets)
	return d
}

// extendedPath is where the extended settings stand among the secrets.
const extendedPath = "extended-configs"

// takeSecrets returns the draft's secrets, which it is left without.
func (d *LinkDraft) takeSecrets() map[string]Secret {
	secrets := maps.Clone(d.Secrets)
	d.Secrets = nil
	if d.Extended != nil {
		if secrets == nil {
			secrets = map[string]Secret{}
		}
		text, _ := json.Marshal(d.Extended) // two strings
		secrets[extendedPath], d.Extended = NewSecret(string(text)), nil
	}
	return secrets
}

func (d *LinkDraft) putSecrets(secrets map[string]Secret) {
	d.Secrets = maps.Clone(secrets)
	if text, there := secrets[extendedPath]; there {
		delete(d.Secrets, extendedPath)
		d.Extended = new(Extended)
		_ = json.Unmarshal([]byte(text.Reveal()), d.Extended) // as takeSecrets wrote it
	}
}

// EnableLink allows jobs to use a link, or forbids it.
type EnableLink struct {
	ID      string
	Enabled bool
}

// About implements Deed.
func (d EnableLink) About() About { return About{Kind: KindLink, Action: ActionUpdate, ID: d.ID} }

// Do implements Deed.
func (d EnableLink) Do(ctx context.Context, to Service, s Scope) error {
	return to.EnableLink(ctx, s, d.ID, d.Enabled)
}

// DeleteLink removes a link.
type DeleteLink struct {
	ID      string
	Version int64
}

// About implements Deed.
func (d DeleteLink) About() About { return About{Kind: KindLink, Action: ActionDelete, ID: d.ID} }

// Do implements Deed.
func (d DeleteLink) Do(ctx context.Context, to Service, s Scope) error {
	return to.DeleteLink(ctx, s, d.ID, d.Version)
}
