package handlers

import (
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// tagField is where tags stand in every form that has them.
const tagField = "tags"

func setTags(v url.Values, tags []api.Tag) {
	rows := make([]form.Row, len(tags))
	for i, tag := range tags {
		rows[i] = form.Row{"key": tag.Key, "value": tag.Value}
	}
	form.SetRows(v, tagField, rows)
}

// readTags returns the typed tags by key, as they will be stored, and the row
// that each stands in. Rows in which nothing was typed are left out.
func readTags(v url.Values) (tags []api.Tag, at []int) {
	rows := form.ReadRows(v, tagField)
	for n, row := range rows {
		if !row.Empty() {
			at = append(at, n)
		}
	}
	slices.SortStableFunc(at, func(a, b int) int { return strings.Compare(rows[a]["key"], rows[b]["key"]) })
	for _, n := range at {
		tags = append(tags, api.Tag{Key: rows[n]["key"], Value: rows[n]["value"]})
	}
	return tags, at
}

// pinTags moves problems with tags to the rows that these stand in.
func pinTags(problems []api.Problem, at []int) []api.Problem {
	return pinRows(problems, tagField, at)
}

// tagsField is the field of tags in every form that has them.
func tagsField(c echo.Context, rules api.TagRules) form.Field {
	ctx := localised(c)
	help := locale.T(ctx, "tags.help", "key", rules.Key, "value", rules.Value, "forbidden", rules.Forbidden)
	if rules.Plain {
		help = locale.T(ctx, "policies.tags_help", "key", rules.Key, "value", rules.Value)
	}
	return form.Field{
		Path: tagField, Kind: form.Rows, Live: true, Label: locale.T(ctx, "tags.title"), Most: rules.Count, Help: help,
		AddLabel: locale.T(ctx, "tags.add"),
		Columns: []form.Column{
			{Name: "key", Label: locale.T(ctx, "tags.key"), Placeholder: "team"},
			{Name: "value", Label: locale.T(ctx, "tags.value"), Placeholder: "orders"},
		},
	}
}
