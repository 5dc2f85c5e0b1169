package templates_test

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/schedule"
	"switchboard/internal/locale"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// hostilePolicy is a policy whose every text is hostile.
func hostilePolicy() api.Policy {
	then := time.Now().Add(-time.Hour)
	away := api.Destination{Region: markup, Project: markup}
	return api.Policy{
		ID: "p", Name: markup, Description: markup, Tags: []api.Tag{{Key: markup, Value: markup}},
		Resources: []api.Resource{{ID: "1", Name: markup, Path: markup}, {Name: "b", Adopt: true}, {Name: "c"}, {Name: "d"}},
		Operations: []api.Operation{
			{Type: api.OperationBackup, Name: markup, Enabled: true, Pattern: "FREQ=DAILY;BYHOUR=2", Next: then, Retention: api.Retention{Max: 7, Daily: 1, Zone: markup}},
			{Type: api.OperationBackup, Description: markup, Pattern: markup},
			{Type: api.OperationReplication, Pattern: "FREQ=WEEKLY;BYDAY=SU;BYHOUR=2", Destination: away, Accelerate: true},
		},
		Created: api.Stamp{At: then, By: markup}, Updated: api.Stamp{At: then, By: markup},
		Last: &api.Checkpoint{ID: "c", Created: api.Stamp{At: then, By: markup}},
		Syncs: []api.Sync{
			{Destination: away, ProjectName: markup, At: then, Oldest: then}, {Destination: away, ProjectName: markup}, {ProjectName: markup, At: then},
		},
	}
}

// policyPages are the pages about policies.
func policyPages(ctx context.Context, f templates.Frame) map[string]templ.Component {
	const base = "/p/1/replication"
	policy := hostilePolicy()
	view := templates.PolicyView{Base: base, Policy: policy}
	detail := templates.PolicyDetailView{PolicyView: view}
	words := templates.PolicyWords{Backup: &templates.ScheduleWords{Pattern: schedule.Pattern{Interval: 3}}, Retention: &api.Retention{}, Destination: markup, Beside: true}
	for i := range policy.Operations {
		detail.Operations = append(detail.Operations, templates.OperationView{Operation: policy.Operations[i]})
	}
	detail.Operations[0].Words = &templates.ScheduleWords{Enabled: true, Next: []time.Time{policy.Created.At}}
	for _, c := range []api.Checkpoint{
		{}, {Ended: policy.Created.At, Failed: 1, Message: api.M("shell.signed_in", "name", markup)}, {Ended: policy.Created.At, Failed: 1, Available: 1}, {Ended: policy.Created.At, Bytes: 9, Auto: true},
	} {
		c.ID, c.Created = markup, policy.Created
		detail.Checkpoints = append(detail.Checkpoints, c)
	}
	bound := &form.Form{ID: templates.PolicyFormID, Action: base, Refused: true, Values: url.Values{
		"name": {markup}, "resources.0.path": {markup}, "operations.0.pattern.days": {"mo", markup},
	}}
	picker := templates.PickerView{Form: bound, Region: markup, Open: true, Focus: true, Folder: markup + "/b/", Page: api.Page[api.Entry]{
		Items: []api.Entry{{Path: markup + "/b/" + markup + "/"}, {Path: "x", Size: 5}}, Next: markup,
	}}
	bound.Sections = templates.PolicySections(ctx, templates.PolicyFields{Home: markup, BackupEvery: templates.EveryWeek, To: markup, Picker: picker})
	bound.Problems = []api.Problem{{Path: "resources.0.path", Message: api.M("kit.check_message")}, {Path: "operations.0.pattern.days", Message: api.M("kit.check_message")}}
	refused := *bound
	picker.Refused = api.M("kit.check_message")
	refused.Sections = templates.PolicySections(ctx, templates.PolicyFields{Keep: templates.KeepAll, Picker: picker})
	return map[string]templ.Component{
		"policies":             templates.PolicyList(f, templates.PolicyListView{Base: base, Query: api.PolicyQuery{Search: markup, Sort: "name"}, Page: api.Page[api.Policy]{Items: []api.Policy{policy, {ID: "q"}}, Next: markup}}),
		"no policies":          templates.PolicyList(f, templates.PolicyListView{Base: base, Query: api.PolicyQuery{Sort: "name"}}),
		"policy":               templates.PolicyDetail(f, detail),
		"policy without much":  templates.PolicyDetail(f, templates.PolicyDetailView{PolicyView: templates.PolicyView{Base: base}}),
		"policy, delete":       templates.PolicyDelete(f, view),
		"policy, history":      templates.PolicyHistory(f, templates.PolicyHistoryView{PolicyView: view, History: templates.History{Path: base, Changes: policyChanges()}}),
		"policy form":          templates.PolicyForm(f, templates.PolicyFormView{Base: base, Form: bound, Words: words}),
		"policy form, changed": templates.PolicyForm(f, templates.PolicyFormView{Base: base, Form: &refused, Stored: &policy, Kept: policy.Operations, Changed: &templates.LinkChanged{By: markup}}),
	}
}

// policyChanges are entries of the audit log, as they are and as they might be.
func policyChanges() []api.Change {
	change := func(action, before, after string) api.Change {
		return api.Change{Action: action, Kind: api.KindPolicy, ObjectName: markup, Before: []byte(before), After: []byte(after), Actor: api.Actor{User: markup, Way: api.WayPage}}
	}
	const made = `{"name":"<b>","resources":[{"name":"<b>","path":"x","adopt":true}],"scheduled_operations":[{"operation_type":"backup","pattern":"<b>","max_backups":7}]}`
	return []api.Change{
		change("create", "", made), change("update", `{"name":"a","resources":[],"scheduled_operations":[]}`, made), change("delete", made, ""),
		change("skip_scheduled", "", `{"operation_type":"backup","reason":"kit.check_message"}`), change("back_up", "", `{"checkpoint":"x","resources":["a"]}`),
		change("update", `[]`, `{"name":"a","resources":"x"}`),
	}
}

func TestSchedulesInWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"FREQ=DAILY;BYHOUR=2":                              {"Every day at 02:00 UTC", "每天 02:00（UTC）"},
		"FREQ=DAILY;INTERVAL=3;BYHOUR=4,16;BYMINUTE=5":     {"Every 3 days at 04:05 and 16:05 UTC", "每 3 天一次，04:05、16:05（UTC）"},
		"FREQ=WEEKLY;BYDAY=SU;BYHOUR=0,8,16":               {"Every Sunday at 00:00, 08:00 and 16:00 UTC", "每周日 00:00、08:00、16:00（UTC）"},
		"FREQ=WEEKLY;BYDAY=FR,MO;BYHOUR=2":                 {"Every Monday and Friday at 02:00 UTC", "每周一、周五 02:00（UTC）"},
		"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=2":        {"Every Monday to Friday at 02:00 UTC", "每周一至周五 02:00（UTC）"},
		"FREQ=WEEKLY;BYDAY=MO,WE,FR;BYHOUR=2":              {"Every Monday, Wednesday and Friday at 02:00 UTC", "每周一、周三、周五 02:00（UTC）"},
		"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=23": {"Every day at 23:00 UTC", "每天 23:00（UTC）"},
		"FREQ=WEEKLY;BYDAY=SA,SU;BYHOUR=2":                 {"Every Saturday and Sunday at 02:00 UTC", "每周六、周日 02:00（UTC）"},
	} {
		pattern, problem := schedule.Parse(text)
		require.Empty(t, problem)
		for i, lang := range []string{"en", "zh"} {
			require.Contains(t, policyPage(t, lang, api.Operation{Type: api.OperationBackup, Enabled: true}, &pattern), want[i], text)
		}
	}
}

func TestRetentionInWords(t *testing.T) {
	t.Parallel()
	const forever = "Every backup is kept until somebody deletes it."
	for want, r := range map[string]api.Retention{
		"Kept: the last 7 backups. What none of these keeps is deleted.":                                     {Max: 7, Days: api.Unlimited},
		"Kept: the last backup and those of the last 30 days. What none of these keeps is deleted.":          {Max: 1, Days: 30, Zone: "UTC+08:00"},
		"the last one of each of 5 days, the last one of each of 12 months and the last one of 1 year. What": {Daily: 5, Monthly: 12, Yearly: 1},
		"each of 4 weeks. What none of these keeps is deleted. Days begin at midnight UTC+08:00.":            {Weekly: 4, Zone: "UTC+08:00"},
		forever: {Max: api.Unlimited, Days: 0},
	} {
		require.Contains(t, policyPage(t, "en", api.Operation{Type: api.OperationBackup, Retention: r}, nil), want)
		r.Permanent = true
		require.Contains(t, policyPage(t, "en", api.Operation{Type: api.OperationBackup, Retention: r}, nil), forever)
	}
}

// policyPage is the text of the page of a policy with one operation.
func policyPage(t *testing.T, lang string, o api.Operation, pattern *schedule.Pattern) string {
	t.Helper()
	view := templates.PolicyDetailView{Operations: []templates.OperationView{{Operation: o}}}
	if pattern != nil {
		view.Operations[0].Words = &templates.ScheduleWords{Pattern: *pattern}
	}
	doc, _ := render(t, locale.With(t.Context(), lang), templates.PolicyDetail(frame(), view))
	return doc.Text()
}

func TestDaysOfTheWeekHaveNames(t *testing.T) {
	t.Parallel()
	for _, day := range schedule.Week {
		again, ok := templates.WeekdayOf(templates.WeekdayName(day))
		require.True(t, ok)
		require.Equal(t, day, again)
	}
	_, ok := templates.WeekdayOf("someday")
	require.False(t, ok)
}
