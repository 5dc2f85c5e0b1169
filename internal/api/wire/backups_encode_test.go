package wire

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestABackupAsClientsReadIt(t *testing.T) {
	t.Parallel()
	c := (&server{}).context("GET", "/")
	backup := &api.Backup{
		ID: "c4dfa74c", Checkpoint: "ch1", Policy: "p1", Name: "manualbk_ab12", Description: "Nightly", Resource: api.Used{ID: "r1", Name: "dumps"},
		Status: api.BackupAvailable, Kind: api.BackupOriginal, Auto: true, Region: "cn-north-1", Size: 3<<20 + 1,
		Created: zoned, Finished: zoned.Add(2 * time.Second), Updated: zoned.Add(time.Minute),
		Records: []api.ReplicationRecord{{
			ID: "6f55d79b", Policy: "p1", Status: api.ReplicationFailed, Backup: api.Used{ID: "c4dfa74c"}, Checkpoint: "ch1",
			Source: "cn-north-1", Project: "s", Destination: api.Destination{Region: "cn-east-2", Project: "d"}, Created: zoned, Size: 200, Bytes: 100,
			Fault: &api.Fault{Code: api.FaultDestinationFull, Message: api.M("wire.body_json")},
		}},
	}
	const want = `{"id":"c4dfa74c","checkpoint_id":"ch1","name":"manualbk_ab12","description":"Nightly","status":"available","resource_id":"r1",` +
		`"resource_type":"OS::Nova::Server","created_at":"2018-08-20T07:31:32.718435","updated_at":"2018-08-20T07:32:32.718435",` +
		`"protected_at":"2018-08-20T07:31:32.718435","expired_at":"",` +
		`"backup_data":{"__openstack_region_name":"cn-north-1","cloudservicetype":"","disk":0,"imagetype":"","ram":0,"vcpus":0,"eip":"","private_ip":""},` +
		`"extend_info":{"auto_trigger":true,"average_speed":1536,"copy_from":"","copy_status":"fail","fail_code":{},"fail_op":"","fail_reason":"",` +
		`"image_type":"backup","incremental":false,"progress":100,"resource_az":"cn-north-1","resource_name":"dumps","resource_type":"OS::Nova::Server",` +
		`"size":4,"space_saving_ratio":0,"finished_at":"2018-08-20T07:31:34.718435","supported_restore_mode":"na","os_images_data":[],"support_lld":false,` +
		`"taskid":"","hypervisor_type":"QEMU","volume_backups":[{"id":"c4dfa74c","name":"manualbk_ab12","status":"available","bootable":true,` +
		`"incremental":false,"average_speed":1536,"image_type":"backup","size":4,"space_saving_ratio":0,"snapshot_id":"","source_volume_id":"r1",` +
		`"source_volume_name":"dumps","source_volume_size":1}]},"tags":[],` +
		`"replication_records":[{"id":"6f55d79b","status":"fail","source_region":"cn-north-1","source_project_id":"s","source_checkpoint_id":"ch1",` +
		`"source_checkpoint_item_id":"c4dfa74c","destination_region":"cn-east-2","destination_project_id":"d","destination_checkpoint_id":"",` +
		`"destination_checkpoint_item_id":"","plan_id":"p1","created_at":"2018-08-20T07:31:32.718435",` +
		`"extra_info":{"auto_trigger":false,"progress":50,"fail_code":"destination_full","fail_reason":"The request body is not valid JSON."}}]}`
	require.Equal(t, want, encoded(t, encodeItem(c, backup)))
}

func TestWhatABackupSaysOfHowFarItIs(t *testing.T) {
	t.Parallel()
	c := (&server{}).context("GET", "/")
	for name, row := range map[string]struct {
		backup api.Backup
		want   []string
	}{
		"it waits":            {api.Backup{Status: api.BackupWaiting}, []string{`"progress":0`, `"size":0`, `"protected_at":""`, `"finished_at":""`, `"copy_status":"na"`}},
		"it is being made":    {api.Backup{Status: api.BackupProtecting, Size: 200, Bytes: 150}, []string{`"progress":75`, `"size":1`, `"average_speed":0`}},
		"more than was known": {api.Backup{Status: api.BackupProtecting, Size: 200, Bytes: 250}, []string{`"progress":99`}},
		"nothing in it":       {api.Backup{Status: api.BackupAvailable, Finished: zoned}, []string{`"progress":100`, `"size":0`}},
		"it failed": {
			api.Backup{Status: api.BackupError, Fault: &api.Fault{Code: api.FaultSourceMissing, Message: api.M("wire.body_object")}},
			[]string{`"fail_code":{"Code":"source_missing","Description":"Send one JSON object as the request body."}`, `"fail_op":"backup","fail_reason":"Send one`},
		},
		"it is a replica": {
			api.Backup{Status: api.BackupAvailable, Kind: api.BackupReplica, CopyFrom: "cn-north-1", Size: 1 << 40, Created: zoned, Finished: zoned.Add(time.Hour)},
			[]string{`"copy_from":"cn-north-1"`, `"image_type":"replication"`, `"average_speed":0`, `"size":1048576`, `"source_volume_size":1024`},
		},
		"it was taken over": {api.Backup{Status: api.BackupAvailable, Adopted: true, Size: 1, Finished: zoned}, []string{`"average_speed":0`, `"size":1,`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, want := range row.want {
				require.Contains(t, encoded(t, encodeItem(c, &row.backup)), want)
			}
		})
	}
}
