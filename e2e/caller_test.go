package e2e

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// caller uses the wire API with a token.
type caller struct {
	t       *testing.T
	program *program
	base    string
	http    *http.Client
	project string
	token   string
}

// cluster is the CDM cluster that the tests put links into; the console uses
// the same one.
const cluster = "default"

// call makes a caller with a token for the region's project, or for the one
// with that name.
func (p *program) call(t *testing.T, project ...string) *caller {
	t.Helper()
	return p.callAs(t, adminName, append(project, regionName)[0])
}

// callAs makes a caller with a token of somebody, for the project with that name.
func (p *program) callAs(t *testing.T, user, project string) *caller {
	t.Helper()
	c := &caller{t: t, program: p, base: p.URL, http: &http.Client{Timeout: patience}}
	a := c.send(http.MethodPost, "/v3/auth/tokens", passwordLoginOf(user, project))
	require.Equal(t, http.StatusCreated, a.status, a.body)
	c.token = a.header.Get("X-Subject-Token")
	var body struct {
		Token struct {
			Project struct{ ID string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(a.body), &body))
	c.project = body.Token.Project.ID
	return c
}

// unbound is the same program with a token that an administrator made for all
// projects: with one that is for a single project nobody administers the console.
func (c *caller) unbound() *caller {
	c.t.Helper()
	var made struct{ Token string }
	require.NoError(c.t, json.Unmarshal([]byte(c.program.run(c.t, "token", "create", "regions", "--user", adminName, "--json")), &made))
	other := *c
	other.token = made.Token
	return &other
}

// passwordLoginOf is the body that asks for a token of somebody in the scope of a
// project; all have one password.
func passwordLoginOf(name, project string) map[string]any {
	user := map[string]any{"name": name, "password": adminPassword, "domain": map[string]any{"name": "default"}}
	return map[string]any{"auth": map[string]any{
		"identity": map[string]any{"methods": []string{"password"}, "password": map[string]any{"user": user}},
		"scope":    map[string]any{"project": map[string]any{"name": project}},
	}}
}

func (c *caller) links() string { return "/v1.1/" + c.project + "/clusters/" + cluster + "/cdm/link" }

func (c *caller) send(method, path string, body any) answer {
	c.t.Helper()
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		require.NoError(c.t, err)
		content = strings.NewReader(string(text))
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, content)
	require.NoError(c.t, err)
	r.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		r.Header.Set("X-Auth-Token", c.token)
	}
	return do(c.t, c.http, r)
}

// approveNothing lets every change of the project be made without an approval.
func (c *caller) approveNothing() {
	c.t.Helper()
	a := c.send(http.MethodPut, "/switchboard/v1/projects/"+c.project+"/approval-rules", map[string]any{"rules": []any{}})
	require.Equal(c.t, http.StatusOK, a.status, a.body)
}

// create makes a link and requires that it is acknowledged.
func (c *caller) create(name string, inputs map[string]string) {
	c.t.Helper()
	a := c.send(http.MethodPost, c.links(), linkBody(name, inputs))
	require.Equal(c.t, http.StatusOK, a.status, a.body)
}

// linkBody is the wire's body for a link of a relational database.
func linkBody(name string, inputs map[string]string) map[string]any {
	var list []map[string]any
	for input, value := range inputs {
		list = append(list, map[string]any{"name": "linkConfig." + input, "value": value})
	}
	return map[string]any{"links": []any{map[string]any{
		"name": name, "connector-name": "generic-jdbc-connector", "enabled": true,
		"link-config-values": map[string]any{"configs": []any{map[string]any{"name": "linkConfig", "inputs": list}}},
	}}}
}

// somewhere describes a database that does not exist, with differences.
func somewhere(other map[string]string) map[string]string {
	inputs := map[string]string{
		"databaseType": "MYSQL", "host": "db.example.com", "port": "3306",
		"database": "orders", "username": "loader", "password": "correct-horse-9",
	}
	maps.Copy(inputs, other)
	return inputs
}
