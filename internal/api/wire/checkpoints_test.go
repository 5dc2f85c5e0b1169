package wire

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestCheckpoints(t *testing.T) {
	t.Parallel()
	k := startKeeper(t)
	rec := k.send("POST", k.provided("/checkpoints"), `{"checkpoint":{"plan_id":"`+k.policy+`","parameters":{"resources":["server-2"]}}}`)
	made := read[struct{ Checkpoint checkpointJSON }](t, rec, http.StatusOK).Checkpoint
	require.Equal(t, fmt.Sprintf(`{"checkpoint":{"id":%q,"status":"protecting","created_at":%q,"resource_graph":null,"project_id":%q,`+
		`"protection_plan":{"id":%q,"name":"nightly","resources":[{"id":"server-2","type":"OS::Nova::Server","name":"server-2"}]},`+
		`"extra_info":"{\"created_by\": \"manual\"}"}}`, made.ID, made.Created, k.project.ID, k.policy), rec.Body.String())
	require.Len(t, k.await(t, "?checkpoint_id="+made.ID, func(i itemJSON) bool { return i.Status == "available" }), 1)
	require.Eventually(t, func() bool { // the policy is done with a little later than its backup
		c, err := k.Service.Checkpoint(t.Context(), api.Scope{Project: k.project.ID, Actor: api.Actor{Role: api.RoleViewer}}, made.ID)
		return err == nil && !c.Ended.IsZero()
	}, time.Minute, 20*time.Millisecond)

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
