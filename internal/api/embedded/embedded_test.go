package embedded_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/store"
	"switchboard/internal/testserver"
)

var mine = api.Scope{
	Project: "11111111111111111111111111111111",
	Actor: api.Actor{
		UserID: "u1", User: "ada", Way: api.WayPage, Addr: "192.0.2.7", RequestID: "r1",
	},
}

var other = api.Scope{Project: "22222222222222222222222222222222", Actor: api.Actor{User: "eve"}}

// plane is a control plane on db with the two projects.
func plane(t testing.TB, db *store.DB, keys *keyring.Ring) apitest.Plane {
	t.Helper()
	err := db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO accounts (id, name, created_at) VALUES ('a', 'default', 0)")
		for _, s := range []api.Scope{mine, other} {
			if err == nil {
				_, err = tx.ExecContext(ctx, "INSERT INTO projects (id, account_id, name, created_at) VALUES (?, 'a', ?, 0)", s.Project, s.Project)
			}
		}
		return err
	})
	require.NoError(t, err)
	p := planeOn(t, db, keys)
	require.NoError(t, p.Service.(*embedded.Plane).EnsureRegions(t.Context()))
	return p
}

// planeOn is another control plane on db.
func planeOn(t testing.TB, db *store.DB, keys *keyring.Ring) apitest.Plane {
	t.Helper()
	o := embedded.Options{Folders: []string{folderOf(t, db)}}
	p := embedded.New(db, keys, probe.New(probe.Options{}), o)
	t.Cleanup(func() { require.NoError(t, p.Stop(context.Background())) })
	return apitest.Plane{Service: p, Mine: mine, Other: other}
}

// folderOf is where the folders of a database's regions are, a new one if there are
// none.
func folderOf(t testing.TB, db *store.DB) string {
	t.Helper()
	if folder := foldersIn(t.Context(), db); folder != "" {
		return folder
	}
	return t.TempDir()
}

// foldersIn is where the folders of a database's regions are, or nothing.
func foldersIn(ctx context.Context, db *store.DB) string {
	regions, err := embedded.New(db, nil, nil, embedded.Options{}).Regions(ctx, mine)
	for _, r := range regions {
		if err == nil && r.Kind == api.StoreFolder {
			return filepath.Dir(r.Folder)
		}
	}
	return ""
}

func ring(t testing.TB, keys ...string) *keyring.Ring {
	t.Helper()
	if len(keys) == 0 {
		keys = []string{keyring.NewKey()}
	}
	r, err := keyring.Parse(strings.Join(keys, "\n"))
	require.NoError(t, err)
	return r
}

func TestTheEmbeddedControlPlaneIsAService(t *testing.T) {
	t.Parallel()
	apitest.EachFresh(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		apitest.Links(t, func(t *testing.T) apitest.Plane {
			return plane(t, open(t), ring(t))
		})
		apitest.Health(t, func(t *testing.T) apitest.Plane {
			p := plane(t, open(t), ring(t))
			begin(t, p)
			return p
		})
	})
}

func TestSecretsAreSealedAtRest(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		_, err := p.Service.CreateLink(t.Context(), mine, apitest.MySQLDraft("orders"), api.Shape)
		require.NoError(t, err)
		for _, table := range []string{"links", "audit"} {
			require.NotContains(t, dump(t, db, table), "correct-horse-9")
		}
	})
}

// dump is everything in a table, as text.
func dump(t *testing.T, db *store.DB, table string) string {
	t.Helper()
	var rows []map[string]any
	require.NoError(t, db.Read.NewSelect().Table(table).Scan(t.Context(), &rows))
	require.NotEmpty(t, rows)
	return fmt.Sprint(rows)
}

func TestASealedSecretDoesNotOpenInAnotherRow(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		for _, name := range []string{"a", "b"} {
			_, err := p.Service.CreateLink(t.Context(), mine, apitest.MySQLDraft(name), api.Shape)
			require.NoError(t, err)
		}
		require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE links SET sealed = (SELECT sealed FROM links WHERE name = 'a')")
			return err
		}))
		b, err := p.Service.FindLink(t.Context(), mine, api.DefaultCluster, "b")
		require.NoError(t, err)
		d := apitest.MySQLDraft("b")
		d.ID, d.Secrets = b.ID, nil
		_, err = p.Service.UpdateLink(t.Context(), mine, d, api.Shape)
		require.ErrorIs(t, err, keyring.ErrSealed)
	})
}

func TestResealMovesEverySecretToTheCurrentKey(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		older, newer := keyring.NewKey(), keyring.NewKey()
		p := plane(t, db, ring(t, older))
		for i := range 120 { // more than a batch
			_, err := p.Service.CreateLink(t.Context(), mine, apitest.MySQLDraft("link_"+strconv.Itoa(i)), api.Shape)
			require.NoError(t, err)
		}
		both := embedded.New(db, ring(t, newer, older), probe.New(probe.Options{}), embedded.Options{})
		n, err := both.Reseal(t.Context())
		require.NoError(t, err)
		require.Equal(t, 120, n)
		n, err = both.Reseal(t.Context())
		require.NoError(t, err)
		require.Zero(t, n)
		// The old key can be thrown away now: a test opens the secret.
		alone := embedded.New(db, ring(t, newer), probe.New(probe.Options{}), embedded.Options{})
		link, err := alone.FindLink(t.Context(), mine, api.DefaultCluster, "link_0")
		require.NoError(t, err)
		d := apitest.MySQLDraft("link_0")
		d.ID, d.Secrets = link.ID, nil
		require.NoError(t, alone.ValidateLink(t.Context(), mine, d))
	})
}

func TestALinkToARealServer(t *testing.T) {
	t.Parallel()
	server := testserver.MariaDB(t)
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		account := server.Account(t)
		d := apitest.MySQLDraft("orders")
		d.Inputs["linkConfig.host"], d.Inputs["linkConfig.port"] = server.Host, strconv.Itoa(server.Port)
		d.Inputs["linkConfig.database"], d.Inputs["linkConfig.username"] = account.Database, account.User

		d.Secrets["linkConfig.password"] = api.NewSecret("wrong")
		_, err := p.Service.CreateLink(t.Context(), mine, d, api.Connect)
		requireFailedAt(t, err, "linkConfig.password")
		_, err = p.Service.FindLink(t.Context(), mine, d.Cluster, d.Name)
		require.Equal(t, api.NotFound, api.CodeOf(err), "a link whose check failed is not stored")

		d.Secrets["linkConfig.password"] = api.NewSecret(account.Password)
		check, err := p.Service.TestLink(t.Context(), mine, d)
		require.NoError(t, err)
		require.Equal(t, api.Passed, check.Status, "%+v", check.Steps)
		created, err := p.Service.CreateLink(t.Context(), mine, d, api.Connect)
		require.NoError(t, err)
		stored, err := p.Service.Link(t.Context(), mine, created.ID)
		require.NoError(t, err)
		require.Equal(t, api.Passed, stored.Check.Status)
		require.Equal(t, created.Check.Steps, stored.Check.Steps)

		d.ID, d.Secrets = created.ID, nil
		check, err = p.Service.TestLink(t.Context(), mine, d)
		require.NoError(t, err)
		require.Equal(t, api.Passed, check.Status, "the stored secret signs in")
		changes, err := p.Service.Changes(t.Context(), mine, "link", created.ID, "", 1)
		require.NoError(t, err)
		require.Equal(t, "test", changes[0].Action)
	})
}

func requireFailedAt(t *testing.T, err error, path string) {
	t.Helper()
	require.Equal(t, api.CheckFailed, api.CodeOf(err), "error: %v", err)
	e := err.(*api.Error) //nolint:errorlint // services return it as it is
	require.Equal(t, path, e.Check.Failure().Path)
}

func TestSaveAnywayStoresALinkThatNobodyAnswers(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		d := apitest.MySQLDraft("orders")
		d.Inputs["linkConfig.host"], d.Inputs["linkConfig.port"] = closedPort(t)
		_, err := p.Service.CreateLink(t.Context(), mine, d, api.Connect)
		requireFailedAt(t, err, "linkConfig.port")
		created, err := p.Service.CreateLink(t.Context(), mine, d, api.Anyway)
		require.NoError(t, err)
		require.Equal(t, api.Failed, created.Check.Status)
		page, err := p.Service.ListLinks(t.Context(), mine, api.LinkQuery{})
		require.NoError(t, err)
		require.Equal(t, api.Failed, page.Items[0].Check.Status)
	})
}

// closedPort is an address on this machine where nothing listens.
func closedPort(t *testing.T) (host, port string) {
	t.Helper()
	at := testserver.ClosedAddr(t)
	return at.IP.String(), strconv.Itoa(at.Port)
}

func TestOfTwoUpdatesAtOnceOneWins(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		p := plane(t, db, ring(t))
		created, err := p.Service.CreateLink(t.Context(), mine, apitest.MySQLDraft("orders"), api.Shape)
		require.NoError(t, err)
		const racers = 8
		results := make(chan error, racers)
		for i := range racers {
			go func() {
				d := apitest.MySQLDraft("orders_" + strconv.Itoa(i))
				d.ID, d.Version = created.ID, created.Version
				_, err := p.Service.UpdateLink(t.Context(), mine, d, api.Shape)
				results <- err
			}()
		}
		won := 0
		for range racers {
			if err := <-results; err == nil {
				won++
			} else {
				require.Equal(t, api.Conflict, api.CodeOf(err), "error: %v", err)
			}
		}
		require.Equal(t, 1, won)
		stored, err := p.Service.Link(t.Context(), mine, created.ID)
		require.NoError(t, err)
		require.EqualValues(t, 2, stored.Version)
	})
}
