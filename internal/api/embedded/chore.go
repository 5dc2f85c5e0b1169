package embedded

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api/jobs"
	"switchboard/internal/api/store"
)

// chore is a kind of work in the background. The rows of the database say what
// is to be done; doing it twice does it once.
type chore struct {
	kind jobs.Kind
	// due finds what is to be done by now: a query for the columns of dueRow.
	due func(p *Plane, now time.Time) *bun.SelectQuery
	// do does one of them, if that is still due then. What takes long does a
	// part, leaves the row due at another time, and is called again.
	do func(p *Plane, ctx context.Context, t jobs.Task) error
	// share is how many workers a project may have in this process, of so many
	// slots for its checks.
	share func(slots int) int
	// workers is how many there are in this process, of so many checks that it
	// makes at the same time.
	workers func(checks int) int
}

// Kinds of work.
const (
	taskCheck jobs.Kind = "check" // something that is watched is due
	taskRow   jobs.Kind = "row"   // a row of a run waits
	taskHook  jobs.Kind = "hook"  // a hook has an event to tell

	taskAddition jobs.Kind = "addition" // many entries are to be added to a whitelist
	taskExpiry   jobs.Kind = "expiry"   // entries of a whitelist have expired
	taskDeletion jobs.Kind = "deletion" // a service was deleted, and its whitelist is left
)

// chores are all kinds of work. The schedule and runs take a little less than
// half of the slots each, and what is made active a quarter. All are taken only while
// all three have to do with systems that do not answer; then people who test get the
// next one that is free, before the next of those. A hook is told one thing after
// the other.
var chores = []chore{
	{taskCheck, dueSubjects, (*Plane).checkDue, underHalf(1), underHalf(2)},
	{taskRow, dueRunItems, (*Plane).workRow, underHalf(1), underHalf(2)},
	{taskActivate, dueConnections, (*Plane).activateDue, underHalf(2), underHalf(4)},
	{taskHook, dueHooks, (*Plane).tellHook, always(1), always(deliveries)},
	{taskAddition, dueAdditions, (*Plane).workAddition, always(1), always(2)},
	{taskExpiry, dueServices, (*Plane).expireDue, always(1), always(1)},
	{taskDeletion, dueDeletions, (*Plane).workDeletion, always(1), always(1)},
	{taskRamp, dueRamps, (*Plane).workRamp, always(1), always(2)},
	{taskProtect, dueCheckpoints, (*Plane).protectDue, always(perCheckpoint), always(perCheckpoint)},
	{taskErase, dueErasures, (*Plane).eraseDue, always(1), always(1)},
	{taskRetain, dueRetentions, (*Plane).retainDue, always(1), always(1)},
	{taskCopy, dueReplications, (*Plane).copyDue, always(copyRuns), always(copyRuns)},
	{taskTidy, dueLeft, (*Plane).tidyDue, always(1), always(1)},
	{taskTrigger, dueOperations, (*Plane).trigger, always(1), always(2)},
	{taskLook, dueLooks, (*Plane).lookDue, always(2), always(4)},
}

func always(n int) func(int) int { return func(int) int { return n } }

func underHalf(by int) func(int) int { return func(n int) int { return max(n/2-by, 1) } }

// choreOf returns the chore of a kind.
func choreOf(kind jobs.Kind) chore {
	for _, c := range chores {
		if c.kind == kind {
			return c
		}
	}
	return chore{}
}

// dueSubjects finds what is to be checked on its schedule; the part is its kind.
func dueSubjects(p *Plane, now time.Time) *bun.SelectQuery {
	var all *bun.SelectQuery
	for _, kind := range watchedKinds {
		query := p.db.Read.NewSelect().Model(newSubject(kind)).
			ColumnExpr("project_id, id, ? AS part, next_check_at AS due", kind).
			Where("next_check_at > 0").Where("next_check_at <= ?", store.Micros(now))
		if all == nil {
			all = query
		} else {
			all = all.UnionAll(query)
		}
	}
	return all
}

func dueRunItems(p *Plane, now time.Time) *bun.SelectQuery {
	return p.db.Read.NewSelect().Model((*runItem)(nil)).ColumnExpr("project_id, run_id AS id, object_id AS part, at AS due").
		Where("state IN ('waiting', 'running')").Where("state = 'waiting' OR at <= ?", store.Micros(now.Add(-lease)))
}

func dueHooks(p *Plane, now time.Time) *bun.SelectQuery {
	return p.db.Read.NewSelect().Model((*hookRow)(nil)).ColumnExpr("project_id, '' AS id, '' AS part, next_at AS due").
		Where("next_at > 0").Where("next_at <= ?", store.Micros(now))
}
