package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// projectRoutes are the pages by which administrators look after projects.
func (p *pages) projectRoutes(in *echo.Group) {
	projects := in.Group(templates.ProjectsPath, p.administrator)
	projects.GET("", p.listProjects)
	projects.GET("/new", p.showing(p.projectSheet))
	projects.POST("", p.addProject)
	projects.POST("/edit", p.redrawing(p.projectSheet))
	projects.GET("/:id/archive", p.confirmArchive)
	projects.POST("/:id/archive", p.archiveProject)
	projects.GET("/:id/restore", p.confirmRestore)
	projects.POST("/:id/restore", p.restoreProject)
}

// settingsRoutes are the pages of a project's settings.
func (p *pages) settingsRoutes(project *echo.Group) {
	settings := project.Group(templates.ProjectSettings)
	settings.GET("", p.showProjectSettings)
	settings.POST("", p.saveProjectSettings, p.admin)
	settings.POST("/edit", p.redrawProjectSettings, p.admin)
	settings.GET("/people", p.listHolders)
	settings.POST("/people", p.giveRole, p.admin)
	settings.GET("/people/find", p.findHolders, p.admin)
	settings.GET("/people/remove", p.confirmTakeRole, p.admin)
	settings.POST("/people/remove", p.takeRole, p.admin)
}

// settingsPath is the path of the settings of the project.
func settingsPath(c echo.Context) string {
	return templates.ProjectPath(project(c).ID) + templates.ProjectSettings
}

// listProjects shows all projects, those that are only kept at the end.
func (p *pages) listProjects(c echo.Context) error {
	ctx := c.Request().Context()
	archived, err := p.Identity.Archived(ctx, p.actor(c)) // which is for administrators only
	if err != nil {
		return err
	}
	used, err := p.Identity.Projects(ctx, currentSession(c).User)
	if err != nil {
		return err
	}
	view := templates.ProjectListView{Projects: slices.Concat(used, archived)}
	return p.render(c, http.StatusOK, templates.ProjectList(p.frame(c, "projects.title"), view))
}

// projectSheet is the form of a new project.
func (p *pages) projectSheet(c echo.Context) (*sheet, error) {
	ctx := localised(c)
	regions, err := p.regionNames(c)
	return &sheet{title: "projects.new_title", page: templates.ProjectsPath + "/new", SheetView: templates.SheetView{
		Lead: locale.T(ctx, "projects.new_lead"), Crumbs: []templates.Crumb{{Label: locale.T(ctx, "projects.title"), Href: templates.ProjectsPath}},
		Form: templates.ProjectForm(ctx, nil, regions), Save: locale.T(ctx, "projects.create"),
		Busy: locale.T(ctx, "people.saving"), Back: templates.ProjectsPath,
	}}, err
}

// regionNames are the regions that a project can be in, as any other sees them.
func (p *pages) regionNames(c echo.Context) ([]string, error) {
	ctx := c.Request().Context()
	projects, err := p.Identity.Projects(ctx, currentSession(c).User)
	for i := range projects {
		if err != nil {
			break
		}
		var regions []api.Region
		regions, err = p.Service.Regions(ctx, api.Scope{Project: projects[i].ID, Actor: p.actor(c)})
		if slices.ContainsFunc(regions, func(r api.Region) bool { return r.Kind == api.StoreCloud }) {
			continue // it sees those of its cloud
		}
		names := make([]string, len(regions))
		for n := range regions {
			names[n] = regions[n].Name
		}
		return names, err
	}
	return nil, err
}

func (p *pages) addProject(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	made, err := p.Identity.AddProject(c.Request().Context(), p.actor(c), identity.Project{
		Name: strings.TrimSpace(values.Get("name")), Description: strings.TrimSpace(values.Get("description")), Region: values.Get("region"),
	})
	if err == nil {
		p.flash(c, api.M("projects.created", "name", made.Name))
		return redirect(c, templates.ProjectPath(made.ID)+templates.PeopleSettings)
	}
	return p.refuseSheet(c, p.projectSheet, values, err)
}

// projectToKeep is the one that the address of an administrator names.
func (p *pages) projectToKeep(c echo.Context) (identity.Project, error) {
	return p.Identity.Project(c.Request().Context(), currentSession(c).User, c.Param("id"))
}

func (p *pages) confirmArchive(c echo.Context) error {
	found, err := p.projectToKeep(c)
	if err != nil {
		return err
	}
	ctx := localised(c)
	return p.askFirst(c, "projects.archive_title", templates.ArchiveQuestion(ctx, &found), nil)
}

func (p *pages) archiveProject(c echo.Context) error {
	if err := p.Identity.ArchiveProject(c.Request().Context(), p.actor(c), c.Param("id")); err != nil {
		return p.sayRefusalAt(c, templates.ProjectsPath, err)
	}
	p.flash(c, api.M("projects.archive_done"))
	return redirect(c, templates.ProjectsPath)
}

func (p *pages) confirmRestore(c echo.Context) error {
	found, err := p.projectToKeep(c)
	if err != nil {
		return err
	}
	ctx := localised(c)
	return p.askFirst(c, "projects.restore_title", templates.RestoreQuestion(ctx, &found), nil)
}

func (p *pages) restoreProject(c echo.Context) error {
	if err := p.Identity.RestoreProject(c.Request().Context(), p.actor(c), c.Param("id")); err != nil {
		return p.sayRefusalAt(c, templates.ProjectsPath, err)
	}
	p.flash(c, api.M("projects.restore_done"))
	return redirect(c, templates.ProjectsPath)
}

func (p *pages) showProjectSettings(c echo.Context) error {
	return p.renderSettings(c, http.StatusOK, nil, nil)
}

// renderSettings shows the form of the project, as it is or as it was typed and refused.
func (p *pages) renderSettings(c echo.Context, status int, typed url.Values, refusal error) error {
	view := templates.SettingsView{Project: *project(c), Form: templates.ProjectForm(localised(c), project(c), nil)}
	if typed != nil {
		view.Form.Values = typed
	}
	if refusal != nil {
		if err := refuse(&view.Form, typed, refusal); err != nil {
			return err
		}
	}
	view.Form.Unsaved = typed != nil && refusal == nil
	frame := p.frame(c, "projects.settings")
	frame.Path = settingsPath(c)
	return p.render(c, status, templates.Settings(frame, view))
}

func (p *pages) saveProjectSettings(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	name, description := strings.TrimSpace(values.Get("name")), strings.TrimSpace(values.Get("description"))
	if err := p.Identity.UpdateProject(c.Request().Context(), p.scope(c), name, description); err != nil {
		return p.renderSettings(c, http.StatusUnprocessableEntity, values, err)
	}
	p.flash(c, api.M("people.saved"))
	return redirect(c, settingsPath(c))
}

// redrawProjectSettings shows the form again in another language or theme.
func (p *pages) redrawProjectSettings(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	if err := p.takePreferences(c); err != nil {
		return err
	}
	return p.renderSettings(c, http.StatusOK, values, nil)
}
