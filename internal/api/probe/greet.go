package probe

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"switchboard/internal/api"
)

// GreetTarget is what a greeting is about: servers of a service to which a
// connection leads.
type GreetTarget struct {
	Project   string   // who asks: checks are capped per project
	Service   string   // canonical, one of api.ConnectionServices
	Addresses []string // host:port, of which one is enough
}

// Greeting is what came of it.
type Greeting struct {
	// Check failed if no address passed, and has a warning if some did not.
	// Where there are several, each has its own steps.
	Check    api.Check
	Answered []string // the addresses that passed, in order
}

// Greet asks the servers of a connection, a few at a time and in one slot,
// whether they are what they should be. It goes as far as it can without
// signing in. each, if not nil, is called when one has been asked. Greet takes
// no longer than Check, and what is wrong is blamed on "url".
func (p *Prober) Greet(ctx context.Context, t GreetTarget, each func()) Greeting {
	sys := greeters[t.Service]
	if sys == nil || len(t.Addresses) == 0 {
		return Greeting{Check: api.Check{Status: api.FormOnly, At: time.Now().UTC(), Steps: []api.Step{
			{Name: api.StepForm, Status: api.FormOnly, Message: api.M("check.form_only")},
		}}}
	}
	began := time.Now()
	checks := p.greetAll(ctx, t, sys, each)
	g := joined(t.Addresses, checks)
	g.Check.At, g.Check.Took = began.UTC(), time.Since(began)
	return g
}

// greetAll greets each address. It returns one check if there was no slot.
func (p *Prober) greetAll(ctx context.Context, t GreetTarget, sys *system, each func()) []api.Check {
	checks := make([]api.Check, len(t.Addresses))
	err := p.together(ctx, t.Project, len(checks), func(ctx context.Context, i int, done func()) {
		a := newAttempt(p, sys, inputs{pathURL: t.Addresses[i]}, nil)
		checks[i] = a.finish(p.walk(ctx, sys, a, done))
		if each != nil {
			each()
		}
	})
	if err != nil {
		return []api.Check{newAttempt(p, sys, nil, nil).finish(err)}
	}
	return checks
}

// atOnce is how many connections a slot stands for.
const atOnce = 4

// together calls f n times, several at the same time and all in one slot. Those
// that wait for their turn have their share of the time. The slot is free again
// when every f has returned and called done.
func (p *Prober) together(parent context.Context, project string, n int, f func(ctx context.Context, i int, done func())) error {
	release, err := p.acquire(parent, project)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(parent, p.timeout)
	defer cancel()
	var all, drivers sync.WaitGroup
	var begun atomic.Int64
	drivers.Add(n)
	for range min(n, atOnce) {
		all.Go(func() {
			for i := int(begun.Add(1)) - 1; i < n; i = int(begun.Add(1)) - 1 {
				rounds := (n - i + atOnce - 1) / atOnce
				turn, end := context.WithTimeout(ctx, time.Until(deadlineOf(ctx))/time.Duration(rounds))
				f(turn, i, drivers.Done)
				end()
			}
		})
	}
	go func() {
		all.Wait()
		drivers.Wait()
		release()
	}()
	all.Wait()
	return nil
}

// joined makes one check of those of each address: what failed is a warning as
// long as another one did not.
func joined(addresses []string, checks []api.Check) Greeting {
	g := Greeting{Check: api.Check{Status: api.Failed}}
	for i, c := range checks {
		if c.Status != api.Failed {
			g.Answered = append(g.Answered, addresses[i])
		}
	}
	if len(g.Answered) > 0 {
		g.Check.Status = api.Passed
	}
	for i, c := range checks {
		for _, step := range c.Steps {
			if len(checks) > 1 {
				step.At = addresses[i]
			}
			if step.Path != "" {
				step.Path = pathURL
			}
			if step.Status == api.Failed && len(g.Answered) > 0 {
				step.Status = api.Warned
			}
			if step.Status == api.Warned && g.Check.Status == api.Passed {
				g.Check.Status = api.Warned
			}
			g.Check.Steps = append(g.Check.Steps, step)
		}
	}
	return g
}
