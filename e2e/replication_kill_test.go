package e2e

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// dumpSize is how large the n-th object is: most are small, a few are not, some are
// empty.
func dumpSize(n int) int {
	switch {
	case n%10 == 3:
		return 900_000 + n*9_001
	case n%17 == 0:
		return 0
	}
	return 200 + n*301
}

// dumpOf is what the n-th object holds.
func dumpOf(n int) string {
	return strings.Repeat(fmt.Sprintf("row %6d of many\n", n), dumpSize(n)/16+1)[:dumpSize(n)]
}

// ownRun is a run in our own words.
type ownRun struct {
	ID         string
	Outcome    string
	Ended      *time.Time
	Total      int
	Succeeded  int
	Failed     int
	Skipped    int
	Running    int
	TotalBytes int64 `json:"total_bytes"`
	Bytes      int64
}

func (c *caller) run(id string) ownRun {
	c.t.Helper()
	var run ownRun
	c.ask(http.MethodGet, c.own("/replications/"+id), http.StatusOK, nil, &run)
	return run
}

// far makes a region that is written to slowly, and returns the project in it.
func (c *caller) far(bandwidth int) (project string) {
	c.t.Helper()
	var made struct{ Projects []struct{ ID string } }
	c.unbound().ask(http.MethodPost, c.own("/regions"), http.StatusCreated,
		map[string]any{"name": "far", "kind": "folder", "folder": "far", "bandwidth": bandwidth}, &made)
	return made.Projects[0].ID
}

// dumped makes a policy whose backups are so many objects, and takes them over.
func (c *caller) dumped(p *program, objects int) (policy string) {
	c.t.Helper()
	for n := range objects {
		p.putObject(c.t, regionName, fmt.Sprintf("dumps/%04d", n), dumpOf(n))
	}
	var created struct{ Policy struct{ ID string } }
	c.ask(http.MethodPost, c.csbs("/policies"), http.StatusOK, map[string]any{"policy": map[string]any{
		"name": "dumps", "provider_id": csbsProvider, "parameters": map[string]any{"common": map[string]any{}},
		"resources": []any{map[string]any{
			"id": "dumps", "type": "OS::Nova::Server", "name": "dumps", "extra_info": map[string]any{"path": "dumps", "adopt": true},
		}},
		"scheduled_operations": []any{},
	}}, &created)
	policy = created.Policy.ID
	body := map[string]any{"checkpoint": map[string]any{"plan_id": policy, "parameters": map[string]any{"auto_trigger": false}}}
	c.ask(http.MethodPost, c.provider("/checkpoints"), http.StatusOK, body, nil)
	eventually(c.t, "all objects to be taken over", func() (int, bool) {
		n := c.count("/checkpoint_items/count?policy_id=" + policy)
		return n, n == objects
	})
	return policy
}

func (c *caller) count(path string) int {
	c.t.Helper()
	var counted struct{ Count int }
	c.ask(http.MethodGet, c.csbs(path), http.StatusOK, nil, &counted)
	return counted.Count
}

// replicate begins to replicate a policy, and returns the run and the ids of the
// records that the dialect answers with.
func (c *caller) replicate(policy, project string) (run string, records []string) {
	c.t.Helper()
	var begun struct {
		Replication struct {
			Items []struct {
				Record string `json:"replication_record_id"`
			} `json:"checkpoint_items"`
		}
	}
	c.ask(http.MethodPost, c.provider("/checkpoints/replicate"), http.StatusOK, map[string]any{"replication": map[string]any{
		"policy_id": policy, "destination_region": "far", "destination_project_id": project,
	}}, &begun)
	for _, item := range begun.Replication.Items {
		records = append(records, item.Record)
	}
	var listed struct{ Replications []ownRun }
	c.ask(http.MethodGet, c.own("/replications"), http.StatusOK, nil, &listed)
	require.Len(c.t, listed.Replications, 1)
	return listed.Replications[0].ID, records
}

// replicaOf is a replica as tests look at it.
type replicaOf struct {
	ID     string
	Name   string
	Status string
	Extend struct {
		ImageType string `json:"image_type"`
		CopyFrom  string `json:"copy_from"`
	} `json:"extend_info"`
}

// requireReplicated requires that each of so many objects has one replica, which is
// what it was, and that there is nothing else in the region's folder.
func requireReplicated(t *testing.T, p *program, objects int, run ownRun, ids []string) {
	t.Helper()
	c, there := p.call(t), p.call(t, "far")
	var bytes int64
	for n := range objects {
		bytes += int64(dumpSize(n))
	}
	require.Equal(t, []int{objects, objects, 0, 0, 0}, []int{run.Total, run.Succeeded, run.Failed, run.Skipped, run.Running})
	require.Equal(t, []int64{bytes, bytes}, []int64{run.TotalBytes, run.Bytes})
	require.Equal(t, "succeeded", run.Outcome)

	var listed struct {
		Records []csbsRecord `json:"replication_records"`
		Count   int
	}
	c.ask(http.MethodGet, c.csbs("/replication_records?limit=1000"), http.StatusOK, nil, &listed)
	var records, sources []string
	named := map[string]string{}
	for _, r := range listed.Records {
		require.Equal(t, "success", r.Status)
		records, sources = append(records, r.ID), append(sources, r.Item)
		named[r.Replica] = r.Item
	}
	slices.Sort(ids)
	slices.Sort(records)
	require.Equal(t, ids, records, "the records are those that were begun")
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(sources))), objects)

	var replicas struct {
		Items []replicaOf `json:"checkpoint_items"`
	}
	there.ask(http.MethodGet, there.csbs("/checkpoint_items?limit=1000"), http.StatusOK, nil, &replicas)
	require.Len(t, replicas.Items, objects)
	files := replicaFiles(t, filepath.Join(p.dir, "regions", "far", ".switchboard"))
	require.Len(t, files, objects, "an object for each, and nothing besides")
	seen := map[string]bool{}
	for _, r := range replicas.Items {
		require.Equal(t, []string{"available", "replication", regionName}, []string{r.Status, r.Extend.ImageType, r.Extend.CopyFrom})
		require.False(t, seen[r.Name], "one replica each")
		seen[r.Name] = true
		require.NotEmpty(t, named[r.ID])
		var n int
		_, err := fmt.Sscanf(r.Name, "%d", &n)
		require.NoError(t, err)
		require.Equal(t, sha256.Sum256([]byte(dumpOf(n))), files[r.ID], r.Name)
	}
}

// replicaFiles are the sums of all files below a folder, by their names.
func replicaFiles(t *testing.T, folder string) map[string][sha256.Size]byte {
	t.Helper()
	found := map[string][sha256.Size]byte{}
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		found[filepath.Base(path)] = sha256.Sum256(content)
		return err
	}))
	return found
}

// Hundreds of backups are at the destination in the end, each once and as it was,
// although the process was killed again and again while it copied them.
func TestReplicationSurvivesKills(t *testing.T) {
	t.Parallel()
	const objects, most = 300, 25
	p := prepare(t)
	p.launch(t)
	p.await(t)
	c := p.call(t)
	project := c.far(3)
	policy := c.dumped(p, objects)
	run, records := c.replicate(policy, project)
	require.Len(t, records, objects)
	var killedAt []int
	for len(killedAt) < most {
		now := c.run(run)
		if killedAt = append(killedAt, now.Succeeded); now.Ended != nil {
			break
		}
		time.Sleep(rand.N(1200 * time.Millisecond)) // nothing is waited for: it dies at any moment
		p.kill(t)
		p.launch(t)
		p.await(t)
		c = p.call(t)
	}
	t.Cleanup(func() { p.stop(t) })
	t.Logf("killed %d times; by then so many of %d were there: %v", len(killedAt)-1, objects, killedAt)
	require.Greater(t, len(killedAt), 3, "nothing was in the middle of anything")
	requireReplicated(t, p, objects, c.ends(run, 2*time.Minute), records)
	require.Empty(t, c.again(policy, project), "nothing is left to copy")
}

// ends waits for the end of a run.
func (c *caller) ends(run string, within time.Duration) (now ownRun) {
	c.t.Helper()
	require.Eventually(c.t, func() bool {
		now = c.run(run)
		return now.Ended != nil
	}, within, 100*time.Millisecond)
	return now
}

// again replicates a policy once more, and returns what that would copy.
func (c *caller) again(policy, project string) []string {
	c.t.Helper()
	_, records := c.replicate(policy, project)
	return records
}

// Of two processes with one database one drives a run; when it is killed the other
// one carries it on.
func TestReplicationGoesOnInAnotherProcess(t *testing.T) {
	t.Parallel()
	const objects = 120
	url := testserver.PostgreSQL(t).FreshDatabase(t)
	victim := prepare(t, onDatabase(url))
	victim.launch(t)
	victim.await(t)
	c := victim.call(t)
	project := c.far(2)
	policy := c.dumped(victim, objects)
	survivor := prepare(t, onDatabase(url))
	survivor.dir = victim.dir
	survivor.launch(t)
	survivor.await(t)
	t.Cleanup(func() { survivor.stop(t) })

	run, records := c.replicate(policy, project)
	db := connect(t, url)
	driver := func() (token string) {
		require.NoError(t, db.QueryRow(t.Context(), "SELECT driver FROM replication_runs").Scan(&token))
		return token
	}
	first := eventually(t, "some to be there", func() (string, bool) { return driver(), c.run(run).Succeeded > 0 })
	victim.kill(t)
	c = survivor.call(t)
	at := c.run(run)
	require.Nil(t, at.Ended, "nothing was in the middle of anything")
	if other := driver(); other == first { // it was the victim's: its lease ends
		execute(t, db, "UPDATE replication_runs SET driven_until = 1")
	}
	ended := c.ends(run, 2*time.Minute)
	require.Equal(t, 1, number(t, db, "SELECT count(*) FROM audit WHERE kind = 'replication' AND action = 'end'"))
	requireReplicated(t, survivor, objects, ended, records)
	t.Logf("killed when %d of %d were there", at.Succeeded, objects)
}
