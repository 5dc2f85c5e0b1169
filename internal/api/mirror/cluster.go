package mirror

import (
	"context"
	"slices"
	"sync"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
	"switchboard/internal/api/wire"
)

// clusters are what a region said that links can be in.
type clusters struct {
	mu     sync.Mutex
	known  []api.Cluster
	listed bool      // it said so
	until  time.Time // it is not asked before: it has no such call
}

// unlisted is how long a region is not asked again that has links but lists no clusters.
const unlisted = 10 * time.Minute

// last is what the region said last, and whether it is to be asked again.
func (c *clusters) last(now time.Time) (known []api.Cluster, listed, ask bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known, c.listed, now.After(c.until)
}

// running are those of which it said that they run, the first few.
func (c *clusters) running() (ids []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, cluster := range c.known {
		if cluster.Running && len(ids) < atOnce {
			ids = append(ids, cluster.ID)
		}
	}
	return ids
}

func (c *clusters) list(known []api.Cluster) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known, c.listed = known, true
}

func (c *clusters) rest(until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until = until
}

// ListClusters implements api.Links.
func (m *Service) ListClusters(ctx context.Context, s api.Scope) (api.Clusters, error) {
	if err := m.fresh(ctx, s, linkPart); err != nil {
		return api.Clusters{}, err
	}
	r, err := m.region(ctx, s.Project)
	if err != nil {
		return api.Clusters{}, err
	}
	if r != nil {
		if known, listed, _ := r.clusters.last(m.now()); listed {
			return api.Clusters{Items: slices.Clone(known)}, nil
		}
	}
	return m.plane.ListClusters(ctx, s)
}

// lookClusters reads the clusters of a region. If it does not say which it has, they are
// those that it said last, or that links are in here.
func (m *Service) lookClusters(ctx context.Context, r *region) (all []api.Cluster, said bool, err error) {
	known, listed, ask := r.clusters.last(m.now())
	if ask {
		found, err := r.listClusters(ctx)
		if err == nil {
			r.clusters.list(found)
			return found, true, nil
		}
		m.log.InfoContext(ctx, "a region does not list its clusters", "project", r.scope.Project, "error", err)
	}
	if listed {
		return known, false, nil
	}
	here, err := m.plane.ListClusters(ctx, r.scope)
	return here.Items, false, err
}

func (r *region) listClusters(ctx context.Context) ([]api.Cluster, error) {
	body, err := r.ask(ctx, r.call("ListClusters"))
	if err != nil {
		return nil, err
	}
	found, err := wire.ClustersIn(body)
	return slices.DeleteFunc(found, func(c api.Cluster) bool { return !identifies(c.ID) || !store.Storable(c.Name) }), err
}
