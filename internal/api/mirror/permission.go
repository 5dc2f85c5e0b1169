package mirror

import (
	"context"

	"switchboard/internal/api"
)

// ListPermissions implements api.Whitelist.
func (m *Service) ListPermissions(ctx context.Context, s api.Scope, service string, q api.PermissionQuery) (api.Page[api.Permission], error) {
	if err := m.freshService(ctx, s, service, api.KindPermission); err != nil {
		return api.Page[api.Permission]{}, err
	}
	return m.plane.ListPermissions(ctx, s, service, q)
}

// CountPermissions implements api.Whitelist.
func (m *Service) CountPermissions(ctx context.Context, s api.Scope, service string, q api.PermissionQuery) (int, error) {
	if err := m.freshService(ctx, s, service, api.KindPermission); err != nil {
		return 0, err
	}
	return m.plane.CountPermissions(ctx, s, service, q)
}

// Permission implements api.Whitelist.
func (m *Service) Permission(ctx context.Context, s api.Scope, service, id string) (api.Permission, error) {
	if err := m.freshService(ctx, s, service, api.KindPermission); err != nil {
		return api.Permission{}, err
	}
	return m.plane.Permission(ctx, s, service, id)
}

// JudgePermissions implements api.Whitelist.
func (m *Service) JudgePermissions(ctx context.Context, s api.Scope, service string, drafts []api.PermissionDraft) ([]api.Verdict, error) {
	if err := m.freshService(ctx, s, service, api.KindPermission); err != nil {
		return nil, err
	}
	return m.plane.JudgePermissions(ctx, s, service, drafts)
}

// WhoMayConnect implements api.Whitelist.
func (m *Service) WhoMayConnect(ctx context.Context, s api.Scope, service, account string) (api.Access, error) {
	if err := m.freshService(ctx, s, service, api.KindPermission); err != nil {
		return api.Access{}, err
	}
	return m.plane.WhoMayConnect(ctx, s, service, account)
}

// AddPermissions implements api.Whitelist. Entries that somebody added over there
// meanwhile are seen when the region refuses them.
func (m *Service) AddPermissions(ctx context.Context, s api.Scope, service string, b api.PermissionBatch) ([]api.Permission, error) {
	return again(ctx, m, s, service, api.KindPermission, func() ([]api.Permission, error) { return m.plane.AddPermissions(ctx, s, service, b) })
}

// OpenToEveryone implements api.Whitelist.
func (m *Service) OpenToEveryone(ctx context.Context, s api.Scope, service string, d api.EveryoneDraft) (api.Permission, error) {
	return again(ctx, m, s, service, api.KindPermission, func() (api.Permission, error) { return m.plane.OpenToEveryone(ctx, s, service, d) })
}

// ChangePermission implements api.Whitelist.
func (m *Service) ChangePermission(ctx context.Context, s api.Scope, service, id string, c api.PermissionChange) (api.Permission, error) {
	return again(ctx, m, s, service, api.KindPermission, func() (api.Permission, error) { return m.plane.ChangePermission(ctx, s, service, id, c) })
}

// RemovePermissions implements api.Whitelist.
func (m *Service) RemovePermissions(ctx context.Context, s api.Scope, service string, r api.PermissionRemoval) ([]api.Permission, error) {
	return again(ctx, m, s, service, api.KindPermission, func() ([]api.Permission, error) { return m.plane.RemovePermissions(ctx, s, service, r) })
}

// StartAddition implements api.Whitelist.
func (m *Service) StartAddition(ctx context.Context, s api.Scope, service string, drafts []api.PermissionDraft) (api.Addition, error) {
	return again(ctx, m, s, service, api.KindPermission, func() (api.Addition, error) { return m.plane.StartAddition(ctx, s, service, drafts) })
}
