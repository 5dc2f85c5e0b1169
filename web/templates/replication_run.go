package templates

import (
	"cmp"
	"context"
	"net/url"
	"strconv"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// ReplicationRunView is a run with a page of its records.
type ReplicationRunView struct {
	Base   string // of the section
	Run    api.ReplicationRun
	Status api.ReplicationStatus // of the records that are shown, "" for all
	Cursor string
	Page   api.Page[api.ReplicationRecord]
	At     time.Time // that it is looked at
	Cloud  bool      // a region of a cloud works it, whoever heard of it last
	// News says that the run is in another phase than the reader knows.
	News bool
}

// The part of the page that is about the run, and of that the table.
const (
	replicationRunID = "replication-run"
	recordsID        = "records"
)

func (v *ReplicationRunView) path() string { return runPath(v.Base, v.Run.ID) }

// Phase is what the run is doing.
func (v *ReplicationRunView) Phase() RunPhase {
	run := v.Run
	if v.Cloud {
		run.Seen = v.At
	}
	return PhaseOf(&run, v.At)
}

func (v *ReplicationRunView) going() bool { return v.Run.Ended.IsZero() }

// Retriable is how many backups another run would try again.
func (v *ReplicationRunView) Retriable() int {
	if v.going() {
		return 0
	}
	return v.Run.Failed + v.Run.Skipped
}

// question is which records are shown, as in the address.
func (v *ReplicationRunView) question(status api.ReplicationStatus, cursor string) url.Values {
	q := url.Values{}
	if status != "" {
		q.Set("status", string(status))
	}
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	return q
}

func (v *ReplicationRunView) href(status api.ReplicationStatus, cursor string) string {
	return address(v.path(), v.question(status, cursor))
}

// events is the stream of what changes of this page.
func (v *ReplicationRunView) events() string {
	return address(v.path()+"/events", v.question(v.Status, v.Cursor))
}

func (v *ReplicationRunView) pager() Pager {
	p := Pager{Target: replicationRunID}
	if v.Page.Prev != "" {
		p.Prev = v.href(v.Status, v.Page.Prev)
	}
	if v.Page.Next != "" {
		p.Next = v.href(v.Status, v.Page.Next)
	}
	return p
}

// Title is what the page is called.
func (v *ReplicationRunView) Title(ctx context.Context) string {
	if v.Run.PolicyName == "" {
		return locale.T(ctx, "replications.run_of_one")
	}
	return locale.T(ctx, "replications.run_title", "policy", v.Run.PolicyName)
}

// crumbs is the way to the page of a run.
func (v *ReplicationRunView) crumbs(ctx context.Context) []Crumb {
	return []Crumb{{Label: locale.T(ctx, "replications.runs"), Href: v.Base + "/" + RunsTab}}
}

// verdict is the run in one sentence.
func (v *ReplicationRunView) verdict(ctx context.Context) string {
	r := &v.Run
	switch phase := v.Phase(); phase {
	case RunPhase(api.RunSucceeded):
		return locale.T(ctx, "replications.verdict_succeeded", "count", r.Total)
	case RunPhase(api.RunPartial):
		return joined([]string{locale.T(ctx, "replications.verdict_partial", "n", api.Grouped(r.Succeeded), "all", api.Grouped(r.Total)), misses(ctx, r)})
	case RunPhase(api.RunFailed):
		return locale.T(ctx, "replications.verdict_failed", "count", r.Total)
	case RunPhase(api.RunStopped):
		return locale.T(ctx, "replications.verdict_stopped", "by", r.StoppedBy, "n", api.Grouped(r.Succeeded), "all", api.Grouped(r.Total))
	default:
		return locale.T(ctx, "run_verdict."+string(phase), "n", api.Grouped(ended(r)), "all", api.Grouped(r.Total))
	}
}

// bar is how far the run is, in bytes or, if there are none, in backups.
func (v *ReplicationRunView) bar() (value, all string) {
	if v.Run.TotalBytes > 0 {
		return strconv.FormatInt(v.Run.Bytes, 10), strconv.FormatInt(v.Run.TotalBytes, 10)
	}
	return strconv.Itoa(v.Run.Succeeded), strconv.Itoa(max(v.Run.Total, 1))
}

// copied is what there is to copy in all, and how many backups are.
func (v *ReplicationRunView) copied(ctx context.Context) string {
	return locale.T(ctx, "replications.of_size", "size", sizeText(ctx, v.Run.TotalBytes), "n", api.Grouped(v.Run.Succeeded), "all", api.Grouped(v.Run.Total))
}

// left is how long the rest takes.
func (v *ReplicationRunView) left(ctx context.Context) string {
	if d := v.Run.Left(); d > 0 && v.Phase() == PhaseCopies {
		return roughly(ctx, d)
	}
	return locale.T(ctx, "replications.unknown")
}

// rate is how fast it copies, or copied on average.
func (v *ReplicationRunView) rate(ctx context.Context) string {
	if v.Run.Rate <= 0 || v.Phase() == PhaseAlone {
		return locale.T(ctx, "replications.unknown")
	}
	return rateText(ctx, v.Run.Rate)
}

// recordFilter is a link to the records of one status.
type recordFilter struct {
	ID, Label, Href string
	Count           int
	Current         bool
}

// filters lead to all records, and to those of each status.
func (v *ReplicationRunView) filters(ctx context.Context) []recordFilter {
	r := &v.Run
	filter := func(status api.ReplicationStatus, label string, count int) recordFilter {
		return recordFilter{
			ID: "count-" + cmp.Or(string(status), "all"), Label: locale.T(ctx, label), Href: v.href(status, ""),
			Count: count, Current: status == v.Status,
		}
	}
	all := []recordFilter{filter("", "replications.all_records", r.Total)}
	counts := map[api.ReplicationStatus]int{
		api.ReplicationWaiting: r.Waiting(), api.ReplicationRunning: r.Running, api.ReplicationSucceeded: r.Succeeded,
		api.ReplicationFailed: r.Failed, api.ReplicationSkipped: r.Skipped,
	}
	for _, status := range replicationStatuses {
		all = append(all, filter(status, "replication_status."+string(status), counts[status]))
	}
	return all
}

// cancellation is the question before a run is cancelled.
func (v *ReplicationRunView) cancellation(ctx context.Context) Confirm {
	rest := v.Run.Total - ended(&v.Run)
	return Confirm{
		Text: locale.T(ctx, "replications.cancel_text", "name", runName(ctx, &v.Run), "region", v.Run.Destination.Region),
		Consequences: []string{
			locale.T(ctx, "replications.cancel_rest", "count", rest), locale.T(ctx, "replications.cancel_done"),
		},
		Action: v.path() + "/cancel", Button: locale.T(ctx, "replications.cancel_button"), Cancel: v.path(),
	}
}
