package templates_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

var then = time.Unix(1_795_325_400, 0)

// refusal is a step that failed, with everything that a step can say.
func refusal(message string) api.Step {
	return api.Step{
		Name: api.StepSignIn, Status: api.Failed, Took: 14 * time.Millisecond, Path: "linkConfig.password",
		Message: api.M(message), Hint: api.M("kit.check_hint"), Detail: markup,
	}
}

func checkOf(step api.Step) api.Check {
	return api.Check{Status: step.Status, At: then, Took: 30 * time.Millisecond, Steps: []api.Step{
		{Name: api.StepResolve, Status: api.Passed, Took: 2 * time.Millisecond, Found: markup}, step,
		{Name: api.StepVersion, Status: api.Skipped},
	}}
}

// watched is a link of whose checks there is something to tell.
func watched(id string) api.Link {
	check := checkOf(refusal("kit.check_message"))
	return api.Link{
		ID: id, Name: markup, Cluster: markup, Connector: "generic-jdbc-connector", Endpoint: markup, Enabled: id == "1", Version: 3,
		Inputs:    map[string]string{"linkConfig.databaseType": "MYSQL", "linkConfig.host": markup},
		HasSecret: map[string]bool{"linkConfig.password": true},
		Check:     &check, Created: api.Stamp{At: then, By: markup}, Updated: api.Stamp{At: then, By: markup},
		Health: api.Pulse{
			Every: time.Hour, Next: then.Add(time.Hour), LastGood: then, Since: then,
			Recent: []api.Status{api.Passed, api.Failed},
		},
	}
}

// history is a page of checks, the newest of which failed for another reason.
func history() api.Page[api.PastCheck] {
	passed := checkOf(api.Step{Name: api.StepSignIn, Status: api.Passed, Took: time.Millisecond})
	return api.Page[api.PastCheck]{Next: "cursor", Items: []api.PastCheck{
		{ID: "c3", Check: checkOf(refusal("kit.check_message")), By: markup, Way: api.WayPage, Changed: true},
		{ID: "c2", Check: checkOf(refusal("shell.offline"))},
		{ID: "c1", Check: passed},
	}}
}

// watchPages is every page about the health of links and work on many of them.
func watchPages(ctx context.Context, f templates.Frame) map[string]templ.Component {
	const base = "/p/1/links"
	one, two := watched("1"), watched("2")
	one.HasSecret["linkConfig.password"] = true
	links := templates.LinkCollection(base)
	view := templates.LinkView{Base: base, Link: one, Wire: "http://" + markup}
	failed, passed := checkOf(refusal("kit.check_message")), checkOf(api.Step{Name: api.StepSignIn, Status: api.Passed})
	run := api.Run{ID: "r1", Started: api.Stamp{At: then, By: markup}, Rows: []api.RunRow{
		{ID: "1", Name: markup, Endpoint: markup, State: api.RunDone, Check: &failed},
		{ID: "2", Name: "b", State: api.RunDone, Check: &passed}, {ID: "3", Name: "c", State: api.RunRunning},
		{ID: "4", Name: "d", State: api.RunWaiting}, {ID: "5", Name: "e", State: api.RunCancelled, Gone: true},
	}}
	ended := run
	ended.Ended = then
	hook := api.Hook{URL: "https://" + markup, Enabled: true, Secret: true, Version: 2, LastAt: then, LastStatus: 500, LastError: api.M("shell.broken")}
	refused := []api.Outcome{{ID: "1", Name: markup}, {ID: "2", Name: "b", Err: api.Errorf(api.Conflict, "shell.broken")}}
	episodes := []api.Episode{
		{ID: "e2", Began: then, Last: then, Failures: 3, Reasons: []api.Reason{{At: then, Step: refusal("kit.check_message"), Count: 2}, {At: then, Step: refusal("shell.offline"), Count: 1}}},
		{ID: "e1", Began: then, Last: then, Ended: then.Add(26 * time.Hour), Failures: 1, Reasons: []api.Reason{{At: then, Step: refusal("shell.offline"), Count: 1}}},
	}
	return map[string]templ.Component{
		"links": templates.LinkList(f, templates.LinkListView{
			Base: base, Query: api.LinkQuery{Search: markup, Sort: "name"}, Page: api.Page[api.Link]{Items: []api.Link{one, two}, Next: "n"},
		}),
		"a link":  templates.LinkDetail(f, view),
		"health":  templates.HealthPage(f, healthOf(ctx, view, history(), episodes)),
		"unwell":  templates.HealthPage(f, healthOf(ctx, templates.LinkView{Base: base, Link: api.Link{ID: "9", Connector: "ftp-connector"}}, api.Page[api.PastCheck]{}, nil)),
		"outcome": templates.Outcome(f, templates.OutcomeView{Collection: links, Back: base, Done: "Enabled", Rows: refused, Extra: templates.Tag(markup)}),
		"deletion": templates.DeleteMany(f, templates.DeleteView{
			Collection: links, Back: base, Text: markup, Button: markup, Consequences: []string{markup}, Extra: templates.Tag(markup),
			Items: []templates.DeleteItem{{ID: "1", Name: markup, Note: templates.LinkNote(ctx, &one), Version: 3}, {ID: "2", Name: "b"}},
		}),
		"a run":    templates.RunPage(f, templates.RunView{Collection: links, Run: run}),
		"ended":    templates.RunPage(f, templates.RunView{Collection: links, Run: ended}),
		"alerts":   templates.HookPage(f, templates.HookView{Base: base, Form: templates.HookForm(ctx, base, hook), Hook: hook}),
		"no alert": templates.HookPage(f, templates.HookView{Base: base, Form: templates.HookForm(ctx, base, api.Hook{})}),
	}
}

// healthOf is the page of a link's health.
func healthOf(ctx context.Context, v templates.LinkView, checks api.Page[api.PastCheck], episodes []api.Episode) templates.HealthView {
	return templates.HealthView{Watched: v.Watched(ctx), Head: templates.LinkHead(v, "health"), Checks: checks, Episodes: episodes}
}

func TestHistoryOfChecks(t *testing.T) {
	t.Parallel()
	ctx := locale.With(t.Context(), "en")
	doc, _ := render(t, ctx, templates.HealthPage(frame(), healthOf(ctx, templates.LinkView{Base: "/p/1/links", Link: watched("1")}, history(), nil)))
	folded := func(selector string) string { return strings.Join(strings.Fields(doc.Find(selector).Text()), " ") }

	t.Run("a failure for another reason shows both reasons", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "Sign in: The server did not answer. Check your network and try again; what you typed is still here.", folded("#check-c3 summary del"))
		require.Equal(t, "Sign in: The server refused the user name or the password.", folded("#check-c3 summary ins"))
		require.Zero(t, doc.Find("#check-c2 del, #check-c1 del").Length())
	})
	t.Run("step timings are drawn and told, without the steps that were skipped", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, 2, doc.Find("#check-c3 .timings rect").Length())
		require.Equal(t, "Resolve the name 2 ms, Sign in 14 ms", doc.Find("#check-c3 .timings title").Text())
	})
	t.Run("who asked is said, or that it was the schedule", func(t *testing.T) {
		t.Parallel()
		require.Contains(t, folded("#check-c3 summary"), "in the console")
		require.Contains(t, folded("#check-c2 summary"), "on schedule")
	})
}
