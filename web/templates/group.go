package templates

import (
	"context"
	"net/url"
	"strconv"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// GroupsPath is where the pages of groups are.
const GroupsPath = "/groups"

// GroupPath is the page of a group.
func GroupPath(id string) string { return GroupsPath + "/" + url.PathEscape(id) }

// GroupListView is all groups.
type GroupListView struct{ Groups []identity.Group }

func (v *GroupListView) list(ctx context.Context) List {
	return List{
		Collection: Collection{Base: GroupsPath, ID: "groups", Words: Words{List: "groups.title", Name: "groups.name"}},
		Shown:      len(v.Groups),
		Columns: []ListColumn{
			{Label: locale.T(ctx, "groups.name")}, {Label: locale.T(ctx, "groups.members")},
			{Label: locale.T(ctx, "groups.claim")}, {Label: locale.T(ctx, "people.access")},
		},
		Blank: noGroups(),
	}
}

// GroupView is a group with its members.
type GroupView struct {
	Group   identity.Group
	Members []identity.User
}

func (v *GroupView) path() string { return GroupPath(v.Group.ID) }

func (v *GroupView) member(id string) bool {
	for i := range v.Members {
		if v.Members[i].ID == id {
			return true
		}
	}
	return false
}

// NewMembersView is a page of people of whom some are to become members.
type NewMembersView struct {
	GroupView

	Query identity.PeopleQuery
	Page  api.Page[identity.Person]
}

func (v *NewMembersView) list(ctx context.Context) List {
	return List{
		Collection: Collection{Base: v.path() + "/add", ID: "people", Words: Words{List: "people.title", Name: "people.person", Search: "people.search"}},
		Search:     v.Query.Search, Cursor: v.Query.Cursor, Next: v.Page.Next, Prev: v.Page.Prev, Shown: len(v.Page.Items),
		Columns: []ListColumn{
			{Label: locale.T(ctx, "people.person")}, {Label: locale.T(ctx, "people.status")},
			{Label: locale.T(ctx, "people.actions"), Silent: true},
		},
	}
}

// GroupCrumbs is the way to a page about a group, or to that of a new one, nil.
func GroupCrumbs(ctx context.Context, g *identity.Group) []Crumb {
	crumbs := []Crumb{{Label: locale.T(ctx, "groups.title"), Href: GroupsPath}}
	if g != nil {
		crumbs = append(crumbs, Crumb{Label: g.Name, Href: GroupPath(g.ID)})
	}
	return crumbs
}

// GroupForm describes the form of a group, or of a new one, nil.
func GroupForm(ctx context.Context, g *identity.Group) form.Form {
	t := func(key string) string { return locale.T(ctx, key) }
	f := form.Form{
		ID: "group-form", Action: GroupsPath, Focus: "name", Guard: true, Values: url.Values{},
		Sections: []form.Section{
			{ID: "group-name", Title: t("groups.group"), Fields: []form.Field{
				{Path: "name", Kind: form.Text, Required: true, Label: t("groups.name")},
				{Path: "description", Kind: form.Text, Label: t("groups.description")},
			}},
			{ID: "group-access", Title: t("people.access"), Fields: []form.Field{
				{Path: "claim", Kind: form.Text, Label: t("groups.claim"), Help: t("groups.claim_help")},
				{Path: "administrator", Kind: form.Switch, Label: t("groups.administrator"), Help: t("people.administrator_help")},
			}},
		},
	}
	if g != nil {
		f.Action, f.Focus = GroupPath(g.ID), ""
		f.Values = url.Values{"name": {g.Name}, "description": {g.Description}, "claim": {g.Claim}, "administrator": {strconv.FormatBool(g.Administrator)}}
	}
	return f
}

// GroupDeletion is the question before a group is deleted.
func GroupDeletion(ctx context.Context, v GroupView) Confirm {
	return Confirm{
		Text:         locale.T(ctx, "groups.delete_text", "name", v.Group.Name),
		Consequences: []string{locale.T(ctx, "groups.delete_members", "count", len(v.Members)), locale.T(ctx, "groups.delete_stays")},
		Action:       v.path() + "/delete", Cancel: v.path(), Button: locale.T(ctx, "groups.delete_button"),
	}
}
