package probe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

const jdbc = "generic-jdbc-connector"

// link describes a link under test: inputs without their prefix.
type link map[string]string

func (l link) with(pairs ...string) link {
	l = maps.Clone(l)
	for i := 0; i < len(pairs); i += 2 {
		l[pairs[i]] = pairs[i+1]
	}
	return l
}

func (l link) to(addr net.Addr) link {
	host, port, _ := net.SplitHostPort(addr.String())
	return l.with("host", host, "port", port)
}

// check runs a check of the link. The password is an entry of the link, too;
// whatever comes out of the check, it is not the password.
func (l link) check(t testing.TB, p *probe.Prober) api.Check {
	t.Helper()
	return l.checkIn(t.Context(), t, p)
}

func (l link) checkIn(ctx context.Context, t testing.TB, p *probe.Prober) api.Check {
	t.Helper()
	inputs := map[string]string{}
	for name, value := range l {
		inputs["linkConfig."+name] = value
	}
	password := l["password"]
	delete(inputs, "linkConfig.password")
	c := p.Check(ctx, probe.Target{Connector: jdbc, Inputs: inputs, Secrets: map[string]api.Secret{"linkConfig.password": api.NewSecret(password)}})
	text, err := json.Marshal(c)
	assert.NoError(t, err) // not require: checks run in other goroutines, too
	if len(password) > 5 { // shorter ones are parts of words
		assert.NotContains(t, string(text), password)
	}
	return c
}

// mysqlLink and postgresLink lead nowhere yet.
var (
	mysqlLink    = link{"databaseType": "MYSQL", "host": "127.0.0.1", "port": "1", "username": "ann", "database": "orders", "password": "canary-7yq"}
	postgresLink = mysqlLink.with("databaseType", "POSTGRESQL")
)

func linkTo(kind string, s *testserver.Server, a testserver.Account) link {
	return link{
		"databaseType": kind, "host": s.Host, "port": strconv.Itoa(s.Port),
		"username": a.User, "database": a.Database, "password": a.Password,
	}
}

// prober makes a Prober that is patient, because machines that run tests can
// be slow.
func prober(options probe.Options) *probe.Prober {
	if options.Timeout == 0 {
		options.Timeout = time.Minute
	}
	return probe.New(options)
}

// requireFailure requires that a check failed at a step, for a reason, with
// an input to blame, and that nothing was tried after it.
func requireFailure(t *testing.T, c api.Check, step api.StepName, reason, path string) *api.Step {
	t.Helper()
	require.Equal(t, api.Failed, c.Status, "%+v", c)
	f := c.Failure()
	require.Equal(t, "check."+reason, f.Message.Key, "%+v", *f)
	require.Equal(t, "hint."+reason, f.Hint.Key)
	require.Equal(t, step, f.Name)
	if path != "" {
		path = "linkConfig." + path
	}
	require.Equal(t, path, f.Path)
	after := false
	for _, s := range c.Steps {
		if after {
			require.Equal(t, api.Step{Name: s.Name, Status: api.Skipped}, s)
		}
		after = after || s.Name == f.Name
	}
	return f
}

// requireWarning requires that a check passed but for one warning.
func requireWarning(t *testing.T, c api.Check, step api.StepName, reason, path string) *api.Step {
	t.Helper()
	require.Equal(t, api.Warned, c.Status, "%+v", c)
	for i := range c.Steps {
		if s := &c.Steps[i]; s.Status != api.Passed {
			require.Equal(t, api.Warned, s.Status)
			require.Equal(t, step, s.Name)
			require.Equal(t, "check."+reason, s.Message.Key)
			require.Equal(t, "hint."+reason, s.Hint.Key)
			require.Equal(t, "linkConfig."+path, s.Path)
			return s
		}
	}
	return nil
}

func requirePassed(t *testing.T, c api.Check, steps ...api.StepName) {
	t.Helper()
	require.Equal(t, api.Passed, c.Status, "%+v", c)
	var names []api.StepName
	var sum time.Duration
	for _, s := range c.Steps {
		require.Equal(t, api.Passed, s.Status)
		require.Empty(t, s.Message)
		names = append(names, s.Name)
		sum += s.Took
	}
	require.Equal(t, steps, names)
	require.Positive(t, sum)
	require.LessOrEqual(t, sum, c.Took)
}

func find(t *testing.T, c api.Check, name api.StepName) api.Step {
	t.Helper()
	for _, s := range c.Steps {
		if s.Name == name {
			return s
		}
	}
	require.Failf(t, "no such step", "%s in %+v", name, c)
	return api.Step{}
}

// fakeResolver knows a few names; a name can answer differently each time.
type fakeResolver struct {
	mu      sync.Mutex
	answers map[string][][]string // the last one stays
	err     error                 // for all other names
	asked   int
}

func (r *fakeResolver) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked++
	answers, ok := r.answers[host]
	if !ok {
		return nil, r.err
	}
	if len(answers) > 1 {
		r.answers[host] = answers[1:]
	}
	var addrs []netip.Addr
	for _, text := range answers[0] {
		addrs = append(addrs, netip.MustParseAddr(text))
	}
	return addrs, nil
}

func name(host string, addrs ...string) *fakeResolver {
	return &fakeResolver{answers: map[string][][]string{host: {addrs}}}
}

// syncLog collects what is logged.
type syncLog struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *syncLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *syncLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func (l *syncLog) logger() *slog.Logger { return slog.New(slog.NewJSONHandler(l, nil)) }

func TestWhatHasNoLiveCheckIsFormOnly(t *testing.T) {
	t.Parallel()
	c := probe.New(probe.Options{}).Check(t.Context(), probe.Target{Connector: "of-tomorrow-connector"})
	require.Equal(t, api.FormOnly, c.Status)
	require.Nil(t, c.Failure())
	require.Equal(t, []api.Step{{Name: api.StepForm, Status: api.FormOnly, Message: api.M("check.form_only")}}, c.Steps)
}

func TestInputsThatCannotBeDialledAreBlamedAndNothingIsTried(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{})
	for _, c := range []struct{ input, value string }{
		{"host", ""}, {"host", "db\x00.example"},
		{"port", ""}, {"port", "0"}, {"port", "65536"}, {"port", "-1"}, {"port", "http"},
		{"username", ""}, {"username", "ann\x00extra"},
		{"database", ""}, {"database", "orders\nx"},
	} {
		t.Run(c.input+" "+strconv.Quote(c.value), func(t *testing.T) {
			t.Parallel()
			for _, l := range []link{mysqlLink, postgresLink} {
				got := l.with(c.input, c.value).check(t, p)
				requireFailure(t, got, api.StepResolve, "input", c.input)
			}
		})
	}
}
