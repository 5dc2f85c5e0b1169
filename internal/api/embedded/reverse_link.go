package embedded

import (
	"context"
	"slices"

	"switchboard/internal/api"
)

// link takes a change of a link back. Its secrets stay as long as they go to the same
// destination; which of them the change replaced nobody knows any more.
func (r *reversal) link(ctx context.Context) error {
	stored, err := r.p.Link(ctx, r.s, r.Change.ObjectID)
	there, err := presence(err)
	if err != nil {
		return err
	}
	switch r.Change.Action {
	case "create":
		return r.unmakeLink(stored, there)
	case "update":
		return r.restoreLink(ctx, stored, there)
	case "enable", "disable":
		return r.switchLink(stored, there)
	case "delete":
		return r.remakeLink(ctx)
	case "schedule":
		return final("reverse.schedule")
	}
	return final("reverse.event")
}

func (r *reversal) unmakeLink(stored api.Link, there bool) error {
	if there {
		r.Version = stored.Version
		r.tell(stored.Audited(), nil)
		r.Deed = api.DeleteLink{ID: stored.ID, Version: stored.Version}
	}
	return nil
}

func (r *reversal) switchLink(stored api.Link, there bool) error {
	if !there {
		return gone()
	}
	then := stored
	then.Enabled = r.Change.Action == "disable"
	r.Version = stored.Version
	if r.tell(stored.Audited(), then.Audited()) {
		r.Deed = api.EnableLink{ID: stored.ID, Enabled: then.Enabled}
	}
	return nil
}

func (r *reversal) restoreLink(ctx context.Context, stored api.Link, there bool) error {
	if !there {
		return gone()
	}
	var was, became api.AuditedLink
	if _, err := r.before(&was); err != nil {
		return err
	}
	if _, err := r.after(&became); err != nil {
		return err
	}
	d := was.Draft()
	d.ID, d.Version = stored.ID, stored.Version
	switch is := stored.Audited(); was.Extended {
	case "":
	case is.Extended:
		d.Extended = stored.Extended
	default:
		return final("reverse.extended")
	}
	for _, path := range was.Hidden() {
		if !stored.HasSecret[path] || slices.Contains(became.Typed, path) {
			r.ask(path)
		}
	}
	for path := range stored.HasSecret {
		if !was.Secrets[path] {
			d.Secrets[path] = api.Secret{}
		}
	}
	return r.leadLink(ctx, &was, d, stored.Audited(), api.UpdateLink{Draft: d, Depth: api.Anyway})
}

// leadLink ends in a deed that makes the link what it was, or asks for what that
// takes. The deed has the draft.
func (r *reversal) leadLink(ctx context.Context, was *api.AuditedLink, d api.LinkDraft, now any, deed api.Deed) error {
	for _, path := range was.Hidden() {
		if secret, typed := r.secrets[path]; typed {
			d.Secrets[path] = secret
		}
	}
	r.Version = d.Version
	then := *was
	then.Check, then.Typed = "", nil
	if !r.tell(now, then) && len(d.Secrets) == 0 && len(r.Asks) == 0 {
		return nil
	}
	if err := r.askFor(r.p.ValidateLink(ctx, r.s, d), was.Hidden()...); err != nil {
		return err
	}
	r.Deed = deed
	return nil
}

func (r *reversal) remakeLink(ctx context.Context) error {
	var was api.AuditedLink
	if _, err := r.before(&was); err != nil {
		return err
	}
	same, err := r.p.FindLink(ctx, r.s, was.Cluster, was.Name)
	there, err := presence(err)
	if err != nil {
		return err
	}
	then := was
	then.Check, then.Typed = "", nil
	if there && !r.tell(same.Audited(), then) {
		r.Version = same.Version
		return nil
	}
	if was.Extended != "" {
		return final("reverse.extended")
	}
	d := was.Draft()
	for _, path := range was.Hidden() {
		r.ask(path)
	}
	return r.leadLink(ctx, &was, d, nil, api.CreateLink{Draft: d, Depth: api.Anyway})
}
