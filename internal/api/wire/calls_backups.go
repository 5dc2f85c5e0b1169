package wire

import (
	"context"
	"net/url"
	"strings"

	"switchboard/internal/api"
)

func (p *program) aboutBackups(ctx context.Context, d api.Deed) error {
	switch d := d.(type) {
	case api.CreatePolicy:
		return p.createPolicy(&d.Draft)
	case api.UpdatePolicy:
		return p.updatePolicy(ctx, d.ID, &d.Draft)
	case api.EnablePolicy:
		return p.enablePolicy(ctx, d)
	case api.DeletePolicy:
		return p.add("DeletePolicy", p.policy(d.ID), nil, nil)
	case api.StartCheckpoint:
		return p.startCheckpoint(&d.Draft)
	case api.StartReplication:
		body := &replicationBody{
			Policy: p.at.id(api.KindPolicy, d.Draft.Policy), Auto: d.Draft.Auto,
			Region: d.Draft.Region, Project: d.Draft.Project, Accelerate: d.Draft.Accelerate,
		}
		return p.add("CopyCheckpoint", p.provider(nil), newReplicationBody{body}, nil)
	case api.RetryReplication:
		return p.retry(ctx, d.Run)
	case api.ReplicateBackup:
		return p.replicate(d.Backup, &d.Draft)
	case api.DeleteBackups:
		return p.deleteBackups(d)
	}
	return noCalls(d)
}

// provider adds the one provider to what stands in a path.
func (p *program) provider(params pathParams) pathParams {
	all := pathParams{"provider": csbsProvider}
	for name, value := range params {
		all[name] = value
	}
	return all
}

// startCheckpoint backs up what a policy protects or, one after the other, resources
// without one.
func (p *program) startCheckpoint(d *api.CheckpointDraft) error {
	resources := each(d.Resources, func(id string) string { return p.at.id(api.KindPolicy, id) })
	if d.Policy != "" || len(resources) == 0 {
		body := checkpointBody{p.at.id(api.KindPolicy, d.Policy), checkpointParametersBody{d.Auto, resources}}
		return p.add("CreateCheckpoint", p.provider(nil), newCheckpointBody{&body}, nil)
	}
	for _, id := range resources {
		body := protectionBody{&protectBody{d.Name, d.Description}}
		if err := p.add("ProtectResource", p.provider(pathParams{"resource": id}), body, nil); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) replicate(backup string, d *api.BackupReplicationDraft) error {
	body := &replicationBody{Region: d.Region, Project: d.Project, Accelerate: d.Accelerate, Name: d.Name, Description: d.Description}
	return p.add("CopyCheckpointItem", p.provider(pathParams{"item": p.at.id(api.KindBackup, backup)}), newReplicationBody{body}, nil)
}

// retry in the dialect copies each backup again that was not.
func (p *program) retry(ctx context.Context, run string) error {
	if !p.at.Dialect {
		return p.add("RetryReplication", pathParams{"run": p.at.id(api.KindReplication, run)}, nil, nil)
	}
	before, err := p.from.ReplicationRun(ctx, p.scope, run)
	if err != nil {
		return err
	}
	q := api.RecordQuery{Run: run, Statuses: []api.ReplicationStatus{api.ReplicationFailed, api.ReplicationSkipped}, Limit: api.MaxPage}
	for {
		page, err := p.from.ListReplicationRecords(ctx, p.scope, q)
		if err != nil {
			return err
		}
		for i := range page.Items {
			r := &page.Items[i]
			there, err := p.there(ctx, r)
			if err != nil {
				return err
			}
			if there {
				continue
			}
			err = p.replicate(r.Backup.ID, &api.BackupReplicationDraft{
				Region: r.Destination.Region, Project: r.Destination.Project, Accelerate: before.Accelerate,
			})
			if err != nil {
				return err
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return nil
		}
	}
}

// there reports whether the backup of a record was copied by another one since, or is on
// its way.
func (p *program) there(ctx context.Context, r *api.ReplicationRecord) (bool, error) {
	page, err := p.from.ListReplicationRecords(ctx, p.scope, api.RecordQuery{
		Backup: r.Backup.ID, Region: r.Destination.Region, Limit: 1,
		Statuses: []api.ReplicationStatus{api.ReplicationWaiting, api.ReplicationRunning, api.ReplicationSucceeded},
	})
	return len(page.Items) > 0, err
}

// deleteBackups names backups in the query; without it, all of the checkpoint go.
func (p *program) deleteBackups(d api.DeleteBackups) error {
	err := p.add("DeleteCheckpoint", p.provider(pathParams{"checkpoint": p.at.id(api.KindBackup, d.Checkpoint)}), nil, nil)
	if err == nil && len(d.IDs) > 0 {
		ids := each(d.IDs, func(id string) string { return p.at.id(api.KindBackup, id) })
		p.last().Query = url.Values{"checkpoint_items": {strings.Join(ids, ",")}}
	}
	return err
}
