package templates

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// PermissionCollection is the whitelist of a service.
func PermissionCollection(ctx context.Context, v EndpointServiceView) Collection {
	return Collection{
		Base: v.entries(), ID: "entries", Actions: permissionActions(v.entries()), Enter: v.entries() + "/renew",
		Above: v.below(ctx),
		Words: Words{List: "whitelist.tab_entries", Name: "whitelist.account", Search: "whitelist.search_entries", All: "whitelist.all_entries"},
	}
}

// WhitelistView is a page of a service's whitelist and the question it answers.
type WhitelistView struct {
	EndpointServiceView

	Query  api.PermissionQuery
	Page   api.Page[api.Permission]
	Ticked bool // all on the page: the way to tick them without JavaScript
	Who    WhoView
	// Additions go on in the background, or ended lately with something to look
	// at.
	Additions []api.Addition
	Row       RowView
}

// WhoView is the question who may connect, and its answer.
type WhoView struct {
	Account string      // as it was typed
	Access  *api.Access // nil if nobody asked
	Problem api.Message // what is wrong with the question
}

// RowView is the one row that was asked for by itself.
type RowView struct {
	Editing bool   // its description is being changed
	Typed   string // into the box of the description
	Seen    string // the description that the box was made from
	Problem api.Message
	News    string // what a screen reader hears of it
}

// whoID is the part of the page that answers who may connect.
const whoID = "who"

func (v *WhitelistView) list(ctx context.Context) List {
	return List{
		Collection: PermissionCollection(ctx, v.EndpointServiceView),
		Search:     v.Query.Search, Filters: []form.Hidden{{Name: "expiring", Value: trueText(v.Query.Expiring)}},
		Sort: v.Query.Sort, First: api.PermissionSorts[0], Newest: true, Desc: v.Query.Desc,
		Cursor: v.Query.Cursor, Next: v.Page.Next, Prev: v.Page.Prev, Shown: len(v.Page.Items), Ticked: v.Ticked,
		Columns: []ListColumn{
			{Label: locale.T(ctx, "whitelist.account"), Sort: "permission"},
			{Label: locale.T(ctx, "whitelist.description")},
			{Label: locale.T(ctx, "whitelist.added"), Sort: "created"},
			{Label: locale.T(ctx, "whitelist.expires"), Sort: "expires"},
			{Label: locale.T(ctx, "whitelist.actions"), Silent: true},
		},
		Blank: noPermissions(v.EndpointServiceView),
	}
}

func trueText(yes bool) string {
	if yes {
		return "true"
	}
	return ""
}

// accountName is what people call an entry.
func accountName(ctx context.Context, permission string) string {
	if permission == api.Everyone {
		return locale.T(ctx, "whitelist.every_account")
	}
	return api.BareAccount(permission)
}

// Renewal is a new end of an entry, as it is sent and as it is called.
type Renewal struct{ Value, Key string }

// Renewals are what an entry can be renewed by at a click.
var Renewals = []Renewal{
	{"+30d", "whitelist.renew_30"}, {"+90d", "whitelist.renew_90"}, {"never", "whitelist.renew_never"},
}

// soon reports whether an entry ends soon.
func soon(expires time.Time) bool {
	return !expires.IsZero() && time.Until(expires) < api.ExpirySoon
}

// left says how long something lasts yet.
func left(ctx context.Context, until time.Time) string {
	return locale.T(ctx, "whitelist.left", "span", span(ctx, max(0, time.Until(until))))
}

// accessKind is the tone of an answer.
func accessKind(a *api.Access) NoticeKind {
	if a.Allowed {
		return Success
	}
	return Failure
}

// swapRow makes a control replace its row by the one at href.
func swapRow(href, id string) templ.Attributes {
	return templ.Attributes{
		"hx-get": href, "hx-target": "#" + RowID(id), "hx-swap": "outerHTML", "hx-include": "closest tr", "hx-params": "id",
	}
}

// describedAs is what follows a word about an entry: its description.
func describedAs(ctx context.Context, entry *api.Permission) string {
	if entry.Description == "" {
		return ""
	}
	return locale.T(ctx, "form.colon") + entry.Description
}
