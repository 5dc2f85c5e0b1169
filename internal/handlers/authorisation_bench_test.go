package handlers_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/identity"
	"switchboard/internal/handlers"
)

// BenchmarkAuthorisation is what it costs a page that somebody says who may see it: as
// it is served, in turns with the same page over the bare control plane, where nobody
// asks and the menu tells of no requests. What finds out who reads and opens the
// project is in both; what the roles add to that is measured beside them, in the same
// turns, and taken off the bare page.
func BenchmarkAuthorisation(b *testing.B) {
	for _, role := range []api.Role{api.RoleEditor, api.RoleAdmin} {
		s := busySite(b, role)
		for name, path := range map[string]string{"list": s.links(), "form": s.links() + "/new?connector=mysql"} {
			b.Run(fmt.Sprintf("%s/%s", name, role), func(b *testing.B) { s.compare(b, path) })
		}
	}
}

// compared is a console with and without authorisation, and who reads it.
type compared struct {
	*site

	bare  *httptest.Server
	token string
}

// ungoverned is what the menu asks where no change has to be approved.
type ungoverned struct{ api.Requests }

func (ungoverned) CountRequests(context.Context, api.Scope) (api.RequestCounts, error) {
	return api.RequestCounts{}, nil
}

func (ungoverned) NeedsApproval(context.Context, api.Scope, api.Kind, api.Action) (bool, error) {
	return false, nil
}

// busySite is a console with a page of links, ten projects and open requests, and a
// reader with that role by a group.
func busySite(b *testing.B, role api.Role) *compared {
	s := emptySite(b)
	for i := range 50 {
		s.create(apitest.MySQLDraft("link-" + strconv.Itoa(i)))
	}
	group, err := s.identity.CreateGroup(b.Context(), console, identity.Group{Name: "readers"})
	require.NoError(b, err)
	for i := range 8 {
		s.addProject("project-" + strconv.Itoa(i))
	}
	projects, err := s.identity.AllProjects(b.Context())
	require.NoError(b, err)
	for _, p := range projects {
		in := api.Scope{Project: p.ID, Actor: console}
		require.NoError(b, s.identity.SetProjectRole(b.Context(), in, identity.Holder{Group: group.ID}, role))
	}
	_, err = s.identity.CreateUser(b.Context(), console, identity.NewPerson{Name: user, Groups: []string{group.ID}}, api.NewSecret(password))
	require.NoError(b, err)
	token, _, err := s.identity.SignIn(b.Context(), identity.Credentials{Name: user, Password: api.NewSecret(password)}, api.Actor{}, "")
	require.NoError(b, err)
	s.askFor(20)
	s.signIn(user, password).requireStatus(http.StatusSeeOther)
	options := s.options
	options.Service, options.Requests = s.service, ungoverned{}
	c := &compared{site: s, bare: httptest.NewServer(handlers.New(options)), token: token}
	b.Cleanup(c.bare.Close)
	return c
}

// askFor makes so many requests of somebody else.
func (s *site) askFor(n int) {
	s.t.Helper()
	asker := s.scope()
	asker.Actor.Role, asker.Actor.UserID = api.RoleAdmin, "somebody else"
	rules := append(slices.Clone(api.DefaultApproval), api.ApprovalRule{Kind: api.KindLink, Action: api.ActionCreate})
	require.NoError(s.t, s.options.Requests.SetApprovalRules(s.t.Context(), asker, rules, api.Confirmation{}))
	for i := range n {
		_, err := s.options.Service.CreateLink(s.t.Context(), asker, apitest.MySQLDraft("asked-"+strconv.Itoa(i)), api.Shape)
		require.Equal(s.t, api.Approval, api.CodeOf(err), "%v", err)
	}
	require.NoError(s.t, s.options.Requests.SetApprovalRules(s.t.Context(), asker, api.DefaultApproval, api.Confirm(s.project.Name)))
}

// compare lets all take turns, in another order each time: who comes after a page finds
// nothing of his own in the processor's caches.
func (c *compared) compare(b *testing.B, path string) {
	turns := []func() time.Duration{c.showing(b, c.server, path), c.showing(b, c.bare, path), c.withRoles(b), c.withoutRoles(b)}
	took := make([][]time.Duration, len(turns))
	for b.Loop() {
		for _, i := range rand.Perm(len(turns)) {
			took[i] = append(took[i], turns[i]())
		}
	}
	middle := make([]time.Duration, len(turns))
	for i, all := range took {
		slices.Sort(all)
		middle[i] = all[len(all)/2]
	}
	roles := middle[2] - middle[3]
	for unit, d := range map[string]time.Duration{"served-µs": middle[0], "bare-µs": middle[1], "roles-µs": roles} {
		b.ReportMetric(float64(d.Nanoseconds())/1e3, unit)
	}
	b.ReportMetric(float64(middle[0])/float64(middle[1]-roles), "ratio")
}

// showing shows a page and says how long a browser waits for all of it.
func (c *compared) showing(b *testing.B, at *httptest.Server, path string) func() time.Duration {
	return func() time.Duration {
		r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, at.URL+path, nil)
		require.NoError(b, err)
		r.Header.Set("Accept-Encoding", "gzip")
		began := time.Now()
		res, err := c.client.Do(r) // cookies are for a host, whatever the port
		require.NoError(b, err)
		defer res.Body.Close()
		_, err = io.Copy(io.Discard, res.Body)
		took := time.Since(began)
		require.NoError(b, err)
		require.Equal(b, http.StatusOK, res.StatusCode)
		return took
	}
}

// withRoles asks what every page asks of who reads it and of projects.
func (c *compared) withRoles(b *testing.B) func() time.Duration {
	return func() time.Duration {
		began := time.Now()
		session, err := c.identity.Session(b.Context(), c.token)
		require.NoError(b, err)
		_, err = c.identity.Project(b.Context(), session.User, c.project.ID)
		require.NoError(b, err)
		all, err := c.identity.Projects(b.Context(), session.User)
		require.Len(b, all, 10)
		require.NoError(b, err)
		return time.Since(began)
	}
}

// withoutRoles asks the same where everybody may do everything.
func (c *compared) withoutRoles(b *testing.B) func() time.Duration {
	const person = `SELECT u.id AS user_id, u.name AS user_name, u.lang, u.theme, u.disabled, a.id AS account_id, a.name AS account_name,
		s.seen_at, s.expires_at, s.pending FROM sessions AS s JOIN users AS u ON u.id = s.user_id JOIN accounts AS a ON a.id = u.account_id`
	const project = `SELECT p.id, p.name, p.region, p.description, p.archived_at, p.account_id, a.name AS account_name
		FROM accounts AS a JOIN projects AS p ON p.account_id = a.id WHERE a.id = ? AND `
	session, err := c.identity.Session(b.Context(), c.token)
	require.NoError(b, err)
	who, one := c.db.Statement(person+" WHERE s.hash = ?"), c.db.Statement(project+"p.id = ?")
	all := c.db.Statement(project + "p.archived_at = 0 ORDER BY p.name")
	return func() time.Duration {
		began := time.Now()
		var reader []struct {
			UserID, UserName, Lang, Theme, AccountID, AccountName string
			SeenAt, ExpiresAt                                     int64
			Disabled, Pending                                     bool
		}
		require.NoError(b, who.Scan(b.Context(), &reader, session.ID))
		type row struct {
			ID, Name, Region, Description, AccountID, AccountName string
			ArchivedAt                                            int64
		}
		var here, projects []row
		require.NoError(b, one.Scan(b.Context(), &here, reader[0].AccountID, c.project.ID))
		require.NoError(b, all.Scan(b.Context(), &projects, reader[0].AccountID))
		require.Len(b, projects, 10)
		return time.Since(began)
	}
}
