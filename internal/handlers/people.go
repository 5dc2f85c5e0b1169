package handlers

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/locale"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// peopleRoutes are the pages by which administrators look after people.
func (p *pages) peopleRoutes(in *echo.Group) {
	people := in.Group(templates.PeoplePath, p.administrator)
	people.GET("", p.listPeople)
	people.GET("/new", p.showing(p.inviteSheet))
	people.POST("", p.invite)
	people.POST("/edit", p.redrawing(p.inviteSheet))

	person := people.Group("/:id")
	person.GET("", p.showPerson)
	person.GET("/edit", p.showing(p.personSheet))
	person.POST("", p.savePerson)
	person.POST("/edit", p.redrawing(p.personSheet))
	for verb, deed := range personDeeds {
		person.GET("/"+verb, func(c echo.Context) error { return p.askPerson(c, verb, deed) })
		person.POST("/"+verb, func(c echo.Context) error { return p.toPerson(c, deed) })
	}
}

func (p *pages) listPeople(c echo.Context) error {
	ctx, actor := c.Request().Context(), p.actor(c)
	view := templates.PeopleListView{Query: peopleQuery(c.QueryParams())}
	var err error
	if view.Page, err = p.Identity.People(ctx, actor, view.Query); err != nil {
		return err
	}
	if view.Groups, err = p.Identity.Groups(ctx, actor); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.PeopleList(p.frame(c, "people.title"), view))
}

func peopleQuery(v url.Values) identity.PeopleQuery {
	return identity.PeopleQuery{Search: v.Get("q"), Group: v.Get("group"), Cursor: v.Get("cursor")}
}

// inviteSheet is the form by which somebody is invited.
func (p *pages) inviteSheet(c echo.Context) (*sheet, error) {
	ctx, actor := localised(c), p.actor(c)
	groups, err := p.Identity.Groups(ctx, actor)
	if err != nil {
		return nil, err
	}
	projects, err := p.Identity.Projects(ctx, currentSession(c).User)
	if err != nil {
		return nil, err
	}
	sh := &sheet{title: "people.invite_title", page: templates.PeoplePath + "/new", SheetView: templates.SheetView{
		Lead: locale.T(ctx, "people.invite_lead"), Crumbs: templates.PeopleCrumbs(ctx), Form: templates.InviteForm(ctx, groups, projects),
		Save: locale.T(ctx, "people.invite_button"), Busy: locale.T(ctx, "people.saving"), Back: templates.PeoplePath,
	}}
	sh.Form.Values = url.Values{}
	form.SetRows(sh.Form.Values, "roles", []form.Row{{}})
	return sh, nil
}

// invite adds somebody and shows the one-time link.
func (p *pages) invite(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	draft, err := readPerson(values)
	var person identity.Person
	var token string
	if err == nil {
		person, token, err = p.Identity.Invite(c.Request().Context(), p.actor(c), draft)
	}
	if err == nil {
		return p.handOver(c, &person, token, true)
	}
	return p.refuseSheet(c, p.inviteSheet, values, err)
}

// readPerson reads the form of somebody new.
func readPerson(v url.Values) (identity.NewPerson, error) {
	n := identity.NewPerson{
		Name: strings.TrimSpace(v.Get("name")), FullName: strings.TrimSpace(v.Get("fullname")), Email: strings.TrimSpace(v.Get("email")),
		Administrator: v.Get("administrator") == "true", Groups: v["groups"], Roles: map[string]api.Role{},
	}
	var problems []api.Problem
	for i, row := range form.ReadRows(v, "roles") {
		id := row["project"]
		role, known := api.ParseRole(row["role"])
		_, twice := n.Roles[id]
		switch at := form.RowPath("roles", i); {
		case id == "" && !known:
		case id == "" || !known:
			problems = append(problems, api.Problem{Path: at, Message: api.M("people.role_half")})
		case twice:
			problems = append(problems, api.Problem{Path: at, Message: api.M("people.role_twice")})
		default:
			n.Roles[id] = role
		}
	}
	return n, api.Refuse(problems)
}

// handOver shows a one-time link, once, to be sent to whom it is for.
func (p *pages) handOver(c echo.Context, person *identity.Person, token string, invited bool) error {
	ctx, title, lead := localised(c), "people.reset_done", "people.reset_send"
	if invited {
		title, lead = "people.invite_done", "people.invite_send"
	}
	return p.showOnce(c, title, templates.OnceView{
		Lead: locale.T(ctx, lead, "name", person.Name), Button: locale.T(ctx, "people.to_person", "name", person.Name), Back: templates.PersonPath(person.ID),
		Items: []templates.OnceItem{{ID: "link", Label: locale.T(ctx, "people.link"), Text: p.base(c) + newPasswordPath + "?token=" + token}},
		Notes: []string{locale.T(ctx, "people.link_note")},
	})
}

// person returns the one that the address names.
func (p *pages) person(c echo.Context) (identity.Person, error) {
	return p.Identity.Person(c.Request().Context(), p.actor(c), c.Param("id"))
}

func (p *pages) showPerson(c echo.Context) error {
	person, err := p.person(c)
	if err != nil {
		return err
	}
	view := templates.PersonView{Person: person, Self: person.ID == currentSession(c).User.ID}
	return p.render(c, http.StatusOK, templates.PersonPage(p.namedFrame(c, person.Name), view))
}

func (p *pages) personSheet(c echo.Context) (*sheet, error) {
	person, err := p.person(c)
	if err != nil {
		return nil, err
	}
	ctx, path := localised(c), templates.PersonPath(person.ID)
	return &sheet{title: "people.edit_title", page: path + "/edit", SheetView: templates.SheetView{
		Crumbs: templates.PersonCrumbs(ctx, &person), Form: templates.PersonForm(ctx, &person),
		Save: locale.T(ctx, "people.save"), Busy: locale.T(ctx, "people.saving"), Back: path,
	}}, nil
}

func (p *pages) savePerson(c echo.Context) error {
	values, err := formValues(c)
	if err != nil {
		return err
	}
	sh, err := p.personSheet(c)
	if err != nil {
		return err
	}
	ctx, actor, id := c.Request().Context(), p.actor(c), c.Param("id")
	err = p.Identity.UpdatePerson(ctx, actor, id, strings.TrimSpace(values.Get("fullname")), strings.TrimSpace(values.Get("email")))
	if err == nil && values.Get("administrator") != sh.Form.Value("administrator") {
		appoint, _ := strconv.ParseBool(values.Get("administrator")) // off is absent
		err = p.Identity.SetAdministrator(ctx, actor, id, appoint)
	}
	if err != nil {
		return p.refuseSheet(c, p.personSheet, values, err)
	}
	p.flash(c, api.M("people.saved"))
	return redirect(c, sh.Back)
}
