package embedded

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/store"
)

// Link implements api.Links.
func (p *Plane) Link(ctx context.Context, s api.Scope, id string) (api.Link, error) {
	row, err := p.linkRow(ctx, p.db.Read, s, "id = ?", id)
	if err != nil {
		return api.Link{}, err
	}
	return row.link(), nil
}

// FindLink implements api.Links.
func (p *Plane) FindLink(ctx context.Context, s api.Scope, cluster, name string) (api.Link, error) {
	row, err := p.linkRow(ctx, p.db.Read, s, "cluster = ? AND name = ?", cluster, name)
	if err != nil {
		return api.Link{}, err
	}
	return row.link(), nil
}

func (p *Plane) linkRow(ctx context.Context, db bun.IDB, s api.Scope, where string, args ...any) (*linkRow, error) {
	row := new(linkRow)
	if !store.Storable(args...) {
		return nil, api.Errorf(api.NotFound, "link.not_found")
	}
	err := db.NewSelect().Model(row).Where("project_id = ?", s.Project).Where(where, args...).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, api.Errorf(api.NotFound, "link.not_found")
	}
	return row, err
}

// ValidateLink implements api.Links.
func (p *Plane) ValidateLink(ctx context.Context, s api.Scope, d api.LinkDraft) error {
	_, err := p.judge(ctx, s, d, true)
	return err
}

// TestLink implements api.Links.
func (p *Plane) TestLink(ctx context.Context, s api.Scope, d api.LinkDraft) (api.Check, error) {
	w, err := p.work(ctx, s, d)
	if err != nil {
		return api.Check{}, err
	}
	if err := api.Refuse(w.draft.InputProblems(w.from)); err != nil {
		return api.Check{}, err
	}
	check := w.ask(ctx, p, s, api.Connect)
	return check, p.recordTest(ctx, s, w, check)
}

// recordTest writes down who asked where (S3), also when nobody waits for the
// answer any more.
func (p *Plane) recordTest(ctx context.Context, s api.Scope, w *work, check api.Check) error {
	return p.db.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx bun.Tx) error {
		return store.Record(ctx, tx, s, store.Event{
			Action: "test", Kind: kindLink, ID: w.draft.ID, Name: w.draft.Name, After: tested(w.draft, check),
		})
	})
}

// passes reports whether a link may be stored after that check; one that
// stores nothing is a test.
func (p *Plane) passes(ctx context.Context, s api.Scope, w *work, check api.Check, depth api.Depth) error {
	if check.Status != api.Failed || depth == api.Anyway {
		return nil
	}
	if err := p.recordTest(ctx, s, w, check); err != nil {
		return err
	}
	return &api.Error{Code: api.CheckFailed, Message: api.M("link.check_failed"), Check: &check}
}

// CreateLink implements api.Links.
func (p *Plane) CreateLink(ctx context.Context, s api.Scope, d api.LinkDraft, depth api.Depth) (api.Link, error) {
	// Before a slow check it is kind to say first that the name is taken; when
	// there is none, the insert below finds out at no cost.
	w, err := p.judge(ctx, s, d, depth != api.Shape)
	if err != nil {
		return api.Link{}, err
	}
	check := w.ask(ctx, p, s, depth)
	if err := p.passes(ctx, s, w, check, depth); err != nil {
		return api.Link{}, err
	}
	now := time.Now()
	row := w.row(p, store.NewID(), s, check, now)
	row.CreatedAt, row.CreatedBy, row.Version = store.Micros(now), s.Actor.User, 1
	if check.Status != api.FormOnly {
		row.EveryUS = api.DefaultInterval.Microseconds()
		row.reschedule(now)
	}
	changed := telling(&check) && row.note(&check)
	link := row.link()
	var event *eventRow
	err = p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(row).Exec(ctx)
		if err == nil && telling(&check) {
			event, err = chronicle(ctx, tx, s, row, &check, changed)
		}
		if err != nil {
			return err
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: "create", Kind: kindLink, ID: row.ID, Name: row.Name, After: audited(link, d.Secrets),
		})
	})
	if err == nil {
		p.announce(ctx, event)
	}
	if errors.Is(err, store.ErrDuplicate) {
		err = taken(nil)
	}
	return link, err
}

// UpdateLink implements api.Links.
func (p *Plane) UpdateLink(ctx context.Context, s api.Scope, d api.LinkDraft, depth api.Depth) (api.Link, error) {
	w, err := p.judge(ctx, s, d, true)
	if err != nil {
		return api.Link{}, err
	}
	if d.ID == "" {
		return api.Link{}, api.Errorf(api.NotFound, "link.not_found")
	}
	if d.Version != 0 && d.Version != w.from.Version {
		return api.Link{}, changed(w.from.Updated.By)
	}
	check := w.ask(ctx, p, s, depth)
	if err := p.passes(ctx, s, w, check, depth); err != nil {
		return api.Link{}, err
	}
	row := w.row(p, w.from.ID, s, check, time.Now())
	var event *eventRow
	err = p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		stored, err := p.lock(ctx, tx, s, row.ID)
		if err != nil {
			return err
		}
		if stored.Version != w.from.Version {
			return changed(stored.UpdatedBy)
		}
		if event, err = w.replace(ctx, tx, s, row, stored, &check); err != nil {
			return err
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: "update", Kind: kindLink, ID: row.ID, Name: row.Name,
			Before: audited(*w.from, nil), After: audited(row.link(), d.Secrets),
		})
	})
	if err == nil {
		p.announce(ctx, event)
	}
	if errors.Is(err, store.ErrDuplicate) {
		err = taken(nil)
	}
	return row.link(), err
}

// replace writes a row in the place of the locked one, whose health it goes on
// with: a schedule stays, and so does the last check as long as the same
// system is asked in the same way.
func (w *work) replace(ctx context.Context, tx bun.Tx, s api.Scope, row, stored *linkRow, c *api.Check) (event *eventRow, err error) {
	row.CreatedAt, row.CreatedBy, row.Version = stored.CreatedAt, stored.CreatedBy, stored.Version+1
	row.EveryUS, row.NextCheckAt = stored.EveryUS, stored.NextCheckAt
	row.LastGoodAt, row.StateSince, row.Recent = stored.LastGoodAt, stored.StateSince, stored.Recent
	if row.Enabled != stored.Enabled {
		row.reschedule(time.Now())
	}
	told := telling(c)
	if !told && row.Inputs == stored.Inputs && len(w.draft.Secrets) == 0 {
		row.CheckStatus, row.CheckedAt, row.CheckJSON = stored.CheckStatus, stored.CheckedAt, stored.CheckJSON
	}
	changed := told && row.note(c)
	if _, err := tx.NewUpdate().Model(row).WherePK().Exec(ctx); err != nil {
		return nil, err
	}
	if row.Endpoint != stored.Endpoint {
		if err := leaveEpisode(ctx, tx, row.ID); err != nil {
			return nil, err
		}
	}
	if !told {
		return nil, nil
	}
	return chronicle(ctx, tx, s, row, c, changed)
}

// DeleteLink implements api.Links. The link's history goes with it.
func (p *Plane) DeleteLink(ctx context.Context, s api.Scope, id string, version int64) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := p.lock(ctx, tx, s, id)
		if err != nil {
			return err
		}
		if version != 0 && version != row.Version {
			return changed(row.UpdatedBy)
		}
		if _, err := tx.NewDelete().Model(row).WherePK().Exec(ctx); err != nil {
			return err
		}
		return store.Record(ctx, tx, s, store.Event{
			Action: "delete", Kind: kindLink, ID: id, Name: row.Name, Before: audited(row.link(), nil),
		})
	})
}

const kindLink = "link"

func taken(others []api.Problem) error {
	return &api.Error{
		Code: api.Conflict, Message: api.M("link.name_taken"),
		Problems: append([]api.Problem{{Path: "name", Message: api.M("link.name_taken")}}, others...),
	}
}

func changed(by string) error { return api.Errorf(api.Conflict, "link.changed", "by", by) }

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

// ask checks the system behind the draft, as deep as is wanted.
func (w *work) ask(ctx context.Context, p *Plane, s api.Scope, depth api.Depth) api.Check {
	if depth == api.Shape {
		return api.Check{Status: api.FormOnly, At: time.Now().UTC(), Steps: []api.Step{{Name: api.StepForm, Status: api.Passed}}}
	}
	return p.prober.Check(ctx, probe.Target{
		Project: s.Project, Connector: w.draft.Connector, Inputs: w.draft.Inputs, Secrets: w.secrets,
	})
}
