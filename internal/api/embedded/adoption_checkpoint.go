package embedded

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// checkpointsFor makes up the checkpoints of backups that nobody here began.
func (a *backupAdoption) checkpointsFor(ctx context.Context, backups []api.Backup, of map[string]string) error {
	strange := map[string][]api.Backup{}
	for i := range backups {
		if id := backups[i].Checkpoint; a.points[id] == nil {
			strange[id] = append(strange[id], backups[i])
		}
	}
	for _, id := range slices.Sorted(maps.Keys(strange)) {
		if err := a.adoptCheckpoint(ctx, id, of[id], strange[id]); err != nil {
			return err
		}
	}
	return nil
}

// adoptCheckpoint makes up a checkpoint. Of a policy one goes on at a time; if there are
// several, the others are taken to have ended.
func (a *backupAdoption) adoptCheckpoint(ctx context.Context, id, policy string, backups []api.Backup) error {
	first, t := &backups[0], new(said)
	row := &checkpointRow{
		ID: id, ProjectID: a.scope.Project, Region: a.region, Auto: first.Auto, Actor: encode(a.scope.Actor), CreatedAt: a.now,
	}
	if name, known := a.policies[policy]; known {
		row.PolicyID, row.PolicyName = policy, name
	}
	var resources []api.Resource
	for i := range backups {
		b := &backups[i]
		row.CreatedAt = min(row.CreatedAt, cmp.Or(toldAt(b.Created), a.now))
		t.backups++
		t.unfinished = t.unfinished || b.Status == api.BackupWaiting || b.Status == api.BackupProtecting
		t.finished = max(t.finished, toldAt(b.Finished))
		resources = append(resources, api.Resource{
			ID: b.Resource.ID, Type: api.ResourceType, Name: b.Resource.Name, Path: a.paths[b.Resource.ID], Extra: "{}",
		})
	}
	row.Resources, row.EndedAt = encode(resources), a.end(row, t)
	if row.EndedAt == 0 && row.PolicyID != "" && a.goesOn(row.PolicyID) {
		row.EndedAt = a.now
	}
	if _, err := a.tx.NewInsert().Model(row).Exec(ctx); err != nil {
		return err
	}
	a.points[id] = row
	if first.Kind == api.BackupReplica {
		return store.Record(ctx, a.tx, a.scope, store.Event{
			Action: "receive", Kind: api.KindBackup, ID: id, Name: resourceNamesOf(backups),
			After: api.AuditedReplication{Source: first.CopyFrom, Region: a.region},
		})
	}
	return row.record(ctx, a.tx, a.scope, "back_up", api.AuditedCheckpoint{Auto: row.Auto, Checkpoint: id, Resources: resourceNames(resources)})
}

// goesOn reports whether a checkpoint of a policy is known to go on.
func (a *backupAdoption) goesOn(policy string) bool {
	for _, point := range a.points {
		if point.PolicyID == policy && point.EndedAt == 0 {
			return true
		}
	}
	return false
}

// resourceNamesOf are those of backups, each once.
func resourceNamesOf(backups []api.Backup) string {
	names := make([]string, 0, len(backups))
	for i := range backups {
		names = append(names, backups[i].Resource.Name)
	}
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(names))), ", ")
}
