package handlers

import (
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// connectionForm is a connection as it stands in the form: what was typed, and
// the draft that it describes.
type connectionForm struct {
	values    url.Values
	service   *api.ConnectionService // nil until one is chosen
	draft     api.ConnectionDraft
	addresses []int           // the row of each address of the draft's url
	tags      []int           // the row of each tag of the draft
	from      *api.Connection // what a new one starts from, or nil
}

// newConnectionForm is the form that somebody begins with.
func newConnectionForm(service string) *connectionForm {
	cf := &connectionForm{values: url.Values{}, service: api.FindConnectionService(service)}
	if cf.service != nil {
		cf.values.Set("service", cf.service.Name)
	}
	followPort(cf.values, cf.service)
	return cf
}

// connectionFormFrom is filled from another connection. The name of one that is
// deleted is free again.
func connectionFormFrom(from *api.Connection) *connectionForm {
	cf := newConnectionForm(from.Service)
	cf.from = from
	cf.values.Set("name", from.Name)
	if from.State != api.ConnectionDeleted {
		cf.values.Set("name", from.Name+"-copy")
	}
	cf.values.Set("from", from.ID)
	cf.values.Set("security_group_id", from.SecurityGroupID)
	cf.values.Set("network_id", from.NetworkID)
	setAddresses(cf.values, from.URL)
	setTags(cf.values, from.Tags)
	return cf
}

// readConnection reads the posted form. What a new connection starts from is
// looked up, so that a foreign id is not found.
func (p *pages) readConnection(c echo.Context) (*connectionForm, error) {
	values, err := formValues(c)
	if err != nil {
		return nil, err
	}
	cf := &connectionForm{values: values, service: api.FindConnectionService(values.Get("service"))}
	if id := values.Get("from"); id != "" {
		from, err := p.Service.Connection(c.Request().Context(), p.scope(c), id)
		if err != nil {
			return nil, err
		}
		cf.from = &from
	}
	splitAddresses(values)
	cf.draft = api.ConnectionDraft{
		Name: strings.TrimSpace(values.Get("name")), Service: values.Get("service"),
		SecurityGroupID: strings.TrimSpace(values.Get("security_group_id")),
		NetworkID:       strings.TrimSpace(values.Get("network_id")),
	}
	cf.draft.URL, cf.addresses = joinAddresses(values)
	cf.draft.Tags, cf.tags = readTags(values)
	if cf.from != nil {
		cf.draft.Cluster = cf.from.Cluster
	}
	return cf, nil
}

// pin moves problems to the rows of the form that they are about.
func (cf *connectionForm) pin(problems []api.Problem) []api.Problem {
	pinned := pinTags(problems, cf.tags)
	for i := range pinned {
		if pinned[i].Path != addressField {
			continue
		}
		if row, ok := cf.addressRow(pinned[i]); ok {
			pinned[i].Path = row
		}
	}
	return pinned
}
