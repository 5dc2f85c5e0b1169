package governance

import (
	"context"

	"switchboard/internal/api"
)

// ListPermissions implements api.Whitelist.
func (g *Service) ListPermissions(ctx context.Context, s api.Scope, service string, q api.PermissionQuery) (api.Page[api.Permission], error) {
	if err := see(s); err != nil {
		return api.Page[api.Permission]{}, err
	}
	return g.next.ListPermissions(ctx, s, service, q)
}

// CountPermissions implements api.Whitelist.
func (g *Service) CountPermissions(ctx context.Context, s api.Scope, service string, q api.PermissionQuery) (int, error) {
	if err := see(s); err != nil {
		return 0, err
	}
	return g.next.CountPermissions(ctx, s, service, q)
}

// Permission implements api.Whitelist.
func (g *Service) Permission(ctx context.Context, s api.Scope, service, id string) (api.Permission, error) {
	if err := see(s); err != nil {
		return api.Permission{}, err
	}
	return g.next.Permission(ctx, s, service, id)
}

// JudgePermissions implements api.Whitelist.
func (g *Service) JudgePermissions(ctx context.Context, s api.Scope, service string, drafts []api.PermissionDraft) ([]api.Verdict, error) {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return nil, err
	}
	return g.next.JudgePermissions(ctx, s, service, drafts)
}

// AddPermissions implements api.Whitelist.
func (g *Service) AddPermissions(ctx context.Context, s api.Scope, service string, b api.PermissionBatch) ([]api.Permission, error) {
	if err := g.govern(ctx, s, api.AddPermissions{Service: service, Batch: b}); err != nil {
		return nil, err
	}
	return g.next.AddPermissions(ctx, s, service, b)
}

// OpenToEveryone implements api.Whitelist.
func (g *Service) OpenToEveryone(ctx context.Context, s api.Scope, service string, d api.EveryoneDraft) (api.Permission, error) {
	if err := g.govern(ctx, s, api.OpenToEveryone{Service: service, Draft: d}); err != nil {
		return api.Permission{}, err
	}
	return g.next.OpenToEveryone(ctx, s, service, d)
}

// ChangePermission implements api.Whitelist.
func (g *Service) ChangePermission(ctx context.Context, s api.Scope, service, id string, c api.PermissionChange) (api.Permission, error) {
	if err := g.govern(ctx, s, api.ChangePermission{Service: service, ID: id, Change: c}); err != nil {
		return api.Permission{}, err
	}
	return g.next.ChangePermission(ctx, s, service, id, c)
}

// RemovePermissions implements api.Whitelist.
func (g *Service) RemovePermissions(ctx context.Context, s api.Scope, service string, r api.PermissionRemoval) ([]api.Permission, error) {
	if err := g.govern(ctx, s, api.RemovePermissions{Service: service, Removal: r}); err != nil {
		return nil, err
	}
	return g.next.RemovePermissions(ctx, s, service, r)
}

// WhoMayConnect implements api.Whitelist.
func (g *Service) WhoMayConnect(ctx context.Context, s api.Scope, service, account string) (api.Access, error) {
	if err := see(s); err != nil {
		return api.Access{}, err
	}
	return g.next.WhoMayConnect(ctx, s, service, account)
}

// StartAddition implements api.Whitelist.
func (g *Service) StartAddition(ctx context.Context, s api.Scope, service string, drafts []api.PermissionDraft) (api.Addition, error) {
	if err := g.govern(ctx, s, api.StartAddition{Service: service, Drafts: drafts}); err != nil {
		return api.Addition{}, err
	}
	return g.next.StartAddition(ctx, s, service, drafts)
}

// Addition implements api.Whitelist.
func (g *Service) Addition(ctx context.Context, s api.Scope, service, id string) (api.Addition, error) {
	if err := see(s); err != nil {
		return api.Addition{}, err
	}
	return g.next.Addition(ctx, s, service, id)
}

// Additions implements api.Whitelist.
func (g *Service) Additions(ctx context.Context, s api.Scope, service string, limit int) ([]api.Addition, error) {
	if err := see(s); err != nil {
		return nil, err
	}
	return g.next.Additions(ctx, s, service, limit)
}

// CancelAddition implements api.Whitelist.
func (g *Service) CancelAddition(ctx context.Context, s api.Scope, service, id string) error {
	if err := g.act(ctx, s, api.RoleEditor); err != nil {
		return err
	}
	return g.next.CancelAddition(ctx, s, service, id)
}
