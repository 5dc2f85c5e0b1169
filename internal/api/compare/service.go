package compare

import (
	"context"
	"encoding/json"

	"switchboard/internal/api"
)

// services are known by their short names: the whole ones have ids in them. One that has
// none, or shares it with another, has nothing that people know it by.
var services = of[api.EndpointService]{
	kind: api.KindEndpointService,
	pages: func(ctx context.Context, s *side, _ listing) (api.Page[api.EndpointService], error) {
		all, err := s.endpointServices(ctx)
		return api.Page[api.EndpointService]{Items: all}, err
	},
	one: func(ctx context.Context, s *side, k Key) (api.EndpointService, error) {
		return s.endpointService(ctx, k.Name)
	},
	thing: func(ctx context.Context, s *side, v *api.EndpointService) (Thing, error) {
		thing := Thing{Key: Key{Kind: api.KindEndpointService, Name: v.ShortName}, ID: v.ID}
		if _, err := s.endpointService(ctx, v.ShortName); err != nil {
			thing.Key.Name, thing.unclear = v.Name, true
		}
		audited := v.Audited()
		audited.Name = v.ShortName
		var err error
		thing.View, err = viewOf(audited)
		return thing, err
	},
	make: func(_ context.Context, c *copying, src, dst *api.EndpointService) (d draft, err error) {
		service := api.EndpointServiceDraft{
			ShortName: src.ShortName, VPCID: src.VPCID, PortID: src.PortID, VIPPortID: src.VIPPortID, ServerType: src.ServerType,
			Ports: src.Ports, Approval: src.Approval, Type: src.Type, TCPProxy: src.TCPProxy, Description: src.Description, Tags: src.Tags,
			Region: c.to.Region,
		}
		if dst == nil {
			d.note("compare.entries_apart")
			d.deeds = []api.Deed{api.CreateEndpointService{Draft: service}}
			return d, nil
		}
		service.ID, service.Version = dst.ID, dst.Version
		d.deeds = []api.Deed{api.UpdateEndpointService{Draft: service}}
		return d, nil
	},
}

// entry is an entry of a whitelist with the name of its service.
type entry struct {
	api.Permission

	of string
}

var entries = of[entry]{
	kind:  api.KindPermission,
	pages: listEntries,
	one: func(ctx context.Context, s *side, k Key) (entry, error) {
		service, err := s.endpointService(ctx, k.Of)
		if err != nil {
			return entry{}, err
		}
		page, err := s.Service.ListPermissions(ctx, s.Scope, service.ID, api.PermissionQuery{Only: []string{k.Name}, Limit: 1})
		if err != nil || len(page.Items) == 0 {
			return entry{}, orMissing(err)
		}
		return entry{page.Items[0], k.Of}, nil
	},
	thing: func(_ context.Context, _ *side, e *entry) (Thing, error) {
		audited := e.Audited()
		audited.ID = ""
		view, err := viewOf(api.AuditPermissions(audited))
		return Thing{Key: Key{api.KindPermission, e.of, e.Permission.Permission}, ID: e.ID, Parent: e.Service, View: view}, err
	},
	make: makeEntry,
}

// listEntries goes through the whitelists of the services, one after the other. Those of
// services without a name of their own are left out: the services say so themselves.
func listEntries(ctx context.Context, s *side, l listing) (page api.Page[entry], err error) {
	var at struct{ Service, Cursor string } // the service by name, and where in its list
	_ = json.Unmarshal([]byte(l.Cursor), &at)
	all, err := s.endpointServices(ctx)
	if err != nil {
		return page, err
	}
	for i := range all {
		name := all[i].ShortName
		if _, unclear := s.endpointService(ctx, name); unclear != nil || name < at.Service || all[i].Permissions == 0 {
			continue
		}
		if len(page.Items) > 0 {
			at.Service, at.Cursor = name, ""
			next, err := json.Marshal(at)
			page.Next = string(next)
			return page, err
		}
		q := api.PermissionQuery{Sort: "permission", Limit: l.Limit, Search: l.Text}
		if name == at.Service {
			q.Cursor = at.Cursor
		}
		if (Key{Kind: api.KindPermission, Of: name}).contains(l.Text) {
			q.Search = ""
		}
		found, err := s.Service.ListPermissions(ctx, s.Scope, all[i].ID, q)
		if err != nil {
			return page, err
		}
		for _, p := range found.Items {
			page.Items = append(page.Items, entry{p, name})
		}
		if found.Next != "" {
			at.Service, at.Cursor = name, found.Next
			next, err := json.Marshal(at)
			page.Next = string(next)
			return page, err
		}
	}
	return page, nil
}

// makeEntry leaves api.Everyone alone: to let every account in is confirmed where the
// service is (S21).
func makeEntry(ctx context.Context, c *copying, src, dst *entry) (d draft, err error) {
	if src.Permission.Permission == api.Everyone {
		d.why = api.Errorf(api.Invalid, "compare.everyone")
		return d, nil
	}
	if dst != nil {
		change := api.PermissionChange{Description: &src.Description, Expires: &src.Expires}
		d.deeds = []api.Deed{api.ChangePermission{Service: dst.Service, ID: dst.ID, Change: change}}
		return d, nil
	}
	key := Key{Kind: api.KindEndpointService, Name: src.of}
	service, err := c.to.endpointService(ctx, src.of)
	switch {
	case err == nil:
		added := api.PermissionDraft{Permission: src.Permission.Permission, Description: src.Description, Expires: src.Expires}
		d.deeds = []api.Deed{api.AddPermissions{Service: service.ID, Batch: api.PermissionBatch{Entries: []api.PermissionDraft{added}}}}
	case api.CodeOf(err) != api.NotFound:
		return d, err
	case c.planned[key]:
		d.waits = key
	default:
		d.why = api.Errorf(api.NotFound, "compare.no_service", "service", src.of)
	}
	return d, nil
}
