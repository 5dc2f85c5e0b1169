package apitest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func regionChangedMeanwhile(t *testing.T, p Plane) {
	created := createRegion(t, p, FolderRegion("mine"))
	d := FolderRegion("ignored")
	d.Folder, d.Bandwidth = "elsewhere", "5"
	updated, err := p.Service.UpdateRegion(t.Context(), p.Mine, "mine", d, created.Version)
	require.NoError(t, err)
	require.Equal(t, "mine", updated.Name)
	require.Equal(t, int64(5<<20), updated.Bandwidth)
	require.True(t, strings.HasSuffix(updated.Folder, "elsewhere"))
	require.Equal(t, created.Version+1, updated.Version)
	require.Equal(t, created.Created, updated.Created)
	_, err = p.Service.UpdateRegion(t.Context(), p.Mine, "mine", d, created.Version)
	requireCode(t, err, api.Conflict)
	requireCode(t, p.Service.DeleteRegion(t.Context(), p.Mine, "mine", created.Version), api.Conflict)
	_, err = p.Service.UpdateRegion(t.Context(), p.Mine, "nowhere", d, 0)
	requireCode(t, err, api.NotFound)
	require.Equal(t, updated, getRegion(t, p, "mine"))
}

func regionSecretBound(t *testing.T, p Plane) {
	createRegion(t, p, BucketRegion("cn-east-2"))
	same := BucketRegion("cn-east-2")
	same.Secret, same.Bandwidth, same.Signing = api.Secret{}, "1", "cn-east-3"
	for _, endpoint := range []string{"https://obs.example.com", "https://OBS.example.com:443/", "https://obs.example.com."} {
		same.Endpoint = endpoint
		updated, err := p.Service.UpdateRegion(t.Context(), p.Mine, "cn-east-2", same, 0)
		require.NoError(t, err, endpoint)
		require.True(t, updated.Secret)
	}
	for input, change := range map[string]func(d *api.RegionDraft){
		"endpoint":   func(d *api.RegionDraft) { d.Endpoint = "https://evil.example.com" },
		"port":       func(d *api.RegionDraft) { d.Endpoint = "https://obs.example.com:444" },
		"scheme":     func(d *api.RegionDraft) { d.Endpoint = "http://obs.example.com" },
		"bucket":     func(d *api.RegionDraft) { d.Bucket = "other" },
		"access key": func(d *api.RegionDraft) { d.AccessKey = "AKOTHER" },
	} {
		d := BucketRegion("cn-east-2")
		d.Secret = api.Secret{}
		change(&d)
		_, err := p.Service.UpdateRegion(t.Context(), p.Mine, "cn-east-2", d, 0)
		require.Equal(t, []string{"secret region.secret_again"}, paths(err), input)
		_, err = p.Service.TestRegion(t.Context(), p.Mine, "cn-east-2", d)
		require.Equal(t, []string{"secret region.secret_again"}, paths(err), input)
		d.Secret = api.NewSecret("typed-again")
		require.NoError(t, p.Service.ValidateRegion(t.Context(), p.Mine, "cn-east-2", d), input)
	}
}

func regionDeleted(t *testing.T, p Plane) {
	created := createRegion(t, p, FolderRegion("cn-east-2"))
	require.NoError(t, os.WriteFile(filepath.Join(created.Folder, "kept"), nil, 0o600))
	require.NoError(t, p.Service.DeleteRegion(t.Context(), p.Mine, "cn-east-2", created.Version))
	require.FileExists(t, filepath.Join(created.Folder, "kept"))
	requireCode(t, p.Service.DeleteRegion(t.Context(), p.Mine, "cn-east-2", 0), api.NotFound)
	require.Equal(t, []string{"local-1", "local-2"}, regionNames(t, p))

	there := api.Scope{Project: created.Projects[0].ID, Actor: p.Mine.Actor}
	home, err := p.Service.Region(t.Context(), there, "")
	require.NoError(t, err)
	require.Equal(t, "local-1", home.Name, "its project stays")
	again := createRegion(t, p, FolderRegion("cn-east-2"))
	require.Equal(t, created.Projects, again.Projects, "and is in it again")
}

func regionNeeded(t *testing.T, p Plane) {
	requireCode(t, p.Service.DeleteRegion(t.Context(), p.Mine, "local-1", 0), api.Conflict)
	away := getRegion(t, p, "local-2")
	d := PolicyDraft("nightly", "data")
	d.Operations = append(d.Operations, api.OperationDraft{
		Type: api.OperationReplication, Pattern: daily, Region: "local-2", Project: away.Projects[0].ID,
	})
	policy := createPolicy(t, p, d)
	requireCode(t, p.Service.DeleteRegion(t.Context(), p.Mine, "local-2", 0), api.Conflict)
	require.NoError(t, p.Service.DeletePolicy(t.Context(), p.Mine, policy.ID, 0))
	there := api.Scope{Project: away.Projects[0].ID, Actor: p.Mine.Actor}
	theirs, err := p.Service.CreatePolicy(t.Context(), there, PolicyDraft("theirs", "data"))
	require.NoError(t, err)
	requireCode(t, p.Service.DeleteRegion(t.Context(), p.Mine, "local-2", 0), api.Conflict)
	require.NoError(t, p.Service.DeletePolicy(t.Context(), there, theirs.ID, 0))
	require.NoError(t, p.Service.DeleteRegion(t.Context(), p.Mine, "local-2", 0))
}

func unstorableRegion(t *testing.T, p Plane) {
	for _, text := range []string{"\x00", "\xff", "a\x00b"} {
		_, err := p.Service.Region(t.Context(), p.Mine, text)
		requireCode(t, err, api.NotFound)
		_, err = p.Service.CreateRegion(t.Context(), p.Mine, FolderRegion(text))
		requireCode(t, err, api.Invalid)
		_, err = p.Service.UpdateRegion(t.Context(), p.Mine, text, FolderRegion("a"), 0)
		requireCode(t, err, api.NotFound)
		requireCode(t, p.Service.DeleteRegion(t.Context(), p.Mine, text, 0), api.NotFound)
		d := BucketRegion("a")
		d.Endpoint, d.Bucket, d.Prefix, d.Signing, d.AccessKey, d.Secret = text, text, text, text, text, api.NewSecret(text)
		require.Len(t, paths(p.Service.ValidateRegion(t.Context(), p.Mine, "", d)), 6)
	}
}

func regionChanges(t *testing.T, p Plane) {
	createRegion(t, p, BucketRegion("cn-east-2"))
	d := BucketRegion("cn-east-2")
	d.Bucket = "other"
	_, err := p.Service.UpdateRegion(t.Context(), p.Mine, "cn-east-2", d, 0)
	require.NoError(t, err)
	require.NoError(t, p.Service.DeleteRegion(t.Context(), p.Mine, "cn-east-2", 0))
	changes, err := p.Service.Changes(t.Context(), p.Mine, api.KindRegion, "cn-east-2", "", 10)
	require.NoError(t, err)
	var actions []string
	for _, c := range changes {
		actions = append(actions, c.Action)
		require.Equal(t, p.Mine.Actor.User, c.Actor.User)
		require.NotContains(t, string(c.Before)+string(c.After), regionCanary)
	}
	require.Equal(t, []string{"delete", "update", "create"}, actions)
	require.Contains(t, string(changes[1].Before), `"bucket":"backups"`)
	require.Contains(t, string(changes[1].After), `"bucket":"other"`)
	require.Contains(t, string(changes[1].After), `"secret_typed":true`)
}

func regionStays(t *testing.T, p Plane) {
	Files(t, p, map[string]string{"data/a": "a"})
	policy := Protect(t, p, "nightly", "data")
	checkpoint, err := p.Service.StartCheckpoint(t.Context(), p.Mine, api.CheckpointDraft{Policy: policy.ID})
	require.NoError(t, err)
	home := getRegion(t, p, "")
	moved := api.RegionDraft{Kind: home.Kind, Folder: home.Folder + "-moved"}
	bucket := BucketRegion(home.Name)
	for path, d := range map[string]api.RegionDraft{"folder": moved, "kind": bucket} {
		_, err = p.Service.UpdateRegion(t.Context(), p.Mine, home.Name, d, 0)
		requireCode(t, err, api.Conflict)
		require.Equal(t, []string{path + " region.stays"}, paths(err), "of %s", checkpoint.ID)
	}
	require.NoDirExists(t, moved.Folder)
	stays, err := p.Service.UpdateRegion(t.Context(), p.Mine, home.Name, api.RegionDraft{Kind: home.Kind, Folder: home.Folder, Bandwidth: "3"}, 0)
	require.NoError(t, err, "what does not move it is changed")
	require.Equal(t, int64(3<<20), stays.Bandwidth)

	away := getRegion(t, p, "local-2")
	_, err = p.Service.UpdateRegion(t.Context(), p.Mine, "local-2", api.RegionDraft{Kind: away.Kind, Folder: away.Folder + "-moved"}, 0)
	require.NoError(t, err, "one without backups moves")
}
