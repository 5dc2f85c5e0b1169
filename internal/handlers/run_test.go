package handlers_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/identity"
	"switchboard/internal/testserver"
)

// startRun starts a run of the links and returns the path of its page.
func (s *site) startRun(links ...api.Link) string {
	s.t.Helper()
	p := s.post(s.links()+"/runs", ticking(s.links(), links...)).requireStatus(http.StatusSeeOther)
	return p.header.Get("Location")
}

func TestARun(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	server := testserver.MariaDB(t)
	account := server.Account(t)
	d := apitest.MySQLDraft("good")
	d.Inputs["linkConfig.host"], d.Inputs["linkConfig.port"] = server.Host, strconv.Itoa(server.Port)
	d.Inputs["linkConfig.database"], d.Inputs["linkConfig.username"] = account.Database, account.User
	d.Secrets["linkConfig.password"] = api.NewSecret(account.Password)
	bad, good := s.create(s.unreachable("bad")), s.create(d)
	run := s.startRun(bad, good)

	t.Run("looks at itself again without JavaScript while it goes on", func(t *testing.T) {
		p := s.get(run).requireStatus(http.StatusOK)
		require.Contains(t, p.html, `<noscript><meta http-equiv="refresh" content="2"></noscript>`)
		require.Contains(t, p.text(".run-state h2"), "0 of 2 done")
		require.Equal(t, run+"/events", p.Find("[sse-connect]").AttrOr("sse-connect", ""))
		require.Equal(t, "2", p.Find("progress").AttrOr("max", ""))
	})
	s.catchUp()
	t.Run("tells what was found, with the reason and what to do about it", func(t *testing.T) {
		p := s.get(run)
		require.NotContains(t, p.html, "http-equiv")
		require.Zero(t, p.Find("[sse-connect], #run-cancel").Length())
		require.Contains(t, p.text("#run-"+good.ID), "Passed")
		require.NotContains(t, p.html, account.Password)
		row := p.text("#run-" + bad.ID)
		require.Contains(t, row, "Connect: 127.0.0.1 refused the connection on port 1.")
		require.Contains(t, row, "Check the port")
		require.Equal(t, s.links()+"/"+bad.ID+"/edit#linkConfig-port", p.Find("#run-"+bad.ID+" td a").AttrOr("href", ""))
	})
	t.Run("leaves what failed ticked, for the same actions", func(t *testing.T) {
		p := s.get(run)
		ticked := p.Find("input[name=id][checked]")
		require.Equal(t, 1, ticked.Length())
		require.Equal(t, bad.ID, ticked.AttrOr("value", ""))
		require.Equal(t, run, p.value("back"))
		require.Equal(t, 1, p.Find(".bulk-bar button[formaction$='/disable']").Length())
	})
	t.Run("keeps the results in the links' histories", func(t *testing.T) {
		require.Equal(t, 1, s.get(s.links()+"/"+bad.ID+"/health").Find(".history > li").Length())
	})
}

func TestARunOfAllThatTheFilterFinds(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.create(apitest.MySQLDraft("orders_a"))
	s.create(apitest.MySQLDraft("orders_b"))
	s.create(apitest.MySQLDraft("other"))
	p := s.post(s.links()+"/runs", url.Values{"all": {"true"}, "q": {"orders"}}).requireStatus(http.StatusSeeOther)
	require.Equal(t, 2, s.get(p.header.Get("Location")).Find("tbody tr").Length())
}

func TestCancellingARun(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	link := s.create(s.unreachable("orders"))

	run := s.startRun(link)
	p := s.post(run+"/cancel", nil, fragment("run")...).requireStatus(http.StatusOK)
	require.False(t, p.whole())
	require.Contains(t, p.text(".run-state h2"), "Cancelled: 0 of 1 were tested")
	require.Zero(t, p.Find("[sse-connect]").Length(), "nothing more is to be told")
	require.Contains(t, p.text("#run-"+link.ID), "Cancelled")

	run = s.startRun(link)
	s.post(run+"/cancel", nil).requireRedirect(run)
	require.Contains(t, s.get(run).text(".run-state"), "Cancelled")
	s.post(run+"/cancel", nil).requireRedirect(run)
}

func TestARunOfAnotherProjectIsNotFound(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	other := s.addProject("other")
	scope := api.Scope{Project: other.ID}
	link, err := s.service.CreateLink(t.Context(), scope, apitest.MySQLDraft("orders"), api.Shape)
	require.NoError(t, err)
	foreign, err := s.service.StartRun(t.Context(), scope, api.KindLink, []string{link.ID})
	require.NoError(t, err)
	run := s.links() + "/runs/" + foreign.ID
	s.get(run).requireStatus(http.StatusNotFound)
	s.get(run + "/events").requireStatus(http.StatusNotFound)
	s.post(run+"/cancel", nil).requireStatus(http.StatusNotFound)
	stored, err := s.service.Run(t.Context(), scope, foreign.ID)
	require.NoError(t, err)
	require.False(t, stored.Stopped)
}

func TestARunOfAnotherKindIsNotFound(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	c, err := s.service.CreateConnection(t.Context(), s.scope(), api.ConnectionDraft{
		Name: "orders", Service: "RDS", URL: "127.0.0.1:1",
		SecurityGroupID: "8f63f3e1-0c65-4b1d-9a3e-2d0f8c5b7a46", NetworkID: "1b7fd1a5-1d0b-4a71-9f1a-0c4f3a6a4e55",
	})
	require.NoError(t, err)
	s.catchUp()
	other, err := s.service.StartRun(t.Context(), s.scope(), api.KindConnection, []string{c.ID})
	require.NoError(t, err)
	run := s.links() + "/runs/" + other.ID
	s.get(run).requireStatus(http.StatusNotFound)
	s.get(run + "/events").requireStatus(http.StatusNotFound)
	s.post(run+"/cancel", nil).requireStatus(http.StatusNotFound)
	stored, err := s.service.Run(t.Context(), s.scope(), other.ID)
	require.NoError(t, err)
	require.False(t, stored.Stopped)
	s.post(s.links()+"/"+c.ID+"/check", nil).requireStatus(http.StatusNotFound)
	s.get(s.links() + "/" + c.ID + "/health").requireStatus(http.StatusNotFound)
}

// event is one of a stream's.
type event struct{ name, data string }

// listen opens a stream of events, as a browser does that takes gzip. The
// channel is closed where the stream ends.
func (s *site) listen(ctx context.Context, path string) (<-chan event, *http.Response) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.server.URL+path, nil)
	require.NoError(s.t, err)
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := s.client.Do(req)
	require.NoError(s.t, err)
	require.Equal(s.t, http.StatusOK, res.StatusCode)
	events := make(chan event, 100)
	go func() {
		defer close(events)
		defer res.Body.Close()
		lines := bufio.NewReader(res.Body)
		var e event
		for {
			line, err := lines.ReadString('\n')
			name, isName := strings.CutPrefix(line, "event: ")
			data, isData := strings.CutPrefix(line, "data: ")
			switch {
			case err != nil:
				return
			case isName:
				e.name = strings.TrimSpace(name)
			case isData:
				e.data += data
			case line == "\n" && e.name != "":
				events <- e
				e = event{}
			}
		}
	}()
	return events, res
}

// next is the next event, which must come soon.
func next(t *testing.T, events <-chan event) event {
	t.Helper()
	select {
	case e, open := <-events:
		require.True(t, open, "the stream ended")
		return e
	case <-time.After(20 * time.Second):
		require.Fail(t, "no event came")
		return event{}
	}
}

// requireEnd requires that a stream says nothing more and ends soon.
func requireEnd(t *testing.T, events <-chan event) {
	t.Helper()
	select {
	case e, open := <-events:
		require.False(t, open, "%v", e)
	case <-time.After(20 * time.Second):
		require.Fail(t, "the stream did not end")
	}
}

func TestTheEventsOfARun(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a, b := s.create(s.unreachable("a")), s.create(s.unreachable("b"))

	t.Run("are the rows that changed, the counts, and then no more", func(t *testing.T) {
		run := s.startRun(a, b)
		events, res := s.listen(t.Context(), run+"/events")
		require.Equal(t, "text/event-stream", res.Header.Get("Content-Type"))
		require.Empty(t, res.Header.Get("Content-Encoding"))
		require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
		first := next(t, events)
		require.Equal(t, "state", first.name)
		require.Contains(t, first.data, "0 of 2 done")
		s.catchUp()
		rows := next(t, events)
		require.Equal(t, "rows", rows.name)
		for _, l := range []api.Link{a, b} {
			require.Contains(t, rows.data, `<tr id="run-`+l.ID+`"`)
		}
		require.Equal(t, 2, strings.Count(rows.data, `hx-swap-oob="true"`))
		done := next(t, events)
		require.Equal(t, "done", done.name)
		require.Contains(t, done.data, "Finished: 2 of 2 failed")
		requireEnd(t, events)
	})
	t.Run("of one that has ended are its end", func(t *testing.T) {
		run := s.startRun(a)
		s.catchUp()
		events, _ := s.listen(t.Context(), run+"/events")
		require.Equal(t, "rows", next(t, events).name)
		require.Equal(t, "done", next(t, events).name)
		requireEnd(t, events)
	})
	t.Run("outlive the time that the server gives a page", func(t *testing.T) {
		impatient := httptest.NewUnstartedServer(s.server.Config.Handler)
		impatient.Config.WriteTimeout = 50 * time.Millisecond
		impatient.Start()
		t.Cleanup(impatient.Close)
		there := *s // signed in there, too: a cookie does not know ports
		there.t, there.server = t, impatient
		run := s.startRun(a)
		events, _ := there.listen(t.Context(), run+"/events")
		require.Equal(t, "state", next(t, events).name)
		s.post(run+"/cancel", nil)
		require.Equal(t, "rows", next(t, events).name)
		require.Equal(t, "done", next(t, events).name)
	})
	t.Run("end when the server stops", func(t *testing.T) {
		events, _ := s.listen(t.Context(), s.startRun(a)+"/events")
		require.Equal(t, "state", next(t, events).name)
		close(s.stopping)
		requireEnd(t, events)
	})
}

func TestTheEventsOfARunEndWithTheBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ended := make(chan struct{})
	handler := s.server.Config.Handler
	watched := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.ServeHTTP(w, r)
		if path.Base(r.URL.Path) == "events" {
			close(ended)
		}
	}))
	t.Cleanup(watched.Close)
	there := *s // signed in there, too: a cookie does not know ports
	there.server = watched
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	events, res := there.listen(ctx, s.startRun(s.create(s.unreachable("orders")))+"/events")
	next(t, events)
	leave()
	_, _ = io.Copy(io.Discard, res.Body)
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		require.Fail(t, "the stream goes on for nobody")
	}
}

func TestAStreamEndsForWhoIsKeptOut(t *testing.T) {
	t.Parallel()
	for name, keepOut := range map[string]func(s *site, user identity.User) error{
		"disabled": func(s *site, u identity.User) error { return s.identity.DisablePerson(s.t.Context(), console, u.ID) },
		"without a role there": func(s *site, u identity.User) error {
			return s.identity.SetProjectRole(s.t.Context(), api.Scope{Project: s.project.ID, Actor: console}, identity.Holder{User: u.ID}, api.RoleNone)
		},
		"signed out": func(s *site, u identity.User) error {
			_, err := s.identity.SignOutEverywhere(s.t.Context(), api.Actor{UserID: u.ID}, "")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			bob := s.join("bob", api.RoleViewer)
			events, _ := s.as(t, "bob", secondPassword).listen(t.Context(), s.startRun(s.create(s.unreachable("orders")))+"/events")
			require.Equal(t, "state", next(t, events).name)
			require.NoError(t, keepOut(s, bob))
			requireEnd(t, events)
		})
	}
}
