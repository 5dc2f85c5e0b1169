package apitest

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
)

// Ramps says what the ramps of any Service are like. open returns an empty one
// that works in the background.
func Ramps(t *testing.T, open func(t *testing.T) Plane) {
	for name, test := range map[string]func(*testing.T, Plane){
		"a ramp takes its first step at once":                                    rampStarted,
		"a ramp goes on by itself up to the promotion":                           rampGoesOn,
		"a step without an end waits for somebody, and so does the last one":     rampWaits,
		"a ramp is paused and resumed":                                           rampPaused,
		"a ramp is taken a step forward and back":                                rampSteered,
		"of those who press next at once one takes the step":                     rampNextRace,
		"all problems of a ramp are reported at once, each at its field":         rampProblems,
		"a ramp whose promotion would be refused is refused itself":              rampPromotionTaken,
		"an alias has one ramp at a time, whoever starts another at once":        rampRace,
		"who leads the alias elsewhere ends its ramp, who describes it does not": rampOvertaken,
		"a promotion or an abort ends the ramp":                                  rampEnded,
		"what is deleted has no ramp any more":                                   rampDeleted,
		"a step that is refused is not taken":                                    rampRefused,
		"changes tell of a ramp with its alias":                                  rampChanges,
		"ramps of an alias are listed, the newest first":                         rampsListed,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// rampTo is a draft of a ramp: pairs are percents and holds.
func rampTo(additional string, pairs ...string) api.RampDraft {
	d := api.RampDraft{Additional: additional}
	for pair := range slices.Chunk(pairs, 2) {
		d.Steps = append(d.Steps, api.RampStepDraft{Percent: pair[0], Hold: pair[1]})
	}
	return d
}

func startRamp(t *testing.T, p Plane, alias string, d api.RampDraft) api.Ramp {
	t.Helper()
	ramp, err := p.Service.StartRamp(t.Context(), p.Mine, alias, d, 0)
	require.NoError(t, err)
	return ramp
}

func steer(t *testing.T, p Plane, alias string, do api.RampDeed, at int) api.Ramp {
	t.Helper()
	ramp, err := p.Service.SteerRamp(t.Context(), p.Mine, alias, do, at)
	require.NoError(t, err)
	return ramp
}

// lastRamp is the newest ramp of an alias.
func lastRamp(t *testing.T, p Plane, alias string) api.Ramp {
	t.Helper()
	ramps, err := p.Service.Ramps(t.Context(), p.Mine, alias, 1)
	require.NoError(t, err)
	require.Len(t, ramps, 1)
	return ramps[0]
}

// rampable is an alias of a function with the versions v1 to v3, and leads to v1.
func rampable(t *testing.T, p Plane) api.Alias {
	t.Helper()
	return createAlias(t, p, versioned(t, p, "v1", "v2", "v3").ID, api.AliasDraft{Name: "prod", Version: "v1"})
}

func rampStarted(t *testing.T, p Plane) {
	alias := rampable(t, p)
	d := ruled("", "v1", "v3")
	sticky := stick(p, &d, routing.Source{Type: "cookie", Param: "sid"})
	alias = updateAlias(t, p, alias.ID, d)
	plan := rampTo("v2", "0", "15m", "50", "720h", "100", "")
	plan.Promote = true
	require.NoError(t, p.Service.ValidateRamp(t.Context(), p.Mine, alias.ID, plan))
	ramp, err := p.Service.StartRamp(t.Context(), p.Mine, alias.ID, plan, alias.Version)
	require.NoError(t, err)
	require.Equal(t, alias.ID, ramp.Alias)
	require.Equal(t, "v1", ramp.Main)
	require.Equal(t, "v2", ramp.Additional)
	require.Equal(t, []api.RampStep{{Hold: 15 * time.Minute}, {Percent: 50, Hold: 720 * time.Hour}, {Percent: 100}}, ramp.Steps)
	require.True(t, ramp.Promote)
	require.Equal(t, api.RampRunning, ramp.State)
	require.Zero(t, ramp.At)
	require.Equal(t, ramp.Since, ramp.Started.At)
	require.Equal(t, ramp.Since.Add(15*time.Minute), ramp.Next)
	require.Equal(t, p.Mine.Actor.User, ramp.Started.By)
	require.Zero(t, ramp.Ended)

	stored := getAlias(t, p, alias.ID)
	require.Equal(t, routing.Route{Main: "v1", Additional: "v2", Sticky: sticky, Salt: salt(alias)}, stored.Route)
	require.Equal(t, alias.Version+1, stored.Version)
	require.Equal(t, &ramp, stored.Ramp)
	require.Equal(t, []api.Alias{stored}, listAliases(t, p, api.AliasQuery{}).Items)
	require.Equal(t, []api.Alias{stored}, aliasesOf(t, p, alias.Function.ID))
	require.Equal(t, ramp, lastRamp(t, p, alias.ID))
}

func rampGoesOn(t *testing.T, p Plane) {
	alias := rampable(t, p)
	plan := rampTo("v2", "1", "1s", "100", "1s")
	plan.Promote = true
	startRamp(t, p, alias.ID, plan)
	require.Eventually(t, func() bool { return getAlias(t, p, alias.ID).Ramp == nil }, time.Minute, 50*time.Millisecond)
	require.Equal(t, routing.Route{Main: "v2", Salt: salt(alias)}, getAlias(t, p, alias.ID).Route)
	ramp := lastRamp(t, p, alias.ID)
	require.Equal(t, api.RampPromoted, ramp.State)
	require.Equal(t, 1, ramp.At)
	require.NotZero(t, ramp.Ended)
	require.Equal(t, p.Mine.Actor.User, ramp.EndedBy, "on whose behalf it was")
	require.Zero(t, ramp.Next)
	changes, err := p.Service.Changes(t.Context(), p.Mine, api.KindAlias, alias.ID, "", 10)
	require.NoError(t, err)
	require.Equal(t, []string{"promote", "ramp_next", "ramp_start", "create"}, actions(t, p, api.KindAlias, alias.ID))
	for _, change := range changes[:2] {
		require.Equal(t, api.Actor{UserID: p.Mine.Actor.UserID, User: p.Mine.Actor.User, Way: api.WayJob}, change.Actor)
	}
	require.False(t, ramp.Ended.Before(ramp.Since.Add(time.Second)), "the last step was held, too")
}

func rampWaits(t *testing.T, p Plane) {
	alias := rampable(t, p)
	plan := rampTo("v2", "10", "", "50", "1h")
	require.Zero(t, startRamp(t, p, alias.ID, plan).Next)
	ramp := steer(t, p, alias.ID, api.RampNext, 0)
	require.Equal(t, api.RampRunning, ramp.State)
	require.Zero(t, ramp.Next, "after the last step nothing is to be promoted")
	require.Equal(t, 50, getAlias(t, p, alias.ID).Route.Weight)
	_, err := p.Service.AbortAlias(t.Context(), p.Mine, alias.ID, 0)
	require.NoError(t, err)

	plan.Promote = true
	startRamp(t, p, alias.ID, plan)
	ramp = steer(t, p, alias.ID, api.RampNext, 0)
	require.Equal(t, ramp.Since.Add(time.Hour), ramp.Next, "the promotion")
}

func rampPaused(t *testing.T, p Plane) {
	alias := rampable(t, p)
	started := startRamp(t, p, alias.ID, rampTo("v2", "10", "1h", "50", ""))
	version := getAlias(t, p, alias.ID).Version
	paused := steer(t, p, alias.ID, api.RampPause, 0)
	require.Equal(t, api.RampPaused, paused.State)
	require.Zero(t, paused.Next)
	require.Zero(t, paused.Message)
	require.Equal(t, started.Since, paused.Since)
	require.Equal(t, paused, steer(t, p, alias.ID, api.RampPause, 0))
	require.Equal(t, &paused, getAlias(t, p, alias.ID).Ramp)

	resumed := steer(t, p, alias.ID, api.RampResume, 0)
	require.Equal(t, api.RampRunning, resumed.State)
	require.True(t, resumed.Since.After(paused.Since))
	require.Equal(t, resumed.Since.Add(time.Hour), resumed.Next, "held for its whole time again")
	require.Equal(t, resumed, steer(t, p, alias.ID, api.RampResume, 0))
	require.Equal(t, version, getAlias(t, p, alias.ID).Version, "an edit form that is open meanwhile is not disturbed")
	require.Equal(t, []string{"ramp_resume", "ramp_pause", "ramp_start", "create"}, actions(t, p, api.KindAlias, alias.ID))
}

func rampSteered(t *testing.T, p Plane) {
	alias := rampable(t, p)
	startRamp(t, p, alias.ID, rampTo("v2", "10", "1h", "50", "2h", "100", ""))
	steer(t, p, alias.ID, api.RampPause, 0)
	ramp := steer(t, p, alias.ID, api.RampNext, 0)
	require.Equal(t, 1, ramp.At)
	require.Equal(t, api.RampRunning, ramp.State)
	require.Equal(t, ramp.Since.Add(2*time.Hour), ramp.Next)
	require.Equal(t, 50, getAlias(t, p, alias.ID).Route.Weight)

	ramp = steer(t, p, alias.ID, api.RampBack, 1)
	require.Zero(t, ramp.At)
	require.Equal(t, api.RampPaused, ramp.State)
	require.Zero(t, ramp.Next)
	require.Equal(t, 10, getAlias(t, p, alias.ID).Route.Weight)

	refuseDeed(t, p, alias.ID, api.RampBack, 0, api.Errorf(api.Conflict, "ramp.at_first"))
	steer(t, p, alias.ID, api.RampNext, 0)
	steer(t, p, alias.ID, api.RampNext, 1)
	refuseDeed(t, p, alias.ID, api.RampNext, 2, api.Errorf(api.Conflict, "ramp.at_last"))
	refuseDeed(t, p, alias.ID, api.RampPause, 1, api.Errorf(api.Conflict, "ramp.elsewhere", "step", 3))
	refuseDeed(t, p, alias.ID, "fly", 2, api.Errorf(api.Invalid, "ramp.deed"))
	require.Equal(t, 100, getAlias(t, p, alias.ID).Route.Weight)
	require.Equal(t, []string{"ramp_next", "ramp_next", "ramp_back", "ramp_next", "ramp_pause", "ramp_start", "create"}, actions(t, p, api.KindAlias, alias.ID))
}

func refuseDeed(t *testing.T, p Plane, alias string, do api.RampDeed, at int, want error) {
	t.Helper()
	_, err := p.Service.SteerRamp(t.Context(), p.Mine, alias, do, at)
	require.Equal(t, want, err)
}

func rampNextRace(t *testing.T, p Plane) {
	alias := rampable(t, p)
	startRamp(t, p, alias.ID, rampTo("v2", "10", "", "20", "", "30", "", "40", ""))
	require.Equal(t, 1, atOnce(t, 8, api.Conflict, func(int) error {
		_, err := p.Service.SteerRamp(t.Context(), p.Mine, alias.ID, api.RampNext, 0)
		return err
	}))
	require.Equal(t, 1, lastRamp(t, p, alias.ID).At)
	require.Equal(t, 20, getAlias(t, p, alias.ID).Route.Weight)
}

func rampProblems(t *testing.T, p Plane) {
	alias := rampable(t, p)
	d := rampTo("latest", "x", "soon", "5", "", "5", "0s")
	want := []string{
		"additional alias.additional_latest", "steps.0.percent alias.weight_whole", "steps.0.hold ramp.hold_form",
		"steps.2.percent ramp.percent_rise", "steps.2.hold ramp.hold_range",
	}
	_, err := p.Service.StartRamp(t.Context(), p.Mine, alias.ID, d, 0)
	requireCode(t, err, api.Invalid)
	require.Equal(t, want, paths(err))
	require.Equal(t, want, paths(p.Service.ValidateRamp(t.Context(), p.Mine, alias.ID, d)))
	for additional, key := range map[string]string{"v9": "alias.additional_unknown", "v1": "alias.additional_same"} {
		require.Equal(t, []string{"additional " + key}, paths(p.Service.ValidateRamp(t.Context(), p.Mine, alias.ID, rampTo(additional, "5", ""))))
	}
	require.Equal(t, alias, getAlias(t, p, alias.ID))
	refuseDeed(t, p, alias.ID, api.RampNext, 0, api.Errorf(api.NotFound, "ramp.not_found"))
}

func rampPromotionTaken(t *testing.T, p Plane) {
	alias := rampable(t, p)
	other := createAlias(t, p, alias.Function.ID, api.AliasDraft{Name: "test", Version: "v2"})
	d := rampTo("v2", "5", "1h")
	d.Promote = true
	m := api.M("ramp.promote_used", "version", "v2", "alias", "test")
	want := &api.Error{Code: api.Conflict, Message: m, Problems: []api.Problem{{Path: "additional", Message: m}}}
	require.Equal(t, want, p.Service.ValidateRamp(t.Context(), p.Mine, alias.ID, d))
	_, err := p.Service.StartRamp(t.Context(), p.Mine, alias.ID, d, 0)
	require.Equal(t, want, err)
	require.Equal(t, alias, getAlias(t, p, alias.ID))
	d.Steps[0].Percent = "x"
	require.Equal(t, []string{"steps.0.percent alias.weight_whole", "additional ramp.promote_used"}, paths(p.Service.ValidateRamp(t.Context(), p.Mine, alias.ID, d)))
	d.Steps[0].Percent = "5"
	require.NoError(t, p.Service.ValidateRamp(t.Context(), p.Mine, alias.ID, rampTo("v2", "5", "1h")), "without the promotion it can go on to the end")

	updateAlias(t, p, other.ID, api.AliasDraft{Version: api.LatestVersion})
	d.Additional = api.LatestVersion
	require.Equal(t, []string{"additional alias.additional_latest"}, paths(p.Service.ValidateRamp(t.Context(), p.Mine, alias.ID, d)))
	d.Additional = "v2"
	startRamp(t, p, alias.ID, d)
}

func rampRace(t *testing.T, p Plane) {
	alias := rampable(t, p)
	require.Equal(t, 1, atOnce(t, 8, api.Conflict, func(i int) error {
		_, err := p.Service.StartRamp(t.Context(), p.Mine, alias.ID, rampTo([]string{"v2", "v3"}[i%2], "5", ""), 0)
		return err
	}))
	_, err := p.Service.StartRamp(t.Context(), p.Mine, alias.ID, rampTo("v2", "5", ""), 0)
	require.Equal(t, api.Errorf(api.Conflict, "ramp.under_way"), err)
	ramps, err := p.Service.Ramps(t.Context(), p.Mine, alias.ID, 10)
	require.NoError(t, err)
	require.Len(t, ramps, 1)
}

func rampOvertaken(t *testing.T, p Plane) {
	alias := rampable(t, p)
	for name, d := range map[string]api.AliasDraft{
		"another weight":  weighed("", "v1", "v2", "11"),
		"another version": weighed("", "v1", "v3", "10"),
		"rules":           ruled("", "v1", "v2"),
		"another main":    weighed("", "v3", "v2", "10"),
		"no gray release": {Version: "v1"},
	} {
		updateAlias(t, p, alias.ID, api.AliasDraft{Version: "v1"})
		startRamp(t, p, alias.ID, rampTo("v2", "10", "1h", "50", ""))
		same := weighed("", "v1", "v2", "10")
		same.Description, same.Sticky = new(name), &routing.Source{Type: "cookie", Param: "sid"}
		require.Equal(t, api.RampRunning, updateAlias(t, p, alias.ID, same).Ramp.State, name)

		s := p.Mine
		s.Actor.User = "grace"
		updated, err := p.Service.UpdateAlias(t.Context(), s, alias.ID, d, 0)
		require.NoError(t, err)
		require.Nil(t, updated.Ramp, name)
		ramp := lastRamp(t, p, alias.ID)
		require.Equal(t, api.RampOvertaken, ramp.State, name)
		require.Equal(t, api.M("ramp.overtaken", "by", "grace"), ramp.Message)
		require.Equal(t, "grace", ramp.EndedBy)
		require.Equal(t, updated.Updated.At, ramp.Ended)
		require.Zero(t, ramp.Next)
		refuseDeed(t, p, alias.ID, api.RampNext, 0, api.Errorf(api.NotFound, "ramp.not_found"))
	}
}

func rampEnded(t *testing.T, p Plane) {
	alias := rampable(t, p)
	startRamp(t, p, alias.ID, rampTo("v2", "10", "1h", "50", ""))
	aborted, err := p.Service.AbortAlias(t.Context(), p.Mine, alias.ID, 0)
	require.NoError(t, err)
	require.Nil(t, aborted.Ramp)
	require.Equal(t, routing.Route{Main: "v1", Salt: salt(alias)}, aborted.Route)
	require.Equal(t, api.RampAborted, lastRamp(t, p, alias.ID).State)

	startRamp(t, p, alias.ID, rampTo("v2", "10", "1h", "50", ""))
	steer(t, p, alias.ID, api.RampPause, 0)
	promoted, err := p.Service.PromoteAlias(t.Context(), p.Mine, alias.ID, 0)
	require.NoError(t, err)
	require.Nil(t, promoted.Ramp)
	require.Equal(t, routing.Route{Main: "v2", Salt: salt(alias)}, promoted.Route)
	ramp := lastRamp(t, p, alias.ID)
	require.Equal(t, api.RampPromoted, ramp.State)
	require.Equal(t, promoted.Updated.At, ramp.Ended)
	require.Zero(t, ramp.Message)
}

func rampDeleted(t *testing.T, p Plane) {
	alias := rampable(t, p)
	startRamp(t, p, alias.ID, rampTo("v2", "10", "1h", "50", ""))
	requireCode(t, p.Service.DeleteVersion(t.Context(), p.Mine, alias.Function.ID, "v2", api.Confirmation{}), api.Conflict)
	require.NoError(t, p.Service.DeleteVersion(t.Context(), p.Mine, alias.Function.ID, "v1", api.Confirmation{}))
	_, err := p.Service.Ramps(t.Context(), p.Mine, alias.ID, 1)
	requireCode(t, err, api.NotFound)
	_, err = p.Service.SteerRamp(t.Context(), p.Mine, alias.ID, api.RampNext, 0)
	requireCode(t, err, api.NotFound)
	require.Equal(t, []string{"delete", "ramp_start", "create"}, actions(t, p, api.KindAlias, alias.ID))

	again := createAlias(t, p, alias.Function.ID, api.AliasDraft{Name: "prod", Version: "v3"})
	startRamp(t, p, again.ID, rampTo("v2", "10", "1h", "50", ""))
	require.NoError(t, p.Service.DeleteAlias(t.Context(), p.Mine, again.ID, 0))
	require.Empty(t, aliasesOf(t, p, alias.Function.ID))
}

func rampRefused(t *testing.T, p Plane) {
	alias := rampable(t, p)
	createAlias(t, p, alias.Function.ID, api.AliasDraft{Name: "test", Version: "v2"})
	ramp := startRamp(t, p, alias.ID, rampTo("v2", "10", "1h", "50", ""))
	_, err := p.Service.PromoteAlias(t.Context(), p.Mine, alias.ID, 0)
	require.Equal(t, []string{"version alias.version_used"}, paths(err))
	require.Equal(t, ramp, lastRamp(t, p, alias.ID))
	require.Equal(t, 10, getAlias(t, p, alias.ID).Route.Weight)
}

func rampChanges(t *testing.T, p Plane) {
	alias := rampable(t, p)
	plan := rampTo("v2", "10", "15m", "50", "")
	plan.Promote = true
	startRamp(t, p, alias.ID, plan)
	steer(t, p, alias.ID, api.RampPause, 0)
	changes, err := p.Service.Changes(t.Context(), p.Mine, api.KindAlias, alias.ID, "", 10)
	require.NoError(t, err)
	led := func(ramp string) string {
		return `{"function":"default:hello","name":"prod","version":"v1","description":"","additional_version_weights":{"v2":10},
			"ramp":{"additional":"v2","state":"` + ramp + `","step":1,"steps":[{"percent":10,"hold":"15m0s"},{"percent":50}],"promote":true}}`
	}
	plain := `{"function":"default:hello","name":"prod","version":"v1","description":""}`
	require.Equal(t, "ramp_pause", changes[0].Action)
	sameJSON(t, led("running"), changes[0].Before)
	sameJSON(t, led("paused"), changes[0].After)
	require.Equal(t, "ramp_start", changes[1].Action)
	sameJSON(t, plain, changes[1].Before)
	sameJSON(t, led("running"), changes[1].After)
	require.Equal(t, p.Mine.Actor, changes[1].Actor)

	draft, err := p.Service.PastAlias(t.Context(), p.Mine, alias.ID, changes[0].ID)
	require.NoError(t, err)
	stored := getAlias(t, p, alias.ID)
	require.Equal(t, stored.Draft(), draft)
}

func rampsListed(t *testing.T, p Plane) {
	alias := rampable(t, p)
	var want []string
	for range 3 {
		want = append([]string{startRamp(t, p, alias.ID, rampTo("v2", "10", "")).ID}, want...)
		_, err := p.Service.AbortAlias(t.Context(), p.Mine, alias.ID, 0)
		require.NoError(t, err)
	}
	for limit, n := range map[int]int{-1: 1, 0: 1, 2: 2, 50: 3, 1 << 20: 3} {
		ramps, err := p.Service.Ramps(t.Context(), p.Mine, alias.ID, limit)
		require.NoError(t, err)
		require.Len(t, ramps, n)
		for i := range ramps {
			require.Equal(t, want[i], ramps[i].ID)
		}
	}
}
