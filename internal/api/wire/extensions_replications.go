package wire

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// ownReplicationRoutes serves what the dialect lacks of policies, backups, regions
// and replication.
func (s *server) ownReplicationRoutes(e *echo.Echo) {
	ext := family{s, extensionError}
	serve(e, "ShowPolicyDetails", ext.inProject(s.showOwnPolicy))
	serve(e, "EnablePolicy", ext.inProject(s.enablePolicy))
	serve(e, "DownloadBackup", ext.inProject(s.downloadBackup))

	serve(e, "PlanReplication", ext.inProject(s.planReplication))
	serve(e, "ListReplications", ext.inProject(s.listRuns))
	serve(e, "ShowReplication", ext.inProject(s.showRun))
	serve(e, "CancelReplication", ext.inProject(s.cancelRun))
	serve(e, "RetryReplication", ext.inProject(s.retryRun))
	serve(e, "ListRunRecords", ext.inProject(s.listRunRecords))
	serve(e, "ShowRunRecord", ext.inProject(s.showOwnRecord))

	serve(e, "ListRegions", ext.inProject(s.listRegions))
	serve(e, "CreateRegion", ext.inProject(s.createRegion))
	serve(e, "TestRegionDraft", ext.inProject(s.testRegion))
	serve(e, "ShowRegion", ext.inProject(s.showRegion))
	serve(e, "UpdateRegion", ext.inProject(s.updateRegion))
	serve(e, "DeleteRegion", ext.inProject(s.deleteRegion))
	serve(e, "TestRegion", ext.inProject(s.testRegion))
}

// ownPlanJSON is what a replication would do.
type ownPlanJSON struct {
	Source   string                `json:"source"`
	Count    int                   `json:"count"`
	Bytes    int64                 `json:"bytes"`
	Skipped  map[api.FaultCode]int `json:"skipped"`
	There    int                   `json:"there"`
	Running  int                   `json:"running"`
	Estimate float64               `json:"estimate_seconds"` // 0 if nobody knows
	Busy     string                `json:"busy,omitempty"`   // the run because of which it would be refused
	Backups  []plannedJSON         `json:"backups"`
	Next     string                `json:"next,omitempty"`
}

// plannedJSON is a backup that would be copied.
type plannedJSON struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Resource string    `json:"resource"`
	Size     int64     `json:"size"`
	Created  time.Time `json:"created"`
}

// planReplication answers POST …/replications/plan?limit=&cursor= {"policy",
// "region", "project"}: what a replication would do now. It changes nothing.
func (s *server) planReplication(c echo.Context, scope api.Scope) error {
	var body struct {
		Policy     string `json:"policy"`
		Region     string `json:"region"`
		Project    string `json:"project"`
		Accelerate bool   `json:"accelerate"`
	}
	if err := decodeBody(c, &body); err != nil {
		return err
	}
	draft := api.ReplicationDraft{Policy: body.Policy, Region: body.Region, Project: body.Project, Accelerate: body.Accelerate}
	plan, err := s.Service.PlanReplication(c.Request().Context(), scope, draft, c.QueryParam("cursor"), pageLimit(c))
	if err != nil {
		return err
	}
	out := ownPlanJSON{
		Source: plan.Source, Count: plan.Count, Bytes: plan.Bytes, Skipped: map[api.FaultCode]int{}, There: plan.There, Running: plan.Running,
		Estimate: plan.Estimate.Seconds(), Busy: plan.Busy, Next: plan.Backups.Next,
		Backups: each(plan.Backups.Items, func(b api.Backup) plannedJSON {
			return plannedJSON{b.ID, b.Name, b.Resource.Name, b.Size, b.Created}
		}),
	}
	for code, n := range plan.Skipped {
		out.Skipped[code] = n
	}
	return answer(c, http.StatusOK, &out)
}

// pageLimit is the ?limit= of a list that has cursors; 0 is the default.
func pageLimit(c echo.Context) int {
	limit, _ := strconv.Atoi(c.QueryParam("limit"))
	return limit
}

// runJSON is a replication and how far it is.
type runJSON struct {
	ID          string         `json:"id"`
	Policy      string         `json:"policy,omitempty"`
	PolicyName  string         `json:"policy_name,omitempty"`
	Source      string         `json:"source"`
	Region      string         `json:"region"`
	Project     string         `json:"project"`
	ProjectName string         `json:"project_name"`
	Accelerate  bool           `json:"accelerate"`
	Auto        bool           `json:"auto"`
	RetryOf     string         `json:"retry_of,omitempty"`
	Started     time.Time      `json:"started"`
	By          string         `json:"by"`
	Ended       time.Time      `json:"ended,omitzero"`
	Outcome     api.RunOutcome `json:"outcome,omitempty"`
	StoppedBy   string         `json:"stopped_by,omitempty"`
	Total       int            `json:"total"`
	Succeeded   int            `json:"succeeded"`
	Failed      int            `json:"failed"`
	Skipped     int            `json:"skipped"`
	Running     int            `json:"running"`
	Waiting     int            `json:"waiting"`
	TotalBytes  int64          `json:"total_bytes"`
	Bytes       int64          `json:"bytes"`
	Rate        int64          `json:"rate"`         // bytes per second
	Left        float64        `json:"left_seconds"` // 0 if nobody knows
	Seen        time.Time      `json:"seen,omitzero"`
}

func encodeRun(r *api.ReplicationRun) runJSON {
	return runJSON{
		ID: r.ID, Policy: r.Policy, PolicyName: r.PolicyName, Source: r.Source, Region: r.Destination.Region, Project: r.Destination.Project,
		ProjectName: r.ProjectName, Accelerate: r.Accelerate, Auto: r.Auto, RetryOf: r.RetryOf, Started: r.Started.At, By: r.Started.By,
		Ended: r.Ended, Outcome: r.Outcome(), StoppedBy: r.StoppedBy, Total: r.Total, Succeeded: r.Succeeded, Failed: r.Failed,
		Skipped: r.Skipped, Running: r.Running, Waiting: r.Waiting(), TotalBytes: r.TotalBytes, Bytes: r.Bytes, Rate: r.Rate,
		Left: r.Left().Seconds(), Seen: r.Seen,
	}
}

// listRuns answers GET …/replications?policy=&open=true&limit=&cursor=: newest
// first.
func (s *server) listRuns(c echo.Context, scope api.Scope) error {
	page, err := s.Service.ReplicationRuns(c.Request().Context(), scope, api.RunQuery{
		Policy: c.QueryParam("policy"), Open: c.QueryParam("open") == "true", Cursor: c.QueryParam("cursor"), Limit: pageLimit(c),
	})
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, struct {
		Runs []runJSON `json:"replications"`
		Next string    `json:"next,omitempty"`
	}{each(page.Items, func(r api.ReplicationRun) runJSON { return encodeRun(&r) }), page.Next})
}

// showRun answers GET …/replications/{id}.
func (s *server) showRun(c echo.Context, scope api.Scope) error {
	run, err := s.Service.ReplicationRun(c.Request().Context(), scope, param(c, "run"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, encodeRun(&run))
}

// cancelRun answers POST …/replications/{id}/cancel: what is copied stays.
func (s *server) cancelRun(c echo.Context, scope api.Scope) error {
	run, err := s.Service.CancelReplication(c.Request().Context(), scope, param(c, "run"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, encodeRun(&run))
}

// retryRun answers POST …/replications/{id}/retry with the new run.
func (s *server) retryRun(c echo.Context, scope api.Scope) error {
	run, err := s.Service.RetryReplication(c.Request().Context(), scope, param(c, "run"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, encodeRun(&run))
}
