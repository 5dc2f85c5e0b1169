package handlers_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// viewForm is the form of a page that saves or renames a view, as a browser sends it.
func (p *page) viewForm(name string) (action string, values url.Values) {
	p.t.Helper()
	form := p.Find(".views form").First()
	require.Equal(p.t, 1, form.Length(), p.html)
	values = url.Values{"name": {name}}
	for _, hidden := range []string{"list", "query", "back"} {
		values.Set(hidden, form.Find(`[name=`+hidden+`]`).AttrOr("value", ""))
	}
	return form.AttrOr("action", ""), values
}

func TestSavedViewsOfRequestsAndOfTheAuditLog(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, state := range []string{s.home() + "/requests/all?kind=link&state=void", s.home() + "/requests/mine?kind=link", s.home() + "/audit?action=delete&user=ada"} {
		action, values := s.get(state).viewForm("Mine of " + state[len(state)-4:])
		s.post(action, values).requireRedirect(state)
		require.Equal(t, "Mine of "+state[len(state)-4:], s.get(state).text(".views a[aria-current]"))
	}
	require.Zero(t, s.get("/audit?action=delete").Find(".views").Length(), "views are kept in a project")
}

func TestSavedViews(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.create(apitest.MySQLDraft("orders"))
	require.Equal(t, 1, s.get(s.links()).Find(".views[hidden]").Length(), "there is nothing to save")

	state := s.links() + "?order=desc&q=ord&sort=updated"
	action, values := s.get(state + "&cursor=abc").viewForm("Recent orders")
	s.post(action, values).requireRedirect(state)
	page := s.get(state)
	require.Equal(t, "Recent orders", page.text(".views a[aria-current]"))
	require.Equal(t, []string{s.links(), state}, page.hrefs(".views > a"))
	require.Equal(t, "Recent orders", s.get(s.links()).text(".views > a:not([aria-current])"), "it stands above the list wherever that is")
	require.Equal(t, "All", s.get(s.links()).text(".views a[aria-current]"))

	part := s.get(s.links()+"?q=x", fragment("links-table")...)
	require.False(t, part.whole())
	require.Equal(t, "true", part.Find("#links-views").AttrOr("hx-swap-oob", ""), "what can be saved is what the table shows")
	require.Equal(t, "q=x", part.value("query"))

	action, values = page.viewForm("Orders")
	s.post(action, values).requireRedirect(state)
	require.Equal(t, "Orders", s.get(state).text(".views a[aria-current]"))

	remove := s.get(state).Find(`.views form[action$="/delete"]`)
	s.post(remove.AttrOr("action", ""), url.Values{"back": {s.links()}}).requireRedirect(s.links())
	require.Equal(t, 1, s.get(s.links()).Find(".views[hidden]").Length())
}

func TestEveryListHasViews(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	svc, err := s.service.CreateEndpointService(t.Context(), s.scope(), apitest.ServiceDraft("mirror"))
	require.NoError(t, err)
	for path, query := range map[string]string{
		"/links": "q=a", "/connections": "q=a&tag=k%3Dv&tag=team", "/aliases": "gray=true&q=a", "/aliases/functions": "q=a",
		"/whitelist": "q=a", "/whitelist/" + svc.ID: "expiring=true", "/whitelist/" + svc.ID + "/connections": "q=a",
		"/replication": "q=a", "/replication/backups": "q=a", "/replication/runs": "open=true",
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			action, values := s.get(s.home() + path + "?" + query).viewForm("mine")
			require.Equal(t, query, values.Get("query"))
			back := s.post(action, values).requireStatus(http.StatusSeeOther).header.Get("Location")
			require.Equal(t, "mine", s.get(back).text(".views a[aria-current]"))
		})
	}
}

func TestAViewIsRefusedInWords(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	state := s.links() + "?q=ord"
	action, values := s.get(state).viewForm(" ")
	s.post(action, values).requireRedirect(state)
	require.Contains(t, s.get(state).text(".flashes"), "Give the view a name")
	values.Set("name", "x")
	values.Set("back", "https://evil.example.com/")
	s.post(action, values).requireRedirect(s.home())
	s.post(s.home()+"/views/nothing/delete", url.Values{}).requireStatus(http.StatusNotFound)
}

func TestViewsAreTheirUsersAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	state := s.links() + "?q=ord"
	action, values := s.get(state).viewForm("mine")
	s.post(action, values)
	remove := s.get(state).Find(`.views form[action$="/delete"]`).AttrOr("action", "")
	s.join("vera", api.RoleViewer)
	s = s.as(t, "vera", secondPassword)
	require.Zero(t, s.get(state).Find(".views > a").Length())
	s.post(remove, url.Values{}).requireStatus(http.StatusNotFound)
	action, values = s.get(state).viewForm("hers")
	s.post(action, values).requireRedirect(state)
	require.Equal(t, "hers", s.get(state).text(".views a[aria-current]"), "a viewer has views, too")
}
