package mirror

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/cloud"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/store"
)

// Backends keeps where projects live, and talks to the regions of those that do not live
// here. Who may ask is judged before (governance).
type Backends struct {
	db     *store.DB
	keys   *keyring.Ring
	cloud  cloud.Options
	forget func(ctx context.Context, tx bun.Tx, project string) error
	row    *store.Statement

	mu      sync.Mutex
	clients map[string]keptClient // by project
}

// BackendsOptions are what Backends are made of.
type BackendsOptions struct {
	DB    *store.DB
	Keys  *keyring.Ring // of the secrets that sign in to regions
	Cloud cloud.Options
	// Forget removes what a project has here, when it comes back from a region; nil if
	// only a project that has nothing can come back.
	Forget func(ctx context.Context, tx bun.Tx, project string) error
}

// NewBackends makes Backends. They connect to nothing yet.
func NewBackends(o BackendsOptions) *Backends {
	return &Backends{
		db: o.DB, keys: o.Keys, cloud: o.Cloud, forget: o.Forget, row: o.DB.Statement(backendOf), clients: map[string]keptClient{},
	}
}

// Backend implements api.Backends.
func (b *Backends) Backend(ctx context.Context, s api.Scope) (api.Backend, error) {
	row, err := b.find(ctx, s.Project)
	return row.backend(), err
}

// ValidateBackend implements api.Backends.
func (b *Backends) ValidateBackend(ctx context.Context, s api.Scope, d api.BackendDraft) error {
	d = d.Complete()
	row, err := b.find(ctx, s.Project)
	if err == nil {
		err = b.judge(ctx, s, row, &d)
	}
	if err != nil {
		return err
	}
	return b.mayMove(ctx, b.db.Read, s, row, &d)
}

// judge applies the rules to a complete draft and fills in the secret that it keeps. row
// is where the project lives now.
func (b *Backends) judge(ctx context.Context, s api.Scope, row *backendRow, d *api.BackendDraft) (err error) {
	var stored *api.Backend
	if row != nil {
		stored = new(row.backend())
	}
	problems := d.Problems(stored)
	if len(problems) == 0 && d.Kind == api.BackendCloud {
		problems, err = b.placeProblems(ctx, s.Project, d)
	}
	if err == nil {
		err = api.Refuse(problems)
	}
	if err == nil && row != nil && d.Kind == api.BackendCloud && d.Secret.IsZero() {
		d.Secret, err = row.open(b.keys)
	}
	return err
}

// placeProblems says if another project lives where a draft leads.
func (b *Backends) placeProblems(ctx context.Context, project string, d *api.BackendDraft) ([]api.Problem, error) {
	var others []placeRow
	err := b.db.Read.NewSelect().Model(&others).Where("remote = ? AND project_id <> ?", d.Project, project).Scan(ctx)
	if err != nil {
		return nil, err
	}
	for _, mine := range places(project, d) {
		if slices.ContainsFunc(others, func(o placeRow) bool { return o.Service == mine.Service && o.Endpoint == mine.Endpoint }) {
			return []api.Problem{placeTaken}, nil
		}
	}
	return nil, nil
}

// placeTaken does not say by which project: not everybody may know of it.
var placeTaken = api.Problem{Path: "project", Message: api.M("backend.place_taken")}

// TestBackend implements api.Backends.
func (b *Backends) TestBackend(ctx context.Context, s api.Scope, d api.BackendDraft) (api.Check, error) {
	d = d.Complete()
	row, err := b.find(ctx, s.Project)
	if err == nil {
		err = b.judge(ctx, s, row, &d)
	}
	if err != nil {
		return api.Check{}, err
	}
	check := b.ask(ctx, &d, api.Connect)
	return check, b.recordTest(ctx, s, &d, &check)
}

// ask tests a judged draft to a depth.
func (b *Backends) ask(ctx context.Context, d *api.BackendDraft, depth api.Depth) api.Check {
	if d.Kind == api.BackendEmbedded || depth == api.Shape {
		return api.Check{Status: api.FormOnly, At: time.Now().UTC(), Steps: []api.Step{{Name: api.StepForm, Status: api.Passed}}}
	}
	return cloud.Check(ctx, b.cloud, *d)
}

// recordTest writes down who asked where, and how it ended (S3), also when nobody waits
// for the answer any more.
func (b *Backends) recordTest(ctx context.Context, s api.Scope, d *api.BackendDraft, check *api.Check) error {
	if check.Status == api.FormOnly {
		return nil
	}
	after := struct {
		api.AuditedBackend

		Status api.Status   `json:"status"`
		Failed api.StepName `json:"failed,omitempty"`
	}{drafted(d).Audited(), check.Status, ""}
	if step := check.Failure(); step != nil {
		after.Failed = step.Name
	}
	return b.db.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx bun.Tx) error {
		var name string
		if err := tx.NewRaw("SELECT name FROM projects WHERE id = ?", s.Project).Scan(ctx, &name); err != nil {
			return err
		}
		return store.Record(ctx, tx, s, store.Event{Action: "test", Kind: api.KindProject, ID: s.Project, Name: name, After: after})
	})
}

// drafted is where a draft says that the project lives, as far as people may know.
func drafted(d *api.BackendDraft) *api.Backend {
	return &api.Backend{
		Kind: d.Kind, Cloud: d.Cloud, Region: d.Region, Project: d.Project, Base: d.Base, Endpoints: d.Endpoints,
		Access: d.Access, Domain: d.Domain, User: d.User, HasSecret: !d.Secret.IsZero(),
	}
}
