package cloud

import (
	"cmp"
	"context"
	"iter"
	"log/slog"
	"net/http"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"golang.org/x/time/rate"

	"switchboard/internal/api"
	"switchboard/internal/api/wire"
)

// Options says how a Client works. Only Transport must be there.
type Options struct {
	// Transport is the guarded way to the network, probe.Prober.Transport.
	Transport http.RoundTripper
	Log       *slog.Logger
	Now       func() time.Time

	Attempts int           // how often a call is sent at most; 4
	Attempt  time.Duration // how long one may take; 20 s
	Total    time.Duration // how long all of them may, with the pauses; 60 s
	Pause    time.Duration // the first one, which the next ones double; 250 ms
	MaxPause time.Duration // the longest one, also if a service asks for longer; 10 s

	PerSecond float64 // calls to all services together; 10
	Burst     int     // 20

	Failures int           // after how many in a row a service is left alone; 5
	Rest     time.Duration // for how long; 15 s
}

func (o Options) complete() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Attempts, o.Failures = cmp.Or(o.Attempts, 4), cmp.Or(o.Failures, 5)
	o.Attempt, o.Total = cmp.Or(o.Attempt, 20*time.Second), cmp.Or(o.Total, time.Minute)
	o.Pause, o.MaxPause = cmp.Or(o.Pause, 250*time.Millisecond), cmp.Or(o.MaxPause, 10*time.Second)
	o.PerSecond, o.Burst = cmp.Or(o.PerSecond, 10), cmp.Or(o.Burst, 20)
	o.Rest = cmp.Or(o.Rest, 15*time.Second)
	return o
}

// Client talks to the services of one project. It is safe for concurrent use.
type Client struct {
	Options
	at       Account
	limit    *rate.Limiter
	circuits map[wire.API]*circuit
	tokens   tokens
}

// New makes a Client. It connects to nothing yet.
func New(o Options, at Account) *Client {
	o = o.complete()
	c := &Client{
		Options: o, at: at, limit: rate.NewLimiter(rate.Limit(o.PerSecond), o.Burst),
		circuits: map[wire.API]*circuit{}, tokens: tokens{door: make(chan struct{}, 1)},
	}
	for service := range names {
		c.circuits[service] = &circuit{}
	}
	return c
}

// Do sends a call to the service that it belongs to, again where that can do no harm,
// and returns its answer, which is readable and says that it was done. Errors are
// *api.Error in the service's words, *Doubt around one, or that of a ctx that was
// cancelled.
func (c *Client) Do(ctx context.Context, call wire.Call) (Answer, error) {
	return c.DoWithin(ctx, call, c.Attempt)
}

// DoWithin is Do of a call that may take as long as that to be answered once.
func (c *Client) DoWithin(ctx context.Context, call wire.Call, attempt time.Duration) (Answer, error) {
	if c.at.Endpoints[call.Operation.API] == "" {
		return Answer{}, api.Errorf(api.Unavailable, "cloud.no_service")
	}
	within, cancel := context.WithTimeout(ctx, c.Total+max(attempt-c.Attempt, 0))
	defer cancel()
	return c.insist(within, &call, attempt)
}

// credential is who a call is signed by; stale is a token that was not accepted.
func (c *Client) credential(ctx context.Context, call *wire.Call, stale api.Secret) (auth.ICredential, error) {
	switch {
	case call.Operation.ID == signInOperation, call.Operation.ID == "KeystoneShowVersion":
		return bearer{}, nil
	case c.at.Access != "":
		keys := auth.BaseCredentials{AK: c.at.Access, SK: c.at.Secret.Reveal()}
		return &basic.Credentials{BaseCredentials: keys, ProjectId: c.at.Project}, nil
	}
	token, err := c.token(ctx, stale)
	return bearer{c.at.Project, token}, err
}

// secrets are all that a service could say back.
func (c *Client) secrets(call *wire.Call, who auth.ICredential) iter.Seq[api.Secret] {
	return func(yield func(api.Secret) bool) {
		if !yield(c.at.Secret) {
			return
		}
		if b, ok := who.(bearer); ok && !yield(b.token) {
			return
		}
		for _, secret := range call.Secrets {
			if !yield(secret) {
				return
			}
		}
	}
}
