// Package mirror keeps twice what a project in a region of a cloud has: there, and in our
// own tables, where all that the console does with it works as it does with everything
// else (docs/decisions/2026-11-23-cloud.md). Service is an api.Service around the
// embedded control plane. Before something of such a project is read, it is read from the
// region, if what is kept of it is too old; the plane takes it over (Plane). A change is
// made in the region first, as the calls of the dialect that it is (Make), and then
// written down by the plane. Projects that live here pass through.
package mirror

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/cloud"
	"switchboard/internal/api/store"
	"switchboard/internal/api/wire"
)

// Plane is the control plane that keeps what is here. What it is told that a region has
// (Adopt…) becomes what it has; what a region does not tell of it stays.
type Plane interface {
	api.Service
	linkAdopter
	functionAdopter
	connectionAdopter
	endpointAdopter
	policyAdopter
}

// Service is an api.Service for projects wherever they live, embedded.Upstream for the
// plane behind it, and api.Backends.
type Service struct {
	api.Service // the plane: for what is not read from a region
	*Backends

	plane Plane
	db    *store.DB
	log   *slog.Logger
	age   time.Duration // up to which what is kept is not read again
	wait  time.Duration // how long a reader waits for a region
	now   func() time.Time

	mu      sync.Mutex
	regions map[string]*region // by project
}

var (
	_ api.Service  = (*Service)(nil)
	_ api.Backends = (*Service)(nil)
)

// Options are what a Service is made of.
type Options struct {
	Plane    Plane
	Backends *Backends
	DB       *store.DB
	Log      *slog.Logger
	// Age is how old what is read from a region may be before it is read again; 5 s
	// if 0. A change is read at once, whatever it is.
	Age time.Duration
	// Wait is how long a page waits for a region before it shows what is kept; 3 s if 0.
	Wait time.Duration
}

// New puts a Service around a plane, which should follow it.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{
		Service: o.Plane, Backends: o.Backends, plane: o.Plane, db: o.DB, log: o.Log,
		age: cmp.Or(o.Age, 5*time.Second), wait: cmp.Or(o.Wait, 3*time.Second), now: time.Now,
		regions: map[string]*region{},
	}
}

// Away implements embedded.Upstream.
func (m *Service) Away(ctx context.Context, project string) (bool, error) {
	r, err := m.region(ctx, project)
	return r != nil, err
}

// region is where a project of ours lives, if that is in a region: the client for it,
// and how far what is kept of it is.
type region struct {
	client *cloud.Client
	place  wire.Place
	scope  api.Scope // of the project here, of nobody
	gate   gate

	clusters clusters
	links    memo[api.Link]
	offers   offers
	copies   copies

	slots chan struct{} // of those who read what an object has, one of many

	mu       sync.Mutex
	parts    map[part]*state
	forwards *bool // whether it takes upstreams; nil if that is not known
}

// atOnce is how many of many objects are read from a region at the same time.
const atOnce = 4

// slot waits for one; what is returned gives it back.
func (r *region) slot(ctx context.Context) (back func(), err error) {
	select {
	case r.slots <- struct{}{}:
		return func() { <-r.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// region returns nil for a project that lives here.
func (m *Service) region(ctx context.Context, project string) (*region, error) {
	client, place, err := m.Client(ctx, project)
	if err != nil || client == nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	place.Dialect = true
	r := m.regions[project]
	if r == nil || r.client != client { // new, or it lives elsewhere now, or otherwise
		r = &region{client: client, place: place, slots: make(chan struct{}, atOnce), parts: map[part]*state{},
			scope: api.Scope{Project: project, Actor: api.Actor{Way: api.WayRegion}}}
		m.regions[project] = r
	}
	return r, nil
}

// call is a call of the region's project. params are names and values in turn.
func (r *region) call(operation string, params ...string) wire.Call {
	c := wire.Call{Operation: wire.FindOperation(operation), Params: map[string]string{"project": r.place.Project}}
	for i := 0; i+1 < len(params); i += 2 {
		c.Params[params[i]] = params[i+1]
	}
	return c
}

// ask makes a call that changes nothing, and returns the body of its answer.
func (r *region) ask(ctx context.Context, call wire.Call) ([]byte, error) {
	answer, err := r.client.Do(ctx, call)
	return answer.Body, err
}

// gate keeps what a region said before a change from being taken over after it.
type gate struct {
	mu     sync.Mutex
	making int   // changes that are being made
	made   int64 // those that were made and written down
}

// change lets a change begin; what is returned ends it.
func (g *gate) change() (end func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.making++
	return sync.OnceFunc(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.making--
		g.made++
	})
}

// seen is how many changes there have been.
func (g *gate) seen() int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.made
}

// take does something if no change is being made, nor was since it was seen; those that
// would begin meanwhile wait.
func (g *gate) take(seen int64, do func() error) (taken bool, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.making > 0 || g.made != seen {
		return false, nil
	}
	return true, do()
}
