package apitest

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// regionCanary is a secret that must be found nowhere.
const regionCanary = "canary-of-a-region-71"

// FolderRegion is a draft of a region in a folder, below the one where the Service
// has them.
func FolderRegion(name string) api.RegionDraft {
	return api.RegionDraft{Name: name, Kind: api.StoreFolder, Folder: name}
}

// BucketRegion is a draft of a region in a bucket where nobody is.
func BucketRegion(name string) api.RegionDraft {
	return api.RegionDraft{
		Name: name, Kind: api.StoreS3, Endpoint: "https://obs.example.com", Bucket: "backups", Prefix: name, Signing: "cn-north-4",
		PathStyle: true, AccessKey: "AKCANARY", Secret: api.NewSecret(regionCanary), Bandwidth: "80",
	}
}

// Regions says what the regions of any Service are like. open returns one with the
// two of a fresh start.
func Regions(t *testing.T, open func(t *testing.T) Plane) {
	for name, test := range map[string]func(*testing.T, Plane){
		"a fresh start has two regions, each with a project":                        freshRegions,
		"a region is found by its name, and without one it is the project's":        regionFound,
		"a region brings a project of its name":                                     regionProject,
		"what is left out of a region has a default, and is said in one way":        regionDefaults,
		"all problems of a region are reported at once, each at its input":          regionProblems,
		"a region's name is taken once":                                             regionNamesTaken,
		"two regions are not in the same place, nor one in the other":               regionsApart,
		"a folder that regions may not be in is refused, whatever leads there":      regionOutside,
		"a region in which there are backups stays where it is":                     regionStays,
		"of those who create a region at once one wins":                             regionRace,
		"who saves a region second is told":                                         regionChangedMeanwhile,
		"a secret stays with its endpoint, bucket and access key":                   regionSecretBound,
		"a region that nobody needs is deleted, and its name is free":               regionDeleted,
		"a region that something needs is not deleted":                              regionNeeded,
		"a test of a folder reads, writes and cleans up":                            regionTested,
		"a test that fails says where":                                              regionTestFails,
		"folders and objects of a region are browsed, without the console's own":    regionBrowsed,
		"what no database can hold is refused or not found in regions, too":         unstorableRegion,
		"changes of regions tell who did what, and no secret":                       regionChanges,
		"a region of a project in another one is the same, but not the asker's own": regionOfOthers,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func createRegion(t *testing.T, p Plane, d api.RegionDraft) api.Region {
	t.Helper()
	r, err := p.Service.CreateRegion(t.Context(), p.Mine, d)
	require.NoError(t, err)
	return r
}

func getRegion(t *testing.T, p Plane, name string) api.Region {
	t.Helper()
	r, err := p.Service.Region(t.Context(), p.Mine, name)
	require.NoError(t, err)
	return r
}

func regionNames(t *testing.T, p Plane) []string {
	t.Helper()
	all, err := p.Service.Regions(t.Context(), p.Mine)
	require.NoError(t, err)
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].Name
	}
	return names
}

func freshRegions(t *testing.T, p Plane) {
	all, err := p.Service.Regions(t.Context(), p.Mine)
	require.NoError(t, err)
	require.Len(t, all, 2)
	for i, r := range all {
		require.Equal(t, "local-"+strconv.Itoa(i+1), r.Name)
		require.Equal(t, api.StoreFolder, r.Kind)
		require.True(t, filepath.IsAbs(r.Folder))
		require.DirExists(t, r.Folder)
		var names []string
		for _, project := range r.Projects {
			names = append(names, project.Name)
		}
		require.Contains(t, names, r.Name)
		require.Equal(t, i == 0, r.Home)
	}
}

func regionFound(t *testing.T, p Plane) {
	created := createRegion(t, p, BucketRegion("cn-east-2"))
	require.Equal(t, created, getRegion(t, p, "cn-east-2"))
	require.Equal(t, getRegion(t, p, "local-1"), getRegion(t, p, ""))
	require.Equal(t, []string{"cn-east-2", "local-1", "local-2"}, regionNames(t, p))
	_, err := p.Service.Region(t.Context(), p.Mine, "nowhere")
	requireCode(t, err, api.NotFound)
}

func regionProject(t *testing.T, p Plane) {
	r := createRegion(t, p, FolderRegion("cn-east-2"))
	require.Len(t, r.Projects, 1)
	require.Equal(t, "cn-east-2", r.Projects[0].Name)
	require.Regexp(t, `^[0-9a-f]{32}$`, r.Projects[0].ID)
	there := api.Scope{Project: r.Projects[0].ID, Actor: p.Mine.Actor}
	home, err := p.Service.Region(t.Context(), there, "")
	require.NoError(t, err)
	require.Equal(t, "cn-east-2", home.Name)
	require.True(t, home.Home)
}

func regionDefaults(t *testing.T, p Plane) {
	d := BucketRegion("cn-east-2")
	d.Endpoint, d.Prefix, d.Signing, d.Bandwidth, d.Folder = "HTTPS://OBS.Example.com.:443/", "/team/a/", "", "", "/etc"
	r := createRegion(t, p, d)
	require.Equal(t, "https://obs.example.com", r.Endpoint)
	require.Equal(t, "team/a/", r.Prefix)
	require.Equal(t, "us-east-1", r.Signing)
	require.Zero(t, r.Bandwidth)
	require.Empty(t, r.Folder)
	require.True(t, r.Secret)
	require.Equal(t, p.Mine.Actor.User, r.Created.By)
	require.EqualValues(t, 1, r.Version)

	folder := FolderRegion("cn-east-3")
	folder.Kind, folder.Bandwidth = "", "80"
	r = createRegion(t, p, folder)
	require.Equal(t, filepath.Join(filepath.Dir(getRegion(t, p, "").Folder), "cn-east-3"), r.Folder)
	require.Equal(t, int64(80<<20), r.Bandwidth)
	require.DirExists(t, r.Folder)
}

func regionProblems(t *testing.T, p Plane) {
	d := api.RegionDraft{
		Name: "no region", Kind: api.StoreS3, Endpoint: "https://obs.example.com/x", Bucket: "a", Prefix: "a/../b", Signing: "a b",
		AccessKey: "a b", Secret: api.NewSecret("••••••"), Bandwidth: "fast",
	}
	want := []string{
		"name region.name_form", "endpoint region.endpoint_form", "bucket region.bucket_form", "prefix region.prefix_form",
		"signing region.signing_form", "access_key region.access_key_form", "secret region.secret_mask", "bandwidth region.bandwidth_form",
	}
	_, err := p.Service.CreateRegion(t.Context(), p.Mine, d)
	requireCode(t, err, api.Invalid)
	require.Equal(t, want, paths(err))
	require.Equal(t, want, paths(p.Service.ValidateRegion(t.Context(), p.Mine, "", d)))
	require.Equal(t, []string{
		"name region.name_required", "endpoint region.endpoint_required", "bucket region.bucket_required",
		"access_key region.access_key_required", "secret region.secret_required",
	}, paths(p.Service.ValidateRegion(t.Context(), p.Mine, "", api.RegionDraft{Kind: api.StoreS3})))
	require.Equal(t, []string{"name region.name_required", "folder region.folder_required"},
		paths(p.Service.ValidateRegion(t.Context(), p.Mine, "", api.RegionDraft{})))
	require.Equal(t, []string{"kind region.kind_unknown"},
		paths(p.Service.ValidateRegion(t.Context(), p.Mine, "", api.RegionDraft{Name: "a", Kind: "tape"})))
	require.NoError(t, p.Service.ValidateRegion(t.Context(), p.Mine, "", BucketRegion("free")))
	require.Len(t, regionNames(t, p), 2, "to validate stores nothing")
}

func regionNamesTaken(t *testing.T, p Plane) {
	_, err := p.Service.CreateRegion(t.Context(), p.Mine, BucketRegion("local-2"))
	requireCode(t, err, api.Conflict)
	require.Equal(t, []string{"name region.name_taken"}, paths(err))
	requireCode(t, p.Service.ValidateRegion(t.Context(), p.Mine, "", BucketRegion("local-2")), api.Conflict)
}

func regionsApart(t *testing.T, p Plane) {
	for _, folder := range []string{"local-2", "local-2/below"} {
		d := FolderRegion("mine")
		d.Folder = folder
		_, err := p.Service.CreateRegion(t.Context(), p.Mine, d)
		requireCode(t, err, api.Invalid)
		require.Equal(t, []string{"folder region.place_taken"}, paths(err))
	}
	d := BucketRegion("a")
	d.Prefix = "team/a"
	createRegion(t, p, d)
	for prefix, free := range map[string]bool{"": false, "team": false, "team/a": false, "team/a/b": false, "team/ab": true, "other": true} {
		d.Name, d.Prefix = "b", prefix
		require.Equal(t, free, p.Service.ValidateRegion(t.Context(), p.Mine, "", d) == nil, prefix)
	}
	d.Prefix, d.Endpoint = "", "https://obs.example.com:9000"
	require.NoError(t, p.Service.ValidateRegion(t.Context(), p.Mine, "", d), "another endpoint is another place")
}

func regionOutside(t *testing.T, p Plane) {
	for _, folder := range []string{"/etc", "..", "../elsewhere", "a/../../b", "/", "."} {
		d := FolderRegion("mine")
		d.Folder = folder
		_, err := p.Service.CreateRegion(t.Context(), p.Mine, d)
		requireCode(t, err, api.Invalid)
		require.Equal(t, "folder region.folder_outside", paths(err)[0], folder)
	}
	outside := t.TempDir()
	allowed := filepath.Dir(getRegion(t, p, "").Folder)
	require.NoError(t, os.Symlink(outside, filepath.Join(allowed, "door")))
	require.NoError(t, os.Symlink("local-2", filepath.Join(allowed, "alias")))
	for _, folder := range []string{"door", "door/region", "alias", "alias/below"} {
		d := FolderRegion("mine")
		d.Folder = folder
		_, err := p.Service.CreateRegion(t.Context(), p.Mine, d)
		require.Equal(t, []string{"folder region.folder_link"}, paths(err), folder)
		_, err = p.Service.TestRegion(t.Context(), p.Mine, "", d)
		require.Equal(t, []string{"folder region.folder_link"}, paths(err), folder)
	}
	left, err := os.ReadDir(outside)
	require.NoError(t, err)
	require.Empty(t, left)
}

func regionRace(t *testing.T, p Plane) {
	require.Equal(t, 1, atOnce(t, 6, api.Conflict, func(i int) error {
		d := FolderRegion("same")
		d.Folder = "folder-" + strconv.Itoa(i)
		_, err := p.Service.CreateRegion(t.Context(), p.Mine, d)
		return err
	}))
	require.Equal(t, 1, atOnce(t, 6, api.Invalid, func(i int) error {
		d := FolderRegion("region-" + strconv.Itoa(i))
		d.Folder = "shared" + strings.Repeat("/below", i%2)
		_, err := p.Service.CreateRegion(t.Context(), p.Mine, d)
		return err
	}), "and so it is with a place")
	require.Len(t, regionNames(t, p), 4)
}

func regionTested(t *testing.T, p Plane) {
	created := createRegion(t, p, FolderRegion("cn-east-2"))
	check, err := p.Service.TestRegion(t.Context(), p.Mine, "cn-east-2", FolderRegion("cn-east-2"))
	require.NoError(t, err)
	require.Equal(t, api.Passed, check.Status, "%+v", check.Steps)
	require.Equal(t, []string{"read passed", "write passed"}, stepsOf(check))
	require.Empty(t, filesIn(t, created.Folder))
}

func stepsOf(check api.Check) []string {
	steps := make([]string, len(check.Steps))
	for i, s := range check.Steps {
		steps[i] = string(s.Name) + " " + string(s.Status)
	}
	return steps
}

// filesIn lists the files in a folder and below.
func filesIn(t *testing.T, folder string) []string {
	t.Helper()
	var files []string
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, path)
		}
		return err
	}))
	return files
}

func regionTestFails(t *testing.T, p Plane) {
	check, err := p.Service.TestRegion(t.Context(), p.Mine, "", FolderRegion("not-there"))
	require.NoError(t, err)
	require.Equal(t, api.Failed, check.Status)
	require.Equal(t, []string{"read failed", "write skipped"}, stepsOf(check))
	failure := check.Failure()
	require.Equal(t, "folder", failure.Path)
	require.Equal(t, "region.test_no_store", failure.Message.Key)
	require.False(t, failure.Hint.IsZero())
	require.NotContains(t, regionNames(t, p), "not-there")

	_, err = p.Service.TestRegion(t.Context(), p.Mine, "nowhere", FolderRegion("nowhere"))
	requireCode(t, err, api.NotFound)
	_, err = p.Service.TestRegion(t.Context(), p.Mine, "", api.RegionDraft{})
	requireCode(t, err, api.Invalid)
}

func regionBrowsed(t *testing.T, p Plane) {
	root := getRegion(t, p, "").Folder
	for _, file := range []string{"a.txt", "dumps/one.sql", "dumps/two.sql", "dumps/deep/x", "z.txt", ".switchboard/backups/x", ".switchboardish"} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, filepath.Dir(file)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(root, file), []byte(file), 0o600))
	}
	browse := func(folder string, limit int) (seen []string) {
		cursor := ""
		for {
			page, err := p.Service.Browse(t.Context(), p.Mine, folder, cursor, limit)
			require.NoError(t, err)
			require.LessOrEqual(t, len(page.Items), limit)
			for _, e := range page.Items {
				seen = append(seen, e.Path+" "+strconv.FormatInt(e.Size, 10))
			}
			if cursor = page.Next; cursor == "" {
				return seen
			}
		}
	}
	for limit := range 5 {
		require.Equal(t, []string{".switchboardish 15", "a.txt 5", "dumps/ 0", "z.txt 5"}, browse("", limit+1))
		require.Equal(t, []string{"dumps/deep/ 0", "dumps/one.sql 13", "dumps/two.sql 13"}, browse("dumps/", limit+1))
	}
	require.Equal(t, []string{"dumps/deep/x 12"}, browse("dumps/deep", 10))
	for _, folder := range []string{".switchboard", ".switchboard/backups", "..", "a/../..", "dumps//deep", "\x00", "\xff"} {
		_, err := p.Service.Browse(t.Context(), p.Mine, folder, "", 10)
		requireCode(t, err, api.Invalid)
	}
}

func regionOfOthers(t *testing.T, p Plane) {
	away := getRegion(t, p, "local-2")
	require.False(t, away.Home)
	there := api.Scope{Project: away.Projects[0].ID, Actor: p.Mine.Actor}
	theirs, err := p.Service.Region(t.Context(), there, "local-2")
	require.NoError(t, err)
	require.True(t, theirs.Home)
	theirs.Home = false
	require.Equal(t, away, theirs)
}
