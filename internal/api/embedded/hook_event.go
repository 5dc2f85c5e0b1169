package embedded

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/jobs"
	"switchboard/internal/api/probe"
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

// TestHook implements api.Health.
func (p *Plane) TestHook(ctx context.Context, s api.Scope) error {
	hook, err := hookOf(ctx, p.db.Read, s.Project)
	if err != nil {
		return err
	}
	if hook == nil {
		return api.Errorf(api.NotFound, "hook.not_found")
	}
	problem, err := p.send(ctx, hook, newEvent(s.Project, eventTest, nil, nil))
	if err != nil {
		return err
	}
	err = p.db.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx bun.Tx) error {
		return store.Record(ctx, tx, s, store.Event{
			Action: "test", Kind: kindHook, Name: hook.URL, After: map[string]int{"status": hook.LastStatus},
		})
	})
	if err != nil || problem.IsZero() {
		return err
	}
	return api.Refuse([]api.Problem{{Path: "url", Message: problem}})
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

// send posts an event and notes on the hook how it went. problem is zero if it
// was taken.
func (p *Plane) send(ctx context.Context, hook *hookRow, event *eventRow) (problem api.Message, err error) {
	now := time.Now()
	request, err := p.signed(ctx, hook, event, now)
	if err != nil {
		return problem, err
	}
	hook.LastStatus, problem = post(p.prober.HTTPClient(deliveryTimeout), request)
	hook.LastAt, hook.LastError = store.Micros(now), ""
	if !problem.IsZero() {
		hook.LastError = encode(problem)
	}
	return problem, p.db.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model(hook).Column("last_at", "last_status", "last_error").
			Where("project_id = ? AND version = ?", hook.ProjectID, hook.Version).Exec(ctx)
		return err
	})
}

// signed makes the request, signed as Standard Webhooks describes: the same id
// with every try, the time of this one.
func (p *Plane) signed(ctx context.Context, hook *hookRow, event *eventRow, now time.Time) (*http.Request, error) {
	text, err := p.keys.Open(hook.place(), hook.Sealed)
	if err != nil {
		return nil, err
	}
	key, err := signingKey(api.NewSecret(text))
	if err != nil {
		return nil, errors.New("the hook's secret cannot be read")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.URL, strings.NewReader(event.Body))
	if err != nil {
		return nil, errors.New("the hook's address cannot be read")
	}
	at := strconv.FormatInt(now.Unix(), 10)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(event.ID + "." + at + "." + event.Body))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "Switchboard")
	request.Header.Set("Webhook-Id", event.ID)
	request.Header.Set("Webhook-Timestamp", at)
	request.Header.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return request, nil
}

// post sends a request and says how it went. What was answered beyond the
// status is not looked at (S5), and an address that is refused looks like one
// that cannot be reached (S3).
func post(client *http.Client, request *http.Request) (status int, problem api.Message) {
	response, err := client.Do(request)
	if err == nil {
		_ = response.Body.Close()
		if response.StatusCode/100 != 2 {
			problem = api.M("hook.refused", "status", response.StatusCode)
		}
		return response.StatusCode, problem
	}
	timeout, ok := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, probe.ErrUnreachable):
		return 0, api.M("hook.unreachable")
	case ok && timeout.Timeout():
		return 0, api.M("hook.timeout", "seconds", int(deliveryTimeout.Seconds()))
	}
	return 0, api.M("hook.no_answer")
}
