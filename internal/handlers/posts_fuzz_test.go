package handlers_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/probe"
)

const (
	manyPosts    = 10_000
	postsSeed    = 20261122
	posters      = 4   // at the same time
	restock      = 250 // posts, after which links are stored again
	fuzzTimeout  = time.Second
	postDeadline = 2*fuzzTimeout + 18*time.Second // a check's time, and some for a busy machine
)

// Whatever is posted to the pages of links is answered in time and never by a
// failure of ours, and it makes the console connect to nothing that the policy
// does not allow: a server that is allowed hears of every connection that was
// counted, and one beside it of none.
func TestManyBadPosts(t *testing.T) {
	t.Parallel()
	allowed, forbidden, unknown := listenAndCount(t), listenAndCount(t), new(nowhere)
	rules, err := probe.ParseRules(allowed.at.String())
	require.NoError(t, err)
	prober := probe.New(probe.Options{Policy: probe.Policy{Allow: rules}, Resolver: unknown, Timeout: fuzzTimeout})
	s := proberSite(t, prober)
	results := &postResults{statuses: map[int]int{}}
	began := time.Now()
	var work sync.WaitGroup
	for n := range uint64(posters) {
		work.Go(func() {
			random := rand.New(rand.NewPCG(postsSeed, n))
			(&poster{mutator: mutator{random, allowed.at.Port(), forbidden.at.Port()}, site: s, results: results}).post(manyPosts / posters)
		})
	}
	work.Wait()
	dialled, refused := prober.Dialled()
	t.Logf("seed %d: %d posts in %s, the slowest %s; statuses %v; %d connections, %d refused, %d names asked for",
		postsSeed, manyPosts, time.Since(began).Round(time.Millisecond), results.slowest, results.statuses, dialled, refused, unknown.asked.Load())

	results.requireGood(t, s)
	require.Greater(t, dialled, uint64(100))
	require.Greater(t, refused, uint64(100))
	require.NotZero(t, unknown.asked.Load())
	require.Eventually(t, func() bool { return allowed.count.Load() == dialled }, 5*time.Second, 10*time.Millisecond, "connections that were counted, and those that came")
	require.Zero(t, forbidden.count.Load())
}

// postResults is what became of all posts.
type postResults struct {
	mu       sync.Mutex
	statuses map[int]int
	slowest  time.Duration
	bad      []string
}

func (r *postResults) add(what string, status int, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.statuses[status]++
	r.slowest = max(r.slowest, took)
	if status >= http.StatusInternalServerError || status == 0 || took > postDeadline {
		r.bad = append(r.bad, fmt.Sprintf("%d after %s: %s", status, took, what))
	}
}

// requireGood requires that everything was answered well, and not always in the
// same way, which would test nothing.
func (r *postResults) requireGood(t *testing.T, s *site) {
	t.Helper()
	require.Empty(t, r.bad)
	require.NotContains(t, s.log.String(), "level=ERROR")
	require.NotContains(t, s.log.String(), "panic")
	for _, status := range []int{http.StatusOK, http.StatusSeeOther, http.StatusNotFound, http.StatusUnprocessableEntity} {
		require.NotZero(t, r.statuses[status], status)
	}
}

// poster posts what a mutator makes.
type poster struct {
	mutator

	site    *site
	links   []string // ids of stored links
	results *postResults
}

func (p *poster) post(count int) {
	for n := range count {
		if n%restock == 0 {
			p.stock()
		}
		method, path := p.target(p.site.links(), p.links)
		contentType, body := p.body(p.links, strings.HasSuffix(path, "/delete/confirmed"))
		location := p.ask(method, path, contentType, body)
		if id, created := strings.CutPrefix(location, p.site.links()+"/"); created && len(id) == 36 {
			p.links = append(p.links, id)
		}
	}
}

// ask sends a request and takes note of how it was answered.
func (p *poster) ask(method, path, contentType, body string) (location string) {
	began := time.Now()
	status, location, err := p.send(method, path, contentType, body)
	what := fmt.Sprintf("%s %s %s %.2000q", method, path, contentType, body)
	if err != nil {
		what += ": " + err.Error()
	}
	p.results.add(what, status, time.Since(began))
	return location
}

// stock stores a link of every tile, for posts about stored links, which also
// delete them.
func (p *poster) stock() {
	p.links = p.links[:0]
	for _, slug := range sortedKeys(apitest.ConnectorExamples()) {
		draft := apitest.ExampleDraft(slug, fmt.Sprintf("stored_%d", p.random.Uint64()))
		link, err := p.site.service.CreateLink(context.Background(), p.site.scope(), draft, api.Shape)
		if err != nil {
			p.results.add("storing "+slug+": "+err.Error(), 0, 0)
			continue
		}
		p.links = append(p.links, link.ID)
	}
}

func (p *poster) send(method, path, contentType, body string) (status int, location string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*postDeadline)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, p.site.server.URL+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("Content-Type", contentType)
	if p.chance(50) {
		req.Header.Set("HX-Request", "true")
		req.Header.Set("HX-Target", p.pick("link-form", "links-table", "watch", "health", "run", "hook-delivery", "field-linkConfig-host", "add-form", "field-rows", "who", "x"))
	}
	res, err := p.site.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, res.Header.Get("Location"), err
}

// proberSite is newSite with another prober.
func proberSite(t *testing.T, prober *probe.Prober) *site {
	t.Helper()
	s := emptyProberSite(t, prober)
	_, err := s.identity.CreateUser(t.Context(), console, identity.NewPerson{Name: user, Administrator: true}, api.NewSecret(password))
	require.NoError(t, err)
	s.signIn(user, password)
	return s
}

// counted is a server that hangs up on everybody, and counts.
type counted struct {
	at    netip.AddrPort
	count atomic.Uint64
}

func listenAndCount(t *testing.T) *counted {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	c := &counted{at: listener.Addr().(*net.TCPAddr).AddrPort()}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			c.count.Add(1)
			conn.Close()
		}
	}()
	return c
}

// nowhere knows no name, so that mutated ones are never really asked for.
type nowhere struct{ asked atomic.Int64 }

// LookupNetIP implements probe.Resolver.
func (n *nowhere) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	n.asked.Add(1)
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// sortedKeys are the keys of a map in an order that does not change.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
