package templates

import (
	"context"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// EndpointServiceFormView is the form of a new or stored endpoint service.
type EndpointServiceFormView struct {
	Base    string
	Form    *form.Form
	Service *api.EndpointService // edited, nil for a new one
	Changed bool                 // somebody else saved it meanwhile
}

func (v *EndpointServiceFormView) crumbs(ctx context.Context) []Crumb {
	if v.Service == nil {
		return []Crumb{{Label: locale.T(ctx, "whitelist.services"), Href: v.Base}}
	}
	return (&EndpointServiceView{Base: v.Base, Service: *v.Service}).below(ctx)
}

// cancel is where somebody goes who saves nothing.
func (v *EndpointServiceFormView) cancel() string {
	if v.Service == nil {
		return v.Base
	}
	return v.Base + "/" + v.Service.ID + "/settings"
}

func (v *EndpointServiceFormView) saveLabel(ctx context.Context) string {
	if v.Service == nil {
		return locale.T(ctx, "whitelist.create")
	}
	return locale.T(ctx, "whitelist.save")
}

// ServicePorts is the field of ports, and PortClient and PortServer its columns.
const (
	ServicePorts = "ports"
	PortClient   = "client_port"
	PortServer   = "server_port"
)

// EndpointServiceSections are the fields of the form, but for the tags. kind is
// the kind of backend that is chosen; of a stored service it is fixed.
func EndpointServiceSections(ctx context.Context, kind api.ServerType, stored bool) []form.Section {
	text := func(key string) string { return locale.T(ctx, key) }
	vpc := form.Field{Path: "vpc_id", Kind: form.Text, Required: true, Live: true, Label: text("whitelist.vpc_id"), Help: text("whitelist.vpc_id_help"), Placeholder: idExample}
	server := form.Field{
		Path: "server_type", Kind: form.Cards, Required: true, Redraw: true, Label: text("whitelist.server_type"), Choices: serverChoices(ctx),
	}
	if stored {
		vpc.Kind, vpc.Live, vpc.Help = form.Fixed, false, ""
		server.Kind, server.Redraw = form.Fixed, false
	}
	backend := []form.Field{server, vpc, {
		Path: "port_id", Kind: form.Text, Required: true, Live: true, Label: text("whitelist.port_id"),
		Help: locale.T(ctx, "server_port."+string(kind)), Placeholder: idExample,
	}}
	if kind == api.ServerVIP {
		backend = append(backend, form.Field{
			Path: "vip_port_id", Kind: form.Text, Live: true, Label: text("whitelist.vip_port_id"), Help: text("whitelist.vip_port_id_help"), Placeholder: idExample,
		})
	}
	return []form.Section{
		{ID: "section-service", Title: text("whitelist.service"), Fields: []form.Field{
			{
				Path: "service_name", Kind: form.Text, Live: true, Label: text("whitelist.short_name"), Help: text("whitelist.short_name_help"),
				Placeholder: "orders", MaxLen: api.MaxShortName,
			},
			{Path: "description", Kind: form.Text, Live: true, Label: text("whitelist.description"), MaxLen: api.MaxDescription, Count: true},
		}},
		{ID: "section-backend", Title: text("whitelist.backend"), Fields: backend},
		{ID: "section-ports", Title: text("whitelist.ports"), Help: text("whitelist.ports_help"), Fields: []form.Field{portsField(ctx)}},
		{ID: "section-access", Title: text("whitelist.access"), Fields: []form.Field{
			{Path: "approval_enabled", Kind: form.Switch, Label: text("whitelist.approval"), Help: text("whitelist.approval_help")},
			{Path: "tcp_proxy", Kind: form.Select, Required: true, Live: true, Label: text("whitelist.tcp_proxy"), Help: text("whitelist.tcp_proxy_help"), Choices: proxyChoices(ctx)},
		}},
	}
}

func portsField(ctx context.Context) form.Field {
	return form.Field{
		Path: ServicePorts, Kind: form.Rows, Required: true, Live: true, Label: locale.T(ctx, "whitelist.ports"),
		AddLabel: locale.T(ctx, "whitelist.add_port"),
		Columns: []form.Column{
			{Name: PortClient, Label: locale.T(ctx, "whitelist.client_port"), Kind: form.Number, Placeholder: "443"},
			{Name: PortServer, Label: locale.T(ctx, "whitelist.server_port"), Kind: form.Number, Placeholder: "8443"},
		},
	}
}

// idExample is what ids of the cloud look like.
const idExample = "8f63f3e1-0c65-4b1d-9a3e-2d0f8c5b7a46"

func serverChoices(ctx context.Context) []form.Choice {
	var choices []form.Choice
	for _, kind := range api.ServerTypes {
		choices = append(choices, form.Choice{
			Value: string(kind), Label: locale.T(ctx, "server_type."+string(kind)), Note: locale.T(ctx, "server_type_help."+string(kind)),
		})
	}
	return choices
}

func proxyChoices(ctx context.Context) []form.Choice {
	var choices []form.Choice
	for _, proxy := range api.TCPProxies {
		choices = append(choices, form.Choice{Value: proxy, Label: locale.T(ctx, "tcp_proxy."+proxy)})
	}
	return choices
}
