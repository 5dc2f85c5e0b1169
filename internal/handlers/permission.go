package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// showWhitelist is who may connect to the service.
func (p *pages) showWhitelist(c echo.Context) error {
	service, err := p.serviceView(c)
	if err != nil {
		return err
	}
	ctx, s := c.Request().Context(), p.scope(c)
	view := templates.WhitelistView{
		EndpointServiceView: service, Query: permissionQuery(c.QueryParams()), Ticked: c.QueryParam("tick") == "page",
	}
	if view.Page, err = p.Service.ListPermissions(ctx, s, service.Service.ID, view.Query); err != nil {
		return err
	}
	if view.Additions, err = p.openAdditions(c, service.Service.ID); err != nil {
		return err
	}
	if view.Who.Account = strings.TrimSpace(c.QueryParam("account")); view.Who.Account != "" {
		access, err := p.Service.WhoMayConnect(ctx, s, service.Service.ID, view.Who.Account)
		problems, err := problemsOf(err)
		switch {
		case err != nil:
			return err
		case problems != nil:
			view.Who.Problem = problems[0].Message
		default:
			view.Who.Access = &access
		}
	}
	return p.renderList(c, "entries", templates.Whitelist(p.serviceFrame(c, service), view))
}

// permissionQuery reads a list's state from the URL; what makes no sense there
// is left out. The newest come first unless it says otherwise.
func permissionQuery(v url.Values) api.PermissionQuery {
	q := api.PermissionQuery{Search: v.Get("q"), Expiring: v.Get("expiring") == "true", Cursor: v.Get("cursor"), Sort: "created", Desc: true}
	if slices.Contains(api.PermissionSorts, v.Get("sort")) {
		q.Sort, q.Desc = sorting(v, api.PermissionSorts)
	}
	return q
}

// entryView finds the entry of the path.
func (p *pages) entryView(c echo.Context) (templates.PermissionView, error) {
	service, err := p.serviceView(c)
	if err != nil {
		return templates.PermissionView{}, err
	}
	entry, err := p.Service.Permission(c.Request().Context(), p.scope(c), service.Service.ID, c.Param("entry"))
	return templates.PermissionView{EndpointServiceView: service, Entry: entry}, err
}

// showPermission is the page of an entry, or its row in the list, with the
// description open for changes or not.
func (p *pages) showPermission(c echo.Context) error {
	view, err := p.entryView(c)
	if err != nil {
		return err
	}
	if isRow(c, &view) {
		return p.permissionRow(c, http.StatusOK, view, templates.RowView{
			Editing: c.QueryParam("row") == "edit", Typed: view.Entry.Description, Seen: view.Entry.Description,
		})
	}
	return p.permissionPage(c, http.StatusOK, view, templates.PermissionValues(&view.Entry), nil)
}

// isRow reports whether htmx asked for the row of the entry.
func isRow(c echo.Context, view *templates.PermissionView) bool {
	return wantedFragment(c.Request()) == templates.RowID(view.Entry.ID)
}

// permissionRow renders the list with one entry, whose row htmx replaces.
func (p *pages) permissionRow(c echo.Context, status int, view templates.PermissionView, row templates.RowView) error {
	values, err := c.FormParams()
	if err != nil {
		return err
	}
	list := templates.WhitelistView{
		EndpointServiceView: view.EndpointServiceView, Page: api.Page[api.Permission]{Items: []api.Permission{view.Entry}},
		Ticked: slices.Contains(values["id"], view.Entry.ID), Row: row,
	}
	return p.render(c, status, templates.Whitelist(p.serviceFrame(c, view.EndpointServiceView), list))
}

func (p *pages) permissionPage(c echo.Context, status int, view templates.PermissionView, typed url.Values, problems []api.Problem) error {
	view.Form = templates.PermissionForm(localised(c), view.EndpointServiceView, &view.Entry, typed)
	view.Form.Problems, view.Form.Refused = problems, problems != nil
	change, _ := permissionChange(&view.Entry, typed)
	if err := p.sample(c, view.Form, api.ChangePermission{Service: view.Service.ID, ID: view.Entry.ID, Change: change}); err != nil {
		return err
	}
	frame := p.namedFrame(c, api.BareAccount(view.Entry.Permission))
	frame.Path = view.Path() + "/entries/" + view.Entry.ID
	return p.render(c, status, templates.PermissionPage(frame, view))
}

// describePermission changes a description in its row.
func (p *pages) describePermission(c echo.Context) error {
	view, err := p.entryView(c)
	if err != nil {
		return err
	}
	values, err := formValues(c)
	if err != nil {
		return err
	}
	text, seen := strings.TrimSpace(values.Get("description."+view.Entry.ID)), seenOr(values, view.Entry.ID, view.Entry.Description)
	var change api.PermissionChange
	if text != seen {
		change.Description = &text
	}
	entry, err := p.Service.ChangePermission(c.Request().Context(), p.scope(c), view.Service.ID, view.Entry.ID, change)
	problems, err := problemsOf(err)
	switch {
	case err != nil:
		return err
	case !isRow(c, &view):
		return redirect(c, view.Path()+"/entries/"+view.Entry.ID)
	case problems != nil:
		return p.permissionRow(c, http.StatusUnprocessableEntity, view, templates.RowView{Editing: true, Typed: text, Seen: seen, Problem: problems[0].Message})
	}
	view.Entry = entry
	return p.permissionRow(c, http.StatusOK, view, templates.RowView{News: locale.T(localised(c), "whitelist.described")})
}

// renewPermission sets anew when an entry ends, by a click in its row.
func (p *pages) renewPermission(c echo.Context) error {
	view, err := p.entryView(c)
	if err != nil {
		return err
	}
	until, ok := api.ReadRenewal(c.FormValue("expires"), view.Entry.Expires, time.Now())
	if !ok {
		return api.Errorf(api.Invalid, "lines.expires", "text", c.FormValue("expires"))
	}
	entry, err := p.Service.ChangePermission(c.Request().Context(), p.scope(c), view.Service.ID, view.Entry.ID, api.PermissionChange{Expires: &until})
	problems, err := problemsOf(err)
	switch {
	case err != nil:
		return err
	case problems != nil:
		p.flashKind(c, templates.Failure, problems[0].Message)
		return redirect(c, backTo(c, view.Path()))
	}
	view.Entry = entry
	if isRow(c, &view) {
		return p.permissionRow(c, http.StatusOK, view, templates.RowView{News: locale.Msg(localised(c), renewed(&view.Entry))})
	}
	p.flash(c, renewed(&view.Entry))
	return redirect(c, backTo(c, view.Path()))
}

// renewed says of an entry until when it lasts now.
func renewed(entry *api.Permission) api.Message {
	name := api.BareAccount(entry.Permission)
	if entry.Expires.IsZero() {
		return api.M("whitelist.now_for_good", "name", name)
	}
	return api.M("whitelist.renewed", "name", name, "until", locale.Time(entry.Expires))
}

// savePermission saves the form on the page of an entry, or renews it by one of
// the buttons there.
func (p *pages) savePermission(c echo.Context) error {
	view, err := p.entryView(c)
	if err != nil {
		return err
	}
	values, err := formValues(c)
	if err != nil {
		return err
	}
	problems, err := p.changePermission(c, &view.Entry, values)
	switch {
	case err != nil:
		return err
	case problems != nil:
		return p.permissionPage(c, http.StatusUnprocessableEntity, view, values, problems)
	}
	p.flash(c, api.M("whitelist.saved", "name", api.BareAccount(view.Entry.Permission)))
	return redirect(c, view.Path())
}

// seenOr is what a form was made from, or what is stored if it does not say.
func seenOr(v url.Values, name, stored string) string {
	if name = templates.SeenField + name; v.Has(name) {
		return v.Get(name)
	}
	return stored
}

// redrawPermission shows the form again as it was typed. It judges nothing.
func (p *pages) redrawPermission(c echo.Context) error {
	view, err := p.entryView(c)
	if err != nil {
		return err
	}
	values, err := formValues(c)
	if err != nil {
		return err
	}
	return p.permissionPage(c, http.StatusOK, view, values, nil)
}

// permissionChange is what somebody changed in the form, and whether its end can be
// read. What was stored since the form was made stays.
func permissionChange(entry *api.Permission, typed url.Values) (change api.PermissionChange, ok bool) {
	now := time.Now()
	until, ok := api.ReadExpiry(typed.Get("expires"), now)
	if renewal := typed.Get("renew"); renewal != "" {
		until, ok = api.ReadRenewal(renewal, entry.Expires, now)
	} else if typed.Get("expires") == seenOr(typed, "expires", templates.ExpiryText(entry.Expires)) {
		until, ok = entry.Expires, true
	}
	if ok && !until.Equal(entry.Expires) {
		change.Expires = &until
	}
	if text := strings.TrimSpace(typed.Get("description")); text != seenOr(typed, "description", entry.Description) {
		change.Description = &text
	}
	return change, ok
}

// changePermission saves what somebody changed in the form, and returns what is
// wrong with it.
func (p *pages) changePermission(c echo.Context, entry *api.Permission, typed url.Values) ([]api.Problem, error) {
	change, ok := permissionChange(entry, typed)
	if !ok {
		return []api.Problem{{Path: "expires", Message: api.M("lines.expires", "text", typed.Get("expires"))}}, nil
	}
	_, err := p.Service.ChangePermission(c.Request().Context(), p.scope(c), entry.Service, entry.ID, change)
	return problemsOf(err)
}
