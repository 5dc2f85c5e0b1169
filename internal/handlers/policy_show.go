package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/schedule"
	"switchboard/web/templates"
)

// What the page of a policy tells of what it did, and how often a browser without
// JavaScript looks again while it is backed up or replicated, in seconds.
const (
	shownCheckpoints  = 10
	shownReplications = 5
	policyRefresh     = 2
)

// showPolicy is a policy, and what it did lately.
func (p *pages) showPolicy(c echo.Context) error {
	policy, err := p.policyView(c)
	if err != nil {
		return err
	}
	ctx, s, view := c.Request().Context(), p.scope(c), templates.PolicyDetailView{PolicyView: policy}
	if view.Checkpoints, err = p.Service.Checkpoints(ctx, s, policy.Policy.ID, shownCheckpoints); err != nil {
		return err
	}
	runs, err := p.Service.ReplicationRuns(ctx, s, api.RunQuery{Policy: policy.Policy.ID, Limit: shownReplications})
	if err != nil {
		return err
	}
	view.Runs = runs.Items
	for i := range policy.Policy.Operations {
		view.Operations = append(view.Operations, operationView(&policy.Policy.Operations[i]))
	}
	frame := p.namedFrame(c, policy.Policy.Name)
	if view.UnderWay() {
		frame.Refresh = policyRefresh
	}
	if err := p.sampleActions(c, &frame, policyActions(&policy.Policy)...); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.PolicyDetail(frame, view))
}

// policyActions are what can be done with a policy.
func policyActions(policy *api.Policy) []action {
	actions := []action{does(api.M("policies.back_up"), api.StartCheckpoint{Draft: api.CheckpointDraft{Policy: policy.ID}})}
	if o := policy.Operation(api.OperationReplication); o != nil {
		actions = append(actions, does(api.M("policies.replicate"), api.StartReplication{Draft: api.ReplicationDraft{
			Policy: policy.ID, Region: o.Destination.Region, Project: o.Destination.Project, Accelerate: o.Accelerate,
		}}))
	}
	return append(actions,
		does(api.M("policies.edit"), api.UpdatePolicy{ID: policy.ID, Draft: policy.Draft(), Version: policy.Version}),
		does(api.M("bulk.delete"), api.DeletePolicy{ID: policy.ID, Version: policy.Version}),
	)
}

func operationView(o *api.Operation) templates.OperationView {
	view := templates.OperationView{Operation: *o}
	if pattern, problem := schedule.Parse(o.Pattern); problem == "" {
		view.Words = scheduleWords(pattern, o.Enabled, o.Start)
	}
	return view
}

// shownNext is of how many times a schedule tells that it is due.
const shownNext = 5

// scheduleWords says when a pattern is due that began at start.
func scheduleWords(pattern schedule.Pattern, enabled bool, start time.Time) *templates.ScheduleWords {
	words := &templates.ScheduleWords{Pattern: pattern, Enabled: enabled}
	for at := time.Now(); len(words.Next) < shownNext; {
		if at = pattern.Next(start, at); at.IsZero() {
			break
		}
		words.Next = append(words.Next, at)
	}
	return words
}

func (p *pages) showPolicyHistory(c echo.Context) error {
	policy, err := p.policyView(c)
	if err != nil {
		return err
	}
	view := templates.PolicyHistoryView{PolicyView: policy}
	view.History, err = p.history(c, policy.Path()+"/history", policy.Policy.ID, historyChanges, api.KindPolicy)
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.PolicyHistory(p.namedFrame(c, policy.Policy.Name), view))
}

// backUpPolicy begins to back up what a policy protects.
func (p *pages) backUpPolicy(c echo.Context) error {
	policy, err := p.policyView(c)
	if err != nil {
		return err
	}
	if _, err := p.Service.StartCheckpoint(c.Request().Context(), p.scope(c), api.CheckpointDraft{Policy: policy.Policy.ID}); err != nil {
		return p.sayRefusalAt(c, policy.Path(), err)
	}
	p.flash(c, api.M("policies.backing_up_flash", "name", policy.Policy.Name))
	return redirect(c, policy.Path())
}

func (p *pages) confirmDeletePolicy(c echo.Context) error {
	policy, err := p.policyView(c)
	if err != nil {
		return err
	}
	frame := p.frame(c, "policies.delete_title")
	if err := p.sampleActions(c, &frame, does(api.Message{}, api.DeletePolicy{ID: policy.Policy.ID, Version: policy.Policy.Version})); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.PolicyDelete(frame, policy))
}

func (p *pages) deletePolicy(c echo.Context) error {
	policy, err := p.policyView(c)
	if err != nil {
		return err
	}
	if err := p.Service.DeletePolicy(c.Request().Context(), p.scope(c), policy.Policy.ID, readVersion(c.FormValue("version"))); err != nil {
		return p.sayRefusalAt(c, policy.Path(), err)
	}
	p.flashUndo(c, api.M("policies.deleted", "name", policy.Policy.Name))
	return redirect(c, policy.Base)
}
