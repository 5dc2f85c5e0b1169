package embedded

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/store"
	"switchboard/internal/locale"
)

// Types of events. Of a subject they begin with its kind: "link.failed",
// "connection.recovered".
const (
	eventFailed    = ".failed"
	eventRecovered = ".recovered"
	eventTest      = "test"

	// eventReplication is told once for each run of which something failed.
	eventReplication = "replication.failed"
)

// Times of deliveries. The first try is made at once, the next after
// firstRetry, and then each after four times as long. They are the hook's, not
// the event's: a receiver that takes nothing gets one request at a time.
const (
	deliveryTimeout = 10 * time.Second
	deliveryLease   = time.Minute // how long a try has before another may be made
	firstRetry      = 10 * time.Second
	longestRetry    = 30 * time.Minute
	giveUpAfter     = 24 * time.Hour
)

// eventRow is an event that is still to be told.
type eventRow struct {
	bun.BaseModel `bun:"table:hook_events"`

	ID        string `bun:"id,pk"`
	ProjectID string
	At        int64
	Body      string
}

// eventBody is what is sent: who, what and why, without secrets and without the
// words of the system behind it.
type eventBody struct {
	Type       string      `json:"type"`
	ID         string      `json:"id"`
	Timestamp  time.Time   `json:"timestamp"`
	Project    string      `json:"project"`
	Link       *about      `json:"link,omitempty"`
	Connection *about      `json:"connection,omitempty"`
	Check      *eventCheck `json:"check,omitempty"`

	Replication *replicationEvent `json:"replication,omitempty"`
}

type eventCheck struct {
	Status  api.Status   `json:"status"`
	At      time.Time    `json:"at"`
	TookMS  int64        `json:"took_ms"`
	Step    api.StepName `json:"step,omitempty"`
	Path    string       `json:"path,omitempty"`
	Message string       `json:"message,omitempty"`
}

func newEvent(project, kind string, body eventBody) *eventRow {
	now := time.Now().UTC()
	body.Type, body.ID, body.Timestamp, body.Project = kind, store.NewID(), now, project
	return &eventRow{ID: body.ID, ProjectID: project, At: store.Micros(now), Body: encode(body)}
}

// raise writes down that a subject's state changed, if the project wants to be
// told, and returns the event. It waits for its turn: while the receiver does
// not take what came before, nothing overtakes that.
func raise(ctx context.Context, tx bun.Tx, s api.Scope, of about, c *api.Check) (*eventRow, error) {
	kind, check := eventRecovered, &eventCheck{Status: c.Status, At: c.At, TookMS: c.Took.Milliseconds()}
	if step := c.Failure(); step != nil {
		kind = eventFailed
		check.Step, check.Path, check.Message = step.Name, step.Path, locale.In(locale.English, step.Message)
	}
	body := eventBody{Check: check}
	switch of.Kind {
	case api.KindLink:
		body.Link = &of
	case api.KindConnection:
		body.Connection = &of
	}
	return queueEvent(ctx, tx, s.Project, string(of.Kind)+kind, body)
}

// queueEvent writes down what is to be told, if the project wants to be told.
func queueEvent(ctx context.Context, tx bun.Tx, project, kind string, body eventBody) (*eventRow, error) {
	hook, err := lockHook(ctx, tx, project)
	if err != nil || hook == nil || !hook.Enabled {
		return nil, err
	}
	if hook.NextAt == 0 {
		hook.NextAt = store.Micros(time.Now())
		if _, err := tx.NewUpdate().Model(hook).Column("next_at").WherePK().Exec(ctx); err != nil {
			return nil, err
		}
	}
	event := newEvent(project, kind, body)
	_, err = tx.NewInsert().Model(event).Exec(ctx)
	return event, err
}

// announce lets an event be told at once.
func (p *Plane) announce(ctx context.Context, event *eventRow) {
	if event != nil {
		p.nudge(ctx, jobs.Task{Kind: taskHook, Project: event.ProjectID, ID: event.ID, Due: event.At})
	}
}

// forget drops what was still to be told; the caller has locked the hook, and
// stores it.
func forget(ctx context.Context, tx bun.Tx, hook *hookRow) error {
	hook.NextAt, hook.Tries = 0, 0
	_, err := tx.NewDelete().Model((*eventRow)(nil)).Where("project_id = ?", hook.ProjectID).Exec(ctx)
	return err
}

// tellHook makes the try that is due then, if nobody else makes it: it delivers
// the oldest event of the project. What is not taken keeps the others waiting.
func (p *Plane) tellHook(ctx context.Context, t jobs.Task) error {
	project, due := t.Project, t.Due
	hook, err := p.claimHook(context.WithoutCancel(ctx), project, due)
	if err != nil || hook == nil {
		return err
	}
	var events []eventRow
	err = p.db.Read.NewSelect().Model(&events).Where("project_id = ?", project).OrderExpr("id").Limit(1).Scan(ctx)
	if err != nil {
		return err // the hook is due again when the lease ends
	}
	after := afterTry{claimed: hook.NextAt, nextAt: store.Micros(time.Now())}
	if len(events) > 0 {
		var problem api.Message
		problem, err = p.send(ctx, hook, &events[0])
		switch {
		case ctx.Err() != nil: // interrupted, not refused
			after.nextAt, after.tries = due, hook.Tries-1
		case err != nil || !problem.IsZero():
			wait := min(firstRetry<<(2*min(hook.Tries-1, 8)), longestRetry)
			after.nextAt, after.tries = store.Micros(time.Now().Add(wait)), hook.Tries
			after.givenUp = after.nextAt - giveUpAfter.Microseconds()
		default:
			after.taken = events[0].ID
		}
	}
	return errors.Join(err, p.settleHook(context.WithoutCancel(ctx), project, after))
}

// afterTry is what becomes of a hook and its events after a try.
type afterTry struct {
	claimed, nextAt int64
	tries           int
	taken           string // the event that was taken, if one was
	givenUp         int64  // events from before then are
}

// settleHook writes down how a try ended.
func (p *Plane) settleHook(ctx context.Context, project string, after afterTry) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		hook, err := lockHook(ctx, tx, project)
		if err != nil || hook == nil {
			return err
		}
		_, err = tx.NewDelete().Model((*eventRow)(nil)).Where("project_id = ?", project).
			Where("id = ? OR at < ?", after.taken, after.givenUp).Exec(ctx)
		if err != nil || hook.NextAt != after.claimed { // it was changed, and is due anew
			return err
		}
		hook.NextAt, hook.Tries = after.nextAt, after.tries
		left, err := tx.NewSelect().Model((*eventRow)(nil)).Where("project_id = ?", project).Exists(ctx)
		if err != nil {
			return err
		}
		if !left {
			hook.NextAt, hook.Tries = 0, 0
		}
		_, err = tx.NewUpdate().Model(hook).Column("next_at", "tries").WherePK().Exec(ctx)
		return err
	})
}

// claimHook takes a hook that is due, for as long as a try may take.
func (p *Plane) claimHook(ctx context.Context, project string, due int64) (*hookRow, error) {
	var rows []hookRow
	err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*hookRow)(nil)).
			Set("next_at = ?, tries = tries + 1", store.Micros(time.Now().Add(deliveryLease))).
			Where("project_id = ? AND next_at = ?", project, due).Returning("*").Exec(ctx, &rows)
		return err
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}
