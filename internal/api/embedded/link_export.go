package embedded

import (
	"context"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// ExportLinks implements api.Links.
func (p *Plane) ExportLinks(ctx context.Context, s api.Scope, sel api.Selection[api.LinkQuery]) ([]api.Link, error) {
	links, err := api.Selected(ctx, api.LinkShelf(p), s, sel)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(links))
	for i := range links {
		names[i] = links[i].Name
	}
	return links, p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		return store.Record(ctx, tx, s, store.Event{Action: "export", Kind: api.KindLink, After: map[string]any{"links": names}})
	})
}
