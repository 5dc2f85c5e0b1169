package wire

import (
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// itemJSON is a backup as clients read it (spec/replication.md §1.5, §2).
type itemJSON struct {
	ID           string       `json:"id"`
	CheckpointID string       `json:"checkpoint_id"`
	Name         string       `json:"name"`
	Description  string       `json:"description"`
	Status       string       `json:"status"`
	ResourceID   string       `json:"resource_id"`
	ResourceType string       `json:"resource_type"`
	Created      string       `json:"created_at"`
	Updated      string       `json:"updated_at"`
	Protected    string       `json:"protected_at"`
	Expires      string       `json:"expired_at"`
	Data         itemDataJSON `json:"backup_data"`
	Extend       extendJSON   `json:"extend_info"`
	Tags         []api.Tag    `json:"tags"`
	Records      []recordJSON `json:"replication_records"` // a list, as in the documents
}

// itemDataJSON is the server that a backup is of. There is none here, only where
// the resource is.
type itemDataJSON struct {
	Region    string `json:"__openstack_region_name"`
	Service   string `json:"cloudservicetype"`
	Disk      int    `json:"disk"`
	ImageType string `json:"imagetype"`
	RAM       int    `json:"ram"`
	VCPUs     int    `json:"vcpus"`
	EIP       string `json:"eip"`
	PrivateIP string `json:"private_ip"`
}

// extendJSON is how a backup was made. Sizes are in MB, speeds in kB/s.
type extendJSON struct {
	Auto         bool           `json:"auto_trigger"`
	Speed        int64          `json:"average_speed"`
	CopyFrom     string         `json:"copy_from"`
	CopyStatus   api.CopyStatus `json:"copy_status"`
	FailCode     failJSON       `json:"fail_code"`
	FailOp       string         `json:"fail_op"`
	FailReason   string         `json:"fail_reason"`
	ImageType    api.BackupKind `json:"image_type"`
	Incremental  bool           `json:"incremental"`
	Progress     int            `json:"progress"`
	Zone         string         `json:"resource_az"`
	ResourceName string         `json:"resource_name"`
	ResourceType string         `json:"resource_type"`
	Size         int64          `json:"size"`
	Saving       int            `json:"space_saving_ratio"`
	Finished     string         `json:"finished_at"`
	RestoreMode  string         `json:"supported_restore_mode"`
	Images       [0]struct{}    `json:"os_images_data"`
	LLD          bool           `json:"support_lld"`
	TaskID       string         `json:"taskid"`
	Hypervisor   string         `json:"hypervisor_type"`
	Volumes      [1]volumeJSON  `json:"volume_backups"`
}

// failJSON is {} where nothing failed. Its code is a text, or one client fails.
type failJSON struct {
	Code        string `json:"Code,omitempty"`
	Description string `json:"Description,omitempty"`
}

// volumeJSON is the disk of a backup: here all of it is one.
type volumeJSON struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	Status      string         `json:"status"`
	Bootable    bool           `json:"bootable"`
	Incremental bool           `json:"incremental"`
	Speed       int64          `json:"average_speed"`
	ImageType   api.BackupKind `json:"image_type"`
	Size        int64          `json:"size"`
	Saving      int            `json:"space_saving_ratio"`
	SnapshotID  string         `json:"snapshot_id"`
	SourceID    string         `json:"source_volume_id"`
	SourceName  string         `json:"source_volume_name"`
	SourceSize  int64          `json:"source_volume_size"` // GB
}

// The units of sizes, in bytes.
const (
	kilobyte = 1 << 10
	megabyte = 1 << 20
	gigabyte = 1 << 30
)

func encodeItem(c echo.Context, b *api.Backup) itemJSON {
	out := itemJSON{
		ID: b.ID, CheckpointID: b.Checkpoint, Name: b.Name, Description: b.Description, Status: string(b.Status),
		ResourceID: b.Resource.ID, ResourceType: api.ResourceType,
		Created: csbsTime(b.Created), Updated: csbsTime(b.Updated), Expires: csbsTime(b.Expires),
		Data: itemDataJSON{Region: b.Region}, Extend: encodeExtend(c, b), Tags: append([]api.Tag{}, b.Tags...),
		Records: each(b.Records, func(r api.ReplicationRecord) recordJSON { return encodeRecord(c, &r) }),
	}
	if !b.Finished.IsZero() {
		out.Protected = out.Created
	}
	return out
}

func encodeExtend(c echo.Context, b *api.Backup) extendJSON {
	out := extendJSON{
		Auto: b.Auto, Speed: speed(b), CopyFrom: b.CopyFrom, CopyStatus: b.CopyStatus(), ImageType: b.Kind, Progress: progress(b),
		Zone: b.Region, ResourceName: b.Resource.Name, ResourceType: api.ResourceType, Size: units(b.Size, megabyte),
		Finished: csbsTime(b.Finished), RestoreMode: "na", Hypervisor: "QEMU",
	}
	if b.Fault != nil {
		out.FailCode = failJSON{string(b.Fault.Code), say(c, b.Fault.Message)}
		out.FailOp, out.FailReason = "backup", out.FailCode.Description
	}
	out.Volumes[0] = volumeJSON{
		ID: b.ID, Name: b.Name, Status: string(b.Status), Bootable: true, Speed: out.Speed, ImageType: b.Kind, Size: out.Size,
		SourceID: b.Resource.ID, SourceName: b.Resource.Name, SourceSize: units(b.Size, gigabyte),
	}
	return out
}

// units is a size in a unit, rounded up: what is there is not nothing.
func units(size, unit int64) int64 { return (size + unit - 1) / unit }

// speed is how fast a backup was made, in kB/s. What was taken over, or came from
// elsewhere, was not made here.
func speed(b *api.Backup) int64 {
	took := b.Finished.Sub(b.Created)
	if b.Adopted || b.Kind == api.BackupReplica || b.Finished.IsZero() || took < time.Millisecond {
		return 0
	}
	return int64(float64(b.Size) / kilobyte / took.Seconds())
}

// progress is how much of a backup is made, from 0 to 100.
func progress(b *api.Backup) int {
	switch {
	case b.Status == api.BackupAvailable, b.Status == api.BackupDeleting:
		return 100
	case b.Size <= 0:
		return 0
	}
	return int(min(b.Bytes*100/b.Size, 99))
}
