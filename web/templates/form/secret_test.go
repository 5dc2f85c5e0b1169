package form_test

import (
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/web/templates/form"
)

func TestSecret(t *testing.T) {
	t.Parallel()
	with := func(t *testing.T, change func(*form.Form, *form.Field)) *goquery.Document {
		t.Helper()
		f := link()
		change(f, &f.Sections[1].Fields[4])
		return render(t, f)
	}
	t.Run("new: an empty input that no password manager fills", func(t *testing.T) {
		t.Parallel()
		input := render(t, link()).Find("#linkConfig-password")
		require.Equal(t, []string{"password", "new-password"}, []string{attr(t, input, "type"), attr(t, input, "autocomplete")})
		_, hasValue := input.Attr("value")
		require.False(t, hasValue)
	})
	t.Run("stored: is kept unless replacing is chosen", func(t *testing.T) {
		t.Parallel()
		doc := with(t, func(_ *form.Form, d *form.Field) { d.Stored = true })
		require.Equal(t, "keep", attr(t, doc.Find("[name='linkConfig.password.mode'][checked]"), "value"))
		doc = with(t, func(f *form.Form, d *form.Field) {
			d.Stored = true
			f.Values.Set("linkConfig.password.mode", "replace")
		})
		require.Equal(t, "replace", attr(t, doc.Find("[name='linkConfig.password.mode'][checked]"), "value"))
	})
	t.Run("stored and wrong: replacing is chosen already, so that the input can be seen", func(t *testing.T) {
		t.Parallel()
		doc := with(t, func(f *form.Form, d *form.Field) {
			d.Stored = true
			f.Problems = []api.Problem{{Path: d.Path, Message: api.M("kit.problem_secret")}}
		})
		require.Equal(t, "again", attr(t, doc.Find("[name='linkConfig.password.mode'][checked]"), "value"), "and says that nobody chose it")
	})
	t.Run("stored and not wrong any more: is kept again, unless replacing was chosen", func(t *testing.T) {
		t.Parallel()
		doc := with(t, func(f *form.Form, d *form.Field) {
			d.Stored = true
			f.Values.Set("linkConfig.password.mode", form.Again)
		})
		require.Equal(t, "keep", attr(t, doc.Find("[name='linkConfig.password.mode'][checked]"), "value"))
		doc = with(t, func(f *form.Form, d *form.Field) {
			d.Stored = true
			f.Values.Set("linkConfig.password.mode", form.Replace)
			f.Problems = []api.Problem{{Path: d.Path, Message: api.M("kit.problem_secret")}}
		})
		require.Equal(t, "replace", attr(t, doc.Find("[name='linkConfig.password.mode'][checked]"), "value"))
	})
	t.Run("held: the page carries what the server sealed, and says so", func(t *testing.T) {
		t.Parallel()
		doc := with(t, func(_ *form.Form, d *form.Field) { d.Held = "sealed" })
		require.Equal(t, "sealed", attr(t, doc.Find("input[type=hidden][name='linkConfig.password.held']"), "value"))
		require.Contains(t, attr(t, doc.Find("#linkConfig-password"), "aria-describedby"), "linkConfig-password-held")
		require.NotEmpty(t, text(doc.Find("#linkConfig-password-held")))
	})
	t.Run("a file can be uploaded or pasted", func(t *testing.T) {
		t.Parallel()
		doc := render(t, link())
		require.Equal(t, "multipart/form-data", attr(t, doc.Find("form"), "enctype"))
		require.Equal(t, 1, doc.Find("input[type=file][name='linkConfig.keytab.file']").Length())
		require.Empty(t, doc.Find("textarea[name='linkConfig.keytab']").Text())
	})
}
