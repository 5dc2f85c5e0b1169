package probe

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"switchboard/internal/api"
)

// The way to an address: longer than this is doubtful, or bad. The median of a
// few connections counts.
const (
	slowRoute = 50 * time.Millisecond
	badRoute  = 250 * time.Millisecond
)

// judged makes a step out of a failure, with its sentences.
func judged(name api.StepName, status api.Status, f *failure) api.Step {
	return api.Step{
		Name: name, Status: status, Path: f.path,
		Message: api.Message{Key: "check." + f.name, Args: f.args}, Hint: api.Message{Key: "hint." + f.name, Args: f.args},
	}
}

// as returns a step of the greeting under the name of a diagnosis' step.
func (e *end) as(name api.StepName, step api.Step) api.Step {
	step.Name = name
	if step.Path != "" {
		step.Path = pathURL
	}
	return step
}

// names judges whether the name resolves, and to something that makes sense in
// a private network.
func (e *end) names() api.Step {
	step := e.as(api.StepNames, e.took(api.StepResolve))
	if step.Status != api.Passed {
		return step
	}
	for _, addr := range e.addrs {
		if odd := oddity(addr); odd != nil {
			odd = odd.with("peer", addr.String())
			found, took := step.Found, step.Took
			step = judged(api.StepNames, api.Warned, odd)
			step.Found, step.Took = found, took
			return step
		}
	}
	return step
}

// shared is for carriers (RFC 6598); clouds use it for services of their own.
var shared = netip.MustParsePrefix("100.64.0.0/10")

// oddity says what is strange about an address to which a connection leads, or
// nil.
func oddity(addr netip.Addr) *failure {
	switch {
	case addr.IsLoopback():
		return fault("names.loopback", pathURL)
	case addr.IsPrivate(), shared.Contains(addr):
		return nil
	case addr.IsGlobalUnicast():
		return fault("names.public", pathURL)
	}
	return fault("names.special", pathURL)
}

// ports judges whether the port answers.
func (e *end) ports() api.Step { return e.as(api.StepPorts, e.took(api.StepConnect)) }

// protocol judges whether it is the service that listens there.
func (e *end) protocol() api.Step {
	if tls := e.took(api.StepTLS); tls.Status == api.Failed || tls.Status == api.Warned && e.took(api.StepHandshake).Status == api.Passed {
		return e.as(api.StepProtocol, tls)
	}
	return e.as(api.StepProtocol, e.took(api.StepHandshake))
}

// route judges how long the way is.
func (e *end) route() api.Step {
	step := api.Step{Name: api.StepRoute, Status: api.Skipped}
	if !e.reached() {
		return step
	}
	median := slices.Sorted(slices.Values(e.tooks))[len(e.tooks)/2]
	step.Status, step.Found, step.Took = api.Passed, milliseconds(median), median
	switch {
	case median > badRoute:
		step = judged(api.StepRoute, api.Failed, fault("route.bad", pathURL).with("took", step.Found))
	case median > slowRoute:
		step = judged(api.StepRoute, api.Warned, fault("route.slow", pathURL).with("took", step.Found))
	}
	step.Took, step.Found = median, milliseconds(median)
	return step
}

// milliseconds is a short time as evidence shows it, the same in every language.
func milliseconds(d time.Duration) string {
	ms := float64(d.Microseconds()) / 1000
	if ms < 10 {
		return fmt.Sprintf("%.1f ms", ms)
	}
	return fmt.Sprintf("%.0f ms", ms)
}

// rangeSteps judge whether an address is one of a queue's own network. If so, the
// queue looks for it there.
func (t *DiagnosisTarget) rangeSteps(ends []end) []api.Step {
	var inside []api.Step
	known := false
	for _, e := range ends {
		for _, addr := range e.addrs {
			known = true
			if i := slices.IndexFunc(t.Queues, func(q QueueNetwork) bool { return q.Network.Contains(addr) }); i >= 0 {
				inside = append(inside, t.inside(addr, t.Queues[i]))
			}
		}
	}
	switch {
	case len(inside) > 0:
		return inside
	case len(t.Queues) == 0:
		return []api.Step{judged(api.StepQueueRange, api.Skipped, fault("range.no_queue", ""))}
	case !known:
		return []api.Step{judged(api.StepQueueRange, api.Skipped, fault("range.unknown", ""))}
	}
	return []api.Step{{Name: api.StepQueueRange, Status: api.Passed, Found: t.networks()}}
}

func (t *DiagnosisTarget) inside(addr netip.Addr, q QueueNetwork) api.Step {
	if t.Bound {
		return judged(api.StepQueueRange, api.Failed, q.holds("range.bound", pathURL, addr))
	}
	return judged(api.StepQueueRange, api.Warned, q.holds("range.unbound", pathURL, addr))
}

// networks lists a few queues with their networks.
func (t *DiagnosisTarget) networks() string {
	const few = 5
	var texts []string
	for _, q := range t.Queues[:min(len(t.Queues), few)] {
		texts = append(texts, q.String())
	}
	if len(t.Queues) > few {
		texts = append(texts, "…")
	}
	return strings.Join(texts, ", ")
}

// networkSteps judge the ids. What a security group lets through nobody can see
// from here; that is only said where it may be to blame: a group that does not
// let somebody in is silent, it refuses nothing.
func (t *DiagnosisTarget) networkSteps(ends []end) []api.Step {
	var steps []api.Step
	for _, problem := range t.Connection.NetworkProblems() {
		steps = append(steps, api.Step{Name: api.StepNetwork, Status: api.Failed, Path: problem.Path, Message: problem.Message})
	}
	if len(steps) > 0 {
		return steps
	}
	step := api.Step{Name: api.StepNetwork, Status: api.Passed}
	closed := func(e end) bool {
		key := e.ports().Message.Key
		return key == "check.connect.timeout" || key == "check.timeout"
	}
	if i := slices.IndexFunc(ends, closed); i >= 0 && !slices.ContainsFunc(ends, (end).reached) {
		step = judged(api.StepNetwork, api.Warned, fault("network.closed", "").with("port", fmt.Sprint(ends[i].at.port)))
	}
	step.Found = t.Connection.SecurityGroupID + ", " + t.Connection.NetworkID
	return []api.Step{step}
}
