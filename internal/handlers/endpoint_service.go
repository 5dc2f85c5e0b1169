package handlers

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

func (p *pages) listEndpointServices(c echo.Context) error {
	view := templates.EndpointServiceListView{Base: whitelistPath(c), Query: endpointServiceQuery(c.QueryParams())}
	page, err := p.Service.ListEndpointServices(c.Request().Context(), p.scope(c), view.Query)
	if err != nil {
		return err
	}
	view.Page = page
	return p.renderList(c, "services", templates.EndpointServiceList(p.frame(c, "whitelist.services"), view))
}

// endpointServiceQuery reads a list's state from the URL; what makes no sense
// there is left out.
func endpointServiceQuery(v url.Values) api.EndpointServiceQuery {
	q := api.EndpointServiceQuery{Search: v.Get("q"), Cursor: v.Get("cursor")}
	q.Sort, q.Desc = sorting(v, api.EndpointServiceSorts)
	states := []api.EndpointServiceState{
		api.EndpointServiceCreating, api.EndpointServiceAvailable, api.EndpointServiceFailed, api.EndpointServiceDeleting,
	}
	if state := api.EndpointServiceState(v.Get("state")); slices.Contains(states, state) {
		q.State = state
	}
	return q
}

// showEndpointService is what the service is.
func (p *pages) showEndpointService(c echo.Context) error {
	view, err := p.serviceView(c)
	if err != nil {
		return err
	}
	frame := p.serviceFrame(c, view)
	if err := p.sampleActions(c, &frame, serviceActions(&view.Service)...); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.EndpointServiceSettings(frame, view))
}

// serviceActions are what can be done with an endpoint service, as it is.
func serviceActions(service *api.EndpointService) []action {
	audited := service.Audited()
	return []action{
		does(api.M("sample.again"), api.CreateEndpointService{Draft: audited.Draft("")}),
		does(api.M("whitelist.delete"), api.DeleteEndpointService{ID: service.ID, Version: service.Version}),
	}
}

func (p *pages) serviceFrame(c echo.Context, view templates.EndpointServiceView) templates.Frame {
	return p.namedFrame(c, serviceName(&view.Service))
}

// showEndpointServiceHistory is what was changed at the service, its whitelist
// and its connections, in one line of time.
func (p *pages) showEndpointServiceHistory(c echo.Context) error {
	view, err := p.serviceView(c)
	if err != nil {
		return err
	}
	history, err := p.history(c, view.Path()+"/history", view.Service.ID, historyChanges, api.KindEndpointService, api.KindPermission, api.KindEndpoint)
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.EndpointServiceHistory(p.serviceFrame(c, view), templates.EndpointServiceHistoryView{EndpointServiceView: view, History: history}))
}

// confirmDeleteEndpointService asks, and names the connections in the way.
func (p *pages) confirmDeleteEndpointService(c echo.Context) error {
	service, err := p.serviceView(c)
	if err != nil {
		return err
	}
	view := templates.EndpointServiceDeleteView{EndpointServiceView: service}
	accepted, err := p.Service.ListServiceConnections(c.Request().Context(), p.scope(c), service.Service.ID, api.EndpointQuery{State: api.EndpointAccepted})
	if err != nil {
		return err
	}
	view.Dependents = accepted.Items
	frame := p.frame(c, "whitelist.delete_title")
	if err := p.sampleActions(c, &frame, does(api.Message{}, api.DeleteEndpointService{ID: view.Service.ID, Version: view.Service.Version})); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, templates.EndpointServiceDelete(frame, view))
}

func (p *pages) deleteEndpointService(c echo.Context) error {
	view, err := p.serviceView(c)
	if err != nil {
		return err
	}
	if err := p.Service.DeleteEndpointService(c.Request().Context(), p.scope(c), view.Service.ID, readVersion(c.FormValue("version"))); err != nil {
		return err
	}
	p.flashUndo(c, api.M("whitelist.deleted", "name", serviceName(&view.Service)))
	return redirect(c, view.Base)
}
