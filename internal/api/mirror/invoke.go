package mirror

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/cloud"
	"switchboard/internal/api/routing"
)

// invocationSlack is how much longer than a function may run its answer may take.
const invocationSlack = 15 * time.Second

// Invoke implements api.Invocations. A region runs the code itself, and decides by the
// call's own headers which version gets the call; its answer is passed on.
func (m *Service) Invoke(ctx context.Context, s api.Scope, c api.Call) (api.Answer, error) {
	r, err := m.region(ctx, s.Project)
	if err != nil {
		return api.Answer{}, err
	}
	if r == nil {
		return m.plane.Invoke(ctx, s, c)
	}
	if len(c.Body) > api.MaxInvocationBody {
		return api.Answer{}, api.Errorf(api.Limit, "invoke.body_too_long", "max", api.MaxInvocationBody>>20)
	}
	urn := r.urn(c.Package, c.Function, c.Qualifier)
	if _, named := api.ParseFunctionURN(urn); !named {
		return api.Answer{}, api.Errorf(api.NotFound, "function.not_found")
	}
	versions, err := m.callable(ctx, s, &c)
	if err != nil {
		return api.Answer{}, err
	}
	call := r.call("InvokeFunction", "function", urn)
	call.Header, call.Body = headerOf(&c), c.Body
	answer, err := r.client.DoWithin(ctx, call, longest(versions))
	if err != nil {
		if ctx.Err() != nil {
			return api.Answer{}, ctx.Err()
		}
		if doubt, ok := errors.AsType[*cloud.Doubt](err); ok {
			err = doubt.Err
		}
		return api.Answer{}, failedThere(err, &c, len(versions) > 0)
	}
	said, log := readInvocation(&answer)
	said.Decision = m.decided(ctx, s, &c, &answer, log)
	if i := slices.IndexFunc(versions, func(v api.Version) bool { return v.Name == said.Decision.Version }); i >= 0 {
		said.MemoryMB = versions[i].Config.MemoryMB
	}
	return said, nil
}

// failedThere is what a region said instead of an answer, as it is said here: which part of
// the call there is not, or that the function failed, and not the region. known says that
// the function is.
func failedThere(err error, c *api.Call, known bool) error {
	e, said := errors.AsType[*api.Error](err)
	switch {
	case !said || !strings.HasPrefix(e.Message.Key, "cloud.refused"):
		return err
	case e.Code == api.Unavailable:
		return api.Errorf(api.Unavailable, "invoke.failed_there", "text", e.Message.Args["text"])
	case e.Code != api.NotFound:
		return err
	case !known:
		return api.Errorf(api.NotFound, "function.not_found")
	case strings.HasPrefix(c.Qualifier, "!"):
		return api.Errorf(api.NotFound, "alias.not_found")
	}
	return api.Errorf(api.NotFound, "version.not_found")
}

// callable are the versions of the called function as far as they are known here.
func (m *Service) callable(ctx context.Context, s api.Scope, c *api.Call) ([]api.Version, error) {
	f, err := m.plane.FindFunction(ctx, s, c.Package, c.Function)
	if err == nil {
		versions, err := m.plane.Versions(ctx, s, f.ID)
		return versions, err
	}
	if api.CodeOf(err) == api.NotFound {
		return nil, nil // it may be new there
	}
	return nil, err
}

// longest is how long the answer of any of the versions may take.
func longest(versions []api.Version) time.Duration {
	var most time.Duration
	for _, v := range versions {
		most = max(most, v.Config.Timeout)
	}
	return min(most, api.MaxInvocationTime) + invocationSlack
}

// headerOf is what goes along of a call's headers: what the caller says to the function,
// and not to us.
func headerOf(c *api.Call) map[string]string {
	header := map[string]string{}
	for name, values := range c.UpstreamHeader() {
		between := ", "
		if name == "Cookie" {
			between = "; "
		}
		header[name] = strings.Join(values, between)
	}
	if !strings.HasPrefix(header["Content-Type"], "application/json") {
		delete(header, "Content-Type") // an event is JSON, whatever it is called
	}
	header["X-Cff-Request-Version"], header["X-Cff-Log-Type"] = "v1", "tail"
	return header
}

// readInvocation reads the answer to an invocation, in the form v1 or, where a region knows
// none, as it is; log is what the function wrote last.
func readInvocation(a *cloud.Answer) (said api.Answer, log string) {
	said = api.Answer{Status: http.StatusOK, Header: http.Header{}, Body: a.Body, Took: a.Took}
	var v1 struct {
		Result *string `json:"result"`
		Log    string  `json:"log"`
		Status int     `json:"status"`
	}
	if a.Header.Get("X-Cff-Response-Version") == "v0" || json.Unmarshal(a.Body, &v1) != nil || v1.Result == nil {
		return said, ""
	}
	said.Body = []byte(*v1.Result)
	if a.Header.Get("X-Cff-Result-Encoding") == "base64" { // which only we do
		if body, err := base64.StdEncoding.DecodeString(*v1.Result); err == nil {
			said.Body = body
		}
	}
	if v1.Status >= http.StatusOK && v1.Status < 600 {
		said.Status = v1.Status
	}
	return said, v1.Log
}

// ranVersion finds in a log which version ran: no answer tells (spec/aliases.md §6).
var ranVersion = regexp.MustCompile(`invoke request '[^'\n]*', version: ([A-Za-z0-9._-]{1,42})`)

// decided is which version answered and why, as far as the region says or it follows from
// what is known here.
func (m *Service) decided(ctx context.Context, s api.Scope, c *api.Call, a *cloud.Answer, log string) routing.Decision {
	d := routing.Decision{Version: a.Header.Get("X-Cff-Function-Version")}
	if found := ranVersion.FindStringSubmatch(log); d.Version == "" && found != nil {
		d.Version = found[1]
	}
	name, byAlias := strings.CutPrefix(c.Qualifier, "!")
	if !byAlias {
		d.Version, d.Reason = cmp.Or(d.Version, c.Qualifier, api.LatestVersion), routing.ByMain
		return d
	}
	reasons := []routing.Reason{routing.ByMain, routing.ByRules, routing.ByWeight, routing.ByKey}
	if reason := routing.Reason(a.Header.Get("X-Cff-Version-Reason")); slices.Contains(reasons, reason) {
		d.Reason = reason
	}
	f, err := m.plane.FindFunction(ctx, s, c.Package, c.Function)
	if err != nil {
		return d
	}
	alias, err := m.plane.FindAlias(ctx, s, f.ID, name)
	if err != nil {
		return d
	}
	usual := routing.Decide(&alias.Route, &routing.Request{})
	d.Reason = cmp.Or(d.Reason, usual.Reason)
	if usual.Reason == routing.ByMain {
		d.Version = cmp.Or(d.Version, usual.Version)
	}
	d.Additional = d.Version != "" && d.Version == alias.Route.Additional
	return d
}
