package wire

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
)

// ownFunctionRoutes serves what the dialect lacks of functions and aliases. They
// are named as in the dialect: it has no ids.
func (s *server) ownFunctionRoutes(e *echo.Echo) {
	ext := family{s, extensionError}
	serve(e, "UpdateVersionUpstream", ext.inFunction(s.setUpstream))

	serve(e, "ShowAlias", ext.inAlias(s.showOwnAlias))
	serve(e, "DecideAlias", ext.inAlias(s.decide))
	serve(e, "UpdateAliasSticky", ext.inAlias(s.stickAlias))
	serve(e, "PromoteAlias", ext.inAlias(s.promoteAlias))
	serve(e, "AbortAlias", ext.inAlias(s.abortAlias))
	serve(e, "ListRamps", ext.inAlias(s.listRamps))
	serve(e, "StartRamp", ext.inAlias(s.startRamp))
	serve(e, "SteerRamp", ext.inAlias(s.steerRamp))
}

// upstreamBody is where invocations go; "" is nowhere.
type upstreamBody struct {
	Upstream *string `json:"upstream"`
}

// setUpstream answers PUT …/versions/{version}/upstream {"upstream": "http://…"};
// "" is none.
func (s *server) setUpstream(c echo.Context, scope api.Scope, function api.Function) error {
	var body upstreamBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	if body.Upstream == nil { // not sent is not the same as none
		return api.Errorf(api.Invalid, "wire.body_type", "field", "upstream", "want", "string")
	}
	version, err := s.Service.SetUpstream(c.Request().Context(), scope, function.ID, param(c, "version"), *body.Upstream)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, s.encodeFunction(c, &function, &version))
}

// ownAliasJSON is an alias with what the dialect has no field for.
type ownAliasJSON struct {
	ID          string        `json:"id"`
	Name        string        `json:"name"`
	Description string        `json:"description"`
	Route       routing.Route `json:"route"`
	Words       []string      `json:"words"` // what becomes of requests, in sentences
	Updated     time.Time     `json:"updated"`
	By          string        `json:"by"`
	Ramp        *rampJSON     `json:"ramp,omitempty"`
}

func answerAlias(c echo.Context, a *api.Alias) error {
	out := ownAliasJSON{
		ID: a.ID, Name: a.Name, Description: a.Description, Route: a.Route, Words: sayAll(c, api.RouteWords(&a.Route)),
		Updated: a.Updated.At, By: a.Updated.By,
	}
	if a.Ramp != nil {
		ramp := encodeRamp(c, *a.Ramp)
		out.Ramp = &ramp
	}
	return answer(c, http.StatusOK, &out)
}

func sayAll(c echo.Context, messages []api.Message) []string {
	return each(messages, func(m api.Message) string { return say(c, m) })
}

// showOwnAlias answers GET …/aliases/{name}.
func (s *server) showOwnAlias(c echo.Context, _ api.Scope, alias api.Alias) error {
	return answerAlias(c, &alias)
}

// promoteAlias answers POST …/aliases/{name}/promote, maybe with {"additional":
// "v4"}.
func (s *server) promoteAlias(c echo.Context, scope api.Scope, alias api.Alias) error {
	seen, err := seenAlias(c, &alias)
	if err != nil {
		return err
	}
	promoted, err := s.Service.PromoteAlias(c.Request().Context(), scope, alias.ID, seen)
	if err != nil {
		return err
	}
	return answerAlias(c, &promoted)
}

// abortAlias answers POST …/aliases/{name}/abort, maybe with {"additional": "v4"}.
func (s *server) abortAlias(c echo.Context, scope api.Scope, alias api.Alias) error {
	seen, err := seenAlias(c, &alias)
	if err != nil {
		return err
	}
	aborted, err := s.Service.AbortAlias(c.Request().Context(), scope, alias.ID, seen)
	if err != nil {
		return err
	}
	return answerAlias(c, &aborted)
}

// seenBody names the additional version that somebody saw.
type seenBody struct {
	Additional *string `json:"additional,omitempty"`
}

// seenAlias is the version of the record that a gray release must still have to be
// ended: any if the request does not say which additional version it means.
func seenAlias(c echo.Context, alias *api.Alias) (int64, error) {
	var body seenBody
	if _, err := decodeOptionalBody(c, &body); err != nil || body.Additional == nil {
		return 0, err
	}
	if *body.Additional != alias.Route.Additional {
		return 0, api.Errorf(api.Conflict, "alias.changed", "by", api.By(alias.Updated.By))
	}
	return alias.Version, nil
}

// stickyBody is what keeps callers at their version; {} is nothing.
type stickyBody struct {
	Sticky *routing.Source `json:"sticky"`
}

// stickAlias answers PUT …/aliases/{name}/sticky {"sticky": {"type": "header",
// "param": "X-User"}}; {} is none.
func (s *server) stickAlias(c echo.Context, scope api.Scope, alias api.Alias) error {
	var body stickyBody
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	if body.Sticky == nil { // not sent is not the same as none
		return api.Errorf(api.Invalid, "wire.body_type", "field", "sticky", "want", "object")
	}
	draft := alias.Draft()
	draft.Sticky = body.Sticky
	updated, err := s.Service.UpdateAlias(c.Request().Context(), scope, alias.ID, draft, alias.Version)
	if err != nil {
		return err
	}
	return answerAlias(c, &updated)
}

// decisionJSON is which version a request would get, and why.
type decisionJSON struct {
	Version    string         `json:"version"`
	Additional bool           `json:"additional"`
	Reason     routing.Reason `json:"reason"`
	Words      []string       `json:"words"`
	Draw       *int           `json:"draw,omitempty"` // from 1 to 100; at most the weight means additional
	Rules      []outcomeJSON  `json:"rules,omitempty"`
	Tally      *tallyJSON     `json:"tally,omitempty"`
}

// outcomeJSON is what became of a rule.
type outcomeJSON struct {
	Matched bool `json:"matched"`
	Present bool `json:"present"` // the request has what the rule looks at
}

type tallyJSON struct {
	Total      int `json:"total"`
	Main       int `json:"main"`
	Additional int `json:"additional"`
}

// decide answers POST …/aliases/{name}/decide {"headers": {"X-Team": "qa"},
// "simulate": 1000}: which version a request with these headers would get. The
// simulation sends as many like it. Nothing is called, and nothing changes.
func (s *server) decide(c echo.Context, _ api.Scope, alias api.Alias) error {
	var body struct {
		Headers  map[string]json.RawMessage `json:"headers"`
		Simulate int                        `json:"simulate"`
	}
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	if body.Simulate < 0 || body.Simulate > api.MaxSimulated {
		return wrong("simulate", api.M("wire.number", "min", 0, "max", api.MaxSimulated))
	}
	request := routing.Request{Header: http.Header{}, Draw: routing.Random(), Explain: true}
	for name, text := range body.Headers {
		values, err := readHeader(text, below("headers", api.Shortened(name)))
		if err != nil {
			return err
		}
		for _, value := range values {
			if !api.UnseenHeader(name) {
				request.Header.Add(name, value)
			}
		}
	}
	out := encodeDecision(c, &alias.Route, routing.Decide(&alias.Route, &request))
	if body.Simulate > 0 {
		tally := tallyJSON(routing.Simulate(&alias.Route, &request, body.Simulate))
		out.Tally = &tally
	}
	return answer(c, http.StatusOK, &out)
}

func encodeDecision(c echo.Context, route *routing.Route, d routing.Decision) decisionJSON {
	out := decisionJSON{Version: d.Version, Additional: d.Additional, Reason: d.Reason, Words: sayAll(c, api.DecisionWords(route, d))}
	switch d.Reason {
	case routing.ByWeight, routing.ByKey:
		out.Draw = &d.Draw
	case routing.ByRules:
		for i := range route.Rules {
			out.Rules = append(out.Rules, outcomeJSON{d.Matched.Has(i), d.Present.Has(i)})
		}
	}
	return out
}

// readHeader reads the value of a header, or a list of values.
func readHeader(text json.RawMessage, at string) ([]string, error) {
	if text[0] == '[' {
		var values []string
		err := decode(text, &values, at)
		return values, err
	}
	values := make([]string, 1)
	return values, decode(text, &values[0], at)
}
