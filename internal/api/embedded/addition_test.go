package embedded_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	osexec "os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/store"
)

// workerEnv makes this test binary a process that works on the database at that
// address until it is killed.
const workerEnv = "EMBEDDED_TEST_WORKER"

func TestMain(m *testing.M) {
	url := os.Getenv(workerEnv)
	if url == "" {
		os.Exit(m.Run())
	}
	fmt.Fprintln(os.Stderr, work(context.Background(), url))
	os.Exit(1)
}

func work(ctx context.Context, url string) error {
	db, err := store.Open(ctx, url)
	if err != nil {
		return err
	}
	keys, err := keyring.Parse(keyring.NewKey())
	if err != nil {
		return err
	}
	o := embedded.Options{Folders: []string{foldersIn(ctx, db)}}
	if err := embedded.New(db, keys, probe.New(probe.Options{}), o).Start(ctx, embedded.Background{Tick: 50 * time.Millisecond}); err != nil {
		return err
	}
	select {}
}

// worker is a process that works on a database; it is killed when the test ends.
func worker(t *testing.T, url string) *osexec.Cmd {
	t.Helper()
	c := osexec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), workerEnv+"="+url)
	c.Stderr = os.Stderr
	require.NoError(t, c.Start())
	return c
}

// mirror makes a service with n entries.
func mirror(t *testing.T, p apitest.Plane, n int) (api.EndpointService, []api.Permission) {
	t.Helper()
	svc, err := p.Service.CreateEndpointService(t.Context(), mine, apitest.ServiceDraft("mirror"))
	require.NoError(t, err)
	if n == 0 {
		return svc, nil
	}
	added, err := p.Service.AddPermissions(t.Context(), mine, svc.ID, api.PermissionBatch{Entries: apitest.PermissionDrafts(n)})
	require.NoError(t, err)
	return svc, added
}

func addition(t *testing.T, p apitest.Plane, service, id string) api.Addition {
	t.Helper()
	a, err := p.Service.Addition(t.Context(), mine, service, id)
	require.NoError(t, err)
	return a
}

// count is how many rows of a table there are.
func count(t *testing.T, db *store.DB, table, where string, args ...any) int {
	t.Helper()
	n, err := db.Read.NewSelect().TableExpr(table).Where(where, args...).Count(t.Context())
	require.NoError(t, err)
	return int(n)
}

func TestAnAdditionSurvivesThatItsWorkersAreKilled(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		db := apitest.Open(t, url)
		p := plane(t, db, ring(t))
		svc, _ := mirror(t, p, 0)
		drafts := apitest.PermissionDrafts(8000)
		started, err := p.Service.StartAddition(t.Context(), mine, svc.ID, drafts)
		require.NoError(t, err)
		for kills := range 3 {
			c := worker(t, url)
			require.Eventually(t, func() bool { return addition(t, p, svc.ID, started.ID).Done > 1000*kills }, time.Minute, time.Millisecond)
			time.AfterFunc(rand.N(30*time.Millisecond), func() { _ = c.Process.Kill() }) // anywhere in a batch
			require.ErrorContains(t, c.Wait(), "killed")
			seen := addition(t, p, svc.ID, started.ID)
			require.Equal(t, seen.Added, count(t, db, "permissions", "service_id = ?", svc.ID), "what it says is what is there")
		}
		worker(t, url)
		ended := apitest.AdditionEnds(t, p, svc.ID, started.ID)
		require.Equal(t, len(drafts), ended.Added)
		require.Empty(t, ended.Refused)
		require.Equal(t, len(drafts), count(t, db, "permissions", "service_id = ?", svc.ID))
		require.Equal(t, len(drafts)/1000, count(t, db, "audit", "action = 'add'"))
		stored, err := p.Service.EndpointService(t.Context(), mine, svc.ID)
		require.NoError(t, err)
		require.Equal(t, len(drafts), stored.Permissions)
	})
}

func TestTwoProcessesShareAnAddition(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		one, two := plane(t, db, ring(t)), planeOn(t, db, ring(t))
		begin(t, one)
		begin(t, two)
		svc, _ := mirror(t, one, 0)
		started, err := one.Service.StartAddition(t.Context(), mine, svc.ID, apitest.PermissionDrafts(6000))
		require.NoError(t, err)
		ended := apitest.AdditionEnds(t, two, svc.ID, started.ID)
		require.Equal(t, 6000, ended.Added)
		require.Empty(t, ended.Refused)
		require.Equal(t, 6000, count(t, db, "permissions", "service_id = ?", svc.ID))
		require.Equal(t, 6, count(t, db, "audit", "action = 'add'"))
	})
}

func TestAnAdditionRefusesWhatCameInBetween(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t)) // nothing works in the background
		svc, _ := mirror(t, p, 0)
		drafts := apitest.PermissionDrafts(1200)
		started, err := p.Service.StartAddition(t.Context(), mine, svc.ID, drafts)
		require.NoError(t, err)
		_, err = p.Service.AddPermissions(t.Context(), mine, svc.ID, api.PermissionBatch{Entries: drafts[1000:1003]})
		require.NoError(t, err)
		exec(t, db, "UPDATE endpoint_services SET entries = ?", api.MaxPermissions-1100)
		require.NoError(t, p.Service.(*embedded.Plane).CatchUp(t.Context(), time.Now()))

		ended := addition(t, p, svc.ID, started.ID)
		require.Equal(t, 1200, ended.Done)
		require.Equal(t, 1100, ended.Added)
		require.Len(t, ended.Refused, 100)
		require.Equal(t, drafts[1000], ended.Refused[0].Draft)
		require.Equal(t, "permission.present", ended.Refused[0].Message.Key)
		require.Equal(t, drafts[1103], ended.Refused[3].Draft)
		require.Equal(t, "permission.full", ended.Refused[3].Message.Key)
		require.Zero(t, count(t, db, "permission_additions", "drafts <> ''"), "what is done needs them no more")
	})
}

func TestTheLatestAdditionsAreKept(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		svc, _ := mirror(t, p, 0)
		start := func(n int) api.Addition {
			draft := api.PermissionDraft{Permission: api.AccountPrefix + apitest.Account(n)}
			started, err := p.Service.StartAddition(t.Context(), mine, svc.ID, []api.PermissionDraft{draft})
			require.NoError(t, err)
			return started
		}
		first := start(0)
		catchUp(t, p, 0)
		waits := start(1)
		for n := range 50 {
			start(2 + n)
		}
		_, err := p.Service.Addition(t.Context(), mine, svc.ID, first.ID)
		require.Equal(t, api.NotFound, api.CodeOf(err))
		require.Equal(t, waits.ID, addition(t, p, svc.ID, waits.ID).ID, "it is still to be done")
		catchUp(t, p, 0)
		start(99)
		require.Equal(t, 50, count(t, db, "permission_additions", "service_id = ?", svc.ID))
	})
}
