package handlers_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

func TestTestNow(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	link := s.create(s.unreachable("orders"))
	path := s.links() + "/" + link.ID
	checks := func() int {
		page, err := s.service.PastChecks(t.Context(), s.scope(), api.KindLink, link.ID, "", 0)
		require.NoError(t, err)
		return len(page.Items)
	}

	t.Run("in the list, htmx gets the row, which is read out", func(t *testing.T) {
		p := s.post(path+"/check", nil, fragment("row-"+link.ID)...).requireStatus(http.StatusOK)
		require.False(t, p.whole())
		require.Contains(t, p.html, `<tr id="row-`+link.ID)
		require.Contains(t, p.html, "orders: The check failed. Connect: 127.0.0.1 refused the connection on port 1.")
		require.Equal(t, 1, checks())
		require.Zero(t, p.Find("input[checked]").Length())
	})
	t.Run("a row that was ticked stays so", func(t *testing.T) {
		p := s.post(path+"/check", url.Values{"id": {link.ID, "another"}}, fragment("row-"+link.ID)...)
		require.Equal(t, 1, p.Find("input[name=id][checked]").Length())
	})
	t.Run("on the link's page, htmx gets its health with the new result", func(t *testing.T) {
		p := s.post(path+"/check", nil, fragment("health")...).requireStatus(http.StatusOK)
		require.Equal(t, 1, p.Find("#health .check-failed").Length())
		require.Zero(t, p.Find("h1").Length())
	})
	t.Run("on the page of its health, htmx gets the history, too", func(t *testing.T) {
		p := s.post(path+"/check", nil, fragment("watch")...).requireStatus(http.StatusOK)
		require.Equal(t, 4, p.Find("#watch .history > li").Length())
		require.Contains(t, p.Find("#watch").AttrOr("data-announce", ""), "The check failed.")
	})
	t.Run("without JavaScript one comes back to where one was, and is told there", func(t *testing.T) {
		list := s.links() + "?q=ord"
		s.post(path+"/check", url.Values{"back": {list}}).requireRedirect(list)
		p := s.get(list)
		require.Contains(t, p.text(".notice-error"), "orders: the check failed. Connect: 127.0.0.1 refused the connection on port 1.")
		require.Equal(t, 5, checks())
	})
	t.Run("but to no other site", func(t *testing.T) {
		s.post(path+"/check", url.Values{"back": {"//evil.example/"}}).requireRedirect(s.links())
	})
}

func TestTheListTellsTheHealthOfLinks(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	link := s.create(s.unreachable("orders"))
	require.NoError(t, s.service.Schedule(t.Context(), s.scope(), api.KindLink, link.ID, time.Hour))
	row := "#row-" + link.ID
	require.Zero(t, s.get(s.links()).Find(row+" .spark").Length(), "there is nothing to draw before the first check")
	s.post(s.links()+"/"+link.ID+"/check", nil)
	p := s.get(s.links())
	require.Equal(t, "Latest checks: 1 × Failed", p.text(row+" .spark title"))
	require.Contains(t, p.text(row), "Hourly")
	require.Contains(t, p.text(row), "never good yet")
	require.Contains(t, p.text(row+" .badge"), "Failed")
}

func TestScheduling(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	link := s.create(apitest.MySQLDraft("orders"))
	path := s.links() + "/" + link.ID
	require.Equal(t, "0", s.get(path).value("every"), "a link that was never asked has no schedule")
	s.post(path+"/schedule", url.Values{"every": {"300"}, "back": {path}}).requireRedirect(path)
	require.Equal(t, "300", s.get(path).value("every"))
	require.Contains(t, s.get(path).text(".change-values"), "Never → to Every 5 min")
	for _, nonsense := range []string{"", "7", "-300", "1e9", "99999999999999"} {
		s.post(path+"/schedule", url.Values{"every": {nonsense}}).requireStatus(http.StatusUnprocessableEntity)
	}
	stored, err := s.service.Link(t.Context(), s.scope(), link.ID)
	require.NoError(t, err)
	require.Equal(t, 5*time.Minute, stored.Health.Every)
}

func TestTheHistoryOfALink(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	link := s.create(s.unreachable("orders"))
	path := s.links() + "/" + link.ID
	require.Contains(t, s.get(path+"/health").text("#checks"), "has not been checked")
	for range 22 {
		_, err := s.service.Recheck(t.Context(), s.scope(), api.KindLink, link.ID)
		require.NoError(t, err)
	}
	first := s.get(path + "/health").requireStatus(http.StatusOK)
	require.Equal(t, 20, first.Find(".history > li").Length())
	require.Contains(t, first.text(".episodes"), "22 failed checks", "however many checks fail, it is one story")
	require.Equal(t, 1, first.Find(".episodes > li").Length())
	next := first.Find("a[rel=next]").AttrOr("href", "")
	older := s.get(next, fragment("checks")...)
	require.Equal(t, 2, older.Find(".history > li").Length())
	require.Zero(t, older.Find(".episodes").Length(), "only the list is turned over")
	newest := func(p *page) string { return p.Find(".history details").First().AttrOr("id", "") }
	require.Equal(t, newest(first), newest(s.get(s.get(next).Find("a[rel=prev]").AttrOr("href", ""))), "and back to the newest")
}

func TestAChangeSaysWhichValuesChanged(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	link := s.create(apitest.MySQLDraft("orders"))
	d := apitest.MySQLDraft("orders_two")
	d.ID, d.Inputs["linkConfig.host"] = link.ID, "elsewhere.example.com"
	d.Inputs["linkConfig.jdbcProperties"] = `{"connectTimeout":"3000"}`
	d.Secrets["linkConfig.password"] = api.NewSecret("canary-password")
	_, err := s.service.UpdateLink(t.Context(), s.scope(), d, api.Shape)
	require.NoError(t, err)
	p := s.get(s.links() + "/" + link.ID)
	changed := p.text(".change-values")
	require.Contains(t, changed, "orders → to orders_two")
	require.Contains(t, changed, "db.example.com → to elsewhere.example.com")
	require.Contains(t, changed, "nothing → to connectTimeout=3000")
	require.Contains(t, changed, "entered anew")
	require.NotContains(t, p.html, "canary-password")
	require.NotContains(t, p.html, "correct-horse-9")
}

func TestHealthOfAForeignLinkIsNotFound(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	other := s.addProject("other")
	foreign, err := s.service.CreateLink(t.Context(), api.Scope{Project: other.ID}, s.unreachable("orders"), api.Shape)
	require.NoError(t, err)
	path := s.links() + "/" + foreign.ID
	s.get(path + "/health").requireStatus(http.StatusNotFound)
	s.post(path+"/check", nil).requireStatus(http.StatusNotFound)
	s.post(path+"/check", nil, fragment("row-"+foreign.ID)...).requireStatus(http.StatusNotFound)
	s.post(path+"/schedule", url.Values{"every": {"300"}}).requireStatus(http.StatusNotFound)
	page, err := s.service.PastChecks(t.Context(), api.Scope{Project: other.ID}, api.KindLink, foreign.ID, "", 0)
	require.NoError(t, err)
	require.Empty(t, page.Items, "nobody was asked")
}
