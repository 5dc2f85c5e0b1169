package form_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestHTMX(t *testing.T) {
	t.Parallel()
	doc := render(t, link())

	t.Run("every element that asks says what it replaces, and how", func(t *testing.T) {
		t.Parallel()
		require.NotZero(t, doc.Find("[hx-post]").Length())
		for _, e := range doc.Find("[hx-post]").EachIter() {
			require.Equal(t, "outerHTML", attr(t, e, "hx-swap"))
			require.NotEmpty(t, attr(t, e, "hx-target"))
		}
	})
	t.Run("a live field is checked as it is left, and replaces itself", func(t *testing.T) {
		t.Parallel()
		field := doc.Find("#field-name")
		require.Equal(t, "/p/1/links/validate", attr(t, field, "hx-post"))
		require.Equal(t, "this", attr(t, field, "hx-target"))
		require.Equal(t, "change", attr(t, field, "hx-trigger"))
	})
	t.Run("a field that others depend on redraws the form, by a button where there is no script", func(t *testing.T) {
		t.Parallel()
		field := doc.Find("#field-linkConfig-type")
		require.Equal(t, "/p/1/links/edit", attr(t, field, "hx-post"))
		require.Equal(t, "#link-form", attr(t, field, "hx-target"))
		require.Contains(t, field.Find("noscript").Text(), `formaction="/p/1/links/edit"`)
	})
	t.Run("row buttons say what they do, with or without script", func(t *testing.T) {
		t.Parallel()
		for selector, op := range map[string]string{"#linkConfig-props-add": "add:linkConfig.props", "#linkConfig-props-0-remove": "remove:linkConfig.props.0"} {
			button := doc.Find(selector)
			require.Equal(t, []string{"submit", "op", op, "/p/1/links/edit"}, []string{
				attr(t, button, "type"), attr(t, button, "name"), attr(t, button, "value"), attr(t, button, "formaction"),
			})
		}
	})
	t.Run("one field can be sent alone", func(t *testing.T) {
		t.Parallel()
		f := link()
		f.Problems = []api.Problem{{Path: "name", Message: api.M("shell.broken")}, {Path: "linkConfig.host", Message: api.M("kit.problem_host")}}
		path, ok := f.FieldPath("field-linkConfig-host")
		require.True(t, ok)
		f.Only(path)
		doc := render(t, f, "field-linkConfig-host")
		require.Equal(t, 1, doc.Find("body > *").Length())
		field := doc.Find("body > #field-linkConfig-host")
		require.Equal(t, "Host: Write the host without a port: the port has a field of its own.", attr(t, field, "data-announce"))
		require.Zero(t, doc.Find("[autofocus]").Length(), "the reader has gone on to the next field")
	})
	t.Run("a field that it decides about comes along, for its own place", func(t *testing.T) {
		t.Parallel()
		f := link()
		f.Problems = []api.Problem{{Path: "linkConfig.password", Message: api.M("kit.problem_secret")}, {Path: "name", Message: api.M("shell.broken")}}
		f.Beside = []string{"linkConfig.password"}
		f.Only("linkConfig.host", "linkConfig.password")
		doc := render(t, f, "field-linkConfig-host", "field-linkConfig-password")
		require.Equal(t, 2, doc.Find("body > *").Length())
		require.Equal(t, "true", attr(t, doc.Find("#field-linkConfig-password"), "hx-swap-oob"))
		require.Zero(t, doc.Find("#field-linkConfig-host[hx-swap-oob]").Length())
		require.NotEmpty(t, text(doc.Find("#linkConfig-password-error")))
	})
	t.Run("a guarded form says how it is redrawn, and whether it holds unsaved changes", func(t *testing.T) {
		t.Parallel()
		require.Zero(t, render(t, link()).Find("[data-guard], [data-unsaved]").Length())
		f := link()
		f.Guard, f.Unsaved = true, true
		require.Equal(t, "/p/1/links/edit", attr(t, render(t, f).Find("form[data-unsaved]"), "data-guard"))
	})
	t.Run("what is not a field is no path", func(t *testing.T) {
		t.Parallel()
		_, ok := link().FieldPath("link-form")
		require.False(t, ok)
	})
}
