package compare

import (
	"context"
	"slices"
	"strings"

	"switchboard/internal/api"
)

// queues leave out api.DefaultQueue, which every project has.
var queues = of[api.Queue]{
	kind: api.KindQueue,
	pages: func(ctx context.Context, s *side, _ listing) (api.Page[api.Queue], error) {
		all, err := s.Service.ListQueues(ctx, s.Scope)
		all = slices.DeleteFunc(all, func(q api.Queue) bool { return q.Name == api.DefaultQueue })
		return api.Page[api.Queue]{Items: all}, err
	},
	one: func(ctx context.Context, s *side, k Key) (api.Queue, error) {
		return s.Service.Queue(ctx, s.Scope, k.Name)
	},
	thing: func(_ context.Context, _ *side, q *api.Queue) (Thing, error) {
		view, err := viewOf(q.Audited())
		return Thing{Key: Key{Kind: api.KindQueue, Name: q.Name}, ID: q.ID, View: view}, err
	},
	make: func(_ context.Context, _ *copying, src, dst *api.Queue) (d draft, err error) {
		if dst != nil {
			d.why = api.Errorf(api.Invalid, "compare.queue_fixed")
			return d, nil
		}
		d.deeds = []api.Deed{api.CreateQueue{Draft: api.QueueDraft(src.Audited())}}
		return d, nil
	},
}

var connections = of[api.Connection]{
	kind: api.KindConnection,
	pages: func(ctx context.Context, s *side, l listing) (api.Page[api.Connection], error) {
		return s.Service.ListConnections(ctx, s.Scope, api.ConnectionQuery{Search: l.Text, Cursor: l.Cursor, Limit: l.Limit})
	},
	one: findConnection,
	thing: func(_ context.Context, _ *side, c *api.Connection) (Thing, error) {
		view, err := viewOf(described(c))
		return Thing{Key: Key{Kind: api.KindConnection, Name: c.Name}, ID: c.ID, View: view}, err
	},
	make: makeConnection,
}

// described is a connection without what becomes of it.
func described(c *api.Connection) api.AuditedConnection {
	a := c.Audited()
	a.State, a.Address = "", ""
	return a
}

// findConnection looks through those whose name or address contains the name: of a
// project's at most api.MaxConnections.
func findConnection(ctx context.Context, s *side, k Key) (api.Connection, error) {
	for q := (api.ConnectionQuery{Search: k.Name, Limit: api.MaxPage}); ; {
		page, err := s.Service.ListConnections(ctx, s.Scope, q)
		if err != nil {
			return api.Connection{}, err
		}
		for i := range page.Items {
			if page.Items[i].Name == k.Name {
				return page.Items[i], nil
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return api.Connection{}, missing()
		}
	}
}

// makeConnection creates a connection, and lets queues use it once it is there. Of one
// that is there only tags and queues can be changed.
func makeConnection(ctx context.Context, c *copying, src, dst *api.Connection) (d draft, err error) {
	from := described(src)
	binds, made, absent, err := queuesFor(ctx, c, src, dst)
	if err != nil {
		return d, err
	}
	if len(absent) > 0 {
		d.note("compare.queues_absent", "queues", strings.Join(absent, ", "))
	}
	binds = append(binds, made...)
	if dst == nil {
		d.deeds = []api.Deed{api.CreateConnection{Draft: from.Draft()}}
		if d.more = len(binds) > 0; d.more {
			d.note("compare.then_queues", "queues", strings.Join(binds, ", "))
		}
		return d, nil
	}
	to := described(dst)
	tagged := slices.Equal(from.Tags, to.Tags)
	from.Tags, from.Queues, to.Tags, to.Queues = nil, nil, nil, nil
	if fixed, err := equalViews(from, to); err != nil || !fixed {
		d.why = api.Errorf(api.Invalid, "compare.connection_fixed")
		return d, err
	}
	if len(made) > 0 {
		d.waits = Key{Kind: api.KindQueue, Name: made[0]}
		return d, nil
	}
	if !tagged {
		d.deeds = append(d.deeds, api.TagConnection{ID: dst.ID, Tags: src.Tags, Version: dst.Version})
	}
	if len(binds) > 0 {
		d.deeds = append(d.deeds, api.BindQueues{ID: dst.ID, Queues: binds})
	}
	if len(d.deeds) == 0 {
		d.why = api.Errorf(api.Invalid, "compare.more_there")
	}
	return d, nil
}

// queuesFor are the queues that the connection here has and the one there has not: those
// that are there, those that the same plan makes first, and those that are absent.
func queuesFor(ctx context.Context, c *copying, src, dst *api.Connection) (there, made, absent []string, err error) {
	for _, q := range src.Queues {
		if dst != nil && slices.ContainsFunc(dst.Queues, func(b api.BoundQueue) bool { return b.Name == q.Name }) {
			continue
		}
		_, err := c.to.Service.Queue(ctx, c.to.Scope, q.Name)
		switch {
		case err == nil:
			there = append(there, q.Name)
		case api.CodeOf(err) != api.NotFound:
			return nil, nil, nil, err
		case c.planned[Key{Kind: api.KindQueue, Name: q.Name}]:
			made = append(made, q.Name)
		default:
			absent = append(absent, q.Name)
		}
	}
	return there, made, absent, nil
}

func equalViews(a, b any) (bool, error) {
	one, err := viewOf(a)
	if err != nil {
		return false, err
	}
	other, err := viewOf(b)
	return string(one) == string(other), err
}
