package compare

import (
	"context"
	"maps"
	"slices"

	"switchboard/internal/api"
)

var links = of[api.Link]{
	kind: api.KindLink,
	pages: func(ctx context.Context, s *side, l listing) (api.Page[api.Link], error) {
		return s.Service.ListLinks(ctx, s.Scope, api.LinkQuery{Search: l.Text, Cursor: l.Cursor, Limit: l.Limit})
	},
	one: func(ctx context.Context, s *side, k Key) (api.Link, error) {
		return s.Service.FindLink(ctx, s.Scope, k.Of, k.Name)
	},
	thing: func(_ context.Context, _ *side, l *api.Link) (Thing, error) {
		audited := l.Audited()
		audited.Secrets = maps.Clone(audited.Secrets)
		maps.DeleteFunc(audited.Secrets, func(_ string, there bool) bool { return !there })
		view, err := viewOf(audited)
		return Thing{Key: Key{api.KindLink, l.Cluster, l.Name}, ID: l.ID, View: view}, err
	},
	make: makeLink,
}

// makeLink asks for each secret that the link there would lack: nobody can read those of
// the one here. Extended settings go along, as the service gives them to whoever asks.
func makeLink(_ context.Context, c *copying, src, dst *api.Link) (d draft, err error) {
	link := api.LinkDraft{
		Cluster: src.Cluster, Name: src.Name, Connector: src.Connector, Enabled: src.Enabled,
		Inputs: maps.Clone(src.Inputs), Secrets: map[string]api.Secret{}, Extended: src.Extended,
	}
	kept := false
	if dst != nil {
		link.ID, link.Version = dst.ID, dst.Version
		kept = dst.Connector == src.Connector && link.SameDestination(dst)
	}
	for _, path := range slices.Sorted(maps.Keys(src.HasSecret)) {
		switch {
		case !src.HasSecret[path]:
		case kept && dst.HasSecret[path]:
			d.note("compare.secrets_kept")
		default:
			d.asks = append(d.asks, path)
		}
	}
	for _, path := range d.asks {
		if secret := c.secrets[path]; !secret.IsZero() {
			link.Secrets[path] = secret
		}
	}
	if dst == nil {
		d.deeds = []api.Deed{api.CreateLink{Draft: link, Depth: api.Shape}}
	} else {
		d.deeds = []api.Deed{api.UpdateLink{Draft: link, Depth: api.Shape}}
	}
	return d, nil
}
