package templates_test

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"switchboard/internal/api"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// replicationPages are the pages of runs and of what starts them.
func replicationPages(ctx context.Context, f templates.Frame) map[string]templ.Component {
	const base = "/p/1/replication"
	now := time.Now()
	pages := map[string]templ.Component{
		"no runs":      templates.ReplicationRuns(f, templates.ReplicationRunsView{Base: base}),
		"record, done": templates.ReplicationRecord(f, templates.ReplicationRecordView{Base: base, Record: recordsOf(now)[2], Reachable: true}),
	}
	runs := replicationsOf(now)
	var all []api.ReplicationRun
	for name, run := range runs {
		all = append(all, run)
		view := templates.ReplicationRunView{
			Base: base, Run: run, At: now, News: true,
			Page: api.Page[api.ReplicationRecord]{Items: recordsOf(now), Next: markup, Prev: markup},
		}
		pages["replication, "+name] = templates.ReplicationRun(f, view)
		pages["question whether to cancel, "+name] = templates.ReplicationCancel(f, view)
		view.Page, view.Status = api.Page[api.ReplicationRecord]{}, api.ReplicationFailed
		pages["replication without such records, "+name] = templates.ReplicationRun(f, view)
		pages["record, "+name] = templates.ReplicationRecord(f, templates.ReplicationRecordView{
			Base: base, Run: run, Record: recordsOf(now)[1], ProjectName: markup,
		})
	}
	pages["runs"] = templates.ReplicationRuns(f, templates.ReplicationRunsView{
		Base: base, Page: api.Page[api.ReplicationRun]{Items: all, Next: markup}, At: now,
		Query: api.RunQuery{Policy: markup, Open: true}, Policies: []api.Policy{{ID: "p", Name: markup}},
	})
	for name, view := range executionsOf(base) {
		pages["replication to be started, "+name] = templates.ReplicationExecute(f, view)
	}
	backup := api.Backup{ID: "b", Name: markup, Size: 3 << 20}
	one := templates.ReplicateForm(ctx, base, &backup, executionsOf(base)["all"].Destinations)
	one.Refused, one.Problems = true, []api.Problem{{Path: templates.ReplicationTo, Message: api.M("shell.signed_in", "name", markup)}}
	pages["one backup to be copied"] = templates.ReplicateBackup(f, templates.ReplicateView{Base: base, Backup: backup, Form: one})
	return pages
}

// replicationsOf is a run in every phase, of a policy or of one backup.
func replicationsOf(now time.Time) map[string]api.ReplicationRun {
	run := api.ReplicationRun{
		ID: "r", Policy: "p", PolicyName: markup, Source: markup, Destination: api.Destination{Region: markup, Project: "2"}, ProjectName: markup,
		Accelerate: true, RetryOf: "q", Started: api.Stamp{At: now.Add(-time.Minute), By: markup}, Seen: now,
		Total: 10, Succeeded: 3, Failed: 1, Skipped: 1, Running: 2, TotalBytes: 5 << 30, Bytes: 2 << 30, Rate: 80 << 20,
	}
	alone, begun, partial, well, failed, stopped := run, run, run, run, run, run
	alone.Seen = now.Add(-time.Hour)
	begun.Seen, begun.Started.At, begun.Policy, begun.PolicyName, begun.Auto, begun.TotalBytes = time.Time{}, now, "", "", true, 0
	partial.Ended, well.Ended, failed.Ended, stopped.Ended = now, now, now, now
	well.Succeeded, well.Failed, well.Skipped = 10, 0, 0
	failed.Succeeded, failed.Rate = 0, 0
	stopped.StoppedBy = markup
	return map[string]api.ReplicationRun{
		"copies": run, "alone": alone, "begins": begun, "partial": partial, "succeeded": well, "failed": failed, "stopped": stopped,
	}
}

// recordsOf is a record of every status.
func recordsOf(now time.Time) []api.ReplicationRecord {
	record := api.ReplicationRecord{
		Run: "r", Backup: api.Used{ID: "b", Name: markup}, Resource: markup, BackupAt: now, Source: markup,
		Destination: api.Destination{Region: markup, Project: "2"}, Size: 4 << 20, Bytes: 1 << 20, Attempts: 3, Created: now, Began: now,
		RetryAt: now, Fault: &api.Fault{Code: api.FaultDestinationAway, Message: api.M("shell.signed_in", "name", markup), Hint: api.M("shell.signed_in", "name", markup), Detail: markup},
		Log: []api.RecordLine{{At: now, Message: api.M("shell.signed_in", "name", markup), Detail: markup}},
	}
	var all []api.ReplicationRecord
	for _, status := range []api.ReplicationStatus{
		api.ReplicationWaiting, api.ReplicationRunning, api.ReplicationSucceeded, api.ReplicationFailed, api.ReplicationSkipped,
	} {
		one := record
		one.ID, one.Status = string(status), status
		if status == api.ReplicationSucceeded {
			one.Fault, one.Log, one.Replica, one.Ended, one.Bytes = nil, nil, "c", now, one.Size
		}
		all = append(all, one)
	}
	return all
}

// executionsOf are forms of a replication, with every answer.
func executionsOf(base string) map[string]templates.ExecuteView {
	backups := api.Page[api.Backup]{Items: []api.Backup{{ID: "b", Name: markup, Resource: api.Used{Name: markup}, Size: 1 << 20}}, Next: "n", Prev: "p"}
	view := func(plan api.ReplicationPlan) templates.ExecuteView {
		return templates.ExecuteView{
			Base: base, Policy: api.Policy{ID: "p", Name: markup}, To: "cn-east-2/2", Accelerate: true, Plan: &plan,
			Destinations: []form.Choice{{Value: "cn-east-2/2", Label: markup}},
		}
	}
	skipped := map[api.FaultCode]int{api.FaultIneligible: 2}
	refused, foreign := view(api.ReplicationPlan{}), view(api.ReplicationPlan{})
	refused.Refused = api.M("shell.signed_in", "name", markup)
	foreign.To, foreign.Plan, foreign.Problems = markup, nil, []api.Problem{{Path: "region", Message: api.M("shell.signed_in", "name", markup)}}
	return map[string]templates.ExecuteView{
		"all":      view(api.ReplicationPlan{Count: 1, Bytes: 1 << 20, Backups: backups, Estimate: time.Hour, Skipped: skipped, There: 3, Running: 1}),
		"busy":     view(api.ReplicationPlan{Count: 1, Backups: backups, Busy: "r"}),
		"none":     view(api.ReplicationPlan{}),
		"there":    view(api.ReplicationPlan{There: 2}),
		"on way":   view(api.ReplicationPlan{Running: 2}),
		"skipped":  view(api.ReplicationPlan{Skipped: skipped}),
		"refused":  refused,
		"foreign":  foreign,
		"unchosen": {Base: base, Destinations: refused.Destinations},
		"nowhere":  {Base: base},
	}
}
