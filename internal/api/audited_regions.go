package api

import "strconv"

// AuditedRegion is a region as the audit log keeps it: of the secret, only that it is
// there and whether it was typed anew.
type AuditedRegion struct {
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
	Bandwidth int64     `json:"bandwidth,omitempty"` // bytes per second
}

// Audited is the region for the audit log.
func (r *Region) Audited() AuditedRegion {
	return AuditedRegion{
		Kind: r.Kind, Folder: r.Folder, Endpoint: r.Endpoint, Bucket: r.Bucket, Prefix: r.Prefix, Signing: r.Signing,
		PathStyle: r.PathStyle, AccessKey: r.AccessKey, Secret: r.Secret, Bandwidth: r.Bandwidth,
	}
}

// audited is the region that the draft makes, out of a stored one or nil.
func (d RegionDraft) audited(stored *Region) AuditedRegion {
	d = d.Complete()
	typed := !d.Secret.IsZero()
	return AuditedRegion{
		d.Kind, d.Folder, d.Endpoint, d.Bucket, d.Prefix, d.Signing, d.PathStyle, d.AccessKey,
		typed || stored != nil && stored.Secret, typed, d.BytesPerSecond(),
	}
}

// Draft describes the region as it was, under that name.
func (a *AuditedRegion) Draft(name string, secret Secret) RegionDraft {
	d := RegionDraft{
		Name: name, Kind: a.Kind, Folder: a.Folder, Endpoint: a.Endpoint, Bucket: a.Bucket, Prefix: a.Prefix, Signing: a.Signing,
		PathStyle: a.PathStyle, AccessKey: a.AccessKey, Secret: secret,
	}
	if a.Bandwidth > 0 {
		d.Bandwidth = strconv.FormatInt(a.Bandwidth>>20, 10)
	}
	return d
}

// AuditedHook is the hook as the audit log keeps it: without what is sealed. Mark
// tells one address from another without saying it, as long as the keys stay; who has
// no keys leaves it out.
type AuditedHook struct {
	Destination string `json:"destination"`
	Enabled     bool   `json:"enabled"`
	Mark        string `json:"url_mark,omitempty"`
	Typed       bool   `json:"secret_typed,omitempty"`
}
