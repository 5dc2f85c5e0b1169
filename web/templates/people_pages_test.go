package templates_test

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/web/templates"
)

// peoplePages are the pages about people, groups, projects and oneself.
func peoplePages(ctx context.Context, f templates.Frame) map[string]templ.Component {
	at := time.Unix(0, 0)
	project := identity.Project{ID: "1", Name: markup, Description: markup, Archived: at}
	group := identity.Group{ID: "2", Name: markup, Description: markup, Claim: markup, Administrator: true, Members: 1}
	person := identity.Person{User: identity.User{ID: "3", Name: markup}, FullName: markup, Email: markup, Factor: true, Invited: true, Groups: []identity.Group{group}}
	roles := []identity.ProjectRole{
		{Project: project, User: person.User, Role: api.RoleEditor, Since: api.Stamp{At: at, By: markup}}, {Project: project, Group: group, Role: api.RoleAdmin},
	}
	person.Roles = roles[:1]
	own := templates.ProfileView{Person: person}
	holders := templates.HoldersView{Project: "/p/1", Roles: roles, Search: markup, More: true, Found: []templates.Candidate{
		{Holder: "user:3", Name: markup, Note: markup, Role: api.RoleViewer}, templates.GroupCandidate(ctx, "group:2", &group, api.RoleNone),
	}}
	members := templates.GroupView{Group: group, Members: []identity.User{person.User}}
	people := api.Page[identity.Person]{Items: []identity.Person{person}, Next: "+x"}
	return map[string]templ.Component{
		"people":        templates.PeopleList(f, templates.PeopleListView{Groups: []identity.Group{group}, Page: people}),
		"person":        templates.PersonPage(f, templates.PersonView{Person: person}),
		"invitation":    templates.Sheet(f, templates.SheetView{Form: templates.InviteForm(ctx, []identity.Group{group}, []identity.Project{project}), Save: markup, Back: "/"}),
		"person form":   templates.Sheet(f, templates.SheetView{Form: templates.PersonForm(ctx, &person), Save: markup, Back: "/"}),
		"question":      templates.Question(f, templates.QuestionView{Confirm: templates.GroupDeletion(ctx, members)}),
		"shown once":    templates.Once(f, templates.OnceView{Items: []templates.OnceItem{{ID: "link", Label: markup, Text: markup}}, Notes: []string{markup}, Button: markup, Back: "/"}),
		"no groups":     templates.GroupList(f, templates.GroupListView{}),
		"groups":        templates.GroupList(f, templates.GroupListView{Groups: []identity.Group{group}}),
		"group":         templates.GroupPage(f, members),
		"new members":   templates.NewMembers(f, templates.NewMembersView{GroupView: members, Page: people}),
		"projects":      templates.ProjectList(f, templates.ProjectListView{Projects: []identity.Project{project}}),
		"settings":      templates.Settings(f, templates.SettingsView{Project: project, Form: templates.ProjectForm(ctx, &project, nil)}),
		"new project":   templates.Sheet(f, templates.SheetView{Form: templates.ProjectForm(ctx, nil, []string{markup}), Save: markup, Back: "/"}),
		"holders":       templates.Holders(f, holders),
		"found holders": templates.FindHolders(f, holders),
		"no project":    templates.NoProject(f, []string{markup}),
		"profile":       templates.Profile(f, templates.ProfileFormView{ProfileView: own, Form: templates.PreferencesForm(ctx, "dark")}),
		"password":      templates.ProfileForm(f, templates.ProfileFormView{ProfileView: own, Tab: templates.ProfilePassword, Form: templates.PasswordForm(ctx)}),
		"factor":        templates.ProfileFactorPage(f, templates.FactorView{ProfileView: own, Form: templates.NoFactorForm(ctx)}),
		"factor set-up": templates.ProfileFactorSetup(f, templates.FactorView{ProfileView: own, Key: "KEY", Form: templates.FactorForm(ctx)}),
		"sessions":      templates.ProfileSessionsPage(f, templates.SessionsView{ProfileView: own, Here: "a", Sessions: []identity.SessionInfo{{ID: "a", Agent: markup}, {ID: "b", Agent: markup}}}),
		"keys":          templates.ProfileKeysPage(f, templates.KeysView{ProfileView: own, Keys: []identity.KeyInfo{{Access: "AK", Name: markup, Project: project}}}),
		"tokens":        templates.ProfileTokensPage(f, templates.TokensView{ProfileView: own, Tokens: []identity.APIToken{{ID: "4", Name: markup, Project: &project}}}),
		"new password":  templates.Invited(f, templates.InvitedView{Form: templates.NewPasswordForm(ctx, "/password?token=x", markup)}),
		"second step":   templates.SecondStep(f, templates.SecondStepForm(ctx, "/")),
	}
}
