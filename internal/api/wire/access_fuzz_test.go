package wire

import (
	"encoding/json"
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

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// manyCalls is how much nonsense each of the people sends; all together 5,000.
const manyCalls = 500

// Whatever nonsense anybody sends to whatever route, with whatever credential, is
// answered in time, never by a failure of ours, and never with what belongs to others.
func TestManyBadCallsOfEverybody(t *testing.T) {
	t.Parallel()
	for name, who := range people {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seed := fnv.New64()
			seed.Write([]byte(name))
			a := &asking{town: newTown(t, who), codes: map[int]int{}}
			f := &callFuzz{asking: a, bodyMutator: bodyMutator{random: rand.New(rand.NewPCG(bodiesSeed, seed.Sum64())), here: "127.0.0.1:1", port: 1}}
			before := apitest.Digest(t, a.db)
			for range manyCalls {
				f.send()
			}
			t.Logf("seed %d: %d requests: %v", bodiesSeed, a.count, a.codes)
			require.Empty(t, a.bad)
			require.NotContains(t, a.log.String(), "level=ERROR")
			require.NotContains(t, a.log.String(), "panic")
			if a.out() || who.role == api.RoleNone {
				after := apitest.Digest(t, a.db)
				after["tokens"] = before["tokens"] // which a password still gets
				require.Empty(t, apitest.Changed(before, after))
			}
		})
	}
}

// callFuzz is a person who sends calls that are nearly right.
type callFuzz struct {
	*asking
	bodyMutator
}

func (f *callFuzz) chance(percent int) bool { return f.random.IntN(100) < percent }

// send sends a mutated call and judges the answer.
func (f *callFuzz) send() {
	c := calls[f.random.IntN(len(calls))]
	target, body := f.target(c)
	if f.chance(60) {
		body = f.garbled(body)
	}
	if f.chance(5) {
		c.method = f.pick("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE")
	}
	with := f.credentials[f.random.IntN(len(f.credentials))]
	if len(f.narrow) > 0 && f.chance(10) {
		with = f.narrow[f.random.IntN(len(f.narrow))]
	}
	began := time.Now()
	rec := f.ask(with, c.method, target, body, f.headers()...)
	took := time.Since(began)
	f.count++
	f.codes[rec.Code]++
	what := fmt.Sprintf("%d after %s: %s %s with %s %.2000q\n%.2000s", rec.Code, took, c.method, target, with.name, body, rec.Body)
	if rec.Code >= http.StatusInternalServerError && !f.excused(c, target, rec) || took > bodyDeadline {
		f.bad = append(f.bad, what)
	}
	if f.who.role == api.RoleAdministrator && !strings.Contains(target, f.home().Project) {
		return
	}
	for _, g := range f.strangers() {
		for _, word := range append(g.IDs(), g.Word, g.Request, g.Own) {
			if strings.Contains(rec.Body.String(), word) && !strings.Contains(target+body, word) {
				f.bad = append(f.bad, "tells "+word+": "+what)
			}
		}
	}
}

// excused reports whether an answer of 500 or more is one that the dialect has; of an
// invocation, that nobody answers it.
func (f *callFuzz) excused(c call, target string, rec *httptest.ResponseRecorder) bool {
	if strings.HasSuffix(c.path, "/invocations") {
		return rec.Code == http.StatusBadGateway || rec.Code == http.StatusNotImplemented
	}
	path, _, _ := strings.Cut(target, "?")
	return rec.Code == http.StatusInternalServerError && excused(path, rec.Body.Bytes())
}

// target is where a call goes, and its body: mostly about the person's own goods,
// sometimes about one or all of others', or about nothing that there is.
func (f *callFuzz) target(c call) (target, body string) {
	g, strangers := f.home(), f.strangers()
	other := strangers[f.random.IntN(len(strangers))]
	swapped := ""
	if names := c.named(f.town); f.chance(20) && len(names) > 0 && !offered[c.String()] {
		slices.Sort(names)
		swapped = f.pick(names...)
	}
	if f.chance(10) {
		g = other
	}
	target, body, _ = f.about(c, g, other, swapped)
	path, query, _ := strings.Cut(target, "?")
	if f.chance(20) {
		segments := strings.Split(path, "/")
		segments[1+f.random.IntN(len(segments)-1)] = f.segment()
		path = "/" + strings.TrimLeft(strings.Join(segments, "/"), "/")
	}
	if f.chance(25) {
		query += "&" + f.query()
	}
	if query != "" {
		path += "?" + strings.TrimPrefix(query, "&")
	}
	return path, body
}

// segment is a part of a path that nobody expects.
func (f *callFuzz) segment() string {
	if f.chance(10) {
		return strings.Repeat(f.pick("a", "%41", "0"), 1+f.random.IntN(5000))
	}
	return f.pick("", "x", "%00", "%ff", "%2e%2e", "..", "a%2Fb", "%20", "%25", "'", "%F0%9F%92%A5", "-1", "99999999999999999999", "null", "*",
		"urn:fss:local-1:x:function:default:x:latest", "a:b:c:d:e", "!x", "00000000-0000-0000-0000-000000000000", strings.Repeat("f", 32), "all", "test", "export")
}

// query is a parameter that nobody expects.
func (f *callFuzz) query() string {
	name := f.pick("limit", "offset", "cursor", "marker", "maxitems", "sort", "sort_key", "sort_dir", "status", "state", "kind", "from", "until", "text",
		"id", "name", "tags", "object", "mine", "for_me", "account", "start_time", "image_type", "plan_id", "policy", "validate", "apply", "checkpoint_items", "page", "per_page", "cname", "%00")
	return name + "=" + f.pick("1", "0", "-1", "2147483648", "99999999999999999999", "1e9", "true", "open", "name:asc", "id:desc", "2020-01-01", "%00", "%ff", "%zz", "'", "%25",
		"_", "%F0%9F%92%A5", "*", "x", url.QueryEscape("' OR 1=1 --"), strings.Repeat("a", 3000), f.foreignID())
}

// foreignID is an id of somebody else's.
func (f *callFuzz) foreignID() string {
	strangers := f.strangers()
	return f.pick(strangers[f.random.IntN(len(strangers))].IDs()...)
}

// garbled is a body with some things wrong, of its values or of its form.
func (f *callFuzz) garbled(body string) string {
	var tree any
	if json.Unmarshal([]byte(body), &tree) != nil {
		tree = map[string]any{"id": f.foreignID(), "name": "x"}
	}
	if f.chance(10) {
		return f.pick("", "null", "[]", "1", `"x"`, "{", `{"a":}`, "\xff\xfe", "{}{}", `{"links":null}`, strings.Repeat(`{"a":`, 20_000), "a=b&c=d")
	}
	return f.spoiled(f.mutate(tree))
}

// headers are some that change how a request is read.
func (f *callFuzz) headers() (all []header) {
	for _, h := range []header{
		{"Content-Type", f.pick("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "")},
		{"X-Language", f.pick("zh-cn", "en-us", "\xff", strings.Repeat("z", 2000))},
		{headerProject, f.pick(f.mine.Project, f.foreign.Project, "x", "\x00")},
		{headerReason, f.pick("because", "", strings.Repeat("x", 5000), "\xff")},
		{headerSubject, f.pick(f.subject, "x", "")},
		{headerRequestVersion, f.pick("v0", "v1", "x")},
		{headerLogType, "tail"},
		{"Accept", "text/html"},
	} {
		if f.chance(8) {
			all = append(all, h)
		}
	}
	return all
}
