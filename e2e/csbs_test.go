package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// secondRegion is the other one of a fresh start, and its project's name.
const secondRegion = "local-2"

// csbsProvider is the only backup provider of the dialect.
const csbsProvider = "fc4d5750-22e7-4798-8a46-f48f62c4c1da"

// documentedPattern is the schedule in the documents' examples.
const documentedPattern = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:FREQ=WEEKLY;BYDAY=TH;BYHOUR=12;BYMINUTE=27\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

func (c *caller) csbs(rest string) string { return "/v1/" + c.project + rest }

func (c *caller) provider(rest string) string { return c.csbs("/providers/" + csbsProvider + rest) }

// putObject writes an object of a region that is in the folder of the program in which
// the projects really are.
func (p *program) putObject(t *testing.T, region, key, content string) {
	t.Helper()
	at := filepath.Join(p.seat().dir, "regions", region, filepath.FromSlash(key))
	require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
	require.NoError(t, os.WriteFile(at, []byte(content), 0o600))
}

// describedPolicy is the body of a policy that protects a folder and an object.
func describedPolicy(name string) map[string]any {
	return map[string]any{"policy": map[string]any{
		"name": name, "provider_id": csbsProvider, "parameters": map[string]any{"common": map[string]any{}},
		"resources": []any{
			map[string]any{"id": "server-1", "type": "OS::Nova::Server", "name": "dumps", "extra_info": map[string]any{"path": "db/dumps", "vendor": "acme"}},
			map[string]any{"id": "server-2", "type": "OS::Nova::Server", "name": "orders.sql"},
		},
		"scheduled_operations": []any{map[string]any{
			"name": "weekly", "enabled": false, "operation_type": "backup",
			"operation_definition": map[string]any{"max_backups": "20", "retention_duration_days": "-1", "permanent": "false"},
			"trigger":              map[string]any{"properties": map[string]any{"pattern": documentedPattern}},
		}},
	}}
}

// csbsItem is the part of a backup that tests look at.
type csbsItem struct {
	ID         string `json:"id"`
	Checkpoint string `json:"checkpoint_id"`
	Status     string `json:"status"`
	ResourceID string `json:"resource_id"`
	Extend     struct {
		CopyFrom   string `json:"copy_from"`
		CopyStatus string `json:"copy_status"`
		ImageType  string `json:"image_type"`
	} `json:"extend_info"`
	Records []csbsRecord `json:"replication_records"`
}

type csbsRecord struct {
	ID        string `json:"id"`
	Status    string `json:"status"`
	Item      string `json:"source_checkpoint_item_id"`
	Replica   string `json:"destination_checkpoint_item_id"`
	PlanID    string `json:"plan_id"`
	ExtraInfo struct {
		Progress   int    `json:"progress"`
		FailReason string `json:"fail_reason"`
	} `json:"extra_info"`
}

// items lists backups.
func (c *caller) items(query string) []csbsItem {
	c.t.Helper()
	var listed struct {
		Items []csbsItem `json:"checkpoint_items"`
	}
	c.ask(http.MethodGet, c.csbs("/checkpoint_items"+query), http.StatusOK, nil, &listed)
	return listed.Items
}

// backedUp makes a policy in the caller's region, backs up what it protects, and
// returns its id and the ids of the backups.
func (c *caller) backedUp(p *program, region string) (policy string, items []string) {
	c.t.Helper()
	p.putObject(c.t, region, "db/dumps/monday", "SELECT 1;")
	p.putObject(c.t, region, "db/dumps/tuesday", "SELECT 2;")
	p.putObject(c.t, region, "orders.sql", "INSERT INTO orders;")
	var created struct{ Policy struct{ ID string } }
	c.ask(http.MethodPost, c.csbs("/policies"), http.StatusOK, describedPolicy("nightly"), &created)
	return created.Policy.ID, c.backUp(created.Policy.ID)
}

// backUp runs a policy and returns the ids of the backups when they are there.
func (c *caller) backUp(policy string) []string {
	c.t.Helper()
	body := map[string]any{"checkpoint": map[string]any{"plan_id": policy, "parameters": map[string]any{"auto_trigger": false}}}
	a := eventually(c.t, "the backup before to end", func() (answer, bool) { // a moment after its last item
		a := c.send(http.MethodPost, c.provider("/checkpoints"), body)
		return a, !strings.Contains(a.body, "CSBS.1001")
	})
	require.Equal(c.t, http.StatusOK, a.status, a.body)
	var started struct{ Checkpoint struct{ ID string } }
	require.NoError(c.t, json.Unmarshal([]byte(a.body), &started))
	var ids []string
	for _, item := range c.await("/checkpoint_items?checkpoint_id="+started.Checkpoint.ID, "available") {
		ids = append(ids, item.ID)
	}
	return ids
}

// await waits until all backups of a list have a status.
func (c *caller) await(list, status string) []csbsItem {
	c.t.Helper()
	return eventually(c.t, "backups that are "+status, func() ([]csbsItem, bool) {
		var listed struct {
			Items []csbsItem `json:"checkpoint_items"`
		}
		c.ask(http.MethodGet, c.csbs(list), http.StatusOK, nil, &listed)
		for _, item := range listed.Items {
			if item.Status != status {
				return listed.Items, false
			}
		}
		return listed.Items, len(listed.Items) > 0
	})
}

// replicated waits until the records of a policy have ended, which must be well.
func (c *caller) replicated(policy string, count int) []csbsRecord {
	c.t.Helper()
	return eventually(c.t, "replicas", func() ([]csbsRecord, bool) {
		var listed struct {
			Records []csbsRecord `json:"replication_records"`
			Count   int
		}
		c.ask(http.MethodGet, c.csbs("/replication_records?plan_id="+policy), http.StatusOK, nil, &listed)
		require.Equal(c.t, len(listed.Records), listed.Count)
		for _, r := range listed.Records {
			require.NotContains(c.t, []string{"fail", "skip"}, r.Status, r.ExtraInfo.FailReason)
			if r.Status != "success" {
				return listed.Records, false
			}
		}
		return listed.Records, len(listed.Records) == count
	})
}
