package embedded

import (
	"context"

	"switchboard/internal/api"
)

// secretPath is where the only secret of a region or a hook is typed; urlPath, where
// the address of a hook is, which is kept like one.
const (
	secretPath = "secret"
	urlPath    = "url"
)

// region takes a change of a region back.
func (r *reversal) region(ctx context.Context) error {
	row, err := findRegion(ctx, r.p.db.Read, r.Change.ObjectID)
	there, err := presence(err)
	if err != nil {
		return err
	}
	if there {
		r.Version = row.Version
	}
	var was, became api.AuditedRegion
	if _, err := r.before(&was); err != nil {
		return err
	}
	if _, err := r.after(&became); err != nil {
		return err
	}
	was.Typed = false
	switch r.Change.Action {
	case "create":
		if there {
			r.tell(row.audited(false), nil)
			r.Deed = api.DeleteRegion{Name: row.Name, Version: row.Version}
		}
		return nil
	case "update":
		if !there {
			return gone()
		}
		if r.tell(row.audited(false), was); string(r.Now) == string(r.Then) && !became.Typed {
			return nil
		}
		if became.Typed && was.Secret {
			r.ask(secretPath)
		}
		d := was.Draft(row.Name, r.secrets[secretPath])
		r.Deed = api.UpdateRegion{Name: row.Name, Draft: d, Version: row.Version}
		return r.judgeRegion(ctx, row.Name, d)
	case "delete":
		if there && !r.tell(row.audited(false), was) {
			return nil
		}
		r.tell(nil, was)
		if was.Secret {
			r.ask(secretPath)
		}
		d := was.Draft(r.Change.ObjectID, r.secrets[secretPath])
		r.Deed = api.CreateRegion{Draft: d}
		return r.judgeRegion(ctx, "", d)
	}
	return final("reverse.event")
}

func (r *reversal) judgeRegion(ctx context.Context, name string, d api.RegionDraft) error {
	return r.askFor(r.p.ValidateRegion(ctx, r.s, name, d), secretPath)
}

// hook takes a change of the project's hook back. Its address is known to be what it
// was only by a mark of it; if it is another, both are asked for.
func (r *reversal) hook(ctx context.Context) error {
	row, err := hookOf(ctx, r.p.db.Read, r.s.Project)
	if err != nil {
		return err
	}
	var stored sealedHook
	var now any
	if row != nil {
		if stored, err = row.open(r.p.keys); err != nil {
			return err
		}
		r.Version, now = row.Version, row.audited(r.p.keys, stored.URL, false)
	}
	var was, became api.AuditedHook
	if _, err := r.before(&was); err != nil {
		return err
	}
	if _, err := r.after(&became); err != nil {
		return err
	}
	switch r.Change.Action {
	case "create":
		if row != nil {
			r.tell(now, nil)
			r.Deed = api.SetHook{Draft: api.HookDraft{Version: row.Version}}
		}
		return nil
	case "update", "delete":
	default:
		return final("reverse.event")
	}
	was.Typed = false
	if !r.tell(now, was) && !became.Typed {
		return nil
	}
	d := api.HookDraft{URL: stored.URL, Enabled: was.Enabled, Secret: r.secrets[secretPath], Version: r.Version}
	if row == nil || was.Mark != hookMark(r.p.keys, stored.URL) {
		typed, there := r.secrets[urlPath]
		if d.URL = typed.Reveal(); there && api.HookDestination(d.URL) != was.Destination {
			return api.Refuse([]api.Problem{{Path: urlPath, Message: api.M("reverse.hook_elsewhere", "destination", was.Destination)}})
		}
		r.ask(urlPath)
	}
	if row == nil || became.Typed || was.Destination != row.Destination {
		r.ask(secretPath)
	}
	r.Deed = api.SetHook{Draft: d}
	if len(r.Asks) > 0 {
		return nil
	}
	return api.Refuse(hookProblems(d, stored))
}
