package templates

import (
	"context"
	"encoding/json"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// AliasHistoryView is an alias with its changes.
type AliasHistoryView struct {
	AliasView

	History History
}

// Back leads to the question whether the state after a change is to be brought
// back. It is not asked of what is live.
func (v *AliasView) Back(c api.Change) string {
	var after auditedAlias
	if json.Unmarshal(c.After, &after) != nil || after.Version == "" {
		return ""
	}
	state := after.state()
	if state.Description == v.Alias.Description && sameWay(&state, &v.Alias) {
		return ""
	}
	return v.Path() + "/history/" + c.ID
}

// sameWay reports whether an alias leads its requests as a state of it did.
func sameWay(s *AliasState, a *api.Alias) bool { return sameRoute(&s.Route, &a.Route) }

// AliasPastView is an earlier state of an alias, to be looked over before it is
// brought back.
type AliasPastView struct {
	AliasView

	Review   AliasReviewView
	Change   api.Change    // after which the alias was like that
	Problems []api.Problem // why it cannot be like that any more
	Changed  bool          // somebody changed the alias since the page was seen
}

func (v *AliasPastView) page() string { return v.Path() + "/history/" + v.Change.ID }

// when says after which change the alias was like that.
func (v *AliasPastView) when(ctx context.Context) string {
	return locale.T(ctx, "past.by", "what", api.M("change."+v.Change.Action, "kind", api.M("kind."+string(v.Change.Kind))),
		"at", locale.FullTime(v.Change.At), "by", changedBy(ctx, v.Change))
}

// same reports whether the alias is like that already.
func (v *AliasPastView) same(ctx context.Context) bool { return len(v.Review.differences(ctx)) == 0 }
