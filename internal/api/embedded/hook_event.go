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

// Types of events.
const (
	eventFailed    = "link.failed"
	eventRecovered = "link.recovered"
	eventTest      = "test"
)

// Times of deliveries. The first try is made at once, the next after
// firstRetry, and then each after four times as long.
const (
	deliveryTimeout = 10 * time.Second
	deliveryLease   = time.Minute // how long a try has before another may be made
	firstRetry      = 10 * time.Second
	longestRetry    = 4 * time.Hour
	giveUpAfter     = 24 * time.Hour
)

// eventRow is an event that is still to be told.
type eventRow struct {
	bun.BaseModel `bun:"table:hook_events"`

	ID        string `bun:"id,pk"`
	ProjectID string
	At        int64
	Body      string
	Tries     int
	NextAt    int64
}

// task is the try that is due.
func (r *eventRow) task() jobs.Task { return jobs.Task{Kind: taskEvent, ID: r.ID, Due: r.NextAt} }

// eventBody is what is sent: who, what and why, without secrets and without the
// words of the system behind the link.
type eventBody struct {
	Type      string      `json:"type"`
	ID        string      `json:"id"`
	Timestamp time.Time   `json:"timestamp"`
	Project   string      `json:"project"`
	Link      *eventLink  `json:"link,omitempty"`
	Check     *eventCheck `json:"check,omitempty"`
}

type eventLink struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Connector string `json:"connector"`
	Endpoint  string `json:"endpoint"`
}

type eventCheck struct {
	Status  api.Status   `json:"status"`
	At      time.Time    `json:"at"`
	TookMS  int64        `json:"took_ms"`
	Step    api.StepName `json:"step,omitempty"`
	Path    string       `json:"path,omitempty"`
	Message string       `json:"message,omitempty"`
}

func newEvent(project, kind string, link *eventLink, check *eventCheck) *eventRow {
	now := time.Now().UTC()
	id := store.NewID()
	body := eventBody{Type: kind, ID: id, Timestamp: now, Project: project, Link: link, Check: check}
	return &eventRow{ID: id, ProjectID: project, At: store.Micros(now), Body: encode(body), NextAt: store.Micros(now)}
}

// raise writes down that a link's state changed, if the project wants to be
// told, and returns the event.
func raise(ctx context.Context, tx bun.Tx, s api.Scope, link *linkRow, c *api.Check) (*eventRow, error) {
	hook, err := hookOf(ctx, tx, s.Project)
	if err != nil || hook == nil || !hook.Enabled {
		return nil, err
	}
	kind, check := eventRecovered, &eventCheck{Status: c.Status, At: c.At, TookMS: c.Took.Milliseconds()}
	if step := c.Failure(); step != nil {
		kind = eventFailed
		check.Step, check.Path, check.Message = step.Name, step.Path, locale.In(locale.English, step.Message)
	}
	event := newEvent(s.Project, kind, &eventLink{link.ID, link.Name, link.Connector, link.Endpoint}, check)
	_, err = tx.NewInsert().Model(event).Exec(ctx)
	return event, err
}

// announce lets an event be told at once.
func (p *Plane) announce(ctx context.Context, event *eventRow) {
	if event != nil {
		p.nudge(ctx, event.task())
	}
}

// forget drops what was still to be told.
func forget(ctx context.Context, tx bun.Tx, project string) error {
	_, err := tx.NewDelete().Model((*eventRow)(nil)).Where("project_id = ?", project).Exec(ctx)
	return err
}

// TellEvent makes the try to deliver an event that is due then, if nobody else
// makes it.
func (p *Plane) TellEvent(ctx context.Context, id string, due int64) error {
	event, err := p.claimEvent(context.WithoutCancel(ctx), id, due)
	if err != nil || event == nil {
		return err
	}
	hook, err := hookOf(ctx, p.db.Read, event.ProjectID)
	if err != nil {
		return err
	}
	var problem api.Message
	if hook != nil && hook.Enabled {
		problem, err = p.send(ctx, hook, event)
	}
	taken := problem.IsZero() && err == nil
	event.NextAt = store.Micros(time.Now().Add(min(firstRetry<<(2*min(event.Tries-1, 8)), longestRetry)))
	if ctx.Err() != nil {
		event.NextAt = due // interrupted, not refused
	}
	return errors.Join(err, p.settleEvent(context.WithoutCancel(ctx), event, taken))
}

// settleEvent ends an event that was taken, or that nobody took for a day, and
// lets the others wait for their next try.
func (p *Plane) settleEvent(ctx context.Context, event *eventRow, taken bool) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		if taken || event.NextAt > event.At+giveUpAfter.Microseconds() {
			_, err = tx.NewDelete().Model(event).WherePK().Exec(ctx)
		} else {
			_, err = tx.NewUpdate().Model(event).Column("next_at").WherePK().Exec(ctx)
		}
		return err
	})
}

// claimEvent takes an event that is due, for as long as a try may take.
func (p *Plane) claimEvent(ctx context.Context, id string, due int64) (*eventRow, error) {
	var rows []eventRow
	err := p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*eventRow)(nil)).
			Set("next_at = ?, tries = tries + 1", store.Micros(time.Now().Add(deliveryLease))).
			Where("id = ? AND next_at = ?", id, due).Returning("*").Exec(ctx, &rows)
		return err
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}
