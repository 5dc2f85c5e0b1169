package apitest

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/testserver"
)

// ClosedDraft is a well-formed draft of a link to a port of this machine where
// nothing listens.
func ClosedDraft(t testing.TB, name string) api.LinkDraft {
	t.Helper()
	return DraftAt(t, name, testserver.ClosedAddr(t).String())
}

// DraftAt is MySQLDraft with another address.
func DraftAt(t testing.TB, name, address string) api.LinkDraft {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	d := MySQLDraft(name)
	d.Inputs["linkConfig.host"], d.Inputs["linkConfig.port"] = host, port
	return d
}

// Health says how any Service watches its links. open returns an empty one that
// works in the background.
func Health(t *testing.T, open func(t *testing.T) Plane) {
	for name, test := range map[string]func(*testing.T, Plane){
		"a link that was checked is checked again, another is not":           defaultSchedule,
		"a schedule is set, kept by an update and taken back":                schedule,
		"a link that is not enabled is not due, whatever its schedule":       disabledNotDue,
		"a check of a stored link is kept, one of a draft is not":            checksAreKept,
		"a look at the form alone leaves no trace":                           formLeavesNoTrace,
		"failures of a link are one episode with its reasons":                oneEpisode,
		"a link that leads elsewhere leaves its episode behind":              leavesEpisode,
		"history is paged, newest first":                                     historyPages,
		"a deleted link takes its history along":                             historyGoes,
		"health of another project's link is not found, whatever is tried":   foreignHealth,
		"a hook is stored without showing its secret":                        hookStored,
		"what is wrong with a hook is said at its field":                     hookProblems,
		"a hook's secret stays with its destination":                         hookSecretIsBound,
		"of two changes of a hook, the second is told of the first":          hookVersions,
		"a test of a hook that nobody answers is a problem of its address":   hookTested,
		"a run checks every selected link":                                   runChecks,
		"a run takes what a query finds":                                     runQuery,
		"a run of nothing, or of too much, is refused":                       runRefused,
		"a run survives the links that are deleted meanwhile":                runGone,
		"a cancelled run ends, and to cancel what has ended changes nothing": runCancelled,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func createAnyway(t *testing.T, p Plane, d api.LinkDraft) api.Link {
	t.Helper()
	link, err := p.Service.CreateLink(t.Context(), p.Mine, d, api.Anyway)
	require.NoError(t, err)
	return link
}

func get(t *testing.T, p Plane, id string) api.Link {
	t.Helper()
	link, err := p.Service.Link(t.Context(), p.Mine, id)
	require.NoError(t, err)
	return link
}

func checks(t *testing.T, p Plane, id string) []api.LinkCheck {
	t.Helper()
	page, err := p.Service.LinkChecks(t.Context(), p.Mine, id, "", api.MaxPage)
	require.NoError(t, err)
	return page.Items
}

func episodes(t *testing.T, p Plane, id string) []api.Episode {
	t.Helper()
	found, err := p.Service.LinkEpisodes(t.Context(), p.Mine, id, 10)
	require.NoError(t, err)
	return found
}

func actions(t *testing.T, p Plane, kind, id string) []string {
	t.Helper()
	changes, err := p.Service.Changes(t.Context(), p.Mine, kind, id, 20)
	require.NoError(t, err)
	found := make([]string, len(changes))
	for i, c := range changes {
		found[i] = c.Action
	}
	return found
}

func defaultSchedule(t *testing.T, p Plane) {
	checked := get(t, p, createAnyway(t, p, ClosedDraft(t, "checked")).ID).Health
	require.Equal(t, api.DefaultInterval, checked.Every)
	require.WithinDuration(t, time.Now().Add(api.DefaultInterval), checked.Next, api.DefaultInterval/9)
	looked := get(t, p, create(t, p, ClosedDraft(t, "looked_at")).ID).Health
	require.Equal(t, api.LinkHealth{}, looked)
}

func schedule(t *testing.T, p Plane) {
	link := create(t, p, ClosedDraft(t, "orders"))
	require.NoError(t, p.Service.ScheduleLink(t.Context(), p.Mine, link.ID, 15*time.Minute))
	scheduled := get(t, p, link.ID)
	require.Equal(t, 15*time.Minute, scheduled.Health.Every)
	require.WithinDuration(t, time.Now().Add(15*time.Minute), scheduled.Health.Next, 2*time.Minute)
	d := edit(scheduled)
	d.Name = "renamed"
	updated, err := p.Service.UpdateLink(t.Context(), p.Mine, d, api.Shape)
	require.NoError(t, err)
	require.Equal(t, scheduled.Health, updated.Health)
	require.NoError(t, p.Service.ScheduleLink(t.Context(), p.Mine, link.ID, 0))
	require.Equal(t, api.LinkHealth{}, get(t, p, link.ID).Health)

	err = p.Service.ScheduleLink(t.Context(), p.Mine, link.ID, time.Second)
	requireCode(t, err, api.Invalid)
	require.Equal(t, []string{"every health.every_unknown"}, paths(err))
	require.Equal(t, []string{"schedule", "update", "schedule", "create"}, actions(t, p, "link", link.ID))
}

func disabledNotDue(t *testing.T, p Plane) {
	link := createAnyway(t, p, ClosedDraft(t, "orders"))
	require.NoError(t, p.Service.EnableLink(t.Context(), p.Mine, link.ID, false))
	disabled := get(t, p, link.ID)
	require.False(t, disabled.Enabled)
	require.Equal(t, api.DefaultInterval, disabled.Health.Every)
	require.Zero(t, disabled.Health.Next)
	require.Greater(t, disabled.Version, link.Version, "an edit form that was open meanwhile must not enable it again")
	require.NoError(t, p.Service.ScheduleLink(t.Context(), p.Mine, link.ID, time.Hour))
	require.Zero(t, get(t, p, link.ID).Health.Next)

	require.NoError(t, p.Service.EnableLink(t.Context(), p.Mine, link.ID, true))
	require.NoError(t, p.Service.EnableLink(t.Context(), p.Mine, link.ID, true), "nothing to do is no error")
	require.NotZero(t, get(t, p, link.ID).Health.Next)
	require.Equal(t, []string{"enable", "schedule", "disable", "create"}, actions(t, p, "link", link.ID))

	d := edit(get(t, p, link.ID))
	d.Enabled = false
	_, err := p.Service.UpdateLink(t.Context(), p.Mine, d, api.Shape)
	require.NoError(t, err)
	require.Zero(t, get(t, p, link.ID).Health.Next, "an update disables, too")
}

func checksAreKept(t *testing.T, p Plane) {
	link := create(t, p, ClosedDraft(t, "orders"))
	_, err := p.Service.TestLink(t.Context(), p.Mine, edit(link))
	require.NoError(t, err)
	require.Empty(t, checks(t, p, link.ID))

	check, err := p.Service.CheckLink(t.Context(), p.Mine, link.ID)
	require.NoError(t, err)
	require.Equal(t, api.Failed, check.Status)
	kept := checks(t, p, link.ID)
	require.Len(t, kept, 1)
	require.Equal(t, check.Steps, kept[0].Check.Steps)
	require.Equal(t, p.Mine.Actor.User, kept[0].By)
	require.Equal(t, p.Mine.Actor.Way, kept[0].Way)

	stored := get(t, p, link.ID)
	require.Equal(t, check.Steps, stored.Check.Steps)
	require.Equal(t, []api.Status{api.Failed}, stored.Health.Recent)
	require.WithinDuration(t, check.At, stored.Health.Since, time.Millisecond)
	require.Zero(t, stored.Health.LastGood)
	page, err := p.Service.ListLinks(t.Context(), p.Mine, api.LinkQuery{})
	require.NoError(t, err)
	require.Equal(t, stored.Health, page.Items[0].Health, "a list says it, too")
	require.Equal(t, []string{"test", "test", "create"}, actions(t, p, "link", link.ID))
}

func formLeavesNoTrace(t *testing.T, p Plane) {
	link := createAnyway(t, p, ClosedDraft(t, "orders"))
	d := edit(link)
	d.Name = "renamed"
	updated, err := p.Service.UpdateLink(t.Context(), p.Mine, d, api.Shape)
	require.NoError(t, err)
	require.Equal(t, link.Health, updated.Health)
	require.Equal(t, api.Failed, updated.Check.Status, "the same system, asked in the same way")
	d = edit(updated)
	d.Secrets = map[string]api.Secret{"linkConfig.password": api.NewSecret("another-9")}
	updated, err = p.Service.UpdateLink(t.Context(), p.Mine, d, api.Shape)
	require.NoError(t, err)
	require.Equal(t, api.FormOnly, updated.Check.Status, "asked otherwise, it has not answered yet")
	require.Len(t, checks(t, p, link.ID), 1)
}

func oneEpisode(t *testing.T, p Plane) {
	link := createAnyway(t, p, ClosedDraft(t, "orders"))
	for range 3 {
		_, err := p.Service.CheckLink(t.Context(), p.Mine, link.ID)
		require.NoError(t, err)
	}
	found := episodes(t, p, link.ID)
	require.Len(t, found, 1)
	e := found[0]
	require.Equal(t, 4, e.Failures)
	require.Zero(t, e.Ended)
	require.True(t, e.Last.After(e.Began))
	require.Len(t, e.Reasons, 1)
	require.Equal(t, 4, e.Reasons[0].Count)
	require.Equal(t, api.StepConnect, e.Reasons[0].Step.Name)
	require.Equal(t, "linkConfig.port", e.Reasons[0].Step.Path)
	require.Equal(t, e.Began, get(t, p, link.ID).Health.Since)
	for _, c := range checks(t, p, link.ID) {
		require.False(t, c.Changed)
	}
}

func leavesEpisode(t *testing.T, p Plane) {
	link := createAnyway(t, p, ClosedDraft(t, "orders"))
	d := edit(link)
	d.Inputs = ClosedDraft(t, "").Inputs
	d.Secrets = ClosedDraft(t, "").Secrets
	_, err := p.Service.UpdateLink(t.Context(), p.Mine, d, api.Shape)
	require.NoError(t, err)
	found := episodes(t, p, link.ID)
	require.Len(t, found, 1)
	require.NotZero(t, found[0].Ended)
	_, err = p.Service.CheckLink(t.Context(), p.Mine, link.ID)
	require.NoError(t, err)
	found = episodes(t, p, link.ID)
	require.Len(t, found, 2, "another place is another story")
	require.Zero(t, found[0].Ended, "newest first")
}

func historyPages(t *testing.T, p Plane) {
	link := create(t, p, ClosedDraft(t, "orders"))
	for range 5 {
		_, err := p.Service.CheckLink(t.Context(), p.Mine, link.ID)
		require.NoError(t, err)
	}
	all := checks(t, p, link.ID)
	require.Len(t, all, 5)
	for i := range all[1:] {
		require.False(t, all[i].Check.At.Before(all[i+1].Check.At))
	}
	var walked []api.LinkCheck
	cursor, more := "", true
	for more {
		page, err := p.Service.LinkChecks(t.Context(), p.Mine, link.ID, cursor, 2)
		require.NoError(t, err)
		walked = append(walked, page.Items...)
		cursor, more = page.Next, page.Next != ""
	}
	require.Equal(t, all, walked)
}

func historyGoes(t *testing.T, p Plane) {
	link := createAnyway(t, p, ClosedDraft(t, "orders"))
	require.NoError(t, p.Service.DeleteLink(t.Context(), p.Mine, link.ID, 0))
	_, err := p.Service.LinkChecks(t.Context(), p.Mine, link.ID, "", 0)
	requireCode(t, err, api.NotFound)
	_, err = p.Service.LinkEpisodes(t.Context(), p.Mine, link.ID, 1)
	requireCode(t, err, api.NotFound)
}

func foreignHealth(t *testing.T, p Plane) {
	link := createAnyway(t, p, ClosedDraft(t, "orders"))
	run, err := p.Service.StartRun(t.Context(), p.Mine, api.Selection{IDs: []string{link.ID}})
	require.NoError(t, err)
	for _, id := range []string{link.ID, run.ID, "", "\x00", "\xff"} {
		_, err := p.Service.CheckLink(t.Context(), p.Other, id)
		requireCode(t, err, api.NotFound)
		requireCode(t, p.Service.ScheduleLink(t.Context(), p.Other, id, 0), api.NotFound)
		requireCode(t, p.Service.EnableLink(t.Context(), p.Other, id, false), api.NotFound)
		_, err = p.Service.LinkChecks(t.Context(), p.Other, id, "", 1)
		requireCode(t, err, api.NotFound)
		_, err = p.Service.LinkEpisodes(t.Context(), p.Other, id, 1)
		requireCode(t, err, api.NotFound)
		_, err = p.Service.Run(t.Context(), p.Other, id)
		requireCode(t, err, api.NotFound)
		requireCode(t, p.Service.CancelRun(t.Context(), p.Other, id), api.NotFound)
		_, err = p.Service.StartRun(t.Context(), p.Other, api.Selection{IDs: []string{id}})
		requireCode(t, err, api.Invalid)
	}
	_, err = p.Service.LinkChecks(t.Context(), p.Mine, link.ID, "\x00", 1)
	require.NoError(t, err)
	require.NoError(t, p.Service.SetHook(t.Context(), p.Mine, hookDraft("https://hooks.example.com/a")))
	hook, err := p.Service.Hook(t.Context(), p.Other)
	require.NoError(t, err)
	require.Equal(t, api.Hook{}, hook)
	requireCode(t, p.Service.TestHook(t.Context(), p.Other), api.NotFound)
}

// HookSecret is the secret of hooks in tests.
const HookSecret = "correct-horse-battery-staple"

func hookDraft(url string) api.HookDraft {
	return api.HookDraft{URL: url, Enabled: true, Secret: api.NewSecret(HookSecret)}
}

func hookStored(t *testing.T, p Plane) {
	hook, err := p.Service.Hook(t.Context(), p.Mine)
	require.NoError(t, err)
	require.Equal(t, api.Hook{}, hook)
	require.NoError(t, p.Service.SetHook(t.Context(), p.Mine, hookDraft(" https://hooks.example.com/a?b=c ")))
	hook, err = p.Service.Hook(t.Context(), p.Mine)
	require.NoError(t, err)
	require.Equal(t, "https://hooks.example.com/a?b=c", hook.URL)
	require.True(t, hook.Enabled)
	require.True(t, hook.Secret)
	require.EqualValues(t, 1, hook.Version)
	require.Equal(t, p.Mine.Actor.User, hook.Updated.By)

	require.NoError(t, p.Service.SetHook(t.Context(), p.Mine, api.HookDraft{}))
	require.NoError(t, p.Service.SetHook(t.Context(), p.Mine, api.HookDraft{}), "gone already")
	hook, err = p.Service.Hook(t.Context(), p.Mine)
	require.NoError(t, err)
	require.Equal(t, api.Hook{}, hook)
	changes, err := p.Service.Changes(t.Context(), p.Mine, "hook", "", 10)
	require.NoError(t, err)
	require.Len(t, changes, 2)
	for i, action := range []string{"delete", "create"} {
		require.Equal(t, action, changes[i].Action)
		require.NotContains(t, string(changes[i].Before)+string(changes[i].After), HookSecret)
	}
}

func hookProblems(t *testing.T, p Plane) {
	for url, problem := range map[string]string{ //nolint:gosec // addresses, none with a password
		"hooks.example.com":                          "url hook.url_form",
		"ftp://hooks.example.com/":                   "url hook.url_form",
		"file:///etc/passwd":                         "url hook.url_form",
		"https://":                                   "url hook.url_form",
		"https://hooks.example.com/#a":               "url hook.url_form",
		"https://hooks.example.com/\x00":             "url hook.url_form",
		"https://user@hooks.example.com/":            "url hook.url_user",
		"https://e.com/" + strings.Repeat("a", 2000): "url hook.url_too_long",
	} {
		require.Equal(t, []string{problem}, paths(p.Service.SetHook(t.Context(), p.Mine, hookDraft(url))), url)
	}
	for secret, problem := range map[string]string{
		"":                                    "secret hook.secret_required",
		"too-short":                           "secret hook.secret_length",
		strings.Repeat("a", 501):              "secret hook.secret_length",
		"whsec_" + strings.Repeat("not*", 10): "secret hook.secret_form",
	} {
		d := hookDraft("https://hooks.example.com/")
		d.Secret = api.NewSecret(secret)
		require.Equal(t, []string{problem}, paths(p.Service.SetHook(t.Context(), p.Mine, d)), secret)
	}
	require.Equal(t, []string{"url hook.url_form", "secret hook.secret_required"},
		paths(p.Service.SetHook(t.Context(), p.Mine, api.HookDraft{URL: "x"})), "all at once")
}

func hookSecretIsBound(t *testing.T, p Plane) {
	require.NoError(t, p.Service.SetHook(t.Context(), p.Mine, hookDraft("https://hooks.example.com/a")))
	for url, same := range map[string]bool{
		"https://hooks.example.com/b":      true,
		"https://HOOKS.example.com.:443/a": true,
		"https://evil.example.com/a":       false,
		"https://hooks.example.com:8443/a": false,
		"http://hooks.example.com/a":       false,
	} {
		err := p.Service.SetHook(t.Context(), p.Mine, api.HookDraft{URL: url, Enabled: true})
		if same {
			require.NoError(t, err, url)
		} else {
			require.Equal(t, []string{"secret hook.secret_again"}, paths(err), url)
		}
	}
}

func hookVersions(t *testing.T, p Plane) {
	require.NoError(t, p.Service.SetHook(t.Context(), p.Mine, hookDraft("https://hooks.example.com/a")))
	d := hookDraft("https://hooks.example.com/b")
	d.Version = 1
	require.NoError(t, p.Service.SetHook(t.Context(), p.Mine, d))
	requireCode(t, p.Service.SetHook(t.Context(), p.Mine, d), api.Conflict)
	d.URL = ""
	requireCode(t, p.Service.SetHook(t.Context(), p.Mine, d), api.Conflict)
}

func hookTested(t *testing.T, p Plane) {
	requireCode(t, p.Service.TestHook(t.Context(), p.Mine), api.NotFound)
	closed := ClosedDraft(t, "").Inputs
	url := fmt.Sprintf("http://%s:%s/", closed["linkConfig.host"], closed["linkConfig.port"])
	require.NoError(t, p.Service.SetHook(t.Context(), p.Mine, hookDraft(url)))
	err := p.Service.TestHook(t.Context(), p.Mine)
	requireCode(t, err, api.Invalid)
	require.Equal(t, []string{"url hook.no_answer"}, paths(err))
	hook, err := p.Service.Hook(t.Context(), p.Mine)
	require.NoError(t, err)
	require.Equal(t, api.M("hook.no_answer"), hook.LastError)
	require.WithinDuration(t, time.Now(), hook.LastAt, time.Minute)
}

// ended waits until a run has ended.
func ended(t *testing.T, p Plane, id string) api.Run {
	t.Helper()
	var run api.Run
	require.Eventually(t, func() bool {
		var err error
		run, err = p.Service.Run(t.Context(), p.Mine, id)
		return err == nil && !run.Ended.IsZero()
	}, 30*time.Second, 20*time.Millisecond, "the run does not end")
	require.Zero(t, run.Left())
	return run
}

func runChecks(t *testing.T, p Plane) {
	var sel api.Selection
	for _, name := range []string{"c", "a", "b"} {
		sel.IDs = append(sel.IDs, create(t, p, ClosedDraft(t, name)).ID)
	}
	files := create(t, p, ExampleDraft("dis", "d_stream"))
	sel.IDs = append(sel.IDs, files.ID, sel.IDs[0], "no-such-id")
	started, err := p.Service.StartRun(t.Context(), p.Mine, sel)
	require.NoError(t, err)
	require.Equal(t, p.Mine.Actor.User, started.Started.By)
	run := ended(t, p, started.ID)
	require.Equal(t, 4, run.Count(api.RunDone))
	require.False(t, run.Stopped)
	for i, name := range []string{"a", "b", "c", "d_stream"} {
		row := run.Rows[i]
		require.Equal(t, name, row.LinkName)
		kept := checks(t, p, row.LinkID)
		if row.Check.Status == api.FormOnly {
			require.Empty(t, kept)
			continue
		}
		require.Equal(t, api.Failed, row.Check.Status)
		require.Len(t, kept, 1)
		require.Equal(t, p.Mine.Actor.User, kept[0].By)
	}
	require.Equal(t, []string{"run"}, actions(t, p, "run", run.ID), "one entry for all")
	require.Equal(t, []string{"create"}, actions(t, p, "link", run.Rows[0].LinkID))
}

func runQuery(t *testing.T, p Plane) {
	for _, name := range []string{"orders_a", "orders_b", "stock"} {
		create(t, p, ClosedDraft(t, name))
	}
	started, err := p.Service.StartRun(t.Context(), p.Mine, api.Selection{Query: &api.LinkQuery{Search: "orders", Limit: 1, Sort: "name"}})
	require.NoError(t, err)
	require.Len(t, ended(t, p, started.ID).Rows, 2)
}

func runRefused(t *testing.T, p Plane) {
	_, err := p.Service.StartRun(t.Context(), p.Mine, api.Selection{})
	requireCode(t, err, api.Invalid)
	_, err = p.Service.StartRun(t.Context(), p.Mine, api.Selection{IDs: make([]string, api.MaxSelection+1)})
	requireCode(t, err, api.Limit)
}

func runGone(t *testing.T, p Plane) {
	var sel api.Selection
	for i := range 20 {
		sel.IDs = append(sel.IDs, create(t, p, ClosedDraft(t, fmt.Sprintf("link_%02d", i))).ID)
	}
	started, err := p.Service.StartRun(t.Context(), p.Mine, sel)
	require.NoError(t, err)
	last := sel.IDs[19]
	require.NoError(t, p.Service.DeleteLink(t.Context(), p.Mine, last, 0))
	run := ended(t, p, started.ID)
	row := run.Rows[19]
	require.Equal(t, "link_19", row.LinkName, "what it was called stays")
	require.True(t, row.Gone && row.State == api.RunCancelled || row.State == api.RunDone, "%+v", row)
}

func runCancelled(t *testing.T, p Plane) {
	var sel api.Selection
	for i := range 50 {
		sel.IDs = append(sel.IDs, create(t, p, ClosedDraft(t, fmt.Sprintf("link_%02d", i))).ID)
	}
	started, err := p.Service.StartRun(t.Context(), p.Mine, sel)
	require.NoError(t, err)
	require.NoError(t, p.Service.CancelRun(t.Context(), p.Mine, started.ID))
	run := ended(t, p, started.ID)
	require.True(t, run.Stopped)
	require.Equal(t, 50, run.Count(api.RunCancelled)+run.Count(api.RunDone))
	require.Positive(t, run.Count(api.RunCancelled))
	require.NoError(t, p.Service.CancelRun(t.Context(), p.Mine, started.ID))
	require.Equal(t, run.Ended, ended(t, p, started.ID).Ended)
}
