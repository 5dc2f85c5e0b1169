package api

import "context"

// CreateRegion stores a region.
type CreateRegion struct {
	Draft RegionDraft
}

// About implements Deed.
func (d CreateRegion) About() About {
	return About{Kind: KindRegion, Action: ActionCreate, ID: d.Draft.Name, Name: d.Draft.Name}
}

// Do implements Deed.
func (d CreateRegion) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.CreateRegion(ctx, s, d.Draft)
	return err
}

func (d CreateRegion) apart() (Deed, map[string]Secret) {
	secrets := take(&d.Draft.Secret)
	return d, secrets
}

func (d CreateRegion) with(secrets map[string]Secret) Deed {
	d.Draft.Secret = secrets[secretPath]
	return d
}

// UpdateRegion replaces where the objects of a region are.
type UpdateRegion struct {
	Name    string
	Draft   RegionDraft
	Version int64
}

// About implements Deed.
func (d UpdateRegion) About() About {
	return About{Kind: KindRegion, Action: ActionUpdate, ID: d.Name, Name: d.Name}
}

// Do implements Deed.
func (d UpdateRegion) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.UpdateRegion(ctx, s, d.Name, d.Draft, d.Version)
	return err
}

func (d UpdateRegion) apart() (Deed, map[string]Secret) {
	secrets := take(&d.Draft.Secret)
	return d, secrets
}

func (d UpdateRegion) with(secrets map[string]Secret) Deed {
	d.Draft.Secret = secrets[secretPath]
	return d
}

// DeleteRegion removes a region.
type DeleteRegion struct {
	Name    string
	Version int64
}

// About implements Deed.
func (d DeleteRegion) About() About {
	return About{Kind: KindRegion, Action: ActionDelete, ID: d.Name, Name: d.Name}
}

// Do implements Deed.
func (d DeleteRegion) Do(ctx context.Context, to Service, s Scope) error {
	return to.DeleteRegion(ctx, s, d.Name, d.Version)
}

// secretPath is where a draft's only secret stands among the secrets.
const secretPath = "secret"

// take returns a secret, if there is one, and leaves none.
func take(secret *Secret) map[string]Secret {
	if secret.IsZero() {
		return nil
	}
	taken := map[string]Secret{secretPath: *secret}
	*secret = Secret{}
	return taken
}
