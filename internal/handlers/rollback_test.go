package handlers_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

func TestAChangeIsRolledBack(t *testing.T) {
	t.Parallel()
	g := newGoverned(t)
	link := g.create(apitest.MySQLDraft("orders"))
	g.post(g.links()+"/disable", url.Values{"only": {link.ID}})
	path := g.entry(api.KindLink, link.ID, "disable") + "/roll-back"

	require.Equal(t, path, g.get(g.links()+"/"+link.ID).Find("a.change-undo").First().AttrOr("href", ""), "each history leads there")
	page := g.get(path).requireStatus(http.StatusOK)
	require.Contains(t, page.text(".change-values"), "No → to Yes")
	require.NotEmpty(t, page.text(".consequences"))
	seen := page.value("seen")

	t.Log("not if it has changed since")
	d := apitest.MySQLDraft("orders")
	d.ID, d.Secrets, d.Enabled, d.Inputs["linkConfig.database"] = link.ID, nil, false, "archive"
	_, err := g.service.UpdateLink(t.Context(), g.root(), d, api.Shape)
	require.NoError(t, err)
	page = g.post(path, url.Values{"seen": {seen}}).requireStatus(http.StatusUnprocessableEntity)
	require.Contains(t, page.text("[role=alert]"), "was changed while you were looking")

	t.Log("but if that was seen")
	g.post(path, url.Values{"seen": {page.value("seen")}}).requireRedirect(g.links() + "/" + link.ID)
	page = g.get(g.links() + "/" + link.ID)
	require.Contains(t, page.text(".flashes"), "orders is back to what it was")
	require.Equal(t, g.entry(api.KindLink, link.ID, "enable"), page.Find(".flashes a").AttrOr("href", ""), "what was done just now")
	stored, err := g.service.Link(t.Context(), g.root(), link.ID)
	require.NoError(t, err)
	require.True(t, stored.Enabled)

	t.Log("and then nothing is left to do")
	require.Contains(t, g.get(path).text(".notice"), "There is nothing to roll back")
}

func TestARollBackAsksForSecrets(t *testing.T) {
	t.Parallel()
	g := newGoverned(t)
	link := g.create(apitest.MySQLDraft("orders"))
	require.NoError(t, g.service.DeleteLink(t.Context(), g.root(), link.ID, link.Version))
	path := g.entry(api.KindLink, link.ID, "delete") + "/roll-back"

	page := g.get(path).requireStatus(http.StatusOK)
	require.Contains(t, page.text("#roll-back-secrets"), "Password")
	seen := page.value("seen")
	g.post(path, url.Values{"seen": {seen}}).requireStatus(http.StatusUnprocessableEntity)
	page = g.post(path, url.Values{"seen": {"older"}, "linkConfig.password": {"typed-just-now"}}).requireStatus(http.StatusUnprocessableEntity)
	require.NotContains(t, page.html, "typed-just-now")
	g.post(path, url.Values{"seen": {seen}, "linkConfig.password.held": {page.value("linkConfig.password.held")}}).requireStatus(http.StatusSeeOther)
	links, err := g.service.ListLinks(t.Context(), g.root(), api.LinkQuery{})
	require.NoError(t, err)
	require.Len(t, links.Items, 1)
	require.Equal(t, "orders", links.Items[0].Name)
}

func TestARollBackLeadsToWhatItIsAbout(t *testing.T) {
	t.Parallel()
	g := newGoverned(t)
	link := g.create(apitest.MySQLDraft("orders"))
	require.NoError(t, g.service.DeleteLink(t.Context(), g.root(), link.ID, link.Version))
	path := g.entry(api.KindLink, link.ID, "delete") + "/roll-back"
	p := g.post(path, url.Values{"seen": {g.get(path).value("seen")}, "linkConfig.password": {"typed-just-now"}})
	links, err := g.service.ListLinks(t.Context(), g.root(), api.LinkQuery{})
	require.NoError(t, err)
	made := links.Items[0].ID
	p.requireRedirect(g.links() + "/" + made)
	p = g.get(g.links() + "/" + made)
	require.Contains(t, p.text(".flashes"), "orders is there again")
	require.Equal(t, g.entry(api.KindLink, made, "create"), p.Find(".flashes a").AttrOr("href", ""))

	t.Log("or to its list, if it is gone")
	path = g.entry(api.KindLink, made, "create") + "/roll-back"
	g.post(path, url.Values{"seen": {g.get(path).value("seen")}}).requireRedirect(g.links())
	p = g.get(g.links())
	require.Contains(t, p.text(".flashes"), "orders is gone again")
	require.Equal(t, g.entry(api.KindLink, made, "delete"), p.Find(".flashes a").AttrOr("href", ""))
}

func TestASingleDeletionOffersToBeUndone(t *testing.T) {
	t.Parallel()
	g := newGoverned(t)
	link := g.create(apitest.MySQLDraft("orders"))
	g.post(g.links()+"/"+link.ID+"/delete", url.Values{"version": {g.get(g.links() + "/" + link.ID + "/delete").value("version")}}).requireRedirect(g.links())
	undo := g.get(g.links()).Find(".flashes a")
	require.Equal(t, "Undo", undo.Text())
	require.Equal(t, g.entry(api.KindLink, link.ID, "delete")+"/roll-back", undo.AttrOr("href", ""))
	g.get(undo.AttrOr("href", "")).requireStatus(http.StatusOK)
}

func TestARollBackThatHasToBeApprovedIsAskedFor(t *testing.T) {
	t.Parallel()
	g := newGoverned(t)
	link := g.create(apitest.MySQLDraft("orders"))
	g.post(g.links()+"/disable", url.Values{"only": {link.ID}})
	g.require(api.ApprovalRule{Kind: api.KindLink, Action: api.ActionUpdate})
	path := g.entry(api.KindLink, link.ID, "disable") + "/roll-back"
	page := g.get(path).requireStatus(http.StatusOK)
	require.Contains(t, page.text("main > .notice-info"), "has to be approved", "it says so before")
	page = g.post(path, url.Values{"seen": {page.value("seen")}}).requireStatus(http.StatusSeeOther)
	require.Contains(t, page.header.Get("Location"), g.inbox()+"/")
}

func TestABulkActionIsUndone(t *testing.T) {
	t.Parallel()
	g := newGoverned(t)
	first, second := g.create(apitest.MySQLDraft("orders")), g.create(apitest.MySQLDraft("billing"))
	page := g.post(g.links()+"/disable", url.Values{"id": {first.ID, second.ID}}).requireStatus(http.StatusOK)
	form := page.Find("form:has(#undo-batch)")
	require.Equal(t, g.auditLog()+"/undo", form.AttrOr("action", ""))
	request := form.Find("[name=request]").AttrOr("value", "")
	require.NotEmpty(t, request)
	g.create(apitest.MySQLDraft("untouched"))

	page = g.post(g.auditLog()+"/undo", url.Values{"request": {request}, "back": {g.links()}}).requireStatus(http.StatusOK)
	require.Equal(t, 2, page.Find(".table-outcome .badge-passed").Length(), page.text("main"))
	for _, id := range []string{first.ID, second.ID} {
		link, err := g.service.Link(t.Context(), g.root(), id)
		require.NoError(t, err)
		require.True(t, link.Enabled)
	}
	require.Equal(t, 1, page.Find("#undo-batch").Length(), "that can be undone, too")

	t.Run("row by row where something is in the way", func(t *testing.T) {
		page := g.post(g.links()+"/delete/confirmed", url.Values{"id": {first.ID, second.ID}}).requireStatus(http.StatusOK)
		request := page.Find("[name=request]").AttrOr("value", "")
		page = g.post(g.auditLog()+"/undo", url.Values{"request": {request}}).requireStatus(http.StatusOK)
		require.Equal(t, 2, page.Find(".table-outcome .badge-failed").Length())
		require.Contains(t, page.text(".table-outcome"), "A secret is needed for this one")
	})
	t.Run("which nobody invents", func(t *testing.T) {
		g.post(g.auditLog()+"/undo", url.Values{"request": {"%"}}).requireStatus(http.StatusNotFound)
		g.post(g.auditLog()+"/undo", nil).requireStatus(http.StatusNotFound)
	})
}
