package embedded

import (
	"context"
	"errors"
	"strings"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/routing"
	"switchboard/internal/api/store"
)

// Invoke implements api.Invocations. It changes nothing of ours, and there may be
// thousands of calls a second, so the audit log does not hear of them; nor is
// anything of headers and bodies, which are the callers' own, written to a log.
func (p *Plane) Invoke(ctx context.Context, s api.Scope, c api.Call) (api.Answer, error) {
	if len(c.Body) > api.MaxInvocationBody {
		return api.Answer{}, api.Errorf(api.Limit, "invoke.body_too_long", "max", api.MaxInvocationBody>>20)
	}
	to, decision, err := p.decide(ctx, s, &c)
	if err != nil {
		return api.Answer{}, err
	}
	undone := api.Answer{Decision: decision}
	config := to.config()
	if config.Disabled() {
		return undone, api.Errorf(api.Limit, "function.disabled", "version", decision.Version)
	}
	if to.Upstream == "" {
		return undone, api.Errorf(api.Unavailable, "function.no_upstream", "version", decision.Version)
	}
	timeout := min(config.Timeout, api.MaxInvocationTime)
	header := c.UpstreamHeader()
	header.Set("Accept-Encoding", "identity") // the answer becomes part of another one
	header.Set("X-Cff-Request-Id", s.Actor.RequestID)
	answer, err := p.prober.Forward(ctx, probe.Forwarding{
		Project: s.Project, URL: to.Upstream, Header: header, Body: c.Body, Timeout: timeout,
	})
	if err != nil {
		return undone, to.failure(err, timeout)
	}
	if encoding := answer.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return undone, api.Errorf(api.Unavailable, "invoke.encoded", "version", to.Called)
	}
	answer.Decision, answer.MemoryMB = decision, config.MemoryMB
	return answer, nil
}

// targetRow is a version that a call may go to, and the alias that leads there.
type targetRow struct {
	aliasRow

	Called   string // the version's name
	Upstream string
	Config   string
}

// targets finds, in one query because every call waits for it: a function, its
// alias or version of that name, and with an alias the versions that it leads to.
const targets = `SELECT a.id, a.package, a.function_name, a.name, a.main, a.additional, a.weight, a.rules, a.combine, a.sticky, v.name AS called, v.upstream, v.config
FROM functions AS f
LEFT JOIN aliases AS a ON a.function_id = f.id AND a.name = ?
LEFT JOIN function_versions AS v ON v.function_id = f.id AND v.name IN (?, a.main, a.additional)
WHERE f.project_id = ? AND f.package = ? AND f.name = ?`

// decide finds the version that a call gets.
func (p *Plane) decide(ctx context.Context, s api.Scope, c *api.Call) (*targetRow, routing.Decision, error) {
	decision := routing.Decision{Version: c.Qualifier, Reason: routing.ByMain}
	alias, byAlias := strings.CutPrefix(c.Qualifier, "!")
	switch {
	case byAlias:
		decision.Version = ""
	case c.Qualifier == "":
		alias, decision.Version = "", api.LatestVersion
	default:
		alias = ""
	}
	var rows []targetRow
	if names := []any{alias, decision.Version, s.Project, c.Package, c.Function}; store.Storable(names...) {
		if err := p.targets.Scan(ctx, &rows, names...); err != nil {
			return nil, decision, err
		}
	}
	switch {
	case len(rows) == 0:
		return nil, decision, api.Errorf(api.NotFound, noFunction)
	case byAlias && rows[0].ID == "":
		return nil, decision, api.Errorf(api.NotFound, noAlias)
	case byAlias:
		route := rows[0].route()
		decision = routing.Decide(&route, &routing.Request{Header: c.Header, Draw: routing.Random()})
	}
	for i := range rows {
		if rows[i].Called == decision.Version {
			return &rows[i], decision, nil
		}
	}
	return nil, decision, api.Errorf(api.NotFound, noVersion)
}

func (r *targetRow) config() (config api.FunctionConfig) {
	decode(r.Config, &config)
	return config
}

// failure says why there is no answer. The upstream's address is its owner's, and
// whether it is refused, closed or silent is nobody's business (S3).
func (r *targetRow) failure(err error, timeout time.Duration) error {
	switch {
	case errors.Is(err, probe.ErrNoAnswer):
		return api.Errorf(api.Unavailable, "invoke.no_answer", "version", r.Called)
	case errors.Is(err, probe.ErrTooLate):
		return api.Errorf(api.Unavailable, "invoke.too_late", "version", r.Called, "seconds", int(timeout.Seconds()))
	case errors.Is(err, probe.ErrTooLong):
		return api.Errorf(api.Unavailable, "invoke.answer_too_long", "version", r.Called, "max", api.MaxInvocationBody>>20)
	case errors.Is(err, probe.ErrTooMany):
		return api.Errorf(api.Limit, "invoke.busy", "max", probe.MaxProjectForwards)
	}
	return err
}
