package api

import (
	"context"
	"encoding/base64"
)

// CreateFunction stores a function. In data, its code goes with the secrets: it is
// no text, and may be long.
type CreateFunction struct {
	Draft FunctionDraft
	// ID is ours, in the deed as it is made.
	ID string `json:"-"`
}

// About implements Deed.
func (d CreateFunction) About() About {
	return About{Kind: KindFunction, Action: ActionCreate, Name: d.Draft.Name}
}

// Do implements Deed.
func (d CreateFunction) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.CreateFunction(ctx, s, d.Draft)
	return err
}

func (d CreateFunction) apart() (Deed, map[string]Secret) {
	secrets := d.Draft.takeFile()
	return d, secrets
}

func (d CreateFunction) with(secrets map[string]Secret) Deed {
	d.Draft.putFile(secrets)
	return d
}

// UpdateFunction replaces what LatestVersion of a function is.
type UpdateFunction struct {
	ID      string
	Draft   FunctionDraft
	Version int64
}

// About implements Deed.
func (d UpdateFunction) About() About {
	return About{Kind: KindFunction, Action: ActionUpdate, ID: d.ID, Name: d.Draft.Name}
}

// Do implements Deed.
func (d UpdateFunction) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.UpdateFunction(ctx, s, d.ID, d.Draft, d.Version)
	return err
}

func (d UpdateFunction) apart() (Deed, map[string]Secret) {
	secrets := d.Draft.takeFile()
	return d, secrets
}

func (d UpdateFunction) with(secrets map[string]Secret) Deed {
	d.Draft.putFile(secrets)
	return d
}

// filePath is where a function's code stands among the secrets.
const filePath = "func_code"

// takeFile returns the draft's code, which it is left without.
func (d *FunctionDraft) takeFile() map[string]Secret {
	if d.File == nil {
		return nil
	}
	file := NewSecret(base64.StdEncoding.EncodeToString(d.File))
	d.File = nil
	return map[string]Secret{filePath: file}
}

func (d *FunctionDraft) putFile(secrets map[string]Secret) {
	if file, there := secrets[filePath]; there {
		d.File, _ = base64.StdEncoding.DecodeString(file.Reveal()) // as takeFile wrote it
	}
}

// DeleteFunction removes a function with its versions, aliases and ramps.
type DeleteFunction struct {
	ID      string
	Version int64
}

// About implements Deed.
func (d DeleteFunction) About() About {
	return About{Kind: KindFunction, Action: ActionDelete, ID: d.ID}
}

// Do implements Deed.
func (d DeleteFunction) Do(ctx context.Context, to Service, s Scope) error {
	return to.DeleteFunction(ctx, s, d.ID, d.Version, Confirmation{})
}

// PublishVersion keeps what a function is now under a name of its own.
type PublishVersion struct {
	Function string
	Draft    VersionDraft
}

// About implements Deed.
func (d PublishVersion) About() About {
	return About{Kind: KindFunction, Action: ActionUpdate, ID: d.Function}
}

// Do implements Deed.
func (d PublishVersion) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.PublishVersion(ctx, s, d.Function, d.Draft)
	return err
}

// SetUpstream says where invocations of a version go.
type SetUpstream struct {
	Function, Version, Upstream string
}

// About implements Deed.
func (d SetUpstream) About() About {
	return About{Kind: KindFunction, Action: ActionUpdate, ID: d.Function}
}

// Do implements Deed.
func (d SetUpstream) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.SetUpstream(ctx, s, d.Function, d.Version, d.Upstream)
	return err
}

// DeleteVersion removes a version, and the aliases whose main version it is.
type DeleteVersion struct {
	Function, Version string
}

// About implements Deed.
func (d DeleteVersion) About() About {
	return About{Kind: KindFunction, Action: ActionDelete, ID: d.Function}
}

// Do implements Deed.
func (d DeleteVersion) Do(ctx context.Context, to Service, s Scope) error {
	return to.DeleteVersion(ctx, s, d.Function, d.Version, Confirmation{})
}
