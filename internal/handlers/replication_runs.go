package handlers

import (
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

// listReplications lists the project's runs, newest first.
func (p *pages) listReplications(c echo.Context) error {
	ctx, s := c.Request().Context(), p.scope(c)
	q := c.QueryParams()
	view := templates.ReplicationRunsView{
		Base: replicationPath(c), At: time.Now(),
		Query: api.RunQuery{Policy: q.Get("policy"), Open: q.Get("open") == "true", Cursor: q.Get("cursor")},
	}
	var err error
	if view.Page, err = p.Service.ReplicationRuns(ctx, s, view.Query); err != nil {
		return err
	}
	policies, err := p.Service.ListPolicies(ctx, s, api.PolicyQuery{Limit: api.MaxPolicies})
	if err != nil {
		return err
	}
	view.Policies = policies.Items
	return p.renderList(c, "runs", templates.ReplicationRuns(p.frame(c, "replications.runs"), view))
}
