package templates

import (
	"context"
	"strconv"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// RunView is a bulk test.
type RunView struct {
	Collection

	Run api.Run
}

// runID is the part of the page that is about the run.
const runID = "run"

func (v *RunView) page() string { return v.Base + "/runs/" + v.Run.ID }

// going reports whether something can still change.
func (v *RunView) going() bool { return v.Run.Ended.IsZero() }

// ended counts the rows that will not change any more.
func (v *RunView) ended() int { return len(v.Run.Rows) - v.Run.Left() }

// progress is how far the bar goes: what was cancelled was not tested.
func (v *RunView) progress() int { return v.ended() - v.Run.Count(api.RunCancelled) }

// verdict is the run in one sentence.
func (v *RunView) verdict(ctx context.Context) string {
	all, bad := len(v.Run.Rows), v.Run.CountStatus(api.Failed)
	switch {
	case v.going() && v.Run.Stopped:
		return locale.T(ctx, "run.cancelling")
	case v.going():
		return locale.T(ctx, "run.going", "done", v.ended(), "all", all)
	case v.Run.Stopped:
		return locale.T(ctx, "run.stopped", "done", v.Run.Count(api.RunDone), "all", all)
	case bad > 0:
		return locale.T(ctx, "run.ended_failed", "failed", bad, "all", all)
	default:
		return locale.T(ctx, "run.ended_well", "count", all)
	}
}

func failed(c *api.Check) bool { return c != nil && c.Status == api.Failed }

func count(n int) string { return strconv.Itoa(n) }
