package mirror_test

import (
	"testing"

	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

// protected is a town whose objects lie in the region.
func protected(t *testing.T, db *store.DB) apitest.Plane {
	t.Helper()
	_, p := protectedTown(t, db)
	return p
}

func protectedTown(t *testing.T, db *store.DB) (*here, apitest.Plane) {
	t.Helper()
	h := town(t, db)
	p := h.Plane
	p.Stores = &apitest.Plane{Service: h.there.plane, Mine: h.there.mine, Other: h.there.other}
	p.Without = map[apitest.Ability]string{
		apitest.Opens:     "no call gives out what is in a backup, nor takes a description with a policy",
		apitest.TakesOver: "the dialect makes backups, and takes over none",
		apitest.Knows:     "what is in other regions only the regions know",
		apitest.Cancels:   "no call of the dialect cancels a replication",
	}
	return h, p
}

func TestPoliciesInARegionAreThoseOfAService(t *testing.T) {
	t.Parallel()
	eachSuite(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		apitest.Policies(t, func(t *testing.T) apitest.Plane { return protected(t, open(t)) })
	})
}

func TestBackupsInARegionAreThoseOfAService(t *testing.T) {
	t.Parallel()
	eachSuite(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		apitest.Backups(t, func(t *testing.T) apitest.Plane { return protected(t, open(t)) })
	})
}

func TestReplicationsInARegionAreThoseOfAService(t *testing.T) {
	t.Parallel()
	eachSuite(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		apitest.Replications(t, func(t *testing.T) apitest.Plane { return protected(t, open(t)) })
	})
}
