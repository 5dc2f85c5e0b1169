package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// whitelists is the path of the project's endpoint services.
func (s *site) whitelists() string { return "/p/" + s.project.ID + "/whitelist" }

// offer stores an endpoint service with the first n accounts on its whitelist.
func (s *site) offer(name string, n int) api.EndpointService {
	s.t.Helper()
	d := apitest.ServiceDraft(name)
	d.Region = "local-1"
	service, err := s.service.CreateEndpointService(s.t.Context(), s.scope(), d)
	require.NoError(s.t, err)
	s.admit(service.ID, apitest.PermissionDrafts(n)...)
	return service
}

// admit puts entries on a whitelist.
func (s *site) admit(service string, drafts ...api.PermissionDraft) []api.Permission {
	s.t.Helper()
	if len(drafts) == 0 {
		return nil
	}
	added, err := s.service.AddPermissions(s.t.Context(), s.scope(), service, api.PermissionBatch{Entries: drafts})
	require.NoError(s.t, err)
	return added
}

// guest connects the project of another account to the service, which has it on
// its whitelist.
func (s *site) guest(name string, service api.EndpointService) api.Endpoint {
	s.t.Helper()
	scope := api.Scope{Project: fmt.Sprintf("%032x", name)}
	err := s.db.InTx(s.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO accounts (id, name, created_at) VALUES (?, ?, 0)", "account-"+name, name)
		if err == nil {
			_, err = tx.ExecContext(ctx, "INSERT INTO projects (id, account_id, name, created_at) VALUES (?, ?, ?, 0)", scope.Project, "account-"+name, name)
		}
		return err
	})
	require.NoError(s.t, err)
	s.admit(service.ID, api.PermissionDraft{Permission: api.AccountPrefix + "account-" + name, Description: name})
	endpoint, err := s.service.CreateEndpoint(s.t.Context(), scope, apitest.EndpointDraft(service.ID))
	require.NoError(s.t, err)
	return endpoint
}

// typedService is what the form of a new service sends.
func typedService(pairs ...string) url.Values {
	v := url.Values{
		"service_name": {"orders"}, "server_type": {"LB"}, "vpc_id": {"vpc-1"}, "port_id": {"port-1"}, "tcp_proxy": {"close"},
		"approval_enabled": {"true"}, "ports.0.client_port": {"443"}, "ports.0.server_port": {" 8443 "},
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

func TestEndpointServiceList(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := s.get(s.whitelists()).requireStatus(http.StatusOK)
	require.Contains(t, p.text(".empty"), "Create the first endpoint service")
	require.Equal(t, 3, p.Find(".lesson li").Length(), "an empty list teaches")

	plain, open := s.offer("plain", 2), s.offer("open", 0)
	_, err := s.service.OpenToEveryone(t.Context(), s.scope(), open.ID, api.EveryoneDraft{Confirm: open.Name, Reason: apitest.Reason})
	require.NoError(t, err)
	p = s.get(s.whitelists())
	require.Contains(t, p.text("#row-"+plain.ID), "2 accounts")
	require.NotContains(t, p.text("#row-"+plain.ID), "Open to everyone")
	require.Equal(t, "Open to everyone", p.text("#row-"+open.ID+" .badge-failed"), "in red")

	t.Run("is searched, sorted and filtered by its address", func(t *testing.T) {
		require.Equal(t, 1, s.get(s.whitelists()+"?q=PLAI").Find("tbody tr").Length())
		require.Equal(t, "row-"+plain.ID, s.get(s.whitelists()+"?sort=name&order=desc").Find("tbody tr").First().AttrOr("id", ""))
		require.Contains(t, s.get(s.whitelists()+"?state=failed").text(".empty"), "Show")
		require.Equal(t, 2, s.get(s.whitelists()+"?state=nonsense&sort=nonsense").Find("tbody tr").Length())
	})
	t.Run("a page of it is a fragment", func(t *testing.T) {
		p := s.get(s.whitelists()+"?q=plain", fragment("services-table")...)
		require.False(t, p.whole())
		require.Equal(t, 1, p.Find("tbody tr").Length())
	})
}

func TestEndpointServiceIsCreated(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := s.get(s.whitelists() + "/new").requireStatus(http.StatusOK)
	require.Equal(t, 3, p.Find("input[name=server_type]").Length())
	require.Equal(t, 1, p.Find("#approval_enabled[checked]").Length(), "approval is on unless somebody turns it off")
	require.Zero(t, p.Find("[name=vip_port_id]").Length())

	t.Run("a kind of backend brings its own fields", func(t *testing.T) {
		p := s.post(s.whitelists()+"/edit", typedService("server_type", "VIP"), fragment("service-form")...)
		require.Equal(t, 1, p.Find("#vip_port_id").Length())
		require.Equal(t, "orders", p.value("service_name"))
		p = s.post(s.whitelists()+"/edit", typedService("vip_port_id", "kept"))
		require.Equal(t, "kept", p.value("vip_port_id"), "what was typed for another choice is kept")
	})
	t.Run("ports are rows", func(t *testing.T) {
		p := s.post(s.whitelists()+"/edit", typedService("op", "add:ports"))
		require.Equal(t, 2, p.Find("#ports .row").Length())
		require.Equal(t, "443", p.value("ports.0.client_port"))
	})
	t.Run("a field is judged as it is left", func(t *testing.T) {
		p := s.post(s.whitelists()+"/validate", typedService("service_name", "no blanks"), fragment("field-service_name")...)
		require.Contains(t, p.text(".field-error"), "letters, digits")
		p = s.post(s.whitelists()+"/validate", typedService("ports.0.client_port", "99999"), fragment("field-ports")...)
		require.Equal(t, "true", p.Find(`[name="ports.0.client_port"]`).AttrOr("aria-invalid", ""))
	})
	t.Run("what is wrong is said at its field, and nothing typed is lost", func(t *testing.T) {
		p := s.post(s.whitelists(), typedService("vpc_id", "", "ports.1.client_port", "", "ports.3.client_port", "443", "ports.3.server_port", "x", "description", "kept <b>")).
			requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("#vpc_id-error"), "VPC")
		require.Contains(t, p.text("#ports-2-client_port-error"), "443", "the row that repeats a port, not the empty one before it")
		require.Contains(t, p.text("#ports-2-server_port-error"), "65535")
		require.Equal(t, "kept <b>", p.value("description"))
		require.Equal(t, "x", p.value("ports.2.server_port"))
	})
	location := s.post(s.whitelists(), typedService("tags.0.key", "team", "tags.0.value", "sales")).requireStatus(http.StatusSeeOther).header.Get("Location")
	p = s.get(location).requireStatus(http.StatusOK)
	require.Contains(t, p.text(".flashes"), "orders was created")
	require.Contains(t, p.text(".empty"), "Only your own account can connect")
	p = s.get(location + "/settings")
	require.Contains(t, p.text("#service-name"), "local-1.orders.")
	require.Contains(t, p.text(".details"), "TCP 443 → 8443")
	require.Contains(t, p.text(".details"), "team = sales")
}

func TestEndpointServiceIsEdited(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	service := s.offer("orders", 0)
	path := s.whitelists() + "/" + service.ID
	p := s.get(path + "/edit").requireStatus(http.StatusOK)
	require.Equal(t, service.VPCID, p.Find("input[type=hidden][name=vpc_id]").AttrOr("value", ""), "the network is fixed")
	require.Zero(t, p.Find("input[type=radio][name=server_type]").Length(), "and so is the kind of backend")
	sent := fields(p, "#service-form")
	sent.Set("description", "for customers")
	s.post(path, sent).requireRedirect(path)
	require.Contains(t, s.get(path+"/settings").text(".details"), "for customers")

	t.Run("who saves second is told, and can save again", func(t *testing.T) {
		sent.Set("description", "mine")
		p := s.post(path, sent).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("[role=alert]"), "saved this endpoint service while you were editing it")
		require.Equal(t, "mine", p.value("description"))
		s.post(path, fields(p, "#service-form")).requireRedirect(path)
	})
	t.Run("approval cannot be turned off while it is open to everyone", func(t *testing.T) {
		other := s.offer("other", 0)
		_, err := s.service.OpenToEveryone(t.Context(), s.scope(), other.ID, api.EveryoneDraft{Confirm: other.Name, Reason: apitest.Reason})
		require.NoError(t, err)
		sent := fields(s.get(s.whitelists()+"/"+other.ID+"/edit"), "#service-form")
		sent.Del("approval_enabled")
		p := s.post(s.whitelists()+"/"+other.ID, sent).requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#approval_enabled-error"))
	})
	t.Run("its history tells who changed what", func(t *testing.T) {
		s.admit(service.ID, apitest.PermissionDrafts(7)...)
		p := s.get(path + "/history").requireStatus(http.StatusOK)
		require.Contains(t, p.text(".changes li"), "for customers → to mine")
		require.Contains(t, p.text(".changes li"), apitest.Account(0))
		require.Contains(t, p.text(".changes li"), "and 2 more")
	})
}

// fields is what a form of the page sends as it stands, without its buttons.
func fields(p *page, form string) url.Values {
	v := url.Values{}
	for _, in := range p.Find(form).Find("input, select, textarea").EachIter() {
		name, kind := in.AttrOr("name", ""), in.AttrOr("type", "")
		_, checked := in.Attr("checked")
		switch {
		case name == "" || kind == "file" || (kind == "checkbox" || kind == "radio") && !checked:
		case in.Is("select"):
			v.Add(name, in.Find("option[selected]").AttrOr("value", ""))
		case in.Is("textarea"):
			v.Add(name, in.Text())
		default:
			v.Add(name, in.AttrOr("value", ""))
		}
	}
	return v
}

func TestEndpointServiceIsDeleted(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	service := s.offer("orders", 3)
	path := s.whitelists() + "/" + service.ID
	guest := s.guest("guest", service)
	_, err := s.service.AcceptConnection(t.Context(), s.scope(), service.ID, guest.ID)
	require.NoError(t, err)

	p := s.get(path + "/delete").requireStatus(http.StatusOK)
	require.Contains(t, p.text(".consequences"), "Its whitelist of 4 accounts goes with it")
	require.Contains(t, p.text(".consequences"), "1 connection is in the way")
	require.Contains(t, p.text(".name-list"), guest.Account)
	require.Contains(t, s.post(path+"/delete", fields(p, ".confirm form")).requireStatus(http.StatusConflict).html, "Reject its connection first")

	_, err = s.service.RejectConnection(t.Context(), s.scope(), service.ID, guest.ID)
	require.NoError(t, err)
	p = s.get(path + "/delete")
	require.Zero(t, p.Find(".name-list").Length())
	s.post(path+"/delete", fields(p, ".confirm form")).requireRedirect(s.whitelists())
	s.get(path).requireStatus(http.StatusNotFound)
}

func TestServiceConnections(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	service := s.offer("orders", 0)
	path := s.whitelists() + "/" + service.ID + "/connections"
	require.Contains(t, s.get(path).requireStatus(http.StatusOK).text(".empty"), "Nobody is connected")

	one, two := s.guest("one", service), s.guest("two", service)
	p := s.get(path)
	require.Equal(t, 2, p.Find("tbody tr").Length())
	require.Equal(t, "Waits for approval", p.text("#row-"+one.ID+" .badge"))
	s.post(path+"/accept", url.Values{"only": {one.ID}}).requireRedirect(path)
	require.Equal(t, "Accepted", s.get(path).text("#row-"+one.ID+" .badge"))
	s.post(path+"/reject", url.Values{"only": {two.ID}, "back": {path + "?state=rejected"}}).requireRedirect(path + "?state=rejected")

	t.Run("are filtered by state and found by account or id", func(t *testing.T) {
		for query, want := range map[string]api.Endpoint{
			"state=accepted": one, "state=rejected": two, "q=" + one.Account: one, "q=" + api.AccountPrefix + two.Account: two, "q=" + two.ID: two,
		} {
			p := s.get(path + "?" + query)
			require.Equal(t, 1, p.Find("tbody tr").Length(), query)
			require.Equal(t, 1, p.Find("#row-"+want.ID).Length(), query)
		}
	})
	t.Run("who is not on the whitelist any more is not accepted", func(t *testing.T) {
		page, err := s.service.ListPermissions(t.Context(), s.scope(), service.ID, api.PermissionQuery{Search: two.Account})
		require.NoError(t, err)
		s.remove(service.ID, page.Items[0].ID)
		s.post(path+"/accept", url.Values{"only": {two.ID}}).requireRedirect(path)
		require.Contains(t, s.get(path).text(".notice-error"), "not on the whitelist")
	})
	t.Run("unknown ones are not found", func(t *testing.T) {
		s.post(path+"/accept", url.Values{"only": {"nonsense"}}).requireStatus(http.StatusNotFound)
	})
}

func TestEndpointServicesOfAnotherProjectAreNotFound(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	other := s.addProject("other")
	scope := api.Scope{Project: other.ID}
	foreign, err := s.service.CreateEndpointService(t.Context(), scope, apitest.ServiceDraft("foreign"))
	require.NoError(t, err)
	added, err := s.service.AddPermissions(t.Context(), scope, foreign.ID, api.PermissionBatch{Entries: apitest.PermissionDrafts(1)})
	require.NoError(t, err)
	path := s.whitelists() + "/" + foreign.ID
	entry := path + "/entries/" + added[0].ID
	for _, address := range []string{
		path, path + "/edit", path + "/delete", path + "/settings", path + "/history", path + "/connections", path + "/everyone",
		path + "/add", path + "/additions/1", path + "/additions/1/events", path + "/entries", entry,
	} {
		s.get(address).requireStatus(http.StatusNotFound)
	}
	for _, address := range []string{
		path, path + "/validate", path + "/edit", path + "/delete", path + "/connections/accept", path + "/connections/reject", path + "/everyone",
		path + "/add", path + "/add/check", path + "/add/drop", path + "/add/edit", path + "/add/validate", path + "/additions/1/cancel",
		path + "/entries/renew", path + "/entries/delete", path + "/entries/delete/confirmed", path + "/entries/undo",
		entry, entry + "/describe", entry + "/renew",
	} {
		s.post(address, url.Values{"id": {added[0].ID}, "expires": {"30d"}, "rows.0.account": {"abc"}}).requireStatus(http.StatusNotFound)
	}
	n, err := s.service.CountPermissions(t.Context(), scope, foreign.ID, api.PermissionQuery{})
	require.NoError(t, err)
	require.Equal(t, 1, n)
}

func TestManyEndpointServicesPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for i := range 52 {
		s.offer(fmt.Sprintf("service-%02d", i), 0)
	}
	p := s.get(s.whitelists())
	require.Equal(t, 50, p.Find("tbody tr").Length())
	next := p.Find("a[rel=next]").AttrOr("href", "")
	require.Equal(t, 2, s.get(next).Find("tbody tr").Length())
}
