package embedded

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
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
	away, err := p.away(ctx, s.Project)
	if err != nil {
		return api.Check{}, err
	}
	if path := unknownSecret(&target); away && path != "" {
		step := api.Step{Name: api.StepForm, Status: api.Failed, Path: path, Message: api.M(typedElsewhere)}
		return api.Check{Status: api.Failed, At: time.Now().UTC(), Steps: []api.Step{step}}, nil
	}
	return p.prober.Check(ctx, target), nil
}

// typedElsewhere says why a link is not checked whose secret the region alone knows.
const typedElsewhere = "link.secret_unknown"

// unknownSecret is the path of a secret that a link needs and that nobody typed here, as
// of one that was created past this console; empty if there is none.
func unknownSecret(t *probe.Target) string {
	c := connector.Find(t.Connector)
	faults := c.Faults(t.Inputs, func(path string) bool { return !t.Secrets[path].IsZero() })
	for _, f := range faults {
		if in := c.Input(f.Path); in != nil && in.Secret && f.Key == "input.required" {
			return f.Path
		}
	}
	return ""
}

// EnableLink implements api.Links.
func (p *Plane) EnableLink(ctx context.Context, s api.Scope, id string, enabled bool) error {
	stored, err := p.Link(ctx, s, id)
	if err != nil || stored.Enabled == enabled {
		return err
	}
	made, done, err := there(ctx, p, s, api.EnableLink{ID: id, Enabled: enabled})
	if err != nil {
		return err
	}
	defer done()
	enabled = made.Enabled
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
