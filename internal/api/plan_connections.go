package api

import (
	"context"
	"fmt"
	"slices"
)

// Plan implements Deed.
func (d CreateConnection) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	return Plan{Deed: d, About: d.About(), After: d.Draft.audited()}, to.ValidateConnection(ctx, s, d.Draft)
}

// changed plans a change of a stored connection.
func (a About) changed(ctx context.Context, to Service, s Scope, change func(*Connection, *AuditedConnection) (Deed, error)) (Plan, error) {
	stored, err := to.Connection(ctx, s, a.ID)
	if err != nil {
		return Plan{}, err
	}
	if stored.State == ConnectionDeleted {
		return Plan{}, Errorf(NotFound, "connection.not_found")
	}
	before := stored.Audited()
	after := before
	deed, err := change(&stored, &after)
	return Plan{Deed: deed, About: a.named(stored.Name), Before: before, After: after, State: seen(before, stored.Version)}, err
}

// Plan implements Deed.
func (d TagConnection) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	return d.About().changed(ctx, to, s, func(c *Connection, after *AuditedConnection) (Deed, error) {
		if err := bind(&d.Version, c.Version, c.Updated); err != nil {
			return d, err
		}
		after.Tags = sortedTags(d.Tags)
		return d, Refuse(ConnectionTags.Problems("tags", d.Tags))
	})
}

// Plan implements Deed.
func (d ReactivateConnection) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	return d.About().changed(ctx, to, s, func(_ *Connection, after *AuditedConnection) (Deed, error) {
		after.State, after.Address = ConnectionCreating, ""
		return d, nil
	})
}

// Plan implements Deed.
func (d BindQueues) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	return d.About().changed(ctx, to, s, func(_ *Connection, after *AuditedConnection) (Deed, error) {
		for i, name := range d.Queues {
			queue, err := to.Queue(ctx, s, name)
			if e, refused := err.(*Error); refused { //nolint:errorlint // as it comes, or it broke
				return d, Refuse([]Problem{{fmt.Sprintf("queues.%d", i), e.Message}})
			} else if err != nil {
				return d, err
			}
			if !slices.Contains(after.Queues, queue.Name) {
				after.Queues = append(slices.Clone(after.Queues), queue.Name)
			}
		}
		slices.Sort(after.Queues)
		return d, nil
	})
}

// Plan implements Deed.
func (d UnbindQueues) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	return d.About().changed(ctx, to, s, func(_ *Connection, after *AuditedConnection) (Deed, error) {
		after.Queues = slices.DeleteFunc(slices.Clone(after.Queues), func(name string) bool {
			return slices.ContainsFunc(d.Queues, func(other string) bool { return FoldQueue(other) == name })
		})
		return d, nil
	})
}

// Plan implements Deed.
func (d DeleteConnection) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, err := d.About().changed(ctx, to, s, func(c *Connection, _ *AuditedConnection) (Deed, error) {
		err := bind(&d.Version, c.Version, c.Updated)
		return d, err
	})
	plan.After = nil
	return plan, err
}

// Plan implements Deed.
func (d CreateQueue) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	return Plan{Deed: d, About: d.About(), After: AuditedQueue(d.Draft.Normalised())}, to.ValidateQueue(ctx, s, d.Draft)
}

// Plan implements Deed.
func (d DeleteQueue) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	q, err := to.Queue(ctx, s, d.Name)
	before := q.Audited()
	about := d.About().named(q.Name)
	about.ID = q.ID
	return Plan{Deed: d, About: about, Before: before, State: before}, err
}
