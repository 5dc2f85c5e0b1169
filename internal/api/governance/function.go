package governance

import (
	"context"

	"switchboard/internal/api"
)

// ListFunctions implements api.Functions.
func (g *Service) ListFunctions(ctx context.Context, s api.Scope, q api.FunctionQuery) (api.Page[api.Function], error) {
	if err := see(s); err != nil {
		return api.Page[api.Function]{}, err
	}
	return g.next.ListFunctions(ctx, s, q)
}

// CountFunctions implements api.Functions.
func (g *Service) CountFunctions(ctx context.Context, s api.Scope, q api.FunctionQuery) (int, error) {
	if err := see(s); err != nil {
		return 0, err
	}
	return g.next.CountFunctions(ctx, s, q)
}

// Function implements api.Functions.
func (g *Service) Function(ctx context.Context, s api.Scope, id string) (api.Function, error) {
	if err := see(s); err != nil {
		return api.Function{}, err
	}
	return g.next.Function(ctx, s, id)
}

// FindFunction implements api.Functions.
func (g *Service) FindFunction(ctx context.Context, s api.Scope, pkg, name string) (api.Function, error) {
	if err := see(s); err != nil {
		return api.Function{}, err
	}
	return g.next.FindFunction(ctx, s, pkg, name)
}

// ValidateFunction implements api.Functions.
func (g *Service) ValidateFunction(ctx context.Context, s api.Scope, id string, d api.FunctionDraft) error {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return err
	}
	return g.next.ValidateFunction(ctx, s, id, d)
}

// CreateFunction implements api.Functions.
func (g *Service) CreateFunction(ctx context.Context, s api.Scope, d api.FunctionDraft) (api.Function, error) {
	if err := g.govern(ctx, s, api.CreateFunction{Draft: d}); err != nil {
		return api.Function{}, err
	}
	return g.next.CreateFunction(ctx, s, d)
}

// UpdateFunction implements api.Functions.
func (g *Service) UpdateFunction(ctx context.Context, s api.Scope, id string, d api.FunctionDraft, version int64) (api.Function, error) {
	if err := g.govern(ctx, s, api.UpdateFunction{ID: id, Draft: d, Version: version}); err != nil {
		return api.Function{}, err
	}
	return g.next.UpdateFunction(ctx, s, id, d, version)
}

// PatchFunction implements api.Functions.
func (g *Service) PatchFunction(ctx context.Context, s api.Scope, id string, patch func(d *api.FunctionDraft) error) (api.Function, error) {
	in, err := g.enter(ctx, s, api.RoleEditor)
	if err != nil {
		return api.Function{}, err
	}
	if !in.approves(api.UpdateFunction{ID: id}.About()) {
		return g.next.PatchFunction(ctx, s, id, patch)
	}
	stored, err := g.next.Function(ctx, s, id)
	if err != nil {
		return api.Function{}, err
	}
	d := stored.Draft()
	if err := patch(&d); err != nil {
		return api.Function{}, err
	}
	return api.Function{}, g.request(ctx, s, api.UpdateFunction{ID: id, Draft: d, Version: stored.Version})
}

// DeleteFunction implements api.Functions.
func (g *Service) DeleteFunction(ctx context.Context, s api.Scope, id string, version int64, confirm api.Confirmation) error {
	err := g.governConfirmed(ctx, s, api.DeleteFunction{ID: id, Version: version}, func() error {
		f, err := g.next.Function(ctx, s, id)
		if err != nil || f.Aliases == 0 {
			return err
		}
		return confirm.Refuse(f.Name, "functions.confirm_differs")
	})
	if err != nil {
		return err
	}
	return g.next.DeleteFunction(ctx, s, id, version, confirm)
}

// Versions implements api.Functions.
func (g *Service) Versions(ctx context.Context, s api.Scope, function string) ([]api.Version, error) {
	if err := see(s); err != nil {
		return nil, err
	}
	return g.next.Versions(ctx, s, function)
}

// Version implements api.Functions.
func (g *Service) Version(ctx context.Context, s api.Scope, function, name string) (api.Version, error) {
	if err := see(s); err != nil {
		return api.Version{}, err
	}
	return g.next.Version(ctx, s, function, name)
}

// ValidateVersion implements api.Functions.
func (g *Service) ValidateVersion(ctx context.Context, s api.Scope, function string, d api.VersionDraft) error {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return err
	}
	return g.next.ValidateVersion(ctx, s, function, d)
}

// PublishVersion implements api.Functions.
func (g *Service) PublishVersion(ctx context.Context, s api.Scope, function string, d api.VersionDraft) (api.Version, error) {
	if err := g.govern(ctx, s, api.PublishVersion{Function: function, Draft: d}); err != nil {
		return api.Version{}, err
	}
	return g.next.PublishVersion(ctx, s, function, d)
}

// SetUpstream implements api.Functions.
func (g *Service) SetUpstream(ctx context.Context, s api.Scope, function, version, upstream string) (api.Version, error) {
	if err := g.govern(ctx, s, api.SetUpstream{Function: function, Version: version, Upstream: upstream}); err != nil {
		return api.Version{}, err
	}
	return g.next.SetUpstream(ctx, s, function, version, upstream)
}

// DeleteVersion implements api.Functions.
func (g *Service) DeleteVersion(ctx context.Context, s api.Scope, function, name string, confirm api.Confirmation) error {
	err := g.governConfirmed(ctx, s, api.DeleteVersion{Function: function, Version: name}, func() error {
		v, err := g.next.Version(ctx, s, function, name)
		if err != nil || len(v.Main) == 0 {
			return err
		}
		return confirm.Refuse(name, "functions.confirm_version_differs")
	})
	if err != nil {
		return err
	}
	return g.next.DeleteVersion(ctx, s, function, name, confirm)
}
