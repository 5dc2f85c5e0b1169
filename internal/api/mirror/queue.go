package mirror

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
	"switchboard/internal/api/wire"
)

// ListQueues implements api.Queues.
func (m *Service) ListQueues(ctx context.Context, s api.Scope) ([]api.Queue, error) {
	if err := m.fresh(ctx, s, connectionPart); err != nil {
		return nil, err
	}
	return m.plane.ListQueues(ctx, s)
}

// Queue implements api.Queues.
func (m *Service) Queue(ctx context.Context, s api.Scope, name string) (api.Queue, error) {
	if err := m.fresh(ctx, s, connectionPart); err != nil {
		return api.Queue{}, err
	}
	return m.plane.Queue(ctx, s, name)
}

// DeleteQueue implements api.Queues.
func (m *Service) DeleteQueue(ctx context.Context, s api.Scope, name string) error {
	if err := m.fresh(ctx, s, connectionPart); err != nil {
		return err
	}
	return m.plane.DeleteQueue(ctx, s, name)
}

// queues are those of the region that can be kept here.
func (r *region) queues(ctx context.Context) ([]api.Queue, error) {
	call := r.call("ListQueues")
	call.Query = url.Values{"queue_type": {"all"}}
	body, err := r.ask(ctx, call)
	if err != nil {
		return nil, err
	}
	all, err := wire.QueuesIn(body)
	return slices.DeleteFunc(all, func(q api.Queue) bool {
		return !identifies(q.Name) || !store.Storable(q.Description, string(q.Type), q.CIDR, q.Created.By)
	}), err
}

// madeQueue reads a queue back that was created. Of its tags no answer tells.
func (m *Service) madeQueue(ctx context.Context, r *region, d api.Deed) (api.Deed, error) {
	create, ok := d.(api.CreateQueue)
	if !ok {
		return d, nil
	}
	all, err := r.queues(ctx)
	if err != nil {
		return d, err
	}
	i := slices.IndexFunc(all, func(q api.Queue) bool { return api.FoldQueue(q.Name) == create.Draft.Name })
	if i < 0 {
		return d, api.Errorf(api.NotFound, "queue.not_found")
	}
	made, kept := create.Draft, &all[i]
	made.Description, made.CUs = kept.Description, kept.CUs
	made.Type, made.CIDR = cmp.Or(kept.Type, made.Type), cmp.Or(kept.CIDR, made.CIDR)
	m.note(ctx, r, api.KindQueue, create.ID, create.Draft, made)
	create.Draft = made
	return create, nil
}

// How long a region's test of an address is waited for, and how often it is asked.
const addressWait, addressPause = 40 * time.Second, time.Second

// TestAddress implements api.Queues. The region tries, from the queue.
func (m *Service) TestAddress(ctx context.Context, s api.Scope, queue, address string) (api.AddressTest, error) {
	r, err := m.region(ctx, s.Project)
	if err != nil {
		return api.AddressTest{}, err
	}
	if r == nil {
		return m.plane.TestAddress(ctx, s, queue, address)
	}
	if err := m.fresh(ctx, s, connectionPart); err != nil {
		return api.AddressTest{}, err
	}
	return m.plane.TestAddressFrom(ctx, s, queue, address, func(q *api.Queue) (api.Check, error) {
		began := m.now()
		reachable, err := r.reach(ctx, q.Name, address)
		if err != nil {
			return api.Check{}, err
		}
		step := api.Step{Name: api.StepConnect, Status: api.Passed, At: address, Took: m.now().Sub(began), Message: api.M("queue.region_reached", "queue", q.Name)}
		if !reachable {
			step.Status, step.Message = api.Failed, api.M("queue.region_not_reached", "queue", q.Name)
		}
		return api.Check{Status: step.Status, At: began.UTC(), Took: step.Took, Steps: []api.Step{step}}, nil
	})
}

// reach has a region try an address from a queue, and waits until it has.
func (r *region) reach(ctx context.Context, queue, address string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, addressWait)
	defer cancel()
	begin := r.call("CreateConnectivityTask", "queue", queue)
	begin.Body = []byte(encode(map[string]string{"address": address}))
	body, err := r.ask(ctx, begin)
	if err != nil {
		return false, err
	}
	task, err := wire.ConnectivityTaskIn(body)
	if err != nil || !identifies(task) {
		return false, api.Errorf(api.Unavailable, "queue.region_silent")
	}
	for {
		body, err := r.ask(ctx, r.call("ShowConnectivityTask", "queue", queue, "task", task))
		if err != nil {
			return false, err
		}
		reachable, ended, err := wire.ConnectivityIn(body)
		if err == nil && ended {
			return reachable, nil
		}
		select {
		case <-ctx.Done():
			return false, api.Errorf(api.Unavailable, "queue.region_silent")
		case <-time.After(addressPause):
		}
	}
}
