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
	"switchboard/internal/api/probe"
	"switchboard/internal/api/store"
)

// TestHook implements api.Health.
func (p *Plane) TestHook(ctx context.Context, s api.Scope) error {
	hook, err := hookOf(ctx, p.db.Read, s.Project)
	if err != nil {
		return err
	}
	if hook == nil {
		return api.Errorf(api.NotFound, "hook.not_found")
	}
	problem, err := p.send(ctx, hook, newEvent(s.Project, eventTest, eventBody{}))
	if err != nil {
		return err
	}
	err = p.db.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx bun.Tx) error {
		return store.Record(ctx, tx, s, store.Event{
			Action: "test", Kind: api.KindHook, Name: hook.Destination, After: map[string]int{"status": hook.LastStatus},
		})
	})
	if err != nil || problem.IsZero() {
		return err
	}
	return api.Refuse([]api.Problem{{Path: "url", Message: problem}})
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
	sealed, err := hook.open(p.keys)
	if err != nil {
		return nil, err
	}
	key, err := signingKey(api.NewSecret(sealed.Secret))
	if err != nil {
		return nil, errors.New("the hook's secret cannot be read")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, sealed.URL, strings.NewReader(event.Body))
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
