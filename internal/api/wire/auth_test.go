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

const bad = "Incorrect IAM authentication information: "

// refused checks that the gateway refused and returns its text.
func refused(t *testing.T, rec *httptest.ResponseRecorder) string {
	t.Helper()
	require.Equal(t, http.StatusUnauthorized, rec.Code, rec.Body.String())
	var body map[string]string
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &body))
	require.Equal(t, "APIGW.0301", body["error_code"])
	require.Equal(t, rec.Header().Get("X-Request-Id"), body["request_id"])
	require.Len(t, body, 3)
	return body["error_msg"]
}

func TestTokensThatAreRefused(t *testing.T) {
	t.Parallel()
	w := start(t)
	target := w.links("c", "/all")
	require.Equal(t, http.StatusOK, w.send("GET", target, "").Code)

	require.Equal(t, bad+"x-auth-token not found", refused(t, w.send("GET", target, "", header{"X-Auth-Token"})))
	for _, text := range []string{"garbage", "\xff\x00", strings.Repeat("M", 5000), w.token + "x"} {
		require.Equal(t, bad+"decrypt token fail", refused(t, w.send("GET", target, "", header{"X-Auth-Token", text})))
	}

	require.NoError(t, w.ids.RevokeToken(t.Context(), api.Actor{}, w.token))
	require.Equal(t, bad+"decrypt token fail", refused(t, w.send("GET", target, "")), "revoked")

	var err error
	w.token, _, err = w.ids.IssueToken(t.Context(), api.Actor{}, w.user, &w.project)
	require.NoError(t, err)
	w.wait(25 * time.Hour)
	require.Regexp(t, "^"+bad+`token expires, expires_at: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`, refused(t, w.send("GET", target, "")))
}

func TestSignaturesThatAreRefused(t *testing.T) {
	t.Parallel()
	w := start(t)
	target := w.links("c", "")
	body := sftp("a")
	date := time.Now().UTC().Format(dateForm)
	cases := map[string]struct{ authorization, date, want string }{
		"another scheme":  {"Bearer x", date, "the Authorization header is not a complete SDK-HMAC-SHA256 signature"},
		"incomplete":      {"SDK-HMAC-SHA256 Access=" + w.key.Access, date, "the Authorization header is not a complete SDK-HMAC-SHA256 signature"},
		"unknown key":     {official("x-sdk-date") + "00", date, "ak " + exampleAccess + " not exist"},
		"key of odd text": {"SDK-HMAC-SHA256 Access=\xff'\x00\", SignedHeaders=x-sdk-date, Signature=00", date, "ak \ufffd'\x00\" not exist"},
		"old date":        {official("x-sdk-date") + "00", "20200101T000000Z", "signature expired"},
		"no date":         {official("x-sdk-date") + "00", "", "x-sdk-date must have the form YYYYMMDDTHHMMSSZ"},
		"date not signed": {official("host") + "00", date, "x-sdk-date is not among the signed headers"},
		"wrong signature": {"SDK-HMAC-SHA256 Access=" + w.key.Access + ", SignedHeaders=x-sdk-date, Signature=" + strings.Repeat("0", 64), date,
			"verify aksk signature fail, canonicalRequest:POST|/v1.1/" + w.project.ID + "/clusters/c/cdm/link/||x-sdk-date:" + date + "||x-sdk-date|"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := refused(t, w.send("POST", target, body, header{"X-Auth-Token"}, header{"Authorization", c.authorization}, header{"X-Sdk-Date", c.date}))
			require.True(t, strings.HasPrefix(text, bad+c.want), text)
			require.NotContains(t, text, "hunter2")
		})
	}
}

func TestSignedRequests(t *testing.T) {
	t.Parallel()
	w := start(t)
	require.Equal(t, http.StatusOK, w.signed("POST", w.links("c", ""), sftp("订单"), header{"Content-Type", "application/json"}, header{"Host", "example.com"}).Code)
	require.Equal(t, http.StatusOK, w.signed("GET", w.links("c", "/%E8%AE%A2%E5%8D%95"), "{}").Code, "a GET may have a body, as from the Node SDK")
	require.Equal(t, http.StatusOK, w.signed("DELETE", w.links("c", "/%e8%ae%a2%e5%8d%95"), "").Code)
	rec := w.signed("GET", w.links("c", "/all?cname=a%20b+c"), "", header{"X-Auth-Token", "stale"})
	require.Equal(t, bad+"decrypt token fail", refused(t, rec), "a token counts before a signature")

	r := httptest.NewRequest("POST", w.links("c", ""), strings.NewReader(strings.Repeat(" ", maxBody+1)))
	r.Header.Set("X-Sdk-Date", w.clock().UTC().Format(dateForm))
	r.Header.Set("Authorization", "SDK-HMAC-SHA256 Access="+w.key.Access+", SignedHeaders=x-sdk-date, Signature=00")
	require.Equal(t, http.StatusRequestEntityTooLarge, w.serve(r).Code)
}

func TestAPrivateKeyIsForOneProject(t *testing.T) {
	t.Parallel()
	w := start(t)
	key, err := w.ids.CreateKey(t.Context(), api.Actor{}, w.user, &w.other)
	require.NoError(t, err)
	w.key = key
	require.Equal(t, http.StatusForbidden, w.signed("GET", w.links("c", "/all"), "").Code)
	require.Equal(t, http.StatusOK, w.signed("GET", "/v1.1/"+w.other.ID+"/clusters/c/cdm/link/all", "").Code)

	rec := w.signed("GET", "/v3/projects", "")
	require.Contains(t, rec.Body.String(), w.other.ID)
	require.NotContains(t, rec.Body.String(), w.project.ID)
}

func TestProjectsThatACredentialDoesNotOpen(t *testing.T) {
	t.Parallel()
	w := start(t)
	other := "/v1.1/" + w.other.ID + "/clusters/c/cdm/link/all"
	unknown := "/v1.1/" + strings.Repeat("0", 32) + "/clusters/c/cdm/link/all"
	account, _, err := w.ids.IssueToken(t.Context(), api.Actor{}, w.user, nil)
	require.NoError(t, err)
	mine := w.links("c", "/all")
	cases := []struct {
		name   string
		rec    *httptest.ResponseRecorder
		status int
	}{
		{"a token of another project", w.send("GET", other, ""), 403},
		{"a token of the account", w.send("GET", mine, "", header{"X-Auth-Token", account}), 403},
		{"a token and a project that is none", w.send("GET", "/v1.1/%00/clusters/c/cdm/link/all", ""), 403},
		{"a key opens every project of its user", w.signed("GET", other, ""), 200},
		{"a key and a project that is none", w.signed("GET", unknown, ""), 403},
		{"a key and a project of a bad form", w.signed("GET", "/v1.1/%ff/clusters/c/cdm/link/all", ""), 403},
		{"a key and the project in X-Project-Id", w.signed("GET", mine, "", header{"X-Project-Id", w.project.ID}), 200},
		{"a key and its parent in X-Project-Id", w.signed("GET", mine, "", header{"X-Project-Id", w.user.Account.ID}), 200},
		{"a key and another project in X-Project-Id", w.signed("GET", mine, "", header{"X-Project-Id", w.other.ID}), 403},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.status, c.rec.Code, c.rec.Body.String())
			if c.status == 403 {
				code, _ := message(t, c.rec)
				require.Equal(t, "Cdm.0032", code)
			}
		})
	}
}

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
	var cdm string
	for _, s := range token.Catalog {
		if s.Type == "cdm" {
			cdm = s.Endpoints[0].URL
		}
	}
	require.Equal(t, "http://example.com/v1.1/"+token.Project.ID, cdm)
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
		"": 2, "?name=local": 0, "?domain_id=" + account: 2, "?domain_id=x": 0, "?parent_id=" + account: 2,
		"?enabled=true": 2, "?enabled=false": 0, "?is_domain=true": 0,
		"?page=1&per_page=1": 1, "?page=2&per_page=1": 1, "?page=3&per_page=1": 0, "?page=9223372036854775807&per_page=5000": 0,
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

	nobody := header{"X-Auth-Token"}
	const version = `{"id":"v3.6","status":"stable","updated":"2016-04-04T00:00:00Z","links":[{"rel":"self","href":"http://example.com/v3/"}]}`
	require.Equal(t, `{"versions":{"values":[`+version+`]}}`, w.send("GET", "/", "", nobody).Body.String())
	require.Equal(t, `{"version":`+version+`}`, w.send("GET", "/v3", "", nobody).Body.String())
	require.Equal(t, `{"version":`+version+`}`, w.send("GET", "/v3/", "", nobody).Body.String())
}
