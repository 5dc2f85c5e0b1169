package templates

import (
	"context"
	"slices"
	"strconv"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// AliasFormID is the form of an alias, as an element and as a fragment, and also
// what it becomes to be looked over. AliasWordsID is the part of it that says
// what will happen.
const (
	AliasFormID  = "alias-form"
	AliasWordsID = "alias-words"
)

// AliasFormView is the form of a new or stored alias.
type AliasFormView struct {
	Base     string
	Form     *form.Form
	Function api.AliasFunction
	Stored   *api.Alias // edited, nil for a new one
	Words    AliasWords
	Trial    TrialView
	Changed  *LinkChanged // somebody else saved it meanwhile
}

// AliasWords says in sentences what an alias will do with requests; none, while
// the form does not say that. Beside says that it comes along with a field.
type AliasWords struct {
	Sentences []api.Message
	Beside    bool
}

// alias is the page of the alias that is edited.
func (v *AliasFormView) alias() *AliasView {
	return &AliasView{Base: v.Base, Alias: *v.Stored}
}

func (v *AliasFormView) crumbs(ctx context.Context) []Crumb {
	if v.Stored != nil {
		return v.alias().Below(ctx)
	}
	return (&AliasView{Base: v.Base, Alias: api.Alias{Function: v.Function}}).crumbs(ctx)
}

// cancel is where somebody goes who saves nothing.
func (v *AliasFormView) cancel() string {
	if v.Stored != nil {
		return v.alias().Path()
	}
	return v.Base
}

// The ways of an alias to share its requests, as the form sends them.
const (
	ShiftOff    = "off"
	ShiftWeight = "weight"
	ShiftRules  = "rules"
)

// AliasShift, AliasWeight, AliasRules and AliasSticky are fields of the form;
// the others have their names from api.AliasDraft.
const (
	AliasShift      = "shift"
	AliasWeight     = "weight"
	AliasAdditional = "additional"
	AliasRules      = "rules"
	AliasSticky     = "sticky"
)

// AliasFields is what the fields of an alias depend on.
type AliasFields struct {
	Function   api.Function
	Versions   []api.Version
	Stored     *api.Alias // edited, nil for a new one
	Main       string     // as chosen
	Additional string
	Types      []string // of sources, as the rules spell them
}

// AliasSections are the fields of the form. What does not belong to the chosen
// way to share is there, too, and out of sight: nothing that was typed is lost.
func AliasSections(ctx context.Context, d AliasFields) []form.Section {
	text := func(key string) string { return locale.T(ctx, key) }
	name := form.Field{
		Path: "name", Kind: form.Text, Required: true, Live: true, Label: text("aliases.name"), Placeholder: "prod",
		Help: locale.T(ctx, "aliases.name_help", "max", shownAliasName),
	}
	if d.Stored != nil {
		name.Kind, name.Live, name.Help = form.Fixed, false, text("aliases.name_fixed")
	}
	return []form.Section{
		{ID: "section-alias", Title: text("aliases.general"), Fields: []form.Field{name, {
			Path: "description", Kind: form.TextArea, Live: true, MaxLen: api.MaxFunctionText, Count: true, Label: text("aliases.description"),
		}}},
		{ID: "section-route", Title: text("aliases.route"), Help: text("aliases.route_help"), Fields: slices.Concat([]form.Field{
			{
				Path: "version", Kind: form.Select, Required: true, Live: true, Leads: true, Half: true, Choices: d.mainChoices(ctx),
				Label: text("aliases.main"), Help: text("aliases.main_help"),
			},
			{
				Path: AliasAdditional, Kind: form.Select, Required: true, Live: true, Half: true, Choices: d.additionalChoices(ctx),
				Label: text("aliases.additional"), Help: text("aliases.additional_help"),
			},
			{Path: AliasShift, Kind: form.Cards, Required: true, Live: true, Label: text("aliases.shift"), Choices: d.shiftChoices(ctx)},
		}, d.weightFields(ctx), d.ruleFields(ctx))},
	}
}

// shownAliasName is how long a name may be in the documents of the console; the
// service takes one character more (spec/aliases.md §11 no. 1).
const shownAliasName = api.MaxAliasName - 1

func (d *AliasFields) weightFields(ctx context.Context) []form.Field {
	text := func(key string) string { return locale.T(ctx, key) }
	unless := func(version, key string) string {
		if version == "" {
			return text(key)
		}
		return version
	}
	var presets []form.Choice
	for _, n := range []int{1, 5, 10, 25, 50, 100} {
		presets = append(presets, form.Choice{Value: strconv.Itoa(n), Label: shareText(ctx, n)})
	}
	return []form.Field{
		{
			Path: AliasWeight, Kind: form.Share, Required: true, Live: true, Choices: presets,
			Label: text("aliases.weight"), Help: text("aliases.weight_help"),
			Rest: unless(d.Main, "aliases.main"), Part: unless(d.Additional, "aliases.additional"),
		},
		{
			Path: AliasSticky + ".type", Kind: form.Select, Live: true, Half: true, Unset: text("aliases.sticky_none"), Choices: sourceChoices(ctx, nil),
			Label: text("aliases.sticky"), Help: text("aliases.sticky_help"),
		},
		{Path: AliasSticky + ".param", Kind: form.Text, Live: true, Half: true, Label: text("aliases.sticky_param"), Placeholder: "X-User-Id"},
	}
}

func (d *AliasFields) ruleFields(ctx context.Context) []form.Field {
	text := func(key string) string { return locale.T(ctx, key) }
	return []form.Field{
		{Path: "combine", Kind: form.Cards, Live: true, Label: text("aliases.combine"), Choices: []form.Choice{
			{Value: string(routing.And), Label: text("aliases.combine_and")}, {Value: string(routing.Or), Label: text("aliases.combine_or")},
		}},
		{
			Path: AliasRules, Kind: form.Rows, Required: true, Live: true, Ordered: true, Most: routing.MaxRules,
			Label: text("aliases.rules"), Help: text("aliases.rules_help"), AddLabel: text("aliases.rules_add"),
			Columns: []form.Column{
				{Name: "type", Label: text("aliases.rule_type"), Kind: form.Select, Choices: sourceChoices(ctx, d.Types)},
				{Name: "param", Label: text("aliases.rule_param"), Placeholder: "X-Tester"},
				{Name: "op", Label: text("aliases.rule_op"), Kind: form.Select, Choices: []form.Choice{
					{Value: string(routing.Equal), Label: text("aliases.op_equal")}, {Value: string(routing.In), Label: text("aliases.op_in")},
				}},
				{Name: "value", Label: text("aliases.rule_value"), Placeholder: "yes", Items: ruleItems},
			},
		},
	}
}
