package governance_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestTheHoldsOfAnApprovedRampAreCutShortByApproversOnly(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		steer := func(user string, do api.RampDeed) api.Code {
			_, err := r.SteerRamp(t.Context(), r.as(user), "none", do, 0)
			return api.CodeOf(err)
		}
		require.Equal(t, api.NotFound, steer("ed", api.RampNext), "nothing has to be approved")
		r.rule(t, api.ApprovalRule{Kind: api.KindAlias, Action: api.ActionUpdate})
		require.Equal(t, api.Forbidden, steer("ed", api.RampNext))
		require.Equal(t, api.NotFound, steer("ann", api.RampNext))
		for _, do := range []api.RampDeed{api.RampPause, api.RampResume, api.RampBack} {
			require.Equal(t, api.NotFound, steer("ed", do), "%s waits for nobody", do)
		}
	})
}
