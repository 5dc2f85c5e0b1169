package apitest

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func countBackups(t *testing.T, p Plane, q api.BackupQuery) int {
	t.Helper()
	n, err := p.Service.CountBackups(t.Context(), p.Mine, q)
	require.NoError(t, err)
	return n
}

// backupPaths are those that a query finds, in its order.
func backupPaths(t *testing.T, p Plane, q api.BackupQuery) []string {
	t.Helper()
	page, err := p.Service.ListBackups(t.Context(), p.Mine, q)
	require.NoError(t, err)
	paths := []string{}
	for _, b := range page.Items {
		paths = append(paths, b.Path)
	}
	return paths
}

// listed are backups of all kinds: "d/0" to "d/4" are as many days old and have as
// many bytes, "lone" is of another policy, and "gone" failed.
func listed(t *testing.T, p Plane) (taken, made api.Policy) {
	t.Helper()
	contents := map[string]string{"lone": "a rather long content"}
	for i := range 5 {
		contents["d/"+strconv.Itoa(i)] = "12345"[:i]
	}
	folder := Files(t, p, contents)
	for i := range 5 {
		at := time.Now().Add(-time.Duration(i) * 24 * time.Hour)
		require.NoError(t, os.Chtimes(filepath.Join(folder, "d", strconv.Itoa(i)), at, at))
	}
	taken, made = Protect(t, p, "taken", "d*"), Protect(t, p, "made", "lone", "gone")
	BackUp(t, p, taken.ID)
	BackUp(t, p, made.ID)
	return taken, made
}

func backupLists(t *testing.T, p Plane) {
	needs(t, p, TakesOver)
	taken, made := listed(t, p)
	now := time.Now()
	for name, test := range map[string]struct {
		query api.BackupQuery
		paths []string
	}{
		"by policy, in the order of creation": {api.BackupQuery{Policy: taken.ID}, []string{"d/4", "d/3", "d/2", "d/1", "d/0"}},
		"newest first":                        {api.BackupQuery{Policy: taken.ID, Sort: "created", Desc: true}, []string{"d/0", "d/1", "d/2", "d/3", "d/4"}},
		"by name":                             {api.BackupQuery{Policy: taken.ID, Sort: "name", Desc: true}, []string{"d/4", "d/3", "d/2", "d/1", "d/0"}},
		"by size":                             {api.BackupQuery{Sort: "size", Desc: true, Limit: 2}, []string{"lone", "d/4"}},
		"by id":                               {api.BackupQuery{Policy: made.ID, Sort: "id"}, []string{"lone", "gone"}},
		"by status":                           {api.BackupQuery{Sort: "status", Desc: true, Limit: 1}, []string{"gone"}},
		"by update":                           {api.BackupQuery{Policy: made.ID, Sort: "updated", Statuses: []api.BackupStatus{api.BackupError}}, []string{"gone"}},
		"in one of some states":               {api.BackupQuery{Statuses: []api.BackupStatus{api.BackupError, api.BackupDeleting}}, []string{"gone"}},
		"in a state that is none":             {api.BackupQuery{Statuses: []api.BackupStatus{"\x00"}}, []string{}},
		"by a part of path, name or resource": {api.BackupQuery{Search: "D/3"}, []string{"d/3"}},
		"by a part of the name":               {api.BackupQuery{Name: "MANUALBK_"}, []string{"lone", "gone"}},
		"by a part of the resource's name":    {api.BackupQuery{ResourceName: "LON"}, []string{"lone"}},
		"by a pattern that is none":           {api.BackupQuery{Search: "d%"}, []string{}},
		"by resource":                         {api.BackupQuery{Resource: made.Resources[0].ID}, []string{"lone"}},
		"by kind":                             {api.BackupQuery{Kind: api.BackupReplica}, []string{}},
		"in a span of time":                   {api.BackupQuery{From: now.Add(-80 * time.Hour), Until: now.Add(-30 * time.Hour)}, []string{"d/3", "d/2"}},
		"skipping some":                       {api.BackupQuery{Policy: taken.ID, Offset: 3}, []string{"d/1", "d/0"}},
		"of no policy":                        {api.BackupQuery{Policy: "x"}, []string{}},
	} {
		require.Equal(t, test.paths, backupPaths(t, p, test.query), name)
		if test.query.Limit == 0 && test.query.Offset == 0 {
			require.Equal(t, len(test.paths), countBackups(t, p, test.query), name)
		}
	}
	require.Equal(t, 7, countBackups(t, p, api.BackupQuery{}))
	for _, sort := range append(slices.Clone(api.BackupSorts), "") {
		for _, desc := range []bool{false, true} {
			seen := walkPages(t, 2, func(cursor string) (api.Page[api.Backup], error) {
				return p.Service.ListBackups(t.Context(), p.Mine, api.BackupQuery{Sort: sort, Desc: desc, Cursor: cursor, Limit: 2})
			}, func(b *api.Backup) string { return b.Path })
			require.Len(t, seen, 7)
			require.Equal(t, seen, afterEach(t, p, api.BackupQuery{Sort: sort, Desc: desc, Limit: 3}), "sorted by %s", sort)
		}
	}
	_, err := p.Service.ListBackups(t.Context(), p.Mine, api.BackupQuery{After: "x"})
	require.Equal(t, api.NotFound, api.CodeOf(err))
	search, err := p.Service.ListBackups(t.Context(), p.Mine, api.BackupQuery{Search: "d/", Limit: 2, Sort: "name"})
	require.NoError(t, err)
	require.NotEmpty(t, search.Next)
}

// afterEach walks a list by the last id of each page.
func afterEach(t *testing.T, p Plane, q api.BackupQuery) (paths []string) {
	t.Helper()
	for {
		page, err := p.Service.ListBackups(t.Context(), p.Mine, q)
		require.NoError(t, err)
		if len(page.Items) == 0 {
			return paths
		}
		for _, b := range page.Items {
			paths = append(paths, b.Path)
		}
		q.After = page.Items[len(page.Items)-1].ID
	}
}

// left are the files below the folder of a project's backups.
func left(t *testing.T, p Plane) (names []string) {
	t.Helper()
	p = stores(p)
	region, err := p.Service.Region(t.Context(), p.Mine, "")
	require.NoError(t, err)
	entries, err := os.ReadDir(filepath.Join(region.Folder, ".switchboard", "backups", p.Mine.Project))
	if !os.IsNotExist(err) {
		require.NoError(t, err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func backupDeleted(t *testing.T, p Plane) {
	Files(t, p, map[string]string{"a/x": "1", "b": "2"})
	policy := Protect(t, p, "nightly", "a", "b", "c")
	c, backups := BackUp(t, p, policy.ID)
	require.Equal(t, []string{backups[0].ID + ".tar", backups[1].ID}, left(t, p))
	require.NoError(t, p.Service.DeleteBackups(t.Context(), p.Mine, c.ID, []string{backups[0].ID, backups[2].ID}))
	gone(t, p, backups[0].ID)
	gone(t, p, backups[2].ID)
	require.Equal(t, []string{backups[1].ID}, left(t, p))
	require.Equal(t, api.NotFound, api.CodeOf(p.Service.DeleteBackups(t.Context(), p.Mine, c.ID, []string{backups[0].ID})))
	require.Equal(t, api.NotFound, api.CodeOf(p.Service.DeleteBackups(t.Context(), p.Mine, "x", nil)))
	_, more := BackUp(t, p, policy.ID)
	require.Equal(t, api.NotFound, api.CodeOf(p.Service.DeleteBackups(t.Context(), p.Mine, c.ID, []string{backups[1].ID, more[0].ID})),
		"of another checkpoint")
	b, err := p.Service.Backup(t.Context(), p.Mine, backups[1].ID)
	require.NoError(t, err)
	require.Equal(t, api.BackupAvailable, b.Status, "if one is not there none is deleted")

	require.NoError(t, p.Service.DeleteBackups(t.Context(), p.Mine, c.ID, nil))
	gone(t, p, backups[1].ID)
	require.Equal(t, []string{more[0].ID + ".tar", more[1].ID}, left(t, p))
	_, err = p.Service.Checkpoint(t.Context(), p.Mine, c.ID)
	require.Equal(t, api.NotFound, api.CodeOf(err), "nothing is left of it")
}

// gone waits until a backup is not there any more.
func gone(t *testing.T, p Plane, id string) {
	t.Helper()
	require.Eventually(t, func() bool {
		_, err := p.Service.Backup(t.Context(), p.Mine, id)
		return api.CodeOf(err) == api.NotFound
	}, time.Minute, 5*time.Millisecond)
}

func backupForgotten(t *testing.T, p Plane) {
	needs(t, p, TakesOver)
	folder := Files(t, p, map[string]string{"dumps/a": "first", "dumps/b": "second"})
	policy := Protect(t, p, "taken", "dumps*")
	c, backups := BackUp(t, p, policy.ID)
	require.NoError(t, p.Service.DeleteBackups(t.Context(), p.Mine, c.ID, nil))
	for _, b := range backups {
		gone(t, p, b.ID)
		require.FileExists(t, filepath.Join(folder, b.Path))
	}
	_, again := BackUp(t, p, policy.ID)
	require.Len(t, again, 2, "what is there is taken over again")
}

func backupForeign(t *testing.T, p Plane) {
	Files(t, p, map[string]string{"a": "1"})
	policy := Protect(t, p, "nightly", "a")
	c, backups := BackUp(t, p, policy.ID)
	missing := func(err error) { require.Equal(t, api.NotFound, api.CodeOf(err), "%v", err) }
	_, err := p.Service.StartCheckpoint(t.Context(), p.Other, api.CheckpointDraft{Policy: policy.ID})
	missing(err)
	_, err = p.Service.StartCheckpoint(t.Context(), p.Other, api.CheckpointDraft{Resources: []string{policy.Resources[0].ID}})
	require.Equal(t, api.Invalid, api.CodeOf(err))
	_, err = p.Service.Checkpoint(t.Context(), p.Other, c.ID)
	missing(err)
	_, err = p.Service.Backup(t.Context(), p.Other, backups[0].ID)
	missing(err)
	_, _, err = p.Service.OpenBackup(t.Context(), p.Other, backups[0].ID)
	missing(err)
	missing(p.Service.DeleteBackups(t.Context(), p.Other, c.ID, nil))
	page, err := p.Service.ListBackups(t.Context(), p.Other, api.BackupQuery{})
	require.NoError(t, err)
	require.Empty(t, page.Items)
	_, err = p.Service.ListBackups(t.Context(), p.Other, api.BackupQuery{After: backups[0].ID})
	missing(err)
	checkpoints, err := p.Service.Checkpoints(t.Context(), p.Other, policy.ID, 9)
	require.NoError(t, err)
	require.Empty(t, checkpoints)
}

func backupDamaged(t *testing.T, p Plane) {
	needs(t, p, Opens)
	folder := Files(t, p, map[string]string{"a": "some content"})
	policy := Protect(t, p, "nightly", "a")
	_, backups := BackUp(t, p, policy.ID)
	require.NoError(t, os.WriteFile(filepath.Join(folder, ".switchboard", "backups", p.Mine.Project, backups[0].ID), []byte("some c0ntent"), 0o600))
	read, err := ReadBackup(t.Context(), p, backups[0].ID)
	require.Error(t, err)
	require.Empty(t, read, "who reads it does not get its end")
	requireFault(t, p, backups[0].ID, api.FaultChecksum)
	lost, err := p.Service.Backup(t.Context(), p.Mine, backups[0].ID)
	require.NoError(t, err)
	require.Zero(t, lost.Expires, "it was a backup once, and may be mended")
	_, err = ReadBackup(t.Context(), p, backups[0].ID)
	require.Equal(t, api.Conflict, api.CodeOf(err))

	require.NoError(t, os.WriteFile(filepath.Join(folder, ".switchboard", "backups", p.Mine.Project, backups[0].ID), []byte("some content"), 0o600))
	read, err = ReadBackup(t.Context(), p, backups[0].ID)
	require.NoError(t, err)
	require.Equal(t, "some content", string(read))
	found, err := p.Service.Backup(t.Context(), p.Mine, backups[0].ID)
	require.NoError(t, err)
	require.Equal(t, api.BackupAvailable, found.Status, "who reads it whole knows that it is there")
	require.Nil(t, found.Fault)
}

func backupAway(t *testing.T, p Plane) {
	needs(t, p, Opens)
	folder := Files(t, p, map[string]string{"a": "some content", "dumps/x": "taken"})
	policy := Protect(t, p, "nightly", "a", "dumps*")
	_, backups := BackUp(t, p, policy.ID)
	require.Len(t, backups, 2)
	away := folder + "-away"
	require.NoError(t, os.Rename(folder, away))
	unread := func() {
		for _, b := range backups {
			_, err := ReadBackup(t.Context(), p, b.ID)
			require.Error(t, err)
			b, err = p.Service.Backup(t.Context(), p.Mine, b.ID)
			require.NoError(t, err)
			require.Equal(t, api.BackupAvailable, b.Status, "%+v", b.Fault)
			require.Zero(t, b.Expires)
		}
	}
	unread()
	require.NoError(t, os.Mkdir(folder, 0o700)) // where a disk is to be mounted
	unread()
	require.NoError(t, os.Remove(folder))
	require.NoError(t, os.Rename(away, folder))
	for _, b := range backups {
		_, err := ReadBackup(t.Context(), p, b.ID)
		require.NoError(t, err)
	}
}

func backupRetention(t *testing.T, p Plane) {
	needs(t, p, TakesOver)
	Files(t, p, map[string]string{"a": "1", "b": "2", "dumps/x": "3"})
	policy, err := p.Service.CreatePolicy(t.Context(), p.Mine, api.PolicyDraft{
		Name: "nightly", Resources: []api.ResourceDraft{{Path: "a"}, {Path: "b"}, {Path: "dumps", Adopt: true}},
		Operations: []api.OperationDraft{{Pattern: "FREQ=DAILY;INTERVAL=1;BYHOUR=3;BYMINUTE=0", Max: "2", Enabled: true}},
	})
	require.NoError(t, err)
	var all []api.Backup
	for range 4 {
		_, backups := BackUp(t, p, policy.ID)
		all = append(all, backups...)
	}
	require.Len(t, all, 4*2+1)
	for _, b := range all[:5] {
		if !b.Adopted {
			gone(t, p, b.ID)
		}
	}
	require.Equal(t, []string{"a", "a", "b", "b", "dumps/x"}, slices.Sorted(slices.Values(backupPaths(t, p, api.BackupQuery{}))))
	require.Len(t, left(t, p), 4)
}

func backupDisabled(t *testing.T, p Plane) {
	Files(t, p, map[string]string{"a": "1"})
	policy, err := p.Service.CreatePolicy(t.Context(), p.Mine, api.PolicyDraft{
		Name: "nightly", Resources: []api.ResourceDraft{{Path: "a"}},
		Operations: []api.OperationDraft{{Pattern: "FREQ=DAILY;INTERVAL=1;BYHOUR=3;BYMINUTE=0", Max: "1"}},
	})
	require.NoError(t, err)
	for range 4 {
		BackUp(t, p, policy.ID)
	}
	require.Len(t, backupPaths(t, p, api.BackupQuery{}), 4)
	require.NoError(t, p.Service.EnablePolicy(t.Context(), p.Mine, policy.ID, true))
	BackUp(t, p, policy.ID)
	require.Eventually(t, func() bool { return countBackups(t, p, api.BackupQuery{}) == 1 }, 10*time.Second, 20*time.Millisecond)
}

func backupQuotas(t *testing.T, p Plane) {
	needs(t, p, TakesOver)
	Files(t, p, map[string]string{"a": "1", "dumps/x": "3", "dumps/y": "4"})
	policy := Protect(t, p, "nightly", "a", "dumps*")
	BackUp(t, p, policy.ID)
	quotas, err := p.Service.BackupQuotas(t.Context(), p.Mine)
	require.NoError(t, err)
	require.Equal(t, []api.Quota{
		{Type: "backup_capacity", Unit: "GB", Max: api.Unlimited, Used: 1},
		{Type: "backups", Max: api.MaxBackups, Used: 3},
	}, quotas)
	quotas, err = p.Service.BackupQuotas(t.Context(), p.Other)
	require.NoError(t, err)
	require.Zero(t, quotas[0].Used)
	require.Zero(t, quotas[1].Used)
}

func backupChanges(t *testing.T, p Plane) {
	needs(t, p, TakesOver)
	Files(t, p, map[string]string{"a": "1", "dumps/x": "3"})
	policy := Protect(t, p, "nightly", "a", "dumps*")
	c, backups := BackUp(t, p, policy.ID)
	require.Equal(t, []string{"take_over", "back_up", "create"}, actions(t, p, api.KindPolicy, policy.ID))
	_, err := ReadBackup(t.Context(), p, backups[0].ID)
	require.NoError(t, err)
	require.NoError(t, p.Service.DeleteBackups(t.Context(), p.Mine, c.ID, []string{backups[0].ID}))
	require.Equal(t, []string{"delete", "download"}, actions(t, p, api.KindBackup, backups[0].ID))
	require.NoError(t, p.Service.DeleteBackups(t.Context(), p.Mine, c.ID, []string{backups[1].ID}))
	require.Equal(t, []string{"delete"}, actions(t, p, api.KindBackup, backups[1].ID))
}
