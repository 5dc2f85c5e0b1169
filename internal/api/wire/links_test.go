package wire

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// seed is the request of the documentation, byte for byte.
func seed(t testing.TB) string {
	t.Helper()
	body, err := os.ReadFile("testdata/create_mysql.json")
	require.NoError(t, err)
	return string(body)
}

const seedCluster = "6ec9a0a4-76be-4262-8697-e7af1fac7920"

func TestCreateLink(t *testing.T) {
	t.Parallel()
	w := start(t)

	rec := w.send("POST", w.links(seedCluster, ""), seed(t))
	require.Equal(t, http.StatusOK, rec.Code)
	require.Equal(t, `{"name":"mysql_link","validation-result":[{}]}`, rec.Body.String())

	rec = w.send("POST", w.links(seedCluster, ""), seed(t))
	require.Equal(t, http.StatusBadRequest, rec.Code)
	code, text := message(t, rec)
	require.Equal(t, "Cdm.0315", code)
	require.Equal(t, "This cluster already has a link with that name. Choose another name.", text)

	rec = w.send("POST", w.links("another", ""), seed(t), header{"Content-Type", "text/plain"})
	require.Equal(t, http.StatusOK, rec.Code, "a cluster is a name space, and the content type is not insisted on")
	require.Equal(t, http.StatusOK, w.signed("POST", w.links("signed", ""), seed(t)).Code)
}

func TestCreateLinkRecordsWhoDidIt(t *testing.T) {
	t.Parallel()
	w := start(t)
	rec := w.send("POST", w.links("c", ""), seed(t))
	require.Equal(t, http.StatusOK, rec.Code)
	changes, err := w.Service.Changes(t.Context(), api.Scope{Project: w.project.ID}, "", "", "", 1)
	require.NoError(t, err)
	require.Equal(t, api.Actor{
		UserID: w.user.ID, User: "ada", Way: api.WayWire, Addr: "192.0.2.1", RequestID: rec.Header().Get("X-Request-Id"),
	}, changes[0].Actor)
}

func TestValidateStoresNothing(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, value := range []string{"true", "TRUE"} {
		rec := w.send("POST", w.links("c", "?validate="+value), seed(t))
		require.Equal(t, http.StatusOK, rec.Code)
		require.Equal(t, `{"name":"mysql_link","validation-result":[{}]}`, rec.Body.String())
	}
	require.Equal(t, `{"links":[]}`, w.send("GET", w.links("c", "/all"), "").Body.String())

	require.Equal(t, http.StatusOK, w.send("POST", w.links("c", "?validate=false"), seed(t)).Code)
	code, _ := message(t, w.send("POST", w.links("c", "?validate=true"), seed(t)))
	require.Equal(t, "Cdm.0315", code, "a taken name is said, too")
}

func TestAFailedCheckIsAValidationResult(t *testing.T) {
	t.Parallel()
	w := start(t, connecting)
	body := strings.NewReplacer("100.94.8.163", "127.0.0.1", "3306", closedPort(t)).Replace(seed(t))
	for _, query := range []string{"", "?validate=true"} {
		rec := w.send("POST", w.links("c", query), body)
		require.Equal(t, http.StatusInternalServerError, rec.Code, rec.Body.String())
		require.True(t, strings.HasPrefix(rec.Body.String(), `{"validation-result":[{"linkConfig":[{"message":`), "no name, no code")
		list := found(t, rec)
		require.Len(t, list, 1)
		require.Equal(t, "ERROR", list[0].Status)
		require.Regexp(t, `127\.0\.0\.1 refused the connection on port \d+\..* \(Cdm\.0901\)$`, list[0].Message)
		require.NotContains(t, rec.Body.String(), "DB_password")
	}
	require.Equal(t, `{"links":[]}`, w.send("GET", w.links("c", "/all"), "").Body.String(), "nothing was stored")
}

func TestWarningsDoNotRefuse(t *testing.T) {
	t.Parallel()
	w := start(t, func(o *Options) {
		o.Service = replaced{Service: o.Service, create: func(_ context.Context, _ api.Scope, d api.LinkDraft, _ api.Depth) (api.Link, error) {
			return api.Link{Name: d.Name, Check: &api.Check{Status: api.Warned, Steps: []api.Step{
				{Name: api.StepConnect, Status: api.Passed},
				{Name: api.StepTLS, Status: api.Warned, Message: api.M("check.tls.unverified"), Detail: "x509: unknown authority"},
			}}}, nil
		}}
	})
	rec := w.send("POST", w.links("c", ""), seed(t))
	require.Equal(t, http.StatusOK, rec.Code)
	require.JSONEq(t, `{"name":"mysql_link","validation-result":[{"linkConfig":[{"status":"WARNING","message":
		"The connection is encrypted, but the server's certificate could not be verified. x509: unknown authority"}]}]}`, rec.Body.String())
}

func TestRefusedBodies(t *testing.T) {
	t.Parallel()
	w := start(t)
	one := sftp("a")
	cases := []struct {
		name, body string
		status     int
		code       string
	}{
		{"no JSON", `{"links":`, 400, "Cdm.0018"},
		{"nothing", ``, 400, "Cdm.0018"},
		{"null", `null`, 400, "Cdm.0018"},
		{"an array", `[]`, 400, "Cdm.0018"},
		{"no link", `{"links":[]}`, 400, "Cdm.0018"},
		{"two links", strings.Replace(one, `[{"name"`, `[{},{"name"`, 1), 400, "Cdm.0018"},
		{"text for a boolean", strings.Replace(one, `"name":"a"`, `"name":"a","enabled":"yes"`, 1), 400, "Cdm.0004"},
		{"number for a name", strings.Replace(one, `"name":"a"`, `"name":1`, 1), 400, "Cdm.0004"},
		{"array for an input", sftp("a", "linkConfig.server", `["x"]`), 400, "Cdm.0004"},
		{"object for a text", sftp("a", "linkConfig.server", `{"a":"b"}`), 400, "Cdm.0004"},
		{"input without a name", sftp("a", "", `"x"`), 400, "Cdm.0018"},
		{"no name", sftp(""), 400, "Cdm.0238"},
		{"name of a bad form", sftp("-a"), 400, "Cdm.0110"},
		{"name too long", sftp(strings.Repeat("a", 241)), 400, "Cdm.0109"},
		{"reserved name", sftp("all"), 400, "Cdm.0317"},
		{"unknown connector", link("a", "carrier-pigeon-connector"), 400, "Cdm.0102"},
		{"unknown input", sftp("a", "linkConfig.createBackendLinks", `"x"`), 400, "Cdm.0089"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rec := w.send("POST", w.links("c", ""), c.body)
			require.Equal(t, c.status, rec.Code, rec.Body.String())
			code, text := message(t, rec)
			require.Equal(t, c.code, code, text)
			require.NotContains(t, text, "[wire.", "the text is in the catalogue")
		})
	}
	t.Run("cluster of a bad form", func(t *testing.T) {
		t.Parallel()
		rec := w.send("POST", w.links("c%20d", ""), one)
		require.Equal(t, http.StatusNotFound, rec.Code)
		code, _ := message(t, rec)
		require.Equal(t, "Cdm.0001", code)
	})
}

func TestRefusedInputsAreAValidationResult(t *testing.T) {
	t.Parallel()
	w := start(t)
	body := link("a", "sftp-connector", "linkConfig.server", `"no such host!"`, "linkConfig.port", `"70000"`)
	rec := w.send("POST", w.links("c", ""), body)
	require.Equal(t, http.StatusInternalServerError, rec.Code)
	list := found(t, rec)
	require.Len(t, list, 4, "everything that is wrong, at once")
	for i, want := range []string{
		`^linkConfig\.server: .+ \(Cdm\.0088\)$`, `^linkConfig\.port: .+ \(Cdm\.0009\)$`,
		`^linkConfig\.username: .+ \(Cdm\.0238\)$`, `^linkConfig\.password: .+ \(Cdm\.0238\)$`,
	} {
		require.Regexp(t, want, list[i].Message)
		require.Equal(t, "ERROR", list[i].Status)
	}
	require.Regexp(t, `\(Cdm\.0088\)$`, found(t, w.send("POST", w.links("c", ""), sftp("a", "linkConfig.password", `"Add password here"`)))[0].Message,
		"a new link has no secret to keep")

	for _, language := range []string{"zh-cn", "zh_cn", "ZH-CN"} {
		rec = w.send("POST", w.links("c", ""), body, header{"X-Language", language})
		require.Regexp(t, `\p{Han}`, found(t, rec)[0].Message, language)
	}
	for _, language := range []string{"en-us", "en_us", "fr"} {
		rec = w.send("POST", w.links("c", ""), body, header{"X-Language", language})
		require.NotRegexp(t, `\p{Han}`, found(t, rec)[0].Message, language)
	}
}

func TestUnknownLinks(t *testing.T) {
	t.Parallel()
	w := start(t)
	require.Equal(t, http.StatusOK, w.send("POST", w.links("elsewhere", ""), sftp("a")).Code)
	for _, c := range []struct{ method, path, body, code string }{
		{"GET", "/a", "", "Cdm.0101"}, {"DELETE", "/a", "", "Cdm.0101"}, {"PUT", "/a", sftp("a"), "Cdm.0316"},
		{"PUT", "/all", sftp("a"), "Cdm.0316"}, {"DELETE", "/all", "", "Cdm.0101"},
	} {
		rec := w.send(c.method, w.links("c", c.path), c.body)
		require.Equal(t, unknownLink, rec.Code)
		code, text := message(t, rec)
		require.Equal(t, c.code, code)
		require.Contains(t, text, "["+c.path[1:]+"]")
	}
}

func TestListLinks(t *testing.T) {
	t.Parallel()
	w := start(t)
	scope := api.Scope{Project: w.project.ID, Actor: api.Actor{User: "ada"}}
	const many = api.MaxPage*2 + 3
	for i := range many {
		_, err := w.Service.CreateLink(t.Context(), scope, api.LinkDraft{
			Cluster: "c", Name: fmt.Sprintf("l%04d", i), Connector: "http-connector", Enabled: true,
		}, api.Shape)
		require.NoError(t, err)
	}
	require.Equal(t, http.StatusOK, w.send("POST", w.links("c", ""), sftp("s")).Code)
	require.Equal(t, http.StatusOK, w.send("POST", w.links("d", ""), sftp("other_cluster")).Code)

	rec := w.send("GET", w.links("c", "/all"), "")
	require.Equal(t, "application/json", rec.Header().Get("Content-Type"))
	all := decodeLinks(t, rec)
	require.Len(t, all, many+1, "every page of them")
	for i := range many {
		require.Equal(t, fmt.Sprintf("l%04d", i), all[i].Name, "by name")
	}
	require.Len(t, decodeLinks(t, w.send("GET", w.links("c", "/all?cname=sftp-connector"), "")), 1)
	require.Equal(t, `{"links":[]}`, w.send("GET", w.links("c", "/all?cname=%00"), "").Body.String())
	require.Equal(t, `{"links":[]}`, w.send("GET", w.links("none", "/all"), "").Body.String())
}

func TestAListThatBreaksIsCutShort(t *testing.T) {
	t.Parallel()
	w := start(t, func(o *Options) {
		o.Service = replaced{Service: o.Service, list: func(_ context.Context, _ api.Scope, q api.LinkQuery) (api.Page[api.Link], error) {
			if q.Cursor != "" {
				return api.Page[api.Link]{}, errors.New("the disk is gone")
			}
			return api.Page[api.Link]{Items: []api.Link{{Name: "a", Connector: "http-connector"}}, Next: "2"}, nil
		}}
	})
	server := httptest.NewServer(w.handler)
	defer server.Close()
	r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+w.links("c", "/all"), nil)
	require.NoError(t, err)
	r.Header.Set("X-Auth-Token", w.token)
	resp, err := http.DefaultClient.Do(r)
	if err == nil {
		_, err = resp.Body.Read(make([]byte, 1<<20))
		for err == nil {
			_, err = resp.Body.Read(make([]byte, 1<<20))
		}
		require.NoError(t, resp.Body.Close())
	}
	require.ErrorContains(t, err, "EOF")
	require.NotEqual(t, "EOF", err.Error(), "the client must notice")
}

func TestDeleteLink(t *testing.T) {
	t.Parallel()
	w := start(t)
	require.Equal(t, http.StatusOK, w.send("POST", w.links("c", ""), sftp("a")).Code)
	rec := w.send("DELETE", w.links("c", "/a"), "")
	require.Equal(t, http.StatusOK, rec.Code)
	require.Equal(t, "{}", rec.Body.String(), "Terraform decodes it")
	require.Equal(t, unknownLink, w.send("GET", w.links("c", "/a"), "").Code)
}

func TestAnUnknownErrorTellsNothing(t *testing.T) {
	t.Parallel()
	w := start(t, func(o *Options) {
		o.Service = replaced{Service: o.Service, create: func(context.Context, api.Scope, api.LinkDraft, api.Depth) (api.Link, error) {
			return api.Link{}, errors.New("constraint links_pk on /var/lib")
		}}
	})
	rec := w.send("POST", w.links("c", ""), sftp("a"))
	require.Equal(t, http.StatusInternalServerError, rec.Code)
	code, text := message(t, rec)
	require.Equal(t, "Cdm.0000", code)
	require.Contains(t, text, rec.Header().Get("X-Request-Id"))
	require.NotContains(t, text, "links_pk")
	require.Contains(t, w.log.String(), "links_pk")
}
