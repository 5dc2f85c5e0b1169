package embedded

import (
	"context"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/store"
)

// connectionRow is a connection as it is stored, without what uses it.
type connectionRow struct {
	bun.BaseModel `bun:"table:connections"`

	ID              string `bun:"id,pk"`
	ProjectID       string
	Name            string
	Service         string
	URL             string `bun:"url"`
	SecurityGroupID string
	NetworkID       string
	Cluster         string
	Tags            string
	State           api.ConnectionState
	Parts           int64
	PartsDone       int64
	Message         string
	Address         string
	ActivateAt      int64
	CreatedAt       int64
	CreatedBy       string
	UpdatedAt       int64
	UpdatedBy       string
	Version         int64

	watched
}

// connectionColumns are those that a list shows.
var connectionColumns = append([]string{
	"id", "project_id", "name", "service", "url", "security_group_id", "network_id", "cluster", "tags", "state",
	"parts", "parts_done", "message", "address", "created_at", "created_by", "updated_at", "updated_by", "version",
}, pulseColumns...)

// connection is the row as the domain knows it, without its queues.
func (r *connectionRow) connection() api.Connection {
	c := api.Connection{
		ID: r.ID, Name: r.Name, Service: r.Service, URL: r.URL, SecurityGroupID: r.SecurityGroupID,
		NetworkID: r.NetworkID, Cluster: r.Cluster, State: r.State, Address: r.Address,
		Created: api.Stamp{At: store.Time(r.CreatedAt), By: r.CreatedBy},
		Updated: api.Stamp{At: store.Time(r.UpdatedAt), By: r.UpdatedBy},
		Version: r.Version, Check: r.check(), Health: r.pulse(),
	}
	if r.Parts > 0 {
		c.Progress = float64(max(r.PartsDone, 0)) / float64(r.Parts)
	}
	c.Waiting = r.State == api.ConnectionCreating && r.PartsDone == notBegun
	decode(r.Tags, &c.Tags)
	decode(r.Message, &c.Message)
	return c
}

// draft is the row as somebody would describe it.
func (r *connectionRow) draft() api.ConnectionDraft {
	d := api.ConnectionDraft{
		Name: r.Name, Service: r.Service, URL: r.URL, SecurityGroupID: r.SecurityGroupID, NetworkID: r.NetworkID, Cluster: r.Cluster,
	}
	decode(r.Tags, &d.Tags)
	return d
}

// touch notes who changes a locked row.
func (r *connectionRow) touch(s api.Scope, at int64) {
	r.UpdatedAt, r.UpdatedBy = at, s.Actor.User
	r.Version++
}

// begin lets the row wait to be made active: by us, or by the region that it is in.
func (r *connectionRow) begin(at int64, away bool) {
	r.State, r.Message, r.Address = api.ConnectionCreating, "", ""
	r.ActivateAt, r.NextCheckAt = at, 0
	if away {
		r.ActivateAt = 0
	}
	// Each address is a part, and that it becomes active is the last one.
	r.Parts, r.PartsDone = int64(len(api.ConnectionAddresses(r.URL)))+1, notBegun
}

// bury makes the row a tombstone.
func (r *connectionRow) bury() {
	r.State, r.Address, r.Message, r.ActivateAt, r.watched = api.ConnectionDeleted, "", "", 0, watched{}
}

// notBegun is how many parts are done of a connection that nobody has taken.
const notBegun = -1

var _ subject = (*connectionRow)(nil)

func (r *connectionRow) about() about {
	return about{
		Kind: api.KindConnection, Project: r.ProjectID, ID: r.ID, Name: r.Name, Service: r.Service, Endpoint: r.URL,
	}
}

func (r *connectionRow) missing() string {
	if r.gone() {
		return "connection.deleted"
	}
	return "connection.not_found"
}

func (r *connectionRow) gone() bool { return r.State == api.ConnectionDeleted }

func (r *connectionRow) active() bool { return r.State == api.ConnectionActive }

func (r *connectionRow) asks() string { return r.Service + "\x00" + r.URL }

// ask greets every address of a stored connection.
func (r *connectionRow) ask(ctx context.Context, p *Plane, _ api.Scope) (api.Check, error) {
	return p.prober.Greet(ctx, r.greeting(), nil).Check, nil
}

func (r *connectionRow) greeting() probe.GreetTarget {
	d := r.draft().Normalised()
	return probe.GreetTarget{Project: r.ProjectID, Service: d.Service, Addresses: api.ConnectionAddresses(r.URL)}
}

// tagRow is a tag of a connection, to find it by.
type tagRow struct {
	bun.BaseModel `bun:"table:connection_tags"`

	ConnectionID string
	ProjectID    string
	TagKey       string
	TagValue     string
}

// tag writes the tags of a connection, whose row the caller stores.
func (r *connectionRow) tag(ctx context.Context, tx bun.Tx, tags []api.Tag) error {
	r.Tags = encode(tags)
	if _, err := tx.NewDelete().Model((*tagRow)(nil)).Where("connection_id = ?", r.ID).Exec(ctx); err != nil || len(tags) == 0 {
		return err
	}
	rows := make([]tagRow, len(tags))
	for i, t := range tags {
		rows[i] = tagRow{ConnectionID: r.ID, ProjectID: r.ProjectID, TagKey: t.Key, TagValue: t.Value}
	}
	_, err := tx.NewInsert().Model(&rows).Exec(ctx)
	return err
}

// audited is the row for the audit log.
func (r *connectionRow) audited() api.AuditedConnection {
	connection := r.connection()
	return connection.Audited()
}
