package embedded_test

import (
	"testing"

	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

func TestChangesAreTakenBack(t *testing.T) {
	t.Parallel()
	apitest.EachFresh(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		apitest.Reversals(t, func(t *testing.T) apitest.Plane {
			p := plane(t, open(t), ring(t))
			begin(t, p)
			return p
		})
	})
}
