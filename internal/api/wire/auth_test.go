package wire

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/signature"
)

const bad = "Incorrect IAM authentication information: "

// unsigned is an Authorization header of a key that nobody has, without the
// signature.
func unsigned(signed string) string {
	return signature.Scheme + " Access=HPUAEXAMPLEACCESSKEY, SignedHeaders=" + signed + ", Signature="
}

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
	date := time.Now().UTC().Format(signature.DateForm)
	cases := map[string]struct{ authorization, date, want string }{
		"another scheme":  {"Bearer x", date, "the Authorization header is not a complete SDK-HMAC-SHA256 signature"},
		"incomplete":      {"SDK-HMAC-SHA256 Access=" + w.key.Access, date, "the Authorization header is not a complete SDK-HMAC-SHA256 signature"},
		"unknown key":     {unsigned("x-sdk-date") + "00", date, "ak HPUAEXAMPLEACCESSKEY not exist"},
		"key of odd text": {"SDK-HMAC-SHA256 Access=\xff'\x00\", SignedHeaders=x-sdk-date, Signature=00", date, "ak \ufffd'\x00\" not exist"},
		"old date":        {unsigned("x-sdk-date") + "00", "20200101T000000Z", "signature expired"},
		"no date":         {unsigned("x-sdk-date") + "00", "", "x-sdk-date must have the form YYYYMMDDTHHMMSSZ"},
		"date not signed": {unsigned("host") + "00", date, "x-sdk-date is not among the signed headers"},
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
	r.Header.Set("X-Sdk-Date", w.clock().UTC().Format(signature.DateForm))
	r.Header.Set("Authorization", "SDK-HMAC-SHA256 Access="+w.key.Access+", SignedHeaders=x-sdk-date, Signature=00")
	require.Equal(t, http.StatusRequestEntityTooLarge, w.serve(r).Code)
}

func TestAPrivateKeyIsForOneProject(t *testing.T) {
	t.Parallel()
	w := start(t)
	key, err := w.ids.CreateKey(t.Context(), console, w.user, &w.other, "")
	require.NoError(t, err)
	w.key = key
	require.Equal(t, http.StatusForbidden, w.signed("GET", w.links("c", "/all"), "").Code)
	require.Equal(t, http.StatusOK, w.signed("GET", "/v1.1/"+w.other.ID+"/clusters/c/cdm/link/all", "").Code)

	rec := w.signed("DELETE", "/switchboard/v1/projects/"+w.other.ID+"/regions/local-2", "")
	require.Equal(t, http.StatusForbidden, rec.Code, "regions are for all projects")
	require.Contains(t, rec.Body.String(), `"forbidden"`)

	rec = w.signed("GET", "/v3/projects", "")
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
