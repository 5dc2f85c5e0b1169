package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/web/templates"
)

// holderField names the user or group that a role is given to or taken from.
const holderField = "holder"

// peopleSettingsPath is where a project's roles are.
func peopleSettingsPath(c echo.Context) string {
	return templates.ProjectPath(project(c).ID) + templates.PeopleSettings
}

func (p *pages) listHolders(c echo.Context) error {
	roles, err := p.Identity.ProjectRoles(c.Request().Context(), p.scope(c))
	if err != nil {
		return err
	}
	view := templates.HoldersView{Project: templates.ProjectPath(project(c).ID), Roles: roles}
	return p.render(c, http.StatusOK, templates.Holders(p.frame(c, "projects.people_title"), view))
}

// findHolders finds people and groups who are to get a role, and says which they have.
func (p *pages) findHolders(c echo.Context) error {
	ctx, s := c.Request().Context(), p.scope(c)
	view := templates.HoldersView{Project: templates.ProjectPath(project(c).ID), Search: c.QueryParam("q")}
	people, groups, err := p.Identity.FindHolders(ctx, s, view.Search)
	if err != nil {
		return err
	}
	roles, err := p.Identity.ProjectRoles(ctx, s)
	if err != nil {
		return err
	}
	has := map[string]api.Role{}
	for i := range roles {
		has[templates.HolderID(roles[i].User.ID, roles[i].Group.ID)] = roles[i].Role
	}
	for i := range groups {
		id := templates.HolderID("", groups[i].ID)
		view.Found = append(view.Found, templates.GroupCandidate(localised(c), id, &groups[i], has[id]))
	}
	for i := range people {
		id := templates.HolderID(people[i].ID, "")
		view.Found = append(view.Found, templates.Candidate{Holder: id, Name: people[i].Name, Note: people[i].FullName, Role: has[id]})
	}
	view.More = max(len(people), len(groups)) == identity.MaxHolders
	return p.render(c, http.StatusOK, templates.FindHolders(p.frame(c, "projects.find_title"), view))
}

// readHolder reads who is meant.
func readHolder(text string) identity.Holder {
	if id, ok := strings.CutPrefix(text, "group:"); ok {
		return identity.Holder{Group: id}
	}
	return identity.Holder{User: strings.TrimPrefix(text, "user:")}
}

// giveRole gives somebody the role that is chosen beside the button that was pressed.
func (p *pages) giveRole(c echo.Context) error {
	holder := c.FormValue(holderField)
	role, known := api.ParseRole(c.FormValue("role." + holder))
	if !known {
		return api.Errorf(api.Invalid, "identity.role_rule")
	}
	if err := p.Identity.SetProjectRole(c.Request().Context(), p.scope(c), readHolder(holder), role); err != nil {
		return p.sayRefusalAt(c, peopleSettingsPath(c), err)
	}
	p.flash(c, api.M("projects.role_set", "role", api.M("role."+role.String())))
	return redirect(c, peopleSettingsPath(c))
}

// heldRole returns the role of the holder that the address names.
func (p *pages) heldRole(c echo.Context) (*identity.ProjectRole, error) {
	roles, err := p.Identity.ProjectRoles(c.Request().Context(), p.scope(c))
	if err != nil {
		return nil, err
	}
	for i := range roles {
		if templates.HolderID(roles[i].User.ID, roles[i].Group.ID) == c.FormValue(holderField) {
			return &roles[i], nil
		}
	}
	return nil, api.Errorf(api.NotFound, "projects.no_role")
}

func (p *pages) confirmTakeRole(c echo.Context) error {
	held, err := p.heldRole(c)
	if err != nil {
		return err
	}
	question := templates.RemovalQuestion(localised(c), templates.ProjectPath(project(c).ID), held)
	return p.askFirst(c, "projects.remove_title", question, nil)
}

// takeRole takes a role away. Who takes his own away may see nothing of the project
// any more.
func (p *pages) takeRole(c echo.Context) error {
	holder := readHolder(c.FormValue(holderField))
	if err := p.Identity.SetProjectRole(c.Request().Context(), p.scope(c), holder, api.RoleNone); err != nil {
		return p.sayRefusalAt(c, peopleSettingsPath(c), err)
	}
	p.flash(c, api.M("projects.role_taken"))
	if user := currentSession(c).User; holder.User == user.ID && !user.Administrator {
		return redirect(c, "/")
	}
	return redirect(c, peopleSettingsPath(c))
}
