package embedded

import (
	"cmp"
	"context"
	"strings"

	"switchboard/internal/api"
)

// function takes a change of a function back, or of one of its versions. Of code, the
// log has the digest: what it was comes back only where it still is the same.
func (r *reversal) function(ctx context.Context) error {
	stored, err := r.p.Function(ctx, r.s, r.Change.ObjectID)
	there, err := presence(err)
	if err != nil {
		return err
	}
	if there {
		r.Version = stored.Version
	}
	switch action := r.Change.Action; {
	case action == "create":
		if there {
			r.tell(stored.Audited(), nil)
			r.Deed = api.DeleteFunction{ID: stored.ID, Version: stored.Version}
		}
		return nil
	case action == "delete":
		return r.remakeFunction(ctx)
	case !there:
		return gone()
	case action == "update":
		return r.restoreFunction(ctx, &stored)
	case action == "publish":
		return r.unpublish(ctx)
	case action == "unpublish":
		return r.republish(ctx, &stored)
	case action == "upstream":
		return r.restoreUpstream(ctx)
	}
	return final("reverse.event")
}

func (r *reversal) restoreFunction(ctx context.Context, stored *api.Function) error {
	var was api.AuditedFunction
	if _, err := r.before(&was); err != nil {
		return err
	}
	if !r.tell(stored.Audited(), was) {
		return nil
	}
	if was.Digest != stored.Latest.Code.Digest {
		return final("reverse.code")
	}
	d := was.Draft()
	if err := r.p.ValidateFunction(ctx, r.s, stored.ID, d); err != nil {
		return err
	}
	r.Deed = api.UpdateFunction{ID: stored.ID, Draft: d, Version: stored.Version}
	return nil
}

func (r *reversal) remakeFunction(ctx context.Context) error {
	var was api.AuditedFunction
	if _, err := r.before(&was); err != nil {
		return err
	}
	versions := was.Versions
	was.Versions = nil
	same, err := r.p.FindFunction(ctx, r.s, was.Package, was.Name)
	there, err := presence(err)
	if err != nil {
		return err
	}
	if there && !r.tell(same.Audited(), was) {
		r.Version = same.Version
		return nil
	}
	if was.Size > 0 {
		return final("reverse.code")
	}
	if len(versions) > 0 {
		r.note("reverse.versions_stay", "versions", strings.Join(versions, ", "))
	}
	d := was.Draft()
	if err := r.p.ValidateFunction(ctx, r.s, "", d); err != nil {
		return err
	}
	r.tell(nil, was)
	r.Deed = api.CreateFunction{Draft: d}
	return nil
}

// unpublish removes a published version.
func (r *reversal) unpublish(ctx context.Context) error {
	var became api.AuditedVersion
	if _, err := r.after(&became); err != nil {
		return err
	}
	version, err := r.p.Version(ctx, r.s, r.Change.ObjectID, became.Version)
	there, err := presence(err)
	if err != nil || !there {
		return err
	}
	if len(version.Main) > 0 {
		names := make([]string, len(version.Main))
		for i, a := range version.Main {
			names[i] = a.Name
		}
		r.note("reverse.aliases_go", "aliases", strings.Join(names, ", "))
	}
	r.tell(version.Audited(), nil)
	r.Deed = api.DeleteVersion{Function: r.Change.ObjectID, Version: became.Version}
	return nil
}

// republish publishes a version again, if what it was is still what the function is.
func (r *reversal) republish(ctx context.Context, stored *api.Function) error {
	var was api.AuditedVersion
	if _, err := r.before(&was); err != nil {
		return err
	}
	same, err := r.p.Version(ctx, r.s, stored.ID, was.Version)
	there, err := presence(err)
	if err != nil {
		return err
	}
	if there && !r.tell(same.Audited(), was) {
		return nil
	}
	latest := stored.Latest.Audited()
	latest.Version, latest.Explanation = was.Version, was.Explanation
	if encode(latest) != encode(was) {
		return final("reverse.version")
	}
	d := api.VersionDraft{Name: was.Version, Description: was.Explanation, Digest: was.Digest}
	if err := r.p.ValidateVersion(ctx, r.s, stored.ID, d); err != nil {
		return err
	}
	r.tell(nil, was)
	r.Deed = api.PublishVersion{Function: stored.ID, Draft: d}
	return nil
}

func (r *reversal) restoreUpstream(ctx context.Context) error {
	var was api.AuditedVersion
	if _, err := r.before(&was); err != nil {
		return err
	}
	name := cmp.Or(was.Version, api.LatestVersion)
	version, err := r.p.Version(ctx, r.s, r.Change.ObjectID, name)
	if api.CodeOf(err) == api.NotFound {
		return gone()
	}
	if err != nil {
		return err
	}
	now := version.Audited()
	then := now
	then.Upstream = was.Upstream
	if r.tell(now, then) {
		r.Deed = api.SetUpstream{Function: r.Change.ObjectID, Version: name, Upstream: was.Upstream}
	}
	return nil
}
