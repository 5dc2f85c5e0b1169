package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// planReplication says what would be copied, to the destination that the address
// names or else to that of the policy. It only reads.
func (p *pages) planReplication(c echo.Context) error {
	view, err := p.executeView(c)
	if err != nil {
		return err
	}
	q := c.QueryParams()
	view.Cursor, view.Accelerate = q.Get("cursor"), q.Get(templates.ReplicationAccelerate) == "true"
	view.To = q.Get(templates.ReplicationTo)
	if !q.Has(templates.ReplicationTo) {
		view.To, view.Accelerate = likelyDestination(&view)
	}
	return p.renderPlan(c, http.StatusOK, view)
}

// executeView is the page without a destination.
func (p *pages) executeView(c echo.Context) (templates.ExecuteView, error) {
	ctx, s := c.Request().Context(), p.scope(c)
	view := templates.ExecuteView{Base: replicationPath(c)}
	var err error
	if view.Policy, err = p.Service.Policy(ctx, s, c.Param("id")); err != nil {
		return view, err
	}
	view.Destinations, err = p.destinations(c)
	return view, err
}

// destinations are where backups of the project can be copied to.
func (p *pages) destinations(c echo.Context) ([]form.Choice, error) {
	regions, err := p.Service.Regions(c.Request().Context(), p.scope(c))
	return templates.Destinations(regions), err
}

// likelyDestination is where the policy replicates to on its schedule or did
// before, or the only place that there is.
func likelyDestination(v *templates.ExecuteView) (to string, accelerate bool) {
	if o := v.Policy.Operation(api.OperationReplication); o != nil {
		return templates.DestinationValue(o.Destination), o.Accelerate
	}
	if len(v.Policy.Syncs) > 0 {
		return templates.DestinationValue(v.Policy.Syncs[0].Destination), false
	}
	if len(v.Destinations) == 1 {
		return v.Destinations[0].Value, false
	}
	return "", false
}

// readDestination is a destination as forms and addresses have it.
func readDestination(text string) api.Destination {
	region, project, _ := strings.Cut(text, "/")
	return api.Destination{Region: region, Project: project}
}

func replicationDraft(v *templates.ExecuteView) api.ReplicationDraft {
	to := readDestination(v.To)
	return api.ReplicationDraft{Policy: v.Policy.ID, Region: to.Region, Project: to.Project, Accelerate: v.Accelerate}
}

// renderPlan shows the page with what would be copied now.
func (p *pages) renderPlan(c echo.Context, status int, view templates.ExecuteView) error {
	if view.To != "" {
		plan, err := p.Service.PlanReplication(c.Request().Context(), p.scope(c), replicationDraft(&view), view.Cursor, api.DefaultPage)
		if err == nil {
			view.Plan = &plan
		} else if view.Problems, err = problemsOf(err); err != nil {
			return err
		}
	}
	values, err := formValues(c)
	if err != nil {
		return err
	}
	view.Code, err = p.sampled(c, templates.SampleView{
		ID: templates.PageSample, Method: "get", Path: view.Path(), Redrawn: true,
	}, values, does(api.Message{}, api.StartReplication{Draft: replicationDraft(&view)}))
	if err != nil {
		return err
	}
	frame := p.frame(c, "replications.execute")
	return p.render(c, status, templates.ReplicationExecute(frame, view))
}

// startReplication copies what the page said, or what there is to copy by now.
func (p *pages) startReplication(c echo.Context) error {
	view, err := p.executeView(c)
	if err != nil {
		return err
	}
	values, err := formValues(c)
	if err != nil {
		return err
	}
	view.To, view.Accelerate = values.Get(templates.ReplicationTo), values.Get(templates.ReplicationAccelerate) == "true"
	run, err := p.Service.StartReplication(c.Request().Context(), p.scope(c), replicationDraft(&view))
	if err != nil {
		e := domainError(err)
		if e.Code != api.Invalid && e.Code != api.Conflict {
			return err
		}
		if view.Problems = e.Problems; len(e.Problems) == 0 {
			view.Refused = e.Message
		}
		return p.renderPlan(c, http.StatusUnprocessableEntity, view)
	}
	if run.ID == "" {
		p.flashKind(c, templates.Info, api.M("replications.nothing_flash"))
		return redirect(c, c.Request().URL.RequestURI())
	}
	return redirect(c, replicationRunPath(c, run.ID))
}
