package api

import "context"

// CreateAlias stores an alias.
type CreateAlias struct {
	Function string
	Draft    AliasDraft
	// ID is ours, in the deed as it is made.
	ID string `json:"-"`
}

// About implements Deed.
func (d CreateAlias) About() About {
	return About{Kind: KindAlias, Action: ActionCreate, Name: d.Draft.Name}
}

// Do implements Deed.
func (d CreateAlias) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.CreateAlias(ctx, s, d.Function, d.Draft)
	return err
}

// UpdateAlias replaces where an alias leads to.
type UpdateAlias struct {
	ID      string
	Draft   AliasDraft
	Version int64
}

// About implements Deed.
func (d UpdateAlias) About() About {
	return About{Kind: KindAlias, Action: ActionUpdate, ID: d.ID, Name: d.Draft.Name}
}

// Do implements Deed.
func (d UpdateAlias) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.UpdateAlias(ctx, s, d.ID, d.Draft, d.Version)
	return err
}

// PromoteAlias makes the additional version the main one.
type PromoteAlias struct {
	ID      string
	Version int64
}

// About implements Deed.
func (d PromoteAlias) About() About {
	return About{Kind: KindAlias, Action: ActionUpdate, ID: d.ID}
}

// Do implements Deed.
func (d PromoteAlias) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.PromoteAlias(ctx, s, d.ID, d.Version)
	return err
}

// AbortAlias sends everything to the main version again.
type AbortAlias struct {
	ID      string
	Version int64
}

// About implements Deed.
func (d AbortAlias) About() About {
	return About{Kind: KindAlias, Action: ActionUpdate, ID: d.ID}
}

// Do implements Deed.
func (d AbortAlias) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.AbortAlias(ctx, s, d.ID, d.Version)
	return err
}

// DeleteAlias removes an alias.
type DeleteAlias struct {
	ID      string
	Version int64
}

// About implements Deed.
func (d DeleteAlias) About() About {
	return About{Kind: KindAlias, Action: ActionDelete, ID: d.ID}
}

// Do implements Deed.
func (d DeleteAlias) Do(ctx context.Context, to Service, s Scope) error {
	return to.DeleteAlias(ctx, s, d.ID, d.Version)
}

// StartRamp shifts the weight of an alias in steps.
type StartRamp struct {
	Alias   string
	Draft   RampDraft
	Version int64
}

// About implements Deed.
func (d StartRamp) About() About {
	return About{Kind: KindAlias, Action: ActionUpdate, ID: d.Alias}
}

// Do implements Deed.
func (d StartRamp) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.StartRamp(ctx, s, d.Alias, d.Draft, d.Version)
	return err
}
