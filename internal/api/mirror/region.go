package mirror

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/wire"
)

// offersAge is how long it is remembered where backups of a region can go: that does not
// change from day to day.
const offersAge = time.Minute

// offers are the regions that backups can be replicated to, with the projects there.
type offers struct {
	mu      sync.Mutex
	at      time.Time // when the region said so; zero if it never did
	regions []api.Region
	tried   time.Time // when it did not
	why     error
}

// offered are the regions that backups of a project's region can be replicated to. A
// region that does not say is one that was not asked: what it said last is good enough.
func (m *Service) offered(ctx context.Context, r *region) ([]api.Region, error) {
	r.offers.mu.Lock()
	defer r.offers.mu.Unlock()
	o := &r.offers
	if m.now().Sub(o.at) >= offersAge && m.now().Sub(o.tried) >= m.age { // whoever asks next does not wait again
		regions, err := m.askOffers(ctx, r)
		switch {
		case err == nil:
			o.regions, o.at = regions, m.now()
		case ctx.Err() != nil:
			return nil, ctx.Err()
		default:
			o.tried, o.why = m.now(), err
		}
	}
	if o.at.IsZero() {
		return nil, o.why
	}
	return o.regions, nil
}

// askOffers asks the region, for as long as a page waits.
func (m *Service) askOffers(ctx context.Context, r *region) ([]api.Region, error) {
	ctx, cancel := context.WithTimeout(ctx, m.wait)
	defer cancel()
	body, err := r.ask(ctx, r.call("ShowReplicationCapabilities"))
	if err != nil {
		return nil, err
	}
	names, err := wire.CapabilitiesIn(body)
	if err != nil {
		return nil, err
	}
	return r.regions(ctx, names[r.place.Region]), nil
}

// regions are those of some names, with the projects that the project's credential can
// use there: as clouds call them, after the region.
func (r *region) regions(ctx context.Context, names []string) []api.Region {
	var projects []api.RegionProject
	if body, err := r.ask(ctx, r.call("KeystoneListAuthProjects")); err == nil {
		projects, _ = wire.ProjectsIn(body) // without them they are typed
	}
	slices.Sort(names)
	names = slices.Compact(names)
	regions := make([]api.Region, len(names))
	for i, name := range names {
		regions[i] = api.Region{Name: name, Kind: api.StoreCloud}
		for _, p := range projects {
			if p.Name == name || strings.HasPrefix(p.Name, name+"_") {
				regions[i].Projects = append(regions[i].Projects, p)
			}
		}
	}
	return regions
}

// Regions implements api.Regions. For a project in a region of a cloud they are that one,
// and those that it can replicate to.
func (m *Service) Regions(ctx context.Context, s api.Scope) ([]api.Region, error) {
	r, err := m.region(ctx, s.Project)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return m.plane.Regions(ctx, s)
	}
	all := []api.Region{{
		Name: r.place.Region, Kind: api.StoreCloud, Home: true, Projects: []api.RegionProject{{ID: s.Project, Name: r.place.Region}},
	}}
	others, err := m.offered(ctx, r)
	if err != nil { // without them there is nowhere to go
		m.log.WarnContext(ctx, "a region does not say where it replicates to", "project", s.Project, "error", err)
	}
	all = append(all, others...)
	slices.SortFunc(all, func(a, b api.Region) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// Region implements api.Regions.
func (m *Service) Region(ctx context.Context, s api.Scope, name string) (api.Region, error) {
	r, err := m.region(ctx, s.Project)
	if err != nil {
		return api.Region{}, err
	}
	if r == nil {
		return m.plane.Region(ctx, s, name)
	}
	all, err := m.Regions(ctx, s)
	i := slices.IndexFunc(all, func(of api.Region) bool { return of.Name == name || name == "" && of.Home })
	if err == nil && i < 0 {
		err = api.Errorf(api.NotFound, "region.not_found")
	}
	if err != nil {
		return api.Region{}, err
	}
	return all[i], nil
}

// ours refuses to change the console's regions from a project that sees those of a cloud.
func (m *Service) ours(ctx context.Context, s api.Scope) error {
	away, err := m.Away(ctx, s.Project)
	if err == nil && away {
		err = api.Errorf(api.Conflict, "region.of_cloud")
	}
	return err
}

// CreateRegion implements api.Regions.
func (m *Service) CreateRegion(ctx context.Context, s api.Scope, d api.RegionDraft) (api.Region, error) {
	if err := m.ours(ctx, s); err != nil {
		return api.Region{}, err
	}
	return m.plane.CreateRegion(ctx, s, d)
}

// UpdateRegion implements api.Regions.
func (m *Service) UpdateRegion(ctx context.Context, s api.Scope, name string, d api.RegionDraft, version int64) (api.Region, error) {
	if err := m.ours(ctx, s); err != nil {
		return api.Region{}, err
	}
	return m.plane.UpdateRegion(ctx, s, name, d, version)
}

// DeleteRegion implements api.Regions.
func (m *Service) DeleteRegion(ctx context.Context, s api.Scope, name string, version int64) error {
	if err := m.ours(ctx, s); err != nil {
		return err
	}
	return m.plane.DeleteRegion(ctx, s, name, version)
}

// TestRegion implements api.Regions.
func (m *Service) TestRegion(ctx context.Context, s api.Scope, name string, d api.RegionDraft) (api.Check, error) {
	if err := m.ours(ctx, s); err != nil {
		return api.Check{}, err
	}
	return m.plane.TestRegion(ctx, s, name, d)
}

// Browse implements api.Regions. No call of the dialect lists what can be protected.
func (m *Service) Browse(ctx context.Context, s api.Scope, folder, cursor string, limit int) (api.Page[api.Entry], error) {
	r, err := m.region(ctx, s.Project)
	if err == nil && r != nil {
		err = api.Errorf(api.Conflict, "region.not_browsed", "region", r.place.Region)
	}
	if err != nil {
		return api.Page[api.Entry]{}, err
	}
	return m.plane.Browse(ctx, s, folder, cursor, limit)
}

// reaches refuses to replicate to a region that the project's own one does not name.
func (m *Service) reaches(ctx context.Context, r *region, d api.Deed) error {
	to := map[string]string{} // regions by the paths of their inputs
	operations := func(d *api.PolicyDraft) {
		for i := range d.Operations {
			if o := &d.Operations[i]; o.Type == api.OperationReplication {
				to["operations."+strconv.Itoa(i)+".region"] = o.Region
			}
		}
	}
	switch d := d.(type) {
	case api.CreatePolicy:
		operations(&d.Draft)
	case api.UpdatePolicy:
		operations(&d.Draft)
	case api.StartReplication:
		to["region"] = d.Draft.Region
	case api.ReplicateBackup:
		to["region"] = d.Draft.Region
	}
	if len(to) == 0 {
		return nil
	}
	offered, err := m.offered(ctx, r)
	if err != nil {
		return nil //nolint:nilerr // then it refuses itself
	}
	var problems []api.Problem
	for path, region := range to {
		if !slices.ContainsFunc(offered, func(of api.Region) bool { return of.Name == region }) {
			problems = append(problems, api.Problem{Path: path, Message: api.M("region.destination_unknown", "region", api.Shortened(region))})
		}
	}
	slices.SortFunc(problems, func(a, b api.Problem) int { return strings.Compare(a.Path, b.Path) })
	return api.Refuse(problems)
}
