package embedded

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/store"
)

// StartCheckpoint implements api.Backups.
func (p *Plane) StartCheckpoint(ctx context.Context, s api.Scope, d api.CheckpointDraft) (api.Checkpoint, error) {
	if err := api.Refuse(d.Problems()); err != nil {
		return api.Checkpoint{}, err
	}
	if away, err := p.away(ctx, s.Project); err != nil {
		return api.Checkpoint{}, err
	} else if away {
		return p.startCheckpointThere(ctx, s, d)
	}
	row := &checkpointRow{
		ID: store.NewID(), ProjectID: s.Project, Name: d.Name, Description: d.Description, Auto: d.Auto,
		Actor: encode(s.Actor), CreatedAt: store.Micros(p.now()),
	}
	var backups []backupRow
	err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		if row.Region, err = p.regionOf(ctx, tx, s.Project); err != nil {
			return err
		}
		resources, err := row.protect(ctx, tx, s, &d)
		if err != nil {
			return err
		}
		row.Resources, backups = encode(resources), row.backups(resources)
		return row.insert(ctx, tx, s, backups)
	})
	if errors.Is(err, store.ErrDuplicate) {
		err = checkpointBusy(d.Auto)
	}
	if err != nil {
		return api.Checkpoint{}, err
	}
	p.nudge(ctx, jobs.Task{Kind: taskProtect, Project: s.Project, ID: row.ID, Due: row.CreatedAt})
	started := row.checkpoint()
	started.Backups = len(backups)
	return started, nil
}

// protect is what a draft wants to have backed up: of a policy, which is not backed
// up yet and stays as it is until the transaction ends, or without one, of any.
func (r *checkpointRow) protect(ctx context.Context, tx bun.Tx, s api.Scope, d *api.CheckpointDraft) (found []api.Resource, err error) {
	var all []api.Resource
	if d.Policy != "" {
		if all, err = r.protectPolicy(ctx, tx, s, d.Policy); err != nil {
			return nil, err
		}
	} else if all, err = findResources(ctx, tx, s, d.Resources); err != nil {
		return nil, err
	}
	if found = all; len(d.Resources) > 0 {
		found = nil
	}
	for _, id := range d.Resources {
		i := slices.IndexFunc(all, func(r api.Resource) bool { return r.ID == id })
		if i < 0 {
			return nil, api.Refuse([]api.Problem{{Path: "resources", Message: api.M("backup.resource_unknown", "id", api.Shortened(id))}})
		}
		if !slices.ContainsFunc(found, func(r api.Resource) bool { return r.ID == id }) {
			found = append(found, all[i])
		}
	}
	if len(found) == 0 {
		return nil, api.Refuse([]api.Problem{{Path: "resources", Message: api.M("backup.nothing")}})
	}
	return found, nil
}

// protectPolicy locks a policy, and refuses a second checkpoint of it.
func (r *checkpointRow) protectPolicy(ctx context.Context, tx bun.Tx, s api.Scope, id string) ([]api.Resource, error) {
	if err := lock(ctx, tx, s.Project, new(policyRow), noPolicy, id); err != nil {
		return nil, err
	}
	var open []checkpointRow
	if err := tx.NewSelect().Model(&open).Where("policy_id = ? AND ended_at = 0", id).Scan(ctx); err != nil {
		return nil, err
	}
	if len(open) > 0 {
		return nil, checkpointBusy(open[0].Auto)
	}
	policy, err := readPolicy(ctx, tx, s, id)
	r.PolicyID, r.PolicyName = policy.ID, policy.Name
	return policy.Resources, err
}

// findResources finds resources of any policy of the project.
func findResources(ctx context.Context, db bun.IDB, s api.Scope, ids []string) ([]api.Resource, error) {
	if len(ids) == 0 || !store.Storable(anys(ids)...) {
		return nil, nil
	}
	var rows []resourceRow
	err := db.NewSelect().Model(&rows).Where("project_id = ? AND id IN (?)", s.Project, bun.List(ids)).Scan(ctx)
	resources := make([]api.Resource, len(rows))
	for i := range rows {
		resources[i] = rows[i].resource()
	}
	return resources, err
}

func anys(texts []string) []any {
	values := make([]any, len(texts))
	for i, text := range texts {
		values[i] = text
	}
	return values
}

// backups are those that a checkpoint is to make of resources; what is taken over
// is found later.
func (r *checkpointRow) backups(resources []api.Resource) []backupRow {
	name := r.Name
	if name == "" {
		name = madeUpName(r.Auto)
	}
	rows := make([]backupRow, 0, len(resources))
	for i := range resources {
		if resources[i].Adopt {
			continue
		}
		b := r.backup(&resources[i], r.CreatedAt)
		b.Name, b.Status = name, api.BackupWaiting
		b.index()
		rows = append(rows, b)
	}
	return rows
}

// backup is a backup of a resource, without a name.
func (r *checkpointRow) backup(of *api.Resource, at int64) backupRow {
	return backupRow{
		ID: store.NewID(), ProjectID: r.ProjectID, Region: r.Region, CheckpointID: r.ID, PolicyID: r.PolicyID,
		ResourceID: of.ID, ResourceName: of.Name, Path: of.Path, Description: r.Description, Kind: api.BackupOriginal,
		Auto: r.Auto, Tags: "[]", CreatedAt: at, UpdatedAt: r.CreatedAt, Version: 1,
	}
}

// madeUpName is what the dialect calls backups that nobody gave a name.
func madeUpName(auto bool) string {
	mark := strings.ToLower(rand.Text()[:6])
	if auto {
		return "autobk_" + mark
	}
	return "manualbk_" + mark
}

// insert writes a checkpoint down with its backups.
func (r *checkpointRow) insert(ctx context.Context, tx bun.Tx, s api.Scope, backups []backupRow) error {
	if err := roomForBackups(ctx, tx, r.ProjectID, len(backups)); err != nil {
		return err
	}
	if _, err := tx.NewInsert().Model(r).Exec(ctx); err != nil {
		return err
	}
	if len(backups) > 0 {
		if err := unsync(ctx, tx, r.ProjectID, r.PolicyID, r.CreatedAt); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&backups).Exec(ctx); err != nil {
			return err
		}
	}
	return r.record(ctx, tx, s, "back_up", api.AuditedCheckpoint{Auto: r.Auto, Checkpoint: r.ID, Resources: resourceNames(r.resources())})
}

func checkpointBusy(auto bool) error {
	if auto {
		return api.Errorf(api.Conflict, "backup.under_way_auto")
	}
	return api.Errorf(api.Conflict, "backup.under_way")
}

// roomForBackups refuses more backups than a project may have.
func roomForBackups(ctx context.Context, tx bun.Tx, project string, more int) error {
	n, err := tx.NewSelect().Model((*backupRow)(nil)).Where("project_id = ?", project).Count(ctx)
	if err == nil && int(n)+more > api.MaxBackups {
		err = tooManyBackups()
	}
	return err
}

func tooManyBackups() *api.Error {
	return api.Errorf(api.Limit, "backup.too_many", "max", api.Grouped(api.MaxBackups))
}

// record writes down what was done with the checkpoint: it is told of with its
// policy, or alone if it has none.
func (r *checkpointRow) record(ctx context.Context, tx bun.Tx, s api.Scope, action string, after any) error {
	e := store.Event{Action: action, Kind: api.KindPolicy, ID: r.PolicyID, Name: r.PolicyName, After: after}
	if r.PolicyID == "" {
		e.Kind, e.ID, e.Name = api.KindBackup, r.ID, strings.Join(resourceNames(r.resources()), ", ")
	}
	return store.Record(ctx, tx, s, e)
}

func resourceNames(resources []api.Resource) []string {
	names := make([]string, len(resources))
	for i := range resources {
		names[i] = resources[i].Name
	}
	return names
}
