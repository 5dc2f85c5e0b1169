package embedded

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/store"
)

// taskLook is a project in a region with something under way there.
const taskLook jobs.Kind = "look"

// dueLooks finds the projects in regions with backups or replications under way; the
// part is the kind. Their rows end when the region says so, also if nobody looks.
func dueLooks(p *Plane, now time.Time) *bun.SelectQuery {
	of := func(model any, kind api.Kind, where string) *bun.SelectQuery {
		return p.db.Read.NewSelect().Model(model).
			ColumnExpr("DISTINCT project_id, '' AS id, ? AS part, ? AS due", kind, store.Micros(now.Truncate(turn))).
			Where(where).Where("project_id IN (" + cloudProjects + ")")
	}
	return of((*checkpointRow)(nil), api.KindBackup, "ended_at = 0").
		Union(of((*backupRow)(nil), api.KindBackup, "status = 'deleting'")).
		Union(of((*replicationRow)(nil), api.KindReplication, "ended_at = 0"))
}

// lookDue has what is under way read from the region.
func (p *Plane) lookDue(ctx context.Context, t jobs.Task) error {
	if p.upstream == nil {
		return nil
	}
	return p.upstream.Look(ctx, t.Project, api.Kind(t.Part))
}
