package governance_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/governance"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/keyring"
)

// carryOut has a process do a task that is due.
func (r *room) carryOut(t *testing.T, task jobs.Task) error {
	t.Helper()
	return r.Chores()[0].Do(t.Context(), task)
}

func TestOfManyProcessesOneCarriesARequestOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.rule(t, links)
		names := []string{"a", "b", "c", "d"}
		for _, name := range names {
			r.approve(t, "ann", r.link(t, "ed", name))
		}
		due := r.dueNow(t)
		require.Len(t, due, len(names))
		var all sync.WaitGroup
		errs := make(chan error, 4*len(due))
		for range 4 {
			process := in(t, r.db, r.keys)
			for _, task := range due {
				all.Go(func() { errs <- process.carryOut(t, task) })
			}
		}
		all.Wait()
		close(errs)
		for err := range errs {
			require.NoError(t, err)
		}
		require.Len(t, r.links(t), len(names))
	})
}

// A process that is killed holds its request until others may try. If it had made the
// change, that is noted in the same transaction; so it is not even due again. Here one
// is still at it when the others begin, and commits first, or last.
func TestARequestThatTwoProcessesHoldIsCarriedOutOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.rule(t, links)
		q := r.approve(t, "ann", r.link(t, "ed", "orders"))
		first := r.dueNow(t)[0]
		change(t, r.db, "UPDATE requests SET due_at = 5, tries = 1 WHERE id = ?", q.ID) // the lease of a killed process is over
		again := r.dueNow(t)[0]
		require.NotEqual(t, first, again)
		require.NoError(t, r.carryOut(t, again))
		require.Equal(t, api.RequestApplied, r.state(t, q.ID).State)

		// The one that was thought dead makes the same call with a grant of its own.
		s := r.as("ed")
		s.Grant = api.Grant{Request: q.ID, Try: "another"}
		d := apitest.MySQLDraft("orders-2")
		_, err := r.next.CreateLink(t.Context(), s, d, api.Shape)
		requireCode(t, err, api.Conflict, "request.meanwhile")
		require.Len(t, r.links(t), 1, "nothing of it is left")
	})
}

// meanwhile is a service that somebody gets ahead of.
type meanwhile struct {
	api.Service

	do func()
}

func (m meanwhile) CreateLink(ctx context.Context, s api.Scope, d api.LinkDraft, depth api.Depth) (api.Link, error) {
	m.do()
	return m.Service.CreateLink(ctx, s, d, depth)
}

func (m meanwhile) UpdateEndpointService(ctx context.Context, s api.Scope, d api.EndpointServiceDraft) (api.EndpointService, error) {
	m.do()
	return m.Service.UpdateEndpointService(ctx, s, d)
}

// idle is a service that finds nothing to change, while somebody does something else.
type idle struct {
	api.Service

	do  func()
	err error
}

func (i idle) CreateLink(context.Context, api.Scope, api.LinkDraft, api.Depth) (api.Link, error) {
	i.do()
	return api.Link{}, i.err
}

// What comes of a call says nothing of a request that somebody moved meanwhile.
func TestARequestThatMovedWhileNothingWasChangedStaysAsItIs(t *testing.T) {
	t.Parallel()
	for name, came := range map[string]error{
		"nothing to change": nil,
		"a conflict":        api.Errorf(api.Conflict, "link.name_taken"),
		"a refusal":         api.Errorf(api.Forbidden, "link.name_taken"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, r *room) {
				r.rule(t, links)
				q := r.approve(t, "ann", r.link(t, "ed", "orders"))
				explain := func() {
					_, err := r.ExplainRequest(t.Context(), r.as("ed"), q.ID, "for the auditors")
					require.NoError(t, err)
				}
				process := governance.New(governance.Options{DB: r.db, Keys: r.keys, People: r.people, Next: idle{r.next, explain, came}})
				require.NoError(t, process.Chores()[0].Do(t.Context(), r.dueNow(t)[0]))
				q = r.state(t, q.ID)
				require.Equal(t, api.RequestOpen, q.State, "it waits for an approval of that reason")

				r.approve(t, "ann", q)
				process = governance.New(governance.Options{DB: r.db, Keys: r.keys, People: r.people, Next: idle{r.next, func() {}, nil}})
				require.NoError(t, process.Chores()[0].Do(t.Context(), r.dueNow(t)[0]))
				require.Equal(t, api.RequestApplied, r.state(t, q.ID).State)
			})
		})
	}
}

func TestARequestThatIsExplainedWhileItIsCarriedOutWaitsAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.rule(t, links)
		q := r.approve(t, "ann", r.link(t, "ed", "orders"))
		process := governance.New(governance.Options{DB: r.db, Keys: r.keys, People: r.people, Next: meanwhile{r.next, func() {
			_, err := r.ExplainRequest(t.Context(), r.as("ed"), q.ID, "for the auditors")
			require.NoError(t, err)
		}}})
		require.NoError(t, process.Chores()[0].Do(t.Context(), r.dueNow(t)[0]))
		require.Empty(t, r.links(t), "nobody approves it with that reason yet")
		require.Equal(t, api.RequestOpen, r.state(t, q.ID).State)
	})
}

func TestAGrantIsForAnApprovedRequestOfTheProject(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.rule(t, links)
		open := r.link(t, "ed", "orders")
		for _, s := range []api.Scope{
			{Project: project, Grant: api.Grant{Request: open.ID, Try: "1"}},
			{Project: foreign, Grant: api.Grant{Request: open.ID, Try: "1"}},
			{Project: project, Grant: api.Grant{Request: "none", Try: "1"}},
		} {
			_, err := r.next.CreateLink(t.Context(), s, apitest.MySQLDraft("x"), api.Shape)
			requireCode(t, err, api.Conflict, "request.meanwhile")
		}
		require.Equal(t, api.RequestOpen, r.state(t, open.ID).State)
	})
}

func TestWhatIsRefusedWhenItIsCarriedOutHasFailed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.rule(t, links)
		d := apitest.MySQLDraft("orders")
		d.Inputs["linkConfig.host"], d.Inputs["linkConfig.port"] = "127.0.0.1", "1"
		_, err := r.CreateLink(t.Context(), r.as("ed"), d, api.Connect)
		q := r.approve(t, "ann", r.asked(t, err))
		r.work(t, time.Now())
		done := r.state(t, q.ID)
		require.Equal(t, api.RequestFailed, done.State, "a test in the log is no change")
		require.Equal(t, api.CheckFailed, done.Fault.Code)
		require.Empty(t, r.links(t))
	})
}

func TestARequestOutlivesARotationOfKeys(t *testing.T) {
	t.Parallel()
	older, newer := keyring.NewKey(), keyring.NewKey()
	ring := func(lines ...string) *keyring.Ring {
		keys, err := keyring.Parse(strings.Join(lines, "\n"))
		require.NoError(t, err)
		return keys
	}
	eachWith(t, ring(older), func(t *testing.T, r *room) {
		r.rule(t, links)
		r.approve(t, "ann", r.link(t, "ed", "orders"))
		r.link(t, "ed", "stock")
		n, err := in(t, r.db, ring(newer, older)).Reseal(t.Context())
		require.NoError(t, err)
		require.Equal(t, 2, n)
		in(t, r.db, ring(newer)).work(t, time.Now())
		require.Len(t, r.links(t), 1)
	})
}
