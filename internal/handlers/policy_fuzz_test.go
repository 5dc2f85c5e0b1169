package handlers_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

const manyPolicyPosts = 1_500

// Verbs of the list of policies, and of one of them. What is there more than once
// comes more often.
var (
	policyListVerbs = []string{
		"", "", "", "/validate", "/validate", "/edit", "/edit", "/edit", "/backup", "/enable", "/disable", "/delete", "/delete/confirmed",
		"/nothing", "/%00",
	}
	policyVerbs = []string{"", "", "", "/validate", "/edit", "/edit", "/backup", "/delete", "/history", "/%00"}
)

// Whatever is posted to the pages of policies is answered in time and never by a
// failure of ours.
func TestManyBadPolicyPosts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write("dumps/orders/monday", "monday")
	there := templates.DestinationValue(s.there())
	results := &postResults{statuses: map[int]int{}}
	var work sync.WaitGroup
	for n := range uint64(posters) {
		work.Go(func() {
			p := &policyPoster{poster{mutator: mutator{random: rand.New(rand.NewPCG(postsSeed, n))}, site: s, results: results}, there}
			p.post(manyPolicyPosts / posters)
		})
	}
	work.Wait()
	t.Logf("seed %d: statuses %v; the slowest %s", postsSeed, results.statuses, results.slowest)
	results.requireGood(t, s)
}

// policyPoster posts to the pages of policies.
type policyPoster struct {
	poster

	there string
}

func (p *policyPoster) post(count int) {
	for n := range count {
		if n%(restock/4) == 0 {
			p.stock()
		}
		method, path := http.MethodPost, p.site.replication()+p.pick(policyListVerbs...)
		if p.chance(50) {
			path = p.site.replication() + "/" + p.pick(p.links...) + p.pick(policyVerbs...)
		}
		if p.chance(4) {
			method = p.pick(methods...)
		}
		contentType, body := p.encode(p.form())
		p.ask(method, path, contentType, body)
	}
}

// stock takes the place of all policies, of which a project has only so many, by
// one that there is and one that there is not.
func (p *policyPoster) stock() {
	ctx, s := context.Background(), p.site.scope()
	all, err := p.site.service.ListPolicies(ctx, s, api.PolicyQuery{Limit: api.MaxPage})
	for i := range all.Items {
		_ = p.site.service.DeletePolicy(ctx, s, all.Items[i].ID, 0) // another poster may have been faster
	}
	policy, created := api.Policy{}, error(nil)
	if err == nil {
		policy, created = p.site.service.CreatePolicy(ctx, s, api.PolicyDraft{Name: fmt.Sprintf("stored-%d", p.random.Uint64())})
	}
	if gone := api.CodeOf(created) == api.NotFound; err != nil || created != nil && !gone { // by another poster
		p.results.add(fmt.Sprintf("storing a policy: %v, %v", err, created), 0, 0)
	}
	p.links = []string{policy.ID, policy.ID, policy.ID, "x"}
}

// form is what the form of a policy and the list send.
func (p *policyPoster) form() []field {
	fields := []field{
		{"name", fmt.Sprintf("fuzz-%d", p.random.IntN(1e6))}, {"resources.0.path", fmt.Sprintf("r%d", p.random.IntN(1e6))},
		{"operations.0.enabled", "true"}, {"operations.0.pattern.every", p.pick("days", "week", "")}, {"operations.0.pattern.interval", p.pick("1", "7")},
		{"operations.0.pattern.days", p.pick("mo", "su")}, {"operations.0.pattern.times.0.at", p.pick("02:00", "2:30", "23", "00:00")},
		{"operations.0.keep", p.pick("all", "some")}, {"operations.0.max", p.pick("", "7")},
	}
	for _, more := range []field{
		{"description", "x"}, {"resources.1.name", "b"}, {"resources.1.path", p.pick("dumps", "dumps/orders", ".switchboard/x", "a//b")},
		{"resources.0.adopt", "true"}, {"resources.0.id", p.pick(p.links...)}, {"resources.199.path", "x"}, {"operations.0.pattern.days", "fr"},
		{"operations.0.pattern.times.1.at", p.pick("14:00", "02:30", "24:00", "1:1")}, {"operations.0.days", p.pick("30", "-1", "x")},
		{"operations.0.daily", "7"}, {"operations.0.zone", p.pick("UTC+08:00", "UTC+99:00")}, {"operations.1.destination", p.there},
		{"operations.1.destination", p.pick(p.there, "mars/x", "/", "x")}, {"operations.1.pattern.every", p.pick("days", "week")},
		{"operations.1.pattern.interval", "2"}, {"operations.1.pattern.times.0.at", "04:00"}, {"operations.1.accelerate", "true"},
		{"tags.0.key", "team"}, {"tags.0.value", "a"}, {"version", p.pick("1", "2", "9e99")}, {"id", p.pick(p.links...)}, {"only", p.pick(p.links...)},
		{"op", p.pick(
			"add:resources", "remove:resources.0", "add:operations.0.pattern.times", "remove:operations.1.pattern.times.9", "browse:", "browse:dumps/",
			"browse:../", "browse:.switchboard/", "browse-next:dumps/orders", "browse-close", "take:dumps/orders/monday", "take:",
		)},
		{"browse", p.pick("", "dumps/", "dumps", "%00", "../..")}, {"browse_cursor", p.pick("dumps/orders/", "\xff")},
		{"language", "zh"}, {"q", "stored"}, {"back", "/p/x"}, {"sort", "updated"},
	} {
		if p.chance(35) {
			fields = append(fields, more)
		}
	}
	return fields
}
