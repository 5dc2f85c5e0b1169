package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/def"
	"github.com/stretchr/testify/require"
)

// The official SDK has no package for CSBS: its client and its signatures are
// used with definitions of the requests made here. Answers are read into types as
// strict as those of the libraries behind Terraform: times without a zone,
// integers that are integers, and definitions that are all typed.
type (
	strictPolicy struct {
		ID          string           `json:"id"`
		Name        string           `json:"name"`
		Description string           `json:"description"`
		ProjectID   string           `json:"project_id"`
		ProviderID  string           `json:"provider_id"`
		Status      string           `json:"status"`
		Created     zoneless         `json:"created_at"`
		Resources   []strictResource `json:"resources"`
		Operations  []struct {
			ID         string           `json:"id"`
			Name       string           `json:"name"`
			Enabled    bool             `json:"enabled"`
			Type       string           `json:"operation_type"`
			Definition strictDefinition `json:"operation_definition"`
			TriggerID  string           `json:"trigger_id"`
			Trigger    struct {
				ID         string `json:"id"`
				Name       string `json:"name"`
				Type       string `json:"type"`
				Properties struct {
					Pattern string      `json:"pattern"`
					Start   spacedStamp `json:"start_time"`
				} `json:"properties"`
			} `json:"trigger"`
		} `json:"scheduled_operations"`
		Tags []struct{ Key, Value string } `json:"tags"`
	}
	strictResource struct {
		ID    string         `json:"id"`
		Type  string         `json:"type"`
		Name  string         `json:"name"`
		Extra map[string]any `json:"extra_info"`
	}
	strictDefinition struct {
		Max        int    `json:"max_backups"`
		Days       int    `json:"retention_duration_days"`
		Permanent  bool   `json:"permanent"`
		PlanID     string `json:"plan_id"`
		ProviderID string `json:"provider_id"`
		Daily      int    `json:"day_backups"`
		Weekly     int    `json:"week_backups"`
		Monthly    int    `json:"month_backups"`
		Yearly     int    `json:"year_backups"`
	}
	strictItem struct {
		ID         string   `json:"id"`
		Checkpoint string   `json:"checkpoint_id"`
		Name       string   `json:"name"`
		Status     string   `json:"status"`
		ResourceID string   `json:"resource_id"`
		Created    zoneless `json:"created_at"`
		Updated    zoneless `json:"updated_at"`
		Data       struct {
			Region string `json:"__openstack_region_name"`
			Disk   int    `json:"disk"`
			RAM    int    `json:"ram"`
			VCPUs  int    `json:"vcpus"`
		} `json:"backup_data"`
		Extend struct {
			Auto       bool     `json:"auto_trigger"`
			Speed      int      `json:"average_speed"`
			CopyStatus string   `json:"copy_status"`
			FailCode   failCode `json:"fail_code"`
			Progress   int      `json:"progress"`
			Size       int      `json:"size"`
			Saving     int      `json:"space_saving_ratio"`
			Finished   zoneless `json:"finished_at"`
			LLD        bool     `json:"support_lld"`
			Images     []struct {
				ID string `json:"image_id"`
			} `json:"os_images_data"`
			Volumes []struct {
				ID         string `json:"id"`
				Bootable   bool   `json:"bootable"`
				Speed      int    `json:"average_speed"`
				Size       int    `json:"size"`
				SourceSize int    `json:"source_volume_size"`
			} `json:"volume_backups"`
		} `json:"extend_info"`
		Tags    []struct{ Key, Value string } `json:"tags"`
		Records []strictRecord                `json:"replication_records"`
	}
	failCode struct {
		Code        string `json:"Code"`
		Description string `json:"Description"`
	}
	strictRecord struct {
		ID      string   `json:"id"`
		Status  string   `json:"status"`
		Item    string   `json:"source_checkpoint_item_id"`
		Replica string   `json:"destination_checkpoint_item_id"`
		PlanID  string   `json:"plan_id"`
		Created zoneless `json:"created_at"`
		Extra   struct {
			Auto       bool   `json:"auto_trigger"`
			Progress   int    `json:"progress"`
			FailCode   string `json:"fail_code"`
			FailReason string `json:"fail_reason"`
		} `json:"extra_info"`
	}
)

// zoneless is a time that fails to be read if it has a zone.
type zoneless struct{ time.Time }

func (z *zoneless) UnmarshalJSON(text []byte) error {
	return readStamp(&z.Time, text, "2006-01-02T15:04:05.999999")
}

// spacedStamp is a time with a space in the middle.
type spacedStamp struct{ time.Time }

func (s *spacedStamp) UnmarshalJSON(text []byte) error {
	return readStamp(&s.Time, text, time.DateTime)
}

func readStamp(into *time.Time, text []byte, form string) (err error) {
	stamp := strings.Trim(string(text), `"`)
	if stamp == "" || stamp == "null" {
		return nil
	}
	*into, err = time.Parse(form, stamp)
	return err
}

// sdkAnswer is what the SDK adds to every answer.
type sdkAnswer struct {
	HttpStatusCode int `json:"-"`
}

// sdkRequest is what a request can hold beside its path.
type sdkRequest struct {
	Items *string `json:"checkpoint_items,omitempty"`
	Limit *int32  `json:"limit,omitempty"`
	Body  any     `json:"body,omitempty"`
}

// csbsSDK signs and sends with the SDK's client.
type csbsSDK struct{ client *core.HcHttpClient }

func newCSBS(t *testing.T, p *program, key accessKey) csbsSDK {
	t.Helper()
	credentials, err := basic.NewCredentialsBuilder().WithAk(key.AccessKey).WithSk(key.SecretKey).WithProjectId(key.ProjectID).SafeBuild()
	require.NoError(t, err)
	client, err := core.NewHcHttpClientBuilder().WithEndpoint(p.URL).WithCredential(credentials).SafeBuild()
	require.NoError(t, err)
	return csbsSDK{client}
}

// send sends a request about the key's project; into is a pointer to a struct.
func (c csbsSDK) send(method, path string, r sdkRequest, into any) error {
	d := def.NewHttpRequestDefBuilder().WithMethod(method).WithPath("/v1/{project_id}" + path).WithResponse(into).WithContentType("application/json")
	if r.Items != nil {
		d.WithRequestField(def.NewFieldDef().WithName("Items").WithJsonTag("checkpoint_items").WithLocationType(def.Query))
	}
	if r.Limit != nil {
		d.WithRequestField(def.NewFieldDef().WithName("Limit").WithJsonTag("limit").WithLocationType(def.Query))
	}
	if r.Body != nil {
		d.WithRequestField(def.NewFieldDef().WithName("Body").WithLocationType(def.Body))
	}
	_, err := c.client.Sync(&r, d.Build())
	return err
}

const sdkProvider = "/providers/" + csbsProvider

func TestOfficialSDKManagesPolicies(t *testing.T) {
	t.Parallel()
	p := start(t)
	key := p.key(t)
	sdk := newCSBS(t, p, key)
	var one struct {
		sdkAnswer
		Policy strictPolicy `json:"policy"`
	}
	require.NoError(t, sdk.send("POST", "/policies", sdkRequest{Body: describedPolicy("nightly")}, &one))
	require.Equal(t, http.StatusOK, one.HttpStatusCode, "and no other")
	created := one.Policy
	require.Equal(t, "suspended", created.Status, "which is what Terraform waits for")
	require.Equal(t, key.ProjectID, created.ProjectID)
	require.Equal(t, csbsProvider, created.ProviderID)
	require.WithinDuration(t, time.Now(), created.Created.Time, time.Minute, "UTC without saying so")
	require.Equal(t, map[string]any{"path": "db/dumps", "vendor": "acme"}, created.Resources[0].Extra)
	require.Equal(t, map[string]any{"path": "orders.sql"}, created.Resources[1].Extra)
	operation := created.Operations[0]
	require.Equal(t, strictDefinition{Max: 20, Days: -1, PlanID: created.ID, ProviderID: csbsProvider}, operation.Definition)
	require.Equal(t, operation.TriggerID, operation.Trigger.ID)
	require.Contains(t, operation.Trigger.Properties.Pattern, "BYDAY=TH")
	require.False(t, operation.Trigger.Properties.Start.IsZero())

	require.NoError(t, sdk.send("PUT", "/policies/"+created.ID, sdkRequest{Body: map[string]any{"policy": map[string]any{
		"description": "Weekly", "scheduled_operations": []any{map[string]any{"id": operation.ID, "enabled": true}},
	}}}, &one))
	require.Equal(t, "Weekly", one.Policy.Description)
	require.Equal(t, "nightly", one.Policy.Name, "what is not sent stays")
	require.True(t, one.Policy.Operations[0].Enabled)
	require.Equal(t, operation.Definition, one.Policy.Operations[0].Definition)

	var listed struct {
		sdkAnswer
		Policies []strictPolicy `json:"policies"`
	}
	require.NoError(t, sdk.send("GET", "/policies", sdkRequest{Limit: new(int32(1))}, &listed))
	require.Equal(t, one.Policy, listed.Policies[0])

	var nothing struct{ sdkAnswer }
	require.NoError(t, sdk.send("DELETE", "/policies/"+created.ID, sdkRequest{}, &nothing))
	require.Equal(t, http.StatusOK, nothing.HttpStatusCode)
	e := refusal(t, sdk.send("GET", "/policies/"+created.ID, sdkRequest{}, &one))
	require.Equal(t, http.StatusNotFound, e.StatusCode)
	require.Equal(t, "CSBS.3000", e.ErrorCode)
	require.NotEmpty(t, e.RequestId)
	var quotas struct {
		sdkAnswer
		Quotas struct {
			Resources []struct {
				Type        string
				Unit        string
				Quota, Used int
			}
		}
	}
	require.NoError(t, sdk.send("GET", "/quotas", sdkRequest{}, &quotas))
	require.Subset(t, quotas.Quotas.Resources, []any{struct {
		Type        string
		Unit        string
		Quota, Used int
	}{"backup_capacity", "GB", -1, 0}})
}

func TestOfficialSDKReplicates(t *testing.T) {
	t.Parallel()
	p := start(t)
	sdk, caller := newCSBS(t, p, p.key(t)), p.call(t)
	policy, items := caller.backedUp(p, regionName)
	there := p.seat().call(t, secondRegion).project

	var capable struct {
		sdkAnswer
		Regions []struct {
			Name         string
			Destinations []string `json:"replication_destinations"`
		}
	}
	require.NoError(t, sdk.send("GET", "/replication_capabilities", sdkRequest{}, &capable))
	require.Equal(t, regionName, capable.Regions[0].Name)
	require.Equal(t, []string{secondRegion}, capable.Regions[0].Destinations)

	to := map[string]any{"destination_region": secondRegion, "destination_project_id": there, "enable_acceleration": true}
	var single struct {
		sdkAnswer
		Replication struct {
			Item   string `json:"checkpoint_item_id"`
			Record string `json:"replication_record_id"`
			Source string `json:"source_region"`
		}
	}
	one := map[string]any{"name": "copy_of_it", "description": "By hand", "policy_id": nil}
	for key, value := range to {
		one[key] = value
	}
	require.NoError(t, sdk.send("POST", sdkProvider+"/checkpoint_items/"+items[0]+"/replicate", sdkRequest{Body: map[string]any{"replication": one}}, &single))
	require.Equal(t, items[0], single.Replication.Item)
	require.Equal(t, regionName, single.Replication.Source)

	to["policy_id"] = policy
	var many struct {
		sdkAnswer
		Replication struct {
			Items []struct {
				Item   string `json:"checkpoint_item_id"`
				Record string `json:"replication_record_id"`
			} `json:"checkpoint_items"`
		}
	}
	require.NoError(t, sdk.send("POST", sdkProvider+"/checkpoints/replicate", sdkRequest{Body: map[string]any{"replication": to}}, &many))
	require.Len(t, many.Replication.Items, 1, "the other one is there, or on its way")
	require.Equal(t, items[1], many.Replication.Items[0].Item)
	caller.replicated(policy, 1)

	var shown struct {
		sdkAnswer
		Record strictRecord `json:"replication_record"`
	}
	require.NoError(t, sdk.send("GET", "/replication_records/"+many.Replication.Items[0].Record, sdkRequest{}, &shown))
	require.Equal(t, "success", shown.Record.Status)
	require.Equal(t, policy, shown.Record.PlanID)
	require.NotEmpty(t, shown.Record.Replica)
	var listed struct {
		sdkAnswer
		Items []strictItem `json:"checkpoint_items"`
	}
	require.NoError(t, sdk.send("GET", "/checkpoint_items", sdkRequest{}, &listed))
	require.Len(t, listed.Items, 2)
	for _, item := range listed.Items {
		require.Equal(t, regionName, item.Data.Region)
		require.Equal(t, 1, item.Extend.Size)
		require.Zero(t, item.Extend.FailCode)
		require.Len(t, item.Records, 1)
	}
	var nothing struct{ sdkAnswer }
	require.NoError(t, sdk.send("DELETE", sdkProvider+"/checkpoints/"+listed.Items[0].Checkpoint, sdkRequest{Items: &items[1]}, &nothing))
	require.Equal(t, http.StatusOK, nothing.HttpStatusCode)
	eventually(t, "the backup to be gone", func() (error, bool) {
		var item struct {
			sdkAnswer
			Item strictItem `json:"checkpoint_item"`
		}
		err := sdk.send("GET", "/checkpoint_items/"+items[1], sdkRequest{}, &item)
		return err, err != nil && refusal(t, err).ErrorCode == "CSBS.3001"
	})
	require.Len(t, p.seat().call(t, secondRegion).items(""), 2, "replicas stay")
}

func TestOfficialSDKReadsErrorsOfReplications(t *testing.T) {
	t.Parallel()
	p := start(t)
	sdk := newCSBS(t, p, p.key(t))
	var into struct{ sdkAnswer }
	replicate := func(provider, policy, region string) error {
		return sdk.send("POST", "/providers/"+provider+"/checkpoints/replicate", sdkRequest{Body: map[string]any{"replication": map[string]any{
			"policy_id": policy, "destination_region": region, "destination_project_id": "x",
		}}}, &into)
	}
	for name, c := range map[string]struct {
		err    error
		status int
		code   string
	}{
		"an unknown policy":   {replicate(csbsProvider, "d4acdab5-6d4d-42d8-8c56-ae94e53bfe87", secondRegion), 404, "CSBS.3000"},
		"an unknown provider": {replicate("c714180d-ca59-4d2a-a1f1-5bd2b7e1e2d5", "x", secondRegion), 400, "CSBS.9001"},
		"no replication":      {sdk.send("POST", sdkProvider+"/checkpoints/replicate", sdkRequest{Body: map[string]any{}}, &into), 400, "CSBS.9001"},
		"an unknown backup":   {sdk.send("GET", "/checkpoint_items/x", sdkRequest{}, &into), 404, "CSBS.3001"},
	} {
		e := refusal(t, c.err)
		require.Equal(t, c.status, e.StatusCode, name)
		require.Equal(t, c.code, e.ErrorCode, name)
		require.NotEmpty(t, e.ErrorMessage, name)
		require.NotEmpty(t, e.RequestId, name)
	}
}
