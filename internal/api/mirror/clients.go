package mirror

import (
	"context"

	"switchboard/internal/api/cloud"
	"switchboard/internal/api/wire"
)

// keptClient is the client of a project as a version of its row describes it.
type keptClient struct {
	version int64
	client  *cloud.Client
}

// Client returns what talks to the region that a project lives in, and how it is called
// there; nil if it lives here. It is the same one until somebody, by whatever process,
// changes where the project lives or who signs in.
func (b *Backends) Client(ctx context.Context, project string) (*cloud.Client, wire.Place, error) {
	row, err := b.find(ctx, project)
	if err != nil {
		return nil, wire.Place{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if row == nil {
		delete(b.clients, project)
		return nil, wire.Place{}, nil
	}
	place := wire.Place{Project: row.Remote, Region: row.Region}
	if kept, ok := b.clients[project]; ok && kept.version == row.Version {
		return kept.client, place, nil
	}
	secret, err := row.open(b.keys)
	if err != nil {
		return nil, place, err
	}
	d := row.draft(secret)
	client := cloud.New(b.cloud, cloud.AccountOf(&d))
	b.clients[project] = keptClient{row.Version, client}
	return client, place, nil
}
