package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/store"
	"switchboard/internal/testserver"
)

func TestTheEmbeddedControlPlaneHasRegionsAndPolicies(t *testing.T) {
	t.Parallel()
	apitest.EachFresh(t, func(t *testing.T, open func(t *testing.T) *store.DB) {
		fresh := func(t *testing.T) apitest.Plane { return plane(t, open(t), ring(t)) }
		apitest.Regions(t, fresh)
		apitest.Policies(t, fresh)
	})
}

func regionsOf(t *testing.T, s api.Service) []string {
	t.Helper()
	all, err := s.Regions(t.Context(), mine)
	require.NoError(t, err)
	var names []string
	for _, r := range all {
		names = append(names, r.Name)
	}
	return names
}

func TestProcessesThatStartAtOnceMakeTheRegionsOnce(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		keys, folder := ring(t), t.TempDir()
		db := apitest.Open(t, url)
		exec(t, db, "INSERT INTO accounts (id, name, created_at) VALUES ('a', 'default', 0)")
		exec(t, db, "INSERT INTO projects (id, account_id, name, created_at) VALUES (?, 'a', 'old', 0)", mine.Project)
		errs := make([]error, 5)
		var all sync.WaitGroup
		for i := range errs {
			p := embedded.New(apitest.Open(t, url), keys, nil, embedded.Options{Region: "cn-north-4", Folders: []string{folder}})
			all.Go(func() { errs[i] = p.EnsureRegions(t.Context()) })
		}
		all.Wait()
		require.NoError(t, errors.Join(errs...))
		p := embedded.New(db, keys, nil, embedded.Options{Region: "cn-north-4", Folders: []string{folder}})
		require.Equal(t, []string{"cn-north-4", "local-2"}, regionsOf(t, p))
		require.Equal(t, 2, count(t, db, "audit", "kind = 'region'"))
		require.Equal(t, 3, count(t, db, "projects", "1 = 1"))
		for _, name := range []string{"cn-north-4", "local-2"} {
			info, err := os.Stat(filepath.Join(folder, name))
			require.NoError(t, err)
			require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
		}

		// The console moves: what was in no region stays in the one it was in.
		moved := embedded.New(db, keys, nil, embedded.Options{Region: "cn-east-2", Folders: []string{folder}})
		require.NoError(t, moved.EnsureRegions(t.Context()))
		require.Equal(t, []string{"cn-east-2", "cn-north-4", "local-2"}, regionsOf(t, moved))
		home, err := moved.Region(t.Context(), mine, "")
		require.NoError(t, err)
		require.Equal(t, "cn-north-4", home.Name)
	})
}

func TestWithoutFoldersThereAreNoRegionsInThem(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		plane(t, db, ring(t)) // makes projects and regions
		p := embedded.New(db, ring(t), nil, embedded.Options{})
		require.NoError(t, p.EnsureRegions(t.Context()))
		err := p.ValidateRegion(t.Context(), mine, "", apitest.FolderRegion("a"))
		require.Equal(t, api.Invalid, api.CodeOf(err))
		_, err = p.Browse(t.Context(), mine, "", "", 10)
		require.Equal(t, api.Unavailable, api.CodeOf(err), "a folder that is not allowed any more is not read: %v", err)
	})
}

func TestSecretsOfRegionsAreSealedAndResealed(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		older, newer := keyring.NewKey(), keyring.NewKey()
		p := plane(t, db, ring(t, older))
		for _, name := range []string{"a", "b"} {
			d := apitest.BucketRegion(name)
			_, err := p.Service.CreateRegion(t.Context(), mine, d)
			require.NoError(t, err)
			for _, table := range []string{"regions", "audit"} {
				require.NotContains(t, dump(t, db, table), d.Secret.Reveal())
			}
		}
		n, err := embedded.New(db, ring(t, newer, older), nil, embedded.Options{}).Reseal(t.Context())
		require.NoError(t, err)
		require.Equal(t, 2, n)
		alone := planeOn(t, db, ring(t, newer)) // the old key can be thrown away
		d := apitest.BucketRegion("a")
		d.Secret = api.Secret{}
		_, err = alone.Service.UpdateRegion(t.Context(), mine, "a", d, 0)
		require.NoError(t, err)
		exec(t, db, "UPDATE regions SET sealed = (SELECT sealed FROM regions WHERE name = 'a') WHERE name = 'b'")
		d = apitest.BucketRegion("b")
		d.Secret = api.Secret{}
		_, err = alone.Service.UpdateRegion(t.Context(), mine, "b", d, 0)
		require.ErrorIs(t, err, keyring.ErrSealed, "it opens in its own row alone")
	})
}

func TestAnotherFolderThatIsMountedMeanwhileIsSeen(t *testing.T) {
	t.Parallel()
	db := apitest.Open(t, t.TempDir()+"/switchboard.db")
	p := plane(t, db, ring(t))
	home, err := p.Service.Region(t.Context(), mine, "")
	require.NoError(t, err)
	browse := func() (int, error) {
		page, err := p.Service.Browse(context.Background(), mine, "", "", 10)
		return len(page.Items), err
	}
	n, err := browse()
	require.NoError(t, err)
	require.Zero(t, n)
	require.NoError(t, os.Rename(home.Folder, home.Folder+"-away"))
	_, err = browse()
	require.Equal(t, api.Unavailable, api.CodeOf(err))
	require.NoDirExists(t, home.Folder, "nobody makes it again")
	require.NoError(t, os.Mkdir(home.Folder, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(home.Folder, "new"), nil, 0o600))
	n, err = browse()
	require.NoError(t, err)
	require.Equal(t, 1, n)
}

func TestARegionInABucketIsTested(t *testing.T) {
	t.Parallel()
	server := testserver.S3(t)
	server.Exec(t, "bucket region-test", "user AKGUEST guest-secret")
	db := apitest.Open(t, t.TempDir()+"/switchboard.db")
	p := plane(t, db, ring(t))
	d := apitest.BucketRegion("bucket")
	d.Endpoint, d.Bucket, d.Signing = "http://"+server.Addr(), "region-test", ""
	d.AccessKey, d.Secret = server.User, api.NewSecret(server.Password)
	require.NoError(t, tested(t, p, d, ""), "connect, read and write")
	_, err := p.Service.CreateRegion(t.Context(), mine, d)
	require.NoError(t, err)
	d.Secret = api.Secret{}
	check, err := p.Service.TestRegion(t.Context(), mine, "bucket", d)
	require.NoError(t, err)
	require.Equal(t, api.Passed, check.Status, "the stored secret signs in: %+v", check.Steps)

	for _, c := range []struct {
		change     func(d *api.RegionDraft)
		step       api.StepName
		path, want string
	}{
		{func(d *api.RegionDraft) { d.Secret = api.NewSecret("wrong-secret") }, api.StepRead, "secret", "region.test_denied"},
		{func(d *api.RegionDraft) { d.AccessKey = "AKNOBODY" }, api.StepRead, "access_key", "region.test_denied"},
		{func(d *api.RegionDraft) { d.AccessKey, d.Secret = "AKGUEST", api.NewSecret("guest-secret") }, api.StepRead, "access_key", "region.test_denied"},
		{func(d *api.RegionDraft) { d.Bucket = "not-there" }, api.StepRead, "bucket", "region.test_no_store"},
		{func(d *api.RegionDraft) { d.Endpoint = "http://" + testserver.ClosedAddr(t).String() }, api.StepConnect, "endpoint", "region.test_unreachable"},
		{func(d *api.RegionDraft) { d.Endpoint = "http://169.254.169.254" }, api.StepConnect, "endpoint", "region.test_unreachable"},
		{func(d *api.RegionDraft) { d.Endpoint = "https://" + server.Addr() }, api.StepConnect, "endpoint", "region.test_unreachable"},
	} {
		d := d
		d.Name, d.Prefix, d.Secret = "other", "elsewhere", api.NewSecret(server.Password)
		c.change(&d)
		check, err := p.Service.TestRegion(t.Context(), mine, "", d)
		require.NoError(t, err)
		failure := check.Failure()
		require.NotNil(t, failure, c.want)
		require.Equal(t, c.step, failure.Name, "%+v", failure)
		require.Equal(t, c.path, failure.Path, "%+v", failure)
		require.Equal(t, c.want, failure.Message.Key)
		require.NotContains(t, failure.Detail, d.Secret.Reveal())
	}
	require.Equal(t, 9, count(t, db, "audit", "action = 'test' AND kind = 'region'"), "who asked where is written down")
}

// tested tests a draft, and is the error of what failed.
func tested(t *testing.T, p apitest.Plane, d api.RegionDraft, name string) error {
	t.Helper()
	check, err := p.Service.TestRegion(t.Context(), mine, name, d)
	if failure := check.Failure(); failure != nil {
		return fmt.Errorf("%+v", failure)
	}
	return err
}

func TestARegionThatIsMadeAgainIsNotTheOneBefore(t *testing.T) {
	t.Parallel()
	db := apitest.Open(t, t.TempDir()+"/switchboard.db")
	p := plane(t, db, ring(t))
	for i, folder := range []string{"one", "two"} {
		d := apitest.FolderRegion("again")
		d.Folder = folder
		r, err := p.Service.CreateRegion(t.Context(), mine, d)
		require.NoError(t, err)
		for range i {
			require.NoError(t, os.WriteFile(filepath.Join(r.Folder, "new"), nil, 0o600))
		}
		there := api.Scope{Project: r.Projects[0].ID, Actor: mine.Actor}
		page, err := p.Service.Browse(t.Context(), there, "", "", 10)
		require.NoError(t, err)
		require.Len(t, page.Items, i)
		require.NoError(t, p.Service.DeleteRegion(t.Context(), mine, "again", 0))
	}
}

func TestACommandBesideTheServerConnectsToNoBucket(t *testing.T) {
	t.Parallel()
	db := apitest.Open(t, t.TempDir()+"/switchboard.db")
	plane(t, db, ring(t)) // makes projects and regions
	p := embedded.New(db, ring(t), nil, embedded.Options{})
	check, err := p.TestRegion(t.Context(), mine, "", apitest.BucketRegion("a"))
	require.NoError(t, err)
	require.Equal(t, "region.test_unreachable", check.Failure().Message.Key)
}

func TestTwoRegionsAreNotTheSameFolderByAnotherPath(t *testing.T) {
	t.Parallel()
	db := apitest.Open(t, t.TempDir()+"/switchboard.db")
	p := plane(t, db, ring(t))
	folder := folderOf(t, db)
	door := filepath.Join(t.TempDir(), "door")
	require.NoError(t, os.Symlink(folder, door))
	both := embedded.New(db, ring(t), nil, embedded.Options{Folders: []string{door, folder}})
	for _, below := range []string{"local-2", "local-2/below", "local-2/below/more"} {
		d := apitest.FolderRegion("mine")
		d.Folder = filepath.Join(door, below)
		err := both.ValidateRegion(t.Context(), mine, "", d)
		require.ErrorContains(t, err, "folder: region.place_taken", below)
	}
	require.NoError(t, both.ValidateRegion(t.Context(), mine, "", apitest.FolderRegion("free")))

	// A link that takes the place of a folder later is not followed, wherever it leads.
	home, err := p.Service.Region(t.Context(), mine, "")
	require.NoError(t, err)
	require.NoError(t, os.Remove(home.Folder))
	require.NoError(t, os.Symlink("local-2", home.Folder))
	_, err = p.Service.Browse(t.Context(), mine, "", "", 10)
	require.Equal(t, api.Unavailable, api.CodeOf(err))
}
