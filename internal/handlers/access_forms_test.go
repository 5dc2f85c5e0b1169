package handlers_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// Nobody fills in a form to be told afterwards that it was not for him.
func TestAFormIsOpenedByThoseWhoMaySendIt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.join("vera", api.RoleViewer)
	s.join("alma", api.RoleAdmin)
	link := s.create(apitest.MySQLDraft("orders"))
	vera, home := s.as(t, "vera", secondPassword), s.home()
	t.Run("a viewer is told which role it takes, and where those are who give it", func(t *testing.T) {
		for _, path := range []string{"/links/new", "/links/import", "/links/" + link.ID + "/edit", "/links/" + link.ID + "/delete", "/replication/new"} {
			p := vera.get(home + path).requireStatus(http.StatusForbidden)
			require.Contains(t, p.text("main"), "This takes the role editor in the project; yours is viewer.", path)
			require.Contains(t, p.hrefs("main a"), home+"/settings/people")
			require.Zero(t, p.Find(`main form`).Length())
			s.get(home + path).requireStatus(http.StatusOK)
		}
		require.Contains(t, vera.get(home+"/settings/people").requireStatus(http.StatusOK).text("main"), "alma")
	})
	t.Run("what is an administrator's says so", func(t *testing.T) {
		for _, path := range []string{"/groups/new", "/people/new", "/projects/new", home + "/replication/regions/new"} {
			p := vera.get(path).requireStatus(http.StatusForbidden)
			require.Contains(t, p.text("main"), "This is for administrators of the console.", path)
		}
	})
	t.Run("a role is asked for before what was typed is judged", func(t *testing.T) {
		p := vera.post(home+"/links", nil).requireStatus(http.StatusForbidden)
		require.Contains(t, p.text("main"), "role editor")
		vera.post(home+"/links/delete", nil).requireStatus(http.StatusForbidden)
	})
	t.Run("no form is opened in an archived project, by anybody", func(t *testing.T) {
		require.NoError(t, s.identity.ArchiveProject(t.Context(), console, s.project.ID))
		p := s.get(home + "/links/new").requireStatus(http.StatusConflict)
		require.Equal(t, "The project is archived", p.text("h1"))
		require.Zero(t, s.get(home+"/links").requireStatus(http.StatusOK).Find(`main a[href$="/new"]`).Length())
	})
}
