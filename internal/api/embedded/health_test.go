package embedded_test

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/store"
	"switchboard/internal/testserver"
)

// begin lets a plane work in the background until the test ends.
func begin(t *testing.T, p apitest.Plane) {
	t.Helper()
	work := p.Service.(*embedded.Plane)
	require.NoError(t, work.Start(t.Context(), embedded.Background{Tick: 200 * time.Millisecond}))
	t.Cleanup(func() { require.NoError(t, work.Stop(context.Background())) })
}

// exec changes the database behind the plane's back.
func exec(t *testing.T, db *store.DB, query string, args ...any) {
	t.Helper()
	require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}))
}

// catchUp does what is due in an hour, as if it were then.
func catchUp(t *testing.T, p apitest.Plane, in time.Duration) {
	t.Helper()
	require.NoError(t, p.Service.(*embedded.Plane).CatchUp(t.Context(), time.Now().Add(in)))
}

func check(t *testing.T, p apitest.Plane, id string) api.Check {
	t.Helper()
	c, err := p.Service.Recheck(t.Context(), mine, api.KindLink, id)
	require.NoError(t, err)
	return c
}

func stored(t *testing.T, p apitest.Plane, id string) api.Link {
	t.Helper()
	link, err := p.Service.Link(t.Context(), mine, id)
	require.NoError(t, err)
	return link
}

func history(t *testing.T, p apitest.Plane, id string) []api.PastCheck {
	t.Helper()
	page, err := p.Service.PastChecks(t.Context(), mine, api.KindLink, id, "", api.MaxPage)
	require.NoError(t, err)
	return page.Items
}

func episodes(t *testing.T, p apitest.Plane, id string) []api.Episode {
	t.Helper()
	found, err := p.Service.Episodes(t.Context(), mine, api.KindLink, id, 100)
	require.NoError(t, err)
	return found
}

// realLink is a link to a database of a real server, whose check passed, and
// what changes its password there.
func realLink(t *testing.T, p apitest.Plane) (link api.Link, setPassword func(string)) {
	t.Helper()
	server := testserver.MariaDB(t)
	account := server.Account(t)
	d := apitest.DraftAt(t, "orders", server.Addr())
	d.Inputs["linkConfig.database"], d.Inputs["linkConfig.username"] = account.Database, account.User
	d.Secrets["linkConfig.password"] = api.NewSecret(account.Password)
	link, err := p.Service.CreateLink(t.Context(), mine, d, api.Connect)
	require.NoError(t, err)
	return link, func(password string) {
		if password == "" {
			password = account.Password
		}
		server.Exec(t, fmt.Sprintf("ALTER USER `%s`@`127.0.0.1` IDENTIFIED BY '%s'", account.User, password))
	}
}

func TestAnEpisodeOfARealServer(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		link, setPassword := realLink(t, p)
		require.Empty(t, episodes(t, p, link.ID))

		setPassword("changed")
		require.Equal(t, api.Failed, check(t, p, link.ID).Status)
		check(t, p, link.ID)
		broken := stored(t, p, link.ID)
		require.Equal(t, []api.Status{api.Passed, api.Failed, api.Failed}, broken.Health.Recent)
		require.True(t, broken.Health.LastGood.Before(broken.Health.Since))

		exec(t, db, "UPDATE links SET inputs = REPLACE(inputs, ?, ?)", link.Inputs["linkConfig.port"], "1")
		check(t, p, link.ID)
		require.True(t, history(t, p, link.ID)[0].Changed, "it fails for another reason")
		require.False(t, history(t, p, link.ID)[1].Changed)
		exec(t, db, "UPDATE links SET inputs = REPLACE(inputs, ?, ?)", `"linkConfig.port":"1"`, `"linkConfig.port":"`+link.Inputs["linkConfig.port"]+`"`)
		check(t, p, link.ID)
		setPassword("")
		require.Equal(t, api.Passed, check(t, p, link.ID).Status)
		check(t, p, link.ID)

		found := episodes(t, p, link.ID)
		require.Len(t, found, 1)
		e := found[0]
		require.Equal(t, 4, e.Failures)
		require.True(t, e.Ended.After(e.Last))
		require.Len(t, e.Reasons, 2, "in the order they first appeared")
		require.Equal(t, api.StepSignIn, e.Reasons[0].Step.Name)
		require.Equal(t, 3, e.Reasons[0].Count)
		require.Equal(t, api.StepConnect, e.Reasons[1].Step.Name)
		require.Equal(t, 1, e.Reasons[1].Count)
		require.Equal(t, e.Ended, stored(t, p, link.ID).Health.Since)
	})
}

func TestAScheduledCheckIsTheConsolesOwn(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		link, err := p.Service.CreateLink(t.Context(), mine, apitest.ClosedDraft(t, "orders"), api.Anyway)
		require.NoError(t, err)
		catchUp(t, p, 0)
		require.Len(t, history(t, p, link.ID), 1, "it is not due yet")
		catchUp(t, p, 2*time.Hour)
		found := history(t, p, link.ID)
		require.Len(t, found, 2)
		require.Equal(t, api.WayJob, found[0].Way)
		require.Empty(t, found[0].By)
		require.True(t, stored(t, p, link.ID).Health.Next.After(time.Now().Add(50*time.Minute)))
		changes, err := p.Service.Changes(t.Context(), mine, "link", link.ID, "", 10)
		require.NoError(t, err)
		require.Len(t, changes, 1, "and nothing that somebody did")
	})
}

func TestChecksAtTheSameTimeLoseNothing(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		link, err := p.Service.CreateLink(t.Context(), mine, apitest.ClosedDraft(t, "orders"), api.Shape)
		require.NoError(t, err)
		const racers = 12
		var all sync.WaitGroup
		for range racers {
			all.Go(func() { _, _ = p.Service.Recheck(t.Context(), mine, api.KindLink, link.ID) })
		}
		all.Wait()
		require.Len(t, history(t, p, link.ID), racers)
		require.Len(t, stored(t, p, link.ID).Health.Recent, racers)
		found := episodes(t, p, link.ID)
		require.Len(t, found, 1)
		require.Equal(t, racers, found[0].Failures)
	})
}

func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		link, err := p.Service.CreateLink(t.Context(), mine, apitest.ClosedDraft(t, "orders"), api.Shape)
		require.NoError(t, err)
		check(t, p, link.ID)
		first := history(t, p, link.ID)[0].ID
		for range api.KeptChecks {
			check(t, p, link.ID)
		}
		found := history(t, p, link.ID)
		require.Len(t, found, api.KeptChecks)
		require.NotEqual(t, first, found[api.KeptChecks-1].ID)
		require.Len(t, stored(t, p, link.ID).Health.Recent, api.RecentChecks)
		require.Equal(t, api.KeptChecks+1, episodes(t, p, link.ID)[0].Failures, "what is gone was counted")
	})
}

// silent is a server that takes connections and says nothing, and a channel
// that gets each connection.
func silent(t *testing.T) (address string, conns chan net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	conns = make(chan net.Conn, 100)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conns <- conn
		}
	}()
	return l.Addr().String(), conns
}

func TestAResultIsNotWrittenToWhatTheLinkHasBecome(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		for what, change := range map[string]func(link api.Link) error{
			"changed": func(link api.Link) error {
				d := apitest.ClosedDraft(t, link.Name)
				d.ID = link.ID
				_, err := p.Service.UpdateLink(t.Context(), mine, d, api.Shape)
				return err
			},
			"another password": func(link api.Link) error {
				d := apitest.MySQLDraft(link.Name)
				d.ID, d.Inputs = link.ID, link.Inputs
				_, err := p.Service.UpdateLink(t.Context(), mine, d, api.Shape)
				return err
			},
			"deleted": func(link api.Link) error {
				return p.Service.DeleteLink(t.Context(), mine, link.ID, 0)
			},
		} {
			address, conns := silent(t)
			link, err := p.Service.CreateLink(t.Context(), mine, apitest.DraftAt(t, "orders", address), api.Shape)
			require.NoError(t, err)
			ended := make(chan error)
			go func() {
				_, err := p.Service.Recheck(t.Context(), mine, api.KindLink, link.ID)
				ended <- err
			}()
			conn := <-conns
			require.NoError(t, change(link))
			require.NoError(t, conn.Close())
			require.NoError(t, <-ended, what)
			if what == "deleted" {
				continue
			}
			require.Empty(t, history(t, p, link.ID), what)
			require.Equal(t, api.FormOnly, stored(t, p, link.ID).Check.Status, what)
			require.NoError(t, p.Service.DeleteLink(t.Context(), mine, link.ID, 0))
		}
	})
}

// nothingLeft requires that no history is left when all is deleted.
func nothingLeft(t *testing.T, db *store.DB) {
	t.Helper()
	for _, table := range []string{"checks", "episodes"} {
		n, err := db.Read.NewSelect().Table(table).Count(t.Context())
		require.NoError(t, err)
		require.Zero(t, n, table)
	}
}

func TestNothingOfALinkIsLeftBehind(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		link, err := p.Service.CreateLink(t.Context(), mine, apitest.ClosedDraft(t, "orders"), api.Anyway)
		require.NoError(t, err)
		require.NoError(t, p.Service.DeleteLink(t.Context(), mine, link.ID, 0))
		nothingLeft(t, db)
	})
}

func TestLinksThatWereScheduledTogetherComeDueApart(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		seconds := map[int64]bool{}
		for i := range 40 {
			link, err := p.Service.CreateLink(t.Context(), mine, apitest.ClosedDraft(t, "link_"+strconv.Itoa(i)), api.Anyway)
			require.NoError(t, err)
			require.WithinDuration(t, time.Now().Add(time.Hour), link.Health.Next, 7*time.Minute)
			seconds[link.Health.Next.Unix()] = true
		}
		require.Greater(t, len(seconds), 25)
	})
}
