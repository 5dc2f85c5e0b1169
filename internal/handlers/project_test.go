package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

func TestProjectsAreAddedAndArchived(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grace := s.join("grace", api.RoleEditor)
	p := s.post("/projects", url.Values{"name": {"no blanks"}, "description": {"kept"}}).requireStatus(http.StatusUnprocessableEntity)
	require.NotEmpty(t, p.text("#name-error"))
	require.Equal(t, "kept", p.value("description"))
	settings := s.post("/projects", url.Values{"name": {"second"}, "description": {"of two"}}).requireStatus(http.StatusSeeOther).header.Get("Location")
	require.True(t, strings.HasSuffix(settings, "/settings/people"), settings)
	require.NotEmpty(t, s.get(settings).requireStatus(http.StatusOK).text(".empty"))
	require.Contains(t, s.get("/projects").requireStatus(http.StatusOK).text("table"), "of two")

	t.Run("an archived one can be read, offers nothing, and comes back", func(t *testing.T) {
		keep := "/projects/" + s.project.ID
		require.NotEmpty(t, s.get(keep+"/archive").requireStatus(http.StatusOK).text(".consequences"))
		s.post(keep+"/archive", nil).requireRedirect("/projects")
		require.Contains(t, s.get("/projects").text("#row-"+s.project.ID), "Archived")
		p := s.get(s.links()).requireStatus(http.StatusOK)
		require.Contains(t, p.text(".notice-info"), "archived")
		require.Zero(t, p.Find(`main a[href$="/links/new"]`).Length())
		general := "/p/" + s.project.ID + "/settings"
		s.post(general, url.Values{"name": {"renamed"}}).requireStatus(http.StatusUnprocessableEntity)
		s.post(general+"/people", url.Values{"holder": {"user:" + grace.ID}, "role.user:" + grace.ID: {"viewer"}}).requireRedirect(general + "/people")
		require.NotEmpty(t, s.get(general+"/people").text(".notice-warning"))

		require.NotEmpty(t, s.get(keep+"/restore").requireStatus(http.StatusOK).text(".consequences"))
		s.post(keep+"/restore", nil).requireRedirect("/projects")
		require.Equal(t, 1, s.get(s.links()).Find(`.page-header a[href$="/links/new"]`).Length())
	})
	t.Run("its name is changed, and a refused form keeps what was typed", func(t *testing.T) {
		general := strings.TrimSuffix(settings, "/people")
		p := s.post(general, url.Values{"name": {"local-1"}, "description": {"kept"}}).requireStatus(http.StatusUnprocessableEntity)
		require.NotEmpty(t, p.text("#name-error"))
		require.Equal(t, "kept", p.value("description"))
		s.post(general, url.Values{"name": {"third"}, "description": {"now"}}).requireRedirect(general)
		require.Equal(t, "third", s.get(general).value("name"))
	})
}

func TestAProjectsPeople(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	grace, joan := s.join("grace", api.RoleAdmin), s.join("joan", api.RoleNone)
	people := "/p/" + s.project.ID + "/settings/people"
	admin, other := s.as(t, "grace", secondPassword), s.as(t, "joan", secondPassword)

	p := other.get("/").requireStatus(http.StatusOK)
	require.Contains(t, p.text(".empty"), user, "who has no project is told whom to ask")
	other.get(people).requireStatus(http.StatusNotFound)

	require.Contains(t, admin.get(people+"/find?q=jo").requireStatus(http.StatusOK).text("#found-table"), "joan")
	require.NotContains(t, admin.get(people+"/find?q=jo", fragment("found-table")...).requireStatus(http.StatusOK).text("#found-table"), "grace")
	holder := "user:" + joan.ID
	admin.post(people, url.Values{"holder": {holder}, "role." + holder: {"king"}}).requireStatus(http.StatusUnprocessableEntity)
	admin.post(people, url.Values{"holder": {holder}, "role." + holder: {"viewer"}}).requireRedirect(people)
	require.Contains(t, admin.get(people).text("table"), "joan")

	t.Run("a viewer sees who is there, and changes nothing", func(t *testing.T) {
		p := other.get(people).requireStatus(http.StatusOK)
		require.Contains(t, p.text("table"), "grace")
		require.Zero(t, p.Find("main select, main button, main a.btn").Length())
		require.Zero(t, other.get("/p/"+s.project.ID+"/settings").requireStatus(http.StatusOK).Find("main form").Length())
		other.get(people + "/find").requireStatus(http.StatusForbidden)
		self := "user:" + joan.ID
		other.post(people, url.Values{"holder": {self}, "role." + self: {"admin"}}).requireStatus(http.StatusForbidden)
		other.post(people+"/remove", url.Values{"holder": {"user:" + grace.ID}}).requireStatus(http.StatusForbidden)
	})
	t.Run("a role is changed and taken away, and counts at once", func(t *testing.T) {
		admin.post(people, url.Values{"holder": {holder}, "role." + holder: {"editor"}}).requireRedirect(people)
		require.Equal(t, 1, other.get(s.links()).Find(`.page-header a[href$="/links/new"]`).Length())
		require.Contains(t, admin.get(people+"/remove?holder="+holder).requireStatus(http.StatusOK).text("main"), "joan")
		admin.post(people+"/remove", url.Values{"holder": {holder}}).requireRedirect(people)
		other.get(s.links()).requireStatus(http.StatusNotFound)
		admin.get(people + "/remove?holder=" + holder).requireStatus(http.StatusNotFound)
	})
	t.Run("who takes his own role away is led out", func(t *testing.T) {
		admin.post(people+"/remove", url.Values{"holder": {"user:" + grace.ID}}).requireRedirect("/")
		admin.get("/").requireStatus(http.StatusOK)
	})
}

// What changes something is a form that is posted, or leads to the page of one.
func TestAViewerIsOfferedNoChanges(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.join("grace", api.RoleViewer)
	link := s.create(apitest.MySQLDraft("orders"))
	viewer, home := s.as(t, "grace", secondPassword), "/p/"+s.project.ID
	for _, path := range []string{
		"", "/links", "/links/" + link.ID, "/links/" + link.ID + "/health", "/connections", "/connections/queues", "/aliases", "/aliases/functions",
		"/whitelist", "/replication", "/replication/backups", "/replication/runs", "/replication/regions", "/replication/regions/local-1", "/settings", "/settings/people",
	} {
		p := viewer.get(home + path).requireStatus(http.StatusOK)
		for _, button := range []string{
			`main form[method="post"] button`, `main [hx-post]`, `main [formaction]`, `main input.tick`,
			`main a[href$="/new"]`, `main a[href$="/edit"]`, `main a[href$="/delete"]`, `main a[href$="/import"]`,
		} {
			found := p.Find(button)
			require.Zero(t, found.Length(), "%s offers %s: %s", path, button, found.First().Text())
		}
	}
	require.NotZero(t, s.get(home+"/links").Find(`main a[href$="/links/new"]`).Length(), "an administrator is offered them")
}
