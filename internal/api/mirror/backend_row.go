package mirror

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/cloud"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/store"
	"switchboard/internal/api/wire"
)

// backendRow is where a project lives that does not live here.
type backendRow struct {
	bun.BaseModel `bun:"table:project_backends"`

	ProjectID   string `bun:",pk"`
	Kind        api.BackendKind
	Cloud       string
	Region      string
	Remote      string
	Base        string
	Endpoints   string
	Access      string
	Domain      string
	UserName    string
	Sealed      string
	CheckStatus api.Status
	CheckedAt   int64
	CheckJSON   string
	UpdatedAt   int64
	UpdatedBy   string
	// Version is never that of another row of the project, also if it came back in
	// between: the first one is a time.
	Version int64
}

// placeRow is where a service of such a project is.
type placeRow struct {
	bun.BaseModel `bun:"table:backend_places"`

	Service   wire.API `bun:",pk"`
	Endpoint  string   `bun:",pk"`
	Remote    string   `bun:",pk"`
	ProjectID string
}

const backendOf = "SELECT * FROM project_backends WHERE project_id = ?"

// find is the row of a project, nil if it lives here.
func (b *Backends) find(ctx context.Context, project string) (*backendRow, error) {
	if !store.Storable(project) {
		return nil, nil
	}
	var rows []backendRow
	if err := b.row.Scan(ctx, &rows, project); err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// sealedFor is where the secret of a project's backend can be opened.
func sealedFor(project string) string { return "backend/" + project }

func (r *backendRow) open(keys *keyring.Ring) (api.Secret, error) {
	text, err := keys.Open(sealedFor(r.ProjectID), r.Sealed)
	if err != nil {
		return api.Secret{}, fmt.Errorf("secret of the backend of project %s: %w", r.ProjectID, err)
	}
	return api.NewSecret(text), nil
}

// backend is the row as the domain knows it; nil is a project that lives here.
func (r *backendRow) backend() api.Backend {
	if r == nil {
		return api.Backend{Kind: api.BackendEmbedded}
	}
	found := api.Backend{
		Kind: r.Kind, Cloud: r.Cloud, Region: r.Region, Project: r.Remote, Base: r.Base, Endpoints: map[string]string{},
		Access: r.Access, Domain: r.Domain, User: r.UserName, HasSecret: r.Sealed != "",
		Updated: api.Stamp{At: store.Time(r.UpdatedAt), By: r.UpdatedBy}, Version: r.Version,
	}
	_ = json.Unmarshal([]byte(r.Endpoints), &found.Endpoints) // as newRow wrote them
	if r.CheckStatus != "" {
		found.Check = &api.Check{Status: r.CheckStatus, At: store.Time(r.CheckedAt)}
		_ = json.Unmarshal([]byte(r.CheckJSON), found.Check)
	}
	return found
}

// draft describes the row as it is.
func (r *backendRow) draft(secret api.Secret) api.BackendDraft {
	is := r.backend()
	return api.BackendDraft{
		Kind: is.Kind, Cloud: is.Cloud, Base: is.Base, Region: is.Region, Project: is.Project, Endpoints: is.Endpoints,
		Access: is.Access, Domain: is.Domain, User: is.User, Secret: secret, Version: is.Version,
	}
}

// newRow is what becomes of a stored row, or of none, by a draft with its secret.
func (b *Backends) newRow(s api.Scope, stored *backendRow, d *api.BackendDraft, check *api.Check) *backendRow {
	now := store.Micros(time.Now())
	row := &backendRow{
		ProjectID: s.Project, Kind: d.Kind, Cloud: d.Cloud, Region: d.Region, Remote: d.Project, Base: d.Base,
		Endpoints: encode(d.Endpoints), Access: d.Access, Domain: d.Domain, UserName: d.User,
		Sealed:    b.keys.Seal(sealedFor(s.Project), d.Secret.Reveal()),
		UpdatedAt: now, UpdatedBy: s.Actor.User, Version: now,
	}
	if stored != nil {
		row.Version = stored.Version + 1
	}
	if check != nil {
		row.CheckStatus, row.CheckedAt, row.CheckJSON = check.Status, store.Micros(check.At), encode(check)
	}
	return row
}

// places are where the services of a draft are. That it signs in at the same IAM as
// others do is no matter.
func places(project string, d *api.BackendDraft) []placeRow {
	var rows []placeRow
	for service, endpoint := range cloud.AccountOf(d).Endpoints {
		if service != wire.IAM {
			rows = append(rows, placeRow{Service: service, Endpoint: endpoint, Remote: d.Project, ProjectID: project})
		}
	}
	return rows
}
