package embedded

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/objects"
	"switchboard/internal/api/store"
)

const noRegion = "region.not_found"

// regionRow is a region as it is stored.
type regionRow struct {
	bun.BaseModel `bun:"table:regions"`

	Name      string `bun:"name,pk"`
	Settings  string
	Sealed    string
	Bandwidth int64
	CreatedAt int64
	CreatedBy string
	UpdatedAt int64
	UpdatedBy string
	Version   int64
}

// regionSettings is where a region is, without its secret.
type regionSettings struct {
	Kind      api.StoreKind `json:"kind"`
	Folder    string        `json:"folder,omitempty"`
	Endpoint  string        `json:"endpoint,omitempty"`
	Bucket    string        `json:"bucket,omitempty"`
	Prefix    string        `json:"prefix,omitempty"`
	Signing   string        `json:"signing,omitempty"`
	PathStyle bool          `json:"path_style,omitempty"`
	AccessKey string        `json:"access_key,omitempty"`
}

func (r *regionRow) settings() (settings regionSettings) {
	decode(r.Settings, &settings)
	return settings
}

// place is where the secret of a region is sealed for.
func (r *regionRow) place() string { return "region/" + r.Name }

func (r *regionRow) seal(keys *keyring.Ring, secret api.Secret) {
	r.Sealed = ""
	if !secret.IsZero() {
		r.Sealed = keys.Seal(r.place(), secret.Reveal())
	}
}

func (r *regionRow) open(keys *keyring.Ring) (api.Secret, error) {
	if r.Sealed == "" {
		return api.Secret{}, nil
	}
	text, err := keys.Open(r.place(), r.Sealed)
	if err != nil {
		return api.Secret{}, fmt.Errorf("secret of region %s: %w", r.Name, err)
	}
	return api.NewSecret(text), nil
}

// region is the row as the domain knows it, without its projects.
func (r *regionRow) region() api.Region {
	s := r.settings()
	return api.Region{
		Name: r.Name, Kind: s.Kind, Folder: s.Folder, Endpoint: s.Endpoint, Bucket: s.Bucket, Prefix: s.Prefix,
		Signing: s.Signing, PathStyle: s.PathStyle, AccessKey: s.AccessKey, Secret: r.Sealed != "", Bandwidth: r.Bandwidth,
		Created: api.Stamp{At: store.Time(r.CreatedAt), By: r.CreatedBy},
		Updated: api.Stamp{At: store.Time(r.UpdatedAt), By: r.UpdatedBy}, Version: r.Version,
	}
}

// at is where objects are, for those who open it.
func (s *regionSettings) at(secret api.Secret) objects.Place {
	return objects.Place{
		Folder: s.Folder, Endpoint: s.Endpoint, Bucket: s.Bucket, Prefix: s.Prefix, Signing: s.Signing,
		PathStyle: s.PathStyle, AccessKey: s.AccessKey, Secret: secret,
	}
}

// audited is the row for the audit log; typed says that its secret was typed anew.
func (r *regionRow) audited(typed bool) api.AuditedRegion {
	region := r.region()
	audited := region.Audited()
	audited.Typed = typed
	return audited
}

func findRegion(ctx context.Context, db bun.IDB, name string) (*regionRow, error) {
	if !store.Storable(name) {
		return nil, api.Errorf(api.NotFound, noRegion)
	}
	row := new(regionRow)
	err := db.NewSelect().Model(row).Where("name = ?", name).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		err = api.Errorf(api.NotFound, noRegion)
	}
	return row, err
}

// projectRow is what regions need to know of a project.
type projectRow struct {
	bun.BaseModel `bun:"table:projects"`

	ID        string `bun:"id,pk"`
	AccountID string
	Name      string
	Region    string

	Away string `bun:",scanonly"` // the region of a cloud that it lives in, if it does
}
