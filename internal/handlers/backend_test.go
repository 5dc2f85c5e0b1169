package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/wire"
)

// canaryPassword is one that must never stand in a page.
const canaryPassword = "canary-region-password-77"

// backend is the path of where the project lives.
func (s *site) backend() string { return "/p/" + s.project.ID + "/settings/backend" }

// far is a second console, which is a region.
type far struct {
	url     string
	project string
	key     identity.AccessKey
}

func newFar(t *testing.T) *far {
	t.Helper()
	there := emptySite(t)
	boss, err := there.identity.CreateUser(t.Context(), console, identity.NewPerson{Name: "boss", Administrator: true}, api.NewSecret(password))
	require.NoError(t, err)
	key, err := there.identity.CreateKey(t.Context(), console, boss, nil, "")
	require.NoError(t, err)
	server := httptest.NewServer(wire.New(wire.Options{
		Service: there.options.Service, Requests: there.options.Requests, Audit: there.options.Audit, Identity: there.identity, Region: "local-1", LinkDepth: api.Connect,
	}))
	t.Cleanup(server.Close)
	return &far{server.URL, there.project.ID, key}
}

// typed is what the form of a project in that region sends, with more pairs of name and
// value.
func (f *far) typed(more ...string) url.Values {
	v := url.Values{
		"kind": {"cloud"}, "cloud": {"custom"}, "base": {f.url}, "region": {"local-1"}, "project": {f.project},
		"credential": {"access_key"}, "access": {f.key.Access}, "secret": {f.key.Secret.Reveal()},
	}
	for i := 0; i < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

func TestTheFormOfWhereAProjectLives(t *testing.T) {
	t.Parallel()
	s, f := newSite(t), newFar(t)
	p := s.get(s.backend()).requireStatus(http.StatusOK)
	require.Equal(t, "embedded", p.Find(`[name="kind"][checked]`).AttrOr("value", ""))
	require.Zero(t, p.Find("#backend-test, #region, #secret").Length())
	require.Equal(t, 1, p.Find(`nav [aria-current="page"][href$="/settings/backend"]`).Length())

	t.Run("other choices ask for other things, and lose nothing", func(t *testing.T) {
		p := s.post(s.backend()+"/edit", url.Values{"kind": {"cloud"}, "cloud": {"huaweicloud"}, "region": {"cn-north-4"}}).requireStatus(http.StatusOK)
		require.Equal(t, 1, p.Find("#region").Length()+p.Find("#base").Length(), "a known cloud says where its services are")
		p = s.post(s.backend()+"/edit", f.typed("credential", "iam_user", "secret", canaryPassword)).requireStatus(http.StatusOK)
		require.Equal(t, 4, p.Find("#base, #domain, #user, #secret").Length())
		require.Equal(t, f.key.Access, p.value("access"), "it travels along")
		held := p.value("secret.held")
		require.NotContains(t, p.html, canaryPassword)
		p = s.post(s.backend()+"/edit", f.typed("kind", "embedded", "secret", "", "secret.held", held)).requireStatus(http.StatusOK)
		require.Equal(t, f.url+" "+f.key.Access, p.value("base")+" "+p.value("access"))
		require.NotEmpty(t, p.value("secret.held"))
		require.Zero(t, p.Find("#base, #access, #secret, .field-error").Length())
	})
	t.Run("a refused form keeps what was typed, the secret sealed", func(t *testing.T) {
		v := f.typed("region", "A B", "endpoints.dli", "ftp://x", "secret", canaryPassword)
		p := s.post(s.backend(), v).requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#region-error"))
		require.NotEmpty(t, p.text("#endpoints-dli-error"))
		require.Equal(t, 1, p.Find("#section-endpoints[open]").Length())
		for _, path := range []string{"base", "region", "project", "access", "endpoints.dli"} {
			require.Equal(t, v.Get(path), p.value(path), path)
		}
		require.NotContains(t, p.html, canaryPassword)
		again := f.typed("secret", "", "secret.held", p.value("secret.held"))
		p = s.post(s.backend()+"/test", again).requireStatus(http.StatusOK)
		require.NotEmpty(t, p.text("#secret-error"), "the wrong secret was not lost")
	})
	t.Run("a field is judged as it is left", func(t *testing.T) {
		p := s.post(s.backend()+"/validate", f.typed("base", "https://x/y"), fragment("field-base")...).requireStatus(http.StatusOK)
		require.False(t, p.whole())
		require.NotEmpty(t, p.text("#base-error"))
	})
	require.NotContains(t, s.log.String(), canaryPassword)
}

func TestARegionIsTestedBeforeAProjectMoves(t *testing.T) {
	t.Parallel()
	s, f := newSite(t), newFar(t)
	for name, c := range map[string]struct {
		typed   url.Values
		at      string
		problem bool
	}{
		"a wrong key":     {f.typed("secret", canaryPassword), "#secret-error", true},
		"nobody there":    {f.typed("base", "http://127.0.0.1:1"), "#base-error", true},
		"as it should be": {f.typed(), "#secret-error, #base-error", false},
	} {
		p := s.post(s.backend()+"/test", c.typed).requireStatus(http.StatusOK)
		require.Equal(t, c.problem, p.Find(c.at).Length() > 0, name)
		require.Equal(t, c.problem, p.Find("#backend-check .check-failed").Length() == 1, name)
		require.Equal(t, c.typed.Get("base"), p.value("base"), name)
	}
	p := s.post(s.backend(), f.typed("secret", canaryPassword)).requireStatus(http.StatusUnprocessableEntity)
	require.Equal(t, 1, p.Find("#anyway").Length())
	require.NotEmpty(t, p.text("#secret-error"))
	s.post(s.backend(), f.typed("secret", "", "secret.held", p.value("secret.held"), "anyway", "true")).requireRedirect(s.backend())
	p = s.get(s.backend())
	require.Contains(t, p.text(".flashes"), "local-1")
	require.Equal(t, 1, p.Find("#backend-check .check-failed").Length(), "how the last test ended")
	require.Contains(t, p.text(".topbar"), "local-1")
}

func TestAProjectInARegionIsSetAnew(t *testing.T) {
	t.Parallel()
	s, f := newSite(t), newFar(t)
	s.post(s.backend(), f.typed()).requireRedirect(s.backend())
	keeping := func(more ...string) url.Values {
		return f.typed(append([]string{"secret", "", "secret.mode", "keep", "version", s.get(s.backend()).value("version")}, more...)...)
	}
	t.Run("its page tells all of it but the secret", func(t *testing.T) {
		p := s.get(s.backend())
		require.Equal(t, f.key.Access, p.value("access"))
		require.NotContains(t, p.html, f.key.Secret.Reveal())
		require.Equal(t, "keep", p.Find("[name='secret.mode'][checked]").AttrOr("value", ""))
		s.post(s.backend(), keeping()).requireRedirect(s.backend())
	})
	t.Run("another address asks for the secret again", func(t *testing.T) {
		elsewhere := keeping("base", strings.Replace(f.url, "127.0.0.1", "localhost", 1))
		p := s.post(s.backend()+"/validate", elsewhere, fragment("field-base")...).requireStatus(http.StatusOK)
		require.NotEmpty(t, p.text("#secret-error"), "the field of the secret comes along")
		p = s.post(s.backend(), elsewhere).requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#secret-error"))
		require.Equal(t, "again", p.Find("[name='secret.mode'][checked]").AttrOr("value", ""))
	})
	t.Run("another kind of credential has no secret that could be kept", func(t *testing.T) {
		p := s.post(s.backend()+"/edit", keeping("credential", "iam_user")).requireStatus(http.StatusOK)
		require.Zero(t, p.Find("[name='secret.mode']").Length())
	})
	t.Run("replacing with nothing is not keeping", func(t *testing.T) {
		for _, verb := range []string{"", "/test"} {
			p := s.post(s.backend()+verb, keeping("secret.mode", "replace")).requireStatus(http.StatusUnprocessableEntity)
			require.Contains(t, p.text("#secret-error"), "keep the stored one")
		}
	})
	t.Run("who was slower sees what changed, and can save all the same", func(t *testing.T) {
		mine := keeping("region", "local-7", "secret", f.key.Secret.Reveal(), "secret.mode", "replace")
		s.post(s.backend(), keeping()).requireRedirect(s.backend())
		p := s.post(s.backend(), mine).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("[role=alert]"), user+" saved where the project lives")
		require.Contains(t, p.text(".diff"), "local-7")
		require.Equal(t, "local-7", p.value("region"))
		s.post(s.backend(), f.typed("region", "local-7", "secret", "", "secret.held", p.value("secret.held"), "secret.mode", "replace", "version", p.value("version"))).
			requireRedirect(s.backend())
	})
	t.Run("it comes back when its name was typed", func(t *testing.T) {
		back := url.Values{"kind": {"embedded"}, "version": {s.get(s.backend()).value("version")}}
		p := s.post(s.backend()+"/edit", back).requireStatus(http.StatusOK)
		require.Equal(t, 1, p.Find("#confirm").Length())
		p = s.post(s.backend(), back).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("#confirm-error"), s.project.Name)
		stale := keeping()
		back.Set("confirm", s.project.Name)
		s.post(s.backend(), back).requireRedirect(s.backend())
		require.Zero(t, s.get(s.backend()).Find("#region").Length())
		p = s.post(s.backend(), stale).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("#backend-form-problems"), "brought the project back")
		require.Empty(t, p.Find(`[name="version"]`).AttrOr("value", ""), "saving again moves it")
	})
	t.Run("the history says what was changed, and no secret", func(t *testing.T) {
		p := s.get("/p/" + s.project.ID + "/audit?kind=project&action=backend").requireStatus(http.StatusOK)
		require.Contains(t, p.text("main"), "local-7")
		require.NotContains(t, p.html, f.key.Secret.Reveal())
	})
}

func TestWhatAProjectHasKeepsItHere(t *testing.T) {
	t.Parallel()
	s, f := newSite(t), newFar(t)
	s.create(s.unreachable("orders"))
	p := s.post(s.backend(), f.typed()).requireStatus(http.StatusUnprocessableEntity)
	require.Contains(t, p.text("#kind-error"), "Remove them first")
	require.Equal(t, f.url, p.value("base"))
	require.NotContains(t, p.html, f.key.Secret.Reveal())
}

func TestAViewerSeesWhereAProjectLives(t *testing.T) {
	t.Parallel()
	s, f := newSite(t), newFar(t)
	s.post(s.backend(), f.typed()).requireRedirect(s.backend())
	_, err := s.identity.CreateUser(t.Context(), console, identity.NewPerson{Name: "vera", Roles: map[string]api.Role{s.project.ID: api.RoleViewer}}, api.NewSecret(password))
	require.NoError(t, err)
	s.client = newClient(t)
	s.signIn("vera", password)
	p := s.get(s.backend()).requireStatus(http.StatusOK)
	for _, fact := range []string{"local-1", f.project, f.url} {
		require.Contains(t, p.text("main"), fact)
	}
	require.NotContains(t, p.html, f.key.Access)
	require.Zero(t, p.Find("main form[method=post]").Length())
	s.post(s.backend(), f.typed()).requireStatus(http.StatusForbidden)
}
