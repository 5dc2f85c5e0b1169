package templates

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// Watched is a thing that is checked again and again, as the parts about its
// checks show it. Texts are in the reader's language.
type Watched struct {
	Path  string          // of its page
	State templ.Component // how it is, for the eye: badges
	Check *api.Check      // the last one, nil if never checked
	Pulse api.Pulse
	// Fields is the page with the form of its fields, empty if there is none.
	Fields string
	// Resting says why it is not checked in spite of its schedule, empty if it
	// is.
	Resting string
	Checked bool // just now
}

// HealthView is a page of a thing's checks, below the head that all of its pages
// have. Cursor is the page's, and Older the check that comes after the last one
// shown, nil if there is none.
type HealthView struct {
	Watched

	Head     templ.Component
	Checks   api.Page[api.PastCheck]
	Cursor   string
	Older    *api.PastCheck
	Episodes []api.Episode
}

// The parts that a test of something stored replaces: on the page of its health,
// and beside its settings.
const (
	WatchID  = "watch"
	HealthID = "health"
)

// The list of past checks, which pages, and the place of the last one.
const (
	checksID    = "checks"
	lastCheckID = "last-check"
)

// page is the address of the page that has the part with that id.
func (w *Watched) page(id string) string {
	if id == WatchID {
		return w.Path + "/health"
	}
	return w.Path
}

// news is what a screen reader hears after a test.
func (v *HealthView) news(ctx context.Context) string {
	if !v.Checked || v.Check == nil {
		return ""
	}
	return checkVerdict(ctx, v.Check)
}

// pager leads to older checks, and back to the newest.
func (v *HealthView) pager() Pager {
	p := Pager{Target: checksID}
	here := v.page(WatchID)
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
func (v *HealthView) before(i int) *api.Step {
	older := v.Older
	if i+1 < len(v.Checks.Items) {
		older = &v.Checks.Items[i+1]
	}
	if !v.Checks.Items[i].Changed || older == nil {
		return nil
	}
	return older.Check.Failure()
}

// checkedBy says who asked for a check.
func checkedBy(ctx context.Context, c *api.PastCheck) string {
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
