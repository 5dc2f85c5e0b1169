package handlers_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/probe"
)

// manyRequests is how much nonsense each of the people sends; all together 5,000.
const manyRequests = 500

// Whatever nonsense anybody sends to whatever the console serves is answered in time,
// never by a failure of ours, and never with what belongs to others.
func TestManyBadRequestsOfEverybody(t *testing.T) {
	t.Parallel()
	here, err := probe.ParseRules("127.0.0.1")
	require.NoError(t, err)
	for name, who := range people {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			prober := probe.New(probe.Options{Policy: probe.Policy{Allow: here}, Resolver: new(nowhere), Timeout: fuzzTimeout})
			w := newTown(t, who, prober)
			a := &asking{town: w, person: who, forms: w.forms(), codes: map[int]int{}}
			f := &requestFuzz{asking: a, mutator: mutator{rand.New(rand.NewPCG(postsSeed, seedOf(name))), 1, 2}, all: w.routes()}
			before := apitest.Digest(t, w.db)
			for a.count < manyRequests {
				f.send()
			}
			t.Logf("seed %d: %d requests: %v", postsSeed, a.count, a.codes)
			require.Empty(t, a.bad)
			require.NotContains(t, w.log.String(), "level=ERROR")
			require.NotContains(t, w.log.String(), "panic")
			if a.signedOut() {
				require.Empty(t, apitest.Changed(before, apitest.Digest(t, w.db)))
			}
		})
	}
}

// seedOf is a number for a name.
func seedOf(name string) uint64 {
	sum := fnv.New64()
	sum.Write([]byte(name))
	return sum.Sum64()
}

// requestFuzz is a person who sends requests that are nearly right.
type requestFuzz struct {
	*asking
	mutator

	all []*echo.Route
}

// strangers are the goods of projects that are not the person's.
func (f *requestFuzz) strangers() []goods {
	all := []goods{f.mine, f.other, f.archive}
	return slices.DeleteFunc(all, func(g goods) bool { return g.Project == f.home().Project })
}

// send sends a mutated request and judges the answer.
func (f *requestFuzz) send() {
	r := f.all[f.random.IntN(len(f.all))]
	if strings.HasPrefix(r.Path, "/sign-out") || strings.HasPrefix(r.Path, "/profile/sessions") && r.Method == http.MethodPost {
		return // whose answer would be all others'
	}
	path, typed := f.path(r)
	contentType, body := "application/x-www-form-urlencoded", ""
	if r.Method == http.MethodPost {
		contentType, body = f.encode(fieldsOf(typed))
	}
	method := r.Method
	if f.chance(4) {
		method = f.pick(methods...)
	}
	began := time.Now()
	rec := f.serve(method, path, contentType, body)
	took := time.Since(began)
	f.count++
	f.codes[rec.Code]++
	what := fmt.Sprintf("%d after %s: %s %s %s %.2000q", rec.Code, took, method, path, contentType, body)
	away := rec.Code == http.StatusServiceUnavailable && strings.HasPrefix(path, "/sign-in/oidc") // the provider is
	if rec.Code >= http.StatusInternalServerError && !away || took > postDeadline {
		f.bad = append(f.bad, what)
	}
	if f.role == api.RoleAdministrator || strings.HasPrefix(path, "/profile") || strings.HasSuffix(r.Path, "/people/find") {
		return // nothing is foreign; it is the person's own; people and groups are no project's
	}
	for _, g := range f.strangers() {
		for _, word := range append(g.IDs(), g.Word) {
			if strings.Contains(rec.Body.String()+rec.Header().Get("Location"), word) && !strings.Contains(path+body, word) {
				f.bad = append(f.bad, "tells "+word+": "+what)
			}
		}
	}
}

// path is where a request goes, and what its form has: mostly about the person's own
// goods, sometimes about one or all of others', or about nothing that there is.
func (f *requestFuzz) path(r *echo.Route) (path string, typed url.Values) {
	g, strangers := f.home(), f.strangers()
	other := strangers[f.random.IntN(len(strangers))]
	path, _ = filled(r.Path, g, g, "")
	typed = f.forms[path]
	switch names := named(r.Path); {
	case f.chance(10):
		path, _ = filled(r.Path, other, other, "")
	case f.chance(15) && len(names) > 0:
		path, _ = filled(r.Path, g, other, f.pick(names...))
	case f.chance(15):
		segments := strings.Split(path, "/")
		segments[1+f.random.IntN(len(segments)-1)] = f.segment()
		path = "/" + strings.TrimLeft(strings.Join(segments, "/"), "/")
	}
	if f.chance(30) {
		path += "?" + f.query(other)
	}
	return path, typed
}

// segment is a part of a path that nobody expects.
func (f *requestFuzz) segment() string {
	if f.chance(10) {
		return strings.Repeat(f.pick("a", "%41", "0"), 1+f.random.IntN(5000))
	}
	return f.pick("", "x", "%00", "%ff", "%2e%2e", "..", "a%2Fb", "%20", "%25", "'", "%F0%9F%92%A5", "-1", "99999999999999999999", "null", "*",
		"00000000-0000-0000-0000-000000000000", strings.Repeat("f", 32), "new", "edit", "validate", "events")
}

// query is a parameter that nobody expects.
func (f *requestFuzz) query(other goods) string {
	name := f.pick("q", "sort", "dir", "page", "cursor", "limit", "status", "kind", "connector", "cluster", "id", "ids", "from", "until", "after", "before", "lang",
		"theme", "next", "back", "field", "folder", "version", "policy", "function", "service", "state", "user", "way", "object", "project", "view", "name", "%00")
	return name + "=" + f.pick("1", "-1", "2147483648", "99999999999999999999", "1e9", "true", "name", "desc", "2020-01-01", "%00", "%ff", "%zz", "'", "%25", "_", "*", "x",
		"%F0%9F%92%A5", "https://evil.example.com", "//evil.example.com", url.QueryEscape("' OR 1=1 --"), strings.Repeat("a", 3000), f.pick(other.IDs()...))
}

// fieldsOf is a form as fields; one that nobody showed has something in it, too.
func fieldsOf(typed url.Values) []field {
	fields := []field{{"version", "1"}}
	for _, name := range sortedKeys(typed) {
		for _, value := range typed[name] {
			fields = append(fields, field{name, value})
		}
	}
	return fields
}

// serve sends a request as the person, without a connection in between.
func (f *requestFuzz) serve(method, path, contentType, body string) *httptest.ResponseRecorder {
	ctx, cancel := context.WithTimeout(context.Background(), 2*postDeadline)
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if f.chance(40) {
		r.Header.Set("HX-Request", "true")
		r.Header.Set("HX-Target", f.pick("link-form", "links-table", "watch", "health", "run", "add-form", "field-rows", "who", "x", "\xff"))
	}
	if f.chance(10) {
		r.Header.Set("Accept-Language", f.pick("zh", "zh-CN;q=x", "\xff", strings.Repeat("a,", 500)))
	}
	if f.cookie != nil {
		r.AddCookie(f.cookie)
	}
	rec := httptest.NewRecorder()
	f.handler.ServeHTTP(patient{rec}, r)
	return rec
}
