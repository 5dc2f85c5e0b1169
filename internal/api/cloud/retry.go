package cloud

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth"

	"switchboard/internal/api"
	"switchboard/internal/api/wire"
)

// Doubt is an error after which nobody knows whether the call was done: it was sent, and
// nothing came back that says so. Who made it looks before making it again.
type Doubt struct{ Err *api.Error }

func (d *Doubt) Error() string { return d.Err.Error() + " (in doubt)" }

// Unwrap returns what is said about it.
func (d *Doubt) Unwrap() error { return d.Err }

// harmless are POSTs that change nothing.
var harmless = map[string]bool{signInOperation: true, "CheckProtectable": true}

func changesNothing(o *wire.Operation) bool {
	return o.Method == http.MethodGet || o.Method == http.MethodHead || harmless[o.ID]
}

// repeatable reports whether a call that was perhaps done can be made again: it then has
// the same end. A POST creates, adds or starts something, once for each time.
func repeatable(o *wire.Operation) bool {
	return changesNothing(o) || o.Method == http.MethodPut || o.Method == http.MethodDelete
}

// again reports whether a call that ended so is sent again.
func (f fate) again(o *wire.Operation) bool {
	return f == busy && o.ID != invocation || f == unsent || f == lost && repeatable(o)
}

// insist sends a call until it is known what became of it, or it is time to give up.
func (c *Client) insist(ctx context.Context, call *wire.Call, attempt time.Duration) (Answer, error) {
	o := call.Operation
	var doubt, renewed bool
	var stale api.Secret
	for n := 1; ; n++ {
		who, err := c.credential(ctx, call, stale)
		if err != nil {
			return Answer{}, err
		}
		answer, f, said := c.once(ctx, call, who, attempt)
		c.note(ctx, o, n, &answer, said)
		doubt = doubt || f == lost && !changesNothing(o)
		switch {
		case f == done:
			return answer, nil
		case errors.Is(ctx.Err(), context.Canceled):
			return Answer{}, inDoubt(doubt, ctx.Err(), said)
		case doubt && f == refused && o.Method == http.MethodDelete && said.Code == api.NotFound:
			return Answer{Status: http.StatusNoContent, Took: answer.Took}, nil // the one before did it
		case f == signedOut && c.at.Access == "" && o.ID != signInOperation && !renewed:
			renewed, stale = true, who.(bearer).token
			continue
		case f == refused, f == signedOut:
			return Answer{}, said
		case n >= c.Attempts || !f.again(o) || !c.pause(ctx, n, &answer):
			return Answer{}, inDoubt(doubt, said, said)
		}
	}
}

// note logs an attempt. What the service said stays out: it is not ours.
func (c *Client) note(ctx context.Context, o *wire.Operation, n int, a *Answer, said *api.Error) {
	attrs := []any{"operation", o.ID, "attempt", n, "status", a.Status, "took", a.Took}
	if said != nil {
		attrs = append(attrs, "error", said.Message.Key)
	}
	c.Log.DebugContext(ctx, "cloud: asked", attrs...)
}

// inDoubt is err, or a Doubt if the call may have been done.
func inDoubt(doubt bool, err error, said *api.Error) error {
	if doubt {
		return &Doubt{said}
	}
	return err
}

// once sends a call one time, if its service is not being left alone.
func (c *Client) once(ctx context.Context, call *wire.Call, who auth.ICredential, attempt time.Duration) (Answer, fate, *api.Error) {
	o := call.Operation
	if err := c.limit.Wait(ctx); err != nil {
		return Answer{}, hopeless, api.Errorf(api.Unavailable, "cloud.late", "service", names[o.API])
	}
	circuit := c.circuits[o.API]
	if !circuit.enter(c.Now(), c.Failures) {
		return Answer{}, hopeless, api.Errorf(api.Unavailable, "cloud.resting", "service", names[o.API])
	}
	timed, cancel := context.WithTimeout(ctx, attempt)
	defer cancel()
	x := &exchange{ctx: timed, next: c.Transport}
	f, said := c.fate(x, call, x.send(call, c.at.Endpoints[o.API], who), who)
	// That a function breaks, or takes too long, says nothing about the service that runs it.
	known := !errors.Is(ctx.Err(), context.Canceled) && (f != lost || o.ID != invocation)
	circuit.leave(c.Now(), known, f < unsent, c.Rest)
	return x.answer, f, said
}

// fate is what became of an exchange; unmade is why there was none.
func (c *Client) fate(x *exchange, call *wire.Call, unmade error, who auth.ICredential) (fate, *api.Error) {
	o := call.Operation
	if unmade != nil {
		c.Log.Error("cloud: no request can be made of a call", "operation", o.ID)
		return refused, api.Errorf(api.Invalid, "cloud.no_request", "service", names[o.API])
	}
	if x.err == nil {
		return judge(o, &x.answer, c.secrets(call, who))
	}
	host := c.at.Endpoints[o.API]
	if u, err := url.Parse(host); err == nil {
		host = u.Host
	}
	switch {
	case x.sent.Load() && x.ctx.Err() == nil:
		return lost, noAnswer(o)
	case x.sent.Load():
		return lost, api.Errorf(api.Unavailable, "cloud.late", "service", names[o.API])
	case secretly(x.err):
		return hopeless, api.Errorf(api.Unavailable, "cloud.tls", "service", names[o.API], "host", host)
	case nowhere(x.err):
		return hopeless, api.Errorf(api.Unavailable, "cloud.unreachable", "service", names[o.API], "host", host)
	}
	return unsent, api.Errorf(api.Unavailable, "cloud.unreachable", "service", names[o.API], "host", host)
}

// secretly reports whether it was encryption that could not be agreed on.
func secretly(err error) bool {
	_, cert := errors.AsType[*tls.CertificateVerificationError](err)
	_, alert := errors.AsType[tls.AlertError](err)
	_, record := errors.AsType[tls.RecordHeaderError](err)
	_, host := errors.AsType[x509.HostnameError](err)
	return cert || alert || record || host
}

// nowhere reports whether there is no way to the address, which the next moment does not
// change: an unknown name, no route, or none that is allowed.
func nowhere(err error) bool {
	e, name := errors.AsType[*net.DNSError](err)
	return name && e.IsNotFound || errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETUNREACH)
}

// pause waits before the next attempt, and reports whether there is the time for it.
func (c *Client) pause(ctx context.Context, n int, last *Answer) bool {
	longest := min(c.Pause<<min(n-1, 16), c.MaxPause)
	wait := longest/2 + rand.N(longest/2+1) //nolint:gosec // so that not all come back at once
	if asked, ok := retryAfter(last.Header, c.Now()); ok {
		if asked > c.MaxPause {
			return false
		}
		wait = max(asked, wait)
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// retryAfter is how long a service asks to be left alone: seconds, or until when.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	text := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	at, err := http.ParseTime(text)
	return at.Sub(now), err == nil
}
