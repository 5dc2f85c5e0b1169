package mirror

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"switchboard/internal/api"
	"switchboard/internal/api/cloud"
	"switchboard/internal/api/wire"
)

// Make implements embedded.Upstream.
func (m *Service) Make(ctx context.Context, s api.Scope, d api.Deed) (api.Deed, func(), error) {
	r, err := m.region(ctx, s.Project)
	if err != nil || r == nil {
		return d, func() {}, err
	}
	if _, err := d.Plan(ctx, blind{m.plane}, s); err != nil {
		return nil, nil, err
	}
	if err := m.reaches(ctx, r, d); err != nil {
		return nil, nil, err
	}
	quiet := s
	quiet.Reason = "" // it is for those who approve here
	calls, err := wire.CallsOf(ctx, m.plane, quiet, r.place, d)
	if err != nil {
		return nil, nil, err
	}
	// What no region has a call for is kept here alone, and noted where that matters.
	calls = slices.DeleteFunc(calls, func(c wire.Call) bool { return c.Operation.API == wire.Extensions && c.Operation.ID != setUpstream })
	done := r.gate.change()
	made, err := m.make(ctx, r, s, d, calls)
	r.spoil(touched(d.About().Kind)...)
	if err != nil {
		done()
		return nil, nil, meant(d, err)
	}
	return made, done, nil
}

// setUpstream is the one call that only another Switchboard has which is made there.
const setUpstream = "UpdateVersionUpstream"

// Forwards implements embedded.Upstream. Once it is known it is not asked again.
func (m *Service) Forwards(ctx context.Context, project string) (bool, error) {
	r, err := m.region(ctx, project)
	if err != nil || r == nil {
		return false, err
	}
	r.mu.Lock()
	known := r.forwards
	r.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	_, err = r.ask(ctx, r.call("ListApprovalRules"))
	forwards := err == nil
	if code := api.CodeOf(err); err == nil || code == api.NotFound || code == api.Forbidden {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.forwards = &forwards
	}
	return forwards, nil
}

// meant is what a region's refusal means for whoever fills in the form of a new thing.
func meant(d api.Deed, err error) error {
	e, refused := errors.AsType[*api.Error](err)
	if !refused || len(e.Problems) > 0 {
		return err
	}
	link, isLink := d.(api.CreateLink)
	_, isConnection := d.(api.CreateConnection)
	_, isQueue := d.(api.CreateQueue)
	switch {
	case e.Code == api.Conflict && (isLink || isConnection || isQueue):
		return &api.Error{Code: api.Conflict, Message: e.Message, Problems: []api.Problem{{Path: "name", Message: e.Message}}}
	case e.Code == api.NotFound && isLink:
		return api.Refuse([]api.Problem{{Path: "cluster", Message: api.M("link.cluster_unknown", "name", link.Draft.Cluster)}})
	}
	return err
}

// make makes the calls and reads back what came of them.
func (m *Service) make(ctx context.Context, r *region, s api.Scope, d api.Deed, calls []wire.Call) (api.Deed, error) {
	answers := make([]cloud.Answer, 0, len(calls))
	for i := range calls {
		answer, err := r.client.Do(ctx, calls[i])
		if doubt, ok := errors.AsType[*cloud.Doubt](err); ok {
			// It may have been made: what is there says so.
			if made, found := m.made(ctx, r, s, d, answers); found == nil && i == len(calls)-1 {
				return made, nil
			}
			return nil, doubt
		}
		if err != nil {
			return nil, err
		}
		answers = append(answers, answer)
	}
	made, err := m.made(ctx, r, s, d, answers)
	if made == nil {
		// There is nothing that could be written down before the region is read again.
		m.log.WarnContext(ctx, "what was made was not found", "project", r.scope.Project, "deed", fmt.Sprintf("%T", d), "error", err)
		return nil, api.Errorf(api.Unavailable, "vpcep.unread")
	}
	if err != nil {
		// The change was made, and cannot be read: what is written down is what was
		// asked for, until the region is read again.
		m.log.WarnContext(ctx, "a change was not read back", "project", r.scope.Project, "deed", fmt.Sprintf("%T", d), "error", err)
		return d, nil
	}
	return made, nil
}

var plainID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// identifies reports whether what a region calls something can be an id here, which
// stands in paths.
func identifies(id string) bool { return plainID.MatchString(id) }

// touched are the kinds of which something may be otherwise after a deed.
func touched(kind api.Kind) []api.Kind {
	switch kind {
	case api.KindConnection, api.KindQueue:
		return []api.Kind{api.KindConnection, api.KindQueue}
	case api.KindEndpointService, api.KindPermission, api.KindEndpoint:
		return []api.Kind{api.KindEndpointService, api.KindPermission, api.KindEndpoint}
	case api.KindFunction, api.KindAlias:
		return []api.Kind{api.KindFunction, api.KindAlias}
	case api.KindPolicy, api.KindBackup, api.KindReplication:
		return []api.Kind{api.KindPolicy, api.KindBackup, api.KindReplication}
	}
	return []api.Kind{kind}
}

// made reads back what a deed became: the answers are those to its calls. NotFound if
// it is not there.
func (m *Service) made(ctx context.Context, r *region, s api.Scope, d api.Deed, answers []cloud.Answer) (api.Deed, error) {
	switch d.About().Kind {
	case api.KindPolicy, api.KindBackup, api.KindReplication:
		return m.madeBackups(ctx, r, d, answers)
	case api.KindLink:
		return m.madeLink(ctx, r, d)
	case api.KindFunction:
		return m.madeFunction(ctx, r, d, answers)
	case api.KindAlias:
		return m.madeAlias(ctx, r, d, answers)
	case api.KindConnection:
		return m.madeConnection(ctx, r, d, answers)
	case api.KindEndpointService, api.KindEndpoint:
		return m.madeEndpoints(ctx, r, s, d, answers)
	case api.KindPermission:
		return m.madeEntries(ctx, r, s, d, answers)
	case api.KindQueue:
		return m.madeQueue(ctx, r, d)
	}
	return d, nil
}
