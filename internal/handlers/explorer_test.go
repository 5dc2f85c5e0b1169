package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/samples"
	"switchboard/internal/api/wire"
	"switchboard/internal/handlers"
)

// explorerSite is a console whose wire API can be tried.
func explorerSite(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	s.servePrograms()
	return s
}

// servePrograms has the console serve its wire API, and show it.
func (s *site) servePrograms() {
	o := &s.options
	programs := wire.New(wire.Options{
		Service: o.Service, Requests: o.Requests, Audit: o.Audit, Identity: s.identity, Region: o.Region, LinkDepth: api.Shape,
	})
	o.Programs = handlers.Programs{
		Document: func(lang string) []byte { return wire.Document(lang, "test") },
		Serve: func(w http.ResponseWriter, r *http.Request, user identity.User, project identity.Project) {
			programs.ServeHTTP(w, wire.As(r, user, project))
		},
		Code: func(call handlers.ProgramCall, language, project, server string) (string, error) {
			filled := samples.Filled(call)
			return samples.WriteFilled(samples.Language(language), &filled, samples.Server{URL: server, Project: project, Region: o.Region})
		},
	}
	people := handlers.New(s.options)
	s.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if wire.Serves(r) {
			programs.ServeHTTP(w, r)
		} else {
			people.ServeHTTP(w, r)
		}
	})
}

func (s *site) explorer(operation string) string { return "/p/" + s.project.ID + "/api" + operation }

// canary is a secret that no page may have.
const canary = "canary-in-a-call"

// linkCall is a link as it is typed into the explorer.
func linkCall(name, password string) string {
	return `{"links":[{"name":"` + name + `","connector-name":"sftp-connector","link-config-values":{"configs":[{"inputs":[` +
		`{"name":"linkConfig.server","value":"sftp.example.com"},{"name":"linkConfig.port","value":"22"},` +
		`{"name":"linkConfig.username","value":"x"},{"name":"linkConfig.password","value":"` + password + `"}]}]}}]}`
}

func TestTheExplorerListsEveryOperation(t *testing.T) {
	t.Parallel()
	s := explorerSite(t)
	p := s.get(s.explorer("")).requireStatus(http.StatusOK)
	require.Greater(t, p.Find("#operations tbody tr").Length(), 130)
	require.Equal(t, 1, s.get(s.links()).Find(`a[href="`+s.explorer("")+`"]`).Length(), "every page leads there")

	found := s.get(s.explorer("?q=whitelist+entries"))
	require.Contains(t, found.text("#operations"), "BatchAddEndpointServicePermissions")
	require.NotContains(t, found.text("#operations"), "CreateLink")
	require.Contains(t, s.get(s.explorer("?q=nothing-like-it")).text("#operations"), "No operation has these words")
	s.get(s.explorer("/NoSuchOperation")).requireStatus(http.StatusNotFound)
}

func TestTheExplorerMakesACallAsWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	s := explorerSite(t)
	p := s.get(s.explorer("/CreateQueue")).requireStatus(http.StatusOK)
	require.Equal(t, s.project.ID, p.value("path.project"))
	require.Contains(t, p.text("#call-form"), "queue_name")

	p = s.post(s.explorer("/CreateLink"), url.Values{"path.cluster": {"default"}, "body": {linkCall("orders", canary)}}).requireStatus(http.StatusOK)
	require.Contains(t, p.text("#answer"), "200 OK")
	require.Contains(t, p.text("#answer-body"), "validation-result")
	require.Contains(t, p.text("#answer-request"), "POST "+s.server.URL+"/v1.1/"+s.project.ID+"/clusters/default/cdm/link")
	require.Contains(t, p.text("#answer-request"), "${password}")
	require.NotContains(t, p.html, canary, "a secret never comes back")
	require.Contains(t, p.text("#body"), "${password}", "a variable has its place")
	require.Equal(t, 1, p.Find(`input[type=password][name="secret.password"]`).Length())

	page, err := s.options.Audit.SearchAudit(t.Context(), api.Scope{Project: s.project.ID, Actor: console}, api.AuditQuery{Kind: api.KindLink})
	require.NoError(t, err)
	require.Equal(t, user, page.Items[0].Actor.User)
	require.Equal(t, api.WayWire, page.Items[0].Actor.Way)

	held := p.value("secret.password.held")
	p = s.post(s.explorer("/CreateLink"), url.Values{"path.cluster": {"default"}, "body": {linkCall("again", "${password}")}, "secret.password.held": {held}})
	require.Contains(t, p.text("#answer"), "200 OK", "what was typed before is held")
}

func TestTheExplorerShowsErrorsAsTheServiceWritesThem(t *testing.T) {
	t.Parallel()
	s := explorerSite(t)
	p := s.post(s.explorer("/ShowLink"), url.Values{"path.cluster": {"default"}, "path.link": {"nobody"}}).requireStatus(http.StatusOK)
	require.Contains(t, p.text("#answer"), "400 Bad Request")
	require.Contains(t, p.text("#answer-body"), `"errCode": "Cdm.0101"`)
	require.Contains(t, p.text("#answer-headers"), "Content-Type: application/json")

	s.join("grace", api.RoleViewer)
	grace := s.as(t, "grace", secondPassword)
	p = grace.post(s.explorer("/CreateQueue"), url.Values{"body": {`{"queue_name":"q1","cu_count":16}`}, "body.queue_name": {"q1"}, "body.cu_count": {"16"}})
	require.Contains(t, p.text("#answer"), "403 Forbidden", "with one's own rights")
	require.Contains(t, p.text("#answer-body"), "DLI.0016")
}

func TestTheExplorerRefusesWhatCannotBeSent(t *testing.T) {
	t.Parallel()
	s := explorerSite(t)
	p := s.post(s.explorer("/ShowLink"), url.Values{"path.cluster": {"default"}}).requireStatus(http.StatusUnprocessableEntity)
	require.Contains(t, p.text("#field-path-link"), "This is needed")
	require.Zero(t, p.Find("#answer").Length())

	p = s.post(s.explorer("/CreateLink"), url.Values{"path.cluster": {"default"}, "body": {`{"linkConfig.password": "` + canary}})
	p.requireStatus(http.StatusUnprocessableEntity)
	require.Contains(t, p.text("#field-body"), "This is not JSON")
	require.NotContains(t, p.html, canary)

	p = s.post(s.explorer("/CreateLink"), url.Values{"path.cluster": {"default"}, "body": {linkCall("a", "${password}")}})
	require.Contains(t, p.requireStatus(http.StatusUnprocessableEntity).text("#section-secrets"), "This is needed")

	gone := url.Values{"path.cluster": {"default"}, "path.link": {"orders"}}
	p = s.post(s.explorer("/DeleteLink"), gone).requireStatus(http.StatusUnprocessableEntity)
	require.Contains(t, p.text("#field-confirm"), "Say that you know it")
	gone.Set("confirm", "true")
	p = s.post(s.explorer("/DeleteLink"), gone).requireStatus(http.StatusOK)
	require.Empty(t, p.Find("#confirm").AttrOr("checked", ""), "each time anew")
}

func TestTheExplorerShowsNoToken(t *testing.T) {
	t.Parallel()
	s := explorerSite(t)
	body := `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"` + user + `","password":"` + password + `","domain":{"name":"default"}}}}}}`
	p := s.post(s.explorer("/KeystoneCreateUserTokenByPassword"), url.Values{"body": {body}}).requireStatus(http.StatusOK)
	require.Contains(t, p.text("#answer"), "201 Created")
	require.Contains(t, p.text("#answer-headers"), "X-Subject-Token: (not shown on pages)")
	require.NotContains(t, p.html, password)
	require.NotContains(t, p.html, "MII")

	p = s.post(s.explorer("/KeystoneValidateToken"), url.Values{"header.X-Subject-Token": {canary}}).requireStatus(http.StatusOK)
	require.Contains(t, p.text("#answer"), "404 Not Found")
	require.NotContains(t, p.html, canary)
}

func TestTheExplorerBoundsWhatItShows(t *testing.T) {
	t.Parallel()
	s := explorerSite(t)
	s.options.Programs.Serve = func(w http.ResponseWriter, _ *http.Request, _ identity.User, _ identity.Project) {
		for range 3 << 10 {
			_, _ = w.Write([]byte(strings.Repeat("é", 512)))
		}
	}
	s.server.Config.Handler = handlers.New(s.options)
	p := s.post(s.explorer("/ExportAudit"), nil).requireStatus(http.StatusOK)
	require.Contains(t, p.text("#answer"), "3145728 bytes long. Its first 1048576 are shown")
	require.Less(t, len(p.html), 2<<20)

	s.options.Programs.Serve = func(w http.ResponseWriter, _ *http.Request, _ identity.User, _ identity.Project) {
		_, _ = w.Write([]byte(`{"links":[`))
		panic(http.ErrAbortHandler)
	}
	s.server.Config.Handler = handlers.New(s.options)
	p = s.post(s.explorer("/ListConnectors"), nil).requireStatus(http.StatusOK)
	require.Contains(t, p.text("#answer"), "gave up in the middle")
}

func TestTheExplorerTakesNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	s := explorerSite(t)
	s.send(http.MethodPost, s.explorer("/ListConnectors"), url.Values{}, []header{{"Sec-Fetch-Site", "cross-site"}}).requireStatus(http.StatusForbidden)
	stranger := s.as(t, "", "")
	stranger.get(s.explorer("")).requireRedirect("/sign-in?next=" + url.QueryEscape(s.explorer("")))

	p := s.post(s.explorer("/ListConnectors"), url.Values{"path.project": {"another"}, "header.X-Auth-Token": {"x"}}).requireStatus(http.StatusOK)
	require.NotContains(t, p.text("#answer-request"), "X-Auth-Token", "only headers that the operation has")
}
