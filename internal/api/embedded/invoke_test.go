package embedded_test

import (
	"testing"

	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

func TestTheEmbeddedControlPlaneCallsFunctions(t *testing.T) {
	t.Parallel()
	apitest.EachFresh(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		apitest.Invocations(t, func(t *testing.T) apitest.Plane {
			return plane(t, open(t), ring(t))
		})
	})
}
