package mirror_test

import (
	"testing"

	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

// regional is what a project in a region does not do with its connections by itself.
var regional = map[apitest.Ability]string{
	apitest.Greets:  "the region makes a connection active, and tells of no steps",
	apitest.Reaches: "the region tries an address, and tells how it ended and no more",
}

func TestConnectionsInARegionAreConnections(t *testing.T) {
	t.Parallel()
	eachSuite(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		apitest.Connections(t, func(t *testing.T) apitest.Plane {
			p := town(t, open(t)).Plane
			p.Without = regional
			return p
		})
	})
}
