package templates

import (
	"context"
	"net/url"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// Where the pages of projects are: all of them, and the settings below one.
const (
	ProjectsPath    = "/projects"
	ProjectSettings = "/settings"
	PeopleSettings  = ProjectSettings + "/people"
)

// ProjectPath is the first page of a project.
func ProjectPath(id string) string { return "/p/" + id }

// ProjectListView is all projects: those in use and those that are only kept.
type ProjectListView struct{ Projects []identity.Project }

func (v *ProjectListView) list(ctx context.Context) List {
	return List{
		Collection: Collection{Base: ProjectsPath, ID: "projects", Words: Words{List: "projects.title", Name: "projects.name"}},
		Shown:      len(v.Projects),
		Columns: []ListColumn{
			{Label: locale.T(ctx, "projects.name")}, {Label: locale.T(ctx, "people.status")},
			{Label: locale.T(ctx, "projects.region")}, {Label: locale.T(ctx, "people.actions"), Silent: true},
		},
	}
}

// SettingsView is the settings of a project.
type SettingsView struct {
	Project identity.Project
	Form    form.Form
}

// ProjectForm describes the form of a project, or of a new one, nil. Regions are
// those that it can be in.
func ProjectForm(ctx context.Context, p *identity.Project, regions []string) form.Form {
	t := func(key string) string { return locale.T(ctx, key) }
	fields := []form.Field{
		{Path: "name", Kind: form.Text, Required: true, Label: t("projects.name"), Help: t("projects.name_help")},
		{Path: "description", Kind: form.Text, Label: t("projects.description")},
	}
	f := form.Form{ID: "project-form", Action: ProjectsPath, Focus: "name", Guard: true, Values: url.Values{}}
	if p != nil {
		f.Action, f.Focus = ProjectPath(p.ID)+ProjectSettings, ""
		f.Values = url.Values{"name": {p.Name}, "description": {p.Description}}
	} else if len(regions) > 0 {
		choices := make([]form.Choice, len(regions))
		for i, name := range regions {
			choices[i] = form.Choice{Value: name, Label: name}
		}
		fields = append(fields, form.Field{
			Path: "region", Kind: form.Select, Choices: choices, Unset: t("projects.own_region"),
			Label: t("projects.region"), Help: t("projects.region_help"),
		})
	}
	f.Sections = []form.Section{{ID: "project-fields", Title: t("projects.project"), Fields: fields}}
	return f
}

// SettingsTabs are the pages of a project's settings; current is what follows its
// path.
func SettingsTabs(ctx context.Context, project, current string) []Tab {
	var tabs []Tab
	for _, at := range []struct{ path, label string }{
		{ProjectSettings, "projects.tab_general"}, {PeopleSettings, "projects.tab_people"}, {ProjectSettings + "/approvals", "projects.tab_approvals"},
		{BackendSettings, "backend.tab"},
	} {
		tabs = append(tabs, Tab{Label: locale.T(ctx, at.label), Href: project + at.path, Current: at.path == current})
	}
	return tabs
}

// ArchiveQuestion asks before a project is archived.
func ArchiveQuestion(ctx context.Context, p *identity.Project) Confirm {
	return Confirm{
		Text: locale.T(ctx, "projects.archive_text", "name", p.Name),
		Consequences: []string{
			locale.T(ctx, "projects.archive_read"), locale.T(ctx, "projects.archive_programs"),
			locale.T(ctx, "projects.archive_jobs"), locale.T(ctx, "projects.archive_back"),
		},
		Action: ProjectsPath + "/" + p.ID + "/archive", Cancel: ProjectsPath, Button: locale.T(ctx, "projects.archive_button"),
	}
}

// RestoreQuestion asks before an archived project is used again.
func RestoreQuestion(ctx context.Context, p *identity.Project) Confirm {
	return Confirm{
		Text:         locale.T(ctx, "projects.restore_text", "name", p.Name),
		Consequences: []string{locale.T(ctx, "projects.restore_changes"), locale.T(ctx, "projects.restore_jobs")},
		Action:       ProjectsPath + "/" + p.ID + "/restore", Cancel: ProjectsPath, Button: locale.T(ctx, "projects.restore_button"),
	}
}

// HoldersView is who may do what in a project. Found are those whom a search for
// somebody to be added found.
type HoldersView struct {
	Project string // its path
	Roles   []identity.ProjectRole
	Search  string
	Found   []Candidate
	More    bool
}

func (v *HoldersView) path() string { return v.Project + PeopleSettings }

// Candidate is somebody, or a group, who can get a role.
type Candidate struct {
	Holder     string // as HolderID
	Name, Note string
	Role       api.Role // that the candidate has already, or RoleNone
}

// HolderID names a user or a group in a form.
func HolderID(user, group string) string {
	if group != "" {
		return "group:" + group
	}
	return "user:" + user
}

func (v *HoldersView) search() List {
	return List{
		Collection: Collection{Base: v.path() + "/find", ID: "found", Words: Words{List: "projects.find", Search: "projects.find"}},
		Search:     v.Search, Shown: len(v.Found),
	}
}

// holderName is what a user or group is called.
func holderName(r *identity.ProjectRole) string {
	if r.Group.ID != "" {
		return r.Group.Name
	}
	return r.User.Name
}

// RemovalQuestion asks before somebody's role is taken away.
func RemovalQuestion(ctx context.Context, project string, r *identity.ProjectRole) Confirm {
	c := Confirm{
		Text: locale.T(ctx, "projects.remove_text", "name", holderName(r), "role", roleText(ctx, r.Role)),
		Consequences: []string{
			locale.T(ctx, "projects.remove_at_once"), locale.T(ctx, "projects.remove_programs"), locale.T(ctx, "projects.remove_requests"),
		},
		Action: project + PeopleSettings + "/remove", Cancel: project + PeopleSettings, Button: locale.T(ctx, "projects.remove_button"),
		Hidden: []form.Hidden{{Name: "holder", Value: HolderID(r.User.ID, r.Group.ID)}},
	}
	if r.Group.ID != "" {
		c.Consequences = append(c.Consequences, locale.T(ctx, "projects.remove_group"))
	}
	return c
}

// GroupCandidate is a group that can get a role.
func GroupCandidate(ctx context.Context, holder string, g *identity.Group, role api.Role) Candidate {
	return Candidate{Holder: holder, Name: g.Name, Note: locale.T(ctx, "projects.group_of", "count", g.Members), Role: role}
}
