package wire

import (
	"fmt"
	"net/http"
	"testing"

	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

// Whatever programs send about endpoint services, whitelists and endpoints is
// answered in time and never with 500, whichever database has to swallow it.
func TestManyBadBodiesOfWhitelists(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, manyBadWhitelists)
}

func manyBadWhitelists(t *testing.T, db *store.DB) {
	w := startOn(t, db)
	f := &whitelistFuzz{world: w, services: []string{"x"}, entries: []string{"x"}, endpoints: []string{"x"}}
	for range 3 {
		id := w.offer(t, serviceBody)
		f.services = append(f.services, id)
		f.entries = append(f.entries, w.allow(t, id, accounts(5)...)...)
		f.endpoints = append(f.endpoints, w.connected(t, id))
	}
	answers := pelt(t, w, "", f.request)
	answers.occur(t, http.StatusOK, http.StatusAccepted, http.StatusNoContent, http.StatusNotFound, http.StatusConflict)
}

// whitelistFuzz makes requests about what is there, and about what is not.
type whitelistFuzz struct {
	*world
	services, entries, endpoints []string
}

// request is a call as it should be.
func (f *whitelistFuzz) request(m *bodyMutator) (method, target string, body any) {
	service, entry, endpoint := m.pick(f.services...), m.pick(f.entries...), m.pick(f.endpoints...)
	permissions := []any{m.permission(), m.permission()}
	switch m.random.IntN(16) {
	case 0:
		return "POST", f.world.services(""), m.endpointService()
	case 1, 2:
		return "PUT", f.world.services("/" + service), m.endpointService()
	case 3, 4, 5:
		return "POST", f.permissions(service, "/batch-create"), map[string]any{"permissions": permissions, "permission_type": "domainId"}
	case 6:
		return "POST", f.permissions(service, "/batch-delete"), map[string]any{"permissions": []any{map[string]any{"id": entry}}}
	case 7:
		names := []any{fmt.Sprint("iam:domain::", m.random.IntN(1e6)), "iam:domain::1"}
		return "POST", f.permissions(service, "/action"), map[string]any{"permissions": names, "action": m.pick("add", "remove")}
	case 8:
		return "PUT", f.permissions(service, "/"+entry), map[string]any{"permission": map[string]any{"description": "new"}}
	case 9:
		return "POST", f.world.endpoints(""), map[string]any{"endpoint_service_id": service, "vpc_id": "v", "subnet_id": "s", "tags": m.dliTags()}
	case 10:
		return "POST", f.world.services("/" + service + "/connections/action"), map[string]any{"endpoints": []any{endpoint}, "action": m.pick("receive", "reject")}
	case 11:
		return "POST", f.own(service, m.pick("/permissions/judge", "/permissions/additions")), map[string]any{"permissions": permissions}
	case 12:
		return "PUT", f.own(service, "/permissions/"+entry+"/expiry"), map[string]any{"expires": m.pick("", "2030-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00")}
	case 13:
		return m.pick("POST", "GET"), f.own(service, "/permissions/additions/"+m.pick("x", "%00", entry)+m.pick("", "/cancel")), nil
	case 14:
		return m.pick("GET", "GET", "DELETE"), m.pick(f.world.services("/"+m.pick("x", "%ff", "%00")), f.world.endpoints("/"+m.pick("%00", endpoint)), f.permissions("%ff", "")), nil
	}
	query := "?" + m.pick("limit", "offset", "sort_key", "sort_dir", "permission", "id", "status", "marker_id", "vpc_id", "endpoint_service_name", "account", "type") +
		"=" + m.pick("1", "-1", "2147483647", "update_at", "accepted", "%00", "%ff", "%zz", "'", "%25", "💥", "*")
	return "GET", m.pick(f.world.services(query), f.permissions(service, query), f.world.services("/"+service+"/connections"+query),
		f.world.services("/describe"+query), f.world.endpoints(query), f.own(service, "/access"+query), "/v1/"+f.project.ID+"/quotas"+query), nil
}

func (m *bodyMutator) permission() any {
	return map[string]any{
		"permission":  m.pick("*", "iam:domain::1", fmt.Sprint("iam:domain::", m.random.IntN(1e6))),
		"description": m.pick("", "Till", "二部"),
		"expires":     m.pick("", "2030-01-01T00:00:00Z"),
	}
}

func (m *bodyMutator) endpointService() any {
	return map[string]any{
		"port_id": "p", "vpc_id": "4189d3c2-8882-4871-a3c2-d380272eed80", "server_type": "VM", "service_name": m.pick("web", ""), "approval_enabled": m.random.IntN(2) == 0,
		"tcp_proxy": "close", "description": "Shop", "tags": m.dliTags(), "service_type": "interface",
		"ports": []any{map[string]any{"client_port": 80, "server_port": m.random.IntN(65535) + 1, "protocol": "TCP"}},
	}
}
