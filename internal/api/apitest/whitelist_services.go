package apitest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// ServiceDraft is a well-formed draft of an endpoint service.
func ServiceDraft(name string) api.EndpointServiceDraft {
	return api.EndpointServiceDraft{
		ShortName: name, Region: "local-1", VPCID: "4189d3c2-8882-4871-a3c2-d380272eed88",
		PortID: "4189d3c2-8882-4871-a3c2-d380272eed80", ServerType: api.ServerLB, Approval: true,
		Ports: []api.PortMapping{{Client: 8080, Server: 90, Protocol: "TCP"}, {Client: 8081, Server: 90}},
		Tags:  []api.Tag{{Key: "team", Value: "mirror"}, {Key: "空", Value: ""}}, Description: "package mirror",
	}
}

var serviceTests = map[string]func(*testing.T, Plane){
	"a service is found as it was described":                   serviceIsFound,
	"all that is wrong with a service is said at once":         serviceProblems,
	"an update of a service replaces what can be changed":      serviceUpdates,
	"no service becomes public by the way":                     approvalStays,
	"what was deleted of services is gone, with what it had":   serviceDeleted,
	"what a service was like when it ended is written down":    serviceEnds,
	"services of another project are not found":                foreignServices,
	"a service is described to who may connect to it alone":    serviceDescribed,
	"services are listed, searched, sorted, paged and counted": servicesListed,
}

func createService(t *testing.T, p Plane, d api.EndpointServiceDraft) api.EndpointService {
	t.Helper()
	svc, err := p.Service.CreateEndpointService(t.Context(), p.Mine, d)
	require.NoError(t, err)
	return svc
}

func getService(t *testing.T, p Plane, id string) api.EndpointService {
	t.Helper()
	svc, err := p.Service.EndpointService(t.Context(), p.Mine, id)
	require.NoError(t, err)
	return svc
}

func serviceIsFound(t *testing.T, p Plane) {
	d := ServiceDraft("mirror")
	svc := createService(t, p, d)
	require.Equal(t, svc, getService(t, p, svc.ID))
	require.Equal(t, "local-1.mirror."+svc.ID, svc.Name)
	require.Equal(t, api.EndpointServiceAvailable, svc.State)
	require.Equal(t, "interface", svc.Type)
	require.Equal(t, "close", svc.TCPProxy)
	require.Equal(t, "TCP", svc.Ports[1].Protocol)
	require.Equal(t, d.Tags, svc.Tags)
	require.NotEmpty(t, svc.Account)
	require.EqualValues(t, 1, svc.Version)
	require.Equal(t, p.Mine.Actor.User, svc.Created.By)
	require.Zero(t, svc.Permissions)

	d.ShortName = ""
	nameless := createService(t, p, d)
	require.Equal(t, "local-1."+nameless.ID, nameless.Name)
	require.Equal(t, []string{"create"}, actions(t, p, api.KindEndpointService, svc.ID))
}

func serviceProblems(t *testing.T, p Plane) {
	d := api.EndpointServiceDraft{
		ShortName: "not a name", VPCID: "a/b", ServerType: "BMS", VIPPortID: "x", Type: "gateway", TCPProxy: "on",
		Ports:       []api.PortMapping{{Client: 0, Server: 65536, Protocol: "udp"}, {Client: 80, Server: 80}, {Client: 80, Server: 81}},
		Description: "<b>", Tags: []api.Tag{{Key: "a=b"}},
	}
	_, err := p.Service.CreateEndpointService(t.Context(), p.Mine, d)
	requireCode(t, err, api.Invalid)
	want := []string{
		"service_name endpoint_service.name_form", "vpc_id endpoint_service.vpc_form",
		"server_type endpoint_service.server_type_unknown", "port_id endpoint_service.port_id_required",
		"vip_port_id endpoint_service.vip_port_only", "service_type endpoint_service.type_unknown",
		"tcp_proxy endpoint_service.tcp_proxy_unknown", "description vpcep.description_brackets",
		"ports.0.client_port endpoint_service.port_range", "ports.0.server_port endpoint_service.port_range",
		"ports.0.protocol endpoint_service.protocol_unknown", "ports.2.client_port endpoint_service.port_twice",
		"tags.0.key tag.character",
	}
	require.Equal(t, want, paths(err))
	require.Equal(t, want, paths(p.Service.ValidateEndpointService(t.Context(), p.Mine, d)))
	for want, change := range map[string]func(*api.EndpointServiceDraft){
		"service_name endpoint_service.name_too_long":       func(d *api.EndpointServiceDraft) { d.ShortName = strings.Repeat("a", 17) },
		"ports endpoint_service.ports_required":             func(d *api.EndpointServiceDraft) { d.Ports = nil },
		"ports endpoint_service.ports_too_many":             func(d *api.EndpointServiceDraft) { d.Ports = make([]api.PortMapping, 201) },
		"description vpcep.description_too_long":            func(d *api.EndpointServiceDraft) { d.Description = strings.Repeat("字", 513) },
		"description vpcep.description_control":             func(d *api.EndpointServiceDraft) { d.Description = "a\u202eb" },
		"server_type endpoint_service.server_type_required": func(d *api.EndpointServiceDraft) { d.ServerType = "" },
		"vpc_id endpoint_service.vpc_required":              func(d *api.EndpointServiceDraft) { d.VPCID = "" },
		"port_id endpoint_service.port_id_form":             func(d *api.EndpointServiceDraft) { d.PortID = "\x00" },
		"vip_port_id endpoint_service.vip_port_form":        func(d *api.EndpointServiceDraft) { d.ServerType, d.VIPPortID = api.ServerVIP, "é" },
	} {
		d := ServiceDraft("mirror")
		change(&d)
		require.Equal(t, []string{want}, paths(p.Service.ValidateEndpointService(t.Context(), p.Mine, d)))
	}
}

func serviceUpdates(t *testing.T, p Plane) {
	svc := createService(t, p, ServiceDraft("mirror"))
	endpoint := connect(t, p, p.Mine, svc.ID)
	d := ServiceDraft("renamed")
	d.ID, d.Version, d.Region, d.VPCID, d.ServerType = svc.ID, svc.Version, "elsewhere", "", ""
	d.Ports, d.Approval, d.Tags = []api.PortMapping{{Client: 443, Server: 8443}}, false, nil
	updated, err := p.Service.UpdateEndpointService(t.Context(), p.Mine, d)
	require.NoError(t, err)
	require.Equal(t, "local-1.renamed."+svc.ID, updated.Name, "it stays in its region")
	require.Equal(t, svc.VPCID, updated.VPCID)
	require.Equal(t, svc.ServerType, updated.ServerType)
	require.Equal(t, []api.PortMapping{{Client: 443, Server: 8443, Protocol: "TCP"}}, updated.Ports)
	require.False(t, updated.Approval)
	require.Empty(t, updated.Tags)
	require.EqualValues(t, 2, updated.Version)
	require.Equal(t, updated, getService(t, p, svc.ID))
	seen, err := p.Service.Endpoint(t.Context(), p.Mine, endpoint.ID)
	require.NoError(t, err)
	require.Equal(t, updated.Name, seen.ServiceName)

	_, err = p.Service.UpdateEndpointService(t.Context(), p.Mine, d)
	requireCode(t, err, api.Conflict)
	d.Version, d.VPCID, d.ServerType = 0, "another", api.ServerVM
	want := []string{"vpc_id endpoint_service.vpc_fixed", "server_type endpoint_service.server_type_fixed"}
	require.Equal(t, want, paths(p.Service.ValidateEndpointService(t.Context(), p.Mine, d)))
	_, err = p.Service.UpdateEndpointService(t.Context(), p.Mine, d)
	require.Equal(t, want, paths(err))
	require.Equal(t, []string{"update", "create"}, actions(t, p, api.KindEndpointService, svc.ID))
}

func approvalStays(t *testing.T, p Plane) {
	svc := createService(t, p, ServiceDraft("mirror"))
	everyone := addPermissions(t, p, svc.ID, api.PermissionDraft{Permission: api.Everyone})[0]
	d := ServiceDraft("mirror")
	d.ID = svc.ID
	_, err := p.Service.UpdateEndpointService(t.Context(), p.Mine, d)
	require.NoError(t, err)
	d.Approval = false
	want := []string{"approval_enabled endpoint_service.approval_open"}
	_, err = p.Service.UpdateEndpointService(t.Context(), p.Mine, d)
	requireCode(t, err, api.Invalid)
	require.Equal(t, want, paths(err))
	require.Equal(t, want, paths(p.Service.ValidateEndpointService(t.Context(), p.Mine, d)))
	require.True(t, getService(t, p, svc.ID).Approval)

	d.Everyone = true
	updated, err := p.Service.UpdateEndpointService(t.Context(), p.Mine, d)
	require.NoError(t, err)
	require.False(t, updated.Approval)
	d.Everyone = false
	_, err = p.Service.UpdateEndpointService(t.Context(), p.Mine, d)
	require.NoError(t, err, "it was off before")

	d.Approval = true
	_, err = p.Service.UpdateEndpointService(t.Context(), p.Mine, d)
	require.NoError(t, err)
	removeEntries(t, p, svc.ID, []string{everyone.ID})
	d.Approval = false
	_, err = p.Service.UpdateEndpointService(t.Context(), p.Mine, d)
	require.NoError(t, err)
}

func serviceDeleted(t *testing.T, p Plane) {
	svc, _ := whitelisted(t, p, 3)
	pending := connect(t, p, p.Mine, svc.ID)
	accepted := connect(t, p, p.Mine, svc.ID)
	_, err := p.Service.AcceptConnection(t.Context(), p.Mine, svc.ID, accepted.ID)
	require.NoError(t, err)
	require.Equal(t, 1, getService(t, p, svc.ID).Connections)
	requireCode(t, p.Service.DeleteEndpointService(t.Context(), p.Mine, svc.ID, 0), api.Conflict)

	require.NoError(t, p.Service.DeleteEndpoint(t.Context(), p.Mine, accepted.ID))
	requireCode(t, p.Service.DeleteEndpointService(t.Context(), p.Mine, svc.ID, svc.Version+1), api.Conflict)
	require.NoError(t, p.Service.DeleteEndpointService(t.Context(), p.Mine, svc.ID, svc.Version))
	requireCode(t, p.Service.DeleteEndpointService(t.Context(), p.Mine, svc.ID, 0), api.NotFound)
	_, err = p.Service.EndpointService(t.Context(), p.Mine, svc.ID)
	requireCode(t, err, api.NotFound)
	_, err = p.Service.ListPermissions(t.Context(), p.Mine, svc.ID, api.PermissionQuery{})
	requireCode(t, err, api.NotFound)
	_, err = p.Service.Endpoint(t.Context(), p.Mine, pending.ID)
	requireCode(t, err, api.NotFound)
	require.Equal(t, []string{"delete", "delete", "accept", "create", "create"}, actions(t, p, api.KindEndpoint, svc.ID))
	_, err = p.Service.DescribeEndpointService(t.Context(), p.Mine, svc.ID, "")
	requireCode(t, err, api.NotFound)
	_, err = p.Service.CreateEndpoint(t.Context(), p.Mine, EndpointDraft(svc.ID))
	requireCode(t, err, api.NotFound)
	page, err := p.Service.ListEndpointServices(t.Context(), p.Mine, api.EndpointServiceQuery{})
	require.NoError(t, err)
	require.Empty(t, page.Items)
}

func serviceEnds(t *testing.T, p Plane) {
	svc, _ := whitelisted(t, p, 2)
	end := time.Now().Add(p.short())
	addPermissions(t, p, svc.ID, api.PermissionDraft{Permission: "iam:domain::goes", Expires: end})
	_, err := p.Service.OpenToEveryone(t.Context(), p.Mine, svc.ID, api.EveryoneDraft{Confirm: svc.Name, Reason: Reason})
	require.NoError(t, err)
	time.Sleep(time.Until(end))
	require.NoError(t, p.Service.DeleteEndpointService(t.Context(), p.Mine, svc.ID, 0))
	changes, err := p.Service.Changes(t.Context(), p.Mine, api.KindEndpointService, svc.ID, "", 1)
	require.NoError(t, err)
	require.Equal(t, "delete", changes[0].Action)
	require.Equal(t, p.Mine.Actor, changes[0].Actor)
	var audited struct {
		Permissions int
		Everyone    struct{ Permission, Reason string }
	}
	require.NoError(t, json.Unmarshal(changes[0].Before, &audited))
	require.Equal(t, 3, audited.Permissions, "those in force")
	require.Equal(t, api.Everyone, audited.Everyone.Permission)
	require.Equal(t, Reason, audited.Everyone.Reason)
}

func foreignServices(t *testing.T, p Plane) {
	svc := createService(t, p, ServiceDraft("mirror"))
	d := ServiceDraft("mine_now")
	d.ID = svc.ID
	for _, s := range []api.Scope{p.Other, p.Guest} {
		_, err := p.Service.EndpointService(t.Context(), s, svc.ID)
		requireCode(t, err, api.NotFound)
		requireCode(t, p.Service.ValidateEndpointService(t.Context(), s, d), api.NotFound)
		_, err = p.Service.UpdateEndpointService(t.Context(), s, d)
		requireCode(t, err, api.NotFound)
		requireCode(t, p.Service.DeleteEndpointService(t.Context(), s, svc.ID, 0), api.NotFound)
		page, err := p.Service.ListEndpointServices(t.Context(), s, api.EndpointServiceQuery{})
		require.NoError(t, err)
		require.Empty(t, page.Items)
		_, err = p.Service.ListServiceConnections(t.Context(), s, svc.ID, api.EndpointQuery{})
		requireCode(t, err, api.NotFound)
	}
	require.Equal(t, svc, getService(t, p, svc.ID))
}

func serviceDescribed(t *testing.T, p Plane) {
	svc := createService(t, p, ServiceDraft("mirror"))
	for _, by := range [][2]string{{svc.ID, ""}, {"", svc.Name}, {svc.ID, svc.Name}} {
		found, err := p.Service.DescribeEndpointService(t.Context(), p.Other, by[0], by[1])
		require.NoError(t, err, "its account is the owner's")
		require.Equal(t, svc.ID, found.ID)
		require.Equal(t, svc.Name, found.Name)
		require.Empty(t, found.PortID+found.VPCID+found.Project+found.Created.By, "what is the owner's business alone")
		_, err = p.Service.DescribeEndpointService(t.Context(), p.Guest, by[0], by[1])
		requireCode(t, err, api.NotFound)
	}
	for _, by := range [][2]string{{"", ""}, {svc.ID, "another"}, {"", svc.ShortName}} {
		_, err := p.Service.DescribeEndpointService(t.Context(), p.Mine, by[0], by[1])
		requireCode(t, err, api.NotFound)
	}
	addPermissions(t, p, svc.ID, api.PermissionDraft{Permission: api.Everyone})
	_, err := p.Service.DescribeEndpointService(t.Context(), p.Guest, svc.ID, "")
	require.NoError(t, err)
}

func servicesListed(t *testing.T, p Plane) {
	var all []string
	for _, name := range []string{"a_one", "b_Two", "c_three"} {
		all = append(all, createService(t, p, ServiceDraft(name)).ShortName)
	}
	short := func(q api.EndpointServiceQuery) []string {
		page, err := p.Service.ListEndpointServices(t.Context(), p.Mine, q)
		require.NoError(t, err)
		names := make([]string, len(page.Items))
		for i, svc := range page.Items {
			names[i] = svc.ShortName
		}
		return names
	}
	backwards := slices.Clone(all)
	slices.Reverse(backwards)
	for _, c := range []struct {
		query api.EndpointServiceQuery
		want  []string
	}{
		{api.EndpointServiceQuery{}, all},
		{api.EndpointServiceQuery{Desc: true}, backwards},
		{api.EndpointServiceQuery{Sort: "created"}, all},
		{api.EndpointServiceQuery{Sort: "updated", Desc: true}, backwards},
		{api.EndpointServiceQuery{Search: "TWO"}, all[1:2]},
		{api.EndpointServiceQuery{Search: "%"}, []string{}},
		{api.EndpointServiceQuery{State: api.EndpointServiceAvailable}, all},
		{api.EndpointServiceQuery{State: api.EndpointServiceFailed}, []string{}},
		{api.EndpointServiceQuery{ID: "unknown"}, []string{}},
		{api.EndpointServiceQuery{Search: strings.Repeat("a", 300)}, []string{}},
		{api.EndpointServiceQuery{Search: strings.Repeat("构%", 100_000)}, []string{}},
	} {
		require.Equal(t, c.want, short(c.query), "%+v", c.query)
		n, err := p.Service.CountEndpointServices(t.Context(), p.Mine, c.query)
		require.NoError(t, err)
		require.Equal(t, len(c.want), n)
	}
	require.Equal(t, all[1:2], short(api.EndpointServiceQuery{Offset: 1, Limit: 1}))
	require.Empty(t, short(api.EndpointServiceQuery{Offset: 3}))
	first, err := p.Service.ListEndpointServices(t.Context(), p.Mine, api.EndpointServiceQuery{Limit: 2})
	require.NoError(t, err)
	require.Equal(t, all[2:], short(api.EndpointServiceQuery{Limit: 2, Cursor: first.Next}))
}
