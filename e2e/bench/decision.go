package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"time"

	"switchboard/internal/api/routing"
)

// Sizes of what is measured of the decision.
const (
	perTurn    = 100       // decisions of one operation of a contender: a single one is too short for the clock
	callers    = 1024      // of the requests that they are about
	simulated  = 1_000_000 // requests
	checked    = 2000      // requests that all evaluators must answer alike
	goalFaster = 1.0       // of any other evaluator to ours, at least
)

// goalSimulation is for that many simulated requests, on the processor.
const goalSimulation = time.Second

// evaluator decides by a route; true is the additional version.
type evaluator struct {
	name string
	// fromHeaders prepares a decision about a request that begins with its
	// headers, fromReady one about what the evaluator makes of them; nil if it
	// makes nothing.
	fromHeaders, fromReady func(http.Header) func() bool
}

// situation is a route and requests to decide about.
type situation struct {
	name    string
	route   routing.Route
	headers []http.Header
}

// nameDecide is ours.
const nameDecide = "switchboard"

// decisions compares the decision with others that run inside a program, and
// measures the simulator.
func (b *bench) decisions(ctx context.Context) error {
	var rows [][]string
	for _, s := range situations() {
		more, err := b.decide(ctx, s)
		if err != nil {
			return err
		}
		rows = append(rows, more...)
	}
	b.add(section{
		title: "Deciding which version a request gets",
		lead: "Inside one process, one goroutine; time on the processor, with what the garbage collector takes. Everybody decides by a " +
			"configuration of the same meaning, and in this run gave the same answers to " + thousands(checked) + " random requests (with a share: sent " +
			"the same share of the callers to the additional version). *From headers* begins with an `http.Header`, as an invocation does: " +
			"the evaluators of LaunchDarkly and GrowthBook make their own form of the request out of it. *Ready* leaves that out; ours has no such form, so " +
			"the last column compares its whole with a part of theirs. All end at the first rule that decides.",
		head: []string{"", "evaluator", "from headers", "ready", "allocations", "from headers, to ours", "ready, to ours"}, rows: rows,
	})
	return b.simulation(ctx)
}

// situations have twenty rules on headers, or a share of callers.
func situations() []situation {
	var rules []routing.Rule
	all, last := http.Header{}, http.Header{}
	for i := range routing.MaxRules {
		name := fmt.Sprintf("X-Attribute-%02d", i)
		rules = append(rules, routing.Rule{Type: routing.Header, Param: name, Op: routing.In, Value: "red,green,blue"})
		all.Set(name, "blue")
		last.Set(name, "grey")
	}
	first := all.Clone()
	first.Set("X-Attribute-00", "grey")
	last.Set(rules[routing.MaxRules-1].Param, "blue")
	route := routing.Route{Main: "v3", Additional: "v4", Rules: rules}
	either := route
	either.Combine = routing.Or
	share := routing.Route{Main: "v3", Additional: "v4", Weight: 20, Salt: "alias", Sticky: routing.Source{Type: routing.Header, Param: "X-User"}}
	var users []http.Header
	for i := range callers {
		users = append(users, http.Header{"X-User": {fmt.Sprintf("user-%d@example.com", i)}})
	}
	return []situation{
		{"all of 20 rules, which match", route, []http.Header{all}},
		{"any of 20 rules, of which the last matches", either, []http.Header{last}},
		{"all of 20 rules, of which the first does not match", route, []http.Header{first}},
		{"20 % of callers, by a key", share, users},
	}
}

// decide lets the evaluators race in a situation, and returns the rows of its
// table.
func (b *bench) decide(ctx context.Context, s situation) ([][]string, error) {
	all := []evaluator{switchboard(&s.route)}
	for _, other := range []func(*routing.Route) (evaluator, error){launchDarkly, growthBook} {
		e, err := other(&s.route)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	if err := sameAnswers(&s.route, all); err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	var contenders []contender
	for _, e := range all {
		contenders = append(contenders, s.contender(e.name, e.fromHeaders))
		if e.fromReady != nil {
			contenders = append(contenders, s.contender(e.name+", ready", e.fromReady))
		}
	}
	found, err := race(ctx, s.name, max(b.rounds/4, 1), b.turn, contenders)
	if err != nil {
		return nil, err
	}
	return b.decisionRows(s, all, found), nil
}

func (b *bench) decisionRows(s situation, all []evaluator, found results) [][]string {
	ours := found[nameDecide]
	var rows [][]string
	for _, e := range all {
		allocations := strconv.FormatUint(s.allocations(e.fromHeaders), 10)
		row := []string{s.name, e.name, each(found[e.name]), "", allocations, "", ""}
		if e.fromReady == nil {
			b.goal("decision, "+s.name+", allocations", "0", allocations, allocations == "0")
		} else {
			ready := found[e.name+", ready"]
			whole, part := figure(cpu).ratio(found[e.name], ours), figure(cpu).ratio(ready, ours)
			row[3], row[5], row[6] = each(ready), whole.times(), part.times()
			b.goal("decision, "+s.name+", "+e.name+" to ours", "> "+digits(goalFaster), whole.times(), whole.median > goalFaster)
			b.goal("decision, "+s.name+", "+e.name+" when ready to ours", "> "+digits(goalFaster), part.times(), part.median > goalFaster)
		}
		rows = append(rows, row)
	}
	return rows
}

// each prints the time on the processor of one decision.
func each(samples []sample) string {
	return fmt.Sprintf("%s ns", digits(figure(cpu).of(samples).median/perTurn*1e9))
}

// prepared are decisions about each of the requests.
func (s *situation) prepared(prepare func(http.Header) func() bool) []func() bool {
	var all []func() bool
	for _, h := range s.headers {
		all = append(all, prepare(h))
	}
	return all
}

func (s *situation) contender(name string, prepare func(http.Header) func() bool) contender {
	all, at := s.prepared(prepare), 0
	return contender{name, 1, func(context.Context, int64) error {
		for range perTurn {
			all[at%len(all)]()
			at++
		}
		return nil
	}, nil}
}

// allocations are those of one decision, rounded down: what else this process
// does at the time does not count.
func (s *situation) allocations(prepare func(http.Header) func() bool) uint64 {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	all := s.prepared(prepare)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for at := range callers {
		all[at%len(all)]()
	}
	runtime.ReadMemStats(&after)
	return (after.Mallocs - before.Mallocs) / callers
}

// switchboard is what invocations use.
func switchboard(route *routing.Route) evaluator {
	return evaluator{name: nameDecide, fromHeaders: func(h http.Header) func() bool {
		request := &routing.Request{Header: h}
		return func() bool { return routing.Decide(route, request).Additional }
	}}
}

// simulation measures the simulator.
func (b *bench) simulation(ctx context.Context) error {
	var all []contender
	for name, sticky := range map[string]routing.Source{"by chance": {}, "by a key": {Type: routing.Header, Param: "X-User"}} {
		route := routing.Route{Main: "v3", Additional: "v4", Weight: 20, Salt: "alias", Sticky: sticky}
		all = append(all, contender{name, 1, func(context.Context, int64) error {
			if got := routing.Simulate(&route, &routing.Request{}, simulated); got.Main+got.Additional != simulated {
				return fmt.Errorf("%d of %d requests were simulated", got.Main+got.Additional, simulated)
			}
			return nil
		}, nil})
	}
	found, err := race(ctx, "simulations", max(b.rounds/12, 1), b.turn, all)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, name := range slices.Sorted(maps.Keys(found)) {
		work := figure(cpu).of(found[name])
		rows = append(rows, []string{name, work.short()})
		b.goal("simulating "+thousands(simulated)+" requests "+name+", processor", "< "+seconds(goalSimulation.Seconds()), work.short(), work.median < goalSimulation.Seconds())
	}
	b.add(section{
		title: "Simulating " + thousands(simulated) + " requests",
		lead:  "One goroutine; the decision that invocations use, that many times. By a key, every request is another caller's.",
		head:  []string{"", "processor"}, rows: rows,
	})
	return nil
}
