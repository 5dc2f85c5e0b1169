package wire

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

// keeper is a world at work with a policy of two resources, which were backed up
// once, and where they can go.
type keeper struct {
	*world
	policy string
	items  []string
	target api.Region
}

func startKeeper(t *testing.T) *keeper {
	t.Helper()
	return startKeeperOn(t, apitest.Open(t, filepath.Join(t.TempDir(), "db")))
}

// startKeeperOn makes one on an empty database.
func startKeeperOn(t *testing.T, db *store.DB) *keeper {
	t.Helper()
	k := &keeper{world: startOn(t, db, atWork(t))}
	k.put(t, "db/dumps/monday", "SELECT 1;")
	k.put(t, "orders.sql", "INSERT INTO orders;")
	k.policy = k.world.policy(t, "nightly", "resources", `[`+resource("server-1", `{"path":"db/dumps"}`)+`,`+resource("server-2", `{"path":"orders.sql"}`)+`]`)
	k.items = k.backUp(t, k.policy)
	regions, err := k.Service.Regions(t.Context(), k.scope())
	require.NoError(t, err)
	require.Equal(t, []string{region, "local-2"}, each(regions, func(r api.Region) string { return r.Name }))
	k.target = regions[1]
	return k
}

// put writes an object of the project's region.
func (w *world) put(t testing.TB, key, content string) {
	t.Helper()
	home, err := w.Service.Region(t.Context(), w.scope(), "")
	require.NoError(t, err)
	at := filepath.Join(home.Folder, filepath.FromSlash(key))
	require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
	require.NoError(t, os.WriteFile(at, []byte(content), 0o600))
}

type someItems struct {
	Items []itemJSON `json:"checkpoint_items"`
	Links []linkRef  `json:"checkpoint_items_links"`
}

// backUp runs a policy and returns the ids of its new backups when they are there.
func (w *world) backUp(t testing.TB, policy string) []string {
	t.Helper()
	var rec *httptest.ResponseRecorder
	require.Eventually(t, func() bool { // the one before ends a moment after its last backup
		rec = w.send("POST", w.provided("/checkpoints"), `{"checkpoint":{"plan_id":"`+policy+`","parameters":{"auto_trigger":false}}}`)
		return !strings.Contains(rec.Body.String(), "CSBS.1001")
	}, 10*time.Second, 20*time.Millisecond)
	started := read[struct{ Checkpoint checkpointJSON }](t, rec, http.StatusOK).Checkpoint
	require.Equal(t, api.BackupProtecting, started.Status)
	items := w.await(t, "?sort=id:asc&checkpoint_id="+started.ID, func(i itemJSON) bool { return i.Status == "available" })
	return each(items, func(i itemJSON) string { return i.ID })
}

// await waits until all backups of a list are as they should be.
func (w *world) await(t testing.TB, query string, fine func(itemJSON) bool) (items []itemJSON) {
	t.Helper()
	require.Eventually(t, func() bool {
		items = read[someItems](t, w.send("GET", w.csbs("/checkpoint_items"+query), ""), http.StatusOK).Items
		for _, item := range items {
			if !fine(item) {
				return false
			}
		}
		return true
	}, 10*time.Second, 20*time.Millisecond)
	return items
}

// to is the body of a replication of the policy, with more of it.
func (k *keeper) to(region, project, more string) string {
	return fmt.Sprintf(`{"replication":{"policy_id":%q,"destination_region":%q,"destination_project_id":%q%s}}`, k.policy, region, project, more)
}

type someRecords struct {
	Records []recordJSON `json:"replication_records"`
	Count   int
	Links   []linkRef `json:"replication_records_links"`
}

// ended waits until all records of a list have ended.
func (k *keeper) ended(t testing.TB, query string) (found someRecords) {
	t.Helper()
	require.Eventually(t, func() bool {
		found = read[someRecords](t, k.send("GET", k.csbs("/replication_records"+query), ""), http.StatusOK)
		for _, r := range found.Records {
			if r.Status == api.ReplicationWaiting || r.Status == api.ReplicationRunning {
				return false
			}
		}
		return true
	}, 10*time.Second, 20*time.Millisecond)
	return found
}

// The documented request, and what is answered to it, byte for byte.
func TestReplicateAPolicy(t *testing.T) {
	t.Parallel()
	k := startKeeper(t)
	there := k.target.Projects[0].ID
	rec := k.send("POST", k.provided("/checkpoints/replicate"), `{
  "replication" : {
    "policy_id": "`+k.policy+`",
    "auto_trigger" : false,
    "destination_region": "local-2",
    "destination_project_id": "`+there+`"
  }
}`)
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	found := k.ended(t, "?sort=created_at:asc&plan_id="+k.policy)
	require.Equal(t, 2, found.Count)
	first, second := found.Records[0], found.Records[1]
	require.ElementsMatch(t, k.items, []string{first.SourceItem, second.SourceItem})
	head := fmt.Sprintf(`{"replication":{"project_id":%q,"provider_id":%q,"policy_id":%q,"source_region":"local-1",`+
		`"destination_region":"local-2","destination_project_id":%q,"checkpoint_items":[`, k.project.ID, csbsProvider, k.policy, there)
	require.Equal(t, head+fmt.Sprintf(`{"checkpoint_item_id":%q,"replication_record_id":%q},{"checkpoint_item_id":%q,"replication_record_id":%q}]}}`,
		first.SourceItem, first.ID, second.SourceItem, second.ID), rec.Body.String())

	require.Equal(t, api.ReplicationSucceeded, first.Status)
	require.Equal(t, recordExtraJSON{Progress: 100}, first.Extra)
	require.Equal(t, k.project.ID, first.SourceProject)
	require.NotEmpty(t, first.Replica)
	require.NotEmpty(t, first.ReplicaCheckpoint)
	rec = k.send("GET", k.csbs("/replication_records/"+first.ID), "")
	require.Equal(t, `{"replication_record":`+encoded(t, first)+`}`, rec.Body.String())

	again := k.send("POST", k.provided("/checkpoints/replicate"), k.to("local-2", there, `,"auto_trigger":null,"enable_acceleration":true,"name":null`))
	require.Equal(t, head+`]}}`, again.Body.String(), "nothing is left to copy")
	for _, item := range k.await(t, "", func(itemJSON) bool { return true }) {
		require.Equal(t, api.CopyDone, item.Extend.CopyStatus)
		require.Len(t, item.Records, 1)
	}
}

func TestReplicateOneBackup(t *testing.T) {
	t.Parallel()
	k := startKeeper(t)
	at, there := k.provided("/checkpoint_items/"+k.items[0]+"/replicate"), k.target.Projects[0].ID
	body := fmt.Sprintf(`{"replication":{"destination_region":"local-2","destination_project_id":%q,"name":"副本_1","description":"By hand"}}`, there)
	rec := k.send("POST", at, body)
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	found := k.ended(t, "?source_checkpoint_item_id="+k.items[0])
	require.Len(t, found.Records, 1)
	require.Empty(t, found.Records[0].PlanID, "no policy caused it")
	require.Equal(t, fmt.Sprintf(`{"replication":{"project_id":%q,"provider_id":%q,"checkpoint_item_id":%q,"replication_record_id":%q,`+
		`"source_region":"local-1","destination_region":"local-2","destination_project_id":%q}}`,
		k.project.ID, csbsProvider, k.items[0], found.Records[0].ID, there), rec.Body.String())
	flatFault(t, k.send("POST", at, body), 400, "BackupService.1009")
	flatFault(t, k.send("POST", k.provided("/checkpoint_items/x/replicate"), body), 404, "CSBS.3001")
	flatFault(t, k.send("POST", k.provided("/checkpoint_items/"+k.items[1]+"/replicate"), strings.Replace(body, "副本_1", "a b", 1)), 400, "CSBS.9001")
	flatFault(t, k.send("POST", k.provided("/checkpoint_items/"+k.items[1]+"/replicate"), strings.Replace(body, "local-2", "local-1", 1)), 400, "BackupService.1005")
}

func TestBadReplications(t *testing.T) {
	t.Parallel()
	k := startKeeper(t)
	there := k.target.Projects[0].ID
	at := k.provided("/checkpoints/replicate")
	for _, c := range []struct {
		name, body string
		status     int
		code, text string
	}{
		{"no body", "", 400, "CSBS.9001", ""},
		{"no JSON", `{"replication":`, 400, "CSBS.9001", ""},
		{"no replication", `{}`, 400, "CSBS.9001", "replication"},
		{"a list", `{"replication":[]}`, 400, "CSBS.9001", "replication"},
		{"no policy", strings.Replace(k.to("local-2", there, ""), k.policy, "", 1), 400, "CSBS.9001", "policy_id"},
		{"a policy that is a number", `{"replication":{"policy_id":5}}`, 400, "CSBS.9001", "replication.policy_id"},
		{"auto_trigger that is a text", k.to("local-2", there, `,"auto_trigger":"true"`), 400, "CSBS.9001", "replication.auto_trigger"},
		{"an unknown policy", strings.Replace(k.to("local-2", there, ""), k.policy, "d4acdab5-6d4d-42d8-8c56-ae94e53bfe87", 1), 404, "CSBS.3000", ""},
		{"no region", k.to("", there, ""), 400, "CSBS.9001", "destination_region: "},
		{"no project", k.to("local-2", "", ""), 400, "CSBS.9001", "destination_project_id: "},
		{"the region where it is", k.to("local-1", k.project.ID, ""), 400, "BackupService.1005", "destination_region: "},
		{"an unknown region", k.to("cn-east-2", there, ""), 400, "BackupService.1005", "destination_region: "},
		{"a project that is not there", k.to("local-2", k.other.ID, ""), 400, "BackupService.1011", "destination_project_id: "},
		{"an unknown project", k.to("local-2", "e0b97bac-532c-4c51-96fa-4b3a32253be4", ""), 400, "BackupService.1011", "destination_project_id: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, flatFault(t, k.send("POST", at, c.body), c.status, c.code), c.text)
			require.Regexp(t, `\p{Han}`, flatFault(t, k.send("POST", at, c.body, header{"X-Language", "zh-cn"}), c.status, c.code))
		})
	}
}

func TestWhereOneCanReplicateTo(t *testing.T) {
	t.Parallel()
	w := start(t)
	require.Equal(t, `{"regions":[{"name":"local-1","replication_destinations":["local-2"]},{"name":"local-2","replication_destinations":["local-1"]}]}`,
		w.send("GET", w.csbs("/replication_capabilities"), "").Body.String())
}
