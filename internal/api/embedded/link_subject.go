package embedded

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/store"
)

var _ subject = (*linkRow)(nil)

func (r *linkRow) about() about {
	return about{
		Kind: api.KindLink, Project: r.ProjectID, ID: r.ID, Name: r.Name, Connector: r.Connector, Endpoint: r.Endpoint,
	}
}

func (r *linkRow) missing() string { return "link.not_found" }

func (r *linkRow) active() bool { return r.Enabled }

func (r *linkRow) asks() string { return r.Inputs + "\x00" + r.Sealed }

// ask asks the system behind a stored link, with its stored secrets.
func (r *linkRow) ask(ctx context.Context, p *Plane, s api.Scope) (api.Check, error) {
	secrets, err := r.open(p.keys)
	if err != nil {
		return api.Check{}, err
	}
	target := probe.Target{Project: s.Project, Connector: r.Connector, Secrets: secrets}
	decode(r.Inputs, &target.Inputs)
	return p.prober.Check(ctx, target), nil
}

// EnableLink implements api.Links.
func (p *Plane) EnableLink(ctx context.Context, s api.Scope, id string, enabled bool) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := p.lock(ctx, tx, s, id)
		if err != nil || row.Enabled == enabled {
			return err
		}
		before, now := row.link(), time.Now()
		row.Enabled, row.UpdatedAt, row.UpdatedBy = enabled, store.Micros(now), s.Actor.User
		row.Version++
		reschedule(row, now)
		if err := update(ctx, tx, row, "enabled", "updated_at", "updated_by", "version", "next_check_at"); err != nil {
			return err
		}
		action := "disable"
		if enabled {
			action = "enable"
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: action, Kind: api.KindLink, ID: id, Name: row.Name, Before: audited(before, nil), After: audited(row.link(), nil),
		})
	})
}
