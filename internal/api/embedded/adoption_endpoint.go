package embedded

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
)

// AdoptEndpoints makes the endpoints of a project in a region those that the region says
// it has.
func (p *Plane) AdoptEndpoints(ctx context.Context, project string, endpoints []api.Endpoint) error {
	s := outside(project)
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		return adoptEndpoints(ctx, tx, s, consumer, "", endpoints)
	})
}

// AdoptServiceConnections makes what is connected to a service in a region what the region says
// it is. The states are what its owner decides by.
func (p *Plane) AdoptServiceConnections(ctx context.Context, project, service string, connections []api.Endpoint) error {
	s := outside(project)
	svc, err := p.serviceOf(ctx, s, service)
	if err != nil {
		return orGone(err)
	}
	for i := range connections {
		connections[i].Service, connections[i].ServiceName = service, svc.Name
	}
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		return adoptEndpoints(ctx, tx, s, owner, service, connections)
	})
}

// adoptEndpoints takes over what one side sees; of the owner's, what is connected to one
// service.
func adoptEndpoints(ctx context.Context, tx bun.Tx, s api.Scope, from side, service string, endpoints []api.Endpoint) error {
	var rows []endpointRow
	query := tx.NewSelect().Model(&rows).Where("project_id = ? AND side = ?", s.Project, from)
	if from == owner {
		query = query.Where("service_id = ?", service)
	}
	if err := query.Scan(ctx); err != nil {
		return err
	}
	endpoints = slices.DeleteFunc(endpoints, func(e api.Endpoint) bool {
		return !fits(e.ID, e.Account, e.Service, e.ServiceName, e.VPCID, e.SubnetID, e.Description) || !fitsTags(e.Tags)
	})
	a := adoption[endpointRow, api.Endpoint]{
		rowKey:   func(r *endpointRow) string { return r.ID },
		thingKey: func(e *api.Endpoint) string { return e.ID },
		insert:   func(e *api.Endpoint) error { return adoptEndpoint(ctx, tx, s, from, e) },
		change:   func(r *endpointRow, e *api.Endpoint) error { return changeEndpoint(ctx, tx, s, r, e) },
		remove:   func(r *endpointRow) error { return r.leave(ctx, tx, s) },
	}
	return a.of(rows, endpoints)
}

// adoptEndpoint inserts an endpoint that somebody else made. If both of its sides are the
// project's, it is told of once.
func adoptEndpoint(ctx context.Context, tx bun.Tx, s api.Scope, from side, e *api.Endpoint) error {
	row, err := seenEndpoint(ctx, tx, s, from, e)
	if err != nil {
		return err
	}
	known, err := tx.NewSelect().Model((*endpointRow)(nil)).Where("id = ? AND project_id = ?", row.ID, s.Project).Exists(ctx)
	if err != nil {
		return err
	}
	if _, err := tx.NewInsert().Model(row).On("CONFLICT DO NOTHING").Exec(ctx); err != nil || known {
		return err
	}
	return row.record(ctx, tx, s, "create", s.Project, nil, row.audited())
}

// decisions are the states that somebody puts an endpoint into, with the words for that.
var decisions = map[api.EndpointState]string{api.EndpointAccepted: "accept", api.EndpointRejected: "reject"}

// changeEndpoint makes a row what the region says the endpoint is, if it is another one.
// That it was accepted or rejected is written down; how far it is otherwise is not.
func changeEndpoint(ctx context.Context, tx bun.Tx, s api.Scope, r *endpointRow, e *api.Endpoint) error {
	before := *r
	r.ServiceName, r.Description = e.ServiceName, e.Description
	if r.Side == owner {
		r.AccountID = e.Account
	} else {
		r.ServiceID, r.VPCID, r.SubnetID, r.Tags = e.Service, e.VPCID, e.SubnetID, encode(e.Tags)
	}
	if *r != before {
		if err := update(ctx, tx, r, "service_id", "service_name", "description", "account_id", "vpc_id", "subnet_id", "tags"); err != nil {
			return err
		}
	}
	if r.State == e.State {
		return nil
	}
	if err := r.enter(ctx, tx, e.State, time.Now()); err != nil {
		return err
	}
	action, decided := decisions[e.State]
	if !decided {
		return nil
	}
	return r.record(ctx, tx, s, action, s.Project, before.audited(), r.audited())
}
