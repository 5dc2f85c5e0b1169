package templates

import (
	"context"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// RampView is an alias with its ramps.
type RampView struct {
	AliasView

	// Ended is the ramp that has just ended while somebody watched, nil if there
	// is none. It stands where the one under way would.
	Ended *api.Ramp
	Past  []api.Ramp // those that are over, newest first; for the ramp page
	// Said is why what somebody wanted was not done, else zero.
	Said api.Message
}

// RampID is what is under way, as an element and as a fragment.
const RampID = "ramp"

func (v *RampView) page() string { return v.Path() + "/ramp" }

// ramp is the one that is shown, nil if there is none.
func (v *RampView) ramp() *api.Ramp {
	if v.Alias.Ramp != nil {
		return v.Alias.Ramp
	}
	return v.Ended
}

// going reports whether something can still change.
func (v *RampView) going() bool { return v.Alias.Ramp != nil }

// rampMark is a point of a ramp's line of time.
type rampMark struct {
	Percent int
	Promote bool          // it is the end, where the additional version becomes the main one
	Hold    time.Duration // how long it stays; 0: until somebody says so
	At      time.Time     // when it is expected, zero if nobody knows
	Done    bool
	Current bool
}

// rampMarks are the points of a plan of which the step at is in force until
// next, zero if that is not known.
func rampMarks(steps []api.RampStep, promote bool, at int, next time.Time) []rampMark {
	var marks []rampMark
	for i, step := range steps {
		mark := rampMark{Percent: step.Percent, Hold: step.Hold, Done: i < at, Current: i == at}
		if !promote && i == len(steps)-1 {
			mark.Hold = 0 // nothing comes after it
		}
		if i > at {
			mark.At = next
			next = later(next, step.Hold)
		}
		marks = append(marks, mark)
	}
	if promote {
		marks = append(marks, rampMark{Percent: 100, Promote: true, At: next})
	}
	return marks
}

// later is a moment after a hold; nobody knows it if the hold has no end.
func later(at time.Time, hold time.Duration) time.Time {
	if at.IsZero() || hold == 0 {
		return time.Time{}
	}
	return at.Add(hold)
}

// marks are the points of a ramp. One that is over shows how far it came.
func marks(r *api.Ramp) []rampMark {
	promoted := r.State == api.RampPromoted
	all := rampMarks(r.Steps, r.Promote || promoted, r.At, r.Next)
	if !r.Ended.IsZero() {
		all[r.At].Done, all[r.At].Current = true, false
		all[len(all)-1].Done = all[len(all)-1].Done || promoted
	}
	return all
}

// rampVerdict is a ramp in one sentence.
func rampVerdict(ctx context.Context, r *api.Ramp) string {
	step := []any{"additional", r.Additional, "main", r.Main, "percent", r.Steps[r.At].Percent, "n", r.At + 1, "all", len(r.Steps)}
	switch r.State {
	case api.RampPaused:
		return locale.T(ctx, "ramp.is_paused", step...)
	case api.RampPromoted:
		return locale.T(ctx, "ramp.is_promoted", step...)
	case api.RampAborted:
		return locale.T(ctx, "ramp.is_aborted", step...)
	case api.RampOvertaken:
		return locale.T(ctx, "ramp.is_overtaken", step...)
	case api.RampRunning:
		switch {
		case !r.Next.IsZero():
		case r.At+1 == len(r.Steps):
			return locale.T(ctx, "ramp.at_end", step...)
		default:
			return locale.T(ctx, "ramp.waits", step...)
		}
	}
	return locale.T(ctx, "ramp.is_running", step...)
}

// rampAtEnd reports whether all steps are taken, so that only somebody can end
// the ramp.
func rampAtEnd(r *api.Ramp) bool {
	return r.State == api.RampRunning && r.Next.IsZero() && r.At+1 == len(r.Steps)
}

// rampState is the state of a ramp in a word or two: one that runs, but waits for
// somebody, does not go on by itself.
func rampState(r *api.Ramp) api.Message {
	if r.State == api.RampRunning && r.Next.IsZero() {
		return api.M("ramp_state.waiting")
	}
	return api.M("ramp_state." + string(r.State))
}

// promoteRefused is why the additional version cannot become the main one, zero
// if it can: it is that of another alias.
func (v *AliasView) promoteRefused() api.Message {
	version := v.version(v.Alias.Route.Additional)
	if version == nil || len(version.Main) == 0 {
		return api.Message{}
	}
	return api.M("alias.version_used", "version", version.Name, "alias", version.Main[0].Name)
}

// rampNext says what comes next and when, as far as that is known.
func rampNext(ctx context.Context, r *api.Ramp) string {
	at := locale.FullTime(r.Next)
	switch {
	case r.State != api.RampRunning || r.Next.IsZero():
		return ""
	case r.At+1 == len(r.Steps):
		return locale.T(ctx, "ramp.promotes_at", "additional", r.Additional, "at", at)
	}
	return locale.T(ctx, "ramp.next_at", "percent", r.Steps[r.At+1].Percent, "at", at)
}

// rampTone is the tone of a badge.
func rampTone(r *api.Ramp) string {
	switch r.State {
	case api.RampPaused, api.RampOvertaken:
		return "badge-warned"
	case api.RampAborted:
		return "badge-failed"
	case api.RampPromoted:
		return "badge-passed"
	case api.RampRunning:
	}
	return ""
}

// holdText is how long a step stays.
func holdText(ctx context.Context, hold time.Duration) string {
	if hold == 0 {
		return locale.T(ctx, "ramp.until_told")
	}
	return holdSpan(ctx, hold)
}

// holdSpan is a hold in the largest unit that divides it.
func holdSpan(ctx context.Context, hold time.Duration) string {
	for _, unit := range []struct {
		length time.Duration
		key    string
	}{{24 * time.Hour, "ramp.days"}, {time.Hour, "ramp.hours"}, {time.Minute, "ramp.minutes"}} {
		if hold%unit.length == 0 {
			return locale.T(ctx, unit.key, "count", int(hold/unit.length))
		}
	}
	return locale.T(ctx, "ramp.seconds", "count", int(hold/time.Second))
}
