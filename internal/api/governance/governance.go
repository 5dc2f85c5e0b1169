// Package governance says who may do what in a project, and what somebody else has
// to approve first. Service is an api.Service around another one: each method asks
// whether the actor may, and goes on. A change that rules of approval name becomes a
// request instead, which the job engine carries out once it was approved
// (docs/decisions/2026-11-22-approvals.md).
//
// Its methods are written out, one by one: a call that is new cannot slip through.
package governance

import (
	"context"
	"log/slog"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/store"
)

// Service is api.Service for people and programs, and api.Requests and api.Backends.
type Service struct {
	next     api.Service
	backends api.Backends
	db       *store.DB
	keys     *keyring.Ring
	people   People
	nudge    func(ctx context.Context, tasks ...jobs.Task)
	log      *slog.Logger
	settings *store.Statement
	counts   *store.Statement
	now      func() time.Time
}

var (
	_ api.Service  = (*Service)(nil)
	_ api.Requests = (*Service)(nil)
	_ api.Backends = (*Service)(nil)
)

// People knows what somebody may do in a project by now: RoleNone for who is not
// there, or disabled. It is *identity.Service.
type People interface {
	RoleIn(ctx context.Context, user, project string) (api.Role, error)
}

// Options are what a Service is made of.
type Options struct {
	Next api.Service
	// Backends is where projects live; only its own methods need it.
	Backends api.Backends
	DB       *store.DB
	Keys     *keyring.Ring // of what goes along with requests, and of approvals
	People   People
	// Nudge tells the engine of work that was just written down; without, its next
	// tick finds it.
	Nudge func(ctx context.Context, tasks ...jobs.Task)
	Log   *slog.Logger // is told why a request could not be carried out; may be nil
}

// New puts a Service around another one.
func New(o Options) *Service {
	if o.Nudge == nil {
		o.Nudge = func(context.Context, ...jobs.Task) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{
		next: o.Next, backends: o.Backends, db: o.DB, keys: o.Keys, people: o.People, nudge: o.Nudge, log: o.Log,
		settings: o.DB.Statement("SELECT archived_at, approval FROM projects WHERE id = ?"),
		counts:   o.DB.Statement(requestCounts), now: time.Now,
	}
}

// see lets those in who may see a project.
func see(s api.Scope) error { return api.Allow(s.Actor, api.RoleViewer) }

// act lets those in who have a role, and nobody where the project is archived.
func (g *Service) act(ctx context.Context, s api.Scope, needed api.Role) error {
	_, err := g.enter(ctx, s, needed)
	return err
}

// govern is act for a change, which may have to be approved: then it is asked for,
// and the error says so.
func (g *Service) govern(ctx context.Context, s api.Scope, d api.Deed) error {
	in, err := g.enter(ctx, s, needed(d))
	if err == nil {
		err = g.reach(ctx, s, d)
	}
	if err != nil || !in.approves(d.About()) {
		return err
	}
	return g.request(ctx, s, d)
}

// governConfirmed is govern for what a person has to confirm, also before it is asked for.
func (g *Service) governConfirmed(ctx context.Context, s api.Scope, d api.Deed, confirmed func() error) error {
	in, err := g.enter(ctx, s, needed(d))
	if err != nil || !in.approves(d.About()) {
		return err
	}
	if err := confirmed(); err != nil {
		return err
	}
	return g.request(ctx, s, d)
}

// needed is the role that a deed takes.
func needed(d api.Deed) api.Role {
	switch d.About().Kind {
	case api.KindRegion:
		return api.RoleAdministrator
	case api.KindHook:
		return api.RoleAdmin
	}
	return api.RoleEditor
}

// projectSettings is what counts for a change in a project.
type projectSettings struct {
	ArchivedAt int64
	Approval   string
}

func (g *Service) enter(ctx context.Context, s api.Scope, needed api.Role) (in projectSettings, err error) {
	if err := api.Allow(s.Actor, needed); err != nil {
		return in, err
	}
	if in, err = g.read(ctx, s.Project); err != nil {
		return in, err
	}
	if in.ArchivedAt != 0 {
		err = api.Errorf(api.Conflict, "project.archived")
	}
	return in, err
}
