package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/identity"
	"switchboard/web/templates"
)

// twin is another project of the site, in whose name things are made behind the pages' back.
type twin struct {
	identity.Project

	scope api.Scope
}

func (s *site) twin(name string) twin {
	s.t.Helper()
	made := s.addProject(name)
	return twin{made, api.Scope{Project: made.ID, Actor: api.Actor{User: "grace"}}}
}

func (s *site) compared(more string) string { return s.home() + "/compare?" + more }

// in makes a link in a project.
func (s *site) in(scope api.Scope, d api.LinkDraft) api.Link {
	s.t.Helper()
	link, err := s.service.CreateLink(s.t.Context(), scope, d, api.Shape)
	require.NoError(s.t, err)
	return link
}

func TestTwoProjectsAreCompared(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	other := s.twin("cn-east-3")
	s.in(s.scope(), apitest.MySQLDraft("ours"))
	s.in(other.scope, apitest.MySQLDraft("theirs"))
	d := apitest.MySQLDraft("both")
	here := s.in(s.scope(), d)
	d.Inputs["linkConfig.host"] = "db2.example.com"
	s.in(other.scope, d)
	for _, scope := range []api.Scope{s.scope(), other.scope} {
		s.in(scope, apitest.MySQLDraft("same"))
	}
	t.Run("the other one has to be chosen", func(t *testing.T) {
		p := s.get(s.compared("")).requireStatus(http.StatusOK)
		require.Contains(t, p.text("select[name=with]"), "cn-east-3")
		require.NotContains(t, p.text("select[name=with]"), s.project.Name)
		require.Contains(t, p.text("#compared"), "Choose a project to compare with")
	})
	t.Run("differences stand there by kind, with both values", func(t *testing.T) {
		p := s.get(s.compared("with=" + other.ID)).requireStatus(http.StatusOK)
		require.Equal(t, 2, p.Find("#compared section").Length(), "what has no differences is told of together")
		require.Equal(t, 7, p.Find("#compared dl.details dt").Length())
		said := p.text("section[aria-labelledby=compare-link]")
		require.Contains(t, said, "oursOnly in "+s.project.Name)
		require.Contains(t, said, "theirsOnly in cn-east-3")
		require.Contains(t, said, "bothDifferent")
		require.Contains(t, said, "db.example.com → to db2.example.com")
		require.Contains(t, said, "1 the same.")
		require.NotContains(t, said, "sameOnly")
		require.Contains(t, p.hrefs("#compared th a"), s.links()+"/"+here.ID)
		require.NotContains(t, p.html, "correct-horse-9")
	})
	t.Run("the address says what is shown", func(t *testing.T) {
		p := s.get(s.compared("kind=link&kind=queue&show=all&q=s&with=" + other.ID)).requireStatus(http.StatusOK)
		require.Equal(t, 2, p.Find("#compared section").Length())
		require.Contains(t, p.text("#compared .name-list"), "same")
		require.NotContains(t, p.text("#compared tbody"), "both")
		require.Equal(t, 2, p.Find("input[name=kind][checked]").Length())
		require.Equal(t, "all", p.value("show"))
		require.Equal(t, "s", p.value("q"))
		only := s.get(s.compared("kind=link&show=there&with="+other.ID), fragment("compared")...).requireStatus(http.StatusOK)
		require.False(t, only.whole())
		require.Equal(t, 1, only.Find("tbody tr").Length())
	})
	t.Run("without script a link ticks all of a kind", func(t *testing.T) {
		p := s.get(s.compared("tick=link&with=" + other.ID)).requireStatus(http.StatusOK)
		require.Equal(t, 3, p.Find("input.tick[checked]").Length())
	})
	t.Run("the palette and the overview lead there", func(t *testing.T) {
		require.Contains(t, s.get(s.home()+"/search?q=compare").hrefs("main a"), s.home()+"/compare")
		require.Contains(t, s.get(s.home()).hrefs("main a"), s.home()+"/compare")
	})
}

func TestAComparisonGoesOnPageByPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	other := s.twin("cn-east-3")
	for i := range 60 {
		s.in(s.scope(), apitest.MySQLDraft(fmt.Sprintf("link-%02d", i)))
	}
	p := s.get(s.compared("with=" + other.ID))
	require.Equal(t, 20, p.Find("section[aria-labelledby=compare-link] tbody tr").Length())
	seen := map[string]bool{}
	for next := s.compared("kind=link&with=" + other.ID); next != ""; {
		p := s.get(next).requireStatus(http.StatusOK)
		for _, name := range strings.Fields(p.text("#compared tbody th")) {
			require.False(t, seen[name], name)
			seen[name] = true
		}
		next = p.Find("#compared-next").AttrOr("href", "")
	}
	require.Len(t, seen, 60)
}

func TestOnlyWhoSeesBothProjectsComparesThem(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	other, hidden, archived := s.twin("cn-east-3"), s.twin("of-others"), s.twin("kept")
	s.in(s.scope(), apitest.MySQLDraft("ours"))
	s.in(hidden.scope, apitest.MySQLDraft("secret-of-others"))
	_, err := s.identity.CreateUser(t.Context(), console, identity.NewPerson{
		Name: "vera", Roles: map[string]api.Role{s.project.ID: api.RoleViewer, other.ID: api.RoleEditor, archived.ID: api.RoleEditor},
	}, api.NewSecret(secondPassword))
	require.NoError(t, err)
	require.NoError(t, s.identity.ArchiveProject(t.Context(), console, archived.ID))
	vera := s.as(t, "vera", secondPassword)
	t.Run("a project of others is not there", func(t *testing.T) {
		require.NotContains(t, vera.get(s.compared("")).html, "of-others")
		for _, with := range []string{hidden.ID, strings.Repeat("f", 32), "x", "%00", url.QueryEscape(strings.Repeat("a", 5000))} {
			p := vera.get(s.compared("with=" + with)).requireStatus(http.StatusNotFound)
			require.NotContains(t, p.html, "secret-of-others")
		}
		vera.get("/p/" + hidden.ID + "/compare?with=" + s.project.ID).requireStatus(http.StatusNotFound)
	})
	t.Run("he copies where he is an editor", func(t *testing.T) {
		p := vera.get(s.compared("with=" + other.ID)).requireStatus(http.StatusOK)
		require.Equal(t, 1, p.Find("button[name=from]").Length())
		require.Equal(t, "/p/"+other.ID+"/compare/plan", p.Find("button[name=from]").AttrOr("formaction", ""))
		form := url.Values{"from": {other.ID}, "id": {"link/default/ours"}}
		vera.post(s.home()+"/compare/plan", form).requireStatus(http.StatusForbidden)
		vera.post(s.home()+"/compare/copy", form).requireStatus(http.StatusForbidden)
		form.Set("from", hidden.ID)
		vera.post("/p/"+other.ID+"/compare/plan", form).requireStatus(http.StatusNotFound)
		form.Set("from", s.project.ID)
		vera.post("/p/"+other.ID+"/compare/plan", form).requireStatus(http.StatusOK)
	})
	t.Run("an archived one is compared, and nothing is copied into it", func(t *testing.T) {
		p := vera.get(s.compared("with=" + archived.ID)).requireStatus(http.StatusOK)
		require.Zero(t, p.Find("button[name=from]").Length())
		form := url.Values{"from": {s.project.ID}, "id": {"link/default/ours"}}
		vera.post("/p/"+archived.ID+"/compare/plan", form).requireStatus(http.StatusConflict)
		vera.post("/p/"+archived.ID+"/compare/copy", form).requireStatus(http.StatusConflict)
	})
	t.Run("who sees one project alone is told so", func(t *testing.T) {
		s.join("una", api.RoleViewer)
		p := s.as(t, "una", secondPassword).get(s.compared("")).requireStatus(http.StatusOK)
		require.Contains(t, p.text("main"), "There is nothing to compare with")
	})
}

func TestTickedThingsAreCopiedByAPlan(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	other := s.twin("cn-east-3")
	plan, do := "/p/"+other.ID+"/compare/plan", "/p/"+other.ID+"/compare/copy"
	s.in(s.scope(), apitest.MySQLDraft("orders"))
	s.in(s.scope(), apitest.MySQLDraft("billing"))
	_, err := s.service.CreateQueue(t.Context(), s.scope(), api.QueueDraft{Name: "q1", CUs: 16})
	require.NoError(t, err)
	back := s.compared("with=" + other.ID)
	p := s.post(plan, url.Values{
		"from": {s.project.ID}, "back": {back}, "id": {"link/default/orders", "link/default/billing", "queue//q1", "link/default/gone", "nonsense"},
	}).requireStatus(http.StatusOK)
	require.Contains(t, p.text("[role=status]"), "3 to add, 0 to change, 0 already there, 1 that cannot be copied.")
	require.Equal(t, 3, p.Find("input[name=id]").Length())
	require.Contains(t, p.text("tbody"), "The project to copy from has nothing of that name.")
	require.Contains(t, p.text("tbody"), "db.example.com")
	form := forms(t, p.html)[do]
	secret := func(name string) string { return "secret.link/default/" + name + ".linkConfig.password" }
	require.Contains(t, form, secret("orders"))

	form.Set(secret("orders"), "typed-for-there-1")
	asked := s.post(do, form).requireStatus(http.StatusUnprocessableEntity)
	require.Contains(t, asked.text("[role=alert]"), "Some secrets are still missing")
	require.NotContains(t, asked.html, "typed-for-there-1")
	require.Equal(t, 1, asked.Find("[aria-invalid=true]").Length())
	_, err = s.service.FindLink(t.Context(), other.scope, "default", "orders")
	require.Equal(t, api.NotFound, api.CodeOf(err), "nothing is done by halves")

	changed, err := s.service.FindLink(t.Context(), s.scope(), "default", "billing")
	require.NoError(t, err)
	require.NoError(t, s.service.EnableLink(t.Context(), s.scope(), changed.ID, false))
	form = forms(t, asked.html)[do]
	form.Set(secret("billing"), "typed-for-there-2")
	done := s.post(do, form).requireStatus(http.StatusOK)
	require.Contains(t, done.text("[role=status]"), "2 copied, 0 waiting for an approval, 1 refused.")
	require.Contains(t, done.text("tbody"), "after you saw the plan")
	require.Equal(t, 1, done.Find("input[name=id][checked]").Length(), "what failed stays ticked")
	stored, err := s.service.FindLink(t.Context(), other.scope, "default", "orders")
	require.NoError(t, err)
	require.True(t, stored.HasSecret["linkConfig.password"])
	require.Contains(t, done.hrefs("tbody a"), "/p/"+other.ID+"/links/"+stored.ID)
	require.Contains(t, done.hrefs("main a"), back)

	again := s.post(do, forms(t, done.html)[do]).requireStatus(http.StatusOK)
	require.Contains(t, again.text("[role=status]"), "1 copied")
	require.NotContains(t, again.html, "typed-for-there")
	require.Zero(t, s.get(s.compared("kind=link&with="+other.ID)).Find("#compared tbody tr").Length())
}

func TestACopyThatHasToBeApprovedSaysSo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	other := s.twin("cn-east-3")
	admin := other.scope
	admin.Actor.Role = api.RoleAdmin
	rules := append([]api.ApprovalRule{{Kind: api.KindConnection, Action: api.ActionCreate}}, api.DefaultApproval...)
	require.NoError(t, s.options.Requests.SetApprovalRules(t.Context(), admin, rules, api.Confirmation{}))
	_, err := s.service.CreateConnection(t.Context(), s.scope(), apitest.ConnectionDraft(t, "dws"))
	require.NoError(t, err)
	p := s.post("/p/"+other.ID+"/compare/plan", url.Values{"from": {s.project.ID}, "id": {"connection//dws"}}).requireStatus(http.StatusOK)
	require.Contains(t, p.text("main"), "has to be approved")
	do := "/p/" + other.ID + "/compare/copy"
	done := s.post(do, forms(t, p.html)[do]).requireStatus(http.StatusOK)
	require.Contains(t, done.text("[role=status]"), "0 copied, 1 waiting for an approval, 0 refused.")
	waiting, err := s.options.Requests.ListRequests(t.Context(), admin, api.RequestQuery{})
	require.NoError(t, err)
	require.Contains(t, done.hrefs("tbody a"), "/p/"+other.ID+"/requests/"+waiting.Items[0].ID)
	require.Zero(t, done.Find("input[name=id]").Length())
}

func TestNothingTickedLeadsBack(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	other := s.twin("cn-east-3")
	back := s.compared("with=" + other.ID)
	form := url.Values{"from": {other.ID}, "back": {back}}
	s.post(s.home()+"/compare/plan", form).requireRedirect(back)
	form.Set("back", "https://elsewhere.example.com/")
	s.post(s.home()+"/compare/plan", form).requireRedirect(s.home() + "/compare")
	form.Set("id", "link/default/none")
	p := s.post(s.home()+"/compare/copy", url.Values{"from": {other.ID}, "seen": {"link/default/none x"}})
	require.Contains(t, p.requireStatus(http.StatusUnprocessableEntity).text("[role=alert]"), "Tick at least one row")
	for i := range 300 {
		form.Add("id", fmt.Sprintf("link/default/l%d", i))
	}
	s.post(s.home()+"/compare/plan", form).requireRedirect(s.home() + "/compare")
}

func TestAPlanShowsItsCode(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.writeSamples(new(atomic.Int64))
	other := s.twin("cn-east-3")
	scope := s.scope()
	scope.Actor.Role = api.RoleAdministrator
	stock := apitest.FillStock(t, apitest.Plane{Service: s.service, Mine: scope}, "stock", s.catchUp)
	account := apitest.PermissionDrafts(1)[0].Permission
	form := url.Values{"from": {s.project.ID}, "id": {
		"link/default/stock", "connection//stock", "queue//" + stock.Queue, "function/default/stock", "endpoint_service//stock",
		"policy//stock", "alias/default:stock/stock", "permission/stock/" + url.PathEscape(account),
	}}
	form.Set(templates.SampleShow, templates.PageSample)
	p := s.post("/p/"+other.ID+"/compare/plan", form).requireStatus(http.StatusOK)
	said := p.text("#" + templates.PageSample)
	require.Contains(t, said, other.ID, "the calls are about the project that is copied into")
	require.NotContains(t, said, s.project.ID)
}
