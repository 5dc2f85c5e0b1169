package apitest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/routing"
	"switchboard/internal/testserver"
)

// Invocations says what calling functions of any Service is like. open returns an
// empty one.
func Invocations(t *testing.T, open func(t *testing.T) Plane) {
	for name, test := range map[string]func(*testing.T, Plane){
		"the upstream of the version that is named answers":            versionCalled,
		"an answer is brought as it is, whatever its status":           answerBrought,
		"an alias decides by the call's own headers":                   aliasByRules,
		"an alias with weight 0 or 100 leaves nothing to chance":       aliasByWeight,
		"with a sticky key a caller stays where he is":                 aliasByKey,
		"credentials stay here, and everything else goes on":           credentialsStay,
		"what is not there is not found":                               nothingToCall,
		"another project's function is not found when it is called":    foreignCall,
		"a version without an upstream answers nothing":                noUpstream,
		"an upstream that does not answer as it should is unavailable": badUpstreams,
		"a long body is refused":                                       longBody,
		"a cancelled call cancels the upstream's work":                 callCancelled,
		"calls are not changes":                                        callsAreNoChanges,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// callable makes a function "f" with the versions v1, v2 and latest. Each answers
// its own name; f, if not nil, sees the request before.
func callable(t *testing.T, p Plane, see http.HandlerFunc) api.Function {
	t.Helper()
	f := createFunction(t, p, callableDraft())
	for _, name := range []string{"v1", "v2", api.LatestVersion} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if see != nil {
				see(w, r)
			}
			_, _ = io.WriteString(w, name)
		}))
		t.Cleanup(server.Close)
		aim(t, p, f, name, server.URL)
	}
	return f
}

// setUpstream lets a version be answered for by an upstream, wherever that is done.
func setUpstream(t *testing.T, p Plane, f api.Function, version, upstream string) {
	t.Helper()
	if p.Aim != nil {
		p.Aim(t, f, version, upstream)
		return
	}
	_, err := p.Service.SetUpstream(t.Context(), p.Mine, f.ID, version, upstream)
	require.NoError(t, err)
}

// aim publishes a version, unless it is there, and gives it an upstream.
func aim(t *testing.T, p Plane, f api.Function, version, upstream string) {
	t.Helper()
	_, err := p.Service.Version(t.Context(), p.Mine, f.ID, version)
	if api.CodeOf(err) == api.NotFound {
		// Something has to change between two publications.
		setUpstream(t, p, f, api.LatestVersion, "http://"+version+".example")
		_, err = p.Service.PublishVersion(t.Context(), p.Mine, f.ID, api.VersionDraft{Name: version})
	}
	require.NoError(t, err)
	setUpstream(t, p, f, version, upstream)
}

// callableDraft is of a function that may take as little time as any.
func callableDraft() api.FunctionDraft {
	d := FunctionDraft("f")
	d.Config.Timeout = 3 * time.Second
	return d
}

// point makes an alias of a function.
func point(t *testing.T, p Plane, f api.Function, d api.AliasDraft) api.Alias {
	t.Helper()
	a, err := p.Service.CreateAlias(t.Context(), p.Mine, f.ID, d)
	require.NoError(t, err)
	return a
}

// call calls "f" with headers, pairs of a name and a value.
func call(t *testing.T, p Plane, qualifier string, headers ...string) (api.Answer, error) {
	t.Helper()
	header := http.Header{}
	for pair := range slices.Chunk(headers, 2) {
		header.Add(pair[0], pair[1])
	}
	return p.Service.Invoke(t.Context(), p.Mine, api.Call{Package: api.DefaultPackage, Function: "f", Qualifier: qualifier, Header: header})
}

// gets requires which version a call gets, and why.
func gets(t *testing.T, p Plane, version string, why routing.Reason, qualifier string, headers ...string) {
	t.Helper()
	answer, err := call(t, p, qualifier, headers...)
	require.NoError(t, err)
	require.Equal(t, version, string(answer.Body))
	require.Equal(t, version, answer.Decision.Version)
	require.Equal(t, why, answer.Decision.Reason)
}

func versionCalled(t *testing.T, p Plane) {
	f := callable(t, p, nil)
	for qualifier, version := range map[string]string{"": "latest", "latest": "latest", "v1": "v1", "v2": "v2"} {
		gets(t, p, version, routing.ByMain, qualifier)
	}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "moved") }))
	t.Cleanup(other.Close)
	aim(t, p, f, "v1", other.URL)
	answer, err := call(t, p, "v1")
	require.NoError(t, err)
	require.Equal(t, "moved", string(answer.Body), "the next call already goes there")
}

func answerBrought(t *testing.T, p Plane) {
	callable(t, p, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Seen", r.Method)
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.Copy(w, r.Body)
	})
	answer, err := p.Service.Invoke(t.Context(), p.Mine, api.Call{
		Package: api.DefaultPackage, Function: "f", Header: http.Header{}, Body: []byte("\x00\xff"),
	})
	require.NoError(t, err)
	require.Equal(t, http.StatusBadGateway, answer.Status)
	require.Equal(t, "\x00\xfflatest", string(answer.Body))
	if p.has(Forwards) {
		require.Equal(t, http.MethodPost, answer.Header.Get("X-Seen"))
	}
	require.Positive(t, answer.Took)
	require.Equal(t, 256, answer.MemoryMB)
}

func aliasByRules(t *testing.T, p Plane) {
	f := callable(t, p, nil)
	point(t, p, f, api.AliasDraft{Name: "beta", Version: "v1", Strategies: []api.StrategyDraft{{Version: "v2", Combine: "or", Rules: []routing.Rule{
		{Type: "Header", Param: "x-tester", Op: routing.Equal, Value: "yes"},
		{Type: routing.Cookie, Param: "team", Op: routing.In, Value: "qa, ops"},
	}}}})
	gets(t, p, "v1", routing.ByRules, "!beta")
	gets(t, p, "v1", routing.ByRules, "!beta", "X-Tester", "no")
	gets(t, p, "v2", routing.ByRules, "!beta", "X-Tester", "yes")
	gets(t, p, "v2", routing.ByRules, "!beta", "Cookie", "a=b; team=ops")
	point(t, p, f, api.AliasDraft{Name: "prod", Version: "latest"})
	gets(t, p, "latest", routing.ByMain, "!prod", "X-Tester", "yes")
}

func aliasByWeight(t *testing.T, p Plane) {
	f := callable(t, p, nil)
	for weight, version := range map[string]string{"0": "v1", "100": "v2"} {
		a := point(t, p, f, api.AliasDraft{Name: "w" + weight, Version: "v1", Weights: []api.WeightDraft{{Version: "v2", Weight: weight}}})
		for range 20 {
			gets(t, p, version, routing.ByWeight, "!w"+weight)
		}
		require.NoError(t, p.Service.DeleteAlias(t.Context(), p.Mine, a.ID, 0))
	}
}

func aliasByKey(t *testing.T, p Plane) {
	f := callable(t, p, nil)
	sticky := &routing.Source{Type: routing.Header, Param: "X-User"}
	draft := func(weight int) api.AliasDraft {
		return api.AliasDraft{Name: "s", Version: "v1", Sticky: sticky, Weights: []api.WeightDraft{{Version: "v2", Weight: strconv.Itoa(weight)}}}
	}
	a := point(t, p, f, draft(50))
	if !p.has(Sticks) {
		answer, err := call(t, p, "!s", "X-User", "1")
		require.NoError(t, err)
		require.Equal(t, routing.ByWeight, answer.Decision.Reason)
		return
	}
	got := map[string]string{}
	seen := map[string]bool{}
	for i := range 40 {
		user := strconv.Itoa(i)
		answer, err := call(t, p, "!s", "X-User", user)
		require.NoError(t, err)
		require.Equal(t, routing.ByKey, answer.Decision.Reason)
		require.Equal(t, routing.Decide(&a.Route, &routing.Request{Header: http.Header{"X-User": {user}}}), answer.Decision, "as the bench says")
		got[user], seen[answer.Decision.Version] = answer.Decision.Version, true
		gets(t, p, got[user], routing.ByKey, "!s", "X-User", user)
	}
	require.Len(t, seen, 2, "of forty callers some get each")
	_, err := p.Service.UpdateAlias(t.Context(), p.Mine, a.ID, draft(80), 0)
	require.NoError(t, err)
	for user, version := range got {
		if version == "v2" {
			gets(t, p, "v2", routing.ByKey, "!s", "X-User", user)
		}
	}
	answer, err := call(t, p, "!s")
	require.NoError(t, err)
	require.Equal(t, routing.ByWeight, answer.Decision.Reason, "without a key it is drawn")
	require.NoError(t, p.Service.DeleteAlias(t.Context(), p.Mine, a.ID, 0))
	point(t, p, f, draft(50))
	for user, version := range got { // Terraform changes an alias so
		gets(t, p, version, routing.ByKey, "!s", "X-User", user)
	}
}

func credentialsStay(t *testing.T, p Plane) {
	const canary = "canary-2f61"
	seen := make(chan http.Header, 1)
	callable(t, p, func(_ http.ResponseWriter, r *http.Request) {
		r.Header.Set("Host", r.Host)
		seen <- r.Header
	})
	_, err := call(t, p, "", "Authorization", canary, "X-Auth-Token", canary, "X-Subject-Token", canary, "X-Security-Token", canary,
		"X-Sdk-Date", canary, "X-Project-Id", canary, "X-Domain-Id", canary, "X-Cff-Log-Type", canary, "Proxy-Authorization", canary,
		"Host", canary, "X-Forwarded-For", canary, "Connection", "X-Hop", "X-Hop", canary, "Te", canary,
		"Cookie", "__Host-switchboard="+canary+"; team=qa", "Cookie", "switchboard="+canary,
		"Content-Type", "application/json", "X-Tester", "yes", "X-Tester", "again", "User-Agent", "curl")
	require.NoError(t, err)
	got := <-seen
	for name, values := range got {
		require.NotContains(t, values, canary, name)
	}
	require.Equal(t, []string{"team=qa"}, got["Cookie"])
	require.Equal(t, "yes, again", strings.Join(got["X-Tester"], ", "))
	require.Equal(t, "application/json", got.Get("Content-Type"))
	require.Equal(t, "curl", got.Get("User-Agent"))
	if p.has(Forwards) {
		require.Equal(t, p.Mine.Actor.RequestID, got.Get("X-Cff-Request-Id"))
	}
}

func nothingToCall(t *testing.T, p Plane) {
	callable(t, p, nil)
	for qualifier, key := range map[string]string{
		"v9": "version.not_found", "!v1": "alias.not_found", "!": "alias.not_found", "V1": "version.not_found", "!\x00": "function.not_found",
	} {
		answer, err := call(t, p, qualifier)
		requireCode(t, err, api.NotFound)
		require.Zero(t, answer, "nothing was decided")
		if p.has(Forwards) {
			require.Equal(t, key, err.(*api.Error).Message.Key, qualifier) //nolint:errorlint // services return it as it is
		}
	}
	for _, c := range []api.Call{
		{Package: api.DefaultPackage, Function: "g"}, {Package: "other", Function: "f"}, {Package: api.DefaultPackage, Function: "f\xff"},
	} {
		_, err := p.Service.Invoke(t.Context(), p.Mine, c)
		requireCode(t, err, api.NotFound)
	}
}

func foreignCall(t *testing.T, p Plane) {
	point(t, p, callable(t, p, nil), api.AliasDraft{Name: "prod", Version: "v1"})
	for _, qualifier := range []string{"", "v1", "!prod"} {
		_, err := p.Service.Invoke(t.Context(), p.Other, api.Call{Package: api.DefaultPackage, Function: "f", Qualifier: qualifier})
		requireCode(t, err, api.NotFound)
	}
}

func noUpstream(t *testing.T, p Plane) {
	f := createFunction(t, p, callableDraft())
	point(t, p, f, api.AliasDraft{Name: "prod", Version: api.LatestVersion})
	for _, qualifier := range []string{"", "!prod"} {
		answer, err := call(t, p, qualifier)
		requireCode(t, err, api.Unavailable)
		if p.has(Forwards) {
			require.Equal(t, api.M("function.no_upstream", "version", "latest"), err.(*api.Error).Message) //nolint:errorlint // as above
			require.Equal(t, api.Answer{Decision: routing.Decision{Version: "latest", Reason: routing.ByMain}}, answer, "that was decided")
		}
	}
}

func badUpstreams(t *testing.T, p Plane) {
	f := createFunction(t, p, callableDraft())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/long":
			_, _ = w.Write(make([]byte, api.MaxInvocationBody+1))
		case "/packed":
			w.Header().Set("Content-Encoding", "gzip")
		case "/slow":
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		}
	}))
	t.Cleanup(server.Close)
	for upstream, want := range map[string]api.Message{
		"http://" + testserver.ClosedAddr(t).String(): api.M("invoke.no_answer", "version", "latest"),
		"http://169.254.169.254/latest/meta-data/":    api.M("invoke.no_answer", "version", "latest"),
		server.URL + "/long":                          api.M("invoke.answer_too_long", "version", "latest", "max", 6),
		server.URL + "/packed":                        api.M("invoke.encoded", "version", "latest"),
		server.URL + "/slow":                          api.M("invoke.too_late", "version", "latest", "seconds", 3),
	} {
		aim(t, p, f, api.LatestVersion, upstream)
		answer, err := call(t, p, "")
		requireCode(t, err, api.Unavailable)
		if p.has(Forwards) {
			require.Equal(t, want, err.(*api.Error).Message, upstream) //nolint:errorlint // as above
			require.Equal(t, api.Answer{Decision: routing.Decision{Version: "latest", Reason: routing.ByMain}}, answer, "that was decided")
		}
	}
}

func longBody(t *testing.T, p Plane) {
	seen := make(chan int64, 1)
	callable(t, p, func(_ http.ResponseWriter, r *http.Request) { seen <- r.ContentLength })
	c := api.Call{Package: api.DefaultPackage, Function: "f", Header: http.Header{}, Body: make([]byte, api.MaxInvocationBody)}
	_, err := p.Service.Invoke(t.Context(), p.Mine, c)
	require.NoError(t, err)
	require.EqualValues(t, api.MaxInvocationBody, <-seen)
	c.Body = append(c.Body, 0)
	_, err = p.Service.Invoke(t.Context(), p.Mine, c)
	requireCode(t, err, api.Limit)
	require.Empty(t, seen)
}

func callCancelled(t *testing.T, p Plane) {
	began, ended := make(chan struct{}), make(chan struct{})
	callable(t, p, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		close(began)
		<-r.Context().Done()
		close(ended)
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-began
		cancel()
	}()
	_, err := p.Service.Invoke(ctx, p.Mine, api.Call{Package: api.DefaultPackage, Function: "f"})
	require.ErrorIs(t, err, context.Canceled)
	<-ended
}

func callsAreNoChanges(t *testing.T, p Plane) {
	f := callable(t, p, nil)
	before := actions(t, p, api.KindFunction, f.ID)
	gets(t, p, "v1", routing.ByMain, "v1")
	require.Equal(t, before, actions(t, p, api.KindFunction, f.ID))
	after, err := p.Service.Function(t.Context(), p.Mine, f.ID)
	require.NoError(t, err)
	stored, err := p.Service.FindFunction(t.Context(), p.Mine, api.DefaultPackage, "f")
	require.NoError(t, err)
	require.Equal(t, stored, after)
}
