package governance_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/governance"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/mirror"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/store"
)

const (
	project = "11111111111111111111111111111111"
	foreign = "22222222222222222222222222222222"
)

// people are who may do what by now, in every project but those where "user@project"
// says something else.
type people map[string]api.Role

func (p people) RoleIn(_ context.Context, user, project string) (api.Role, error) {
	if role, there := p[user+"@"+project]; there {
		return role, nil
	}
	return p[user], nil
}

// as is a scope of somebody in the project, who says why.
func (p people) as(user string) api.Scope {
	return api.Scope{
		Project: project, Reason: "It was agreed.",
		Actor: api.Actor{UserID: user, User: strings.ToUpper(user[:1]) + user[1:], Way: api.WayPage, Role: p[user]},
	}
}

// room is a governed control plane with some people.
type room struct {
	*governance.Service
	next   api.Service // behind it
	people people
	db     *store.DB
	keys   *keyring.Ring
}

func (r *room) as(user string) api.Scope { return r.people.as(user) }

// in opens the room on a database; in the same one it is another process.
func in(t *testing.T, db *store.DB, keys *keyring.Ring) *room {
	t.Helper()
	plane := embedded.New(db, keys, probe.New(probe.Options{}), embedded.Options{Folders: []string{t.TempDir()}})
	who := people{
		"vera": api.RoleViewer, "ed": api.RoleEditor, "eva": api.RoleEditor, "ann": api.RoleApprover, "ben": api.RoleApprover,
		"adam": api.RoleAdmin, "root": api.RoleAdministrator,
	}
	places := mirror.New(mirror.Options{Plane: plane, DB: db, Backends: mirror.NewBackends(mirror.BackendsOptions{DB: db, Keys: keys})})
	return &room{governance.New(governance.Options{Next: plane, Backends: places, DB: db, Keys: keys, People: who}), plane, who, db, keys}
}

// each runs a test in an empty room on both databases.
func each(t *testing.T, f func(t *testing.T, r *room)) {
	t.Helper()
	keys, err := keyring.Parse(keyring.NewKey())
	require.NoError(t, err)
	eachWith(t, keys, f)
}

// eachWith is each with these keys.
func eachWith(t *testing.T, keys *keyring.Ring, f func(t *testing.T, r *room)) {
	t.Helper()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		change(t, db, "INSERT INTO accounts (id, name, created_at) VALUES ('a', 'default', 0)")
		for _, p := range []string{project, foreign} {
			change(t, db, "INSERT INTO projects (id, account_id, name, created_at) VALUES (?, 'a', ?, 0)", p, p)
		}
		f(t, in(t, db, keys))
	})
}

// change writes past every service.
func change(t *testing.T, db *store.DB, query string, args ...any) {
	t.Helper()
	require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}))
}

// rule makes changes of links need an approval.
func (r *room) rule(t *testing.T, rules ...api.ApprovalRule) {
	t.Helper()
	require.NoError(t, r.SetApprovalRules(t.Context(), r.as("adam"), rules, api.Confirmation{}))
}

// asked is the request that an error tells of.
func (r *room) asked(t *testing.T, err error) api.Request {
	t.Helper()
	require.Equal(t, api.Approval, api.CodeOf(err), "error: %v", err)
	id, _ := err.(*api.Error).Message.Args["request"].(string) //nolint:errorlint // as it comes
	request, err := r.Request(t.Context(), r.as("vera"), id)
	require.NoError(t, err)
	return request
}

// link asks for a link, in somebody's name.
func (r *room) link(t *testing.T, user, name string) api.Request {
	t.Helper()
	_, err := r.CreateLink(t.Context(), r.as(user), apitest.MySQLDraft(name), api.Shape)
	return r.asked(t, err)
}

// approve approves a request as it is.
func (r *room) approve(t *testing.T, user string, q api.Request) api.Request {
	t.Helper()
	approved, err := r.ApproveRequest(t.Context(), r.as(user), q.ID, q.Digest, "")
	require.NoError(t, err)
	require.Equal(t, api.RequestApproved, approved.State)
	return approved
}

// work does what is due by then.
func (r *room) work(t *testing.T, at time.Time) {
	t.Helper()
	for _, c := range r.Chores() {
		due, err := c.Due(t.Context(), at)
		require.NoError(t, err)
		for _, task := range due {
			require.NoError(t, c.Do(t.Context(), task))
		}
	}
}

// dueNow are the approved requests that are to be carried out.
func (r *room) dueNow(t *testing.T) []jobs.Task {
	t.Helper()
	due, err := r.Chores()[0].Due(t.Context(), time.Now())
	require.NoError(t, err)
	return due
}

// state is what became of a request.
func (r *room) state(t *testing.T, id string) api.Request {
	t.Helper()
	q, err := r.Request(t.Context(), r.as("vera"), id)
	require.NoError(t, err)
	return q
}

// refused requires that a request ended so, for that reason, and left nothing behind.
func (r *room) refused(t *testing.T, id string, state api.RequestState, why string) {
	t.Helper()
	q := r.state(t, id)
	require.Equal(t, state, q.State)
	require.NotNil(t, q.Fault)
	require.Equal(t, why, q.Fault.Message.Key)
	require.Empty(t, r.links(t))
	require.Empty(t, r.dueNow(t))
}

func (r *room) links(t *testing.T) []api.Link {
	t.Helper()
	page, err := r.ListLinks(t.Context(), r.as("vera"), api.LinkQuery{})
	require.NoError(t, err)
	return page.Items
}

func requireCode(t *testing.T, err error, code api.Code, key string) {
	t.Helper()
	require.Equal(t, code, api.CodeOf(err), "error: %v", err)
	require.Equal(t, key, err.(*api.Error).Message.Key) //nolint:errorlint // as it comes
}
