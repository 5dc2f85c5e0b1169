package embedded

import (
	"strings"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
	"switchboard/internal/api/store"
)

// aliasRow is an alias as it is stored, without its ramp.
type aliasRow struct {
	bun.BaseModel `bun:"table:aliases"`

	ID           string `bun:"id,pk"`
	ProjectID    string
	FunctionID   string
	Package      string
	FunctionName string
	Slot         int64
	Name         string
	Search       string
	Description  string
	Main         string
	Additional   string `bun:",nullzero"`
	Weight       *int64
	Rules        string `bun:",nullzero"`
	Combine      routing.Combine
	Sticky       string
	CreatedAt    int64
	CreatedBy    string
	UpdatedAt    int64
	UpdatedBy    string
	Version      int64
}

// describe takes over what a judged draft says; what it is nil about stays.
func (r *aliasRow) describe(d *api.AliasDraft) {
	if d.Description != nil {
		r.Description = *d.Description
	}
	route, _ := d.Route()
	if d.Sticky == nil {
		decode(r.Sticky, &route.Sticky)
	}
	r.Search = strings.ToLower(r.Name + "\n" + r.FunctionName)
	r.lead(route)
}

// lead makes the alias lead somewhere.
func (r *aliasRow) lead(route routing.Route) {
	r.Main, r.Additional = route.Main, route.Additional
	r.Weight, r.Rules, r.Combine, r.Sticky = nil, "", "", ""
	switch {
	case route.Additional == "":
	case len(route.Rules) > 0:
		r.Rules, r.Combine = encode(route.Rules), route.Combine
	default:
		r.Weight = new(int64(route.Weight))
	}
	if route.Sticky != (routing.Source{}) {
		r.Sticky = encode(route.Sticky)
	}
}

// route is where the alias leads.
func (r *aliasRow) route() routing.Route {
	route := routing.Route{Main: r.Main, Additional: r.Additional, Combine: r.Combine, Salt: api.AliasSalt(r.Package, r.FunctionName, r.Name)}
	if r.Weight != nil {
		route.Weight = int(*r.Weight)
	}
	decode(r.Rules, &route.Rules)
	decode(r.Sticky, &route.Sticky)
	return route
}

// alias is the row as the domain knows it.
func (r *aliasRow) alias() api.Alias {
	return api.Alias{
		ID: r.ID, Function: api.AliasFunction{ID: r.FunctionID, Package: r.Package, Name: r.FunctionName},
		Name: r.Name, Description: r.Description, Route: r.route(),
		Created: api.Stamp{At: store.Time(r.CreatedAt), By: r.CreatedBy},
		Updated: api.Stamp{At: store.Time(r.UpdatedAt), By: r.UpdatedBy},
		Version: r.Version,
	}
}

// draft would leave the alias as it is.
func (r *aliasRow) draft() api.AliasDraft { return api.DraftOf(r.Name, r.Description, r.route()) }

// touch notes who changes a locked row.
func (r *aliasRow) touch(s api.Scope, now time.Time) {
	r.UpdatedAt, r.UpdatedBy = store.Micros(now), s.Actor.User
	r.Version++
}

// audited is the row for the audit log; ramp is nil if that is not told of one.
func (r *aliasRow) audited(ramp *rampRow) api.AuditedAlias {
	alias := r.alias()
	audited := alias.Audited()
	audited.Ramp = ramp.audited()
	return audited
}
