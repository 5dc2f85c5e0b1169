package api

import "context"

// regionView is a region as the audit log has it.
type regionView struct {
	Kind      StoreKind `json:"kind"`
	Folder    string    `json:"folder,omitempty"`
	Endpoint  string    `json:"endpoint,omitempty"`
	Bucket    string    `json:"bucket,omitempty"`
	Prefix    string    `json:"prefix,omitempty"`
	Signing   string    `json:"signing,omitempty"`
	PathStyle bool      `json:"path_style,omitempty"`
	AccessKey string    `json:"access_key,omitempty"`
	Secret    bool      `json:"secret,omitempty"`
	Typed     bool      `json:"secret_typed,omitempty"`
	Bandwidth int64     `json:"bandwidth,omitempty"`
}

func (r *Region) view() regionView {
	return regionView{
		r.Kind, r.Folder, r.Endpoint, r.Bucket, r.Prefix, r.Signing, r.PathStyle, r.AccessKey, r.Secret, false, r.Bandwidth,
	}
}

func (d RegionDraft) view(stored *Region) regionView {
	d = d.Complete()
	typed := !d.Secret.IsZero()
	return regionView{
		d.Kind, d.Folder, d.Endpoint, d.Bucket, d.Prefix, d.Signing, d.PathStyle, d.AccessKey,
		typed || stored != nil && stored.Secret, typed, d.BytesPerSecond(),
	}
}

// Plan implements Deed.
func (d CreateRegion) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	return Plan{Deed: d, About: d.About(), After: d.Draft.view(nil)}, to.ValidateRegion(ctx, s, "", d.Draft)
}

// Plan implements Deed.
func (d UpdateRegion) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	stored, err := to.Region(ctx, s, d.Name)
	if err == nil {
		err = bind(&d.Version, stored.Version, stored.Updated)
	}
	if err != nil {
		return Plan{}, err
	}
	before := stored.view()
	plan := Plan{Deed: d, About: d.About(), Before: before, After: d.Draft.view(&stored), State: seen(before, stored.Version)}
	return plan, to.ValidateRegion(ctx, s, d.Name, d.Draft)
}

// Plan implements Deed.
func (d DeleteRegion) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	stored, err := to.Region(ctx, s, d.Name)
	if err == nil {
		err = bind(&d.Version, stored.Version, stored.Updated)
	}
	before := stored.view()
	return Plan{Deed: d, About: d.About(), Before: before, State: seen(before, stored.Version)}, err
}

// Plan implements Deed. The address may hold a secret, and is not shown.
func (d SetHook) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	stored, err := to.Hook(ctx, s)
	if err == nil {
		err = bind(&d.Draft.Version, stored.Version, stored.Updated)
	}
	before, after := map[string]any{"enabled": stored.Enabled}, map[string]any{"enabled": d.Draft.Enabled}
	return Plan{Deed: d, About: d.About(), Before: before, After: after, State: seen(before, stored.Version)}, err
}
