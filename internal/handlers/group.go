package handlers

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/locale"
	"switchboard/web/templates"
)

// groupRoutes are the pages by which administrators look after groups.
func (p *pages) groupRoutes(in *echo.Group) {
	groups := in.Group(templates.GroupsPath, p.administrator)
	groups.GET("", p.listGroups)
	groups.GET("/new", p.showing(p.groupSheet))
	groups.POST("", p.saveGroup)
	groups.POST("/edit", p.redrawing(p.groupSheet))

	group := groups.Group("/:id")
	group.GET("", p.showGroup)
	group.GET("/edit", p.showing(p.groupSheet))
	group.POST("", p.saveGroup)
	group.POST("/edit", p.redrawing(p.groupSheet))
	group.GET("/delete", p.confirmDeleteGroup)
	group.POST("/delete", p.deleteGroup)
	group.GET("/add", p.findMembers)
	group.POST("/add", p.addMember)
	group.POST("/remove", p.removeMember)
}

func (p *pages) listGroups(c echo.Context) error {
	groups, err := p.Identity.Groups(c.Request().Context(), p.actor(c))
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.GroupList(p.frame(c, "groups.title"), templates.GroupListView{Groups: groups}))
}

// group returns the one that the address names.
func (p *pages) group(c echo.Context) (templates.GroupView, error) {
	group, members, err := p.Identity.Group(c.Request().Context(), p.actor(c), c.Param("id"))
	return templates.GroupView{Group: group, Members: members}, err
}

func (p *pages) showGroup(c echo.Context) error {
	view, err := p.group(c)
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.GroupPage(p.namedFrame(c, view.Group.Name), view))
}

// groupSheet is the form of the group that the address names, or of a new one.
func (p *pages) groupSheet(c echo.Context) (*sheet, error) {
	ctx := localised(c)
	sh := &sheet{title: "groups.new_title", page: templates.GroupsPath + "/new", SheetView: templates.SheetView{
		Lead: locale.T(ctx, "groups.lead"), Crumbs: templates.GroupCrumbs(ctx, nil), Form: templates.GroupForm(ctx, nil),
		Save: locale.T(ctx, "groups.create"), Busy: locale.T(ctx, "people.saving"), Back: templates.GroupsPath,
	}}
	if c.Param("id") == "" {
		return sh, nil
	}
	view, err := p.group(c)
	if err != nil {
		return nil, err
	}
	path := templates.GroupPath(view.Group.ID)
	sh.title, sh.page, sh.Crumbs = "groups.edit_title", path+"/edit", templates.GroupCrumbs(ctx, &view.Group)
	sh.Form, sh.Save, sh.Back = templates.GroupForm(ctx, &view.Group), locale.T(ctx, "people.save"), path
	return sh, nil
}

// saveGroup makes a group, or changes the one that the address names.
func (p *pages) saveGroup(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	group, done, save := readGroup(c.Param("id"), values), "groups.created", p.Identity.CreateGroup
	if group.ID != "" {
		done, save = "people.saved", p.Identity.UpdateGroup
	}
	stored, err := save(c.Request().Context(), p.actor(c), group)
	if err == nil {
		p.flash(c, api.M(done))
		return redirect(c, templates.GroupPath(stored.ID))
	}
	return p.refuseSheet(c, p.groupSheet, values, err)
}

func readGroup(id string, v url.Values) identity.Group {
	return identity.Group{
		ID: id, Name: strings.TrimSpace(v.Get("name")), Description: strings.TrimSpace(v.Get("description")),
		Claim: strings.TrimSpace(v.Get("claim")), Administrator: v.Get("administrator") == "true",
	}
}

func (p *pages) confirmDeleteGroup(c echo.Context) error {
	view, err := p.group(c)
	if err != nil {
		return err
	}
	ctx := localised(c)
	return p.askFirst(c, "groups.delete_title", templates.GroupDeletion(ctx, view), templates.GroupCrumbs(ctx, &view.Group))
}

func (p *pages) deleteGroup(c echo.Context) error {
	id := c.Param("id")
	if err := p.Identity.DeleteGroup(c.Request().Context(), p.actor(c), id); err != nil {
		return p.sayRefusalAt(c, templates.GroupPath(id), err)
	}
	p.flash(c, api.M("groups.deleted"))
	return redirect(c, templates.GroupsPath)
}

// findMembers finds people who are to become members.
func (p *pages) findMembers(c echo.Context) error {
	group, err := p.group(c)
	if err != nil {
		return err
	}
	view := templates.NewMembersView{GroupView: group, Query: peopleQuery(c.QueryParams())}
	view.Query.Group = ""
	if view.Page, err = p.Identity.People(c.Request().Context(), p.actor(c), view.Query); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.NewMembers(p.frame(c, "groups.add_title"), view))
}

func (p *pages) addMember(c echo.Context) error {
	path := templates.GroupPath(c.Param("id"))
	if err := p.Identity.AddMember(c.Request().Context(), p.actor(c), c.Param("id"), c.FormValue("user")); err != nil {
		return p.sayRefusalAt(c, path, err)
	}
	p.flash(c, api.M("groups.added"))
	return redirect(c, path)
}

func (p *pages) removeMember(c echo.Context) error {
	path := templates.GroupPath(c.Param("id"))
	if err := p.Identity.RemoveMember(c.Request().Context(), p.actor(c), c.Param("id"), c.FormValue("user")); err != nil {
		return p.sayRefusalAt(c, path, err)
	}
	p.flash(c, api.M("groups.removed"))
	return redirect(c, path)
}
