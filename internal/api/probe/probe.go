// Package probe asks the system behind a link whether it answers as described:
// one step after the other, each with its time, until one fails. It owns the
// drivers and the one guarded dialer through which they reach the network. A
// new kind of system is one file and one line in systems.
package probe

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"time"

	"switchboard/internal/api"
)

// Defaults of Options.
const (
	DefaultTimeout     = 10 * time.Second
	DefaultConcurrency = 16
	DefaultPerProject  = 8
)

// grace is how long a check whose time is up may take to say so itself.
const grace = 250 * time.Millisecond

// Options says how a Prober works. The zero value is usable.
type Options struct {
	// Policy says which addresses may be reached.
	Policy Policy
	// Own are the addresses the console itself listens on. No check reaches
	// them; an unspecified address stands for every address of the machine.
	Own []netip.AddrPort
	// Timeout bounds a check, and before it the wait for a free slot.
	Timeout time.Duration
	// Concurrency is how many checks may run at the same time, in all.
	Concurrency int
	// PerProject is how many of them may be of one project.
	PerProject int
	// Resolver finds the addresses of names; net.DefaultResolver if nil.
	Resolver Resolver
	// Roots are the authorities whose certificates are trusted; those of the
	// machine if nil.
	Roots *x509.CertPool
	// Logger is told why an address was refused, which the user is not.
	Logger *slog.Logger
	// Asked, if not nil, is told how each system answered that was asked, and how
	// long that took.
	Asked func(api.Status, time.Duration)
}

// Prober checks systems. It is safe for concurrent use.
type Prober struct {
	guard   *guard
	timeout time.Duration
	slots   *slots
	roots   *x509.CertPool
	log     *slog.Logger

	asked     func(api.Status, time.Duration) // nil if nobody wants to know
	upstreams *http.Transport                 // of Forward
	forwards  *slots
}

// New makes a Prober.
func New(o Options) *Prober {
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Concurrency <= 0 {
		o.Concurrency = DefaultConcurrency
	}
	if o.PerProject <= 0 {
		o.PerProject = DefaultPerProject
	}
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	p := &Prober{
		guard:    &guard{policy: o.Policy, own: o.Own, resolver: o.Resolver, log: o.Logger},
		timeout:  o.Timeout,
		slots:    newSlots(o.Concurrency, o.PerProject),
		roots:    o.Roots,
		log:      o.Logger,
		asked:    o.Asked,
		forwards: newSlots(MaxForwards, MaxProjectForwards),
	}
	p.upstreams = p.newUpstreams()
	return p
}

// Target is what a check is asked to look at.
type Target struct {
	Project   string // who asks: checks are capped per project
	Connector string // name in the catalogue
	Inputs    map[string]string
	Secrets   map[string]api.Secret
}

// Check asks the system that the target describes. It always answers, and not
// later than twice Options.Timeout or a moment after ctx ends. The inputs are
// expected to have passed the connector's rules; what has not is refused.
func (p *Prober) Check(ctx context.Context, t Target) api.Check {
	sys := find(t.Connector, t.Inputs)
	if sys == nil {
		return api.Check{Status: api.FormOnly, At: time.Now().UTC(), Steps: []api.Step{
			{Name: api.StepForm, Status: api.FormOnly, Message: api.M("check.form_only")},
		}}
	}
	a := newAttempt(p, sys, t.Inputs, t.Secrets)
	return a.finish(p.run(ctx, t.Project, sys, a))
}

// Dialled returns how many connections were begun since the Prober was made,
// and how many addresses were refused, by checks, HTTPClient and Forward.
func (p *Prober) Dialled() (allowed, refused uint64) {
	return p.guard.allowed.Load(), p.guard.refused.Load()
}

// run runs a check in a slot.
func (p *Prober) run(parent context.Context, project string, sys *system, a *attempt) error {
	release, err := p.acquire(parent, project)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(parent, p.timeout)
	defer cancel()
	return p.walk(ctx, sys, a, release)
}

// walk takes the steps of a check. A driver that ignores its context keeps the
// slot until it ends, which is when done is called, but not the caller.
func (p *Prober) walk(ctx context.Context, sys *system, a *attempt, done func()) error {
	ended := make(chan error, 1)
	go func() {
		defer done()
		ended <- p.contain(ctx, sys, a)
	}()
	select {
	case err := <-ended:
		return outcome(ctx, err)
	case <-ctx.Done():
	}
	select {
	case err := <-ended:
		return outcome(ctx, err)
	case <-time.After(grace):
		return ctx.Err()
	}
}

// acquire takes a slot. The wait for it has a time of its own.
func (p *Prober) acquire(ctx context.Context, project string) (release func(), err error) {
	wait, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	return p.slots.acquire(wait, project)
}

// contain runs the check itself. Drivers were written for servers that mean
// well: one that panics over what a server sent must not end the console.
func (p *Prober) contain(ctx context.Context, sys *system, a *attempt) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			p.log.Error("probe: a driver panicked", "protocol", sys.protocol, "cause", fmt.Sprintf("%T", cause), "stack", string(debug.Stack()))
			err = fault("peer.garbled", a.at.portPath)
		}
	}()
	defer a.hangUp()
	return sys.check(ctx, a)
}
