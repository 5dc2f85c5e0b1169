package form_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/web/templates/form"
)

// shared is a form with a share, a rule and choices of which one is off.
func shared(weight string) *form.Form {
	items := func(row form.Row) []string { return strings.Fields(row["value"]) }
	choices := []form.Choice{{Value: "v1", Label: "v1"}, {Value: "v2", Label: "v2", Off: "it is taken"}}
	return &form.Form{
		ID: "f", Action: "/aliases", Post: "/aliases/review",
		Values: url.Values{"weight": {weight}, "rules.0.value": {"a b"}, "version": {"v1"}, "way": {"v1"}},
		Advice: []api.Problem{{Path: "rules.0", Message: api.M("form.update")}, {Path: "weight", Message: api.M("form.show")}},
		Sections: []form.Section{{ID: "s", Fields: []form.Field{
			{Path: "weight", Kind: form.Share, Label: "Share", Live: true, Part: "v2", Rest: "v1", Choices: []form.Choice{{Value: "5", Label: "5 %"}}},
			{Path: "rules", Kind: form.Rows, Label: "Rules", Columns: []form.Column{{Name: "value", Items: items}}},
			{Path: "version", Kind: form.Select, Label: "Version", Choices: choices},
			{Path: "way", Kind: form.Cards, Label: "Way", Choices: choices},
		}}},
	}
}

func TestAShareIsANumberASliderAndWhatIsLeft(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]struct{ slider, rest, drawn string }{
		"20": {"20", "80", "M0 0h20v1H0z"}, " 0 ": {"0", "100", "M0 0h0v1H0z"}, "100": {"100", "0", "M0 0h100v1H0z"},
		"101": {"0", "?", "M0 0h0v1H0z"}, "-1": {"0", "?", "M0 0h0v1H0z"}, "12.5": {"0", "?", "M0 0h0v1H0z"}, "": {"0", "?", "M0 0h0v1H0z"},
	} {
		t.Run(typed, func(t *testing.T) {
			t.Parallel()
			doc := render(t, shared(typed))
			require.Equal(t, typed, attr(t, doc.Find("input[name=weight]"), "value"), "kept as it was typed")
			require.Equal(t, want.slider, attr(t, doc.Find("input[type=range]"), "value"))
			require.Equal(t, want.rest, text(doc.Find("output")))
			require.Equal(t, want.drawn, attr(t, doc.Find(".split path"), "d"))
		})
	}
	doc := render(t, shared("20"))
	_, named := doc.Find("input[type=range]").Attr("name")
	require.False(t, named, "one of the two is sent")
	preset := doc.Find("#weight-5")
	require.Equal(t, []string{"set:weight=5", "/aliases/edit"}, []string{attr(t, preset, "value"), attr(t, preset, "formaction")})
}

func TestAFormCanBePostedElsewhere(t *testing.T) {
	t.Parallel()
	f := render(t, shared("20")).Find("form")
	require.Equal(t, []string{"/aliases/review", "/aliases/review"}, []string{attr(t, f, "action"), attr(t, f, "hx-post")})
	require.Equal(t, "/aliases/validate", attr(t, f.Find("#field-weight"), "hx-post"), "its fields are judged where they were")
}

func TestAdviceStandsAtItsFieldOrRow(t *testing.T) {
	t.Parallel()
	doc := render(t, shared("20"))
	require.Equal(t, "Update form", text(doc.Find("#rules-0 .field-advice")))
	require.Equal(t, "Show", text(doc.Find("#field-weight > .field-advice")))
	require.Contains(t, attr(t, doc.Find("#field-rules"), "data-announce"), "Update form")
	require.Zero(t, doc.Find(".field-bad, [aria-invalid]").Length(), "nothing is wrong")
}

func TestTheItemsOfAListCanBeTakenOut(t *testing.T) {
	t.Parallel()
	doc := render(t, shared("20"))
	require.Equal(t, 2, doc.Find("#rules-0 .chip").Length())
	remove := doc.Find("#rules-0 .chip-remove").First()
	require.Equal(t, "set:rules.0.value=b", attr(t, remove, "value"))
	require.Equal(t, "Remove a", attr(t, remove, "aria-label"))
	v := url.Values{"rules.0.value": {"a b"}}
	focus, ok := form.Edit(v, attr(t, remove, "value"))
	require.True(t, ok)
	require.Equal(t, "rules.0.value", focus)
	require.Equal(t, url.Values{"rules.0.value": {"b"}}, v)
}

func TestWhatIsOffIsGreyedWithItsReason(t *testing.T) {
	t.Parallel()
	doc := render(t, shared("20"))
	require.Equal(t, "v2 (it is taken)", text(doc.Find("#version option[disabled]")))
	require.Equal(t, "v2", attr(t, doc.Find("#way input[disabled]"), "value"))
	require.Contains(t, text(doc.Find(".choice-off")), "it is taken")

	f := shared("20")
	f.Values.Set("version", "v2")
	f.Values.Set("way", "v2")
	require.Zero(t, render(t, f).Find("[disabled]").Length(), "what is chosen already is sent")
}
