package mirror

import (
	"context"
	"slices"
	"sync"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
	"switchboard/internal/api/wire"
)

// linkAdopter takes over links.
type linkAdopter interface {
	// AdoptLinks makes the links of a project those that its region has, in all of its
	// clusters but the silent ones, of which nothing is known.
	AdoptLinks(ctx context.Context, project string, links []api.Link, silent []string) error
}

var linkPart = part{kind: api.KindLink}

// ListLinks implements api.Links.
func (m *Service) ListLinks(ctx context.Context, s api.Scope, q api.LinkQuery) (api.Page[api.Link], error) {
	if err := m.fresh(ctx, s, linkPart); err != nil {
		return api.Page[api.Link]{}, err
	}
	return m.plane.ListLinks(ctx, s, q)
}

// Link implements api.Links.
func (m *Service) Link(ctx context.Context, s api.Scope, id string) (api.Link, error) {
	if err := m.fresh(ctx, s, linkPart); err != nil {
		return api.Link{}, err
	}
	return m.plane.Link(ctx, s, id)
}

// FindLink implements api.Links.
func (m *Service) FindLink(ctx context.Context, s api.Scope, cluster, name string) (api.Link, error) {
	if err := m.fresh(ctx, s, linkPart); err != nil {
		return api.Link{}, err
	}
	return m.plane.FindLink(ctx, s, cluster, name)
}

// ExportLinks implements api.Links.
func (m *Service) ExportLinks(ctx context.Context, s api.Scope, sel api.Selection[api.LinkQuery]) ([]api.Link, error) {
	if err := m.fresh(ctx, s, linkPart); err != nil {
		return nil, err
	}
	return m.plane.ExportLinks(ctx, s, sel)
}

// lookLinks reads the links of all clusters that are running: the others say nothing.
// Those that were running when it last looked are asked at once, while the region says
// which ones are.
func (m *Service) lookLinks(ctx context.Context, r *region) (func(context.Context) error, error) {
	early := r.linksEarly(ctx)
	clusters, said, err := m.lookClusters(ctx, r)
	read := early()
	if err != nil {
		return nil, err
	}
	var all []api.Link
	var silent []string
	for _, cluster := range clusters {
		if !cluster.Running {
			silent = append(silent, cluster.ID)
			continue
		}
		of, is := read[cluster.ID]
		if !is {
			of = r.linksOf(ctx, cluster.ID)
		}
		if of.err != nil {
			return nil, of.err
		}
		all = append(all, of.links...)
	}
	if !said { // and yet it answers
		r.clusters.rest(m.now().Add(unlisted))
	}
	return func(ctx context.Context) error { return m.plane.AdoptLinks(ctx, r.scope.Project, all, silent) }, nil
}

// linksRead are the links of a cluster, or why they could not be read.
type linksRead struct {
	links []api.Link
	err   error
}

// linksEarly begins to read the links of the clusters that are known to run; what it
// returns waits for them.
func (r *region) linksEarly(ctx context.Context) (wait func() map[string]linksRead) {
	known := r.clusters.running()
	read := make([]linksRead, len(known))
	var all sync.WaitGroup
	for i, cluster := range known {
		all.Go(func() { read[i] = r.linksOf(ctx, cluster) })
	}
	return func() map[string]linksRead {
		all.Wait()
		found := make(map[string]linksRead, len(known))
		for i, cluster := range known {
			found[cluster] = read[i]
		}
		return found
	}
}

// linksOf are the links of a cluster, none of one that is gone.
func (r *region) linksOf(ctx context.Context, cluster string) (read linksRead) {
	body, err := r.ask(ctx, r.call("ListLinks", "cluster", cluster))
	if api.CodeOf(err) == api.NotFound {
		return linksRead{}
	}
	if err != nil {
		return linksRead{err: err}
	}
	read.links, read.err = r.links.read(cluster, body, func(body []byte) ([]api.Link, error) {
		links, err := wire.LinksIn(body)
		for i := range links {
			links[i].Cluster = cluster
		}
		return slices.DeleteFunc(links, func(l api.Link) bool { return !keepable(&l) }), err
	})
	return read
}

// keepable reports whether a link that a region tells of can be kept here: there is no
// form for a connector that this console does not know.
func keepable(l *api.Link) bool {
	d := api.LinkDraft{Cluster: l.Cluster, Name: l.Name, Connector: l.Connector}
	return len(d.NameProblems()) == 0 && store.Storable(l.Endpoint, l.Created.By, l.Updated.By)
}

// madeLink reads a link back that was created or changed.
func (m *Service) madeLink(ctx context.Context, r *region, d api.Deed) (api.Deed, error) {
	switch d := d.(type) {
	case api.CreateLink:
		made, err := r.linkAsKept(ctx, d.Draft)
		if err == nil {
			m.note(ctx, r, api.KindLink, d.ID, d.Draft, made)
		}
		d.Draft = made
		return d, err
	case api.UpdateLink:
		made, err := r.linkAsKept(ctx, d.Draft)
		if err == nil {
			m.note(ctx, r, api.KindLink, d.Draft.ID, d.Draft, made)
		}
		d.Draft = made
		return d, err
	}
	return d, nil
}

// linkAsKept is a draft of a link as the region has it.
func (r *region) linkAsKept(ctx context.Context, d api.LinkDraft) (api.LinkDraft, error) {
	body, err := r.ask(ctx, r.call("ShowLink", "cluster", d.Cluster, "link", d.Name))
	if err != nil {
		return d, err
	}
	links, err := wire.LinksIn(body)
	if err != nil {
		return d, err
	}
	i := slices.IndexFunc(links, func(l api.Link) bool { return l.Name == d.Name })
	if i < 0 {
		return d, api.Errorf(api.NotFound, "link.not_found")
	}
	kept := links[i]
	kept.Cluster = d.Cluster
	if kept.Connector != d.Connector || !keepable(&kept) {
		return d, wire.ErrNoAnswer
	}
	d.Enabled, d.Inputs, d.Extended = kept.Enabled, kept.Inputs, kept.Extended
	return d, nil
}
