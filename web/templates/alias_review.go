package templates

import (
	"context"

	"github.com/a-h/templ"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
	"switchboard/internal/locale"
)

// AliasReviewView is what stands in the form of an alias, to be looked over
// before it is saved.
type AliasReviewView struct {
	AliasFormView

	Name    string
	Draft   AliasState
	Advice  []api.Message // what is odd about its rules
	Request string        // method and path of what is sent
	JSON    string        // its body
}

// live is what is stored.
func (v *AliasReviewView) live() *AliasState {
	return &AliasState{Description: v.Stored.Description, Route: v.Stored.Route}
}

func (v *AliasReviewView) title(ctx context.Context) string {
	if v.Stored == nil {
		return locale.T(ctx, "aliases.review_new", "name", v.Name)
	}
	return locale.T(ctx, "aliases.review_change", "name", v.Name)
}

func (v *AliasReviewView) saveLabel(ctx context.Context) string {
	if v.Stored == nil {
		return locale.T(ctx, "aliases.create")
	}
	return locale.T(ctx, "aliases.save")
}

// differences is what is saved that is not live.
func (v *AliasReviewView) differences(ctx context.Context) []valueChange {
	if v.Stored == nil {
		return changedFacts((&AliasState{}).facts(ctx), v.Draft.facts(ctx))
	}
	return changedFacts(v.live().facts(ctx), v.Draft.facts(ctx))
}

// moves reports whether requests are led elsewhere.
func (v *AliasReviewView) moves() bool {
	return v.Stored != nil && !sameRoute(&v.Stored.Route, &v.Draft.Route)
}

// pictured reports whether the routes before and after look different; what rules
// say is told as a difference.
func (v *AliasReviewView) pictured(ctx context.Context) bool {
	return v.moves() && routeText(ctx, &v.Stored.Route) != routeText(ctx, &v.Draft.Route)
}

// endsRamp reports whether saving ends a ramp that is under way.
func (v *AliasReviewView) endsRamp() bool { return v.moves() && v.Stored.Ramp != nil }

func (v *AliasReviewView) tone() NoticeKind {
	if v.moves() {
		return Warning
	}
	return Info
}

// impact says how many requests change their version.
func (v *AliasReviewView) impact() api.Message {
	switch {
	case v.Stored == nil:
		return api.M("aliases.impact_new")
	case v.moves():
		return impact(&v.Stored.Route, &v.Draft.Route)
	case v.Stored.Description != v.Draft.Description:
		return api.M("aliases.impact_none")
	}
	return api.M("aliases.impact_nothing")
}

// impact says how many requests change their version between two routes.
func impact(before, after *routing.Route) api.Message {
	switch {
	case byRules(before) || byRules(after):
		if before.Main != after.Main {
			return api.M("aliases.impact_main", "before", before.Main, "after", after.Main)
		}
		return api.M("aliases.impact_depends", "main", after.Main)
	case moved(before, after) == 0 && before.Sticky != after.Sticky:
		return api.M("aliases.impact_redrawn")
	case moved(before, after) == 0:
		return api.M("aliases.impact_none")
	}
	return api.M("aliases.impact_share", "n", moved(before, after))
}

// moved is how many of a hundred requests get another version than before,
// where no rules decide.
func moved(before, after *routing.Route) int {
	lost := map[string]int{before.Main: 100 - before.Weight}
	lost[before.Additional] += before.Weight
	lost[after.Main] -= 100 - after.Weight
	lost[after.Additional] -= after.Weight
	n := 0
	for _, share := range lost {
		n += max(share, 0)
	}
	return n
}

// AliasBack is the op that leads back to the form.
const AliasBack = "back"

// back makes a button show the form again, with everything that was typed.
func (v *AliasReviewView) back() templ.Attributes {
	verb := v.Form.Action + "/edit"
	return templ.Attributes{
		"name": "op", "value": AliasBack, "formaction": verb, "hx-post": verb, "hx-target": "#" + v.Form.ID, "hx-swap": "outerHTML", "hx-sync": "closest form:replace",
	}
}
