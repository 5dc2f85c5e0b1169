package wire

import (
	"context"
	"encoding/hex"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestServes(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]bool{
		"/v1.1/p/clusters/c/cdm/link": true, "/v1.0/x": true, "/v2/x": true, "/v3": true, "/v3/": true,
		"/v3/auth/tokens": true, "/v3.0/x": true, "/switchboard/v1/connectors": true, "/": true,
		"/v1/p/vpc-endpoint-services": true, "/v2.0/x": true, "/v1.1": true, "/p/x/links": false, "/vpc": false, "/v3x": false, "/switchboard/": false, "/static/app.css": false,
	} {
		require.Equal(t, want, Serves(httptest.NewRequest("GET", target, nil)), target)
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	require.False(t, Serves(r), "the root is a browser's")
}

func TestEveryAnswerIsJSONWithARequestID(t *testing.T) {
	t.Parallel()
	w := start(t, func(o *Options) {
		o.Service = replaced{Service: o.Service, create: func(context.Context, api.Scope, api.LinkDraft, api.Depth) (api.Link, error) {
			panic("a bug")
		}}
	})
	cases := []struct {
		name           string
		rec            *httptest.ResponseRecorder
		status         int
		code, contains string
	}{
		{"unknown path", w.send("GET", "/v2/nothing", ""), 404, "APIGW.0101", "GET /v2/nothing"},
		{"unknown method", w.send("PATCH", w.links("c", ""), "{}"), 404, "APIGW.0101", "PATCH"},
		{"trailing slash", w.send("POST", w.links("c", "/"), "{}"), 404, "APIGW.0101", ""},
		{"doubled slash", w.send("GET", "//v3/projects", ""), 404, "APIGW.0101", ""},
		{"dots in the path", w.send("GET", "/v3/x/../projects", ""), 404, "APIGW.0101", ""},
		{"body too large", w.send("POST", w.links("c", ""), strings.Repeat(" ", maxBody+1)), 413, "APIGW.0201", ""},
		{"nobody", w.send("GET", w.links("c", "/all"), "", header{"X-Auth-Token"}), 401, "APIGW.0301", "x-auth-token not found"},
		{"panic", w.send("POST", w.links("c", ""), sftp("a")), 500, "Cdm.0000", "request id"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.status, c.rec.Code, c.rec.Body.String())
			require.Equal(t, "application/json", c.rec.Header().Get("Content-Type"))
			id := c.rec.Header().Get("X-Request-Id")
			_, err := hex.DecodeString(id)
			require.NoError(t, err)
			require.Len(t, id, 32)
			require.Contains(t, c.rec.Body.String(), c.code)
			require.Contains(t, c.rec.Body.String(), c.contains)
			require.Empty(t, c.rec.Header().Get("Location"))
		})
	}
	require.Contains(t, w.log.String(), "a bug", "panics are logged")
	require.NotContains(t, w.log.String(), "hunter2hunter2")
}

func TestPathsAreRoutedOnDecodedSegments(t *testing.T) {
	t.Parallel()
	w := start(t)
	require.Equal(t, 200, w.send("POST", w.links("c", ""), sftp("订单.库")).Code)
	for _, path := range []string{
		"/%E8%AE%A2%E5%8D%95.%E5%BA%93", "/%e8%ae%a2%e5%8d%95%2E%e5%ba%93", "/订单.库",
	} {
		require.Equal(t, 200, w.send("GET", w.links("c", path), "").Code, path)
	}
	require.Equal(t, 200, w.send("GET", w.links("%63", "/%61ll"), "").Code)
	for path, name := range map[string]string{
		"/a%2Fb": "a/b", "/a%20b": "a b", "/a+b": "a+b", "/urn:x": "urn:x", "/urn%3Ax": "urn:x", "/%2541": "%41", "/a%252Fb": "a%2Fb",
	} {
		rec := w.send("GET", w.links("c", path), "")
		require.Equal(t, 400, rec.Code, path)
		code, text := message(t, rec)
		require.Equal(t, "Cdm.0101", code)
		require.Contains(t, text, "["+name+"]", path)
	}
	for _, path := range []string{"/%00", "/%FF"} {
		require.Equal(t, 400, w.send("GET", w.links("c", path), "").Code, path)
		require.Equal(t, 400, w.send("GET", w.links(path[1:], "/a"), "").Code, path)
	}
}
