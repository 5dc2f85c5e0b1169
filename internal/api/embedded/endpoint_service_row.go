package embedded

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// serviceRow is an endpoint service as it is stored.
type serviceRow struct {
	bun.BaseModel `bun:"table:endpoint_services,alias:s"`

	ID          string `bun:"id,pk"`
	ProjectID   string
	AccountID   string
	Region      string
	Name        string
	ShortName   string
	VPCID       string `bun:"vpc_id"`
	PortID      string
	VIPPortID   string `bun:"vip_port_id"`
	ServerType  api.ServerType
	Ports       string
	Approval    bool
	ServiceType string
	TCPProxy    string `bun:"tcp_proxy"`
	Description string
	Tags        string
	State       api.EndpointServiceState
	Entries     int64 // rows of the whitelist, also those that have expired
	CreatedAt   int64
	CreatedBy   string
	UpdatedAt   int64
	UpdatedBy   string
	Version     int64
	Away        bool // it lives in the region that its project lives in

	// What withCounts adds.
	Expired  int64 `bun:",scanonly"`
	Expiring int64 `bun:",scanonly"`
	Accepted int64 `bun:",scanonly"`
}

// describe takes over what a judged draft can say, and names the service.
func (r *serviceRow) describe(d *api.EndpointServiceDraft, s api.Scope, now time.Time) {
	r.ShortName, r.VPCID, r.PortID, r.VIPPortID, r.ServerType = d.ShortName, d.VPCID, d.PortID, d.VIPPortID, d.ServerType
	r.Ports, r.Tags = encode(d.Ports), encode(d.Tags)
	r.Approval, r.ServiceType, r.TCPProxy, r.Description = d.Approval, d.Type, d.TCPProxy, d.Description
	r.UpdatedAt, r.UpdatedBy = store.Micros(now), s.Actor.User
	r.Name = api.EndpointServiceName(r.Region, r.ShortName, r.ID)
}

// service is the row as the domain knows it.
func (r *serviceRow) service() api.EndpointService {
	service := api.EndpointService{
		ID: r.ID, Project: r.ProjectID, Account: r.AccountID, Name: r.Name, ShortName: r.ShortName,
		VPCID: r.VPCID, PortID: r.PortID, VIPPortID: r.VIPPortID, ServerType: r.ServerType,
		Approval: r.Approval, Type: r.ServiceType, TCPProxy: r.TCPProxy, Description: r.Description, State: r.State,
		Created: api.Stamp{At: store.Time(r.CreatedAt), By: r.CreatedBy},
		Updated: api.Stamp{At: store.Time(r.UpdatedAt), By: r.UpdatedBy},
		Version: r.Version, Permissions: int(r.Entries - r.Expired), Expiring: int(r.Expiring), Connections: int(r.Accepted),
	}
	decode(r.Ports, &service.Ports)
	decode(r.Tags, &service.Tags)
	return service
}

// offer is what somebody who may connect needs to know of the service.
func (r *serviceRow) offer() api.EndpointService {
	service := r.service()
	return api.EndpointService{
		ID: service.ID, Account: service.Account, Name: service.Name, ShortName: service.ShortName,
		ServerType: service.ServerType, Ports: service.Ports, Approval: service.Approval, Type: service.Type,
		TCPProxy: service.TCPProxy, Description: service.Description, State: service.State,
		Created: api.Stamp{At: service.Created.At}, Updated: api.Stamp{At: service.Updated.At}, Version: service.Version,
	}
}

// audited is the row for the audit log, without its whitelist.
func (r *serviceRow) audited() api.AuditedEndpointService {
	service := r.service()
	return service.Audited()
}

// withCounts makes a query of services read what their whitelists and
// connections come to. Entries are counted in the row: what is counted here are
// the few that expire.
func withCounts(query *bun.SelectQuery, now time.Time) *bun.SelectQuery {
	at, soon := store.Micros(now), store.Micros(now.Add(api.ExpirySoon))
	return query.ColumnExpr("s.*").
		ColumnExpr("(SELECT COUNT(*) FROM permissions WHERE service_id = s.id AND expires_at <= ?) AS expired", at).
		ColumnExpr("(SELECT COUNT(*) FROM permissions WHERE service_id = s.id AND expires_at > ? AND expires_at <= ?) AS expiring", at, soon).
		ColumnExpr("(SELECT COUNT(*) FROM endpoints WHERE service_id = s.id AND state = ? AND "+offered+") AS accepted", api.EndpointAccepted)
}

// tellOpen fills in which of the services are open to everyone.
func tellOpen(ctx context.Context, db bun.IDB, services []api.EndpointService, now time.Time) error {
	ids := make([]string, len(services))
	for i := range services {
		ids[i] = services[i].ID
	}
	var rows []permissionRow
	err := db.NewSelect().Model(&rows).Where("permission = ?", api.Everyone).
		Where("service_id IN (?)", bun.List(ids)).Where(inForce, store.Micros(now)).Scan(ctx)
	for i := range rows {
		for k := range services {
			if services[k].ID == rows[i].ServiceID {
				everyone := rows[i].permission()
				services[k].Everyone = &everyone
			}
		}
	}
	return err
}
