package handlers_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/schedule"
	"switchboard/web/templates"
)

// typedPolicy is what the form of a policy sends, with more pairs of name and
// value.
func typedPolicy(more ...string) url.Values {
	v := url.Values{
		"name": {"orders"}, "resources.0.path": {"dumps/orders"}, "resources.0.name": {""}, "resources.0.adopt": {""},
		"operations.0.enabled": {"true"}, "operations.0.pattern.every": {"days"}, "operations.0.pattern.interval": {"1"},
		"operations.0.pattern.times.0.at": {"02:00"}, "operations.0.keep": {"some"}, "operations.0.days": {"30"}, "operations.0.zone": {"UTC+00:00"},
	}
	for i := 0; i < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

// policyForm is what a browser would send of the form on a page.
func policyForm(t *testing.T, p *page) url.Values {
	t.Helper()
	p.requireStatus(http.StatusOK)
	v := url.Values{}
	for _, input := range p.Find("#policy-form input, #policy-form select").EachIter() {
		kind, _ := input.Attr("type")
		_, checked := input.Attr("checked")
		name := input.AttrOr("name", "")
		switch {
		case name == "" || (kind == "checkbox" || kind == "radio") && !checked:
		case input.Is("select"):
			v.Add(name, input.Find("option[selected]").AttrOr("value", ""))
		default:
			v.Add(name, input.AttrOr("value", ""))
		}
	}
	require.NotEmpty(t, v)
	return v
}

// made is the policy that a form was just sent for.
func (s *site) made(v url.Values) api.Policy {
	s.t.Helper()
	p := s.post(s.replication(), v).requireStatus(http.StatusSeeOther)
	return s.policy(p.header.Get("Location")[len(s.replication())+1:])
}

func TestANewPolicy(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	form := s.get(s.replication() + "/new").requireStatus(http.StatusOK)
	require.Contains(t, form.text("#policy-words"), "Every day at 02:00 UTC")
	require.Contains(t, form.text("#policy-words"), "last 30 days")
	require.Equal(t, 5, form.Find("#policy-words ol li").Length())
	require.Contains(t, form.text("#policy-words pre"), "FREQ=DAILY;BYHOUR=2;BYMINUTE=0")

	v := policyForm(t, form)
	v.Set("name", "orders")
	v.Set("resources.0.path", "/dumps/orders/")
	policy := s.made(v)
	require.Equal(t, "orders", policy.Resources[0].Name, "the last part of the path")
	require.Equal(t, "dumps/orders", policy.Resources[0].Path)
	require.Len(t, policy.Operations, 1, "without a destination nothing is copied")
	backup := policy.Operations[0]
	require.True(t, backup.Enabled)
	require.Equal(t, api.Retention{Max: api.Unlimited, Days: 30}, backup.Retention)
	pattern, problem := schedule.Parse(backup.Pattern)
	require.Empty(t, problem)
	require.Equal(t, schedule.Pattern{Interval: 1, Times: []schedule.Clock{{Hour: 2}}}, pattern)

	t.Run("says everything that there is to say", func(t *testing.T) {
		v := typedPolicy(
			"name", "all", "description", "Everything", "resources.0.path", "a", "resources.1.path", "b/c", "resources.1.name", "C", "resources.1.adopt", "true",
			"operations.0.pattern.every", "week", "operations.0.pattern.times.0.at", "14：30", "operations.0.pattern.times.1.at", "2",
			"operations.0.max", "7", "operations.0.days", "", "operations.0.daily", "5", "operations.0.zone", "UTC+08:00",
			"operations.1.destination", templates.DestinationValue(s.there()), "operations.1.pattern.every", "days", "operations.1.pattern.interval", "3",
			"operations.1.pattern.times.0.at", "4:05", "operations.1.accelerate", "true", "tags.0.key", "team", "tags.0.value", "a",
		)
		v["operations.0.pattern.days"] = []string{"fr", "mo"}
		policy := s.made(v)
		require.Equal(t, "Everything", policy.Description)
		require.Equal(t, []api.Tag{{Key: "team", Value: "a"}}, policy.Tags)
		require.True(t, policy.Resources[1].Adopt)
		require.Equal(t, api.Retention{Max: 7, Days: api.Unlimited, Daily: 5, Zone: "UTC+08:00"}, policy.Operations[0].Retention)
		pattern, _ := schedule.Parse(policy.Operations[0].Pattern)
		require.Equal(t, schedule.Pattern{Interval: 1, Days: []time.Weekday{time.Monday, time.Friday}, Times: []schedule.Clock{{Hour: 2}, {Hour: 14, Minute: 30}}}, pattern)
		replication := policy.Operations[1]
		require.Equal(t, s.there(), replication.Destination)
		require.True(t, replication.Accelerate)
		require.False(t, replication.Enabled)

		p := s.get(s.replication() + "/" + policy.ID)
		require.Contains(t, p.text("main"), "Every Monday and Friday at 02:00 and 14:30 UTC")
		require.Contains(t, p.text("main"), "Every 3 days at 04:05 UTC")
		require.Contains(t, p.text("main"), "Only by hand: the schedule is off.")
		require.Contains(t, p.text("main"), "Kept: the last 7 backups and the last one of each of 5 days.")
	})
}

func TestWhatIsWrongWithAPolicyIsSaidAtItsFields(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.made(typedPolicy("name", "taken", "resources.0.path", "taken"))
	for field, bad := range map[string][]string{
		"name":                            {"name", "a b"},
		"resources-1-path":                {"resources.1.path", ".switchboard/x"},
		"operations-0-pattern-interval":   {"operations.0.pattern.interval", "0"},
		"operations-0-pattern-days":       {"operations.0.pattern.every", "week"},
		"operations-0-pattern-times":      {"operations.0.pattern.times.0.at", ""},
		"operations-0-pattern-times-1-at": {"operations.0.pattern.times.1.at", "25:00"},
		"operations-0-max":                {"operations.0.max", "many"},
		"operations-0-zone":               {"operations.0.daily", "7", "operations.0.zone", "Mars"},
		"operations-1-destination":        {"operations.1.destination", "mars/olympus", "operations.1.pattern.times.0.at", "04:00", "operations.1.pattern.interval", "1"},
		"tags-0-key":                      {"tags.0.key", "a b"},
	} {
		p := s.post(s.replication(), typedPolicy(bad...)).requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#"+field+"-error"), field)
		require.Equal(t, bad[1], p.Find(`[name="`+bad[0]+`"]:not([type=radio]), [name="`+bad[0]+`"][checked]`).First().AttrOr("value", p.value(bad[0])), "it stays as it was typed")
	}
	p := s.post(s.replication(), typedPolicy("name", "taken", "operations.0.pattern.times.1.at", "02:30")).requireStatus(http.StatusUnprocessableEntity)
	require.Contains(t, p.text("#operations-0-pattern-times-error"), "hour")
	require.NotContains(t, p.text("#policy-words"), "Every day", "what is wrong is not put into words")
	p = s.post(s.replication(), typedPolicy("resources.0.path", "", "resources.4.path", "taken")).requireStatus(http.StatusUnprocessableEntity)
	require.Contains(t, p.text("#resources-1-error, #resources-1-path-error"), "taken", "at the row, and not at the number of the resource")

	t.Run("one field is judged as it is left, and what will happen is said again", func(t *testing.T) {
		target := "field-operations-0-pattern-times"
		p := s.post(s.replication()+"/validate", typedPolicy("name", "", "operations.0.pattern.times.0.at", "03:15"), fragment(target)...).requireStatus(http.StatusOK)
		require.False(t, p.whole())
		require.Equal(t, 1, p.Find(".field").Length())
		require.Contains(t, p.text("#policy-words[hx-swap-oob]"), "Every day at 03:15 UTC")
		p = s.post(s.replication()+"/validate", typedPolicy("operations.0.pattern.times.0.at", "3 pm"), fragment(target)...)
		require.NotEmpty(t, p.text("#operations-0-pattern-times-0-at-error"))
		p = s.post(s.replication()+"/validate", typedPolicy("name", "a b"), fragment("field-name")...)
		require.NotEmpty(t, p.text("#name-error"))
		require.Zero(t, p.Find("#policy-words").Length())
	})
}

func TestTheFormOfAPolicyIsRedrawn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	edit := s.replication() + "/edit"
	t.Run("around the way to say when, and nothing is lost on the way", func(t *testing.T) {
		v := typedPolicy("operations.0.pattern.interval", "9", "operations.0.pattern.every", "week")
		v["operations.0.pattern.days"] = []string{"tu", "th"}
		p := s.post(edit, v).requireStatus(http.StatusOK)
		require.Equal(t, 2, p.Find("#operations-0-pattern-days input[checked]").Length())
		require.Equal(t, "hidden", p.Find(`[name="operations.0.pattern.interval"]`).AttrOr("type", ""))
		require.Contains(t, p.text("#policy-words"), "Every Tuesday and Thursday at 02:00 UTC")
		back := policyForm(t, p)
		back.Set("operations.0.pattern.every", "days")
		p = s.post(edit, back)
		require.Contains(t, p.text("#policy-words"), "Every 9 days at 02:00 UTC")
		require.Equal(t, []string{"tu", "th"}, policyForm(t, p)["operations.0.pattern.days"])
	})
	t.Run("around the destination, of which only other regions are offered", func(t *testing.T) {
		p := s.get(s.replication() + "/new")
		require.Zero(t, p.Find("#operations-1-accelerate").Length())
		var offered []string
		for _, option := range p.Find("#operations-1-destination option").EachIter() {
			offered = append(offered, option.AttrOr("value", ""))
		}
		there := templates.DestinationValue(s.there())
		require.Equal(t, []string{"", there}, offered)
		p = s.post(edit, typedPolicy("operations.1.destination", there, "operations.1.enabled", "true", "operations.1.pattern.interval", "1", "operations.1.pattern.times.0.at", "04:00"))
		require.Equal(t, 1, p.Find("#operations-1-accelerate").Length())
		require.Contains(t, p.text("#field-operations-1-accelerate"), "charge extra")
		require.Contains(t, p.text("#policy-words"), "Every day at 04:00 UTC")
	})
	t.Run("with a row more or less, each with its id", func(t *testing.T) {
		p := s.post(edit, typedPolicy("resources.0.id", "a", "resources.1.id", "b", "resources.1.path", "x", "op", "remove:resources.0"))
		require.Equal(t, 1, p.Find("#resources .row").Length())
		require.Equal(t, "b", p.value("resources.0.id"))
		require.Equal(t, "x", p.value("resources.0.path"))
	})
	t.Run("in another language", func(t *testing.T) {
		p := s.post(edit, typedPolicy("language", "zh"))
		require.Contains(t, p.text("#policy-words"), "每天 02:00（UTC）")
		require.Equal(t, "dumps/orders", p.value("resources.0.path"))
	})
}

func TestWhatToProtectIsChosenFromWhatThereIs(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write("dumps/orders/monday", "monday")
	s.write("dumps/users", "users")
	edit := s.replication() + "/edit"
	buttons := func(p *page) []string {
		var ops []string
		for _, b := range p.Find("#picker button").EachIter() {
			require.Equal(t, edit, b.AttrOr("formaction", ""), "it works without script")
			ops = append(ops, b.AttrOr("value", ""))
		}
		return ops
	}
	require.Zero(t, s.get(s.replication()+"/new").Find("#picker").Length(), "nothing is asked before somebody wants to know")
	p := s.post(edit, typedPolicy("op", "browse:"))
	require.Equal(t, []string{"browse:", "browse-close", "browse:dumps/", "take:dumps"}, buttons(p))
	require.NotContains(t, p.text("#picker"), ".switchboard")
	p = s.post(edit, typedPolicy("op", "browse:dumps/"))
	require.Equal(t, []string{"browse:", "browse:dumps/", "browse-close", "browse:dumps/orders/", "take:dumps/orders", "take:dumps/users"}, buttons(p))

	t.Run("what is taken stands in an empty row, or in a new one", func(t *testing.T) {
		p := s.post(edit, typedPolicy("op", "take:dumps/users", "browse", "dumps/"))
		require.Equal(t, []string{"dumps/orders", "dumps/users"}, []string{p.value("resources.0.path"), p.value("resources.1.path")})
		require.NotEmpty(t, buttons(p), "and more can be taken")
		p = s.post(edit, typedPolicy("op", "take:dumps/users", "resources.0.path", " "))
		require.Equal(t, "dumps/users", p.value("resources.0.path"))
		require.Equal(t, 1, p.Find("#resources .row").Length())
	})
	t.Run("what cannot be shown says why", func(t *testing.T) {
		for _, folder := range []string{"../", ".switchboard/", "nowhere/"} {
			p := s.post(edit, typedPolicy("op", "browse:"+folder)).requireStatus(http.StatusOK)
			require.NotContains(t, p.html, "take:", folder)
			require.NotEmpty(t, p.text("#picker .notice, #picker .muted"), folder)
		}
	})
	t.Run("and it can be closed", func(t *testing.T) {
		require.Zero(t, s.post(edit, typedPolicy("op", "browse-close", "browse", "dumps/")).Find("#picker").Length())
	})
}

func TestAStoredPolicyIsEdited(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	to := s.there()
	policy, err := s.service.CreatePolicy(t.Context(), s.scope(), api.PolicyDraft{
		Name: "program", Parameters: `{"common":{"x":1}}`, Resources: []api.ResourceDraft{{ID: "vm-1", Path: "a", Extra: `{"k":"v"}`}},
		Operations: []api.OperationDraft{
			{Type: api.OperationBackup, Name: "nightly", Enabled: true, Pattern: everyNight, Max: "0", Days: "30"},
			{Type: api.OperationBackup, Name: "weekly", Pattern: "FREQ=WEEKLY;BYDAY=SU;BYHOUR=5", Permanent: true},
			{Type: api.OperationReplication, Name: "away", Enabled: true, Pattern: everyNight, Region: to.Region, Project: to.Project},
		},
	})
	require.NoError(t, err)
	path := s.replication() + "/" + policy.ID
	form := s.get(path + "/edit")
	require.Contains(t, form.text("#policy-kept"), "one more operation")
	require.Contains(t, form.text("#policy-kept"), "weekly · Every Sunday at 05:00 UTC")

	t.Run("saved as it is it stays as it was", func(t *testing.T) {
		s.post(path, policyForm(t, form)).requireRedirect(path)
		same := s.policy(policy.ID)
		before, after := policy.Draft(), same.Draft()
		require.ElementsMatch(t, before.Operations, after.Operations)
		before.Operations, after.Operations = nil, nil
		require.Equal(t, before, after)
		for i := range policy.Operations {
			o := &policy.Operations[i]
			require.Equal(t, o.Start, findOperation(t, same, o.ID).Start, "days go on being counted")
		}
	})
	t.Run("without a destination its copies end, and nothing else", func(t *testing.T) {
		v := policyForm(t, s.get(path+"/edit"))
		v.Set("operations.1.destination", "")
		v.Set("operations.0.pattern.times.0.at", "03:00")
		s.post(path, v).requireRedirect(path)
		changed := s.policy(policy.ID)
		require.Len(t, changed.Operations, 2)
		require.Equal(t, "nightly", changed.Operations[0].Name)
		require.Contains(t, changed.Operations[0].Pattern, "BYHOUR=3")
		require.Equal(t, "weekly", changed.Operations[1].Name)
	})
	t.Run("who saves second sees what the first one saved", func(t *testing.T) {
		v := policyForm(t, s.get(path+"/edit"))
		first := policyForm(t, s.get(path+"/edit"))
		first.Set("description", "of the first")
		s.post(path, first).requireRedirect(path)
		v.Set("operations.0.days", "14")
		p := s.post(path, v).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text(".notice-warning"), user+" saved this policy meanwhile")
		require.Contains(t, p.text("table.diff"), "of the first")
		require.Equal(t, "14", p.value("operations.0.days"))
		p.status = http.StatusOK
		s.post(path, policyForm(t, p)).requireRedirect(path)
		require.Equal(t, 14, s.policy(policy.ID).Operations[0].Retention.Days)
	})
}

func findOperation(t *testing.T, p api.Policy, id string) api.Operation {
	t.Helper()
	for _, o := range p.Operations {
		if o.ID == id {
			return o
		}
	}
	require.Fail(t, "the operation is gone")
	return api.Operation{}
}
