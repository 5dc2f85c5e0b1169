package apitest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

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

func makeMany(t *testing.T, p Plane, w Watchable, n int) (ids []string) {
	t.Helper()
	for i := range n {
		ids = append(ids, w.Closed(t, p, fmt.Sprintf("thing_%02d", i)))
	}
	return ids
}

func runChecks(t *testing.T, p Plane, w Watchable) {
	var ids []string
	for _, name := range []string{"c", "a", "b"} {
		ids = append(ids, w.Closed(t, p, name))
	}
	before := actions(t, p, w.Kind, ids[0])
	started, err := p.Service.StartRun(t.Context(), p.Mine, w.Kind, append(ids, ids[0], "no-such-id"))
	require.NoError(t, err)
	require.Equal(t, w.Kind, started.Kind)
	require.Equal(t, p.Mine.Actor.User, started.Started.By)
	run := ended(t, p, started.ID)
	require.Len(t, run.Rows, 3)
	require.Equal(t, 3, run.Count(api.RunDone))
	require.Equal(t, 3, run.CountStatus(api.Failed))
	require.False(t, run.Stopped)
	for i, name := range []string{"a", "b", "c"} {
		row := run.Rows[i]
		require.Equal(t, name, row.Name)
		require.NotEmpty(t, row.Endpoint)
		kept := checks(t, p, w.Kind, row.ID)
		require.Len(t, kept, 2)
		require.Equal(t, row.Check.Steps, kept[0].Check.Steps)
		require.Equal(t, p.Mine.Actor.User, kept[0].By)
	}
	require.Equal(t, []string{"run"}, actions(t, p, api.KindRun, run.ID), "one entry for all")
	require.Equal(t, before, actions(t, p, w.Kind, ids[0]))
}

func runRefused(t *testing.T, p Plane, w Watchable) {
	_, err := p.Service.StartRun(t.Context(), p.Mine, w.Kind, nil)
	requireCode(t, err, api.Invalid)
	_, err = p.Service.StartRun(t.Context(), p.Mine, w.Kind, make([]string, api.MaxSelection+1))
	requireCode(t, err, api.Limit)
}

func runGone(t *testing.T, p Plane, w Watchable) {
	ids := makeMany(t, p, w, 20)
	started, err := p.Service.StartRun(t.Context(), p.Mine, w.Kind, ids)
	require.NoError(t, err)
	w.Delete(t, p, ids[19])
	row := ended(t, p, started.ID).Rows[19]
	require.Equal(t, "thing_19", row.Name, "what it was called stays")
	require.True(t, row.Gone && row.State == api.RunCancelled || row.State == api.RunDone, "%+v", row)
}

func runCancelled(t *testing.T, p Plane, w Watchable) {
	started, err := p.Service.StartRun(t.Context(), p.Mine, w.Kind, makeMany(t, p, w, 50))
	require.NoError(t, err)
	require.NoError(t, p.Service.CancelRun(t.Context(), p.Mine, started.ID))
	run := ended(t, p, started.ID)
	require.True(t, run.Stopped)
	require.Equal(t, 50, run.Count(api.RunCancelled)+run.Count(api.RunDone))
	require.Positive(t, run.Count(api.RunCancelled))
	require.NoError(t, p.Service.CancelRun(t.Context(), p.Mine, started.ID))
	require.Equal(t, run.Ended, ended(t, p, started.ID).Ended)
}
