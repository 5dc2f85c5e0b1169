package templates

import (
	"context"
	"slices"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// ruleItems are the values that a rule lists.
func ruleItems(row form.Row) []string {
	if row["op"] != string(routing.In) {
		return nil
	}
	return routing.Items(row["value"])
}

// sourceChoices are where a rule can look, each in the spellings that are in
// use: what programs wrote is not respelt by somebody who changes another field.
func sourceChoices(ctx context.Context, used []string) []form.Choice {
	var choices []form.Choice
	for _, kind := range []routing.SourceType{routing.Header, routing.Cookie} {
		label := sourceName(ctx, kind)
		known := len(choices)
		for _, spelt := range used {
			if kind.Is(routing.SourceType(spelt)) {
				choices = append(choices, form.Choice{Value: spelt, Label: label})
			}
		}
		if known == len(choices) {
			choices = append(choices, form.Choice{Value: string(kind), Label: label})
		}
	}
	return choices
}

// sourceName is what people call a type of source.
func sourceName(ctx context.Context, kind routing.SourceType) string {
	if kind.Is(routing.Cookie) {
		return locale.T(ctx, "aliases.cookie")
	}
	return locale.T(ctx, "aliases.header")
}

// mainChoices greys the versions that another alias leads to.
func (d *AliasFields) mainChoices(ctx context.Context) []form.Choice {
	var choices []form.Choice
	for i := range d.Versions {
		c := form.Choice{Value: d.Versions[i].Name, Label: d.Versions[i].Name}
		for _, used := range d.Versions[i].Main {
			if d.Stored == nil || used.ID != d.Stored.ID {
				c.Off = locale.T(ctx, "aliases.main_of", "alias", used.Name)
			}
		}
		choices = append(choices, c)
	}
	return choices
}

// additionalChoices greys what cannot be the additional version.
func (d *AliasFields) additionalChoices(ctx context.Context) []form.Choice {
	var choices []form.Choice
	for i := range d.Versions {
		c := form.Choice{Value: d.Versions[i].Name, Label: d.Versions[i].Name}
		switch c.Value {
		case api.LatestVersion:
			c.Off = locale.T(ctx, "aliases.additional_latest")
		case d.Main:
			c.Off = locale.T(ctx, "aliases.additional_main")
		}
		choices = append(choices, c)
	}
	return choices
}

// shiftChoices greys the ways to share while there is no version to share with,
// and warns of rules where requests have no headers.
func (d *AliasFields) shiftChoices(ctx context.Context) []form.Choice {
	choices := []form.Choice{
		{Value: ShiftOff, Label: locale.T(ctx, "aliases.shift_off"), Note: locale.T(ctx, "aliases.shift_off_note")},
		{Value: ShiftWeight, Label: locale.T(ctx, "aliases.shift_weight"), Note: locale.T(ctx, "aliases.shift_weight_note")},
		{Value: ShiftRules, Label: locale.T(ctx, "aliases.shift_rules"), Note: locale.T(ctx, "aliases.shift_rules_note")},
	}
	if runtime := d.Function.Latest.Config.Runtime; runtime != api.RuntimeHTTP && runtime != api.RuntimeImage {
		choices[2].Note = locale.T(ctx, "aliases.shift_rules_http")
	}
	if !slices.ContainsFunc(d.additionalChoices(ctx), func(c form.Choice) bool { return c.Off == "" }) {
		choices[1].Off = locale.T(ctx, "aliases.shift_unpublished")
		choices[2].Off = choices[1].Off
	}
	return choices
}
