package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/stretchr/testify/require"
)

func (c *caller) services() string { return "/v1/" + c.project + "/vpc-endpoint-services" }

// offer makes an endpoint service and returns its id.
func (c *caller) offer(name string) string {
	c.t.Helper()
	made := c.send(http.MethodPost, c.services(), map[string]any{
		"service_name": name, "port_id": "4189d3c2-8882-4871-a3c2-d380272eed88", "vpc_id": "4189d3c2-8882-4871-a3c2-d380272eed80",
		"server_type": "LB", "ports": []any{map[string]any{"client_port": 8080, "server_port": 90, "protocol": "TCP"}},
	})
	require.Equal(c.t, http.StatusOK, made.status, made.body)
	var service struct{ ID string }
	require.NoError(c.t, json.Unmarshal([]byte(made.body), &service))
	return service.ID
}

// join connects to a service, from the same project.
func (c *caller) join(service string) {
	c.t.Helper()
	made := c.send(http.MethodPost, "/v1/"+c.project+"/vpc-endpoints", map[string]any{
		"endpoint_service_id": service, "vpc_id": "4189d3c2-8882-4871-a3c2-d380272eed80", "subnet_id": "4189d3c2-8882-4871-a3c2-d380272eed81",
	})
	require.Equal(c.t, http.StatusOK, made.status, made.body)
}

// permissions reads a whole whitelist.
func (c *caller) permissions(service string) []string {
	c.t.Helper()
	var all []string
	for {
		page := c.send(http.MethodGet, fmt.Sprintf("%s/%s/permissions?limit=500&offset=%d", c.services(), service, len(all)), nil)
		require.Equal(c.t, http.StatusOK, page.status, page.body)
		var body struct {
			Permissions []struct{ Permission string }
			Total       int `json:"total_count"`
		}
		require.NoError(c.t, json.Unmarshal([]byte(page.body), &body))
		if len(body.Permissions) == 0 {
			return all
		}
		for _, entry := range body.Permissions {
			all = append(all, entry.Permission)
		}
	}
}

// additions is where many entries are added to a whitelist; the dialect has
// nothing like it.
func (c *caller) additions(service string) string {
	return "/switchboard/v1/projects/" + c.project + "/endpoint-services/" + service + "/permissions/additions"
}

// addition is what is told of one.
type addition struct {
	ID                 string
	Ended              string
	Total, Done, Added int
}

// add begins to add entries: maps of permission, description and expires.
func (c *caller) add(service string, entries []map[string]any) addition {
	c.t.Helper()
	return c.readAddition(c.send(http.MethodPost, c.additions(service), map[string]any{"permissions": entries}), http.StatusAccepted)
}

func (c *caller) addition(service, id string) addition {
	c.t.Helper()
	return c.readAddition(c.send(http.MethodGet, c.additions(service)+"/"+id, nil), http.StatusOK)
}

func (c *caller) readAddition(a answer, status int) (read addition) {
	c.t.Helper()
	require.Equal(c.t, status, a.status, a.body)
	require.NoError(c.t, json.Unmarshal([]byte(a.body), &read))
	return read
}

// addAll adds entries and waits until they are there.
func (c *caller) addAll(service string, entries []map[string]any) addition {
	c.t.Helper()
	begun := c.add(service, entries)
	return eventually(c.t, "the entries to be added", func() (addition, bool) {
		now := c.addition(service, begun.ID)
		return now, now.Ended != ""
	})
}
