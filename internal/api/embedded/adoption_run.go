package embedded

import (
	"cmp"
	"context"
	"slices"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// together is how far records may lie apart that are taken for those of one run.
const together = time.Minute

// strangeRun are records of which nothing was known, and that began together.
type strangeRun struct {
	first *api.ReplicationRecord
	last  time.Time
	all   []*api.ReplicationRecord
	open  bool
}

// joins reports whether a record belongs to the run. Backups that were copied one by one
// are runs of their own.
func (g *strangeRun) joins(t *api.ReplicationRecord) bool {
	return t.Policy != "" && t.Policy == g.first.Policy && t.Destination == g.first.Destination && t.Auto == g.first.Auto &&
		t.Created.Sub(g.last) <= together
}

// insert makes up the runs of records of which nothing is known.
func (a *recordAdoption) insert(ctx context.Context) error {
	known := make(map[string]bool, len(a.rows))
	for i := range a.rows {
		known[a.rows[i].ID] = true
	}
	var runs []*strangeRun
	for i := range a.told {
		t := &a.told[i]
		if known[t.ID] {
			continue
		}
		at := slices.IndexFunc(runs, func(g *strangeRun) bool { return g.joins(t) })
		if at < 0 {
			at, runs = len(runs), append(runs, &strangeRun{first: t})
		}
		g := runs[at]
		g.last, g.all, g.open = t.Created, append(g.all, t), g.open || going(t.Status)
	}
	if len(runs) == 0 {
		return nil
	}
	region, err := a.p.regionOf(ctx, a.tx, a.scope.Project)
	for _, g := range runs {
		if err == nil {
			err = a.adoptRun(ctx, g, region)
		}
	}
	return err
}

// adoptRun stores records in the run of the same that goes on, or in one that is made up.
func (a *recordAdoption) adoptRun(ctx context.Context, g *strangeRun, region string) error {
	t := g.first
	run := &replicationRow{
		ID: store.NewID(), ProjectID: a.scope.Project, PolicyID: t.Policy, SourceRegion: cmp.Or(t.Source, region),
		Region: t.Destination.Region, DestinationID: t.Destination.Project, Auto: t.Auto, Actor: encode(a.scope.Actor),
		StartedAt: cmp.Or(toldAt(t.Created), a.now),
	}
	if !g.open {
		run.EndedAt = max(toldAt(g.last), run.StartedAt)
	}
	going, err := a.callIt(ctx, run)
	if err != nil {
		return err
	}
	rows := make([]recordRow, len(g.all))
	for i, t := range g.all {
		rows[i] = a.row(run, t)
	}
	run.Total = int64(len(rows))
	a.touched[run.ID] = true
	if !going {
		a.made[run.ID] = true
		if _, err := a.tx.NewInsert().Model(run).Exec(ctx); err != nil {
			return err
		}
	}
	for batch := range slices.Chunk(rows, recordBatch) {
		if _, err := a.tx.NewInsert().Model(&batch).Exec(ctx); err != nil {
			return err
		}
	}
	if going {
		return nil
	}
	return store.Record(ctx, a.tx, a.scope, store.Event{
		Action: "start", Kind: api.KindReplication, ID: run.ID, Name: run.title(rows), After: run.audited(),
	})
}

// callIt gives a run the name of its policy, or makes it the one that goes on already. Of
// a policy one goes on at a time; a second one, to elsewhere, is told of by itself.
func (a *recordAdoption) callIt(ctx context.Context, run *replicationRow) (going bool, err error) {
	if run.PolicyID == "" {
		return false, nil
	}
	var names []string
	err = a.tx.NewSelect().Model((*policyRow)(nil)).Column("name").Where("project_id = ? AND id = ?", run.ProjectID, run.PolicyID).Scan(ctx, &names)
	run.PolicyName = cmp.Or(append(names, run.PolicyID)...)
	if err != nil || run.EndedAt > 0 {
		return false, err
	}
	var open []replicationRow
	err = a.tx.NewSelect().Model(&open).Where("policy_id = ? AND auto = ? AND ended_at = 0", run.PolicyID, run.Auto).Scan(ctx)
	if err != nil || len(open) == 0 {
		return false, err
	}
	same := &open[0]
	if same.ProjectID == run.ProjectID && same.Region == run.Region && same.DestinationID == run.DestinationID {
		*run = *same
		return true, nil
	}
	run.PolicyID = ""
	return false, nil
}

// row is a record that nobody here began. When it ended nobody knows if it has.
func (a *recordAdoption) row(run *replicationRow, t *api.ReplicationRecord) recordRow {
	created := cmp.Or(toldAt(t.Created), a.now)
	r := recordRow{
		ID: t.ID, RunID: run.ID, ProjectID: run.ProjectID, PolicyID: t.Policy, BackupID: t.Backup.ID, BackupName: t.Backup.ID,
		SourceRegion: run.SourceRegion, Region: t.Destination.Region, DestinationID: t.Destination.Project, Auto: t.Auto,
		CreatedAt: created, UpdatedAt: a.now,
	}
	if !going(t.Status) {
		r.BeganAt, r.EndedAt = created, created
	}
	a.follow(&r, t)
	return r
}
