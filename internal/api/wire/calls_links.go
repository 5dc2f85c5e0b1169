package wire

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
)

func (p *program) aboutLinks(ctx context.Context, d api.Deed) error {
	switch d := d.(type) {
	case api.CreateLink:
		return p.createLink(ctx, &d.Draft)
	case api.UpdateLink:
		stored, err := p.from.Link(ctx, p.scope, d.Draft.ID)
		if err != nil {
			return err
		}
		return p.updateLink(&stored, &d.Draft)
	case api.EnableLink:
		return p.enableLink(ctx, d)
	case api.DeleteLink:
		stored, err := p.from.Link(ctx, p.scope, d.ID)
		if err != nil {
			return err
		}
		return p.add("DeleteLink", namedLink(&stored), nil, nil)
	}
	return noCalls(d)
}

func namedLink(l *api.Link) pathParams { return pathParams{"cluster": l.Cluster, "link": l.Name} }

// createLink needs all secrets, also those that a clone has from where it comes from:
// the dialect never tells them.
func (p *program) createLink(ctx context.Context, d *api.LinkDraft) error {
	var known map[string]bool
	if d.From != "" {
		origin, err := p.from.Link(ctx, p.scope, d.From)
		if err != nil {
			return err
		}
		known = origin.HasSecret
	}
	vars := variables{}
	body := linkOf(d, vars, func(c *connector.Connector, in *connector.Input) any {
		secret, typed := d.Secrets[in.Name]
		if !secret.IsZero() || known[in.Name] && !typed || in.Required && c.Applies(in, c.Normalise(d.Inputs)) {
			return vars.of(in.Name, secret)
		}
		return nil
	})
	return p.add("CreateLink", pathParams{"cluster": cmp.Or(d.Cluster, api.DefaultCluster)}, body, vars)
}

// updateLink replaces a link; secrets that are not sent stay (spec/links.md §6.5).
func (p *program) updateLink(stored *api.Link, d *api.LinkDraft) error {
	vars := variables{}
	body := linkOf(d, vars, func(_ *connector.Connector, in *connector.Input) any {
		switch secret, typed := d.Secrets[in.Name]; {
		case !typed:
			return nil
		case secret.IsZero():
			return "" // unset
		default:
			return vars.of(in.Name, secret)
		}
	})
	return p.add("UpdateLink", namedLink(stored), body, vars)
}

func (p *program) enableLink(ctx context.Context, d api.EnableLink) error {
	if !p.at.Dialect {
		return p.add("EnableLink", pathParams{"id": p.at.id(api.KindLink, d.ID)}, enabledBody{&d.Enabled}, nil)
	}
	stored, err := p.from.Link(ctx, p.scope, d.ID)
	if err != nil {
		return err
	}
	return p.updateLink(&stored, &api.LinkDraft{
		Name: stored.Name, Connector: stored.Connector, Enabled: d.Enabled, Inputs: stored.Inputs, Extended: stored.Extended,
	})
}

// linkOf is the body of a create or an update. What extended settings say may be a
// secret: nobody can read it.
func linkOf(d *api.LinkDraft, vars variables, secret func(c *connector.Connector, in *connector.Input) any) any {
	c := connector.Find(d.Connector)
	link := newFileLink(d.Name, d.Connector, func(in *connector.Input) any {
		if in.Secret {
			return secret(c, in)
		}
		return fileText(in, d.Inputs[in.Name])
	})
	config := &link.Values.Configs[0]
	for _, name := range slices.Sorted(maps.Keys(d.Inputs)) {
		if (c == nil || c.Input(name) == nil) && d.Inputs[name] != "" {
			config.Inputs = append(config.Inputs, fileInput{name, d.Inputs[name]})
		}
	}
	link.Enabled = d.Enabled
	if d.Extended != nil {
		value := vars.of("extendedConfigs", api.NewSecret(d.Extended.Value))
		link.Values.Extended = &api.Extended{Name: d.Extended.Name, Value: value.text()}
	}
	return struct {
		Links [1]fileLink `json:"links"`
	}{[1]fileLink{link}}
}
