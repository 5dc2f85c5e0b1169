package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/stretchr/testify/require"
)

// The bodies of the create request in FunctionGraph's documentation, byte for
// byte. They use one name, so each is taken away before the next.
func TestDocumentedAliases(t *testing.T) {
	t.Parallel()
	p := start(t)
	c := p.call(t)
	urn := publishedFunction(t, functionGraph(t, p, p.key(t)), "v1", "v2")
	path := c.functions(urn + "/aliases")
	for file, gray := range map[string]string{
		"testdata/seed_alias.json":         ``,
		"testdata/seed_alias_weights.json": `,"additional_version_weights":{"v2":50}`,
		"testdata/seed_alias_rules.json":   `,"additional_version_strategy":{"v2":{"combine_type":"and","rules":[{"rule_type":"Header","param":"version","op":"=","value":"v1"}]}}`,
	} {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.base+path, bytes.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("X-Auth-Token", c.token)
		created := do(t, c.http, r)
		require.Equal(t, http.StatusOK, created.status, created.body)
		alias := strings.TrimSuffix(urn, "latest") + "!a1"
		require.Contains(t, created.body, `{"name":"a1","version":"v1","description":"","last_modified":"`)
		require.True(t, strings.HasSuffix(created.body, `,"alias_urn":"`+alias+`"`+gray+`}`), created.body)
		require.Equal(t, http.StatusNoContent, c.send(http.MethodDelete, path+"/a1", nil).status)
	}
	missing := c.send(http.MethodPost, c.functions("none/aliases"), map[string]any{"name": "a1", "version": "v1"})
	require.Equal(t, http.StatusNotFound, missing.status)
	require.Contains(t, missing.body, `"error_code":"FSS.1051"`)
}

// functions is the path of what belongs to functions.
func (c *caller) functions(rest string) string { return "/v2/" + c.project + "/fgs/functions/" + rest }

// Terraform knows a function by its URN without the last part, never changes an
// alias but makes it anew, and takes versions away before aliases.
func TestTerraformsOrderOfCalls(t *testing.T) {
	t.Parallel()
	p := start(t)
	c := p.call(t)
	var created struct {
		URN string `json:"func_urn"`
	}
	c.ask(http.MethodPost, strings.TrimSuffix(c.functions(""), "/"), http.StatusOK, describedFunction("hello"), &created)
	urn := created.URN[:strings.LastIndex(created.URN, ":")]
	code := func(text string) {
		c.ask(http.MethodPut, c.functions(urn+"/code"), http.StatusOK, map[string]any{"code_type": "inline", "func_code": map[string]any{"file": text}}, nil)
	}
	for _, version := range []string{"v1.0", "v2.0"} {
		code(map[string]string{"v1.0": "YQ==", "v2.0": "Yg=="}[version])
		c.ask(http.MethodPost, c.functions(urn+"/versions"), http.StatusOK, map[string]any{"version": version, "description": ""}, nil)
	}

	// One version is main of one alias and additional of the other.
	weights, rules := map[string]any{"v1.0": 15}, map[string]any{"v1.0": map[string]any{"combine_type": "or", "rules": []any{
		map[string]any{"rule_type": "Header", "param": "version", "op": "in", "value": "v1_value,v2_value"},
	}}}
	c.ask(http.MethodPost, c.functions(urn+"/aliases"), http.StatusOK, map[string]any{"name": "v1_0-alias", "version": "v1.0", "description": "x"}, nil)
	for _, gray := range []map[string]any{{"additional_version_weights": weights}, {"additional_version_strategy": rules}} {
		body := map[string]any{"name": "v2_0-alias", "version": "v2.0", "description": ""}
		for key, value := range gray {
			body[key] = value
		}
		c.ask(http.MethodPost, c.functions(urn+"/aliases"), http.StatusOK, body, nil)
		var listed []map[string]any
		c.ask(http.MethodGet, c.functions(urn+"/aliases"), http.StatusOK, nil, &listed)
		require.Len(t, listed, 2)
		require.NotContains(t, listed[0], "additional_version_weights", "an empty object would be a difference")
		require.NotContains(t, listed[0], "additional_version_strategy")
		for key, value := range gray {
			sent, err := json.Marshal(value)
			require.NoError(t, err)
			answered, err := json.Marshal(listed[1][key])
			require.NoError(t, err)
			require.Equal(t, string(sent), string(answered), "text is compared")
		}
		c.ask(http.MethodDelete, c.functions(urn+"/aliases/v2_0-alias"), http.StatusNoContent, nil, nil)
	}

	var versions struct {
		Versions []struct {
			URN     string `json:"func_urn"`
			Version string `json:"version"`
		} `json:"versions"`
	}
	c.ask(http.MethodGet, c.functions(urn+"/versions"), http.StatusOK, nil, &versions)
	require.Len(t, versions.Versions, 3)
	for _, v := range versions.Versions[1:] {
		c.ask(http.MethodDelete, c.functions(v.URN), http.StatusNoContent, nil, nil)
	}
	c.ask(http.MethodDelete, c.functions(urn+"/aliases/v1_0-alias"), http.StatusNotFound, nil, nil)
	c.ask(http.MethodDelete, c.functions(urn), http.StatusNoContent, nil, nil)
	c.ask(http.MethodGet, c.functions(urn+"/config"), http.StatusNotFound, nil, nil)
}

// ask sends a request and reads the answer.
func (c *caller) ask(method, path string, status int, body, into any) {
	c.t.Helper()
	a := c.send(method, path, body)
	require.Equal(c.t, status, a.status, method+" "+path+" "+a.body)
	if into != nil {
		require.NoError(c.t, json.Unmarshal([]byte(a.body), into))
	}
}

// The library of an OpenStack cloud finds the service in the catalogue, names
// the function by the URN of a version, and sends a rule without a list.
func TestOpenStackLibraryManagesAliases(t *testing.T) {
	t.Parallel()
	p := start(t)
	version := strings.Replace(publishedFunction(t, functionGraph(t, p, p.key(t)), "v1", "v2"), "latest", "v1", 1)
	provider, err := openstack.AuthenticatedClient(t.Context(), loginOptions(p))
	require.NoError(t, err)
	base, err := provider.EndpointLocator(gophercloud.EndpointOpts{
		Type: "functiongraph", Region: regionName, Availability: gophercloud.AvailabilityPublic,
	})
	require.NoError(t, err)
	aliases := base + "fgs/functions/" + version + "/aliases"
	rule := map[string]any{"rule_type": "Header", "param": "version", "op": "=", "value": "v1"}
	var created struct {
		Strategy map[string]struct{ Rules []map[string]any } `json:"additional_version_strategy"`
	}
	_, err = provider.Request(t.Context(), http.MethodPost, aliases, &gophercloud.RequestOpts{
		JSONBody: map[string]any{"name": "a1", "version": "v1", "additional_version_strategy": map[string]any{
			"v2": map[string]any{"combine_type": "and", "rules": rule},
		}},
		JSONResponse: &created, OkCodes: []int{http.StatusOK},
	})
	require.NoError(t, err)
	require.Equal(t, []map[string]any{rule}, created.Strategy["v2"].Rules)

	var listed struct{ Functions []any }
	_, err = provider.Request(t.Context(), http.MethodGet, base+"fgs/functions?max_items=1&marker=0", &gophercloud.RequestOpts{JSONResponse: &listed})
	require.NoError(t, err)
	require.Len(t, listed.Functions, 1)
	_, err = provider.Request(t.Context(), http.MethodDelete, aliases+"/a1", &gophercloud.RequestOpts{})
	require.NoError(t, err)
}
