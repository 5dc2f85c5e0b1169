package embedded

import (
	"context"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
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
