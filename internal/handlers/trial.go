package handlers

import (
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
	"switchboard/web/templates"
)

// usualSimulated is how many requests the bench simulates unless somebody says
// so.
const usualSimulated = "10000"

// trialPage is the bench of what is live.
func (p *pages) trialPage(c echo.Context) error {
	alias, err := p.aliasView(c)
	if err != nil {
		return err
	}
	return p.renderTrial(c, http.StatusOK, templates.TrialPageView{AliasView: alias, Trial: typedTrial(c)})
}

// tryRequest says which version the request gets that stands in the bench.
// Nothing of it is kept.
func (p *pages) tryRequest(c echo.Context) error {
	alias, err := p.aliasView(c)
	if err != nil {
		return err
	}
	if _, err := formValues(c); err != nil {
		return err
	}
	view := templates.TrialPageView{AliasView: alias, Trial: p.trial(c, nil, &alias.Alias.Route)}
	status := http.StatusOK
	if len(view.Trial.Problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return p.renderTrial(c, status, view)
}

func (p *pages) renderTrial(c echo.Context, status int, view templates.TrialPageView) error {
	view.Trial.Action = view.Path() + "/try"
	view.Many.Action = view.Trial.Action + "/file"
	frame := p.namedFrame(c, view.Alias.Name)
	frame.Path = view.Trial.Action
	return p.render(c, status, templates.TrialPage(frame, view))
}

// typedTrial is the bench as it stands in a form; nothing is tried.
func typedTrial(c echo.Context) templates.TrialView {
	v := templates.TrialView{Request: c.FormValue(templates.TrialRequest), Count: c.FormValue(templates.TrialCount)}
	if v.Count == "" {
		v.Count = usualSimulated
	}
	return v
}

// trial tries the request that stands in the bench on a draft and on what is
// live; a route that is nil is left out. The caller says where the bench posts.
func (p *pages) trial(c echo.Context, draft, live *routing.Route) templates.TrialView {
	v := typedTrial(c)
	header, err := readTrial(v.Request)
	if err != nil {
		v.Problems = append(v.Problems, domainError(err).Problems...)
	}
	n, err := strconv.Atoi(strings.TrimSpace(v.Count))
	if err != nil || n < 1 || n > api.MaxSimulated {
		v.Problems = append(v.Problems, api.Problem{Path: templates.TrialCount, Message: api.M("trial.bad_count", "max", api.Grouped(api.MaxSimulated))})
	}
	if len(v.Problems) > 0 {
		return v
	}
	v.Tried, v.Draft, v.Live = true, tried(draft, header, n), tried(live, header, n)
	return v
}

// readTrial reads a request; without any text it is one without headers.
func readTrial(text string) (http.Header, error) {
	if strings.TrimSpace(text) == "" {
		return http.Header{}, nil
	}
	return api.ReadTrial(text)
}

// tried is what a route does with a request, and with n more like it.
func tried(route *routing.Route, header http.Header, n int) *templates.TrialSide {
	if route == nil {
		return nil
	}
	request := &routing.Request{Header: header, Draw: routing.Random(), Explain: true}
	side := &templates.TrialSide{Route: route, Decision: routing.Decide(route, request), Tally: routing.Simulate(route, request, n)}
	side.Low, side.High = usualCounts(n, route.Weight)
	return side
}

// usualCounts returns between which numbers 99 of 100 simulations of n draws with
// a chance in percent end: the quantiles of the binomial distribution.
func usualCounts(n, percent int) (low, high int) {
	if percent <= 0 || percent >= 100 {
		return n * percent / 100, n * percent / 100
	}
	const tail = 0.005
	chance := float64(percent) / 100
	mean := float64(n) * chance
	far := 10*math.Sqrt(mean*(1-chance)) + 10 // beyond is nothing that would count
	sum := 0.0
	low = -1
	for k := max(0, int(mean-far)); k <= n; k++ {
		sum += binomial(n, k, chance)
		if low < 0 && sum >= tail {
			low = k
		}
		if high = k; sum >= 1-tail {
			break
		}
	}
	return low, high
}

// binomial is how likely k of n draws with a chance are.
func binomial(n, k int, chance float64) float64 {
	logFactorial := func(n int) float64 {
		l, _ := math.Lgamma(float64(n) + 1)
		return l
	}
	ways := logFactorial(n) - logFactorial(k) - logFactorial(n-k)
	return math.Exp(ways + float64(k)*math.Log(chance) + float64(n-k)*math.Log(1-chance))
}
