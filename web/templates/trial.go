package templates

import (
	"context"
	"math"
	"strconv"

	"github.com/a-h/templ"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
	"switchboard/internal/locale"
)

// TrialView is the bench: which version a request would get, and why. It stands
// inside a form, whose other inputs travel along when its button is pressed.
type TrialView struct {
	Action   string // where the button posts the form; the answer holds TrialID again
	Request  string // as typed or pasted
	Count    string // of requests to be simulated, as typed
	Problems []api.Problem
	// Tried says that somebody asked; Draft and Live are the answers, nil for a
	// route that is not there.
	Tried       bool
	Draft, Live *TrialSide
}

// Names of the bench's inputs, and so the paths of what is wrong with them.
const (
	TrialRequest = "request"
	TrialCount   = "count"
)

// TrialID is the bench, as an element and as a fragment.
const TrialID = "trial"

// TrialSide is what one route does with the request.
type TrialSide struct {
	Route    *routing.Route
	Decision routing.Decision
	Tally    routing.Tally // of simulated requests like it
	// Low and High are between which numbers of requests to the additional
	// version 99 of 100 simulations end.
	Low, High int
}

// verb makes the bench's button try the request. Without JavaScript the answer is
// a page of its own, which begins where the bench's answer does.
func (v *TrialView) verb() templ.Attributes {
	return templ.Attributes{
		"formaction": v.Action + "#trial-answer", "hx-post": v.Action, "hx-target": "#" + TrialID, "hx-swap": "outerHTML",
		"hx-sync": "closest form:replace",
	}
}

func (v *TrialView) sides() []*TrialSide {
	var sides []*TrialSide
	for _, side := range []*TrialSide{v.Live, v.Draft} {
		if side != nil {
			sides = append(sides, side)
		}
	}
	return sides
}

// problem is what is wrong with an input, or nothing.
func (v *TrialView) problem(path string) api.Message {
	for _, p := range v.Problems {
		if p.Path == path {
			return p.Message
		}
	}
	return api.Message{}
}

// describe tells assistive technology what belongs to an input.
func (v *TrialView) describe(path string) templ.Attributes {
	if v.problem(path).IsZero() {
		return templ.Attributes{"aria-describedby": "trial-" + path + "-help"}
	}
	return templ.Attributes{
		"aria-describedby": "trial-" + path + "-error trial-" + path + "-help", "aria-invalid": "true", "autofocus": true,
	}
}

// differ reports whether the draft would answer the request in another way.
func (v *TrialView) differ() bool {
	return v.Draft != nil && v.Live != nil && v.Draft.shares() != v.Live.shares()
}

// news is what a screen reader hears of the answer.
func (v *TrialView) news(ctx context.Context) string {
	if v.differ() {
		return locale.T(ctx, "trial.differ", "live", v.Live.verdict(ctx), "draft", v.Draft.verdict(ctx))
	}
	for _, side := range v.sides() {
		return side.verdict(ctx)
	}
	return ""
}

// byChance reports whether a single request's version is a matter of chance. A
// draw by key is not, unless the alias has no name yet: that is part of it.
func (s *TrialSide) byChance() bool { return trialByChance(s.Route, s.Decision) }

func trialByChance(route *routing.Route, d routing.Decision) bool {
	drawn := d.Reason == routing.ByWeight || d.Reason == routing.ByKey && route.Salt == ""
	return drawn && route.Weight > 0 && route.Weight < 100
}

// draws reports whether requests are shared by weight.
func (s *TrialSide) draws() bool { return s.Route.Additional != "" && len(s.Route.Rules) == 0 }

// shares is what the request gets: the versions, and the chance of the
// additional one in percent.
func (s *TrialSide) shares() [3]string {
	if s.byChance() {
		return [3]string{s.Route.Main, s.Route.Additional, count(s.Route.Weight)}
	}
	return [3]string{s.Decision.Version}
}

// verdict is which version the request gets, in one line.
func (s *TrialSide) verdict(ctx context.Context) string {
	return trialVerdict(ctx, s.Route, s.Decision)
}

func trialVerdict(ctx context.Context, route *routing.Route, d routing.Decision) string {
	if !trialByChance(route, d) {
		return d.Version
	}
	return locale.T(ctx, "trial.chances", "main", route.Main, "rest", 100-route.Weight, "additional", route.Additional, "weight", route.Weight)
}

// reasons say why, first what decided and then rule by rule.
func (s *TrialSide) reasons() []api.Message { return trialReasons(s.Route, s.Decision) }

// A draw at random says nothing about the next request, and so it is not told.
func trialReasons(route *routing.Route, d routing.Decision) []api.Message {
	chance := trialByChance(route, d)
	switch {
	case chance && d.Reason == routing.ByKey:
		return []api.Message{api.M("trial.by_key_of_unnamed")}
	case chance:
		return append([]api.Message{api.M("trial.by_chance")}, api.RouteWords(route)[1:]...)
	case d.Reason == routing.ByWeight:
		return api.RouteWords(route)
	}
	return api.DecisionWords(route, d)
}

// trialShare is a line of the simulation: what a version should get and what it
// got.
type trialShare struct {
	Version          string
	Percent, Counted int
}

func (s *TrialSide) split() []trialShare {
	return []trialShare{
		{s.Route.Main, 100 - s.Route.Weight, s.Tally.Main}, {s.Route.Additional, s.Route.Weight, s.Tally.Additional},
	}
}

// off is how many points a share is away from what it should be.
func (s *TrialSide) off(ctx context.Context, share trialShare) string {
	points := float64(100*share.Counted-share.Percent*s.Tally.Total) / float64(s.Tally.Total)
	text := strconv.FormatFloat(math.Abs(points), 'f', 2, 64)
	switch {
	case text == "0.00":
	case points < 0:
		text = "−" + text
	default:
		text = "+" + text
	}
	return locale.T(ctx, "trial.points", "n", text)
}

// percent is a number of the simulated requests as people read it.
func (s *TrialSide) percent(ctx context.Context, n int) string {
	return locale.T(ctx, "trial.percent", "n", strconv.FormatFloat(100*float64(n)/float64(s.Tally.Total), 'f', 2, 64))
}

// expected says what chance allows, and whether this simulation kept to it.
func (s *TrialSide) expected(ctx context.Context) string {
	key := "trial.expected"
	if s.Tally.Additional < s.Low || s.Tally.Additional > s.High {
		key = "trial.unexpected"
	}
	return locale.T(ctx, key, "version", s.Route.Additional, "low", s.percent(ctx, s.Low), "high", s.percent(ctx, s.High), "n", api.Grouped(s.Tally.Total))
}
