package mirror_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
)

// ramped starts a ramp here to v2 of an alias that leads to v1, and returns the alias here
// and over there.
func (h *here) ramped(t *testing.T, steps ...api.RampStepDraft) (alias, over api.Alias) {
	t.Helper()
	f := h.versionedThere(t, "hello", "v1", "v2")
	over = h.aliasThere(t, f.ID, "prod", "v1")
	alias, err := h.mirror.FindAlias(t.Context(), mine, h.functionHere(t, "hello").ID, "prod")
	require.NoError(t, err)
	_, err = h.mirror.StartRamp(t.Context(), mine, alias.ID, api.RampDraft{Additional: "v2", Steps: steps}, 0)
	require.NoError(t, err)
	return alias, over
}

func (h *here) routeThere(t *testing.T, alias string) routing.Route {
	t.Helper()
	a, err := h.there.plane.Alias(t.Context(), h.there.mine, alias)
	require.NoError(t, err)
	a.Route.Salt = ""
	return a.Route
}

// rampKept is the last ramp of an alias, as far as it is known without asking the region.
func (h *here) rampKept(t *testing.T, alias string) api.Ramp {
	t.Helper()
	ramps, err := h.plane.Ramps(t.Context(), mine, alias, 1)
	require.NoError(t, err)
	require.Len(t, ramps, 1)
	return ramps[0]
}

func TestStepsOfARampAreTakenInTheRegion(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		alias, over := h.ramped(t, api.RampStepDraft{Percent: "10", Hold: "1s"}, api.RampStepDraft{Percent: "50", Hold: "1h"}, api.RampStepDraft{Percent: "90"})
		require.Equal(t, routing.Route{Main: "v1", Additional: "v2", Weight: 10}, h.routeThere(t, over.ID))
		require.Eventually(t, func() bool { return h.routeThere(t, over.ID).Weight == 50 }, time.Minute, 20*time.Millisecond)
		require.Eventually(t, func() bool { return h.rampKept(t, alias.ID).At == 1 }, time.Minute, 20*time.Millisecond)
		_, err := h.mirror.SteerRamp(t.Context(), mine, alias.ID, api.RampNext, 1)
		require.NoError(t, err)
		require.Equal(t, 90, h.routeThere(t, over.ID).Weight)
		_, err = h.mirror.SteerRamp(t.Context(), mine, alias.ID, api.RampBack, 2)
		require.NoError(t, err)
		require.Equal(t, 50, h.routeThere(t, over.ID).Weight)
		_, err = h.mirror.AbortAlias(t.Context(), mine, alias.ID, 0)
		require.NoError(t, err)
		require.Equal(t, routing.Route{Main: "v1"}, h.routeThere(t, over.ID))
		require.Equal(t, []string{"abort page", "ramp_back page", "ramp_next page", "ramp_next job", "ramp_start page", "create region"}, h.changesHere(t, api.KindAlias, alias.ID))
	})
}

func TestARampEndsIfItsAliasIsLedElsewhereInTheRegion(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		alias, over := h.ramped(t, api.RampStepDraft{Percent: "10", Hold: "3s"}, api.RampStepDraft{Percent: "50"})
		h.leadThere(t, over.ID, "v1")
		require.Eventually(t, func() bool { return h.rampKept(t, alias.ID).State == api.RampOvertaken }, time.Minute, 20*time.Millisecond,
			"nobody looks, and yet the plan does not overrule whoever was there")
		require.Equal(t, routing.Route{Main: "v1"}, h.routeThere(t, over.ID))
		ramp := h.rampKept(t, alias.ID)
		require.Equal(t, api.M("ramp.overtaken_there"), ramp.Message)
		require.Empty(t, ramp.EndedBy)
		require.Equal(t, []string{"update region", "ramp_start page", "create region"}, h.changesHere(t, api.KindAlias, alias.ID))
	})
}

func TestAStepThatARegionRefusesPausesTheRamp(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		f := h.fronted(t)
		alias, _ := h.ramped(t, api.RampStepDraft{Percent: "10", Hold: "2s"}, api.RampStepDraft{Percent: "50"})
		f.say(func(r *http.Request, body []byte) []byte {
			if r.Method != http.MethodPut {
				return body
			}
			return []byte(`{"error_code":"FSS.1091","error_msg":"not that version"}`)
		})
		require.Eventually(t, func() bool { return h.rampKept(t, alias.ID).State == api.RampPaused }, time.Minute, 20*time.Millisecond)
		ramp := h.rampKept(t, alias.ID)
		require.Zero(t, ramp.At)
		require.Equal(t, "not that version", ramp.Message.Args["text"])
		_, err := h.mirror.SteerRamp(t.Context(), mine, alias.ID, api.RampNext, 0)
		require.Equal(t, api.Invalid, api.CodeOf(err))
		require.Zero(t, h.rampKept(t, alias.ID).At)
		require.Equal(t, "ramp_pause job", h.changesHere(t, api.KindAlias, alias.ID)[0])
	})
}

func TestAStepIsTakenWhenTheRegionAnswersAgain(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		f := h.fronted(t)
		alias, over := h.ramped(t, api.RampStepDraft{Percent: "10", Hold: "1s"}, api.RampStepDraft{Percent: "50"})
		asked := make(chan struct{}, 1)
		f.say(func(r *http.Request, _ []byte) []byte {
			if strings.Contains(r.URL.Path, "hello") {
				select {
				case asked <- struct{}{}:
				default:
				}
			}
			return []byte("<html>one moment</html>")
		})
		for range 2 { // so that a whole attempt is over
			<-asked
		}
		ramp := h.rampKept(t, alias.ID)
		require.Equal(t, api.RampRunning, ramp.State)
		require.Zero(t, ramp.At)
		require.Equal(t, 10, h.routeThere(t, over.ID).Weight)
		f.bend.Store(nil)
		require.Eventually(t, func() bool { return h.rampKept(t, alias.ID).At == 1 }, 3*time.Minute, 50*time.Millisecond)
		require.Equal(t, 50, h.routeThere(t, over.ID).Weight)
	})
}
