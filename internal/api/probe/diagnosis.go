package probe

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"switchboard/internal/api"
)

// DiagnosisTarget is a connection that something may be wrong with.
type DiagnosisTarget struct {
	Project    string // who asks: checks are capped per project
	Connection api.ConnectionDraft
	// Queues are those that the connection is bound to, or, if Bound is not set,
	// those that it could be bound to.
	Queues []QueueNetwork
	Bound  bool
}

// QueueNetwork is a queue and the network of its own machines.
type QueueNetwork struct {
	Queue   string
	Network netip.Prefix
}

// String is the queue as evidence shows it.
func (q QueueNetwork) String() string { return q.Queue + " " + q.Network.String() }

// holds says that an address is in the queue's network.
func (q QueueNetwork) holds(name, path string, addr netip.Addr) *failure {
	f := fault(name, path)
	f.args = map[string]any{"peer": addr.String(), "queue": q.Queue, "network": q.Network.String()}
	return f
}

// Diagnose looks for what can be wrong with a connection: the steps of a
// diagnosis, whatever came out of those before. Where a step is about each of
// several addresses there is one for each, and what failed is a warning as long
// as another address answered. It takes no longer than Check.
func (p *Prober) Diagnose(ctx context.Context, t DiagnosisTarget) api.Check {
	began := time.Now()
	ends := p.lookAt(ctx, t)
	steps := formSteps(&t.Connection)
	for _, judge := range []func(*end) api.Step{(*end).names, (*end).ports, (*end).protocol, (*end).route} {
		for i := range ends {
			step := judge(&ends[i])
			if len(ends) > 1 {
				step.At = ends[i].address
			}
			steps = append(steps, step)
		}
	}
	soften(steps, ends)
	steps = append(steps, t.rangeSteps(ends)...)
	steps = append(steps, t.networkSteps(ends)...)
	return api.Check{Status: worst(steps), Steps: steps, At: began.UTC(), Took: time.Since(began)}
}

// soften makes warnings of failures that another address makes up for.
func soften(steps []api.Step, ends []end) {
	if !slices.ContainsFunc(ends, func(e end) bool { return e.greeted.Status != api.Failed }) {
		return
	}
	for i := range steps {
		if steps[i].Status == api.Failed && steps[i].At != "" {
			steps[i].Status = api.Warned
		}
	}
}

func worst(steps []api.Step) api.Status {
	status := api.Passed
	for _, s := range steps {
		if s.Status == api.Failed || s.Status == api.Warned && status == api.Passed {
			status = s.Status
		}
	}
	return status
}

// end is one of the addresses to which a connection leads, and what was found
// out there.
type end struct {
	address string
	at      endpoint
	addrs   []netip.Addr    // of its name; none if that does not resolve
	greeted api.Check       // in the protocol of the service
	tooks   []time.Duration // of connections to it
}

// lookAt asks every address what can be asked. Without a slot, that is what the
// greeting says.
func (p *Prober) lookAt(ctx context.Context, t DiagnosisTarget) []end {
	sys := greeters[t.Connection.Service]
	if sys == nil {
		sys = reaching(QueueNetwork{})
	}
	addresses := api.ConnectionAddresses(t.Connection.URL)
	if len(addresses) == 0 {
		return []end{{}} // there is nobody to ask
	}
	ends := make([]end, len(addresses))
	err := p.together(ctx, t.Project, len(ends), func(ctx context.Context, i int, done func()) {
		e := &ends[i]
		e.address = addresses[i]
		e.at, _ = readEndpoint(e.address, pathURL) // it is one
		a := newAttempt(p, sys, inputs{pathURL: e.address, pathAddress: e.address}, nil)
		e.greeted = a.finish(p.walk(ctx, sys, a, done))
		p.measure(ctx, e, a.learned())
	})
	if err != nil {
		return []end{{greeted: newAttempt(p, sys, nil, nil).finish(err)}}
	}
	return ends
}

// connects is how often a connection is made to see how long the way is.
const connects = 3

// measure takes the time of the greeting's connection, and connects a few times
// more where that does no harm: MySQL counts who comes and says nothing.
func (p *Prober) measure(ctx context.Context, e *end, known trace) {
	e.addrs = known.addrs
	if known.took == 0 {
		return
	}
	e.tooks = []time.Duration{known.took}
	if e.greeted.Status == api.Failed || known.peer == mysqlSystem.protocol {
		return
	}
	for len(e.tooks) < connects {
		conn, err := p.guard.dial(ctx, e.at.host, known.addrs, e.at.port)
		if err != nil {
			return
		}
		e.tooks = append(e.tooks, tookTo(conn))
		_ = conn.Close()
	}
}

// took returns a step of the greeting; one that was skipped if it has none.
func (e *end) took(name api.StepName) api.Step {
	for _, s := range e.greeted.Steps {
		if s.Name == name {
			return s
		}
	}
	return api.Step{Name: name, Status: api.Skipped}
}

// reached reports whether the port answered.
func (e end) reached() bool { return len(e.tooks) > 0 }
