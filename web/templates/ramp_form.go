package templates

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// Names of what the form of a ramp sends.
const (
	RampAdditional = "additional"
	RampPreset     = "preset"
	RampSteps      = "steps"
	RampPercent    = "percent"
	RampHold       = "hold"
	RampPromote    = "promote"
)

// RampPresetOwn is what RampPreset says of steps that are of no ready-made plan.
const RampPresetOwn = "own"

// RampPlans are ready-made plans, by what RampPreset says; others are made by
// hand.
var RampPlans = []RampPlan{
	{"gentle", []int{1, 5, 25, 50, 100}, 15 * time.Minute},
	{"quick", []int{10, 50, 100}, 5 * time.Minute},
	{"slow", []int{1, 5, 10, 25, 50, 100}, 24 * time.Hour},
	{"told", []int{1, 5, 25, 50, 100}, 0},
}

// RampPlan is a ready-made plan: how much, and how long each step stays, 0 until
// somebody says so.
type RampPlan struct {
	Name     string
	Percents []int
	Hold     time.Duration
}

// above are the plan's percents for a version that gets live percent now: more
// than that, unless nothing is.
func (p *RampPlan) above(live int) []int {
	at := slices.IndexFunc(p.Percents, func(percent int) bool { return percent > live })
	return p.Percents[max(at, 0):]
}

// Rows are the plan's steps as the form has them, for a version that gets live
// percent now.
func (p *RampPlan) Rows(live int) []form.Row {
	percents := p.above(live)
	rows := make([]form.Row, len(percents))
	for i, percent := range percents {
		rows[i] = form.Row{RampPercent: strconv.Itoa(percent), RampHold: holdValue(p.Hold)}
	}
	return rows
}

// LiveShare is what a version gets by weight now, in percent, beside the main
// one.
func (v *AliasView) LiveShare(version string) int {
	if r := &v.Alias.Route; byWeight(r) && r.Additional == version {
		return r.Weight
	}
	return 0
}

// RampCandidate is the version that a ramp of the alias is likely to be of: the
// one that gets requests already or, without one, the only one that could. It is
// empty if nobody knows.
func (v *AliasView) RampCandidate() string {
	if versions := rampVersions(v); v.Alias.Route.Additional == "" && len(versions) == 1 {
		return versions[0].Value
	}
	return v.Alias.Route.Additional
}

// rampHolds are how long a step can be told to stay.
var rampHolds = []time.Duration{
	0, time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour,
}

// holdValue is a hold as the form sends it.
func holdValue(hold time.Duration) string {
	if hold == 0 {
		return ""
	}
	return hold.String()
}

// RampFormView is the form of a ramp.
type RampFormView struct {
	AliasView

	Form *form.Form
}

// RampForm describes the form of a ramp of that version; values are as typed.
func RampForm(ctx context.Context, v AliasView, additional string) *form.Form {
	t := func(key string) string { return locale.T(ctx, key) }
	return &form.Form{
		ID: "ramp-form", Action: v.Path() + "/ramp", Guard: true,
		Sections: []form.Section{
			{ID: "ramp-what", Fields: []form.Field{
				{
					Path: RampAdditional, Kind: form.Select, Required: true, Live: true, Choices: rampVersions(&v),
					Label: t("ramp.additional"), Help: locale.T(ctx, "ramp.additional_help", "main", v.Alias.Route.Main),
				},
				{Path: RampPreset, Kind: form.Cards, Redraw: true, Label: t("ramp.preset"), Choices: rampPresets(ctx, v.LiveShare(additional))},
			}},
			{ID: "ramp-how", Title: t("ramp.steps"), Help: t("ramp.steps_help"), Fields: []form.Field{
				{
					Path: RampSteps, Kind: form.Rows, Required: true, Live: true, Label: t("ramp.steps"), AddLabel: t("ramp.add_step"),
					Most: api.MaxRampSteps, Columns: []form.Column{
						{Name: RampPercent, Label: t("ramp.percent"), Kind: form.Number, Placeholder: "25"},
						{Name: RampHold, Label: t("ramp.hold"), Kind: form.Select, Choices: holdChoices(ctx)},
					},
				},
				{Path: RampPromote, Kind: form.Switch, Label: t("ramp.promote_after"), Help: t("ramp.promote_help")},
			}},
		},
	}
}

// rampVersions are those that can be ramped up: all but the main one and the one
// that changes under everybody's hands.
func rampVersions(v *AliasView) []form.Choice {
	var choices []form.Choice
	for i := range v.Versions {
		if name := v.Versions[i].Name; name != v.Alias.Route.Main && name != api.LatestVersion {
			choices = append(choices, form.Choice{Value: name, Label: name})
		}
	}
	return choices
}

func rampPresets(ctx context.Context, live int) []form.Choice {
	var choices []form.Choice
	for _, plan := range RampPlans {
		var steps []string
		for _, percent := range plan.above(live) {
			steps = append(steps, strconv.Itoa(percent))
		}
		choices = append(choices, form.Choice{
			Value: plan.Name, Label: locale.T(ctx, "ramp_preset."+plan.Name),
			Note: locale.T(ctx, "ramp_preset_note."+plan.Name, "steps", strings.Join(steps, locale.T(ctx, "ramp.separator"))),
		})
	}
	return append(choices, form.Choice{Value: RampPresetOwn, Label: locale.T(ctx, "ramp_preset."+RampPresetOwn), Note: locale.T(ctx, "ramp_preset_note."+RampPresetOwn)})
}

func holdChoices(ctx context.Context) []form.Choice {
	choices := make([]form.Choice, len(rampHolds))
	for i, hold := range rampHolds {
		choices[i] = form.Choice{Value: holdValue(hold), Label: holdText(ctx, hold)}
	}
	return choices
}

// RampStartView is a plan that was judged and waits for a yes.
type RampStartView struct {
	AliasView

	Draft   api.RampDraft
	Steps   []api.RampStep
	At      time.Time     // when it would begin
	Hidden  []form.Hidden // what was typed
	Code    templ.Component
	Changed bool // somebody changed the alias since the form was seen
}

// marks are when what would happen.
func (v *RampStartView) marks() []rampMark {
	marks := rampMarks(v.Steps, v.Draft.Promote, 0, later(v.At, v.Steps[0].Hold))
	marks[0].At, marks[0].Current = v.At, false
	return marks
}

// drops reports whether the version gets less at first than it does now.
func (v *RampStartView) drops() bool { return v.LiveShare(v.Draft.Additional) > v.Steps[0].Percent }

// consequences are what follows from the yes.
func (v *RampStartView) consequences(ctx context.Context) []string {
	said := []string{locale.T(ctx, "ramp.start_at_once", "additional", v.Draft.Additional, "percent", v.Steps[0].Percent)}
	if v.Alias.Route.Additional != "" {
		said = append(said, locale.T(ctx, "ramp.start_replaces"))
	}
	if v.Draft.Promote {
		said = append(said, locale.T(ctx, "ramp.start_promotes", "additional", v.Draft.Additional, "main", v.Alias.Route.Main))
	} else {
		said = append(said, locale.T(ctx, "ramp.start_stays", "percent", v.Steps[len(v.Steps)-1].Percent))
	}
	return append(said, locale.T(ctx, "ramp.start_control", "main", v.Alias.Route.Main))
}
