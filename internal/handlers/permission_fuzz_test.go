package handlers_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// manyWhitelistPosts are those of the test below, on all hands.
const manyWhitelistPosts = 4000

// Verbs of the list of endpoint services, of one service and of an entry of its
// whitelist.
var (
	servicesVerbs = []string{"", "", "/validate", "/edit", "/nothing", "/%00"}
	serviceVerbs  = []string{
		"", "/validate", "/edit", "/everyone", "/everyone", "/add", "/add", "/add/check", "/add/check", "/add/drop", "/add/edit", "/add/validate",
		"/connections/accept", "/connections/reject", "/additions/0/cancel", "/entries/renew", "/entries/renew", "/entries/delete",
		"/entries/delete/confirmed", "/entries/undo", "/nothing",
	}
	entryVerbs = []string{"", "/describe", "/renew", "/nothing"}
)

// whitelistPoster posts what a mutator makes to the pages of whitelists.
type whitelistPoster struct {
	poster

	service string
	entries []string // ids
}

// Whatever is posted to the pages of whitelists is answered in time and never
// by a failure of ours.
func TestManyBadPostsToWhitelists(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	results := &postResults{statuses: map[int]int{}}
	var work sync.WaitGroup
	for n := range uint64(posters) {
		work.Go(func() {
			p := &whitelistPoster{poster: poster{mutator: mutator{random: rand.New(rand.NewPCG(postsSeed, n))}, site: s, results: results}}
			p.post(n, manyWhitelistPosts/posters)
		})
	}
	work.Wait()
	t.Logf("seed %d: %d posts, the slowest %s; statuses %v", postsSeed, manyWhitelistPosts, results.slowest, results.statuses)
	results.requireGood(t, s)
}

func (p *whitelistPoster) post(hand uint64, count int) {
	for n := range count {
		if n%restock == 0 {
			p.stock(fmt.Sprintf("fuzz-%d-%d", hand, n/restock))
		}
		method, path := "POST", p.path()
		if p.chance(4) {
			method = p.pick(methods...)
		}
		contentType, body := p.encode(p.fields())
		p.ask(method, path, contentType, body)
	}
}

// stock stores another service with a whitelist.
func (p *whitelistPoster) stock(name string) {
	ctx := context.Background()
	service, err := p.site.service.CreateEndpointService(ctx, p.site.scope(), apitest.ServiceDraft(name))
	if err != nil {
		p.results.add("storing "+name+": "+err.Error(), 0, 0)
		return
	}
	added, err := p.site.service.AddPermissions(ctx, p.site.scope(), service.ID, api.PermissionBatch{Entries: apitest.PermissionDrafts(api.MaxBatch)})
	if err != nil {
		p.results.add("storing entries of "+name+": "+err.Error(), 0, 0)
		return
	}
	p.service, p.entries = service.ID, p.entries[:0]
	for _, entry := range added {
		p.entries = append(p.entries, entry.ID)
	}
}

func (p *whitelistPoster) path() string {
	switch {
	case p.chance(10):
		return p.site.whitelists() + p.pick(servicesVerbs...)
	case p.chance(20):
		return p.site.whitelists() + "/" + p.service + "/entries/" + p.pick(p.entries...) + p.pick(entryVerbs...)
	}
	return p.site.whitelists() + "/" + p.service + p.pick(serviceVerbs...)
}

// fields are what the forms about whitelists have.
func (p *whitelistPoster) fields() []field {
	id := p.pick(p.entries...)
	fields := []field{{"back", "/p/x"}}
	for _, more := range []field{
		{"service_name", p.pick("fuzz", "")}, {"server_type", p.pick("LB", "VM", "VIP")}, {"vpc_id", "vpc-1"}, {"port_id", "port-1"},
		{"vip_port_id", "vip-1"}, {"tcp_proxy", "close"}, {"approval_enabled", "true"}, {"version", p.pick("1", "2")},
		{"ports.0.client_port", "443"}, {"ports.0.server_port", "8443"}, {"ports.7.client_port", "80"}, {"tags.0.key", "team"}, {"tags.0.value", "a"},
		{"description", "Acme"}, {"description." + id, "Acme"}, {"expires", p.pick("30d", "+30d", "never", "until", "2027-01-31", "")},
		{"until", "2027-01-31"}, {"renew", "+90d"}, {"id", id}, {"id", p.pick(p.entries...)}, {"only", id}, {"all", "true"}, {"q", "customer 1"},
		{"confirm", "local-1." + p.service}, {"reason", apitest.Reason}, {"removed", "x.y"}, {"language", "zh"},
		{"op", p.pick("add:", "remove:", "up:") + p.pick("rows", "rows.0", "ports.1", "tags", "rows.-1")},
		{"rows.0.account", apitest.Account(p.random.IntN(200))}, {"rows.0.description", "a"}, {"rows.0.expires", "30d"},
		{"rows.5.account", p.pick("*", "iam:domain::*", "iam:domain::x", "not an id")}, {"rest", p.list()}, {"text", p.list()},
	} {
		if p.chance(35) {
			fields = append(fields, more)
		}
	}
	return fields
}

// list is a list as people paste it, sometimes a long one.
func (p *whitelistPoster) list() string {
	n := p.random.IntN(8)
	if p.chance(5) {
		n = p.random.IntN(3000)
	}
	lines := []string{p.pick("", "id,description,expires", "账号；描述", "# a list")}
	for range n {
		lines = append(lines, fmt.Sprintf(`%032x%s`, p.random.Uint64(), p.pick("", ", Acme", `; "a;b"; 30d`, "\tx\t2027-01-31", `,"open`, "，，")))
	}
	text := strings.Join(lines, p.pick("\n", "\r\n", "\r"))
	if p.chance(30) {
		text = p.garble(text)
	}
	return text
}
