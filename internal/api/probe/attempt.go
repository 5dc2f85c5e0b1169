package probe

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"switchboard/internal/api"
)

// attempt is one check under way: what is being checked, and the record of
// the steps taken so far. A system's check walks through its steps with
// enter; the walk ends with the error that it returns.
type attempt struct {
	p        *Prober
	in       inputs
	secrets  map[string]api.Secret
	protocol string
	also     string // a second protocol that the peer may speak, if there is one
	plan     []api.StepName
	at       endpoint
	words    map[string]any // arguments of every message
	conn     net.Conn       // closed at the end, whatever the driver did

	mu      sync.Mutex // an abandoned check may still be writing
	started time.Time
	since   time.Time // the current step
	steps   []api.Step
	trace   trace
}

// trace is what an attempt learned on its way, besides its steps.
type trace struct {
	addrs []netip.Addr  // of the host
	took  time.Duration // to connect; 0 if that failed
	peer  string        // the protocol that was heard, if it is known
}

func newAttempt(p *Prober, sys *system, in inputs, secrets map[string]api.Secret) *attempt {
	return &attempt{
		p: p, in: in, secrets: secrets, protocol: sys.protocol, plan: sys.plan(in),
		words: map[string]any{"wanted": sys.protocol}, started: time.Now(),
	}
}

// enter ends the current step, which passed, and begins the next one.
func (a *attempt) enter(name api.StepName) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stop()
	a.steps = append(a.steps, api.Step{Name: name, Status: api.Passed})
	a.since = time.Now()
}

func (a *attempt) stop() {
	if len(a.steps) > 0 && !a.since.IsZero() {
		a.steps[len(a.steps)-1].Took = time.Since(a.since)
		a.since = time.Time{}
	}
}

// rest ends the time of the current step: what follows is for courtesy.
func (a *attempt) rest() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stop()
}

// rename makes the current step another one, which it turned out to be.
func (a *attempt) rename(name api.StepName) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.steps[len(a.steps)-1].Name = name
}

// learn notes something in the trace.
func (a *attempt) learn(note func(*trace)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	note(&a.trace)
}

// learned returns what was learned so far.
func (a *attempt) learned() trace {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.trace
}

// current returns the step that is being taken.
func (a *attempt) current() api.StepName {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.steps) == 0 {
		return ""
	}
	return a.steps[len(a.steps)-1].Name
}

// found notes what the current step learned. The text may come from the
// server.
func (a *attempt) found(text string) {
	text = a.clean(text, maxFound)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.steps[len(a.steps)-1].Found = text
}

// warn marks the current step as one to look at.
func (a *attempt) warn(w *failure) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.describe(&a.steps[len(a.steps)-1], api.Warned, w)
}

// finish ends the record: the current step has failed with err, or passed if
// it is nil, and the steps that were not reached are skipped.
func (a *attempt) finish(err error) api.Check {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := api.Check{Status: api.Passed, At: a.started.UTC()}
	if err != nil {
		f := explain(err, a.at)
		if len(a.steps) == 0 || a.ahead(f.step) {
			a.stop()
			a.steps = append(a.steps, api.Step{Name: f.stepOr(a.plan[0]), Status: api.Passed})
			a.since = time.Now()
		}
		a.describe(&a.steps[len(a.steps)-1], api.Failed, f)
	}
	a.stop()
	c.Steps = slices.Clone(a.steps)
	for _, name := range a.plan {
		if !slices.ContainsFunc(c.Steps, func(s api.Step) bool { return s.Name == name }) {
			c.Steps = append(c.Steps, api.Step{Name: name, Status: api.Skipped})
		}
	}
	for _, s := range c.Steps {
		if s.Status == api.Failed || s.Status == api.Warned && c.Status == api.Passed {
			c.Status = s.Status
		}
	}
	c.Took = time.Since(a.started)
	if a.p.asked != nil {
		a.p.asked(c.Status, c.Took)
	}
	return c
}

// ahead reports whether a step comes after the current one.
func (a *attempt) ahead(step api.StepName) bool {
	return slices.Index(a.plan, step) > slices.Index(a.plan, a.steps[len(a.steps)-1].Name)
}

func (a *attempt) describe(s *api.Step, status api.Status, f *failure) {
	s.Status = status
	s.Message, s.Hint = a.say("check."+f.name, f), a.say("hint."+cmp.Or(f.hint, f.name), f)
	s.Path = f.path
	if f.cause != nil {
		s.Detail = a.clean(f.cause.Error(), maxDetail)
	}
}

// say makes a message with the attempt's own arguments and those of f.
func (a *attempt) say(key string, f *failure) api.Message {
	args := maps.Clone(a.words)
	maps.Copy(args, f.args)
	return api.Message{Key: key, Args: args}
}

// outcome lets the end of the context explain an error that it caused. What
// was understood before the time ran out is kept.
func outcome(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() == context.Canceled {
		return ctx.Err()
	}
	if _, understood := errors.AsType[*failure](err); !understood && ended(ctx) {
		return context.DeadlineExceeded
	}
	return err
}

// ended reports whether the time of ctx is up. The deadline of a connection
// strikes a moment before that of its context.
func ended(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && !time.Now().Before(deadline)
}
