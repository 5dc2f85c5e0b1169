package embedded

import (
	"context"

	"switchboard/internal/api"
)

var errPending = api.Errorf(api.Unavailable, "error.unavailable")

func (p *Plane) ListFunctions(ctx context.Context, s api.Scope, q api.FunctionQuery) (r api.Page[api.Function], err error) {
	return r, errPending
}
func (p *Plane) CountFunctions(ctx context.Context, s api.Scope, q api.FunctionQuery) (r int, err error) {
	return r, errPending
}
func (p *Plane) Function(ctx context.Context, s api.Scope, id string) (r api.Function, err error) {
	return r, errPending
}
func (p *Plane) FindFunction(ctx context.Context, s api.Scope, pkg, name string) (r api.Function, err error) {
	return r, errPending
}
func (p *Plane) ValidateFunction(ctx context.Context, s api.Scope, id string, d api.FunctionDraft) error {
	return errPending
}
func (p *Plane) CreateFunction(ctx context.Context, s api.Scope, d api.FunctionDraft) (r api.Function, err error) {
	return r, errPending
}
func (p *Plane) UpdateFunction(ctx context.Context, s api.Scope, id string, d api.FunctionDraft, version int64) (r api.Function, err error) {
	return r, errPending
}
func (p *Plane) DeleteFunction(ctx context.Context, s api.Scope, id string, version int64) error {
	return errPending
}
func (p *Plane) Versions(ctx context.Context, s api.Scope, function string) (r []api.Version, err error) {
	return r, errPending
}
func (p *Plane) Version(ctx context.Context, s api.Scope, function, name string) (r api.Version, err error) {
	return r, errPending
}
func (p *Plane) ValidateVersion(ctx context.Context, s api.Scope, function string, d api.VersionDraft) error {
	return errPending
}
func (p *Plane) PublishVersion(ctx context.Context, s api.Scope, function string, d api.VersionDraft) (r api.Version, err error) {
	return r, errPending
}
func (p *Plane) SetUpstream(ctx context.Context, s api.Scope, function, version, upstream string) (r api.Version, err error) {
	return r, errPending
}
func (p *Plane) DeleteVersion(ctx context.Context, s api.Scope, function, name string) error {
	return errPending
}
func (p *Plane) ListAliases(ctx context.Context, s api.Scope, q api.AliasQuery) (r api.Page[api.Alias], err error) {
	return r, errPending
}
func (p *Plane) AliasesOf(ctx context.Context, s api.Scope, function string) (r []api.Alias, err error) {
	return r, errPending
}
func (p *Plane) Alias(ctx context.Context, s api.Scope, id string) (r api.Alias, err error) {
	return r, errPending
}
func (p *Plane) FindAlias(ctx context.Context, s api.Scope, function, name string) (r api.Alias, err error) {
	return r, errPending
}
func (p *Plane) ValidateAlias(ctx context.Context, s api.Scope, function, id string, d api.AliasDraft) error {
	return errPending
}
func (p *Plane) CreateAlias(ctx context.Context, s api.Scope, function string, d api.AliasDraft) (r api.Alias, err error) {
	return r, errPending
}
func (p *Plane) UpdateAlias(ctx context.Context, s api.Scope, id string, d api.AliasDraft, version int64) (r api.Alias, err error) {
	return r, errPending
}
func (p *Plane) PromoteAlias(ctx context.Context, s api.Scope, id string, version int64) (r api.Alias, err error) {
	return r, errPending
}
func (p *Plane) AbortAlias(ctx context.Context, s api.Scope, id string, version int64) (r api.Alias, err error) {
	return r, errPending
}
func (p *Plane) DeleteAlias(ctx context.Context, s api.Scope, id string, version int64) error {
	return errPending
}
func (p *Plane) PastAlias(ctx context.Context, s api.Scope, id, change string) (r api.AliasDraft, err error) {
	return r, errPending
}
func (p *Plane) StartRamp(ctx context.Context, s api.Scope, alias string, d api.RampDraft, version int64) (r api.Ramp, err error) {
	return r, errPending
}
func (p *Plane) ValidateRamp(ctx context.Context, s api.Scope, alias string, d api.RampDraft) error {
	return errPending
}
func (p *Plane) Ramps(ctx context.Context, s api.Scope, alias string, limit int) (r []api.Ramp, err error) {
	return r, errPending
}
func (p *Plane) SteerRamp(ctx context.Context, s api.Scope, alias string, do api.RampDeed, at int) (r api.Ramp, err error) {
	return r, errPending
}
func (p *Plane) Invoke(ctx context.Context, s api.Scope, c api.Call) (r api.Answer, err error) {
	return r, errPending
}
