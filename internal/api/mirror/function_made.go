package mirror

import (
	"context"

	"switchboard/internal/api"
	"switchboard/internal/api/cloud"
	"switchboard/internal/api/wire"
)

// madeFunction reads back what became of a function or of one of its versions. Where
// there are no answers, whether the call was made is not known.
func (m *Service) madeFunction(ctx context.Context, r *region, d api.Deed, answers []cloud.Answer) (api.Deed, error) {
	var err error
	switch d := d.(type) {
	case api.CreateFunction:
		d.Draft, err = m.functionAsKept(ctx, r, d.ID, d.Draft)
		return d, err
	case api.UpdateFunction:
		d.Draft, err = m.functionAsKept(ctx, r, d.ID, d.Draft)
		return d, err
	case api.PublishVersion:
		d.Draft, err = m.published(ctx, r, d, answers)
		return d, err
	case api.DeleteFunction:
		return d, m.unlessThere(ctx, r, d.ID, "", answers)
	case api.DeleteVersion:
		return d, m.unlessThere(ctx, r, d.Function, d.Version, answers)
	}
	return d, nil
}

// functionAsKept is a draft of a function as the region has it, with the code that it has.
func (m *Service) functionAsKept(ctx context.Context, r *region, id string, d api.FunctionDraft) (api.FunctionDraft, error) {
	f, err := r.functionAlone(ctx, d.Package, d.Name)
	if err != nil {
		return d, err
	}
	kept := f.Draft()
	if kept.Config.Type == "" { // which few tell
		kept.Config.Type = d.Config.Type
	}
	asked := api.Function{Package: d.Package, Name: d.Name, Latest: api.Version{Name: api.LatestVersion, Config: d.Config, Code: d.Code, Upstream: d.Upstream}}
	asked.Latest.Code.Size, asked.Latest.Code.Digest = f.Latest.Code.Size, f.Latest.Code.Digest // how it counts is its own
	f.Latest.Config.Type = kept.Config.Type
	m.note(ctx, r, api.KindFunction, id, asked.Audited(), f.Audited())
	return kept, nil
}

// published is what a version is called that was published.
func (m *Service) published(ctx context.Context, r *region, d api.PublishVersion, answers []cloud.Answer) (api.VersionDraft, error) {
	var v api.Version
	var err error
	if len(answers) > 0 {
		v, err = wire.VersionIn(answers[len(answers)-1].Body)
	} else {
		v, err = m.versionThere(ctx, r, d.Function, d.Draft.Name)
	}
	made := api.VersionDraft{Name: v.Name, Description: v.Description, Digest: d.Draft.Digest}
	if err == nil && (v.Name == "" || len(made.Problems()) > 0) {
		err = wire.ErrNoAnswer
	}
	return made, err
}

// versionThere reads a version of a function that is known here; one without a name is not
// found.
func (m *Service) versionThere(ctx context.Context, r *region, function, name string) (api.Version, error) {
	f, err := m.plane.Function(ctx, r.scope, function)
	if err != nil {
		return api.Version{}, err
	}
	if name == "" {
		return api.Version{}, api.Errorf(api.NotFound, "version.not_found")
	}
	body, err := r.ask(ctx, r.call("ShowFunctionConfig", "function", r.urn(f.Package, f.Name, name)))
	if err != nil {
		return api.Version{}, err
	}
	return wire.VersionIn(body)
}

// unlessThere makes sure that what was deleted is gone, if no answer said so: of a
// function, its version or, without one, all of it.
func (m *Service) unlessThere(ctx context.Context, r *region, function, version string, answers []cloud.Answer) error {
	if len(answers) > 0 {
		return nil
	}
	if version == "" {
		version = api.LatestVersion
	}
	_, err := m.versionThere(ctx, r, function, version)
	switch {
	case api.CodeOf(err) == api.NotFound:
		return nil
	case err == nil:
		return wire.ErrNoAnswer
	}
	return err
}

// madeAlias reads an alias back that was created or changed.
func (m *Service) madeAlias(ctx context.Context, r *region, d api.Deed, answers []cloud.Answer) (api.Deed, error) {
	switch d := d.(type) {
	case api.CreateAlias:
		f, err := m.plane.Function(ctx, r.scope, d.Function)
		if err == nil {
			d.Draft, err = m.aliasAsKept(ctx, r, api.AliasFunction{Package: f.Package, Name: f.Name}, d.ID, d.Draft)
		}
		return d, err
	case api.UpdateAlias:
		stored, err := m.plane.Alias(ctx, r.scope, d.ID)
		if err == nil {
			d.Draft, err = m.aliasAsKept(ctx, r, stored.Function, d.ID, d.Draft)
		}
		return d, err
	case api.DeleteAlias:
		if len(answers) > 0 {
			return d, nil
		}
		stored, err := m.plane.Alias(ctx, r.scope, d.ID)
		if err == nil {
			_, err = r.alias(ctx, stored.Function, stored.Name)
		}
		switch {
		case api.CodeOf(err) == api.NotFound:
			return d, nil
		case err == nil:
			err = wire.ErrNoAnswer
		}
		return d, err
	}
	return d, nil
}

func (r *region) alias(ctx context.Context, of api.AliasFunction, name string) (api.Alias, error) {
	body, err := r.ask(ctx, r.call("ShowVersionAlias", "function", r.urn(of.Package, of.Name, ""), "alias", name))
	if err != nil {
		return api.Alias{}, err
	}
	a, err := wire.AliasIn(body)
	if err == nil && a.Name != name {
		err = wire.ErrNoAnswer
	}
	return a, err
}

// aliasAsKept is a draft of an alias as the region has it, where nothing keeps callers at
// their version: that is no part of the dialect.
func (m *Service) aliasAsKept(ctx context.Context, r *region, of api.AliasFunction, id string, d api.AliasDraft) (api.AliasDraft, error) {
	kept, err := r.alias(ctx, of, d.Name)
	if err != nil {
		return d, err
	}
	asked := api.Alias{Name: d.Name}
	asked.Route, _ = d.Route()
	if asked.Description = kept.Description; d.Description != nil {
		asked.Description = *d.Description
	}
	asked.Function, kept.Function = of, of
	m.note(ctx, r, api.KindAlias, id, asked.Audited(), kept.Audited())
	return kept.Draft(), nil
}
