package embedded

import (
	"context"
	"slices"
	"strings"

	"switchboard/internal/api"
)

// connection takes a change of a connection back.
func (r *reversal) connection(ctx context.Context) error {
	stored, err := r.p.Connection(ctx, r.s, r.Change.ObjectID)
	there, err := presence(err)
	if err != nil {
		return err
	}
	there = there && stored.State != api.ConnectionDeleted
	switch action := r.Change.Action; action {
	case "create":
		if there {
			r.Version = stored.Version
			r.tell(toldConnection(stored), nil)
			r.Deed = api.DeleteConnection{ID: stored.ID, Version: stored.Version}
		}
		return nil
	case "tag", "bind", "unbind":
		if !there {
			return gone()
		}
		return r.restoreConnection(stored)
	case "delete":
		return r.remakeConnection(ctx)
	case "schedule":
		return final("reverse.schedule")
	}
	return final("reverse.event")
}

// toldConnection is a connection without what comes and goes by itself.
func toldConnection(c api.Connection) api.AuditedConnection {
	a := c.Audited()
	a.State, a.Address = "", ""
	return a
}

// restoreConnection gives a connection its tags back, or the queues that the change
// took from it, and takes from it those that it gave.
func (r *reversal) restoreConnection(stored api.Connection) error {
	var was, became api.AuditedConnection
	if _, err := r.before(&was); err != nil {
		return err
	}
	if _, err := r.after(&became); err != nil {
		return err
	}
	now := toldConnection(stored)
	then := now
	r.Version = stored.Version
	if r.Change.Action == "tag" {
		then.Tags = was.Tags
		if r.tell(now, then) {
			r.Deed = api.TagConnection{ID: stored.ID, Tags: was.Tags, Version: stored.Version}
		}
		return nil
	}
	given := slices.DeleteFunc(slices.Clone(became.Queues), func(q string) bool {
		return slices.Contains(was.Queues, q) || !slices.Contains(now.Queues, q)
	})
	taken := slices.DeleteFunc(slices.Clone(was.Queues), func(q string) bool {
		return slices.Contains(became.Queues, q) || slices.Contains(now.Queues, q)
	})
	then.Queues = slices.DeleteFunc(append(slices.Clone(now.Queues), taken...), func(q string) bool { return slices.Contains(given, q) })
	slices.Sort(then.Queues)
	if !r.tell(now, then) {
		return nil
	}
	if len(given) > 0 {
		r.Deed = api.UnbindQueues{ID: stored.ID, Queues: given}
	} else {
		r.Deed = api.BindQueues{ID: stored.ID, Queues: taken}
	}
	return nil
}

func (r *reversal) remakeConnection(ctx context.Context) error {
	var was api.AuditedConnection
	if _, err := r.before(&was); err != nil {
		return err
	}
	d := was.Draft()
	bound := was.Queues
	was.Queues, was.State, was.Address = nil, "", ""
	row := new(connectionRow)
	err := find(ctx, r.p.db.Read, r.s.Project, row, row.missing(), "name = ? AND state <> ?", d.Name, api.ConnectionDeleted)
	there, err := presence(err)
	if err != nil {
		return err
	}
	if there && !r.tell(toldConnection(row.connection()), was) {
		r.Version = row.Version
		return nil
	}
	if err := r.p.ValidateConnection(ctx, r.s, d); err != nil {
		return err
	}
	if len(bound) > 0 {
		r.note("reverse.queues_stay", "queues", strings.Join(bound, ", "))
	}
	r.tell(nil, was)
	r.Deed = api.CreateConnection{Draft: d}
	return nil
}

// queue takes a change of a queue back.
func (r *reversal) queue(ctx context.Context) error {
	stored, err := r.p.Queue(ctx, r.s, r.Change.ObjectName)
	there, err := presence(err)
	if err != nil {
		return err
	}
	switch r.Change.Action {
	case "create":
		// One that was made again since is another.
		if there && stored.ID == r.Change.ObjectID {
			r.tell(stored.Audited(), nil)
			r.Deed = api.DeleteQueue{Name: stored.Name}
		}
		return nil
	case "delete":
		var was api.AuditedQueue
		if _, err := r.before(&was); err != nil {
			return err
		}
		if there && !r.tell(stored.Audited(), was) {
			return nil
		}
		d := api.QueueDraft(was)
		if err := r.p.ValidateQueue(ctx, r.s, d); err != nil {
			return err
		}
		r.tell(nil, was)
		r.Deed = api.CreateQueue{Draft: d}
		return nil
	}
	return final("reverse.event")
}
