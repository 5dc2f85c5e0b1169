package handlers

import (
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// What ids of the cloud look like.
const (
	groupExample   = "8d1a0b5c-1f0e-4d3b-9a51-2f6c7d8e9f01"
	networkExample = "0c9b8a7f-2222-4b1e-8c3d-4e5f60718293"
)

// form describes the form for people.
func (cf *connectionForm) form(c echo.Context) *form.Form {
	ctx := localised(c)
	t := func(key string) string { return locale.T(ctx, key) }
	f := &form.Form{ID: "connection-form", Action: connectionsPath(c), Values: cf.values, Guard: true}
	if cf.from != nil {
		f.Hidden = []form.Hidden{{Name: "from", Value: cf.from.ID}}
	}
	f.Sections = []form.Section{
		{ID: "section-connection", Title: t("connections.section"), Fields: []form.Field{
			{
				Path: "name", Kind: form.Text, Required: true, Live: true, Placeholder: "orders_dws",
				Label: t("connections.name"), Help: t("connections.name_help"),
			},
			{
				Path: "service", Kind: form.Cards, Required: true, Redraw: true,
				Label: t("connections.service"), Choices: serviceChoices(c),
			},
		}},
		{ID: "section-address", Title: t("connections.destination"), Fields: []form.Field{cf.addressField(c)}},
		{ID: "section-network", Title: t("connections.network"), Help: t("connections.network_help"), Fields: []form.Field{
			{
				Path: "security_group_id", Kind: form.Text, Required: true, Live: true, Placeholder: groupExample,
				Label: t("connections.security_group"), Help: t("connections.security_group_help"),
			},
			{
				Path: "network_id", Kind: form.Text, Required: true, Live: true, Placeholder: networkExample,
				Label: t("connections.network_id"), Help: t("connections.network_id_help"),
			},
		}},
		{ID: "section-tags", Fields: []form.Field{tagsField(c, api.ConnectionTags)}},
	}
	return f
}

// serviceChoices are the services, each with what it is.
func serviceChoices(c echo.Context) []form.Choice {
	choices := make([]form.Choice, len(api.ConnectionServices))
	for i, s := range api.ConnectionServices {
		choices[i] = form.Choice{Value: s.Name, Label: s.Name, Note: locale.T(localised(c), "service_note."+s.Name)}
	}
	return choices
}

// ripe leaves out what is wrong with cells of rows in which nothing was typed
// yet: a row is judged as one of its cells is left, and the others come next.
func ripe(f *form.Form) {
	f.Problems = slices.DeleteFunc(f.Problems, func(p api.Problem) bool {
		return strings.Count(p.Path, ".") == 2 && f.Value(p.Path) == ""
	})
}

// addressField is the field of the addresses: one row, or several where the
// service lists its members. It says what an address of the service looks like.
func (cf *connectionForm) addressField(c echo.Context) form.Field {
	ctx := localised(c)
	t := func(key string, pairs ...any) string { return locale.T(ctx, key, pairs...) }
	f := form.Field{
		Path: addressField, Kind: form.Rows, Required: true, Live: true, Joined: true, MaxLen: api.MaxConnectionURL, Count: true,
		Label: t("connections.address"), Help: t("connections.url_help"), AddLabel: t("connections.add_address"),
	}
	host := form.Column{Name: "host", Label: t("connections.host"), Paste: true}
	port := form.Column{Name: "port", Label: t("connections.port"), Kind: form.Number}
	if s := cf.service; s != nil {
		f.Help = locale.T(ctx, "service_url."+s.Name) + " " + t("connections.url_example", "example", s.Example)
		if !s.Many {
			f.Most = 1
		}
		port.Placeholder = strconv.Itoa(s.Port)
	}
	f.Columns = []form.Column{host, port}
	return f
}
