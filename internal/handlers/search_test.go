package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/web/templates"
)

// home is the path of the project.
func (s *site) home() string { return "/p/" + s.project.ID }

// hrefs are where the links that match lead.
func (p *page) hrefs(selector string) []string {
	return p.Find(selector).Map(func(_ int, a *goquery.Selection) string { return a.AttrOr("href", "") })
}

func TestASearchFindsThingsAndPages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	link := s.create(apitest.MySQLDraft("orders"))
	svc, err := s.service.CreateEndpointService(t.Context(), s.scope(), apitest.ServiceDraft("mirror"))
	require.NoError(t, err)
	added, err := s.service.AddPermissions(t.Context(), s.scope(), svc.ID, api.PermissionBatch{Entries: apitest.PermissionDrafts(1)})
	require.NoError(t, err)

	t.Run("the page works without a script, and leads to what was found", func(t *testing.T) {
		t.Parallel()
		page := s.get(s.home() + "/search?q=ORD").requireStatus(http.StatusOK)
		require.True(t, page.whole())
		require.Equal(t, "ORD", page.value("q"))
		require.Contains(t, page.hrefs("#found a"), s.links()+"/"+link.ID)
		require.Contains(t, page.hrefs("#found a"), s.links()+"?q=ORD", "the list looks through everything")
		require.Equal(t, http.StatusOK, s.get(s.links()+"/"+link.ID).status)
		require.Equal(t, "get", page.Find("main form[role=search]").AttrOr("method", ""))
		require.Zero(t, page.Find("dialog").Length(), "the page is the palette")
	})
	t.Run("an entry leads to its page below its service", func(t *testing.T) {
		t.Parallel()
		href := s.get(s.home() + "/search?q=" + apitest.Account(0)).hrefs("#found a")[0]
		require.Equal(t, s.home()+"/whitelist/"+svc.ID+"/entries/"+added[0].ID, href)
		s.get(href).requireStatus(http.StatusOK)
	})
	t.Run("pages and actions are found by their translated names", func(t *testing.T) {
		t.Parallel()
		require.Contains(t, s.get(s.home()+"/search?q=new+link").hrefs("#found a"), s.links()+"/new")
		chinese := s.get(s.home()+"/search?q="+url.QueryEscape("函数"), header{"Accept-Language", "zh"})
		require.Contains(t, chinese.hrefs("#found a"), s.home()+"/aliases/functions")
	})
	t.Run("without a text there are all pages", func(t *testing.T) {
		t.Parallel()
		all := s.get(s.home() + "/search").hrefs("#found a")
		for _, path := range []string{s.home(), s.links(), s.links() + "/new", s.home() + "/connections/queues", "/profile", "/people"} {
			require.Contains(t, all, path)
		}
		for _, path := range all {
			if path == "/settings" { // this console is not told what it was started with
				continue
			}
			require.Less(t, s.get(path).status, http.StatusBadRequest, path)
		}
	})
	t.Run("the palette gets the part with options to choose from", func(t *testing.T) {
		t.Parallel()
		part := s.get(s.home()+"/search?in=palette&q=orders", fragment(templates.FoundID)...)
		require.False(t, part.whole())
		require.Equal(t, "listbox", part.Find("#found").AttrOr("role", ""))
		options := part.Find("[role=group] > a[role=option]")
		require.NotZero(t, options.Length())
		ids := map[string]bool{}
		options.Each(func(_ int, a *goquery.Selection) { ids[a.AttrOr("id", "")] = true })
		require.Len(t, ids, options.Length(), "each can be pointed at")
		part.Find("[role=group]").Each(func(_ int, g *goquery.Selection) {
			require.Equal(t, 1, part.Find("#"+g.AttrOr("aria-labelledby", "none")).Length())
		})
	})
	t.Run("every other page of the project has the palette and its button, which is a link", func(t *testing.T) {
		t.Parallel()
		page := s.get(s.links())
		require.Equal(t, s.home()+"/search", page.Find("a[data-palette]").AttrOr("href", ""))
		input := page.Find("dialog.palette input[role=combobox]")
		require.Equal(t, 1, page.Find("dialog #"+input.AttrOr("aria-controls", "none")+"[role=listbox]").Length())
		require.Zero(t, s.get("/kit").Find("dialog, a[data-palette]").Length(), "there is nothing to search in")
	})
	t.Run("what was typed is text", func(t *testing.T) {
		t.Parallel()
		page := s.get(s.home() + "/search?q=" + url.QueryEscape(`"><img src=x>`))
		require.Zero(t, page.Find("main img").Length())
		require.Equal(t, http.StatusOK, s.get(s.home()+"/search?q="+strings.Repeat("x", 5000)).status)
		require.Equal(t, http.StatusOK, s.get(s.home()+"/search?q=%00%ff").status)
	})
}

func TestAViewerFindsNoActionsThatAreNotOffered(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	other := s.addProject("elsewhere")
	s.create(apitest.MySQLDraft("orders"))
	s.join("vera", api.RoleViewer)
	s = s.as(t, "vera", secondPassword)
	all := s.get(s.home() + "/search").hrefs("#found a")
	require.Contains(t, all, s.links())
	require.NotContains(t, all, s.links()+"/new")
	require.NotContains(t, all, "/people")
	require.NotContains(t, s.get(s.home()+"/search?q=elsewhere").hrefs("#found a"), "/p/"+other.ID)
	require.Contains(t, s.get(s.home()+"/search?q=orders").text("#found"), "orders")
	s.get("/p/" + other.ID + "/search?q=o").requireStatus(http.StatusNotFound)
}
