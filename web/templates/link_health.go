package templates

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// LinkHealthView is a link with a page of its checks. Cursor is the page's, and
// Older the check that comes after the last one shown, nil if there is none.
type LinkHealthView struct {
	LinkView

	Checks   api.Page[api.LinkCheck]
	Cursor   string
	Older    *api.LinkCheck
	Episodes []api.Episode
}

// The parts that a test of a stored link replaces: on the page of its health,
// and beside its settings.
const (
	LinkWatchID  = "link-watch"
	LinkHealthID = "link-health"
)

// checksID is the list of checks, which pages.
const checksID = "link-checks"

// page is the address of the page that has the part with that id.
func (v *LinkView) page(id string) string {
	if id == LinkWatchID {
		return v.path() + "/health"
	}
	return v.path()
}

// news is what a screen reader hears after a test.
func (v *LinkHealthView) news(ctx context.Context) string {
	if !v.Checked || v.Link.Check == nil {
		return ""
	}
	return checkVerdict(ctx, v.Link.Check)
}

// pager leads to older checks, and back to the newest.
func (v *LinkHealthView) pager() Pager {
	p := Pager{Target: checksID}
	here := v.path() + "/health"
	if v.Cursor != "" {
		p.Prev = here
	}
	if v.Checks.Prev != "" {
		p.Prev = address(here, url.Values{"cursor": {v.Checks.Prev}})
	}
	if v.Checks.Next != "" {
		p.Next = address(here, url.Values{"cursor": {v.Checks.Next}})
	}
	return p
}

// before returns the failed step of the check before the i-th, if that one
// failed for another reason.
func (v *LinkHealthView) before(i int) *api.Step {
	older := v.Older
	if i+1 < len(v.Checks.Items) {
		older = &v.Checks.Items[i+1]
	}
	if !v.Checks.Items[i].Changed || older == nil {
		return nil
	}
	return older.Check.Failure()
}

// failureText is a failed step in one line.
func failureText(ctx context.Context, s *api.Step) string {
	return locale.T(ctx, "step."+string(s.Name)) + locale.T(ctx, "form.colon") + locale.Msg(ctx, s.Message)
}

// checkedBy says who had the link checked.
func checkedBy(ctx context.Context, c *api.LinkCheck) string {
	if c.By == "" {
		return locale.T(ctx, "watch.by_schedule")
	}
	return locale.T(ctx, "change.by", "user", c.By, "way", api.M("way."+string(c.Way)))
}

// timingBar is a step of a check, as a part of the whole time in thousandths.
type timingBar struct {
	X, Width string
	Status   api.Status
}

// timingBars draws the steps that took time. Each is wide enough to be seen.
func timingBars(c *api.Check) []timingBar {
	const whole, least, gap = 1000, 8, 4
	var taken time.Duration
	ran := 0
	for i := range c.Steps {
		if c.Steps[i].Status != api.Skipped {
			taken += c.Steps[i].Took
			ran++
		}
	}
	if taken == 0 {
		return nil
	}
	room := float64(whole - ran*(least+gap))
	var bars []timingBar
	x := 0.0
	for i := range c.Steps {
		if c.Steps[i].Status == api.Skipped {
			continue
		}
		width := least + room*float64(c.Steps[i].Took)/float64(taken)
		bars = append(bars, timingBar{decimal(x), decimal(width), c.Steps[i].Status})
		x += width + gap
	}
	return bars
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// timingText is the same in words.
func timingText(ctx context.Context, c *api.Check) string {
	var parts []string
	for i := range c.Steps {
		if s := &c.Steps[i]; s.Status != api.Skipped {
			parts = append(parts, locale.T(ctx, "step."+string(s.Name))+" "+locale.Duration(ctx, s.Took))
		}
	}
	return strings.Join(parts, locale.T(ctx, "watch.comma"))
}
