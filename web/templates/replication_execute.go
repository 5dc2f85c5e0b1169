package templates

import (
	"context"
	"maps"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// What the form of a replication, and its address, are called.
const (
	ReplicationTo         = "to"
	ReplicationAccelerate = "accelerate"
)

// ExecuteView asks where the backups of a policy are to be copied, and says what
// that would mean now.
type ExecuteView struct {
	Base         string // of the section
	Policy       api.Policy
	Destinations []form.Choice
	To           string // chosen, "" if none is
	Accelerate   bool
	Plan         *api.ReplicationPlan // nil without a destination that can be
	Cursor       string
	Problems     []api.Problem // with the destination
	Code         templ.Component
	Refused      api.Message // why the run was not started
}

// executeID is the form and what it says.
const executeID = "replicate"

// Path is the address of the page.
func (v *ExecuteView) Path() string { return v.Base + "/" + v.Policy.ID + "/replicate" }

// crumbs is the way to the page.
func (v *ExecuteView) crumbs(ctx context.Context) []Crumb {
	return []Crumb{
		{Label: locale.T(ctx, "policies.title"), Href: v.Base},
		{Label: v.Policy.Name, Href: v.Base + "/" + v.Policy.ID},
	}
}

// pager leads to the neighbours of the page of backups.
func (v *ExecuteView) pager() Pager {
	p := Pager{Target: executeID}
	href := func(cursor string) string {
		q := url.Values{ReplicationTo: {v.To}, "cursor": {cursor}}
		if v.Accelerate {
			q.Set(ReplicationAccelerate, "true")
		}
		return address(v.Path(), q)
	}
	if v.Plan.Backups.Prev != "" {
		p.Prev = href(v.Plan.Backups.Prev)
	}
	if v.Plan.Backups.Next != "" {
		p.Next = href(v.Plan.Backups.Next)
	}
	return p
}

// verdict is what would happen, in one sentence.
func (v *ExecuteView) verdict(ctx context.Context) string {
	p := v.Plan
	switch {
	case p == nil && len(v.Problems) > 0:
		return locale.Msg(ctx, v.Problems[0].Message)
	case p == nil:
		return locale.T(ctx, "replications.choose_first")
	case p.Count > 0:
		return locale.T(ctx, "replications.plan", "count", p.Count, "size", sizeText(ctx, p.Bytes))
	case p.Running > 0:
		return locale.T(ctx, "replications.nothing_running")
	case len(p.Skipped) > 0:
		return locale.T(ctx, "replications.nothing_skipped")
	case p.There == 0:
		return locale.T(ctx, "replications.nothing_yet")
	}
	return locale.T(ctx, "replications.nothing")
}

// off is why the run cannot be started, empty if it can.
func (v *ExecuteView) off(ctx context.Context) string {
	switch {
	case v.Plan == nil || v.Plan.Count == 0:
		return v.verdict(ctx)
	case v.Plan.Busy != "":
		return locale.T(ctx, "replications.busy")
	}
	return ""
}

// bytes is how much there is to copy, empty if there is nothing.
func (v *ExecuteView) bytes(ctx context.Context) string {
	if v.Plan.Count == 0 {
		return ""
	}
	return sizeText(ctx, v.Plan.Bytes)
}

// estimate is how long it would take.
func (v *ExecuteView) estimate(ctx context.Context) string {
	switch {
	case v.Plan.Count == 0:
		return "–"
	case v.Plan.Estimate > 0:
		return locale.T(ctx, "replications.about", "time", roughly(ctx, v.Plan.Estimate))
	}
	return locale.T(ctx, "replications.unknown")
}

// estimateHint says why nobody knows how long it would take.
func (v *ExecuteView) estimateHint(ctx context.Context) string {
	if v.Plan.Count == 0 || v.Plan.Estimate > 0 {
		return ""
	}
	return locale.T(ctx, "replications.never_copied")
}

// skip is a reason why backups would not be copied.
type skip struct {
	Count  int
	Reason string
}

// skips are the reasons, in an order that does not change.
func (v *ExecuteView) skips(ctx context.Context) []skip {
	var all []skip
	for _, code := range slices.Sorted(maps.Keys(v.Plan.Skipped)) {
		all = append(all, skip{v.Plan.Skipped[code], locale.T(ctx, "fault."+string(code))})
	}
	return all
}

// unoffered reports whether the destination is none that there is; it stays in
// the form, so that its problem is at something.
func (v *ExecuteView) unoffered() bool {
	return v.To != "" && !slices.ContainsFunc(v.Destinations, func(c form.Choice) bool { return c.Value == v.To })
}
