package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/governance"
	"switchboard/internal/api/identity"
)

// governed is a site with what says who may do what, and a second person: grace, who
// may approve.
type governed struct {
	*site

	requests *governance.Service
	ada      *http.Client
	grace    *http.Client
}

func newGoverned(t testing.TB) *governed {
	t.Helper()
	s := newSite(t)
	g := &governed{site: s, requests: s.options.Requests.(*governance.Service), ada: s.client, grace: newClient(t)}
	s.options.Service = g.requests
	s.serve(g.requests)
	_, err := s.identity.CreateUser(t.Context(), console,
		identity.NewPerson{Name: "grace", Roles: map[string]api.Role{s.project.ID: api.RoleApprover}}, api.NewSecret(password))
	require.NoError(t, err)
	g.as(g.grace).signIn("grace", password).requireStatus(http.StatusSeeOther)
	g.as(g.ada)
	return g
}

// as lets somebody else use the browser from now on.
func (g *governed) as(client *http.Client) *governed {
	g.client = client
	return g
}

// root is what the console itself does.
func (g *governed) root() api.Scope { return api.Scope{Project: g.project.ID, Actor: console} }

// require makes changes of links have to be approved.
func (g *governed) require(rules ...api.ApprovalRule) {
	g.t.Helper()
	require.NoError(g.t, g.requests.SetApprovalRules(g.t.Context(), g.root(), rules, api.Confirmation{}))
}

// renamed asks for a link to be renamed, in ada's browser, and returns the link and
// the path of the request.
func (g *governed) renamed(from, to string) (api.Link, string) {
	g.t.Helper()
	link := g.create(apitest.MySQLDraft(from))
	g.require(api.ApprovalRule{Kind: api.KindLink, Action: api.ActionUpdate})
	d := apitest.MySQLDraft(to)
	d.ID, d.Version = link.ID, link.Version
	delete(d.Secrets, "linkConfig.password")
	return link, g.ask(func(s api.Scope) error {
		_, err := g.requests.UpdateLink(g.t.Context(), s, d, api.Shape)
		return err
	})
}

// ask makes a call as ada that becomes a request, and returns its path.
func (g *governed) ask(call func(api.Scope) error) string {
	g.t.Helper()
	people, err := g.identity.People(g.t.Context(), console, identity.PeopleQuery{Search: user})
	require.NoError(g.t, err)
	require.NotEmpty(g.t, people.Items)
	s := api.Scope{Project: g.project.ID, Actor: api.Actor{UserID: people.Items[0].ID, User: user, Way: api.WayPage, Role: api.RoleAdministrator}}
	err = call(s)
	require.Equal(g.t, api.Approval, api.CodeOf(err), "%v", err)
	page, err := g.requests.ListRequests(g.t.Context(), g.root(), api.RequestQuery{Limit: 1})
	require.NoError(g.t, err)
	require.Len(g.t, page.Items, 1)
	return g.inbox() + "/" + page.Items[0].ID
}

func (g *governed) inbox() string { return "/p/" + g.project.ID + "/requests" }

// work does what the engine would do about requests by now.
func (g *governed) work() {
	g.t.Helper()
	for _, chore := range g.requests.Chores() {
		tasks, err := chore.Due(g.t.Context(), time.Now())
		require.NoError(g.t, err)
		for _, task := range tasks {
			require.NoError(g.t, chore.Do(g.t.Context(), task))
		}
	}
}

func TestARequest(t *testing.T) {
	t.Parallel()
	g := newGoverned(t)
	link, path := g.renamed("orders", "orders-2")

	t.Log("who asked for it is asked why")
	page := g.get(path).requireStatus(http.StatusOK)
	require.Contains(t, page.text("#request-now"), "It waits for your reason")
	require.Zero(t, page.Find("#request-approve").Length(), "nobody approves what he asked for")
	g.post(path+"/reason", url.Values{"reason": {strings.Repeat("x", api.MaxRequestReason+1)}}).requireStatus(http.StatusUnprocessableEntity)
	g.post(path+"/reason", url.Values{"reason": {"The old name misleads."}}).requireRedirect(path)

	t.Log("somebody else finds it in the inbox and in the menu")
	g.as(g.grace)
	page = g.get(g.inbox()).requireStatus(http.StatusOK)
	require.Contains(t, page.text(".table-requests"), "Change: Link orders")
	require.Contains(t, page.text(".sidebar a[href$='/requests']"), "1")
	require.Contains(t, page.text(".tab-bar"), "For me to approve (1)")
	require.Equal(t, path, page.Find(".table-requests .row-link").AttrOr("href", ""))

	t.Log("its page has the difference, the call and the digest")
	page = g.get(path).requireStatus(http.StatusOK)
	require.Equal(t, "orders", page.text(".change-values del"))
	require.Equal(t, "orders-2", page.text(".change-values ins"))
	require.Contains(t, page.text("#request-payload"), "orders-2")
	require.Contains(t, page.text("#request-now"), "The old name misleads.")
	digest := page.value("digest")
	require.NotEmpty(t, digest)

	t.Log("it can be talked about")
	g.post(path+"/comment", url.Values{"comment": {""}}).requireStatus(http.StatusUnprocessableEntity)
	g.post(path+"/comment", url.Values{"comment": {"Who uses it? <b>"}}).requireRedirect(path)
	require.Contains(t, g.get(path).text("#request-now .changes"), "Who uses it? <b>")

	t.Log("what is approved is what was seen")
	g.post(path+"/approve", url.Values{"digest": {"another"}}).requireRedirect(path)
	require.Equal(t, api.RequestOpen, g.request(path).State)
	g.post(path+"/approve", url.Values{"digest": {digest}, "approve": {"Fine."}}).requireRedirect(path)
	page = g.get(path)
	require.Contains(t, page.html, `http-equiv="refresh"`, "without script")
	require.Equal(t, "every 1s", page.Find("#request-now").AttrOr("hx-trigger", ""))

	t.Log("it is applied, and says so")
	g.work()
	part := g.get(path, fragment("request-now")...).requireStatus(http.StatusOK)
	require.False(t, part.whole())
	require.Contains(t, part.text(".notice-success"), "grace approved it, and the change was made.")
	_, polls := part.Find("#request-now").Attr("hx-trigger")
	require.False(t, polls, "nothing changes any more")
	stored, err := g.service.Link(t.Context(), g.root(), link.ID)
	require.NoError(t, err)
	require.Equal(t, "orders-2", stored.Name)
}

func (g *governed) request(path string) api.Request {
	g.t.Helper()
	r, err := g.requests.Request(g.t.Context(), g.root(), path[strings.LastIndexByte(path, '/')+1:])
	require.NoError(g.t, err)
	return r
}

func TestARequestThatMoved(t *testing.T) {
	t.Parallel()
	g := newGoverned(t)
	link, path := g.renamed("orders", "orders-2")
	require.NoError(t, g.service.EnableLink(t.Context(), g.root(), link.ID, false))

	g.as(g.grace)
	page := g.get(path).requireStatus(http.StatusOK)
	require.Contains(t, page.text("#request-now .notice-warning"), "was changed since")
	require.Contains(t, page.text(".panel:contains('What was changed since')"), "Link disabled")
	_, off := page.Find("#request-approve").Attr("disabled")
	require.True(t, off, "what has moved cannot be approved")

	t.Log("nor by who does not look")
	g.post(path+"/approve", url.Values{"digest": {page.value("digest")}}).requireRedirect(path)
	require.NotEqual(t, api.RequestApproved, g.request(path).State)
}

func TestARequestIsRefusedOrWithdrawn(t *testing.T) {
	t.Parallel()
	g := newGoverned(t)
	_, path := g.renamed("orders", "orders-2")

	t.Run("only by who asked for it", func(t *testing.T) {
		g.as(g.grace).post(path+"/withdraw", nil).requireStatus(http.StatusForbidden)
		g.as(g.ada).post(path+"/withdraw", nil).requireRedirect(path)
		require.Contains(t, g.get(path).text("#request-now"), "Withdrawn")
	})
	t.Run("by somebody else, who says why", func(t *testing.T) {
		_, path := g.renamed("billing", "billing-3")
		g.as(g.grace).post(path+"/refuse", url.Values{"approve": {"Not now."}}).requireRedirect(path)
		page := g.get(path)
		require.Contains(t, page.text("#request-now .notice-error"), "grace refused it")
		require.Contains(t, page.text("#request-now .changes"), "Not now.")
	})
	t.Run("and is found in the list of all, by state", func(t *testing.T) {
		require.Equal(t, 1, g.get(g.inbox()+"/all?state=refused&kind=link").Find(".table-requests tbody tr").Length())
		require.Zero(t, g.get(g.inbox()+"/all?state=refused&kind=alias").Find(".table-requests").Length())
	})
}

func TestApprovalRules(t *testing.T) {
	t.Parallel()
	g := newGoverned(t)
	path := "/p/" + g.project.ID + "/settings/approvals"

	t.Run("are what the form ticks", func(t *testing.T) {
		page := g.get(path).requireStatus(http.StatusOK)
		_, ticked := page.Find(`input[name="permission"][value="everyone"]`).Attr("checked")
		require.True(t, ticked, "to let everybody in has to be approved unless somebody says otherwise")
		g.post(path, url.Values{"permission": {"everyone"}, "link": {"delete"}}).requireRedirect(path)
		_, ticked = g.get(path).Find(`input[name="link"][value="delete"]`).Attr("checked")
		require.True(t, ticked)
	})
	t.Run("announce themselves where they matter", func(t *testing.T) {
		link := g.create(apitest.MySQLDraft("doomed"))
		require.Contains(t, g.get(g.links()+"/"+link.ID+"/delete").text(".notice-info"), "has to be approved")
		require.NotContains(t, g.get(g.links()+"/"+link.ID+"/edit").html, "has to be approved")
	})
	t.Run("are dropped for everybody's entry only by who types the project's name", func(t *testing.T) {
		page := g.post(path, url.Values{"link": {"delete"}}).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, page.text("#field-confirm"), g.project.Name)
		g.post(path, url.Values{"link": {"delete"}, "confirm": {g.project.Name}}).requireRedirect(path)
		rules, err := g.requests.ApprovalRules(t.Context(), g.root())
		require.NoError(t, err)
		require.Equal(t, []api.ApprovalRule{{Kind: api.KindLink, Action: api.ActionDelete}}, rules)
	})
	t.Run("are the admins'", func(t *testing.T) {
		g.as(g.grace)
		page := g.get(path).requireStatus(http.StatusOK)
		require.Zero(t, page.Find("#approval-save").Length())
		g.post(path, url.Values{"permission": {"everyone"}}).requireStatus(http.StatusForbidden)
	})
}
