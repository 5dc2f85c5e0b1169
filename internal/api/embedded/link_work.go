package embedded

import (
	"cmp"
	"context"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/internal/api/probe"
)

// work is a draft on its way to become a link: normalised, with the secrets it
// will have and the link it comes from.
type work struct {
	draft   api.LinkDraft
	from    *api.Link
	secrets map[string]api.Secret
}

// work normalises a draft and gathers its secrets: the typed ones, and those
// of the link it comes from where nothing was typed.
func (p *Plane) work(ctx context.Context, s api.Scope, d api.LinkDraft) (*work, error) {
	if c := connector.Find(d.Connector); c != nil {
		d.Inputs = c.Normalise(d.Inputs)
	}
	w := &work{draft: d, secrets: map[string]api.Secret{}}
	if id := cmp.Or(d.ID, d.From); id != "" {
		row, err := p.linkRow(ctx, p.db.Read, s, "id = ?", id)
		if err != nil {
			return nil, err
		}
		from := row.link()
		w.from = &from
		// Secrets stay behind when the destination changes: those that apply
		// are asked for again, the others must not wait for another occasion.
		if from.Connector == d.Connector && d.SameDestination(&from) {
			if w.secrets, err = row.open(p.keys); err != nil {
				return nil, err
			}
		}
	}
	for path, secret := range d.Secrets {
		if secret.IsZero() {
			delete(w.secrets, path)
		} else {
			w.secrets[path] = secret
		}
	}
	return w, nil
}

// whole is the draft with all of its secrets in it, also those that it takes along.
func (w *work) whole() api.LinkDraft {
	d := w.draft
	d.Secrets, d.From = w.secrets, ""
	return d
}

// judge applies every rule to a draft. The name is looked up if early is set
// or if there are other problems to report with it.
func (p *Plane) judge(ctx context.Context, s api.Scope, d api.LinkDraft, early bool) (*work, error) {
	w, err := p.work(ctx, s, d)
	if err != nil {
		return nil, err
	}
	problems := w.draft.NameProblems()
	if d.ID != "" && w.from.Connector != d.Connector {
		problems = append(problems, api.Problem{Path: "connector", Message: api.M("link.connector_fixed")})
	}
	if d.ID != "" && w.from.Cluster != d.Cluster {
		if away, err := p.away(ctx, s.Project); err != nil {
			return nil, err
		} else if away {
			problems = append(problems, api.Problem{Path: "cluster", Message: api.M("link.cluster_fixed")})
		}
	}
	problems = append(problems, w.draft.InputProblems(w.from)...)
	if early || len(problems) > 0 {
		other, err := p.linkRow(ctx, p.db.Read, s, "cluster = ? AND name = ?", d.Cluster, d.Name)
		if err == nil && other.ID != d.ID {
			return nil, taken(problems)
		}
		if err != nil && api.CodeOf(err) != api.NotFound {
			return nil, err
		}
	}
	return w, api.Refuse(problems)
}

// about says what the draft is.
func (w *work) about() about {
	a := about{Kind: api.KindLink, ID: w.draft.ID, Name: w.draft.Name, Connector: w.draft.Connector}
	if c := connector.Find(a.Connector); c != nil {
		a.Endpoint = c.Endpoint(w.draft.Inputs)
	}
	return a
}

// ask checks the system behind the draft, as deep as is wanted.
func (w *work) ask(ctx context.Context, p *Plane, s api.Scope, depth api.Depth) api.Check {
	if depth == api.Shape {
		return api.Check{Status: api.FormOnly, At: time.Now().UTC(), Steps: []api.Step{{Name: api.StepForm, Status: api.Passed}}}
	}
	return p.prober.Check(ctx, probe.Target{
		Project: s.Project, Connector: w.draft.Connector, Inputs: w.draft.Inputs, Secrets: w.secrets,
	})
}

// passes reports whether a link may be stored after that check; one that
// stores nothing is a test.
func (p *Plane) passes(ctx context.Context, s api.Scope, w *work, check api.Check, depth api.Depth) error {
	if check.Status != api.Failed || depth == api.Anyway {
		return nil
	}
	if err := p.recordAsked(ctx, s, "test", w.about(), check); err != nil {
		return err
	}
	return &api.Error{Code: api.CheckFailed, Message: api.M("link.check_failed"), Check: &check}
}
