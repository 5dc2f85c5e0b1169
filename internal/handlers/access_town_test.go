package handlers_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/identity/oidc"
	"switchboard/internal/api/probe"
	"switchboard/internal/handlers"
	"switchboard/internal/testserver"
)

// goods are ids of something of every kind that paths can name.
type goods struct {
	apitest.Stock

	Project, Region, Request, View, AliasChange, User, Group, Key, Token, Office string
}

// town is a console with three projects, of which one is archived, something of every
// kind in each, and one person, who is signed in.
type town struct {
	*site

	handler              http.Handler
	cookie, root         *http.Cookie // the person's, and an administrator's
	mine, other, archive goods
	known                []*echo.Route // routes, once they are
}

// person is who asks: somebody with a role in the first project, or in another.
type person struct {
	role      api.Role // RoleAdministrator is that of the console
	elsewhere bool     // in the other project
	past      bool     // in the archived one
	disabled  bool     // since he signed in
	nobody    bool     // is not signed in
}

// Words that are in the texts of each project alone.
const (
	ownWord      = "own_c3f1"
	foreignWord  = "foreign_8d27"
	archivedWord = "archived_51ae"
)

func newTown(t *testing.T, who person, prober *probe.Prober) *town {
	t.Helper()
	return townOf(t, who, emptyProberSite(t, prober))
}

// townOf is newTown on a console that has nothing yet.
func townOf(t *testing.T, who person, s *site) *town {
	t.Helper()
	close(s.stopping) // streams end
	s.options.About = func(api.Actor) (handlers.Installation, error) { return handlers.Installation{}, nil }
	provider, err := oidc.New(oidc.Config{Issuer: "http://" + testserver.ClosedAddr(t).String(), ClientID: "console", Label: "Acme"})
	require.NoError(t, err)
	s.options.OpenID = provider
	s.servePrograms()
	w := &town{site: s, handler: handlers.New(s.options)}
	other, archived := s.addProject("elsewhere"), s.addProject("kept")
	there := s.there().Project // where backups are replicated to
	root, err := s.identity.CreateUser(t.Context(), console, identity.NewPerson{Name: "root", Administrator: true}, api.NewSecret(password))
	require.NoError(t, err)
	asker := identity.NewPerson{Name: user, Administrator: who.role == api.RoleAdministrator, Roles: map[string]api.Role{}}
	if who.role < api.RoleAdministrator && who.role > api.RoleNone {
		home := s.project.ID
		if who.elsewhere {
			home = other.ID
		} else if who.past {
			home = archived.ID
		}
		asker.Roles[home], asker.Roles[there] = who.role, who.role
	}
	u, err := s.identity.CreateUser(t.Context(), console, asker, api.NewSecret(password))
	require.NoError(t, err)
	w.root = w.session("root")
	if !who.nobody {
		w.cookie = w.session(user)
	}
	require.NoError(t, s.identity.ProveKeys(t.Context()))
	w.mine = w.stocked(s.project, ownWord, u, root)
	w.other = w.stocked(other, foreignWord, root, root)
	w.archive = w.stocked(archived, archivedWord, u, root)
	require.NoError(t, s.identity.ArchiveProject(t.Context(), console, archived.ID))
	if who.disabled {
		require.NoError(t, s.identity.DisablePerson(t.Context(), console, u.ID))
	}
	return w
}

// session signs somebody in and returns his cookie.
func (w *town) session(name string) *http.Cookie {
	w.client = newClient(w.t)
	w.signIn(name, password).requireStatus(http.StatusSeeOther)
	at, err := url.Parse(w.server.URL)
	require.NoError(w.t, err)
	return w.client.Jar.Cookies(at)[0]
}

// stocked puts something of every kind into a project; what belongs to people is the
// owner's.
func (w *town) stocked(project identity.Project, word string, owner, root identity.User) goods {
	t, ctx := w.t, w.t.Context()
	scope := api.Scope{Project: project.ID, Actor: api.Actor{User: "grace", Way: api.WayConsole, Role: api.RoleAdministrator}}
	g := goods{Project: project.ID, Region: w.region(false).Name}
	g.Stock = apitest.FillStock(t, apitest.Plane{Service: w.service, Mine: scope}, word, w.catchUp)
	changes, err := w.service.Changes(ctx, scope, api.KindAlias, g.Alias, "", 1)
	require.NoError(t, err)
	g.AliasChange = changes[0].ID

	asking := scope
	asking.Actor.UserID, asking.Actor.User = root.ID, "grace"
	service, err := w.service.EndpointService(ctx, scope, g.Service)
	require.NoError(t, err)
	_, err = w.options.Service.OpenToEveryone(ctx, asking, g.Service, api.EveryoneDraft{Confirm: service.Name, Reason: apitest.Reason})
	require.Equal(t, api.Approval, api.CodeOf(err), "%v", err)
	requests, err := w.options.Requests.ListRequests(ctx, scope, api.RequestQuery{})
	require.NoError(t, err)
	g.Request = requests.Items[0].ID

	own := scope
	own.Actor.UserID, own.Actor.User = owner.ID, owner.Name
	view, err := w.options.Views.SaveView(ctx, own, "links", word, "q="+word)
	require.NoError(t, err)
	g.View = view.ID
	key, err := w.identity.CreateKey(ctx, own.Actor, owner, nil, word)
	require.NoError(t, err)
	_, token, err := w.identity.CreateAPIToken(ctx, own.Actor, word, "", time.Hour)
	require.NoError(t, err)
	group, err := w.identity.CreateGroup(ctx, console, identity.Group{Name: word})
	require.NoError(t, err)
	added, err := w.identity.CreateUser(ctx, console, identity.NewPerson{Name: word}, api.NewSecret(password))
	require.NoError(t, err)
	g.Key, g.Token, g.Group, g.User, g.Office = key.Access, token.ID, group.ID, added.ID, w.addProject("spare-"+project.ID[:8]).ID
	return g
}

// ask sends a request as the person, without a connection in between.
func (w *town) ask(method, path string, values url.Values) *httptest.ResponseRecorder {
	return w.askAs(w.cookie, method, path, values)
}

func (w *town) askAs(cookie *http.Cookie, method, path string, values url.Values) *httptest.ResponseRecorder {
	ctx, cancel := context.WithTimeout(context.Background(), postDeadline)
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(values.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if cookie != nil {
		r.AddCookie(cookie)
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(patient{rec}, r)
	return rec
}

// patient is a recorder that can be told how long to wait, as a connection can.
type patient struct{ *httptest.ResponseRecorder }

func (patient) SetWriteDeadline(time.Time) error { return nil }
func (patient) SetReadDeadline(time.Time) error  { return nil }
func (patient) EnableFullDuplex() error          { return nil }

// forms are those of a page: where they are sent, and with what.
func forms(t *testing.T, html string) map[string]url.Values {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	require.NoError(t, err)
	found := map[string]url.Values{}
	doc.Find("form[method=post]").Each(func(_ int, form *goquery.Selection) {
		values := url.Values{}
		inputs := form.Find("[name]")
		if id := form.AttrOr("id", ""); id != "" {
			inputs = inputs.AddSelection(doc.Find(`[form="` + id + `"][name]`))
		}
		inputs.Each(func(_ int, in *goquery.Selection) {
			value := in.AttrOr("value", in.Text())
			if in.Is("select") {
				value = in.Find("option[selected], option").First().AttrOr("value", "")
			}
			values.Add(in.AttrOr("name", ""), value)
		})
		found[pathOf(form.AttrOr("action", ""))] = values
		form.Find("[formaction]").Each(func(_ int, b *goquery.Selection) { found[pathOf(b.AttrOr("formaction", ""))] = values })
		if id := form.AttrOr("id", ""); id != "" {
			doc.Find(`[form="` + id + `"][formaction]`).Each(func(_ int, b *goquery.Selection) { found[pathOf(b.AttrOr("formaction", ""))] = values })
		}
	})
	return found
}

// pathOf is an address without its query.
func pathOf(address string) string {
	path, _, _ := strings.Cut(address, "?")
	return path
}
