package cloud

import (
	"context"
	"errors"
	"net/url"
	"sync"

	"switchboard/internal/api"
	"switchboard/internal/api/wire"
)

// look is how a service is asked for a list of one.
type look struct {
	service   wire.API
	operation string
	query     url.Values
	failed    string // the message that says what will not work
}

var looks = []look{
	{wire.CDM, "ListLinks", nil, "cloud.without_links"},
	{wire.DLI, "ListDatasourceConnections", url.Values{"limit": {"1"}}, "cloud.without_connections"},
	{wire.FunctionGraph, "ListFunctions", url.Values{"maxitems": {"1"}}, "cloud.without_functions"},
	{wire.VPCEP, "ListEndpointService", url.Values{"limit": {"1"}}, "cloud.without_services"},
	{wire.CSBS, "ListPolicies", url.Values{"limit": {"1"}}, "cloud.without_policies"},
}

// services asks all at once.
func (i *inspection) services(ctx context.Context) {
	steps := make([]api.Step, len(looks))
	var all sync.WaitGroup
	for n := range looks {
		all.Go(func() { steps[n] = i.look(ctx, &looks[n]) })
	}
	all.Wait()
	works := false
	for _, step := range steps {
		works = works || step.Status == api.Passed
	}
	for _, step := range steps {
		if !works {
			step.Status = api.Failed
		}
		i.add(step)
	}
}

func (i *inspection) look(ctx context.Context, l *look) api.Step {
	params := map[string]string{"project": i.draft.Project, "cluster": api.DefaultCluster}
	answer, err := i.client.Do(ctx, wire.Call{Operation: wire.FindOperation(l.operation), Params: params, Query: l.query})
	step := api.Step{Name: api.StepRead, At: names[l.service], Status: api.Passed, Took: answer.Took}
	if err == nil || api.CodeOf(err) == api.NotFound { // that cluster is not there, but the service is
		return step
	}
	why := api.M("cloud.late", "service", names[l.service])
	if e, ok := errors.AsType[*api.Error](err); ok {
		why = e.Message
	}
	step.Status, step.Path, step.Message = api.Warned, i.blame(l.service), api.M(l.failed, "why", why)
	return step
}
