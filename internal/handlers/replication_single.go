package handlers

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// askReplicateBackup asks where one backup is to be copied.
func (p *pages) askReplicateBackup(c echo.Context) error {
	destinations, err := p.destinations(c)
	if err != nil {
		return err
	}
	values := url.Values{}
	if len(destinations) == 1 {
		values.Set(templates.ReplicationTo, destinations[0].Value)
	}
	return p.showReplicateForm(c, http.StatusOK, values, formState{focus: templates.ReplicationTo})
}

// replicateBackup begins to copy one backup.
func (p *pages) replicateBackup(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	run, err := p.Service.ReplicateBackup(c.Request().Context(), p.scope(c), c.Param("id"), replicaDraft(values))
	if err == nil {
		return redirect(c, replicationRunPath(c, run.ID))
	}
	e := domainError(err)
	state := formState{refused: true, problems: pinDestination(e.Problems)}
	switch {
	case len(e.Problems) > 0:
	case e.Code == api.Conflict || e.Code == api.Invalid:
		state.problems = []api.Problem{{Message: e.Message}}
	default:
		return err
	}
	return p.showReplicateForm(c, http.StatusUnprocessableEntity, values, state)
}

// replicaDraft is what the form describes.
func replicaDraft(values url.Values) api.BackupReplicationDraft {
	to := readDestination(values.Get(templates.ReplicationTo))
	return api.BackupReplicationDraft{
		Region: to.Region, Project: to.Project, Accelerate: values.Get(templates.ReplicationAccelerate) == "true",
		Name: strings.TrimSpace(values.Get("name")), Description: strings.TrimSpace(values.Get("description")),
	}
}

// redrawReplicate shows the form again as it was typed. It judges nothing.
func (p *pages) redrawReplicate(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	return p.showReplicateForm(c, http.StatusOK, values, formState{})
}

// pinDestination moves problems with region and project to the field that both
// are chosen in.
func pinDestination(problems []api.Problem) []api.Problem {
	pinned := make([]api.Problem, len(problems))
	for i, problem := range problems {
		if problem.Path == "region" || problem.Path == "project" {
			problem.Path = templates.ReplicationTo
		}
		pinned[i] = problem
	}
	return pinned
}

func (p *pages) showReplicateForm(c echo.Context, status int, values url.Values, state formState) error {
	backup, err := p.Service.Backup(c.Request().Context(), p.scope(c), c.Param("id"))
	if err != nil {
		return err
	}
	destinations, err := p.destinations(c)
	if err != nil {
		return err
	}
	ctx := localised(c)
	view := templates.ReplicateView{Base: replicationPath(c), Backup: backup}
	view.Form = templates.ReplicateForm(ctx, view.Base, &backup, destinations)
	view.Form.Values, view.Form.Problems, view.Form.Refused, view.Form.Focus = values, state.problems, state.refused, state.focus
	if err := p.sample(c, view.Form, api.ReplicateBackup{Backup: backup.ID, Draft: replicaDraft(values)}); err != nil {
		return err
	}
	frame := p.namedFrame(c, locale.T(ctx, "replications.one_title", "backup", backup.Name))
	return p.render(c, status, templates.ReplicateBackup(frame, view))
}
