package handlers_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

const manyRunPosts = 1_200

// runVerbs are where something of an alias is tried, steered or brought back.
// What is there more than once comes more often.
var runVerbs = []string{
	"/try", "/try", "/try/file", "/try/file", "/ramp", "/ramp", "/ramp", "/ramp/validate", "/ramp/edit", "/ramp/edit", "/ramp/steer", "/ramp/steer",
	"/promote", "/abort", "/history/%00", "/history/x", "/nothing",
}

// Whatever is posted where aliases are tried and steered is answered in time and
// never by a failure of ours.
func TestManyBadPostsToARamp(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	results := &postResults{statuses: map[int]int{}}
	var work sync.WaitGroup
	for n := range uint64(posters) {
		work.Go(func() {
			p := &runPoster{poster: poster{mutator: mutator{random: rand.New(rand.NewPCG(postsSeed, n))}, site: s, results: results}}
			p.post(manyRunPosts / posters)
		})
	}
	work.Wait()
	t.Logf("seed %d: statuses %v; the slowest %s", postsSeed, results.statuses, results.slowest)

	results.requireGood(t, s)
}

// runPoster posts to the pages on which something of an alias goes on.
type runPoster struct {
	poster
}

func (p *runPoster) post(count int) {
	for n := range count {
		if n%(restock/4) == 0 {
			p.stock()
		}
		path := "/p/" + p.site.project.ID + "/aliases/" + p.pick(p.links...) + p.pick(runVerbs...)
		contentType, body := p.encode(p.form())
		p.ask(http.MethodPost, path, contentType, body)
	}
}

// stock stores functions with two versions and an alias each.
func (p *runPoster) stock() {
	ctx, scope := context.Background(), p.site.scope()
	p.links = p.links[:0]
	for range 3 {
		fn, err := p.site.service.CreateFunction(ctx, scope, apitest.FunctionDraft(fmt.Sprintf("f%d", p.random.Uint64())))
		if err == nil {
			_, err = p.site.service.PublishVersion(ctx, scope, fn.ID, api.VersionDraft{Name: "v2"})
		}
		var alias api.Alias
		if err == nil {
			alias, err = p.site.service.CreateAlias(ctx, scope, fn.ID, api.AliasDraft{
				Name: "prod", Version: api.LatestVersion, Weights: []api.WeightDraft{{Version: "v2", Weight: "5"}},
			})
		}
		if err != nil {
			p.results.add("storing an alias: "+err.Error(), 0, 0)
			continue
		}
		p.links = append(p.links, alias.ID)
	}
}

// form is what the forms send.
func (p *runPoster) form() []field {
	fields := []field{
		{"additional", p.pick("v2", "v2", "v1", "latest", "")}, {"steps.0.percent", p.pick("1", "10", "0", "101", "x")}, {"steps.0.hold", p.pick("", "1m0s", "-1s", "x")},
		{"main", p.pick("latest", "v1")}, {"at", p.pick("0", "1", "-1", "x", "99999999999999999999")}, {"do", p.pick("next", "back", "pause", "resume", "x")},
		{"request", p.pick("X-A: b", "curl -H 'A: b' x", "GET / HTTP/1.1\r\nA: b", "{", "'")}, {"count", p.pick("10", "1000", "x", "-1", "1e6")},
	}
	for _, more := range []field{
		{"steps.1.percent", "50"}, {"steps.1.hold", ""}, {"steps.2", ""}, {"steps.999999999999.percent", "60"}, {"steps.-1.hold", "1m"},
		{"preset", p.pick("quick", "own", "x")}, {"promote", "true"}, {"confirm", "true"}, {"version", p.pick("0", "1", "x")},
		{"op", p.pick("add:steps", "remove:steps.0", "up:steps.9", "add:")}, {"language", "zh"},
		{"requests", p.pick("A: b\nC: d | E: f", "\xff", "{\"a\": [\"b\"]}", "curl")}, {"csv", "true"},
	} {
		if p.chance(40) {
			fields = append(fields, more)
		}
	}
	return fields
}
