package templates

import (
	"context"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
	"switchboard/internal/locale"
)

// TrialsView is the bench for a list of requests: which version each of them
// would get, and why.
type TrialsView struct {
	Action   string // where the list is posted
	Text     string // as pasted, or as it stood in the file
	Problems []api.Problem
	Route    *routing.Route // what is live
	Rows     []TrialRow     // nil if nobody asked
	Totals   TrialTotals
}

// Names of the inputs of the list; what is wrong with it is at TrialsText.
const (
	TrialsText = "requests"
	TrialsFile = "file"
	TrialsCSV  = "csv" // its value is "true" if the answer is to be a table to keep
)

// trialsID is the bench for lists, as an element and as a fragment.
const trialsID = "trials"

// TrialRow is what became of one line.
type TrialRow struct {
	Request  api.TrialRequest
	Decision routing.Decision // if the line could be read
}

// TrialTotals counts the lines by what became of them.
type TrialTotals struct{ Main, Additional, ByChance, Bad int }

// Count takes a line in.
func (t *TrialTotals) Count(route *routing.Route, row *TrialRow) {
	switch {
	case !row.Request.Error.IsZero():
		t.Bad++
	case trialByChance(route, row.Decision):
		t.ByChance++
	case row.Decision.Additional:
		t.Additional++
	default:
		t.Main++
	}
}

// Verdict is which version the line gets, or nothing if it could not be read.
func (r *TrialRow) Verdict(ctx context.Context, route *routing.Route) string {
	if !r.Request.Error.IsZero() {
		return ""
	}
	return trialVerdict(ctx, route, r.Decision)
}

// Reasons say why it gets that, or why it could not be read.
func (r *TrialRow) Reasons(ctx context.Context, route *routing.Route) []string {
	messages := []api.Message{r.Request.Error}
	if r.Request.Error.IsZero() {
		messages = trialReasons(route, r.Decision)
	}
	said := make([]string, len(messages))
	for i, m := range messages {
		said[i] = locale.Msg(ctx, m)
	}
	return said
}

// problem is what is wrong with the list as a whole, or nothing.
func (v *TrialsView) problem() api.Message {
	for _, p := range v.Problems {
		return p.Message
	}
	return api.Message{}
}

// trialTotal is a figure over the table.
type trialTotal struct {
	Label string
	Count int
}

func (v *TrialsView) totals(ctx context.Context) []trialTotal {
	all := []trialTotal{{locale.T(ctx, "trials.to", "version", v.Route.Main), v.Totals.Main}}
	if v.Route.Additional != "" {
		all = append(all, trialTotal{locale.T(ctx, "trials.to", "version", v.Route.Additional), v.Totals.Additional})
	}
	if v.Totals.ByChance > 0 {
		all = append(all, trialTotal{locale.T(ctx, "trials.by_chance"), v.Totals.ByChance})
	}
	if v.Totals.Bad > 0 {
		all = append(all, trialTotal{locale.T(ctx, "trials.bad"), v.Totals.Bad})
	}
	return all
}
