package mirror

import (
	"context"
	"io"
	"net/url"
	"slices"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/cloud"
	"switchboard/internal/api/wire"
)

var backupPart = part{kind: api.KindBackup}

// freshBackups is before backups are shown, with where they were copied to.
func (m *Service) freshBackups(ctx context.Context, s api.Scope) error {
	return m.fresh(ctx, s, backupPart, recordPart)
}

// StartCheckpoint implements api.Backups. Whether one is under way is seen first.
func (m *Service) StartCheckpoint(ctx context.Context, s api.Scope, d api.CheckpointDraft) (api.Checkpoint, error) {
	if err := m.fresh(ctx, s, policyPart, backupPart); err != nil {
		return api.Checkpoint{}, err
	}
	return m.plane.StartCheckpoint(ctx, s, d)
}

// DeleteBackups implements api.Backups.
func (m *Service) DeleteBackups(ctx context.Context, s api.Scope, checkpoint string, ids []string) error {
	if err := m.freshBackups(ctx, s); err != nil {
		return err
	}
	return m.plane.DeleteBackups(ctx, s, checkpoint, ids)
}

// Checkpoint implements api.Backups.
func (m *Service) Checkpoint(ctx context.Context, s api.Scope, id string) (api.Checkpoint, error) {
	if err := m.fresh(ctx, s, backupPart); err != nil {
		return api.Checkpoint{}, err
	}
	return m.plane.Checkpoint(ctx, s, id)
}

// Checkpoints implements api.Backups.
func (m *Service) Checkpoints(ctx context.Context, s api.Scope, policy string, limit int) ([]api.Checkpoint, error) {
	if err := m.fresh(ctx, s, backupPart); err != nil {
		return nil, err
	}
	return m.plane.Checkpoints(ctx, s, policy, limit)
}

// ListBackups implements api.Backups.
func (m *Service) ListBackups(ctx context.Context, s api.Scope, q api.BackupQuery) (api.Page[api.Backup], error) {
	if err := m.freshBackups(ctx, s); err != nil {
		return api.Page[api.Backup]{}, err
	}
	return m.plane.ListBackups(ctx, s, q)
}

// CountBackups implements api.Backups.
func (m *Service) CountBackups(ctx context.Context, s api.Scope, q api.BackupQuery) (int, error) {
	if err := m.fresh(ctx, s, backupPart); err != nil {
		return 0, err
	}
	return m.plane.CountBackups(ctx, s, q)
}

// Backup implements api.Backups.
func (m *Service) Backup(ctx context.Context, s api.Scope, id string) (api.Backup, error) {
	if err := m.freshBackups(ctx, s); err != nil {
		return api.Backup{}, err
	}
	return m.plane.Backup(ctx, s, id)
}

// OpenBackup implements api.Backups. No call of the dialect gives out what is in one.
func (m *Service) OpenBackup(ctx context.Context, s api.Scope, id string) (api.Backup, io.ReadCloser, error) {
	r, err := m.region(ctx, s.Project)
	if err != nil {
		return api.Backup{}, nil, err
	}
	if r != nil {
		if _, err := m.plane.Backup(ctx, s, id); err != nil {
			return api.Backup{}, nil, err
		}
		return api.Backup{}, nil, api.Errorf(api.Conflict, "backup.not_given_out", "region", r.place.Region)
	}
	return m.plane.OpenBackup(ctx, s, id)
}

// BackupQuotas implements api.Backups.
func (m *Service) BackupQuotas(ctx context.Context, s api.Scope) ([]api.Quota, error) {
	if err := m.fresh(ctx, s, backupPart); err != nil {
		return nil, err
	}
	return m.plane.BackupQuotas(ctx, s)
}

func backupID(b *api.Backup) string { return b.ID }

// lookBackups reads all backups. Of which policy one is no answer tells, so that
// policies are asked for theirs, if there are checkpoints that nothing is known of.
func (m *Service) lookBackups(ctx context.Context, r *region) (func(context.Context) error, error) {
	backups, err := all(ctx, r, "ListCheckpointItems", nil, wire.BackupsIn, backupID)
	if err != nil {
		return nil, err
	}
	backups = slices.DeleteFunc(backups, func(b api.Backup) bool { return !identifies(b.ID) || !identifies(b.Checkpoint) })
	since := map[string]time.Time{} // when checkpoints began
	for i := range backups {
		b := &backups[i]
		if at, known := since[b.Checkpoint]; !known || b.Created.Before(at) {
			since[b.Checkpoint] = b.Created
		}
	}
	of, err := m.policiesOf(ctx, r, since)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error { return m.plane.AdoptBackups(ctx, r.scope.Project, backups, of) }, nil
}

// policiesOf finds the policies of checkpoints that nothing is known of here, by the
// checkpoints' ids.
func (m *Service) policiesOf(ctx context.Context, r *region, since map[string]time.Time) (map[string]string, error) {
	ids := make([]string, 0, len(since))
	for id := range since {
		ids = append(ids, id)
	}
	strange, err := m.plane.StrangeCheckpoints(ctx, r.scope.Project, ids)
	if err != nil || len(strange) == 0 {
		return nil, err
	}
	var oldest time.Time
	for _, id := range strange {
		if at := since[id]; oldest.IsZero() || at.Before(oldest) {
			oldest = at
		}
	}
	policies, err := all(ctx, r, "ListPolicies", nil, wire.PoliciesIn, func(p *api.Policy) string { return p.ID })
	of := map[string]string{}
	for i := range policies {
		query := url.Values{"policy_id": {policies[i].ID}}
		if !oldest.IsZero() {
			query.Set("start_time", oldest.UTC().Add(-time.Second).Format("2006-01-02T15:04:05"))
		}
		found, err := all(ctx, r, "ListCheckpointItems", query, wire.BackupsIn, backupID)
		if err != nil {
			return nil, err
		}
		for _, b := range found {
			of[b.Checkpoint] = policies[i].ID
		}
	}
	return of, err
}

// madeCheckpoints reads back what began: of each answer a checkpoint, and the backups
// that it has.
func (m *Service) madeCheckpoints(ctx context.Context, r *region, asked *api.CheckpointDraft, answers []cloud.Answer) ([]api.Begun, error) {
	if len(answers) == 0 {
		return nil, api.Errorf(api.NotFound, "backup.checkpoint_not_found")
	}
	made := make([]api.Begun, len(answers))
	for i := range answers {
		checkpoint, err := wire.CheckpointIn(answers[i].Body)
		if err != nil || !identifies(checkpoint.ID) {
			return nil, wire.ErrNoAnswer
		}
		backups, err := all(ctx, r, "ListCheckpointItems", url.Values{"checkpoint_id": {checkpoint.ID}}, wire.BackupsIn, backupID)
		if err != nil {
			return nil, err
		}
		made[i] = api.Begun{Checkpoint: checkpoint, Backups: slices.DeleteFunc(backups, func(b api.Backup) bool {
			return !identifies(b.ID) || b.Checkpoint != checkpoint.ID
		})}
		m.noteBackups(ctx, r, asked, made[i].Backups)
	}
	return made, nil
}

// noteBackups notes of backups that they are not called as they were to be.
func (m *Service) noteBackups(ctx context.Context, r *region, asked *api.CheckpointDraft, made []api.Backup) {
	for i := range made {
		said, is := map[string]string{"description": asked.Description}, map[string]string{"description": made[i].Description}
		if asked.Name != "" {
			said["name"], is["name"] = asked.Name, made[i].Name
		}
		m.note(ctx, r, api.KindBackup, made[i].ID, said, is)
	}
}
