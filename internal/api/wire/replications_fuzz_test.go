package wire

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

// Whatever programs send about policies, backups and replications is answered in
// time, and with 500 only where the dialect has it, whichever database has to
// swallow it.
func TestManyBadBodiesOfReplications(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, manyBadReplications)
}

func manyBadReplications(t *testing.T, db *store.DB) {
	f := &replicationFuzz{keeper: startKeeperOn(t, db)}
	f.everywhere(t)
	answers := pelt(t, f.world, "", f.request)
	answers.occur(t, http.StatusOK, http.StatusCreated, http.StatusNoContent, http.StatusBadRequest, http.StatusNotFound)
}

// replicationFuzz makes requests about what is there, and about what is not.
type replicationFuzz struct{ *keeper }

// request is a call as it should be.
func (f *replicationFuzz) request(m *bodyMutator) (method, target string, body any) {
	policy, item := m.pick(f.policy, f.policy, "x", "%00", "%ff"), m.pick(f.items[0], f.items[1], "x", "%00", "a%2Fb")
	switch m.random.IntN(16) {
	case 0, 1:
		return "POST", f.csbs("/policies"), map[string]any{"policy": m.policy(fmt.Sprint("fuzz", m.random.IntN(1e6)))}
	case 2, 3, 4:
		return "PUT", f.csbs("/policies/" + policy), map[string]any{"policy": m.policy("nightly")}
	case 5, 6:
		return "POST", f.provided("/checkpoints/replicate"), map[string]any{"replication": f.replication(m)}
	case 7:
		return "POST", f.provided("/checkpoint_items/" + item + "/replicate"), map[string]any{"replication": f.replication(m)}
	case 8:
		return "POST", f.provided("/checkpoints"), map[string]any{"checkpoint": map[string]any{
			"plan_id": f.policy, "parameters": map[string]any{"auto_trigger": m.random.IntN(2) == 0, "resources": []any{m.pick("server-1", "server-2")}},
		}}
	case 9:
		asked := map[string]any{"resource_id": "server-1", "resource_type": "OS::Nova::Server"}
		if m.random.IntN(2) == 0 {
			return "POST", f.provided("/resources/action"), map[string]any{"check_protectable": []any{asked, asked}}
		}
		return "POST", f.provided("/resources/server-2/action"), map[string]any{"protect": map[string]any{"backup_name": "b", "description": ""}}
	case 10:
		return "DELETE", m.pick(f.provided("/checkpoints/"+item+"?checkpoint_items="+m.pick("", "x", "%00", ",")), f.csbs("/policies/"+m.pick("x", "%ff"))), nil
	case 11, 12:
		return f.own(m, policy, item)
	}
	query := "?" + m.pick("limit", "offset", "marker", "sort", "name", "resource_name", "status", "az", "ip", "start_time", "end_time", "id", "plan_id",
		"policy_id", "checkpoint_id", "destination_region", "source_checkpoint_item_id", "image_type", "all_tenants", "type") +
		"=" + m.pick("1", "-1", "2147483647", "name:asc", "id", "success", "available", "2020-01-01", "%00", "%ff", "%zz", "'", "%25", "💥", "*", f.items[0])
	return "GET", f.csbs(m.pick("/policies", "/checkpoint_items", "/checkpoint_items/count", "/replication_records", "/quotas", "/checkpoint_items/"+item, "/policies/"+policy) + query), nil
}

// own is a call of what the dialect lacks.
func (f *replicationFuzz) own(m *bodyMutator, policy, item string) (method, target string, body any) {
	region := map[string]any{"name": fmt.Sprint("region", m.random.IntN(70)), "kind": "folder", "folder": fmt.Sprint("region", m.random.IntN(70)), "bandwidth": m.pick("", "10", "-1"), "secret": ""}
	switch m.random.IntN(7) {
	case 0:
		return "POST", f.ownPath("/replications/plan"), map[string]any{"policy": f.policy, "region": "local-2", "project": f.target.Projects[0].ID}
	case 1:
		return "PUT", f.ownPath("/policies/" + policy + "/enabled"), map[string]any{"enabled": m.random.IntN(2) == 0}
	case 2:
		return "POST", f.ownPath("/replications/" + m.pick("x", "%00", "%ff") + m.pick("/cancel", "/retry")), nil
	case 3:
		return "POST", f.ownPath("/regions" + m.pick("", "/test", "/local-2/test", "/%00/test")), region
	case 4:
		return "PUT", f.ownPath("/regions/" + m.pick("region1", "x", "%ff")), region
	}
	query := "?" + m.pick("limit", "cursor", "status", "policy", "open") + "=" + m.pick("1", "x", "%00", "%ff", "true", "fail")
	return "GET", f.ownPath(m.pick("/replications", "/replications/x", "/replications/x/records", "/replications/%00/records/%ff",
		"/regions", "/regions/"+m.pick("local-1", "%00"), "/policies/"+policy, "/backups/"+item+"/content") + query), nil
}

func (f *replicationFuzz) replication(m *bodyMutator) any {
	return map[string]any{
		"policy_id": f.policy, "auto_trigger": m.random.IntN(2) == 0, "enable_acceleration": false, "name": m.pick("", "copy", "副本"), "description": "",
		"destination_region": m.pick("local-2", "local-1", "mars"), "destination_project_id": m.pick(f.target.Projects[0].ID, f.project.ID),
	}
}

func (m *bodyMutator) policy(name string) any {
	definition := map[string]any{
		"max_backups": json.Number(m.pick("20", "-1", "1e9", "0")), "retention_duration_days": m.pick("7", "-1", ""), "permanent": m.pick("true", "false"),
		"day_backups": m.random.IntN(9), "timezone": m.pick("UTC+08:00", ""), "destination_region": m.pick("local-2", ""), "destination_project_id": "x",
	}
	pattern := "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:" + m.pick("FREQ=DAILY;INTERVAL=2;BYHOUR=1", "FREQ=WEEKLY;BYDAY=MO,TU;BYHOUR=3;BYMINUTE=0", "FREQ=YEARLY") + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	return map[string]any{
		"name": name, "description": m.pick("", "x", "二部"), "provider_id": csbsProvider, "parameters": map[string]any{"common": map[string]any{}},
		"resources": []any{map[string]any{
			"id": fmt.Sprint("r", m.random.IntN(1e6)), "type": "OS::Nova::Server", "name": m.pick("r", "a/b"), "extra_info": map[string]any{"path": m.pick("orders.sql", "db", "../x"), "adopt": m.pick("true", "")},
		}},
		"scheduled_operations": []any{map[string]any{
			"name": "op", "enabled": false, "operation_type": m.pick("backup", "backup", "replication"), "operation_definition": definition,
			"trigger": map[string]any{"properties": map[string]any{"pattern": pattern}},
		}},
		"tags": []any{map[string]any{"key": m.pick("a", "b"), "value": ""}},
	}
}
