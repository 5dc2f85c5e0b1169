package cloud_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/cloud"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/wire"
	"switchboard/internal/testserver"
)

const (
	page     = "<html><body><h1>502 Bad Gateway</h1></body></html>"
	tooFast  = `{"error_msg":"throttled","error_code":"APIGW.0308"}`
	broken   = `{"error_msg":"broken","error_code":"DLI.0999"}`
	busy     = `{"error_msg":"later","error_code":"DLI.0999"}`
	taken    = `{"error_msg":"exists","error_code":"DLI.0006"}`
	unsaid   = `{"is_success":false,"message":"the cluster is frozen"}`
	untyped  = `"yes"`
	someList = `{"is_success":true,"message":"","queues":[],"queue_count":0}`
)

// What goes wrong on the way: how often each kind of call is sent for it, and how it
// ends. A create that may have been done is never sent again.
func TestFaultsOnTheWay(t *testing.T) {
	t.Parallel()
	w := start(t)
	var queues atomic.Int32
	for name, c := range map[string]struct {
		faults         []fault
		read, create   int // how often it is sent
		readSays       api.Code
		createSays     api.Code
		key            string // of the error of the create
		doubt          bool   // about the create
		createdForReal bool
	}{
		"nothing":                {faults: nil, read: 1, create: 1, createdForReal: true},
		"429 once":               {faults: []fault{says(429, tooFast)}, read: 2, create: 2, createdForReal: true},
		"429 with a short pause": {faults: []fault{says(429, tooFast, "Retry-After: 0")}, read: 2, create: 2, createdForReal: true},
		"429 with a long pause": {faults: []fault{says(429, tooFast, "Retry-After: 3600")}, read: 1, create: 1,
			readSays: api.Limit, createSays: api.Limit, key: "cloud.refused_code"},
		"429 for ever": {faults: many(says(429, tooFast)), read: 4, create: 4,
			readSays: api.Limit, createSays: api.Limit, key: "cloud.refused_code"},
		"400 that is a 429": {faults: []fault{says(400, `{"error":{"code":"EndPoint.0022","message":"slow"}}`)}, read: 2, create: 2, createdForReal: true},
		"503 that says so":  {faults: []fault{says(503, busy)}, read: 2, create: 2, createdForReal: true},
		"503 of a page":     {faults: []fault{says(503, page)}, read: 2, create: 1, createSays: api.Unavailable, key: "cloud.no_answer", doubt: true},
		"500 once":          {faults: []fault{says(500, broken)}, read: 2, create: 1, createSays: api.Unavailable, key: "cloud.refused_code", doubt: true},
		"500 for ever": {faults: many(says(500, broken)), read: 4, create: 1,
			readSays: api.Unavailable, createSays: api.Unavailable, key: "cloud.refused_code", doubt: true},
		"a page, 200":      {faults: many(says(200, page)), read: 4, create: 1, readSays: api.Unavailable, createSays: api.Unavailable, key: "cloud.no_answer", doubt: true},
		"a page, 404":      {faults: []fault{says(404, page)}, read: 2, create: 1, createSays: api.Unavailable, key: "cloud.no_answer", doubt: true},
		"an empty 200":     {faults: []fault{says(200, "")}, read: 2, create: 1, createSays: api.Unavailable, key: "cloud.no_answer", doubt: true},
		"another type":     {faults: []fault{says(200, untyped)}, read: 2, create: 1, createSays: api.Unavailable, key: "cloud.no_answer", doubt: true},
		"not whole JSON":   {faults: []fault{says(200, someList[:20])}, read: 2, create: 1, createSays: api.Unavailable, key: "cloud.no_answer", doubt: true},
		"half a body":      {faults: []fault{half}, read: 2, create: 1, createSays: api.Unavailable, key: "cloud.no_answer", doubt: true, createdForReal: true},
		"cut after":        {faults: []fault{cut}, read: 2, create: 1, createSays: api.Unavailable, key: "cloud.no_answer", doubt: true, createdForReal: true},
		"cut before":       {faults: []fault{drop}, read: 2, create: 1, createSays: api.Unavailable, key: "cloud.no_answer", doubt: true},
		"no answer":        {faults: []fault{delay}, read: 2, create: 1, createSays: api.Unavailable, key: "cloud.late", doubt: true},
		"too long":         {faults: []fault{says(200, `["`+strings.Repeat("x", cloud.MaxAnswer)+`"]`)}, read: 2, create: 1, createSays: api.Unavailable, key: "cloud.no_answer", doubt: true},
		"a redirect":       {faults: []fault{says(302, "{}", "Location: /elsewhere")}, read: 2, create: 1, createSays: api.Unavailable, key: "cloud.no_answer", doubt: true},
		"a conflict":       {faults: []fault{says(400, taken)}, read: 1, create: 1, readSays: api.Conflict, createSays: api.Conflict, key: "cloud.refused_code"},
		"a failure in 201": {faults: []fault{says(201, unsaid)}, read: 1, create: 1, readSays: api.Invalid, createSays: api.Invalid, key: "cloud.refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := w.quick()
			if name == "no answer" {
				o.Attempt = 3 * time.Second
			}
			read, create := proxy(t, w.server.Listener.Addr().String()), proxy(t, w.server.Listener.Addr().String())
			read.next(c.faults...)
			create.next(c.faults...)
			d := w.draft()

			d.Base = read.url()
			_, err := client(o, d).Do(t.Context(), w.call("ListQueues", ""))
			require.Equal(t, c.readSays, api.CodeOf(err), "%v", err)
			sent, _ := read.counts()
			require.Equal(t, c.read, sent, "reads")
			require.False(t, inDoubt(err), "a read leaves no doubt")

			d.Base = create.url()
			body := strings.Replace(pairs[wire.DLI].body, "loads", fmt.Sprint("loads", queues.Add(1)), 1)
			_, err = client(o, d).Do(t.Context(), w.call("CreateQueue", body))
			require.Equal(t, c.createSays, api.CodeOf(err), "%v", err)
			if c.key != "" {
				require.Equal(t, c.key, said(t, err).Message.Key)
			}
			sent, passed := create.counts()
			require.Equal(t, c.create, sent, "creates")
			require.LessOrEqual(t, passed, 1, "a create is never done twice")
			require.Equal(t, c.createdForReal, passed == 1)
			require.Equal(t, c.doubt, inDoubt(err))
			require.NotContains(t, w.log.String(), w.key.Secret.Reveal())
		})
	}
}

func many(f fault) []fault { return []fault{f, f, f, f, f, f, f, f} }

func inDoubt(err error) bool {
	_, ok := errors.AsType[*cloud.Doubt](err)
	return ok
}

func TestADeletionThatWasDoneIsDone(t *testing.T) {
	t.Parallel()
	w := start(t)
	p := proxy(t, w.server.Listener.Addr().String())
	d := w.draft()
	d.Base = p.url()
	c := client(w.quick(), d)
	_, err := c.Do(t.Context(), w.call("CreateQueue", pairs[wire.DLI].body))
	require.NoError(t, err)
	p.next(cut)
	_, err = c.Do(t.Context(), w.call("DeleteQueue", "", "queue", "loads"))
	require.NoError(t, err, "that it is not there any more is what was wanted")
	_, err = c.Do(t.Context(), w.call("DeleteQueue", "", "queue", "loads"))
	require.Equal(t, api.NotFound, api.CodeOf(err), "but not if nobody has deleted it")
}

func TestWhoDoesNotWaitAnyMore(t *testing.T) {
	t.Parallel()
	w := start(t)
	p := proxy(t, w.server.Listener.Addr().String())
	d := w.draft()
	d.Base = p.url()
	ctx, cancel := context.WithCancel(t.Context())
	p.next(func(p *faulty, conn net.Conn, r *http.Request, body []byte) bool {
		cancel()
		return delay(p, conn, r, body)
	})
	_, err := client(w.quick(), d).Do(ctx, w.call("ListQueues", ""))
	require.ErrorIs(t, err, context.Canceled)
}

func TestADeadServiceIsLeftAloneAndTheOthersAreNot(t *testing.T) {
	t.Parallel()
	w := start(t)
	p := proxy(t, w.server.Listener.Addr().String())
	d := w.draft()
	d.Endpoints = map[string]string{"dli": p.url()}
	o := w.quick()
	now := time.Now()
	o.Failures, o.Rest, o.Now = 4, time.Minute, func() time.Time { return now }
	c := client(o, d)
	list := func() error {
		_, err := c.Do(t.Context(), w.call("ListQueues", ""))
		return err
	}
	p.next(many(drop)[:5]...)
	require.Equal(t, "cloud.no_answer", said(t, list()).Message.Key)
	require.Equal(t, "cloud.resting", said(t, list()).Message.Key)
	sent, _ := p.counts()
	require.Equal(t, 4, sent)
	_, err := c.Do(t.Context(), w.call("ListPolicies", ""))
	require.NoError(t, err)

	now = now.Add(2 * time.Minute)
	require.Error(t, list(), "one call finds out that it is not back")
	sent, _ = p.counts()
	require.Equal(t, 5, sent)
	now = now.Add(2 * time.Minute)
	require.NoError(t, list())
	require.NoError(t, list())
}

func TestWhereNothingCanBeSent(t *testing.T) {
	t.Parallel()
	w := start(t)
	secure := httptest.NewTLSServer(nil)
	t.Cleanup(secure.Close)
	refused := "http://" + testserver.ClosedAddr(t).String()
	denying := probe.New(probe.Options{}).Transport()
	for name, c := range map[string]struct{ base, key string }{
		"nobody listens":               {refused, "cloud.unreachable"},
		"metadata service":             {"http://169.254.169.254", "cloud.unreachable"},
		"an authority nobody trusts":   {secure.URL, "cloud.tls"},
		"no encryption where promised": {strings.Replace(w.server.URL, "http", "https", 1), "cloud.tls"},
	} {
		o := w.quick()
		o.Transport = denying
		d := w.draft()
		d.Base = c.base
		_, err := client(o, d).Do(t.Context(), w.call("CreateQueue", pairs[wire.DLI].body))
		e := said(t, err)
		require.Equal(t, c.key, e.Message.Key, name)
		require.False(t, inDoubt(err), name)
		require.NotContains(t, err.Error(), "polic", name)
	}
}

// A service that says back what it was told does not make it known.
func TestNoSecretComesBack(t *testing.T) {
	t.Parallel()
	w := start(t)
	p := proxy(t, w.server.Listener.Addr().String())
	d := w.signingIn()
	d.Base = p.url()
	c := client(w.quick(), d)
	_, err := c.Do(t.Context(), w.call("ListQueues", ""))
	require.NoError(t, err)
	call := w.call("CreateQueue", `{"queue_name":"`+"\ue000PASSWORD\ue001"+`"}`)
	call.Secrets = map[string]api.Secret{"PASSWORD": api.NewSecret("hunter2hunter2")}
	got := make(chan string, 1)
	p.next(func(p *faulty, conn net.Conn, r *http.Request, body []byte) bool {
		got <- string(body)
		text := `{"error_code":"DLI.0001","error_msg":"bad \u001b[31m<b>hunter2hunter2</b> ` + r.Header.Get("X-Auth-Token") + ` ` + password + strings.Repeat("x", 9999) + `"}`
		return says(400, text)(p, conn, r, body)
	})
	_, err = c.Do(t.Context(), call)
	require.Contains(t, <-got, `"hunter2hunter2"`, "it is sent")
	e := said(t, err)
	text := e.Message.Args["text"].(string)
	require.True(t, strings.HasPrefix(text, "bad [31m<b>[…]</b> […] […]x"), "%.80s", text)
	require.Len(t, []rune(text), 500)
	for _, secret := range []string{"hunter2hunter2", password, "X-Auth-Token"} {
		require.NotContains(t, w.log.String(), secret)
	}
}

// Whoever calls a broken function a hundred times does not lose sight of the others.
func TestAFunctionThatBreaksIsNoDeadService(t *testing.T) {
	t.Parallel()
	w := start(t)
	p := proxy(t, w.server.Listener.Addr().String())
	d := w.draft()
	d.Base = p.url()
	o := w.quick()
	o.Failures, o.Rest = 2, time.Hour
	c := client(o, d)
	fails := says(http.StatusBadGateway, `{"error_msg":"it does not answer","error_code":"FSS.0500"}`)
	p.next(fails, fails, drop, drop, fails)
	for range 5 {
		_, err := c.Do(t.Context(), w.call("InvokeFunction", "{}", "function", "urn:fss:r:p:function:default:broken"))
		require.Equal(t, api.Unavailable, api.CodeOf(said(t, err)), "%v", err)
	}
	sent, _ := p.counts()
	require.Equal(t, 5, sent, "each was made, and once")
	_, err := c.Do(t.Context(), w.call("ListFunctions", ""))
	require.NoError(t, err)
}
