package mirror

import (
	"context"
	"slices"

	"switchboard/internal/api"
	"switchboard/internal/api/cloud"
	"switchboard/internal/api/wire"
)

// madeEntries reads back what became of a whitelist.
func (m *Service) madeEntries(ctx context.Context, r *region, s api.Scope, d api.Deed, answers []cloud.Answer) (api.Deed, error) {
	switch d := d.(type) {
	case api.AddPermissions:
		var err error
		if d.Made, err = m.added(ctx, r, s, d.Service, &d.Batch, answers); err != nil {
			return nil, err
		}
		return d, nil
	case api.OpenToEveryone:
		made, err := m.added(ctx, r, s, d.Service, &api.PermissionBatch{Entries: []api.PermissionDraft{{Permission: api.Everyone}}, Repeat: true}, answers)
		if err != nil {
			return nil, err
		}
		if len(made) > 0 {
			d.Made = &made[0]
		}
		return d, nil
	case api.ChangePermission:
		text, err := m.described(ctx, r, d, answers)
		if err == nil && text != nil {
			m.noteDescriptions(ctx, r, d.Service, []string{*d.Change.Description}, []string{*text})
			d.Change.Description = text
		}
		return d, err
	case api.RemovePermissions:
		return d, m.removed(ctx, r, d, answers)
	case api.UpdateEndpointService: // which makes a service public
		return m.madeEndpoints(ctx, r, s, d, answers)
	}
	return d, nil
}

// added are the entries that a batch became, in its order; of one that may repeat what is
// there, those that were not known here.
func (m *Service) added(ctx context.Context, r *region, s api.Scope, service string, b *api.PermissionBatch, answers []cloud.Answer) ([]api.Permission, error) {
	asked := b.Entries
	if b.Repeat {
		known, err := m.plane.ListPermissions(ctx, s, service, api.PermissionQuery{Only: namesOf(asked), Limit: api.MaxWirePage})
		if err != nil {
			return nil, err
		}
		asked = slices.DeleteFunc(slices.Clone(asked), func(d api.PermissionDraft) bool {
			return slices.ContainsFunc(known.Items, func(e api.Permission) bool { return e.Permission == d.Permission })
		})
	}
	if len(asked) == 0 {
		return nil, nil
	}
	made, told := pick(asked, answers)
	if slices.ContainsFunc(made, func(e api.Permission) bool { return e.ID == "" }) {
		all, described, err := m.whitelist(ctx, r, service)
		if err != nil {
			return nil, err
		}
		told = described
		made = match(asked, all)
	}
	if i := slices.IndexFunc(made, func(e api.Permission) bool { return !identifies(e.ID) }); i >= 0 {
		return nil, api.Errorf(api.NotFound, "permission.not_found")
	}
	var before, after []string
	for i := range made {
		if !told {
			made[i].Description = asked[i].Description
		}
		before, after = append(before, asked[i].Description), append(after, made[i].Description)
	}
	m.noteDescriptions(ctx, r, service, before, after)
	return made, nil
}

func namesOf(drafts []api.PermissionDraft) []string {
	names := make([]string, len(drafts))
	for i := range drafts {
		names[i] = drafts[i].Permission
	}
	return names
}

// pick finds the entries that drafts became in answers to what added them.
func pick(asked []api.PermissionDraft, answers []cloud.Answer) (made []api.Permission, described bool) {
	var all []api.Permission
	described = true
	for i := range answers {
		found, err := wire.PermissionsIn(answers[i].Body)
		if err == nil {
			all, described = append(all, found.Items...), described && found.Described
		}
	}
	return match(asked, all), described
}

// match is for each draft the entry of its permission, without an id if there is none.
func match(asked []api.PermissionDraft, all []api.Permission) []api.Permission {
	byName := make(map[string]api.Permission, len(all))
	for _, e := range all {
		byName[e.Permission] = e
	}
	made := make([]api.Permission, len(asked))
	for i := range asked {
		made[i] = byName[asked[i].Permission]
	}
	return made
}

// described is what the region says that an entry says of itself; nil if it does not tell.
func (m *Service) described(ctx context.Context, r *region, d api.ChangePermission, answers []cloud.Answer) (*string, error) {
	if d.Change.Description == nil {
		return nil, nil
	}
	var found wire.Entries
	var err error
	if len(answers) > 0 {
		found, err = wire.PermissionsIn(answers[0].Body)
	} else {
		found.Items, found.Described, err = m.whitelist(ctx, r, d.Service)
	}
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(found.Items, func(e api.Permission) bool { return e.ID == d.ID })
	switch {
	case i < 0:
		return nil, api.Errorf(api.NotFound, "permission.not_found")
	case !found.Described:
		return nil, nil
	case len(answers) == 0 && found.Items[i].Description != *d.Change.Description:
		return nil, api.Errorf(api.NotFound, "permission.not_found") // it was not made
	}
	return &found.Items[i].Description, nil
}

// removed makes sure that entries are gone, if not every call was answered.
func (m *Service) removed(ctx context.Context, r *region, d api.RemovePermissions, answers []cloud.Answer) error {
	if calls := (len(d.Removal.IDs) + api.MaxBatch - 1) / api.MaxBatch; len(answers) >= calls {
		return nil
	}
	all, _, err := m.whitelist(ctx, r, d.Service)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(e api.Permission) bool { return slices.Contains(d.Removal.IDs, e.ID) }) {
		return api.Errorf(api.NotFound, "vpcep.unread")
	}
	return nil
}

// noteDescriptions notes under its service if the region did not keep what entries of a
// whitelist say of themselves.
func (m *Service) noteDescriptions(ctx context.Context, r *region, service string, asked, made []string) {
	type form struct {
		Description []string `json:"description"`
	}
	m.note(ctx, r, api.KindPermission, service, form{asked}, form{made})
}
