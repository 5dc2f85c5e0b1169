package wire

import (
	"encoding/json"
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

func TestListsOfRecords(t *testing.T) {
	t.Parallel()
	k := startKeeper(t)
	require.Equal(t, `{"replication_records":[],"count":0}`, k.send("GET", k.csbs("/replication_records"), "").Body.String())
	require.Equal(t, http.StatusOK, k.send("POST", k.provided("/checkpoints/replicate"), k.to("local-2", k.target.Projects[0].ID, "")).Code)
	all := k.ended(t, "?sort=id:asc").Records
	require.Len(t, all, 2)
	for query, want := range map[string]struct {
		records []recordJSON
		count   int
	}{
		"":                                 {[]recordJSON{all[1], all[0]}, 2},
		"?limit=1&sort=created_at:asc":     {all[:1], 2},
		"?limit=1&sort=id:asc&offset=1":    {all[1:], 2},
		"?sort=id:asc&marker=" + all[0].ID: {all[1:], 2},
		"?id=" + all[1].ID:                 {all[1:], 1},
		"?source_checkpoint_item_id=" + all[0].SourceItem: {all[:1], 1},
		"?status=success&policy_id=" + k.policy:           {[]recordJSON{all[1], all[0]}, 2},
		"?status=fail":                                    {[]recordJSON{}, 0},
		"?destination_region=local-1":                     {[]recordJSON{}, 0},
		"?plan_id=x":                                      {[]recordJSON{}, 0},
	} {
		found := read[someRecords](t, k.send("GET", k.csbs("/replication_records"+query), ""), http.StatusOK)
		require.Equal(t, want.records, found.Records, query)
		require.Equal(t, want.count, found.Count, query)
	}
	for _, query := range []string{"status=done", "limit=0", "sort=status"} {
		flatFault(t, k.send("GET", k.csbs("/replication_records?"+query), ""), 400, "CSBS.9001")
	}
	flatFault(t, k.send("GET", k.csbs("/replication_records/x"), ""), 404, "CSBS.6040")
}

func TestListsOfBackups(t *testing.T) {
	t.Parallel()
	k := startKeeper(t)
	checkpoint := read[someItems](t, k.send("GET", k.csbs("/checkpoint_items"), ""), http.StatusOK).Items[0].CheckpointID
	second := k.backUp(t, k.policy)
	count := func(query string) int {
		n := read[struct{ Count int }](t, k.send("GET", k.csbs("/checkpoint_items/count"+query), ""), http.StatusOK).Count
		listed := read[someItems](t, k.send("GET", k.csbs("/checkpoint_items"+query), ""), http.StatusOK)
		require.Len(t, listed.Items, n, query)
		return n
	}
	for query, want := range map[string]int{
		"": 4, "?status=available": 4, "?status=error": 0, "?status=restoring": 0, "?image_type=backup": 4, "?image_type=replication": 0,
		"?resource_id=server-1": 2, "?resource_name=ERVER": 4, "?name=MANUALBK_": 4, "?name=x%25": 0, "?policy_id=" + k.policy: 4, "?policy_id=x": 0,
		"?checkpoint_id=" + checkpoint: 2, "?resource_type=OS::Nova::Server": 4, "?resource_type=OS::Cinder::Volume": 0,
		"?az=local-1": 4, "?az=local-2": 0, "?ip=10.0.0.1": 0, "?start_time=2000-01-01T00:00:00": 4, "?end_time=2000-01-01T00:00:00Z": 0,
		"?all_tenants=True&dec=false": 4,
	} {
		require.Equal(t, want, count(query), query)
	}
	first := read[someItems](t, k.send("GET", k.csbs("/checkpoint_items?limit=3"), ""), http.StatusOK)
	require.Len(t, first.Items, 3)
	rest := read[someItems](t, k.send("GET", strings.TrimPrefix(first.Links[0].Href, "http://example.com"), ""), http.StatusOK)
	require.Len(t, rest.Items, 1)
	require.Empty(t, rest.Links)
	require.Contains(t, append(each(first.Items, func(i itemJSON) string { return i.ID }), rest.Items[0].ID), second[0])
	for _, query := range []string{"status=fine", "image_type=x", "start_time=yesterday", "dec=maybe", "limit=-1", "sort=size"} {
		flatFault(t, k.send("GET", k.csbs("/checkpoint_items?"+query), ""), 400, "CSBS.9001")
	}
	rec := k.send("GET", k.csbs("/checkpoint_items/"+first.Items[0].ID), "")
	require.Equal(t, `{"checkpoint_item":`+encoded(t, first.Items[0])+`}`, rec.Body.String())
	flatFault(t, k.send("GET", k.csbs("/checkpoint_items/x"), ""), 404, "CSBS.3001")
}

func TestCheckpoints(t *testing.T) {
	t.Parallel()
	k := startKeeper(t)
	rec := k.send("POST", k.provided("/checkpoints"), `{"checkpoint":{"plan_id":"`+k.policy+`","parameters":{"resources":["server-2"]}}}`)
	made := read[struct{ Checkpoint checkpointJSON }](t, rec, http.StatusOK).Checkpoint
	require.Equal(t, fmt.Sprintf(`{"checkpoint":{"id":%q,"status":"protecting","created_at":%q,"resource_graph":null,"project_id":%q,`+
		`"protection_plan":{"id":%q,"name":"nightly","resources":[{"id":"server-2","type":"OS::Nova::Server","name":"server-2"}]},`+
		`"extra_info":"{\"created_by\": \"manual\"}"}}`, made.ID, made.Created, k.project.ID, k.policy), rec.Body.String())
	require.Len(t, k.await(t, "?checkpoint_id="+made.ID, func(i itemJSON) bool { return i.Status == "available" }), 1)

	for body, code := range map[string]string{
		``: "CSBS.9001", `{}`: "CSBS.9001", `{"checkpoint":{}}`: "CSBS.9001", `{"checkpoint":{"parameters":{"resources":["server-2"]}}}`: "CSBS.9001",
		`{"checkpoint":{"plan_id":"` + k.policy + `","parameters":{"resources":["x"]}}}`: "CSBS.6000",
	} {
		flatFault(t, k.send("POST", k.provided("/checkpoints"), body), 400, code)
	}
	flatFault(t, k.send("POST", k.provided("/checkpoints"), `{"checkpoint":{"plan_id":"x"}}`), 404, "CSBS.3000")
	empty := k.world.policy(t, "empty", "resources", "[]")
	flatFault(t, k.send("POST", k.provided("/checkpoints"), `{"checkpoint":{"plan_id":"`+empty+`"}}`), 500, "CSBS.6032")
}

func TestBackUpOneResource(t *testing.T) {
	t.Parallel()
	k := startKeeper(t)
	rec := k.send("POST", k.provided("/resources/server-2/action"), `{"protect":{"backup_name":"before_upgrade","description":"By hand","incremental":true}}`)
	made := read[struct{ Checkpoint checkpointJSON }](t, rec, http.StatusOK).Checkpoint
	require.Equal(t, "fake_"+made.ID, made.Plan.ID)
	items := read[someItems](t, k.send("GET", k.csbs("/checkpoint_items?checkpoint_id="+made.ID), ""), http.StatusOK).Items
	require.Len(t, items, 1, "Terraform asks at once, and fails if there is none")
	require.Equal(t, "before_upgrade", items[0].Name)
	k.await(t, "?checkpoint_id="+made.ID, func(i itemJSON) bool { return i.Status == "available" })
	flatFault(t, k.send("POST", k.provided("/resources/x/action"), `{"protect":{}}`), 400, "CSBS.6000")
	flatFault(t, k.send("POST", k.provided("/resources/server-2/action"), `{"protect":{"backup_name":"a b"}}`), 400, "CSBS.9001")
	flatFault(t, k.send("POST", k.provided("/resources/server-2/action"), `{"restore":{}}`), 400, "CSBS.9001")

	checked := k.send("POST", k.provided("/resources/action"), `{"check_protectable":[`+
		`{"resource_id":"server-1","resource_type":"OS::Nova::Server"},{"resource_id":"x","resource_type":"OS::Nova::Server"},{"resource_id":"server-1","resource_type":"x"}]}`)
	protectable := read[struct{ Protectable []protectableJSON }](t, checked, http.StatusOK).Protectable
	require.Equal(t, protectableJSON{"server-1", "OS::Nova::Server", true, "", ""}, protectable[0])
	require.Equal(t, "CSBS.6000", protectable[1].Code)
	require.Equal(t, "CSBS.6003", protectable[2].Code)
	require.NotEmpty(t, protectable[2].Message)
	for _, body := range []string{``, `{}`, `{"check_protectable":{}}`, `{"check_protectable":[` + strings.Repeat(`{},`, 1000) + `{}]}`} {
		flatFault(t, k.send("POST", k.provided("/resources/action"), body), 400, "CSBS.9001")
	}
}

func TestDeleteBackups(t *testing.T) {
	t.Parallel()
	k := startKeeper(t)
	checkpoint := read[struct {
		Item itemJSON `json:"checkpoint_item"`
	}](t, k.send("GET", k.csbs("/checkpoint_items/"+k.items[0]), ""), http.StatusOK).Item.CheckpointID
	at := k.provided("/checkpoints/" + checkpoint)
	flatFault(t, k.send("DELETE", at+"?checkpoint_items=", ""), 400, "CSBS.9001")
	flatFault(t, k.send("DELETE", at+"?checkpoint_items=x", ""), 404, "CSBS.3001")
	flatFault(t, k.send("DELETE", k.provided("/checkpoints/x"), ""), 404, "CSBS.3001")

	gone := func(item string) {
		require.Eventually(t, func() bool { return k.send("GET", k.csbs("/checkpoint_items/"+item), "").Code == http.StatusNotFound }, 10*time.Second, 20*time.Millisecond)
	}
	rec := k.send("DELETE", at+"?checkpoint_items="+k.items[0], "")
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	require.Equal(t, "{}", rec.Body.String())
	gone(k.items[0])
	require.Equal(t, http.StatusOK, k.send("GET", k.csbs("/checkpoint_items/"+k.items[1]), "").Code)
	require.Equal(t, http.StatusOK, k.send("DELETE", at, "").Code)
	gone(k.items[1])
}

func TestQuotasOfBackups(t *testing.T) {
	t.Parallel()
	w := start(t)
	body := read[quotasJSON](t, w.send("GET", w.csbs("/quotas"), ""), http.StatusOK)
	require.Len(t, body.Quotas.Resources, 4, "with those of VPCEP, which are on the same path")
	require.Equal(t, quotaJSON{"backup_capacity", "GB", 0, -1}, body.Quotas.Resources[2])
	text, err := json.Marshal(body.Quotas.Resources[3])
	require.NoError(t, err)
	require.JSONEq(t, fmt.Sprintf(`{"type":"backups","quota":%d,"used":0}`, api.MaxBackups), string(text))
}
