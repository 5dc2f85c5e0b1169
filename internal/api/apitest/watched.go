package apitest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// Watchable is a kind of thing that is watched, so that Watched can make some.
type Watchable struct {
	Kind api.Kind
	// Closed stores one where nobody answers, and whose first check has failed.
	Closed func(t *testing.T, p Plane, name string) (id string)
	// Active stores one that was checked and is due again, whether that answered
	// or not.
	Active func(t *testing.T, p Plane, name string) (id string)
	// Look tells what reading one says of its checks, List what a list of them
	// says, by their ids.
	Look func(t *testing.T, p Plane, id string) (api.Pulse, *api.Check)
	List func(t *testing.T, p Plane) map[string]api.Pulse
	// Delete deletes one of the scope's.
	Delete func(t *testing.T, p Plane, id string)
}

// watchedLinks are what Health watches.
var watchedLinks = Watchable{
	Kind:   api.KindLink,
	Closed: closedLink,
	Active: closedLink,
	Look: func(t *testing.T, p Plane, id string) (api.Pulse, *api.Check) {
		link := get(t, p, id)
		return link.Health, link.Check
	},
	List: func(t *testing.T, p Plane) map[string]api.Pulse {
		page, err := p.Service.ListLinks(t.Context(), p.Mine, api.LinkQuery{Limit: api.MaxPage})
		require.NoError(t, err)
		all := map[string]api.Pulse{}
		for _, link := range page.Items {
			all[link.ID] = link.Health
		}
		return all
	},
	Delete: func(t *testing.T, p Plane, id string) {
		require.NoError(t, p.Service.DeleteLink(t.Context(), p.Mine, id, 0))
	},
}

func closedLink(t *testing.T, p Plane, name string) string {
	t.Helper()
	return createAnyway(t, p, ClosedDraft(t, name)).ID
}

// Watched says how any Service watches a kind of thing. open returns an empty
// one that works in the background.
func Watched(t *testing.T, w Watchable, open func(t *testing.T) Plane) {
	for name, test := range map[string]func(*testing.T, Plane, Watchable){
		"what was checked is checked again":                                  checkedAgain,
		"a schedule is set and taken back":                                   schedule,
		"a check is kept, and shown by lists":                                checksAreKept,
		"failures are one episode with its reasons":                          oneEpisode,
		"history is paged, newest first":                                     historyPages,
		"what is deleted takes its history along":                            historyGoes,
		"nothing of another project is found, whatever is tried":             foreignHealth,
		"a run checks everything that is selected":                           runChecks,
		"a run of nothing, or of too much, is refused":                       runRefused,
		"a run survives what is deleted meanwhile":                           runGone,
		"a cancelled run ends, and to cancel what has ended changes nothing": runCancelled,
	} {
		t.Run(string(w.Kind)+": "+name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t), w)
		})
	}
}

func recheck(t *testing.T, p Plane, kind api.Kind, id string) api.Check {
	t.Helper()
	check, err := p.Service.Recheck(t.Context(), p.Mine, kind, id)
	require.NoError(t, err)
	return check
}

func checks(t *testing.T, p Plane, kind api.Kind, id string) []api.PastCheck {
	t.Helper()
	page, err := p.Service.PastChecks(t.Context(), p.Mine, kind, id, "", api.MaxPage)
	require.NoError(t, err)
	return page.Items
}

func episodes(t *testing.T, p Plane, kind api.Kind, id string) []api.Episode {
	t.Helper()
	found, err := p.Service.Episodes(t.Context(), p.Mine, kind, id, 10)
	require.NoError(t, err)
	return found
}

func actions(t *testing.T, p Plane, kind api.Kind, id string) []string {
	t.Helper()
	changes, err := p.Service.Changes(t.Context(), p.Mine, kind, id, "", 20)
	require.NoError(t, err)
	found := make([]string, len(changes))
	for i, c := range changes {
		found[i] = c.Action
	}
	return found
}

func checkedAgain(t *testing.T, p Plane, w Watchable) {
	pulse, _ := w.Look(t, p, w.Active(t, p, "orders"))
	require.Equal(t, api.DefaultInterval, pulse.Every)
	require.WithinDuration(t, time.Now().Add(api.DefaultInterval), pulse.Next, api.DefaultInterval/9)
}

func schedule(t *testing.T, p Plane, w Watchable) {
	id := w.Active(t, p, "orders")
	before := actions(t, p, w.Kind, id)
	require.NoError(t, p.Service.Schedule(t.Context(), p.Mine, w.Kind, id, 15*time.Minute))
	pulse, _ := w.Look(t, p, id)
	require.Equal(t, 15*time.Minute, pulse.Every)
	require.WithinDuration(t, time.Now().Add(15*time.Minute), pulse.Next, 2*time.Minute)
	require.NoError(t, p.Service.Schedule(t.Context(), p.Mine, w.Kind, id, 0))
	pulse, _ = w.Look(t, p, id)
	require.Zero(t, pulse.Every)
	require.Zero(t, pulse.Next)

	err := p.Service.Schedule(t.Context(), p.Mine, w.Kind, id, time.Second)
	requireCode(t, err, api.Invalid)
	require.Equal(t, []string{"every health.every_unknown"}, paths(err))
	require.Equal(t, append([]string{"schedule", "schedule"}, before...), actions(t, p, w.Kind, id))
}

func checksAreKept(t *testing.T, p Plane, w Watchable) {
	id := w.Closed(t, p, "orders")
	before, entries := checks(t, p, w.Kind, id), actions(t, p, w.Kind, id)
	require.Len(t, before, 1)
	check := recheck(t, p, w.Kind, id)
	require.Equal(t, api.Failed, check.Status)
	kept := checks(t, p, w.Kind, id)
	require.Len(t, kept, 2)
	require.Equal(t, before[0], kept[1])
	require.Equal(t, check.Steps, kept[0].Check.Steps)
	require.Equal(t, p.Mine.Actor.User, kept[0].By)
	require.Equal(t, p.Mine.Actor.Way, kept[0].Way)

	pulse, last := w.Look(t, p, id)
	require.Equal(t, check.Steps, last.Steps)
	require.Equal(t, []api.Status{api.Failed, api.Failed}, pulse.Recent)
	require.WithinDuration(t, before[0].Check.At, pulse.Since, time.Millisecond)
	require.Zero(t, pulse.LastGood)
	require.Equal(t, map[string]api.Pulse{id: pulse}, w.List(t, p), "a list says it, too")
	require.Equal(t, append([]string{"test"}, entries...), actions(t, p, w.Kind, id))
}

func oneEpisode(t *testing.T, p Plane, w Watchable) {
	id := w.Closed(t, p, "orders")
	for range 3 {
		recheck(t, p, w.Kind, id)
	}
	found := episodes(t, p, w.Kind, id)
	require.Len(t, found, 1)
	e := found[0]
	require.Equal(t, 4, e.Failures)
	require.Zero(t, e.Ended)
	require.True(t, e.Last.After(e.Began))
	require.Len(t, e.Reasons, 1)
	require.Equal(t, 4, e.Reasons[0].Count)
	require.Equal(t, api.StepConnect, e.Reasons[0].Step.Name)
	pulse, last := w.Look(t, p, id)
	require.Equal(t, last.Failure().Path, e.Reasons[0].Step.Path)
	require.Equal(t, e.Began, pulse.Since)
	for _, c := range checks(t, p, w.Kind, id) {
		require.False(t, c.Changed)
	}
}

func historyPages(t *testing.T, p Plane, w Watchable) {
	id := w.Closed(t, p, "orders")
	for range 4 {
		recheck(t, p, w.Kind, id)
	}
	all := checks(t, p, w.Kind, id)
	require.Len(t, all, 5)
	for i := range all[1:] {
		require.False(t, all[i].Check.At.Before(all[i+1].Check.At))
	}
	var walked []api.PastCheck
	cursor, more := "", true
	for more {
		page, err := p.Service.PastChecks(t.Context(), p.Mine, w.Kind, id, cursor, 2)
		require.NoError(t, err)
		walked = append(walked, page.Items...)
		cursor, more = page.Next, page.Next != ""
	}
	require.Equal(t, all, walked)
	page, err := p.Service.PastChecks(t.Context(), p.Mine, w.Kind, id, "\x00", 1)
	require.NoError(t, err)
	require.Equal(t, all[:1], page.Items, "no cursor of ours is the start")
}

func historyGoes(t *testing.T, p Plane, w Watchable) {
	id := w.Closed(t, p, "orders")
	w.Delete(t, p, id)
	_, err := p.Service.PastChecks(t.Context(), p.Mine, w.Kind, id, "", 0)
	requireCode(t, err, api.NotFound)
	_, err = p.Service.Episodes(t.Context(), p.Mine, w.Kind, id, 1)
	requireCode(t, err, api.NotFound)
	_, err = p.Service.Recheck(t.Context(), p.Mine, w.Kind, id)
	requireCode(t, err, api.NotFound)
	requireCode(t, p.Service.Schedule(t.Context(), p.Mine, w.Kind, id, time.Hour), api.NotFound)
}

func foreignHealth(t *testing.T, p Plane, w Watchable) {
	id := w.Closed(t, p, "orders")
	run, err := p.Service.StartRun(t.Context(), p.Mine, w.Kind, []string{id})
	require.NoError(t, err)
	for _, id := range []string{id, run.ID, "", "\x00", "\xff"} {
		notFound(t, p, w.Kind, id)
		_, err = p.Service.Run(t.Context(), p.Other, id)
		requireCode(t, err, api.NotFound)
		requireCode(t, p.Service.CancelRun(t.Context(), p.Other, id), api.NotFound)
		_, err = p.Service.StartRun(t.Context(), p.Other, w.Kind, []string{id})
		requireCode(t, err, api.Invalid)
	}
}

// notFound tries everything with an id that the other project does not have.
func notFound(t *testing.T, p Plane, kind api.Kind, id string) {
	t.Helper()
	_, err := p.Service.Recheck(t.Context(), p.Other, kind, id)
	requireCode(t, err, api.NotFound)
	requireCode(t, p.Service.Schedule(t.Context(), p.Other, kind, id, 0), api.NotFound)
	_, err = p.Service.PastChecks(t.Context(), p.Other, kind, id, "", 1)
	requireCode(t, err, api.NotFound)
	_, err = p.Service.Episodes(t.Context(), p.Other, kind, id, 1)
	requireCode(t, err, api.NotFound)
}
