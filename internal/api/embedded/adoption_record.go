package embedded

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// AdoptRecords takes over how far copies are in the region that a project lives in.
// Records that nobody here began are in runs that are made up for them. A run whose
// records have all ended ends as any other. Records that are not told of any more stay
// what they were; those that had not ended failed, if these are all.
func (p *Plane) AdoptRecords(ctx context.Context, project string, records []api.ReplicationRecord, all bool) error {
	var events []*eventRow
	err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		a := &recordAdoption{
			p: p, tx: tx, all: all, scope: outside(project), now: store.Micros(p.now()), touched: map[string]bool{}, made: map[string]bool{},
		}
		err := tx.NewSelect().Model(&a.rows).Column(append([]string{"present"}, shownColumns...)...).Where("project_id = ?", project).Scan(ctx)
		if err != nil {
			return err
		}
		if err := a.fit(ctx, records); err != nil {
			return err
		}
		if err := a.change(ctx); err != nil {
			return err
		}
		if err := a.insert(ctx); err != nil {
			return err
		}
		if events, err = a.settle(ctx); err != nil {
			return err
		}
		return a.hear(ctx)
	})
	if err == nil {
		for _, event := range events {
			p.announce(ctx, event)
		}
	}
	return err
}

// recordAdoption takes over records in a transaction.
type recordAdoption struct {
	p       *Plane
	tx      bun.Tx
	all     bool // nothing else is there
	scope   api.Scope
	now     int64
	rows    []recordRow
	told    []api.ReplicationRecord // the oldest first
	holds   map[copyKey]string      // which record says that a replica is there, or expected
	backups map[string]backupRow
	touched map[string]bool // runs of which something changed
	made    map[string]bool // runs that were made up
}

// copyKey is what there is one replica of.
type copyKey struct{ backup, region string }

var knownRecords = []api.ReplicationStatus{
	api.ReplicationWaiting, api.ReplicationRunning, api.ReplicationSucceeded, api.ReplicationFailed, api.ReplicationSkipped,
}

func going(status api.ReplicationStatus) bool {
	return status == api.ReplicationWaiting || status == api.ReplicationRunning
}

// fit leaves out what cannot be kept: ids that other projects have, what is none of a
// known status, a second copy on its way to the same place, and what no database takes.
func (a *recordAdoption) fit(ctx context.Context, records []api.ReplicationRecord) error {
	ids, backups := make([]string, len(records)), make([]string, len(records))
	for i := range records {
		ids[i], backups[i] = records[i].ID, records[i].Backup.ID
	}
	foreign, err := foreignRecords(ctx, a.tx, a.scope.Project, "", ids, backups)
	if err != nil {
		return err
	}
	if a.backups, err = backupsByID(ctx, a.tx, a.scope.Project, backups); err != nil {
		return err
	}
	slices.SortStableFunc(records, func(x, y api.ReplicationRecord) int { return x.Created.Compare(y.Created) })
	a.holds = map[copyKey]string{}
	onWay, seen := map[copyKey]bool{}, map[string]bool{}
	for _, t := range records {
		key := copyKey{t.Backup.ID, t.Destination.Region}
		if foreign[t.ID] || foreign[t.Backup.ID] || seen[t.ID] || !slices.Contains(knownRecords, t.Status) || onWay[key] && going(t.Status) || !keepable(&t) {
			continue
		}
		seen[t.ID] = true
		if going(t.Status) || t.Status == api.ReplicationSucceeded && !onWay[key] {
			a.holds[key], onWay[key] = t.ID, going(t.Status)
		}
		a.told = append(a.told, t)
	}
	return nil
}

// vanishedAfter is how long a record that goes on may not be told of: another process may
// have seen it begin after this one asked.
const vanishedAfter = 2 * time.Minute

// change makes the known records what they are there: first those that do not hold their
// place any more.
func (a *recordAdoption) change(ctx context.Context) error {
	told := make(map[string]*api.ReplicationRecord, len(a.told))
	for i := range a.told {
		told[a.told[i].ID] = &a.told[i]
	}
	var changed []recordRow
	for i := range a.rows {
		is, r := a.rows[i], &a.rows[i]
		if t := told[r.ID]; t != nil {
			a.follow(&is, t)
		} else {
			a.forsake(&is)
		}
		if is != *r {
			is.UpdatedAt = a.now
			changed = append(changed, is)
			a.touched[is.RunID] = true
		}
	}
	slices.SortStableFunc(changed, func(x, y recordRow) int { return cmp.Compare(order01(x.Present), order01(y.Present)) })
	for i := range changed {
		err := update(ctx, a.tx, &changed[i], "status", "present", "backup_name", "resource_name", "checkpoint_id", "backup_at", "replica_checkpoint_id",
			"replica_id", "size", "bytes", "attempts", "began_at", "ended_at", "updated_at", "fault")
		if err != nil {
			return err
		}
	}
	return nil
}

func order01(b bool) int {
	if b {
		return 1
	}
	return 0
}

// follow makes a record what it is there.
func (a *recordAdoption) follow(r *recordRow, t *api.ReplicationRecord) {
	a.describe(r)
	r.Status, r.Present = t.Status, a.holds[copyKey{r.BackupID, r.Region}] == r.ID
	if t.Status != api.ReplicationWaiting {
		r.BeganAt, r.Attempts = cmp.Or(r.BeganAt, a.now), max(r.Attempts, 1)
	}
	r.Fault = ""
	switch {
	case going(t.Status):
		r.EndedAt = 0
	case t.Fault != nil:
		r.Fault = encode(toldFault(t.Fault))
		fallthrough
	default:
		r.EndedAt = cmp.Or(r.EndedAt, a.now)
	}
	switch t.Status {
	case api.ReplicationSucceeded:
		r.Bytes, r.ReplicaID, r.ReplicaCheckpointID = r.Size, t.Replica, t.ReplicaCheckpoint
	case api.ReplicationRunning:
		r.Bytes = r.Size / 100 * int64(t.Percent())
	case api.ReplicationWaiting:
		r.Bytes = 0
	}
	if r.Fault == "" && (t.Status == api.ReplicationFailed || t.Status == api.ReplicationSkipped) {
		r.Fault = encode(fault(api.FaultInternal, ""))
	}
}

// describe says what a record is of, as far as that was not known when it began.
func (a *recordAdoption) describe(r *recordRow) {
	b, known := a.backups[r.BackupID]
	if !known || r.CheckpointID != "" && r.Size == b.Size {
		return
	}
	r.BackupName, r.ResourceName, r.CheckpointID, r.BackupAt, r.Size = b.Name, b.ResourceName, b.CheckpointID, b.CreatedAt, b.Size
	if r.Status == api.ReplicationSucceeded {
		r.Bytes = r.Size
	}
}

// forsake is about a record that is not told of any more: one that ended stays, unless
// another one is in its place.
func (a *recordAdoption) forsake(r *recordRow) {
	_, taken := a.holds[copyKey{r.BackupID, r.Region}]
	switch {
	case r.Status == api.ReplicationSucceeded:
		r.Present = r.Present && !taken
	case going(r.Status) && (taken || a.all && r.UpdatedAt < a.now-vanishedAfter.Microseconds()):
		r.Status, r.Present, r.EndedAt, r.Fault = api.ReplicationFailed, false, a.now, encode(vanished())
	}
}
