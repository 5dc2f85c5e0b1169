package handlers_test

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// replication is the path of the section.
func (s *site) replication() string { return "/p/" + s.project.ID + "/replication" }

// region is the one that the project is in, or another one.
func (s *site) region(home bool) api.Region {
	s.t.Helper()
	regions, err := s.service.Regions(s.t.Context(), s.scope())
	require.NoError(s.t, err)
	for i := range regions {
		if regions[i].Home == home {
			return regions[i]
		}
	}
	require.Fail(s.t, "there is no such region")
	return api.Region{}
}

// there is a project of another region.
func (s *site) there() api.Destination {
	s.t.Helper()
	region := s.region(false)
	require.NotEmpty(s.t, region.Projects)
	return api.Destination{Region: region.Name, Project: region.Projects[0].ID}
}

// write puts a file where the project's region is.
func (s *site) write(path, content string) {
	s.t.Helper()
	file := s.object(path)
	require.NoError(s.t, os.MkdirAll(filepath.Dir(file), 0o750))
	require.NoError(s.t, os.WriteFile(file, []byte(content), 0o600))
}

// object is the file that is the object of a path in the project's region.
func (s *site) object(path string) string { return filepath.Join(s.region(true).Folder, path) }

// dumps stores a policy of that name with so many backups of a few bytes, which
// lie at <name>/dump-00 and so on.
func (s *site) dumps(name string, count int) api.Policy {
	s.t.Helper()
	for n := range count {
		s.write(fmt.Sprintf("%s/dump-%02d", name, n), fmt.Sprintf("dump %d of %s", n, name))
	}
	policy, err := s.service.CreatePolicy(s.t.Context(), s.scope(), api.PolicyDraft{
		Name: name, Resources: []api.ResourceDraft{{Path: name, Adopt: true}},
	})
	require.NoError(s.t, err)
	s.backUp(policy)
	return policy
}

// backUp makes backups of what a policy protects.
func (s *site) backUp(policy api.Policy) {
	s.t.Helper()
	checkpoint, err := s.service.StartCheckpoint(s.t.Context(), s.scope(), api.CheckpointDraft{Policy: policy.ID})
	require.NoError(s.t, err)
	s.worked(func() bool {
		found, err := s.service.Checkpoint(s.t.Context(), s.scope(), checkpoint.ID)
		require.NoError(s.t, err)
		return !found.Ended.IsZero()
	})
}

// worked does what is due in the background until something is done.
func (s *site) worked(done func() bool) {
	s.t.Helper()
	require.Eventually(s.t, func() bool {
		s.catchUp()
		return done()
	}, 30*time.Second, 10*time.Millisecond)
}

// replicate begins to copy the backups of a policy.
func (s *site) replicate(policy api.Policy) api.ReplicationRun {
	s.t.Helper()
	to := s.there()
	run, err := s.service.StartReplication(s.t.Context(), s.scope(), api.ReplicationDraft{Policy: policy.ID, Region: to.Region, Project: to.Project})
	require.NoError(s.t, err)
	require.NotEmpty(s.t, run.ID)
	return run
}

// settled is a run once it has ended.
func (s *site) settled(id string) (run api.ReplicationRun) {
	s.t.Helper()
	s.worked(func() bool {
		var err error
		run, err = s.service.ReplicationRun(s.t.Context(), s.scope(), id)
		require.NoError(s.t, err)
		return !run.Ended.IsZero()
	})
	return run
}

// records are those of a run.
func (s *site) records(run string) []api.ReplicationRecord {
	s.t.Helper()
	page, err := s.service.ListReplicationRecords(s.t.Context(), s.scope(), api.RecordQuery{Run: run, Limit: api.MaxPage})
	require.NoError(s.t, err)
	return page.Items
}
