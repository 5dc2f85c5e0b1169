package handlers_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/probe"
)

const manyConnectionPosts = 3_000

// Verbs of the list of connections, of one of them, and of queues. What is there
// more than once comes more often.
var (
	connectionListVerbs = []string{
		"", "", "/validate", "/edit", "/edit", "/test", "/test", "/test", "/runs", "/schedule", "/check", "/delete", "/delete/confirmed",
		"/queues", "/queues", "/queues/validate", "/queues/edit", "/queues/test", "/queues/test", "/queues/etl/delete", "/queues/%00/delete",
		"/queues/default/delete", "/runs/0/cancel", "/nothing", "/%00",
	}
	connectionVerbs = []string{
		"", "/bind", "/bind", "/unbind", "/tags", "/tags/validate", "/tags/edit", "/reactivate", "/diagnosis", "/diagnosis", "/delete",
		"/check", "/schedule", "/health", "/again", "/nothing",
	}
)

// Whatever is posted to the pages of connections and queues is answered in time
// and never by a failure of ours, and it makes the console connect to nothing
// that the policy does not allow.
func TestManyBadConnectionPosts(t *testing.T) {
	t.Parallel()
	allowed, forbidden := listenAndCount(t), listenAndCount(t)
	rules, err := probe.ParseRules(allowed.at.String())
	require.NoError(t, err)
	prober := probe.New(probe.Options{Policy: probe.Policy{Allow: rules}, Resolver: new(nowhere), Timeout: fuzzTimeout})
	s := proberSite(t, prober)
	results := &postResults{statuses: map[int]int{}}
	var work sync.WaitGroup
	for n := range uint64(posters) {
		work.Go(func() {
			random := rand.New(rand.NewPCG(postsSeed, n))
			p := &connectionPoster{poster: poster{mutator: mutator{random, allowed.at.Port(), forbidden.at.Port()}, site: s, results: results}}
			p.post(manyConnectionPosts / posters)
		})
	}
	work.Wait()
	require.NoError(t, s.service.(*embedded.Plane).CatchUp(t.Context(), time.Now()), "what was created is asked, too")
	dialled, refused := prober.Dialled()
	t.Logf("seed %d: statuses %v; the slowest %s; %d connections, %d refused", postsSeed, results.statuses, results.slowest, dialled, refused)

	results.requireGood(t, s)
	require.Greater(t, dialled, uint64(50))
	require.Greater(t, refused, uint64(20))
	require.Zero(t, forbidden.count.Load())
}

// connectionPoster posts to the pages of connections.
type connectionPoster struct {
	poster
}

func (p *connectionPoster) post(count int) {
	for n := range count {
		if n%restock == 0 {
			p.stock()
		}
		method, path := "POST", p.site.connections()+p.pick(connectionListVerbs...)
		if p.chance(40) {
			path = p.site.connections() + "/" + p.pick(p.links...) + p.pick(connectionVerbs...)
		}
		if p.chance(4) {
			method = p.pick(methods...)
		}
		contentType, body := p.form(strings.HasSuffix(path, "/delete/confirmed"))
		p.ask(method, path, contentType, body)
	}
}

// stock stores a connection of every service, and a queue.
func (p *connectionPoster) stock() {
	p.links = p.links[:0]
	for _, service := range api.ConnectionServices {
		d := apitest.ConnectionTo(service.Name, fmt.Sprintf("stored_%d", p.random.Uint64()), fmt.Sprintf("127.0.0.1:%d", p.allowed))
		c, err := p.site.service.CreateConnection(context.Background(), p.site.scope(), d)
		if err != nil {
			p.results.add("storing "+service.Name+": "+err.Error(), 0, 0)
			continue
		}
		p.links = append(p.links, c.ID)
	}
	err := p.site.service.(*embedded.Plane).CatchUp(context.Background(), time.Now())
	if err != nil {
		p.results.add("working in the background: "+err.Error(), 0, 0)
	}
	_, _ = p.site.service.CreateQueue(context.Background(), p.site.scope(), api.QueueDraft{Name: "etl", CUs: 16})
}

// form is what the forms about connections and queues send, mutated. It is not
// about all of them if those that it is about are gone after it.
func (p *connectionPoster) form(deletes bool) (contentType, body string) {
	here := p.pick(fmt.Sprint(p.allowed), fmt.Sprint(p.forbidden))
	fields := []field{
		{"name", fmt.Sprintf("fuzz_%d", p.random.IntN(1e6))}, {"service", p.pick("CloudTable", "CSS", "rds", "ct", "DWS", "MRS.OpenTSDB")},
		{"url.0.host", "127.0.0.1"}, {"url.0.port", here},
		{"security_group_id", "8d1a0b5c-1f0e-4d3b-9a51-2f6c7d8e9f01"}, {"network_id", "0c9b8a7f-2222-4b1e-8c3d-4e5f60718293"},
	}
	for _, more := range []field{
		{"url.1.host", "127.0.0.1"}, {"url.1.port", fmt.Sprint(p.forbidden)}, {"tags.0.key", "team"}, {"tags.0.value", "a"}, {"tags.99.key", "team"},
		{"op", p.pick("add:url", "remove:url.0", "up:tags.1", "add:tags", "remove:tags.-1", "add:")}, {"from", p.pick(p.links...)},
		{"id", p.pick(p.links...)}, {"id", p.pick(p.links...)}, {"only", p.pick(p.links...)}, {"every", p.pick("0", "300", "1")},
		{"version", p.pick("1", "2", "9e99")}, {"queue", p.pick("etl", "default", "nobody")}, {"address", "127.0.0.1:" + here},
		{"type", p.pick("sql", "general")}, {"cu_count", p.pick("16", "17")}, {"cidr", "10.0.0.0/8"}, {"description", "x"}, {"language", "zh"},
		{"tag", p.pick("team=a", "=", "team")}, {"state", p.pick("all", "DELETED", "x")}, {"q", "stored"}, {"back", "/p/x"}, {"all", "true"},
	} {
		if p.chance(35) && (more.name != "all" || !deletes && p.chance(20)) {
			fields = append(fields, more)
		}
	}
	for range p.random.IntN(4) {
		fields = p.mutate(fields)
	}
	if p.chance(10) {
		return p.multipart(fields)
	}
	v := url.Values{}
	for _, f := range fields {
		v.Add(f.name, f.value)
	}
	if body = v.Encode(); p.chance(5) {
		body = p.garble(body)
	}
	return "application/x-www-form-urlencoded", body
}
