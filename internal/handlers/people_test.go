package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

// secondPassword is that of people who are invited.
const secondPassword = "battery staple horse"

// join adds somebody with a password and a role in the site's project.
func (s *site) join(name string, role api.Role) identity.User {
	s.t.Helper()
	n := identity.NewPerson{Name: name}
	if role != api.RoleNone {
		n.Roles = map[string]api.Role{s.project.ID: role}
	}
	user, err := s.identity.CreateUser(s.t.Context(), console, n, api.NewSecret(secondPassword))
	require.NoError(s.t, err)
	return user
}

// as is the same console in the browser of somebody else.
func (s *site) as(t *testing.T, name, password string) *site {
	t.Helper()
	other := *s
	other.t, other.client = t, newClient(t)
	if name != "" {
		require.Equal(t, http.StatusSeeOther, other.signIn(name, password).status)
	}
	return &other
}

// path is the part of an address behind the host.
func (s *site) path(address string) string { return strings.TrimPrefix(address, s.server.URL) }

func TestPeopleAreInvited(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	typed := url.Values{
		"name": {"grace"}, "fullname": {"Grace Hopper"}, "email": {"grace@example.com"},
		"roles.0.project": {s.project.ID}, "roles.0.role": {"editor"},
	}

	t.Run("a refused form keeps what was typed", func(t *testing.T) {
		wrong := url.Values{"name": {"no blanks"}, "fullname": {"Grace"}, "email": {"nowhere"}, "roles.0.project": {s.project.ID}, "roles.0.role": {"approver"}}
		p := s.post("/people", wrong).requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#name-error"))
		require.NotEmpty(t, p.text("#email-error"))
		require.Equal(t, "Grace", p.value("fullname"))
		require.Equal(t, "approver", p.value("roles.0.role"))
	})
	t.Run("a project that is named twice, or without a role, is said at its row", func(t *testing.T) {
		p := s.post("/people", url.Values{
			"name": {"two"}, "roles.0.project": {s.project.ID}, "roles.0.role": {"viewer"},
			"roles.1.project": {s.project.ID}, "roles.1.role": {"editor"}, "roles.2.project": {""}, "roles.2.role": {"editor"},
		}).requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#roles-1-error"))
		require.NotEmpty(t, p.text("#roles-2-error"))
	})
	t.Run("a row more keeps what was typed and judges nothing", func(t *testing.T) {
		again := url.Values{"name": {"no blanks"}, "op": {"add:roles"}, "roles.0.project": {s.project.ID}, "roles.0.role": {"editor"}}
		p := s.post("/people/edit", again).requireStatus(http.StatusOK)
		require.Equal(t, "no blanks", p.value("name"))
		require.Equal(t, 1, p.Find(`[name="roles.1.role"]`).Length())
		require.Zero(t, p.Find(".field-error").Length())
	})

	t.Run("nothing is chosen that nobody chose", func(t *testing.T) {
		p := s.get("/people/new").requireStatus(http.StatusOK)
		require.Empty(t, p.value("roles.0.project"))
		require.Empty(t, p.value("roles.0.role"))
	})
	p := s.post("/people", typed, fragment("invite-form")...).requireStatus(http.StatusOK)
	require.True(t, p.whole(), "the link takes the place of the whole page")
	require.Equal(t, "body", p.header.Get("HX-Retarget"))
	require.Equal(t, 1, p.Find("nav.sidebar").Length())
	link := p.text("#link")
	require.Equal(t, 1, p.Find(`[data-copy="link"]`).Length(), "it can be copied")
	require.Contains(t, link, s.server.URL+"/password?token=")
	list := s.get("/people?q=hopper").requireStatus(http.StatusOK)
	require.Contains(t, list.text("#people-table"), "Grace Hopper")
	require.Contains(t, list.text("#people-table"), "Awaits a password")
	require.NotContains(t, list.text("#people-table"), user)
	require.NotContains(t, list.html, "token=")

	t.Run("who has the link chooses a password, is signed in, and has the role", func(t *testing.T) {
		invited := s.as(t, "", "")
		require.Contains(t, invited.get(s.path(link)).requireStatus(http.StatusOK).text("main"), "invited as grace")
		require.NotEmpty(t, invited.post(s.path(link), url.Values{"password": {secondPassword}, "again": {"else"}}).requireStatus(http.StatusUnprocessableEntity).text("#again-error"))
		require.NotEmpty(t, invited.post(s.path(link), url.Values{"password": {"short"}, "again": {"short"}}).requireStatus(http.StatusUnprocessableEntity).text("#password-error"))
		invited.post(s.path(link), url.Values{"password": {secondPassword}, "again": {secondPassword}}).requireRedirect("/")
		invited.get("/").requireRedirect("/p/" + s.project.ID)
		require.Equal(t, 1, invited.get(s.links()).requireStatus(http.StatusOK).Find(`.page-header a[href$="/links/new"]`).Length())
		invited.get(s.path(link)).requireStatus(http.StatusNotFound)
		for _, office := range []string{"/people", "/people/new", "/groups", "/groups/new", "/projects", "/projects/new"} {
			require.NotEqual(t, http.StatusOK, invited.send(http.MethodPost, office, url.Values{}, []header{{"Sec-Fetch-Site", "same-origin"}}).status, office)
		}
		for _, office := range []string{"/people", "/people/new", "/groups", "/projects"} {
			invited.get(office).requireStatus(http.StatusForbidden)
		}
	})
	t.Run("a name that is taken is said at its field", func(t *testing.T) {
		require.NotEmpty(t, s.post("/people", typed).requireStatus(http.StatusUnprocessableEntity).text("#name-error"))
	})
}

func TestAPersonIsLookedAfter(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grace := s.join("grace", api.RoleEditor)
	path := "/people/" + grace.ID

	t.Run("what is known is changed, and a refused form keeps it", func(t *testing.T) {
		p := s.post(path, url.Values{"fullname": {"Grace Hopper"}, "email": {"no address"}}).requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#email-error"))
		require.Equal(t, "Grace Hopper", p.value("fullname"))
		s.post(path, url.Values{"fullname": {"Grace Hopper"}, "email": {"g@example.com"}, "administrator": {"true"}}).requireRedirect(path)
		require.Contains(t, s.get(path).text("main"), "administrator")
		s.post(path, url.Values{"fullname": {"Grace Hopper"}, "email": {"g@example.com"}}).requireRedirect(path)
		found, err := s.identity.Person(t.Context(), console, grace.ID)
		require.NoError(t, err)
		require.False(t, found.Administrator)
		require.Equal(t, "g@example.com", found.Email)
	})
	t.Run("disabling says what dies, and it does", func(t *testing.T) {
		inside := s.as(t, "grace", secondPassword)
		inside.get(s.links()).requireStatus(http.StatusOK)
		require.Contains(t, s.get(path+"/disable").requireStatus(http.StatusOK).text(".consequences"), "access keys stop working")
		s.post(path+"/disable", nil).requireRedirect(path)
		require.Contains(t, s.get(path).text("main"), "Disabled")
		inside.get(s.links()).requireStatus(http.StatusSeeOther)
		s.post(path+"/enable", nil).requireRedirect(path)
		inside.get(s.links()).requireStatus(http.StatusSeeOther)
		s.as(t, "grace", secondPassword).get(s.links()).requireStatus(http.StatusOK)
	})
	t.Run("a reset shows a link once, by which there is a new password", func(t *testing.T) {
		require.NotEmpty(t, s.get(path+"/reset").requireStatus(http.StatusOK).text(".consequences"))
		link := s.post(path+"/reset", nil).requireStatus(http.StatusOK).text("#link")
		require.Equal(t, http.StatusUnprocessableEntity, s.as(t, "", "").signIn("grace", secondPassword).status)
		other := s.as(t, "", "")
		other.post(s.path(link), url.Values{"password": {password}, "again": {password}}).requireRedirect("/")
		other.get(s.links()).requireStatus(http.StatusOK)
	})
	t.Run("nobody disables himself", func(t *testing.T) {
		people, err := s.identity.People(t.Context(), console, identity.PeopleQuery{Search: user})
		require.NoError(t, err)
		self := "/people/" + people.Items[0].ID
		require.Zero(t, s.get(self).Find(`a[href$="/disable"]`).Length())
		s.post(self+"/disable", nil).requireRedirect(self)
		require.NotEmpty(t, s.get(self).text(".notice-warning"))
	})
	for _, lost := range []string{"/people/nobody", "/people/nobody/edit", "/people/nobody/disable", "/groups/none", "/groups/none/edit", "/projects/none/archive"} {
		s.get(lost).requireStatus(http.StatusNotFound)
	}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grace := s.join("grace", api.RoleNone)
	require.Contains(t, s.get("/groups").requireStatus(http.StatusOK).text(".empty"), "No groups yet")
	require.NotEmpty(t, s.post("/groups", url.Values{"description": {"kept"}}).requireStatus(http.StatusUnprocessableEntity).text("#name-error"))
	p := s.post("/groups", url.Values{"name": {"Data team"}, "description": {"moves it"}, "claim": {"data"}}).requireStatus(http.StatusSeeOther)
	group := p.header.Get("Location")

	require.Contains(t, s.get(group+"/add?q=gra").requireStatus(http.StatusOK).text("#people-table"), "grace")
	s.post(group+"/add", url.Values{"user": {grace.ID}}).requireRedirect(group)
	require.Contains(t, s.get(group).text(".bound-list"), "grace")
	require.Contains(t, s.get(group+"/add").text("#people-table"), "Is a member")

	holder := "group:" + strings.TrimPrefix(group, "/groups/")
	settings := "/p/" + s.project.ID + "/settings/people"
	s.post(settings, url.Values{"holder": {holder}, "role." + holder: {"viewer"}}).requireRedirect(settings)
	s.as(t, "grace", secondPassword).get(s.links()).requireStatus(http.StatusOK)

	s.post(group+"/remove", url.Values{"user": {grace.ID}}).requireRedirect(group)
	s.as(t, "grace", secondPassword).get(s.links()).requireStatus(http.StatusNotFound)
	s.post(group, url.Values{"name": {"Data"}, "description": {""}}).requireRedirect(group)
	require.Contains(t, s.get(group+"/delete").requireStatus(http.StatusOK).text("main"), "Delete the group Data")
	s.post(group+"/delete", nil).requireRedirect("/groups")
	s.get(group).requireStatus(http.StatusNotFound)
}

func TestTheProfile(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.join("grace", api.RoleViewer)
	own := s.as(t, "grace", secondPassword)
	require.Contains(t, own.get("/profile").requireStatus(http.StatusOK).text("main"), "grace")
	require.Zero(t, own.get("/profile").Find(`a[href="/people"]`).Length(), "what is for administrators is not offered")
	require.NotZero(t, s.get("/profile").Find(`a[href="/people"]`).Length())

	t.Run("another password ends the other sessions", func(t *testing.T) {
		other := s.as(t, "grace", secondPassword)
		p := own.post("/profile/password", url.Values{"old": {"wrong"}, "new": {password}, "again": {password}}).requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#old-error"))
		require.NotContains(t, p.html, password)
		p = own.post("/profile/password", url.Values{"old": {secondPassword}, "new": {password}, "again": {"else"}}).requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#again-error"))
		own.post("/profile/password", url.Values{"old": {secondPassword}, "new": {password}, "again": {password}}).requireRedirect("/profile")
		own.get("/profile").requireStatus(http.StatusOK)
		other.get("/profile").requireStatus(http.StatusSeeOther)
	})
	t.Run("sessions are listed and ended, one or all", func(t *testing.T) {
		other := s.as(t, "grace", password)
		p := own.get("/profile/sessions").requireStatus(http.StatusOK)
		require.Contains(t, p.text("table"), "This session")
		id := p.Find(`button[name="session"]`).AttrOr("value", "")
		own.post("/profile/sessions", url.Values{"session": {id}}).requireRedirect("/profile/sessions")
		other.get("/profile").requireStatus(http.StatusSeeOther)
		other = s.as(t, "grace", password)
		require.NotEmpty(t, own.get("/profile/sessions/end").requireStatus(http.StatusOK).text(".consequences"))
		own.post("/profile/sessions/end", nil).requireRedirect("/sign-in")
		other.get("/profile").requireStatus(http.StatusSeeOther)
		own.get("/profile").requireStatus(http.StatusSeeOther)
	})
}

func TestCredentialsAreShownOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	t.Run("an access key", func(t *testing.T) {
		p := s.post("/profile/keys", url.Values{"name": {"nightly"}, "project": {"0123"}}).requireStatus(http.StatusUnprocessableEntity)
		require.Equal(t, "nightly", p.value("name"))
		require.NotEmpty(t, p.text("#project-error"))
		p = s.post("/profile/keys", url.Values{"name": {"nightly"}, "project": {s.project.ID}}).requireStatus(http.StatusOK)
		access, secret := p.text("#access"), p.text("#secret")
		require.Len(t, access, 20)
		key, err := s.identity.Key(t.Context(), access)
		require.NoError(t, err)
		require.Equal(t, secret, key.Secret.Reveal())
		list := s.get("/profile/keys").requireStatus(http.StatusOK)
		require.Contains(t, list.text("table"), "nightly")
		require.NotContains(t, list.html, secret)
		require.NotContains(t, s.log.String(), secret)
		s.get("/profile/keys/" + access + "/delete").requireStatus(http.StatusOK)
		s.post("/profile/keys/"+access+"/delete", nil).requireRedirect("/profile/keys")
		_, err = s.identity.Key(t.Context(), access)
		require.Error(t, err)
	})
	t.Run("an API token", func(t *testing.T) {
		require.NotEmpty(t, s.post("/profile/tokens", url.Values{"life": {"30"}}).requireStatus(http.StatusUnprocessableEntity).text("#name-error"))
		require.NotEmpty(t, s.post("/profile/tokens", url.Values{"name": {"ci"}, "life": {"99999"}}).requireStatus(http.StatusUnprocessableEntity).text("#life-error"))
		p := s.post("/profile/tokens", url.Values{"name": {"ci"}, "life": {"30"}}).requireStatus(http.StatusOK)
		token := p.text("#token")
		_, err := s.identity.Token(t.Context(), token)
		require.NoError(t, err)
		list := s.get("/profile/tokens").requireStatus(http.StatusOK)
		require.Contains(t, list.text("table"), "ci")
		require.NotContains(t, list.html, token)
		revoke := list.Find(`a[href$="/delete"]`).AttrOr("href", "")
		require.Contains(t, s.get(revoke).requireStatus(http.StatusOK).text("main"), "ci")
		s.post(revoke, nil).requireRedirect("/profile/tokens")
		_, err = s.identity.Token(t.Context(), token)
		require.Equal(t, api.Unauthorised, api.CodeOf(err))
	})
}

// Whoever loads the page with the secret again sends the form again.
func TestAFormThatIsSentAgainMakesNoSecondCredential(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, path := range []string{"/profile/keys", "/profile/tokens"} {
		p := s.get(path + "/new").requireStatus(http.StatusOK)
		form := fields(p, "main form")
		form.Set("life", "30")
		form.Set("project", "0123")
		p = s.post(path, form).requireStatus(http.StatusUnprocessableEntity)
		require.NotEqual(t, form.Get("once"), p.value("once"), "what was refused can be sent again")
		form.Set("once", p.value("once"))
		form.Set("name", "nightly")
		form.Set("project", s.project.ID)
		s.post(path, form).requireStatus(http.StatusOK)
		s.post(path, form).requireRedirect(path)
		p = s.get(path)
		require.Contains(t, p.text(".flashes"), "was made already")
		require.Equal(t, 1, p.Find("tbody tr").Length())
	}
}

func TestTheSecondFactor(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := s.post("/profile/factor", nil).requireStatus(http.StatusOK)
	key := p.text("#factor-key")
	image := s.get(p.Find("main img").AttrOr("src", "")).requireStatus(http.StatusOK)
	require.Equal(t, "image/png", image.header.Get("Content-Type"))
	require.Contains(t, image.header.Get("Cache-Control"), "no-store")

	p = s.post("/profile/factor/confirm", url.Values{"code": {"abc"}}).requireStatus(http.StatusUnprocessableEntity)
	require.NotEmpty(t, p.text("#code-error"))
	require.Equal(t, key, p.text("#factor-key"), "what was scanned still counts")
	code, err := totp.GenerateCode(key, time.Now())
	require.NoError(t, err)
	recovery := strings.Fields(s.post("/profile/factor/confirm", url.Values{"code": {code}}).requireStatus(http.StatusOK).text("#recovery"))
	require.Len(t, recovery, 10)
	require.NotContains(t, s.get("/profile/factor").requireStatus(http.StatusOK).html, recovery[0])

	t.Run("the password opens nothing yet", func(t *testing.T) {
		other := s.as(t, "", "")
		other.post("/sign-in", url.Values{"name": {user}, "password": {password}, "next": {s.links()}}).requireRedirect("/sign-in/code?next=" + url.QueryEscape(s.links()))
		other.get(s.links()).requireStatus(http.StatusSeeOther)
		other.get("/sign-in/code?next=%2F").requireStatus(http.StatusOK)
		p := other.post("/sign-in/code", url.Values{"code": {"000000x"}, "next": {s.links()}}).requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#code-error"))
		other.get(s.links()).requireStatus(http.StatusSeeOther)
		other.post("/sign-in/code", url.Values{"code": {recovery[0]}, "next": {"//evil.example"}}).requireRedirect("/")
		other.get(s.links()).requireStatus(http.StatusOK)
		again := s.as(t, "", "")
		again.signIn(user, password)
		again.post("/sign-in/code", url.Values{"code": {recovery[0]}}).requireStatus(http.StatusUnprocessableEntity)
	})
	t.Run("who gave no password is not asked for a code", func(t *testing.T) {
		stranger := s.as(t, "", "")
		stranger.get("/sign-in/code?next=%2F").requireRedirect("/sign-in?next=%2F")
		stranger.post("/sign-in/code", url.Values{"code": {recovery[1]}}).requireRedirect("/sign-in?next=%2F")
	})
	t.Run("it is turned off by the password", func(t *testing.T) {
		require.NotEmpty(t, s.post("/profile/factor/remove", url.Values{"password": {"wrong"}}).requireStatus(http.StatusUnprocessableEntity).text("#password-error"))
		s.post("/profile/factor/remove", url.Values{"password": {password}}).requireRedirect("/profile/factor")
		s.as(t, user, password).get(s.links()).requireStatus(http.StatusOK)
	})
}
