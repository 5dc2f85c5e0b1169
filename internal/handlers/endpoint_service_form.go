package handlers

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// serviceForm is an endpoint service as it stands in the form: what was typed,
// and the draft that it describes.
type serviceForm struct {
	values url.Values
	stored *api.EndpointService // edited, nil for a new one
	draft  api.EndpointServiceDraft
	ports  []int // the row of each port of the draft
	tags   []int // the row of each tag of the draft
}

func (p *pages) newEndpointService(c echo.Context) error {
	v := url.Values{
		"server_type": {string(api.ServerTypes[0])}, "tcp_proxy": {api.TCPProxies[0]}, "approval_enabled": {"true"},
	}
	form.SetRows(v, templates.ServicePorts, []form.Row{{}})
	return p.showServiceForm(c, http.StatusOK, &serviceForm{values: v}, formState{focus: "service_name"})
}

func (p *pages) editEndpointService(c echo.Context) error {
	view, err := p.serviceView(c)
	if err != nil {
		return err
	}
	return p.showServiceForm(c, http.StatusOK, &serviceForm{values: serviceValues(&view.Service), stored: &view.Service}, formState{})
}

// serviceValues fills the form's values from a stored service.
func serviceValues(s *api.EndpointService) url.Values {
	v := url.Values{
		"service_name": {s.ShortName}, "description": {s.Description}, "server_type": {string(s.ServerType)},
		"vpc_id": {s.VPCID}, "port_id": {s.PortID}, "vip_port_id": {s.VIPPortID}, "tcp_proxy": {s.TCPProxy},
		"version": {strconv.FormatInt(s.Version, 10)},
	}
	if s.Approval {
		v.Set("approval_enabled", "true")
	}
	rows := make([]form.Row, len(s.Ports))
	for i, port := range s.Ports {
		rows[i] = form.Row{templates.PortClient: strconv.Itoa(port.Client), templates.PortServer: strconv.Itoa(port.Server)}
	}
	form.SetRows(v, templates.ServicePorts, rows)
	setTags(v, s.Tags)
	return v
}

// readServiceForm reads the posted form. The service that it edits is looked up,
// so that a foreign id is not found.
func (p *pages) readServiceForm(c echo.Context) (*serviceForm, error) {
	values, err := formValues(c)
	if err != nil {
		return nil, err
	}
	sf := &serviceForm{values: values}
	if c.Param("id") != "" {
		view, err := p.serviceView(c)
		if err != nil {
			return nil, err
		}
		sf.stored = &view.Service
	}
	text := func(path string) string { return strings.TrimSpace(values.Get(path)) }
	sf.draft = api.EndpointServiceDraft{
		ShortName: text("service_name"), Description: text("description"), ServerType: api.ServerType(text("server_type")),
		VPCID: text("vpc_id"), PortID: text("port_id"), TCPProxy: text("tcp_proxy"),
		Approval: values.Get("approval_enabled") == "true", Region: p.Region,
		ID: c.Param("id"), Version: readVersion(values.Get("version")),
	}
	if sf.draft.ServerType == api.ServerVIP {
		sf.draft.VIPPortID = text("vip_port_id")
	}
	sf.readPorts()
	sf.draft.Tags, sf.tags = readTags(values)
	return sf, nil
}

// deed is what saving the form does.
func (sf *serviceForm) deed() api.Deed {
	if sf.stored == nil {
		return api.CreateEndpointService{Draft: sf.draft}
	}
	return api.UpdateEndpointService{Draft: sf.draft}
}

// readPorts reads the rows of ports; those in which nothing was typed are left
// out. What is no number is no port: the service says so.
func (sf *serviceForm) readPorts() {
	for n, row := range form.ReadRows(sf.values, templates.ServicePorts) {
		if row.Empty() {
			continue
		}
		client, _ := strconv.Atoi(strings.TrimSpace(row[templates.PortClient]))
		server, _ := strconv.Atoi(strings.TrimSpace(row[templates.PortServer]))
		sf.draft.Ports = append(sf.draft.Ports, api.PortMapping{Client: client, Server: server})
		sf.ports = append(sf.ports, n)
	}
}

// saveEndpointService makes or changes the service.
func (p *pages) saveEndpointService(c echo.Context) error {
	sf, err := p.readServiceForm(c)
	if err != nil {
		return err
	}
	save, done := p.Service.CreateEndpointService, "whitelist.service_created"
	if sf.stored != nil {
		save, done = p.Service.UpdateEndpointService, "whitelist.service_saved"
	}
	service, err := save(c.Request().Context(), p.scope(c), sf.draft)
	if err != nil {
		return p.refuseService(c, sf, err)
	}
	p.flash(c, api.M(done, "name", serviceName(&service)))
	return redirect(c, whitelistPath(c)+"/"+service.ID)
}

// refuseService shows the form again with what is wrong, and everything that was
// typed. Saving again after somebody else did replaces what he saved: the form
// carries the version that is seen now.
func (p *pages) refuseService(c echo.Context, sf *serviceForm, err error) error {
	e := domainError(err)
	state := formState{refused: true, problems: e.Problems}
	switch {
	case len(e.Problems) > 0:
	case e.Code == api.Conflict && sf.stored != nil:
		sf.values.Set("version", strconv.FormatInt(sf.stored.Version, 10))
		state.changed = &templates.LinkChanged{By: sf.stored.Updated.By, At: sf.stored.Updated.At}
	case e.Code == api.Conflict || e.Code == api.Limit:
		state.problems = []api.Problem{{Message: e.Message}}
	default:
		return err
	}
	return p.showServiceForm(c, http.StatusUnprocessableEntity, sf, state)
}

// validateEndpointService judges the field that htmx wants to redraw, as it is
// left.
func (p *pages) validateEndpointService(c echo.Context) error {
	sf, err := p.readServiceForm(c)
	if err != nil {
		return err
	}
	problems, err := problemsOf(p.Service.ValidateEndpointService(c.Request().Context(), p.scope(c), sf.draft))
	if err != nil {
		return err
	}
	return p.showServiceForm(c, http.StatusOK, sf, formState{problems: problems, only: c.Request().Header.Get("HX-Target")})
}

// redrawEndpointService shows the form with a row more or less, after a choice
// that other fields depend on, or in another language or theme. It judges
// nothing.
func (p *pages) redrawEndpointService(c echo.Context) error {
	sf, err := p.readServiceForm(c)
	if err != nil {
		return err
	}
	state := formState{unsaved: true}
	if focus, ok := form.Edit(sf.values, c.FormValue("op")); ok {
		state.focus = focus
	} else if choosesPreferences(c) {
		if err := p.takePreferences(c); err != nil {
			return err
		}
	}
	return p.showServiceForm(c, http.StatusOK, sf, state)
}

// form describes the form for people.
func (sf *serviceForm) form(c echo.Context) *form.Form {
	ctx, base := localised(c), whitelistPath(c)
	f := &form.Form{ID: "service-form", Action: base, Values: sf.values, Guard: true}
	if sf.stored != nil {
		f.Action = base + "/" + sf.stored.ID
		f.Hidden = []form.Hidden{{Name: "version", Value: sf.values.Get("version")}}
	}
	kind := api.ServerType(sf.values.Get("server_type"))
	f.Sections = append(templates.EndpointServiceSections(ctx, kind, sf.stored != nil), form.Section{
		ID: "section-tags", Title: locale.T(ctx, "whitelist.tags"), Advanced: true, Fields: []form.Field{tagsField(c, api.EndpointServiceTags)},
	})
	if v := sf.values.Get("vip_port_id"); v != "" && kind != api.ServerVIP {
		f.Hidden = append(f.Hidden, form.Hidden{Name: "vip_port_id", Value: v}) // in case that choice comes back
	}
	return f
}

// showServiceForm renders the form's page.
func (p *pages) showServiceForm(c echo.Context, status int, sf *serviceForm, state formState) error {
	f := sf.form(c)
	f.Problems = pinRows(pinTags(state.problems, sf.tags), templates.ServicePorts, sf.ports)
	f.Refused, f.Focus, f.Unsaved = state.refused, state.focus, state.unsaved
	if path, ok := f.FieldPath(state.only); ok {
		f.Only(path)
	}
	if err := p.sample(c, f, sf.deed()); err != nil {
		return err
	}
	view := templates.EndpointServiceFormView{Base: whitelistPath(c), Form: f, Service: sf.stored, Changed: state.changed != nil}
	title, path := "whitelist.new_service", whitelistPath(c)+"/new"
	if sf.stored != nil {
		title, path = "whitelist.edit_title", whitelistPath(c)+"/"+sf.stored.ID+"/edit"
	}
	frame := p.frame(c, title)
	frame.Path = path
	return p.render(c, status, templates.EndpointServiceForm(frame, view))
}

// pinRows moves problems with the things of a field of rows to the rows that
// these stand in.
func pinRows(problems []api.Problem, field string, at []int) []api.Problem {
	pinned := make([]api.Problem, len(problems))
	for i, problem := range problems {
		pinned[i] = problem
		rest, ok := strings.CutPrefix(problem.Path, field+".")
		number, part, dotted := strings.Cut(rest, ".")
		n, err := strconv.Atoi(number)
		if ok && err == nil && n >= 0 && n < len(at) {
			pinned[i].Path = form.RowPath(field, at[n])
			if dotted {
				pinned[i].Path += "." + part
			}
		}
	}
	return pinned
}

func serviceName(s *api.EndpointService) string {
	if s.ShortName != "" {
		return s.ShortName
	}
	return s.Name
}
