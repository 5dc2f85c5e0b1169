package api

import (
	"context"
	"slices"
	"time"
)

// Health is the part of Service that watches stored links and connections:
// checks on demand and on a schedule, what they said over time, and who is told
// when one stops or starts to answer. Checks that look at the form alone leave
// no trace in it. A kind that is not watched is NotFound.
type Health interface {
	// Recheck asks the system behind a stored thing, with its stored secrets,
	// and keeps the answer. A check that fails is a Check, not an error.
	Recheck(ctx context.Context, s Scope, kind Kind, id string) (Check, error)
	// Schedule sets how often it is checked again: one of Intervals.
	Schedule(ctx context.Context, s Scope, kind Kind, id string, every time.Duration) error
	// PastChecks returns what its checks said, newest first; the cursor is Next
	// of the page before. Older ones than the last KeptChecks are gone.
	PastChecks(ctx context.Context, s Scope, kind Kind, id, cursor string, limit int) (Page[PastCheck], error)
	// Episodes returns the latest times in which it did not answer, newest
	// first.
	Episodes(ctx context.Context, s Scope, kind Kind, id string, limit int) ([]Episode, error)

	// Hook returns where the project's changes of state are told; a zero Hook
	// if nowhere.
	Hook(ctx context.Context, s Scope) (Hook, error)
	// SetHook stores it; an empty URL removes it.
	SetHook(ctx context.Context, s Scope, d HookDraft) error
	// TestHook sends a test event to the stored hook and tells how it went: a
	// delivery that fails is Invalid, at "url".
	TestHook(ctx context.Context, s Scope) error

	// StartRun begins to check things of one kind, in the background; ids that
	// are gone are left out. Invalid if none is left, Limit above MaxSelection.
	StartRun(ctx context.Context, s Scope, kind Kind, ids []string) (Run, error)
	// Run returns a run with its rows in the order of names.
	Run(ctx context.Context, s Scope, id string) (Run, error)
	// CancelRun stops a run: what has not begun stays undone, and checks under
	// way are given up. To cancel what has ended changes nothing.
	CancelRun(ctx context.Context, s Scope, id string) error
}

// Intervals are how often a link can be checked again; 0 is never.
var Intervals = []time.Duration{
	0, 5 * time.Minute, 15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour,
}

// DefaultInterval is that of what was checked when it was created. A link of
// which only the form was looked at is not checked until somebody says so.
const DefaultInterval = time.Hour

// ValidInterval reports whether something can be checked that often.
func ValidInterval(every time.Duration) bool { return slices.Contains(Intervals, every) }

// What is kept of the checks of one thing.
const (
	RecentChecks = 30  // shown as a line on lists
	KeptChecks   = 200 // with their steps
)

// Pulse is what a list says about the checks of one thing.
type Pulse struct {
	Every    time.Duration // between two checks, 0 if it is not checked again
	Next     time.Time     // when it is due, zero if it is not
	LastGood time.Time     // the last check that did not fail, zero if none
	Since    time.Time     // since when it answers, or does not; zero if never checked
	Recent   []Status      // of the last RecentChecks checks, oldest first
}

// PastCheck is one check of something stored.
type PastCheck struct {
	ID    string
	Check Check
	By    string // user name, empty for the schedule
	Way   Way
	// Changed says that it failed for another reason than the check before.
	Changed bool
}

// Episode is a time in which something did not answer: however many checks
// failed, it is one story.
type Episode struct {
	ID       string
	Began    time.Time // first failed check
	Last     time.Time // last failed check
	Ended    time.Time // first good check after it, zero while it lasts
	Failures int
	// Reasons are the different failures, in the order they first appeared.
	Reasons []Reason
}

// Reason is why checks of an episode failed.
type Reason struct {
	At    time.Time // first seen
	Step  Step      // the failed step
	Count int
}

// Hook is where changes of state are told: an address that takes signed POST
// requests.
type Hook struct {
	URL     string
	Enabled bool
	Secret  bool // there is a signing secret
	Version int64
	Updated Stamp
	// How the last delivery went.
	LastAt     time.Time
	LastStatus int     // HTTP, 0 if there was no answer
	LastError  Message // zero if it was taken
}

// HookDraft is a Hook as somebody describes it. A zero Secret keeps the stored
// one; it must be given again when the URL's destination changes (S11).
type HookDraft struct {
	URL     string
	Enabled bool
	Secret  Secret `json:"-"`
	Version int64
}

// Selection says which things a bulk action is about: those with the ids, or all
// that a query finds.
type Selection[Q any] struct {
	IDs   []string
	Query *Q // cursor and limit do not count
}

// MaxSelection bounds a selection. More is refused, not cut off.
const MaxSelection = 1000

// Run is a bulk check of things of one kind.
type Run struct {
	ID      string
	Kind    Kind
	Started Stamp
	Ended   time.Time // zero while it goes on
	Stopped bool      // somebody cancelled it
	Rows    []RunRow
}

// RunRow is one thing of a run.
type RunRow struct {
	ID       string
	Name     string
	Endpoint string
	State    RunState
	Check    *Check    // with RunDone
	At       time.Time // of the last change
	Gone     bool      // it was deleted in between
}

// RunState is how far a row of a run is.
type RunState string

// The states of a row.
const (
	RunWaiting   RunState = "waiting"
	RunRunning   RunState = "running"
	RunDone      RunState = "done"
	RunCancelled RunState = "cancelled"
)

// Left counts the rows that have not ended.
func (r *Run) Left() int { return r.Count(RunWaiting) + r.Count(RunRunning) }

// Count counts the rows in a state.
func (r *Run) Count(state RunState) int {
	n := 0
	for i := range r.Rows {
		if r.Rows[i].State == state {
			n++
		}
	}
	return n
}

// CountStatus counts the rows whose check ended so.
func (r *Run) CountStatus(status Status) int {
	n := 0
	for i := range r.Rows {
		if c := r.Rows[i].Check; c != nil && c.Status == status {
			n++
		}
	}
	return n
}
