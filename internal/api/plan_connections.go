package api

import (
	"context"
	"fmt"
	"slices"
)

// connectionView is a connection as the audit log has it.
type connectionView struct {
	Name            string          `json:"name"`
	Service         string          `json:"service"`
	URL             string          `json:"url"`
	SecurityGroupID string          `json:"security_group_id"`
	NetworkID       string          `json:"network_id"`
	Cluster         string          `json:"cluster_name,omitempty"`
	Tags            []Tag           `json:"tags"`
	State           ConnectionState `json:"state,omitempty"`
	Address         string          `json:"connection_url,omitempty"`
	Queues          []string        `json:"queues,omitempty"`
}

func (c *Connection) view() connectionView {
	queues := make([]string, len(c.Queues))
	for i, q := range c.Queues {
		queues[i] = q.Name
	}
	return connectionView{c.Name, c.Service, c.URL, c.SecurityGroupID, c.NetworkID, c.Cluster, c.Tags, c.State, c.Address, queues}
}

// Plan implements Deed.
func (d CreateConnection) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	n := d.Draft.Normalised()
	after := connectionView{n.Name, n.Service, n.URL, n.SecurityGroupID, n.NetworkID, n.Cluster, n.Tags, "", "", nil}
	return Plan{Deed: d, About: d.About(), After: after}, to.ValidateConnection(ctx, s, d.Draft)
}

// changed plans a change of a stored connection.
func (a About) changed(ctx context.Context, to Service, s Scope, change func(*Connection, *connectionView) (Deed, error)) (Plan, error) {
	stored, err := to.Connection(ctx, s, a.ID)
	if err != nil {
		return Plan{}, err
	}
	if stored.State == ConnectionDeleted {
		return Plan{}, Errorf(NotFound, "connection.not_found")
	}
	before := stored.view()
	after := before
	deed, err := change(&stored, &after)
	return Plan{Deed: deed, About: a.named(stored.Name), Before: before, After: after, State: seen(before, stored.Version)}, err
}

// Plan implements Deed.
func (d TagConnection) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	return d.About().changed(ctx, to, s, func(c *Connection, after *connectionView) (Deed, error) {
		if err := bind(&d.Version, c.Version, c.Updated); err != nil {
			return d, err
		}
		after.Tags = sortedTags(d.Tags)
		return d, Refuse(ConnectionTags.Problems("tags", d.Tags))
	})
}

// Plan implements Deed.
func (d ReactivateConnection) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	return d.About().changed(ctx, to, s, func(_ *Connection, after *connectionView) (Deed, error) {
		after.State, after.Address = ConnectionCreating, ""
		return d, nil
	})
}

// Plan implements Deed.
func (d BindQueues) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	return d.About().changed(ctx, to, s, func(_ *Connection, after *connectionView) (Deed, error) {
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
	return d.About().changed(ctx, to, s, func(_ *Connection, after *connectionView) (Deed, error) {
		after.Queues = slices.DeleteFunc(slices.Clone(after.Queues), func(name string) bool {
			return slices.ContainsFunc(d.Queues, func(other string) bool { return FoldQueue(other) == name })
		})
		return d, nil
	})
}

// Plan implements Deed.
func (d DeleteConnection) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	plan, err := d.About().changed(ctx, to, s, func(c *Connection, _ *connectionView) (Deed, error) {
		err := bind(&d.Version, c.Version, c.Updated)
		return d, err
	})
	plan.After = nil
	return plan, err
}

// queueView is a queue as the audit log has it.
type queueView struct {
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Type        QueueType `json:"type"`
	CUs         int       `json:"cu_count"`
	CIDR        string    `json:"cidr"`
	Tags        []Tag     `json:"tags"`
}

// Plan implements Deed.
func (d CreateQueue) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	n := d.Draft.Normalised()
	after := queueView(n)
	return Plan{Deed: d, About: d.About(), After: after}, to.ValidateQueue(ctx, s, d.Draft)
}

// Plan implements Deed.
func (d DeleteQueue) Plan(ctx context.Context, to Service, s Scope) (Plan, error) {
	q, err := to.Queue(ctx, s, d.Name)
	before := queueView{q.Name, q.Description, q.Type, q.CUs, q.CIDR, q.Tags}
	about := d.About().named(q.Name)
	about.ID = q.ID
	return Plan{Deed: d, About: about, Before: before, State: before}, err
}
