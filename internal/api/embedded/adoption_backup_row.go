package embedded

import (
	"cmp"
	"context"
	"slices"

	"switchboard/internal/api"
)

// toldStatus is what a status of the dialect is here; one that is restored is there.
var toldStatus = map[api.BackupStatus]api.BackupStatus{
	api.BackupWaiting: api.BackupWaiting, api.BackupProtecting: api.BackupProtecting, api.BackupAvailable: api.BackupAvailable,
	api.BackupError: api.BackupError, api.BackupDeleting: api.BackupDeleting,
	"waiting_restore": api.BackupAvailable, "restoring": api.BackupAvailable, "waiting_delete": api.BackupDeleting,
}

// fit leaves out what cannot be kept: ids that other projects have, what is none of a
// known status, and what no database takes.
func (a *backupAdoption) fit(ctx context.Context, backups []api.Backup) ([]api.Backup, error) {
	ids, points := make([]string, len(backups)), make([]string, len(backups))
	for i := range backups {
		ids[i], points[i] = backups[i].ID, backups[i].Checkpoint
	}
	foreign, err := heldElsewhere(ctx, a.tx, (*backupRow)(nil), a.scope.Project, ids)
	if err != nil {
		return nil, err
	}
	strange, err := heldElsewhere(ctx, a.tx, (*checkpointRow)(nil), a.scope.Project, slices.Compact(slices.Sorted(slices.Values(points))))
	if err != nil {
		return nil, err
	}
	fit := make([]api.Backup, 0, len(backups))
	for i := range backups {
		b := backups[i]
		b.Status = toldStatus[b.Status]
		short := len(b.Name) <= 4*api.MaxBackupName && len(b.Resource.Name) <= 4*api.MaxBackupName && len(b.Resource.ID) <= api.MaxBackupName
		if foreign[b.ID] || strange[b.Checkpoint] || b.Status == "" || !short || !keepable(&b) {
			continue
		}
		if b.Kind != api.BackupReplica {
			b.Kind = api.BackupOriginal
		}
		fit = append(fit, b)
	}
	return fit, nil
}

// unknownSource is what a replica is of whose region does not say what it is of.
const unknownSource = "-"

// row is a backup as its region has it; old is how it is stored, or nil. Where it lay no
// region tells, nor what its content is.
func (a *backupAdoption) row(b *api.Backup, old *backupRow) backupRow {
	r := backupRow{ID: b.ID, ProjectID: a.scope.Project, CheckpointID: b.Checkpoint, Version: 1, CreatedAt: a.now}
	if old != nil {
		r = *old
	} else if point := a.points[b.Checkpoint]; point != nil {
		r.PolicyID = point.PolicyID
	}
	r.Region, r.Name, r.Description, r.Status, r.Kind, r.Auto = a.region, b.Name, b.Description, b.Status, b.Kind, b.Auto
	r.ResourceID, r.ResourceName = b.Resource.ID, cmp.Or(b.Resource.Name, r.ResourceName)
	r.Path = cmp.Or(r.Path, a.paths[b.Resource.ID], b.Resource.Name, b.Resource.ID)
	r.Size, r.Bytes = max(b.Size, 0), min(max(b.Bytes, 0), max(b.Size, 0))
	r.CopyFrom, r.Tags, r.Fault = b.CopyFrom, encode(append([]api.Tag{}, b.Tags...)), ""
	if b.Fault != nil {
		r.Fault = encode(toldFault(b.Fault))
	}
	if r.Kind == api.BackupReplica {
		r.SourceID = cmp.Or(r.SourceID, unknownSource)
	}
	r.CreatedAt = cmp.Or(toldAt(b.Created), r.CreatedAt)
	r.UpdatedAt = cmp.Or(toldAt(b.Updated), r.UpdatedAt, r.CreatedAt)
	r.FinishedAt, r.ExpiresAt = toldAt(b.Finished), toldAt(b.Expires)
	r.index()
	return r
}

// toldFault is why a region says that something failed: in our words if it is a reason
// that we know.
func toldFault(f *api.Fault) *api.Fault {
	if f.Code != api.FaultInternal {
		return fault(f.Code, f.Detail)
	}
	told := &api.Fault{Code: f.Code, Message: f.Message, Detail: faultDetail(f.Detail)}
	if text, said := told.Message.Args["text"].(string); said {
		told.Message = api.M(told.Message.Key, "text", faultDetail(text))
	} else {
		told.Message = fault(api.FaultInternal, "").Message
	}
	return told
}
