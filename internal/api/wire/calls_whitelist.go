package wire

import (
	"context"
	"slices"
	"strings"
	"time"

	"switchboard/internal/api"
)

func (p *program) aboutWhitelist(ctx context.Context, d api.Deed) error {
	switch d := d.(type) {
	case api.AddPermissions:
		return p.addPermissions(ctx, d.Service, &d.Batch)
	case api.OpenToEveryone:
		return p.openToEveryone(ctx, d)
	case api.ChangePermission:
		return p.changePermission(d)
	case api.RemovePermissions:
		return p.removePermissions(ctx, d.Service, &d.Removal)
	case api.StartAddition:
		return p.startAddition(d.Service, d.Drafts)
	}
	return noCalls(d)
}

// addPermissions adds entries batch after batch. The dialect knows no end of an entry:
// where one has it, all come in by the extension.
func (p *program) addPermissions(ctx context.Context, service string, b *api.PermissionBatch) error {
	entries := b.Entries
	if slices.ContainsFunc(entries, func(d api.PermissionDraft) bool { return !d.Expires.IsZero() }) && !p.at.Dialect {
		return p.startAddition(service, entries)
	}
	if b.Repeat {
		left, err := p.missing(ctx, service, entries)
		if err != nil || len(left) == 0 && len(entries) > 0 {
			return err
		}
		entries = left
	}
	return p.batches(service, entries)
}

// missing are the entries that are not on the whitelist.
func (p *program) missing(ctx context.Context, service string, entries []api.PermissionDraft) ([]api.PermissionDraft, error) {
	names := each(entries, func(d api.PermissionDraft) string { return strings.TrimSpace(d.Permission) })
	there := map[string]bool{}
	for some := range slices.Chunk(names, api.MaxWirePage) {
		found, err := p.from.ListPermissions(ctx, p.scope, service, api.PermissionQuery{Only: some, Limit: api.MaxWirePage})
		if err != nil {
			return nil, err
		}
		for i := range found.Items {
			there[found.Items[i].Permission] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(entries), func(d api.PermissionDraft) bool {
		return there[strings.TrimSpace(d.Permission)]
	}), nil
}

// batches are the calls that add entries, as many at once as the dialect takes.
func (p *program) batches(service string, entries []api.PermissionDraft) error {
	all := each(entries, func(d api.PermissionDraft) newPermissionBody { return newPermissionBody{d.Permission, d.Description} })
	for {
		n := min(len(all), api.MaxBatch)
		err := p.add("BatchAddEndpointServicePermissions", p.service(service), permissionsBody{Permissions: all[:n]}, nil)
		if all = all[n:]; err != nil || len(all) == 0 {
			return err
		}
	}
}

// openToEveryone gives the entry its reason and its end by the extension: the dialect
// has neither.
func (p *program) openToEveryone(ctx context.Context, d api.OpenToEveryone) error {
	if !p.at.Dialect {
		body := everyoneBody{d.Draft.Confirm, d.Draft.Reason, expiry(d.Draft.Expires)}
		return p.add("OpenEndpointService", p.service(d.Service), body, nil)
	}
	entries := []api.PermissionDraft{{Permission: api.Everyone}}
	return p.addPermissions(ctx, d.Service, &api.PermissionBatch{Entries: entries, Repeat: true})
}

// changePermission takes a call for each of what can be changed.
func (p *program) changePermission(d api.ChangePermission) error {
	params := p.service(d.Service)
	params["permission"] = p.at.id(api.KindPermission, d.ID)
	if text := d.Change.Description; text != nil {
		if err := p.add("UpdateEndpointServicePermissionDesc", params, descriptionBody{&describedBody{text}}, nil); err != nil {
			return err
		}
	}
	if at := d.Change.Expires; at != nil {
		return p.add("RenewPermission", params, expiryBody{new(expiry(*at))}, nil)
	}
	return nil
}

// expiry is a moment as the extensions read it, "" for never.
func expiry(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}

func (p *program) removePermissions(ctx context.Context, service string, r *api.PermissionRemoval) error {
	ids := r.IDs
	if r.Repeat {
		ids = nil
		for _, id := range r.IDs {
			_, err := p.from.Permission(ctx, p.scope, service, id)
			if err == nil {
				ids = append(ids, id)
			} else if api.CodeOf(err) != api.NotFound {
				return err
			}
		}
		if len(ids) == 0 && len(r.IDs) > 0 {
			return nil
		}
	}
	all := each(ids, func(id string) namedPermissionBody { return namedPermissionBody{p.at.id(api.KindPermission, id)} })
	for {
		n := min(len(all), api.MaxBatch)
		err := p.add("BatchRemoveEndpointServicePermissions", p.service(service), removalBody{all[:n]}, nil)
		if all = all[n:]; err != nil || len(all) == 0 {
			return err
		}
	}
}

func (p *program) startAddition(service string, drafts []api.PermissionDraft) error {
	if p.at.Dialect {
		return p.batches(service, drafts)
	}
	body := entriesBody{each(drafts, func(d api.PermissionDraft) entryBody {
		return entryBody{d.Permission, d.Description, expiry(d.Expires)}
	})}
	return p.add("StartPermissionAddition", p.service(service), body, nil)
}
