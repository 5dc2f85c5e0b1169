package embedded

import (
	"hash/fnv"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// endpointRow is an endpoint as it is stored.
type endpointRow struct {
	bun.BaseModel `bun:"table:endpoints,alias:e"`

	ID          string `bun:"id,pk"`
	Marker      int64
	ProjectID   string `bun:",pk"`
	Side        side   `bun:",pk"`
	AccountID   string
	ServiceID   string
	ServiceName string
	VPCID       string `bun:"vpc_id"`
	SubnetID    string
	Description string
	Tags        string
	State       api.EndpointState
	CreatedAt   int64
	CreatedBy   string
	UpdatedAt   int64
	UpdatedBy   string

	Allowed bool `bun:",scanonly"` // what ListServiceConnections adds
}

// side says from where an endpoint is seen. One that lives here is one row, for both of
// its sides; of one in a region each side has a row of its own, in the project that sees
// it.
type side string

const (
	bothSides side = ""
	consumer  side = "consumer"
	owner     side = "owner"
)

// consumed and offered are the conditions for endpoints as their consumers see them, and
// for what the owners of services see of them.
const (
	consumed = "side <> '" + string(owner) + "'"
	offered  = "side <> '" + string(consumer) + "'"
)

// newEndpoint makes the row of a judged draft that somebody of an account wants
// to connect to the service.
func (r *serviceRow) newEndpoint(s api.Scope, account string, d *api.EndpointDraft, now time.Time) *endpointRow {
	row := &endpointRow{
		ID: store.NewID(), ProjectID: s.Project, AccountID: account, ServiceID: r.ID, ServiceName: r.Name,
		VPCID: d.VPCID, SubnetID: d.SubnetID, Description: d.Description, Tags: encode(d.Tags), State: api.EndpointAccepted,
		CreatedAt: store.Micros(now), CreatedBy: s.Actor.User, UpdatedAt: store.Micros(now), UpdatedBy: s.Actor.User,
	}
	if r.Approval {
		row.State = api.EndpointPending
	}
	row.Marker = marker(row.ID)
	return row
}

// marker is a number for the dialect, which wants 31 bits. It is derived from
// the id.
func marker(id string) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return int64(h.Sum32() >> 1)
}

// endpoint is the row as the domain knows it.
func (r *endpointRow) endpoint() api.Endpoint {
	endpoint := api.Endpoint{
		ID: r.ID, Marker: r.Marker, Project: r.ProjectID, Account: r.AccountID, Service: r.ServiceID, ServiceName: r.ServiceName,
		VPCID: r.VPCID, SubnetID: r.SubnetID, Description: r.Description, State: r.State,
		Created: api.Stamp{At: store.Time(r.CreatedAt), By: r.CreatedBy},
		Updated: api.Stamp{At: store.Time(r.UpdatedAt), By: r.UpdatedBy},
	}
	decode(r.Tags, &endpoint.Tags)
	return endpoint
}

// connection is the row as the owner of the service sees it, who has no
// business with the consumer's tags, users and subnets.
func (r *endpointRow) connection() api.Endpoint {
	endpoint := r.endpoint()
	endpoint.Tags, endpoint.SubnetID, endpoint.VPCID = nil, "", ""
	endpoint.Created.By, endpoint.Updated.By = "", ""
	endpoint.Allowed = r.Allowed
	return endpoint
}

// audited is the row for the audit log.
func (r *endpointRow) audited() api.AuditedEndpoint {
	endpoint := r.endpoint()
	return endpoint.Audited()
}
