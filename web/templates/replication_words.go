package templates

import (
	"context"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// runSilence is after how long a run of which nothing is heard is said to be
// worked on by nobody.
const runSilence = 20 * time.Second

// RunPhase is what a run is doing. When it changes readers are told, and not at
// every figure.
type RunPhase string

// The phases; a run that has ended is in that of its outcome.
const (
	PhaseBegins RunPhase = "begins"
	PhaseCopies RunPhase = "copies"
	PhaseAlone  RunPhase = "alone" // nobody works on it at the moment
)

// PhaseOf is the phase that a run is in at a time.
func PhaseOf(r *api.ReplicationRun, at time.Time) RunPhase {
	heard := r.Seen
	if heard.IsZero() {
		heard = r.Started.At
	}
	switch {
	case !r.Ended.IsZero():
		return RunPhase(r.Outcome())
	case at.Sub(heard) > runSilence:
		return PhaseAlone
	case r.Seen.IsZero() && ended(r)+r.Running == 0:
		return PhaseBegins
	}
	return PhaseCopies
}

// tone is how good or bad a phase is, in the colours of checks; "" while it goes
// on.
func (p RunPhase) tone() api.Status {
	switch p {
	case RunPhase(api.RunSucceeded):
		return api.Passed
	case RunPhase(api.RunPartial), PhaseAlone:
		return api.Warned
	case RunPhase(api.RunFailed):
		return api.Failed
	case RunPhase(api.RunStopped):
		return api.Skipped
	}
	return ""
}

// recordTone is how good or bad a record's status is, "" before its end.
func recordTone(s api.ReplicationStatus) api.Status {
	switch s {
	case api.ReplicationSucceeded:
		return api.Passed
	case api.ReplicationFailed:
		return api.Failed
	case api.ReplicationSkipped:
		return api.Skipped
	}
	return ""
}

// replicationStatuses are those that records are filtered by, in the order of a
// copy's life.
var replicationStatuses = []api.ReplicationStatus{
	api.ReplicationWaiting, api.ReplicationRunning, api.ReplicationSucceeded, api.ReplicationFailed, api.ReplicationSkipped,
}

// ReplicationStatusOf is the status that an address names, "" for all.
func ReplicationStatusOf(text string) api.ReplicationStatus {
	for _, s := range replicationStatuses {
		if string(s) == text {
			return s
		}
	}
	return ""
}

// runName is what a run is of: its policy, or one backup.
func runName(ctx context.Context, r *api.ReplicationRun) string {
	if r.PolicyName == "" {
		return locale.T(ctx, "replications.one_backup")
	}
	return r.PolicyName
}

// runStarter says who started a run.
func runStarter(ctx context.Context, r *api.ReplicationRun) string {
	if r.Auto {
		return locale.T(ctx, "replications.by_schedule")
	}
	return r.Started.By
}

// ended counts the backups of a run that will not change any more.
func ended(r *api.ReplicationRun) int { return r.Succeeded + r.Failed + r.Skipped }

// figures are how far a run is, or how it ended, in backups.
func figures(ctx context.Context, r *api.ReplicationRun) string {
	return locale.T(ctx, "replications.n_of_all", "n", api.Grouped(r.Succeeded), "all", api.Grouped(r.Total))
}

// misses are the backups of a run that were not copied, empty if there are none.
func misses(ctx context.Context, r *api.ReplicationRun) string {
	var said []string
	if r.Failed > 0 {
		said = append(said, locale.T(ctx, "replications.n_failed", "n", api.Grouped(r.Failed)))
	}
	if r.Skipped > 0 {
		said = append(said, locale.T(ctx, "replications.n_skipped", "n", api.Grouped(r.Skipped)))
	}
	return joined(said)
}

// joined puts facts beside each other.
func joined(facts []string) string {
	text := ""
	for _, fact := range facts {
		if text != "" {
			text += " · "
		}
		text += fact
	}
	return text
}

// lasted is how long a run took, or takes until then.
func lasted(r *api.ReplicationRun, at time.Time) time.Duration {
	if !r.Ended.IsZero() {
		at = r.Ended
	}
	return max(at.Sub(r.Started.At), 0)
}

// took is a time that something takes: to the second below an hour.
func took(ctx context.Context, d time.Duration) string {
	if d < time.Hour {
		return locale.Duration(ctx, d)
	}
	return span(ctx, d)
}

// roughly is a time that nobody knows exactly: in whole seconds, and not less than
// one.
func roughly(ctx context.Context, d time.Duration) string {
	d = max(d.Round(time.Second), time.Second)
	if d < time.Minute {
		return locale.T(ctx, "duration.s", "n", int(d.Seconds()))
	}
	return took(ctx, d)
}

// rateText is bytes per second.
func rateText(ctx context.Context, rate int64) string {
	return locale.T(ctx, "replications.per_second", "size", sizeText(ctx, rate))
}

// Destinations are the projects of other regions, as choices.
func Destinations(regions []api.Region) []form.Choice {
	var choices []form.Choice
	for i := range regions {
		if regions[i].Home {
			continue
		}
		for _, project := range regions[i].Projects {
			choices = append(choices, form.Choice{
				Value: DestinationValue(api.Destination{Region: regions[i].Name, Project: project.ID}),
				Label: destinationText(regions[i].Name, project.Name),
			})
		}
	}
	return choices
}

// DestinationValue is a destination as forms and addresses have it.
func DestinationValue(d api.Destination) string {
	if d.Region == "" {
		return ""
	}
	return d.Region + "/" + d.Project
}
