package wire

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	w := start(t)
	const path = "/v3/auth/tokens"
	body := func(user, scope string) string {
		return `{"auth":{"identity":{"methods":["password"],"password":{"user":` + user + `}}` + scope + `}}`
	}
	ada := `{"name":"ada","password":"` + password + `","domain":{"name":"default"}}`
	byID := `{"id":"` + w.user.ID + `","password":"` + password + `"}`
	cases := []struct {
		name, user, scope, project string
	}{
		{"project by name", ada, `,"scope":{"project":{"name":"local-1"}}`, w.project.Name},
		{"project by id", ada, `,"scope":{"project":{"id":"` + w.other.ID + `"}}`, w.other.Name},
		{"project with its domain", byID, `,"scope":{"project":{"name":"local-1","domain":{"name":"default"}}}`, w.project.Name},
		{"project wins over domain", ada, `,"scope":{"project":{"name":"local-1"},"domain":{"name":"default"}}`, w.project.Name},
		{"domain by name", ada, `,"scope":{"domain":{"name":"default"}}`, ""},
		{"domain by id", ada, `,"scope":{"domain":{"id":"` + w.user.Account.ID + `"}}`, ""},
		{"no scope", byID, ``, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			rec := w.send("POST", path, body(c.user, c.scope), header{"X-Auth-Token"}, header{"Authorization", "SDK-HMAC-SHA256 signed as well"})
			require.Equal(t, http.StatusCreated, rec.Code, rec.Body.String())
			require.Equal(t, rec.Header().Get("X-Request-Id"), rec.Header().Get("X-IAM-Trace-Id"))
			checkToken(t, w, rec, c.project)
			text := rec.Header().Get("X-Subject-Token")
			status := w.send("GET", "/v3/auth/projects", "", header{"X-Auth-Token", text}).Code
			require.Equal(t, http.StatusOK, status)
		})
	}
	for name, text := range map[string]string{
		"no JSON": `{`, "nothing": ``, "another method": strings.Replace(body(ada, ""), `["password"]`, `["token"]`, 1),
		"methods that are text": strings.Replace(body(ada, ""), `["password"]`, `"password"`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			keystoneFault(t, w.send("POST", path, text), 400, "The request body is invalid")
		})
	}
	for name, text := range map[string]string{
		"wrong password": strings.Replace(body(ada, ""), password, "wrong", 1),
		"unknown user":   strings.Replace(body(ada, ""), "ada", "eve", 1),
		"another domain": strings.Replace(body(ada, ""), "default", "elsewhere", 1),
		"odd bytes":      strings.Replace(body(ada, ""), "ada", `a\u0000`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			keystoneFault(t, w.send("POST", path, text), 401, "The username or password is wrong.")
		})
	}
	for name, scope := range map[string]string{
		"unknown project": `,"scope":{"project":{"name":"elsewhere"}}`, "empty project": `,"scope":{"project":{}}`,
		"project of another domain": `,"scope":{"project":{"name":"local-1","domain":{"name":"x"}}}`,
		"another domain's scope":    `,"scope":{"domain":{"id":"x"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			keystoneFault(t, w.send("POST", path, body(ada, scope)), 401,
				"The scope is a project or domain that does not exist or that the user may not use.")
		})
	}
}

// checkToken checks a token's body as strictly as the SDKs decode it.
func checkToken(t *testing.T, w *world, rec *httptest.ResponseRecorder, project string) {
	t.Helper()
	var got struct {
		Token struct {
			Methods   []string `json:"methods"`
			IssuedAt  string   `json:"issued_at"`
			ExpiresAt string   `json:"expires_at"`
			User      struct {
				ref
				PasswordExpiresAt *string `json:"password_expires_at"`
				Domain            ref     `json:"domain"`
			} `json:"user"`
			Project *projectRef  `json:"project"`
			Domain  *ref         `json:"domain"`
			Roles   []ref        `json:"roles"`
			Catalog []serviceRef `json:"catalog"`
		} `json:"token"`
	}
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &got))
	token := got.Token
	require.Equal(t, []string{"password"}, token.Methods)
	require.Equal(t, w.user.ID, token.User.ID)
	require.Equal(t, "ada", token.User.Name)
	require.Equal(t, "default", token.User.Domain.Name)
	require.Empty(t, *token.User.PasswordExpiresAt)
	require.NotEmpty(t, token.Roles)
	require.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$`, token.IssuedAt)
	issued, err := time.Parse(time.RFC3339, token.IssuedAt)
	require.NoError(t, err)
	expires, err := time.Parse(time.RFC3339, token.ExpiresAt)
	require.NoError(t, err)
	require.Equal(t, 24*time.Hour, expires.Sub(issued))
	if project == "" {
		require.Nil(t, token.Project)
		require.Equal(t, w.user.Account.ID, token.Domain.ID)
		return
	}
	require.Nil(t, token.Domain)
	require.Equal(t, project, token.Project.Name)
	found := map[string]string{}
	for _, s := range token.Catalog {
		found[s.Type] = s.Endpoints[0].URL
	}
	for kind, version := range map[string]string{"cdm": "v1.1", "dli": "v1.0", "vpcep": "v1", "functiongraph": "v2", "data-protect": "v1"} {
		require.Equal(t, "http://example.com/"+version+"/"+token.Project.ID, found[kind])
	}
}

func keystoneFault(t *testing.T, rec *httptest.ResponseRecorder, status int, text string) {
	t.Helper()
	require.Equal(t, status, rec.Code, rec.Body.String())
	require.Equal(t, "application/json", rec.Header().Get("Content-Type"))
	want, err := json.Marshal(keystone(status, text).body)
	require.NoError(t, err)
	require.JSONEq(t, string(want), rec.Body.String())
	require.Regexp(t, `"code":"\d{3}"`, rec.Body.String(), "a string, or the Go SDK does not read it")
}

func TestALockedUserIsUnauthorisedNotTooFast(t *testing.T) {
	t.Parallel()
	w := start(t)
	try := func(text string) *httptest.ResponseRecorder {
		return w.send("POST", "/v3/auth/tokens", `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"ada","password":"`+text+`"}}}}}`)
	}
	var rec *httptest.ResponseRecorder
	for range 10 {
		if rec = try("wrong"); rec.Header().Get("Retry-After") != "" {
			break
		}
	}
	require.Equal(t, http.StatusUnauthorized, rec.Code)
	require.Regexp(t, regexp.MustCompile(`^[1-9]\d*$`), rec.Header().Get("Retry-After"))
	require.Contains(t, rec.Body.String(), "Too many wrong passwords: the user is locked. Try again in ")
	require.Equal(t, http.StatusUnauthorized, try(password).Code, "the right password has to wait, too")
	w.wait(2 * time.Minute)
	require.Equal(t, http.StatusCreated, try(password).Code)
}

func TestShowAndDeleteTokens(t *testing.T) {
	t.Parallel()
	w := start(t)
	const path = "/v3/auth/tokens"
	text, _, err := w.ids.IssueToken(t.Context(), api.Actor{}, w.user, &w.other)
	require.NoError(t, err)
	subject := header{"X-Subject-Token", text}

	rec := w.send("GET", path, "", subject)
	require.Equal(t, http.StatusOK, rec.Code)
	require.Equal(t, text, rec.Header().Get("X-Subject-Token"))
	checkToken(t, w, rec, w.other.Name)
	require.Contains(t, w.send("GET", path+"?nocatalog=1", "", subject).Body.String(), `"catalog":[]`)

	rec = w.send("HEAD", path, "", subject)
	require.Equal(t, http.StatusOK, rec.Code)
	require.Empty(t, rec.Body.String())

	require.Contains(t, refused(t, w.send("GET", path, "", subject, header{"X-Auth-Token", "x"})), "decrypt token fail")
	keystoneFault(t, w.send("GET", path, "", header{"X-Subject-Token", "x"}), 404, "X-Subject-Token is invalid in the request")
	keystoneFault(t, w.send("GET", path, ""), 404, "X-Subject-Token is invalid in the request")
	require.Equal(t, http.StatusNotFound, w.send("HEAD", path, "", header{"X-Subject-Token", "x"}).Code)

	rec = w.send("DELETE", path, "", subject)
	require.Equal(t, http.StatusNoContent, rec.Code)
	keystoneFault(t, w.send("DELETE", path, "", subject), 404, "X-Subject-Token is invalid in the request")
	refused(t, w.send("GET", "/v3/projects", "", header{"X-Auth-Token", text}))
}

func TestProjects(t *testing.T) {
	t.Parallel()
	w := start(t)
	list := func(query string) []projectJSON {
		rec := w.signed("GET", "/v3/projects"+query, "")
		require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
		var body struct {
			Projects []projectJSON `json:"projects"`
			Links    struct{ Self string }
		}
		require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &body))
		require.Equal(t, "http://example.com/v3/projects"+query, body.Links.Self)
		require.NotNil(t, body.Projects)
		return body.Projects
	}
	account := w.user.Account.ID
	require.Equal(t, []projectJSON{{
		ID: w.project.ID, Name: region, DomainID: account, ParentID: account, Enabled: true,
		Links: selfRef{"http://example.com/v3/projects/" + w.project.ID},
	}}, list("?name="+region), "exactly one, named like the region")
	for query, want := range map[string]int{
		"": 3, "?name=local": 0, "?domain_id=" + account: 3, "?domain_id=x": 0, "?parent_id=" + account: 3,
		"?enabled=true": 3, "?enabled=false": 0, "?is_domain=true": 0,
		"?page=1&per_page=1": 1, "?page=3&per_page=1": 1, "?page=4&per_page=1": 0, "?page=9223372036854775807&per_page=5000": 0,
	} {
		require.Len(t, list(query), want, query)
	}
	for _, query := range []string{"?page=1", "?per_page=1", "?page=0&per_page=1", "?page=1&per_page=5001", "?page=x&per_page=y"} {
		require.Equal(t, http.StatusBadRequest, w.signed("GET", "/v3/projects"+query, "").Code, query)
	}
	require.Contains(t, refused(t, w.send("GET", "/v3/projects", "", header{"X-Auth-Token"})), "x-auth-token not found")
}

func TestDomainsCatalogAndVersions(t *testing.T) {
	t.Parallel()
	w := start(t)
	require.Contains(t, w.signed("GET", "/v3/auth/domains", "").Body.String(), `{"domains":[{"id":"`+w.user.Account.ID+`","name":"default"`)
	require.Contains(t, w.signed("GET", "/v3/auth/domains?name=x", "").Body.String(), `{"domains":[]`)

	cdm := `"url":"http://example.com/v1.1/` + w.project.ID + `"`
	require.Contains(t, w.send("GET", "/v3/auth/catalog", "").Body.String(), cdm)
	require.Contains(t, w.signed("GET", "/v3/auth/catalog", "").Body.String(), cdm, "the region's project stands for the key's")
	require.Contains(t, w.signed("GET", "/v3/auth/catalog", "", header{"X-Project-Id", w.other.ID}).Body.String(), "/v1.1/"+w.other.ID)
	require.NotContains(t, w.signed("GET", "/v3/auth/catalog", "", header{"X-Project-Id", "x"}).Body.String(), "/v1.1/")
	elsewhere, err := w.ids.ProjectByName(t.Context(), w.user, "local-2")
	require.NoError(t, err)
	require.Contains(t, w.signed("GET", "/v3/auth/catalog", "", header{"X-Project-Id", elsewhere.ID}).Body.String(),
		`{"id":"data-protect-public","interface":"public","region":"local-2","region_id":"local-2","url":"http://example.com/v1/`+elsewhere.ID+`"}`, "a project is in its region")

	nobody := header{"X-Auth-Token"}
	const version = `{"id":"v3.6","status":"stable","updated":"2016-04-04T00:00:00Z","links":[{"rel":"self","href":"http://example.com/v3/"}]}`
	require.Equal(t, `{"versions":{"values":[`+version+`]}}`, w.send("GET", "/", "", nobody).Body.String())
	require.Equal(t, `{"version":`+version+`}`, w.send("GET", "/v3", "", nobody).Body.String())
	require.Equal(t, `{"version":`+version+`}`, w.send("GET", "/v3/", "", nobody).Body.String())
}
