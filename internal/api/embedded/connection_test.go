package embedded_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/store"
	"switchboard/internal/testserver"
)

func TestTheEmbeddedControlPlaneHasConnections(t *testing.T) {
	t.Parallel()
	apitest.EachFresh(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		apitest.Connections(t, func(t *testing.T) apitest.Plane {
			p := plane(t, open(t), ring(t))
			begin(t, p)
			return p
		})
	})
}

func createConnection(t *testing.T, p apitest.Plane, d api.ConnectionDraft) api.Connection {
	t.Helper()
	c, err := p.Service.CreateConnection(t.Context(), mine, d)
	require.NoError(t, err)
	return c
}

func connection(t *testing.T, p apitest.Plane, id string) api.Connection {
	t.Helper()
	c, err := p.Service.Connection(t.Context(), mine, id)
	require.NoError(t, err)
	return c
}

func pastOf(t *testing.T, p apitest.Plane, id string) []api.PastCheck {
	t.Helper()
	page, err := p.Service.PastChecks(t.Context(), mine, api.KindConnection, id, "", api.MaxPage)
	require.NoError(t, err)
	return page.Items
}

func TestWithoutTheEngineAConnectionWaits(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		good := createConnection(t, p, apitest.ConnectionTo("DWS", "good", testserver.PostgreSQL(t).Addr()))
		bad := createConnection(t, p, apitest.ConnectionDraft(t, "bad"))
		require.Equal(t, api.ConnectionCreating, connection(t, p, good.ID).State)
		catchUp(t, p, 0)
		require.Equal(t, api.ConnectionActive, connection(t, p, good.ID).State)
		require.Equal(t, api.ConnectionFailed, connection(t, p, bad.ID).State)
		catchUp(t, p, 0)
		require.Len(t, pastOf(t, p, good.ID), 1, "once is enough")
		catchUp(t, p, 2*time.Hour)
		require.Len(t, pastOf(t, p, good.ID), 2, "what is active is checked again")
		require.Len(t, pastOf(t, p, bad.ID), 1, "what has failed is not")
		require.NoError(t, p.Service.DeleteConnection(t.Context(), mine, good.ID, 0))
		catchUp(t, p, 4*time.Hour)
		require.Equal(t, api.ConnectionDeleted, connection(t, p, good.ID).State)
	})
}

func TestOfSeveralProcessesOneMakesAConnectionActive(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		keys := ring(t)
		p := plane(t, db, keys)
		address, conns := silent(t)
		created := createConnection(t, p, apitest.ConnectionTo("RDS", "orders", address))
		const processes = 6
		var all sync.WaitGroup
		for range processes {
			other := planeOn(t, db, keys)
			all.Go(func() { catchUp(t, other, 0) })
		}
		first := <-conns
		catchUp(t, p, 0)
		require.NoError(t, first.Close())
		all.Wait()
		require.Empty(t, conns, "nobody else asked")
		require.Equal(t, api.ConnectionFailed, connection(t, p, created.ID).State)
		require.Len(t, pastOf(t, p, created.ID), 1)
		changes, err := p.Service.Changes(t.Context(), mine, api.KindConnection, created.ID, "", 10)
		require.NoError(t, err)
		require.Len(t, changes, 2, "created, and failed")
	})
}

func TestAConnectionWhoseWorkerDiedIsMadeActiveByAnother(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		keys := ring(t)
		p, other := plane(t, db, keys), planeOn(t, db, keys)
		address, conns := silent(t)
		created := createConnection(t, p, apitest.ConnectionTo("RDS", "orders", address))
		dead := make(chan bool)
		go func() {
			catchUp(t, p, 0)
			close(dead)
		}()
		held := <-conns // and there it stays: for the others, its process is gone
		catchUp(t, other, time.Minute)
		require.Empty(t, conns, "it may still be alive")

		ended := make(chan bool)
		go func() {
			catchUp(t, other, 3*time.Minute)
			close(ended)
		}()
		second := <-conns
		_, err := second.Write([]byte("\x03\x00\x00\x00\xff\x10\x04"))
		require.NoError(t, err)
		<-ended
		failed := connection(t, p, created.ID)
		require.Equal(t, api.ConnectionFailed, failed.State)
		require.Equal(t, "check.server.too_many_connections", failed.Check.Failure().Message.Key)

		require.NoError(t, held.Close())
		<-dead
		require.Equal(t, failed, connection(t, p, created.ID), "the first one comes too late to say anything")
	})
}

func TestAConnectionIsPutBackWhenItsProcessStops(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		keys := ring(t)
		p := plane(t, db, keys)
		work := p.Service.(*embedded.Plane)
		require.NoError(t, work.Start(t.Context(), embedded.Background{Tick: time.Hour}))
		address, conns := silent(t)
		created := createConnection(t, p, apitest.ConnectionTo("RDS", "orders", address))
		<-conns
		require.NoError(t, work.Stop(t.Context()))
		waiting := connection(t, p, created.ID)
		require.Equal(t, api.ConnectionCreating, waiting.State)
		require.Nil(t, waiting.Check, "it was not asked")
		require.True(t, waiting.Waiting)

		other := planeOn(t, db, keys)
		ended := make(chan bool)
		go func() {
			catchUp(t, other, 0)
			close(ended)
		}()
		require.NoError(t, (<-conns).Close())
		<-ended
		require.Equal(t, api.ConnectionFailed, connection(t, p, created.ID).State)
	})
}

func TestASilentConnectionDoesNotHoldUpTheNext(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		address, conns := silent(t)
		first := createConnection(t, p, apitest.ConnectionTo("DWS", "first", address))
		good := createConnection(t, p, apitest.ConnectionTo("DWS", "good", testserver.PostgreSQL(t).Addr()))
		require.True(t, connection(t, p, first.ID).Waiting)
		begin(t, p)
		hold(t, conns, 1)
		require.Eventually(t, func() bool { return connection(t, p, good.ID).State == api.ConnectionActive }, atOnce, 10*time.Millisecond)
		require.Equal(t, api.ConnectionCreating, connection(t, p, first.ID).State)
		require.False(t, connection(t, p, first.ID).Waiting)

		second := createConnection(t, p, apitest.ConnectionTo("DWS", "second", address))
		third := createConnection(t, p, apitest.ConnectionTo("DWS", "third", address))
		hold(t, conns, 1)
		require.False(t, connection(t, p, second.ID).Waiting)
		require.True(t, connection(t, p, third.ID).Waiting, "it has to wait for its turn, and that can be seen")
		theirs, err := p.Service.CreateConnection(t.Context(), other, apitest.ConnectionTo("DWS", "theirs", testserver.PostgreSQL(t).Addr()))
		require.NoError(t, err)
		require.Eventually(t, func() bool {
			c, err := p.Service.Connection(t.Context(), other, theirs.ID)
			return err == nil && c.State == api.ConnectionActive
		}, atOnce, 10*time.Millisecond, "another project has a share of its own")
	})
}

func TestAProcessThatIsTheOnlyOneNeedNotWaitForTheDead(t *testing.T) {
	t.Parallel()
	db := apitest.Open(t, t.TempDir()+"/switchboard.db")
	p := plane(t, db, ring(t))
	created := createConnection(t, p, apitest.ConnectionDraft(t, "orders"))
	exec(t, db, "UPDATE connections SET activate_at = ?", store.Micros(time.Now().Add(2*time.Minute))) // who held it was killed
	begin(t, p)
	require.Eventually(t, func() bool { return connection(t, p, created.ID).State == api.ConnectionFailed }, 20*time.Second, 10*time.Millisecond)
}

func TestAQueueIsNotDeletedUnderAConnection(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		c := createConnection(t, p, apitest.ConnectionDraft(t, "orders"))
		for range 10 {
			_, err := p.Service.CreateQueue(t.Context(), mine, api.QueueDraft{Name: "etl", CUs: 16})
			require.NoError(t, err)
			var bound, deleted error
			var both sync.WaitGroup
			both.Go(func() { _, bound = p.Service.BindQueues(t.Context(), mine, c.ID, []string{"etl"}) })
			both.Go(func() { deleted = p.Service.DeleteQueue(t.Context(), mine, "etl") })
			both.Wait()
			if deleted == nil {
				require.Contains(t, []api.Code{api.Invalid, api.NotFound}, api.CodeOf(bound), "error: %v", bound)
				continue
			}
			require.NoError(t, bound)
			require.Equal(t, api.Conflict, api.CodeOf(deleted), "error: %v", deleted)
			_, err = p.Service.UnbindQueues(t.Context(), mine, c.ID, []string{"etl"})
			require.NoError(t, err)
			require.NoError(t, p.Service.DeleteQueue(t.Context(), mine, "etl"))
		}
	})
}

func TestAProjectHasRoomForSoManyConnectionsAndQueues(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		first := createConnection(t, p, apitest.ConnectionDraft(t, "first"))
		catchUp(t, p, 0)
		exec(t, db, `INSERT INTO connections (id, project_id, name, service, url, security_group_id, network_id, cluster, tags, state,
			parts, parts_done, message, address, activate_at, created_at, created_by, updated_at, updated_by, version)
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
			SELECT 'c' || i, ?, 'connection_' || i, 'RDS', 'db:3306', '', '', '', '', 'FAILED', 2, 1, '', '', 0, 0, '', 0, '', 1 FROM n`,
			api.MaxConnections-1, mine.Project)
		_, err := p.Service.CreateConnection(t.Context(), mine, apitest.ConnectionDraft(t, "one_more"))
		require.Equal(t, api.Limit, api.CodeOf(err), "error: %v", err)
		_, err = p.Service.CreateConnection(t.Context(), other, apitest.ConnectionDraft(t, "one_more"))
		require.NoError(t, err, "that is about one project")
		require.NoError(t, p.Service.DeleteConnection(t.Context(), mine, first.ID, 0))
		createConnection(t, p, apitest.ConnectionDraft(t, "one_more"))

		for i := range api.MaxQueues {
			_, err := p.Service.CreateQueue(t.Context(), mine, api.QueueDraft{Name: fmt.Sprintf("queue_%d", i), CUs: 16})
			require.NoError(t, err)
		}
		_, err = p.Service.CreateQueue(t.Context(), mine, api.QueueDraft{Name: "one_more", CUs: 16})
		require.Equal(t, api.Limit, api.CodeOf(err), "error: %v", err)
	})
}

func TestResultsOfAddressTestsAreKeptForAnHour(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		address := testserver.ClosedAddr(t).String()
		old, err := p.Service.TestAddress(t.Context(), mine, api.DefaultQueue, address)
		require.NoError(t, err)
		exec(t, db, "UPDATE address_tests SET at = ?", store.Micros(time.Now().Add(-61*time.Minute)))
		_, err = p.Service.AddressTest(t.Context(), mine, api.DefaultQueue, old.ID)
		require.Equal(t, api.NotFound, api.CodeOf(err))
		fresh, err := p.Service.TestAddress(t.Context(), mine, api.DefaultQueue, address)
		require.NoError(t, err)
		_, err = p.Service.AddressTest(t.Context(), mine, api.DefaultQueue, fresh.ID)
		require.NoError(t, err)
		n, err := db.Read.NewSelect().Table("address_tests").Count(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 1, n)
	})
}

func TestARowThatCameByAnotherWayIsDiagnosedAllTheSame(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		c := createConnection(t, p, apitest.ConnectionDraft(t, "orders"))
		exec(t, db, "UPDATE connections SET url = 'jdbc:mysql://db', network_id = security_group_id")
		catchUp(t, p, 0)
		failed := connection(t, p, c.ID)
		require.Equal(t, api.ConnectionFailed, failed.State, "nothing can be asked")
		require.Equal(t, "connection.failed", failed.Message.Key)
		require.Contains(t, fmt.Sprint(failed.Message.Args), "connection.url_scheme")
		check, err := p.Service.DiagnoseConnection(t.Context(), mine, c.ID)
		require.NoError(t, err)
		want := []string{
			"address_form failed", "names skipped", "ports skipped", "protocol skipped", "route skipped", "queue_range skipped", "network failed",
		}
		var got []string
		for _, s := range check.Steps {
			got = append(got, string(s.Name)+" "+string(s.Status))
		}
		require.Equal(t, want, got)
		exec(t, db, "UPDATE connections SET service = 'Oracle', url = ?", testserver.MariaDB(t).Addr())
		check, err = p.Service.DiagnoseConnection(t.Context(), mine, c.ID)
		require.NoError(t, err)
		require.Equal(t, "connection.service_unknown", check.Steps[0].Message.Key)
		require.Equal(t, api.Passed, check.Steps[2].Status, "the port answers, whatever it is")
	})
}
