package handlers_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/probe"
)

const manyFunctionPosts = 2_000

// Verbs of the list of functions, of one of them, and of its versions. What is
// there more than once comes more often.
var (
	functionListVerbs = []string{"", "", "", "/validate", "/edit", "/edit", "/nothing", "/%00"}
	functionVerbs     = []string{
		"", "", "/validate", "/edit", "/publish", "/publish", "/publish/validate", "/publish/edit", "/delete", "/history", "/nothing",
		"/versions/latest", "/versions/latest/validate", "/versions/latest/edit", "/versions/latest/delete",
		"/versions/v1", "/versions/v1", "/versions/v1/delete", "/versions/%00", "/versions/..", "/versions/v9/delete",
	}
)

// Whatever is posted to the pages of functions is answered in time and never by a
// failure of ours, and an upstream that is only set is not connected to.
func TestManyBadFunctionPosts(t *testing.T) {
	t.Parallel()
	prober := probe.New(probe.Options{Resolver: new(nowhere), Timeout: fuzzTimeout})
	s := proberSite(t, prober)
	results := &postResults{statuses: map[int]int{}}
	var work sync.WaitGroup
	for n := range uint64(posters) {
		work.Go(func() {
			p := &functionPoster{poster: poster{mutator: mutator{random: rand.New(rand.NewPCG(postsSeed, n))}, site: s, results: results}}
			p.post(manyFunctionPosts / posters)
		})
	}
	work.Wait()
	dialled, refused := prober.Dialled()
	t.Logf("seed %d: statuses %v; the slowest %s", postsSeed, results.statuses, results.slowest)

	results.requireGood(t, s)
	require.Zero(t, dialled+refused)
}

// functionPoster posts to the pages of functions.
type functionPoster struct {
	poster
}

func (p *functionPoster) post(count int) {
	for n := range count {
		if n%(restock/4) == 0 {
			p.stock()
		}
		method, path := "POST", p.site.functions()+p.pick(functionListVerbs...)
		if p.chance(60) {
			path = p.site.functions() + "/" + p.pick(p.links...) + p.pick(functionVerbs...)
		}
		if p.chance(4) {
			method = p.pick(methods...)
		}
		contentType, body := p.form()
		p.ask(method, path, contentType, body)
	}
}

// stock stores functions with a version and an alias each.
func (p *functionPoster) stock() {
	ctx, scope := context.Background(), p.site.scope()
	p.links = p.links[:0]
	for range 4 {
		fn, err := p.site.service.CreateFunction(ctx, scope, apitest.FunctionDraft(fmt.Sprintf("f%d", p.random.Uint64())))
		if err == nil {
			_, err = p.site.service.PublishVersion(ctx, scope, fn.ID, api.VersionDraft{Name: "v1"})
		}
		if err == nil {
			_, err = p.site.service.CreateAlias(ctx, scope, fn.ID, api.AliasDraft{
				Name: "prod", Version: api.LatestVersion, Weights: []api.WeightDraft{{Version: "v1", Weight: "5"}},
			})
		}
		if err != nil {
			p.results.add("storing a function: "+err.Error(), 0, 0)
			continue
		}
		p.links = append(p.links, fn.ID)
	}
}

// form is what the forms about functions and versions send, mutated.
func (p *functionPoster) form() (contentType, body string) {
	fields := []field{
		{"func_name", fmt.Sprintf("fuzz-%d", p.random.IntN(1e6))}, {"runtime", p.pick(api.Runtimes...)}, {"handler", p.pick("-", "index.handler")},
		{"timeout", p.pick("30", "3", "259200")}, {"memory_size", p.pick("128", "4096")}, {"code_type", p.pick(api.CodeTypes...)},
	}
	for _, more := range []field{
		{"package", p.pick("default", "shop", "a:b")}, {"description", "x"}, {"upstream", p.pick("https://a.example.com/", "http://127.0.0.1:1", "ftp://x", "//x")},
		{"runtime_shown", p.pick(api.Runtimes...)}, {"code_shown", p.pick(api.CodeTypes...)}, {"func_code", p.pick("YWJj", "print(1)")},
		{"code_url", "https://obs.example.com/x"}, {"code.zip", "x"}, {"code.", "x"}, {"user_data", p.pick("{}", `{"a":"b"}`, `{"a":1}`)},
		{"version", p.pick("1", "2", "9e99", "v1", "v2")}, {"digest", "00"}, {"confirm", "f"}, {"language", "zh"}, {"theme", "dark"}, {"op", "add:func_code"},
	} {
		if p.chance(45) {
			fields = append(fields, more)
		}
	}
	for range p.random.IntN(4) {
		fields = p.mutate(fields)
	}
	if p.chance(25) {
		if p.chance(60) {
			fields = append(fields, field{"text", strings.Repeat("code", p.random.IntN(1000))}) // which multipart makes a file
		}
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
