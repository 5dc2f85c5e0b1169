package apitest

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// What not every Service does with backups.
const (
	// Opens says that what is in a backup can be read, and what it is called is asked for.
	Opens Ability = "opens"
	// TakesOver says that objects that somebody else makes can be backups.
	TakesOver Ability = "takes over"
	// Knows says that a Service knows by itself what is at other regions: which projects,
	// and which replicas.
	Knows Ability = "knows"
	// Cancels says that a replication can be cancelled.
	Cancels Ability = "cancels"
)

// needs leaves a test out that is about what a Service does not do, and says why.
func needs(t *testing.T, p Plane, abilities ...Ability) {
	t.Helper()
	for _, a := range abilities {
		if !p.has(a) {
			t.Skip(p.Without[a])
		}
	}
}

// stores is where the objects of a plane's backups lie.
func stores(p Plane) Plane {
	if p.Stores != nil {
		return *p.Stores
	}
	return p
}

// Backups says what the backups of any Service are like. open returns an empty one
// that works in the background, with the project in a region that is a folder.
func Backups(t *testing.T, open func(t *testing.T) Plane) {
	for name, test := range map[string]func(*testing.T, Plane){
		"a folder becomes an archive of its objects":                     backupFolder,
		"an object is copied as it is":                                   backupObject,
		"objects that somebody else makes are taken over where they are": backupAdopted,
		"what was taken over is what it was, or is not available":        backupAdoptedChanges,
		"what cannot be backed up fails and says why":                    backupFails,
		"where there is nothing to back up, that is said":                backupNothing,
		"some resources of a policy are backed up, or one without it":    backupSome,
		"all problems of a draft are reported at once":                   backupProblems,
		"backups are listed, found, sorted and counted":                  backupLists,
		"backups are deleted with what they hold":                        backupDeleted,
		"what was taken over is only forgotten":                          backupForgotten,
		"backups of other projects are not there":                        backupForeign,
		"a backup that is not any more what it was cannot be read":       backupDamaged,
		"a store that is away loses no backups":                          backupAway,
		"a policy keeps as many backups as it says":                      backupRetention,
		"a policy that is disabled removes nothing":                      backupDisabled,
		"quotas say what is used":                                        backupQuotas,
		"changes tell of backups":                                        backupChanges,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// Files writes objects into the region that the project is in: its folder is
// returned.
func Files(t testing.TB, p Plane, contents map[string]string) (folder string) {
	t.Helper()
	p = stores(p)
	region, err := p.Service.Region(t.Context(), p.Mine, "")
	require.NoError(t, err)
	for name, content := range contents {
		path := filepath.Join(region.Folder, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	}
	return region.Folder
}

// Protect makes a policy of resources; those whose paths end in "*" are taken over.
func Protect(t testing.TB, p Plane, name string, paths ...string) api.Policy {
	t.Helper()
	d := api.PolicyDraft{Name: name}
	for _, path := range paths {
		r := api.ResourceDraft{Path: path}
		if r.Adopt = path[len(path)-1] == '*'; r.Adopt {
			r.Path = path[:len(path)-1]
		}
		d.Resources = append(d.Resources, r)
	}
	policy, err := p.Service.CreatePolicy(t.Context(), p.Mine, d)
	require.NoError(t, err)
	return policy
}

// BackUp backs a policy up and waits until that has ended.
func BackUp(t testing.TB, p Plane, policy string) (api.Checkpoint, []api.Backup) {
	t.Helper()
	c, err := p.Service.StartCheckpoint(t.Context(), p.Mine, api.CheckpointDraft{Policy: policy})
	require.NoError(t, err)
	return CheckpointEnds(t, p, c.ID)
}

// CheckpointEnds waits until a checkpoint has ended, and returns it with its backups,
// by path.
func CheckpointEnds(t testing.TB, p Plane, id string) (c api.Checkpoint, backups []api.Backup) {
	t.Helper()
	require.Eventually(t, func() bool {
		var err error
		c, err = p.Service.Checkpoint(t.Context(), p.Mine, id)
		return err == nil && !c.Ended.IsZero()
	}, time.Minute, 5*time.Millisecond)
	page, err := p.Service.ListBackups(t.Context(), p.Mine, api.BackupQuery{Checkpoint: id, Limit: api.MaxPage})
	require.NoError(t, err)
	slices.SortFunc(page.Items, func(a, b api.Backup) int { return bytes.Compare([]byte(a.Path), []byte(b.Path)) })
	return c, page.Items
}

// ReadBackup reads a backup to its end.
func ReadBackup(ctx context.Context, p Plane, id string) ([]byte, error) {
	_, content, err := p.Service.OpenBackup(ctx, p.Mine, id)
	if err != nil {
		return nil, err
	}
	read, err := io.ReadAll(content)
	return read, errors.Join(err, content.Close())
}

// Unpack are the objects of an archive, by their names.
func Unpack(t testing.TB, archive []byte) map[string]string {
	t.Helper()
	found := map[string]string{}
	for r := tar.NewReader(bytes.NewReader(archive)); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return found
		}
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Equal(t, byte(tar.TypeReg), header.Typeflag)
		require.EqualValues(t, 0o644, header.Mode)
		require.WithinDuration(t, time.Now(), header.ModTime, time.Hour)
		found[header.Name] = string(content)
	}
}

func sumOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func backupFolder(t *testing.T, p Plane) {
	needs(t, p, Opens)
	files := map[string]string{"orders/b.txt": "two", "orders/a.txt": "one", "orders/2026/11/c": "", "other/d": "no", "ordersz": "no"}
	folder := Files(t, p, files)
	require.NoError(t, os.Symlink("a.txt", filepath.Join(folder, "orders", "link")))
	policy := Protect(t, p, "nightly", "orders")
	started, err := p.Service.StartCheckpoint(t.Context(), p.Mine, api.CheckpointDraft{Policy: policy.ID, Description: "before the move"})
	require.NoError(t, err)
	require.Equal(t, 1, started.Backups, "a program finds the backup at once")
	page, err := p.Service.ListBackups(t.Context(), p.Mine, api.BackupQuery{Checkpoint: started.ID})
	require.NoError(t, err)
	require.Len(t, page.Items, 1)

	c, backups := CheckpointEnds(t, p, started.ID)
	require.Equal(t, api.BackupAvailable, c.Status(), "%+v", backups)
	require.Equal(t, policy.ID, c.Policy)
	require.Equal(t, "nightly", c.PolicyName)
	require.Equal(t, policy.Resources, c.Resources)
	require.Equal(t, p.Mine.Actor.User, c.Created.By)
	b := backups[0]
	require.Equal(t, page.Items[0].ID, b.ID)
	require.Regexp(t, "^manualbk_[a-z0-9]+$", b.Name)
	require.Equal(t, "before the move", b.Description)
	require.Equal(t, api.Used{ID: policy.Resources[0].ID, Name: "orders"}, b.Resource)
	require.Equal(t, "orders", b.Path)
	require.Equal(t, policy.ID, b.Policy)
	require.Equal(t, api.BackupOriginal, b.Kind)
	require.False(t, b.Adopted)
	require.Nil(t, b.Fault)
	require.Equal(t, api.CopyNone, b.CopyStatus())
	require.WithinDuration(t, c.Created.At, b.Created, 0)
	require.NotZero(t, b.Finished)
	require.Equal(t, api.Checkpoint{
		ID: c.ID, Policy: c.Policy, PolicyName: c.PolicyName, Description: "before the move", Resources: c.Resources,
		Created: c.Created, Ended: c.Ended, Backups: 1, Available: 1, Bytes: b.Size,
		Message: c.Message,
	}, c)

	require.Equal(t, api.MessageLinksLeftOut, c.Message.Key, "what is not in it is told")
	require.Equal(t, "orders/link", c.Message.Args["names"])

	archive, err := ReadBackup(t.Context(), p, b.ID)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"a.txt": "one", "b.txt": "two", "2026/11/c": ""}, Unpack(t, archive))
	require.EqualValues(t, len(archive), b.Size)
	require.Equal(t, b.Size, b.Bytes)
	require.Equal(t, sumOf(archive), b.Sum)

	_, again := BackUp(t, p, policy.ID)
	require.Equal(t, b.Sum, again[0].Sum, "the same folder is the same archive")
	last, err := p.Service.Checkpoints(t.Context(), p.Mine, policy.ID, 9)
	require.NoError(t, err)
	require.Len(t, last, 2)
	require.Equal(t, again[0].Checkpoint, last[0].ID, "newest first")
	require.Equal(t, c, last[1])
	stored, err := p.Service.Policy(t.Context(), p.Mine, policy.ID)
	require.NoError(t, err)
	require.Equal(t, &last[0], stored.Last)
}

func backupObject(t *testing.T, p Plane) {
	needs(t, p, Opens)
	Files(t, p, map[string]string{"dumps/orders.sql": "select 1"})
	policy := Protect(t, p, "nightly", "dumps/orders.sql")
	c, err := p.Service.StartCheckpoint(t.Context(), p.Mine, api.CheckpointDraft{Policy: policy.ID, Name: "before-move_1", Auto: true})
	require.NoError(t, err)
	c, backups := CheckpointEnds(t, p, c.ID)
	require.True(t, c.Auto)
	require.Equal(t, "before-move_1", c.Name)
	require.Equal(t, "before-move_1", backups[0].Name)
	require.True(t, backups[0].Auto)
	content, err := ReadBackup(t.Context(), p, backups[0].ID)
	require.NoError(t, err)
	require.Equal(t, "select 1", string(content))
	require.Equal(t, sumOf(content), backups[0].Sum)
}

func backupAdopted(t *testing.T, p Plane) {
	needs(t, p, TakesOver)
	folder := Files(t, p, map[string]string{"dumps/mon.sql": "monday", "dumps/2026/tue.sql": "tuesday!"})
	monday := time.Now().Add(-48 * time.Hour).Truncate(time.Second)
	require.NoError(t, os.Chtimes(filepath.Join(folder, "dumps", "mon.sql"), monday, monday))
	policy := Protect(t, p, "taken", "dumps*")
	c, backups := BackUp(t, p, policy.ID)
	require.Equal(t, api.BackupAvailable, c.Status())
	require.Equal(t, 2, c.Available)
	require.Len(t, backups, 2)
	tue, mon := backups[0], backups[1]
	require.Equal(t, "mon.sql", mon.Name)
	require.Equal(t, "dumps/mon.sql", mon.Path)
	require.Equal(t, "dumps/2026/tue.sql", tue.Path)
	require.EqualValues(t, 6, mon.Size)
	require.True(t, mon.Adopted)
	require.WithinDuration(t, monday, mon.Created, 0, "it is as old as the object")
	require.Empty(t, mon.Sum, "nobody has read it")
	content, err := ReadBackup(t.Context(), p, mon.ID)
	require.NoError(t, err)
	require.Equal(t, "monday", string(content))
	mon, err = p.Service.Backup(t.Context(), p.Mine, mon.ID)
	require.NoError(t, err)
	require.Equal(t, sumOf(content), mon.Sum, "who reads it whole knows its sum")

	Files(t, p, map[string]string{"dumps/wed.sql": "wednesday"})
	c, backups = BackUp(t, p, policy.ID)
	require.Equal(t, 1, c.Backups, "what is known already is not taken over again")
	require.Equal(t, "dumps/wed.sql", backups[0].Path)
	require.Equal(t, 3, countBackups(t, p, api.BackupQuery{Policy: policy.ID}))
}

func backupAdoptedChanges(t *testing.T, p Plane) {
	needs(t, p, TakesOver)
	folder := Files(t, p, map[string]string{"dumps/a": "first", "dumps/b": "second", "dumps/c": "third"})
	policy := Protect(t, p, "taken", "dumps*")
	_, before := BackUp(t, p, policy.ID)
	Files(t, p, map[string]string{"dumps/a": "FIRST"})
	hidden := filepath.Join(folder, "hidden")
	require.NoError(t, os.Rename(filepath.Join(folder, "dumps", "b"), hidden))

	_, after := BackUp(t, p, policy.ID)
	require.Len(t, after, 1)
	require.Equal(t, "dumps/a", after[0].Path, "what changed is a new backup")
	requireFault(t, p, before[0].ID, api.FaultSourceChanged)
	requireFault(t, p, before[1].ID, api.FaultSourceMissing)
	_, err := ReadBackup(t.Context(), p, before[1].ID)
	require.Equal(t, api.Conflict, api.CodeOf(err))
	c, err := p.Service.Backup(t.Context(), p.Mine, before[2].ID)
	require.NoError(t, err)
	require.Equal(t, api.BackupAvailable, c.Status)

	Files(t, p, map[string]string{"dumps/a": "changed after it was taken over"})
	_, err = ReadBackup(t.Context(), p, after[0].ID)
	require.Error(t, err)
	requireFault(t, p, after[0].ID, api.FaultSourceChanged)
}

func requireFault(t *testing.T, p Plane, id string, code api.FaultCode) {
	t.Helper()
	b, err := p.Service.Backup(t.Context(), p.Mine, id)
	require.NoError(t, err)
	require.Equal(t, api.BackupError, b.Status)
	require.NotNil(t, b.Fault)
	require.Equal(t, code, b.Fault.Code)
	require.Equal(t, api.M("fault."+string(code)), b.Fault.Message)
	require.Equal(t, api.M("fault."+string(code)+"_hint"), b.Fault.Hint)
}

func backupFails(t *testing.T, p Plane) {
	folder := Files(t, p, map[string]string{"orders/a": "one"})
	require.NoError(t, os.Mkdir(filepath.Join(folder, "bare"), 0o700))
	policy := Protect(t, p, "nightly", "bare", "gone", "orders")
	c, backups := BackUp(t, p, policy.ID)
	require.Equal(t, api.BackupError, c.Status())
	require.Equal(t, 3, c.Backups)
	require.Equal(t, 2, c.Failed)
	require.Equal(t, 1, c.Available, "one that fails does not keep the others from being made")
	requireFault(t, p, backups[0].ID, api.FaultEmpty)
	requireFault(t, p, backups[1].ID, api.FaultSourceMissing)
	require.Equal(t, api.BackupAvailable, backups[2].Status)

	needs(t, p, TakesOver)
	taken := Protect(t, p, "taken", "elsewhere*")
	c, backups = BackUp(t, p, taken.ID)
	require.Equal(t, api.BackupError, c.Status())
	require.Equal(t, api.M("fault.source_missing"), c.Message)
	require.Empty(t, backups)
}

func backupNothing(t *testing.T, p Plane) {
	start := func(d api.CheckpointDraft) error {
		_, err := p.Service.StartCheckpoint(t.Context(), p.Mine, d)
		return err
	}
	bare := Protect(t, p, "bare")
	requireProblems(t, start(api.CheckpointDraft{Policy: bare.ID}), api.Problem{Path: "resources", Message: api.M("backup.nothing")})
	requireProblems(t, start(api.CheckpointDraft{}), api.Problem{Path: "resources", Message: api.M("backup.nothing")})
	policy := Protect(t, p, "nightly", "orders")
	requireProblems(t, start(api.CheckpointDraft{Policy: policy.ID, Resources: []string{"x"}}),
		api.Problem{Path: "resources", Message: api.M("backup.resource_unknown", "id", "x")})
	require.Equal(t, api.NotFound, api.CodeOf(start(api.CheckpointDraft{Policy: "x"})))
	require.Equal(t, api.NotFound, api.CodeOf(start(api.CheckpointDraft{Policy: "\x00"})))
	_, err := p.Service.Checkpoint(t.Context(), p.Mine, "x")
	require.Equal(t, api.NotFound, api.CodeOf(err))
	none, err := p.Service.Checkpoints(t.Context(), p.Mine, bare.ID, 9)
	require.NoError(t, err)
	require.Empty(t, none)
}

func requireProblems(t *testing.T, err error, problems ...api.Problem) {
	t.Helper()
	e, ok := errors.AsType[*api.Error](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, api.Invalid, e.Code)
	require.Equal(t, problems, e.Problems)
}

func backupSome(t *testing.T, p Plane) {
	Files(t, p, map[string]string{"a/x": "1", "b/x": "2", "c/x": "3"})
	policy := Protect(t, p, "nightly", "a", "b", "c")
	a, b := policy.Resources[0], policy.Resources[1]
	c, err := p.Service.StartCheckpoint(t.Context(), p.Mine, api.CheckpointDraft{Policy: policy.ID, Resources: []string{b.ID, a.ID, b.ID}})
	require.NoError(t, err)
	require.Equal(t, []api.Resource{b, a}, c.Resources)
	_, backups := CheckpointEnds(t, p, c.ID)
	require.Len(t, backups, 2)

	c, err = p.Service.StartCheckpoint(t.Context(), p.Mine, api.CheckpointDraft{Resources: []string{a.ID}, Name: "alone"})
	require.NoError(t, err)
	require.Empty(t, c.Policy)
	_, backups = CheckpointEnds(t, p, c.ID)
	require.Len(t, backups, 1)
	require.Empty(t, backups[0].Policy)
	require.Equal(t, "a", backups[0].Resource.Name)
	require.Equal(t, api.BackupAvailable, backups[0].Status)
}

func backupProblems(t *testing.T, p Plane) {
	_, err := p.Service.StartCheckpoint(t.Context(), p.Mine, api.CheckpointDraft{Policy: "x", Name: "a b", Description: "<b>"})
	requireProblems(t, err, api.Problem{Path: "name", Message: api.M("backup.name_form")},
		api.Problem{Path: "description", Message: api.M("backup.description_form")})
}
