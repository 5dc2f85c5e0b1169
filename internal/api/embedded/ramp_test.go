package embedded_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/store"
	"switchboard/internal/testserver"
)

const (
	waitLong = time.Minute
	waitStep = 5 * time.Millisecond
)

// startRamp starts a ramp whose steps all have the hold.
func startRamp(t *testing.T, p apitest.Plane, alias, hold string, promote bool, percents ...int) api.Ramp {
	t.Helper()
	d := api.RampDraft{Additional: "v1", Promote: promote}
	for _, percent := range percents {
		d.Steps = append(d.Steps, api.RampStepDraft{Percent: strconv.Itoa(percent), Hold: hold})
	}
	ramp, err := p.Service.StartRamp(t.Context(), mine, alias, d, 0)
	require.NoError(t, err)
	return ramp
}

func lastRamp(t *testing.T, p apitest.Plane, alias string) api.Ramp {
	t.Helper()
	ramps, err := p.Service.Ramps(t.Context(), mine, alias, 1)
	require.NoError(t, err)
	require.Len(t, ramps, 1)
	return ramps[0]
}

// weights are those that the history of an alias tells of, the oldest first;
// where there is none, -1.
func weights(t *testing.T, p apitest.Plane, alias string) (found []int) {
	t.Helper()
	changes, err := p.Service.Changes(t.Context(), mine, api.KindAlias, alias, "", 100)
	require.NoError(t, err)
	for _, change := range slices.Backward(changes) {
		var after struct {
			Weights map[string]int `json:"additional_version_weights"`
		}
		require.NoError(t, json.Unmarshal(change.After, &after))
		weight, ok := after.Weights["v1"]
		if !ok {
			weight = -1
		}
		found = append(found, weight)
	}
	return found
}

func TestARampTakesEachStepWhenItIsDueAndNotBefore(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p, alias := pointed(t, db, 1)
		startRamp(t, p, alias.ID, "10m", true, 10, 50, 100)
		catchUp(t, p, 9*time.Minute)
		require.Equal(t, []int{5, 10}, weights(t, p, alias.ID))
		for _, want := range [][]int{{5, 10, 50}, {5, 10, 50, 100}, {5, 10, 50, 100, -1}, {5, 10, 50, 100, -1}} {
			catchUp(t, p, 11*time.Minute)
			require.Equal(t, want, weights(t, p, alias.ID))
		}
		stored, err := p.Service.Alias(t.Context(), mine, alias.ID)
		require.NoError(t, err)
		require.Equal(t, "v1", stored.Route.Main)
		require.Equal(t, api.RampPromoted, lastRamp(t, p, alias.ID).State)
	})
}

func TestAPausedRampAndOneThatWaitsAreNotDue(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p, alias := pointed(t, db, 1)
		startRamp(t, p, alias.ID, "1s", false, 10, 50)
		_, err := p.Service.SteerRamp(t.Context(), mine, alias.ID, api.RampPause, 0)
		require.NoError(t, err)
		catchUp(t, p, 1000*time.Hour)
		require.Zero(t, lastRamp(t, p, alias.ID).At)
		_, err = p.Service.SteerRamp(t.Context(), mine, alias.ID, api.RampNext, 0)
		require.NoError(t, err)
		catchUp(t, p, 1000*time.Hour)
		ramp := lastRamp(t, p, alias.ID)
		require.Equal(t, api.RampRunning, ramp.State, "nothing is to be promoted: it waits at its last step")
		require.Equal(t, 1, ramp.At)
		due, err := p.Service.(*embedded.Plane).Due(t.Context(), time.Now().Add(1000*time.Hour))
		require.NoError(t, err)
		require.Empty(t, due)
	})
}

func TestARampEndsWhenTheAliasIsNotAsItsLastStepLeftIt(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p, alias := pointed(t, db, 1)
		startRamp(t, p, alias.ID, "10m", true, 10, 50)
		exec(t, db, "UPDATE aliases SET weight = 77, updated_by = 'grace'")
		catchUp(t, p, 11*time.Minute)
		ramp := lastRamp(t, p, alias.ID)
		require.Equal(t, api.RampOvertaken, ramp.State)
		require.Equal(t, api.M("ramp.overtaken", "by", "grace"), ramp.Message)
		stored, err := p.Service.Alias(t.Context(), mine, alias.ID)
		require.NoError(t, err)
		require.Equal(t, 77, stored.Route.Weight)
		require.Nil(t, stored.Ramp)
	})
}

func TestARampWhosePromotionIsRefusedPausesAndSaysWhy(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p, alias := pointed(t, db, 1)
		startRamp(t, p, alias.ID, "10m", true, 100)
		_, err := p.Service.CreateAlias(t.Context(), mine, "f1", api.AliasDraft{Name: "test", Version: "v1"})
		require.NoError(t, err)
		catchUp(t, p, 11*time.Minute)
		ramp := lastRamp(t, p, alias.ID)
		require.Equal(t, api.RampPaused, ramp.State)
		require.Equal(t, api.M("alias.version_used", "version", "v1", "alias", "test"), ramp.Message)
		require.Zero(t, ramp.Ended)

		other, err := p.Service.FindAlias(t.Context(), mine, "f1", "test")
		require.NoError(t, err)
		require.NoError(t, p.Service.DeleteAlias(t.Context(), mine, other.ID, 0))
		_, err = p.Service.SteerRamp(t.Context(), mine, alias.ID, api.RampResume, 0)
		require.NoError(t, err)
		catchUp(t, p, 11*time.Minute)
		require.Equal(t, api.RampPromoted, lastRamp(t, p, alias.ID).State)
	})
}

func TestAStepIsTakenOnceHoweverManyProcessesLook(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p, alias := pointed(t, db, 1)
		startRamp(t, p, alias.ID, "10m", true, 10, 20, 30, 40)
		for range 4 {
			var all sync.WaitGroup
			errs := make(chan error, 4)
			for range cap(errs) {
				other := planeOn(t, db, ring(t)).Service.(*embedded.Plane)
				all.Go(func() { errs <- other.CatchUp(t.Context(), time.Now().Add(11*time.Minute)) })
			}
			all.Wait()
			for range cap(errs) {
				require.NoError(t, <-errs)
			}
		}
		// Who looks a little later may find the next step due in its turn, but none twice.
		require.Equal(t, []int{5, 10, 20, 30, 40, -1}, weights(t, p, alias.ID))
	})
}

func TestThreeEnginesTakeEachStepOfManyRampsOnce(t *testing.T) {
	t.Parallel()
	url := testserver.PostgreSQL(t).FreshDatabase(t)
	db := apitest.Open(t, url)
	const ramps = 12
	p, first := pointed(t, db, ramps)
	aliases := []string{first.ID}
	for i := 2; i <= ramps; i++ {
		alias, err := p.Service.CreateAlias(t.Context(), mine, fmt.Sprintf("f%d", i), api.AliasDraft{
			Name: "prod", Version: api.LatestVersion, Weights: []api.WeightDraft{{Version: "v1", Weight: "5"}},
		})
		require.NoError(t, err)
		aliases = append(aliases, alias.ID)
	}
	for range 3 {
		begin(t, planeOn(t, apitest.Open(t, url), ring(t)))
	}
	for _, alias := range aliases {
		startRamp(t, p, alias, "1s", true, 10, 20, 30)
	}
	for _, alias := range aliases {
		require.Eventually(t, func() bool { return !lastRamp(t, p, alias).Ended.IsZero() }, waitLong, 20*time.Millisecond)
		require.Equal(t, []int{5, 10, 20, 30, -1}, weights(t, p, alias))
	}
}

func TestARampSurvivesThatItsWorkersAreKilled(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		db := apitest.Open(t, url)
		p, alias := pointed(t, db, 1)
		startRamp(t, p, alias.ID, "1s", true, 10, 20, 30, 40)
		for kills := range 3 {
			c := worker(t, url)
			require.Eventually(t, func() bool { return lastRamp(t, p, alias.ID).At > kills }, waitLong, waitStep)
			require.NoError(t, c.Process.Kill())
			require.ErrorContains(t, c.Wait(), "killed")
		}
		worker(t, url)
		require.Eventually(t, func() bool { return !lastRamp(t, p, alias.ID).Ended.IsZero() }, waitLong, waitStep)
		require.Equal(t, []int{5, 10, 20, 30, 40, -1}, weights(t, p, alias.ID))
	})
}
