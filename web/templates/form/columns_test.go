package form_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/web/templates/form"
)

// ports is a form with rows of several columns.
func ports() *form.Form {
	return &form.Form{
		ID: "f", Action: "/f",
		Values: url.Values{
			"ports.0.client": {"443"}, "ports.0.protocol": {"TCP"}, "ports.0.until": {"2026-11-22"},
			"ports.1.client": {"x"}, "ports.1.protocol": {"SCTP"}, "hosts.0.host": {"a"},
		},
		Sections: []form.Section{{ID: "s", Fields: []form.Field{
			{Path: "ports", Kind: form.Rows, Label: "Ports", Ordered: true, AddLabel: "Add a port", Columns: []form.Column{
				{Name: "client", Label: "Client port", Kind: form.Number, Placeholder: "443"},
				{Name: "protocol", Label: "Protocol", Kind: form.Select, Choices: []form.Choice{{Value: "TCP", Label: "TCP"}}},
				{Name: "until", Label: "Until", Kind: form.Date},
			}},
			{Path: "hosts", Kind: form.Rows, Label: "Hosts", Columns: []form.Column{{Name: "host", Choices: []form.Choice{{Value: "zk1", Label: "first"}}}}},
		}}},
	}
}

func TestRowsOfSeveralColumns(t *testing.T) {
	t.Parallel()
	doc := render(t, ports())

	t.Run("each cell is named by field, row and column", func(t *testing.T) {
		t.Parallel()
		cell := doc.Find("#ports-1-client")
		require.Equal(t, "ports.1.client", attr(t, cell, "name"))
		require.Equal(t, "Ports, row 2: Client port", attr(t, cell, "aria-label"))
		require.Equal(t, []string{"x", "numeric", "443"}, []string{attr(t, cell, "value"), attr(t, cell, "inputmode"), attr(t, cell, "placeholder")})
		require.Equal(t, 6, doc.Find(".cell-name").Length())
	})
	t.Run("a choice offers what there is, and keeps what was sent", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "TCP", attr(t, doc.Find("#ports-0-protocol option[selected]"), "value"))
		require.Equal(t, "SCTP", attr(t, doc.Find("#ports-1-protocol option[selected]"), "value"))
	})
	t.Run("a day is a day", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, []string{"date", "2026-11-22"}, []string{attr(t, doc.Find("#ports-0-until"), "type"), attr(t, doc.Find("#ports-0-until"), "value")})
	})
	t.Run("rows in an order can be moved without script", func(t *testing.T) {
		t.Parallel()
		for verb, label := range map[string]string{"up": "Move row 2 of Ports up", "down": "Move row 2 of Ports down", "remove": "Remove row 2 of Ports"} {
			button := doc.Find("#ports-1-" + verb)
			require.Equal(t, verb+":ports.1", attr(t, button, "value"))
			require.Equal(t, "/f/edit", attr(t, button, "formaction"))
			require.Equal(t, label, attr(t, button, "aria-label"))
		}
		require.Zero(t, doc.Find("#hosts-0-up").Length())
		require.Equal(t, "Add a port", text(doc.Find("#ports-add")))
	})
	t.Run("a single column needs no name", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "Hosts, row 1", attr(t, doc.Find("#hosts-0-host"), "aria-label"))
		require.Equal(t, "first", text(doc.Find("datalist#"+attr(t, doc.Find("#hosts-0-host"), "list")+" option")))
	})
	t.Run("a problem is at its cell, which gets the focus", func(t *testing.T) {
		t.Parallel()
		f := ports()
		f.Refused, f.Problems = true, []api.Problem{{Path: "ports.1.client", Message: api.M("form.row_without_key")}, {Path: "ports.0", Message: api.M("form.no")}}
		doc := render(t, f)
		cell := doc.Find("#ports-1-client")
		require.Equal(t, "true", attr(t, cell, "aria-invalid"))
		require.Equal(t, 1, doc.Find("#"+attr(t, cell, "aria-describedby")).Length())
		require.Equal(t, "ports-1-client", attr(t, doc.Find("[autofocus]"), "id"))
		require.Equal(t, 1, doc.Find("#ports-0 > #ports-0-error").Length())
		for _, link := range doc.Find(".problem-list a").EachIter() {
			require.Equal(t, 1, doc.Find(attr(t, link, "href")).Length())
		}
	})
	t.Run("a row that was added is drawn, with the focus in its first cell", func(t *testing.T) {
		t.Parallel()
		f := ports()
		f.Focus, _ = form.Edit(f.Values, "add:ports")
		doc := render(t, f)
		require.Equal(t, "ports-2-client", attr(t, doc.Find("[autofocus]"), "id"))
		require.Equal(t, 3, doc.Find("#ports > .row").Length())
	})
	t.Run("and read as it was typed", func(t *testing.T) {
		t.Parallel()
		v := ports().Values
		form.Edit(v, "down:ports.0")
		rows := form.ReadRows(v, "ports")
		require.Equal(t, []form.Row{{"client": "x", "protocol": "SCTP"}, {"client": "443", "protocol": "TCP", "until": "2026-11-22"}}, rows)
		require.False(t, rows[0].Empty())
		require.True(t, form.Row{"client": " "}.Empty())
		require.Equal(t, "ports.1", form.RowPath("ports", 1))
	})
}

func TestCountedCharacters(t *testing.T) {
	t.Parallel()
	f := &form.Form{ID: "f", Action: "/f", Values: url.Values{"text": {"数据库"}, "long": {strings.Repeat("x", 11)}}, Sections: []form.Section{{ID: "s", Fields: []form.Field{
		{Path: "text", Kind: form.TextArea, Label: "Text", MaxLen: 10, Count: true},
		{Path: "long", Kind: form.Text, Label: "Long", MaxLen: 10, Count: true},
		{Path: "name", Kind: form.Text, Label: "Name", MaxLen: 10},
	}}}}
	doc := render(t, f)
	require.Equal(t, "3 of 10 characters", text(doc.Find("#text-count")), "characters, not bytes")
	require.Equal(t, "text-count", attr(t, doc.Find("#text"), "aria-describedby"))
	require.Equal(t, "# of 10 characters", attr(t, doc.Find("#text-count"), "data-text"))
	require.Equal(t, 1, doc.Find("#long-count.field-over").Length())
	require.Zero(t, doc.Find("#text-count.field-over, #name-count").Length())
}

func TestCards(t *testing.T) {
	t.Parallel()
	f := &form.Form{ID: "f", Action: "/f", Values: url.Values{"service": {"MRS.OpenTSDB"}}, Focus: "service", Sections: []form.Section{{ID: "s", Fields: []form.Field{
		{Path: "service", Kind: form.Cards, Label: "Service", Required: true, Redraw: true, Choices: []form.Choice{
			{Value: "RDS", Label: "RDS"}, {Value: "MRS.OpenTSDB", Label: "OpenTSDB", Note: "of <MRS>"},
		}},
	}}}}
	doc := render(t, f)
	chosen := doc.Find("input[type=radio][name=service][checked]")
	require.Equal(t, []string{"service-MRS-OpenTSDB", "MRS.OpenTSDB"}, []string{attr(t, chosen, "id"), attr(t, chosen, "value")})
	require.Equal(t, 1, doc.Find("#service-MRS-OpenTSDB[autofocus]").Length())
	require.Equal(t, "service-label", attr(t, doc.Find("[role=radiogroup]"), "aria-labelledby"))
	require.Equal(t, "OpenTSDB of <MRS>", text(chosen.Parent()))
	require.Equal(t, "/f/edit", attr(t, doc.Find("#field-service"), "hx-post"))
	require.Equal(t, 1, doc.Find("#field-service noscript").Length())
}
