package embedded

import (
	"context"
	"slices"
	"strings"

	"switchboard/internal/api"
)

// alias takes a change of an alias back, or of its ramp.
func (r *reversal) alias(ctx context.Context) error {
	var was api.AuditedAlias
	had, err := r.before(&was)
	if err != nil {
		return err
	}
	var stored *api.Alias
	found, err := r.p.Alias(ctx, r.s, r.Change.ObjectID)
	there, err := presence(err)
	if err != nil {
		return err
	}
	if there {
		stored, r.Version = &found, found.Version
	}
	switch {
	case r.Change.Action == "create":
		if there {
			r.tell(stored.Audited(), nil)
			r.Deed = api.DeleteAlias{ID: stored.ID, Version: stored.Version}
		}
		return nil
	case r.Change.Action == "delete":
		return r.remakeAlias(ctx, was)
	case !had || r.Change.After == nil:
		return final("reverse.event")
	case !there:
		return gone()
	}
	return r.restoreAlias(ctx, stored, was)
}

// restoreAlias leads an alias where it led. A ramp that was under way then does not
// go on, and one that is under way now ends.
func (r *reversal) restoreAlias(ctx context.Context, stored *api.Alias, was api.AuditedAlias) error {
	ramped := was.Ramp
	was.Ramp = nil
	changed := r.tell(stored.Audited(), was)
	if ramped != nil && stored.Ramp == nil && slices.Contains([]api.RampState{api.RampRunning, api.RampPaused}, ramped.State) {
		r.note("reverse.ramp_stays")
	}
	switch {
	case changed:
		d := was.Draft()
		if err := r.p.ValidateAlias(ctx, r.s, stored.Function.ID, stored.ID, d); err != nil {
			return err
		}
		r.Deed = api.UpdateAlias{ID: stored.ID, Draft: d, Version: stored.Version}
	case ramped == nil && stored.Ramp != nil && was.Weights == nil && was.Strategy == nil:
		r.Deed = api.AbortAlias{ID: stored.ID, Version: stored.Version} // the ramp is all there is to end
	case (ramped == nil) != (stored.Ramp == nil) || strings.HasPrefix(r.Change.Action, "ramp_"):
		return final("reverse.ramp")
	}
	return nil
}

func (r *reversal) remakeAlias(ctx context.Context, was api.AuditedAlias) error {
	if was.Ramp != nil {
		r.note("reverse.ramp_stays")
		was.Ramp = nil
	}
	pkg, name, _ := strings.Cut(was.Function, ":")
	function, err := r.p.FindFunction(ctx, r.s, pkg, name)
	if api.CodeOf(err) == api.NotFound {
		return final("reverse.function_gone", "name", was.Function)
	}
	if err != nil {
		return err
	}
	same, err := r.p.FindAlias(ctx, r.s, function.ID, was.Name)
	there, err := presence(err)
	if err != nil {
		return err
	}
	if there && !r.tell(same.Audited(), was) {
		r.Version, r.Notes = same.Version, nil
		return nil
	}
	d := was.Draft()
	if err := r.p.ValidateAlias(ctx, r.s, function.ID, "", d); err != nil {
		return err
	}
	r.tell(nil, was)
	r.Deed = api.CreateAlias{Function: function.ID, Draft: d}
	return nil
}
