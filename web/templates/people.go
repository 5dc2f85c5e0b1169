package templates

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// PeoplePath is where the pages of people are.
const PeoplePath = "/people"

// PeopleListView is a page of people and the question it answers.
type PeopleListView struct {
	Query  identity.PeopleQuery
	Groups []identity.Group // to be filtered by
	Page   api.Page[identity.Person]
}

func (v *PeopleListView) list(ctx context.Context) List {
	return List{
		Collection: Collection{Base: PeoplePath, ID: "people", Words: Words{List: "people.title", Name: "people.person", Search: "people.search"}},
		Search:     v.Query.Search, Filters: []form.Hidden{{Name: "group", Value: v.Query.Group}},
		Cursor: v.Query.Cursor, Next: v.Page.Next, Prev: v.Page.Prev, Shown: len(v.Page.Items),
		Columns: []ListColumn{
			{Label: locale.T(ctx, "people.person")}, {Label: locale.T(ctx, "people.status")},
			{Label: locale.T(ctx, "people.groups")}, {Label: locale.T(ctx, "people.projects")},
			{Label: locale.T(ctx, "people.seen")},
		},
	}
}

// PersonView is somebody as administrators see one. Self says that it is the reader.
type PersonView struct {
	Person identity.Person
	Self   bool
}

func (v *PersonView) path() string { return PersonPath(v.Person.ID) }

// PersonPath is the page of somebody.
func PersonPath(id string) string { return PeoplePath + "/" + url.PathEscape(id) }

// PeopleCrumbs is the way to a page about people.
func PeopleCrumbs(ctx context.Context) []Crumb { return []Crumb{peopleCrumb(ctx)} }

func peopleCrumb(ctx context.Context) Crumb {
	return Crumb{Label: locale.T(ctx, "people.title"), Href: PeoplePath}
}

// PersonCrumbs is the way to a page about somebody.
func PersonCrumbs(ctx context.Context, p *identity.Person) []Crumb {
	return []Crumb{peopleCrumb(ctx), {Label: p.Name, Href: PersonPath(p.ID)}}
}

// InviteForm describes the form by which somebody is invited.
func InviteForm(ctx context.Context, groups []identity.Group, projects []identity.Project) form.Form {
	t := func(key string) string { return locale.T(ctx, key) }
	access := form.Section{ID: "invite-access", Title: t("people.access"), Help: t("people.access_help")}
	if len(groups) > 0 {
		access.Fields = append(access.Fields, form.Field{Path: "groups", Kind: form.Checks, Label: t("people.groups"), Choices: groupChoices(groups)})
	}
	none := []form.Choice{{Label: t("form.choose")}} // or browsers would choose the first
	access.Fields = append(access.Fields, form.Field{
		Path: "roles", Kind: form.Rows, Label: t("people.roles"), AddLabel: t("people.add_role"),
		Columns: []form.Column{
			{Name: "project", Label: t("people.project"), Kind: form.Select, Choices: slices.Concat(none, projectChoices(projects))},
			{Name: "role", Label: t("people.role"), Kind: form.Select, Choices: slices.Concat(none, roleChoices(ctx))},
		},
	}, administratorField(ctx))
	name := form.Field{Path: "name", Kind: form.Text, Required: true, Label: t("people.name"), Help: t("people.name_help")}
	return form.Form{
		ID: "invite-form", Action: PeoplePath, Focus: "name", Guard: true,
		Sections: []form.Section{{ID: "invite-person", Title: t("people.person"), Fields: append([]form.Field{name}, contactFields(ctx)...)}, access},
	}
}

// PersonForm describes the form of what is known of somebody.
func PersonForm(ctx context.Context, p *identity.Person) form.Form {
	f := form.Form{
		ID: "person-form", Action: PersonPath(p.ID), Guard: true,
		Values: url.Values{"fullname": {p.FullName}, "email": {p.Email}, "administrator": {strconv.FormatBool(p.Appointed)}},
		Sections: []form.Section{
			{ID: "person-contact", Title: locale.T(ctx, "people.person"), Fields: contactFields(ctx)},
			{ID: "person-access", Title: locale.T(ctx, "people.access"), Fields: []form.Field{administratorField(ctx)}},
		},
	}
	return f
}

func contactFields(ctx context.Context) []form.Field {
	return []form.Field{
		{Path: "fullname", Kind: form.Text, Half: true, Label: locale.T(ctx, "people.full_name")},
		{Path: "email", Kind: form.Text, Half: true, Label: locale.T(ctx, "people.email")},
	}
}

func administratorField(ctx context.Context) form.Field {
	return form.Field{Path: "administrator", Kind: form.Switch, Label: locale.T(ctx, "people.administrator"), Help: locale.T(ctx, "people.administrator_help")}
}

func groupChoices(groups []identity.Group) []form.Choice {
	choices := make([]form.Choice, len(groups))
	for i, g := range groups {
		choices[i] = form.Choice{Value: g.ID, Label: g.Name, Note: g.Name}
	}
	return choices
}

func projectChoices(projects []identity.Project) []form.Choice {
	choices := make([]form.Choice, len(projects))
	for i, p := range projects {
		choices[i] = form.Choice{Value: p.ID, Label: p.Name}
	}
	return choices
}

// roleChoices are the roles that somebody can have in a project.
func roleChoices(ctx context.Context) []form.Choice {
	choices := make([]form.Choice, len(api.Roles))
	for i, r := range api.Roles {
		choices[i] = form.Choice{Value: r.String(), Label: roleText(ctx, r), Note: locale.T(ctx, "role_note."+r.String())}
	}
	return choices
}

func roleText(ctx context.Context, r api.Role) string { return locale.T(ctx, "role."+r.String()) }
