package api

import (
	"context"
	"slices"
	"strings"
)

// AddPermissions adds entries to a whitelist.
type AddPermissions struct {
	Service string
	Batch   PermissionBatch
	// Made are the entries as the region has them, in the deed as it is made there; those
	// that were there before are left out.
	Made []Permission `json:"-"`
}

// About implements Deed.
func (d AddPermissions) About() About {
	return About{Kind: KindPermission, Action: addition(d.Batch.Entries), ID: d.Service}
}

// Do implements Deed.
func (d AddPermissions) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.AddPermissions(ctx, s, d.Service, d.Batch)
	return err
}

// OpenToEveryone lets every account connect to a service.
type OpenToEveryone struct {
	Service string
	Draft   EveryoneDraft
	Made    *Permission `json:"-"` // as in AddPermissions; nil if it was there before
}

// About implements Deed.
func (d OpenToEveryone) About() About {
	return About{Kind: KindPermission, Action: ActionEveryone, ID: d.Service}
}

// Do implements Deed.
func (d OpenToEveryone) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.OpenToEveryone(ctx, s, d.Service, d.Draft)
	return err
}

// ChangePermission changes an entry of a whitelist.
type ChangePermission struct {
	Service, ID string
	Change      PermissionChange
}

// About implements Deed.
func (d ChangePermission) About() About {
	return About{Kind: KindPermission, Action: ActionUpdate, ID: d.Service}
}

// Do implements Deed.
func (d ChangePermission) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.ChangePermission(ctx, s, d.Service, d.ID, d.Change)
	return err
}

// RemovePermissions removes entries of a whitelist.
type RemovePermissions struct {
	Service string
	Removal PermissionRemoval
	// Expired says that their time is over: here nothing finds them any more.
	Expired bool `json:"-"`
}

// About implements Deed.
func (d RemovePermissions) About() About {
	return About{Kind: KindPermission, Action: ActionDelete, ID: d.Service}
}

// Do implements Deed.
func (d RemovePermissions) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.RemovePermissions(ctx, s, d.Service, d.Removal)
	return err
}

// StartAddition adds many entries to a whitelist.
type StartAddition struct {
	Service string
	Drafts  []PermissionDraft
}

// About implements Deed.
func (d StartAddition) About() About {
	return About{Kind: KindPermission, Action: addition(d.Drafts), ID: d.Service}
}

// Do implements Deed.
func (d StartAddition) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.StartAddition(ctx, s, d.Service, d.Drafts)
	return err
}

// addition is what it is to add the entries. That Everyone is among them counts
// for more than the others.
func addition(drafts []PermissionDraft) Action {
	if slices.ContainsFunc(drafts, func(d PermissionDraft) bool { return strings.TrimSpace(d.Permission) == Everyone }) {
		return ActionEveryone
	}
	return ActionCreate
}
