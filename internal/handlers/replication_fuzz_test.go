package handlers_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

const manyReplicationPosts = 800

// Where replications are started and steered, and where they are looked at. What is
// there more than once comes more often.
var (
	replicationVerbs = []string{
		"/POLICY/replicate", "/POLICY/replicate", "/POLICY/replicate", "/backups/BACKUP/replicate", "/backups/BACKUP/replicate",
		"/runs/RUN/cancel", "/runs/RUN/retry", "/runs/RUN",
	}
	replicationPages = []string{
		"/POLICY/replicate", "/POLICY/replicate", "/backups/BACKUP/replicate", "/runs/RUN/cancel", "/runs/RUN/records/RUN",
		"/runs/RUN", "/runs/RUN", "/runs",
	}
)

// Whatever is posted or asked for where replications are is answered in time and
// never by a failure of ours.
func TestManyBadRequestsAboutReplications(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	policy := s.dumps("orders", 3)
	backups, err := s.service.ListBackups(t.Context(), s.scope(), api.BackupQuery{Policy: policy.ID})
	require.NoError(t, err)
	ids := []string{policy.ID, backups.Items[0].ID, "x"}
	results := &postResults{statuses: map[int]int{}}
	var work sync.WaitGroup
	for n := range uint64(posters) {
		work.Go(func() {
			p := &replicationPoster{poster{mutator: mutator{random: rand.New(rand.NewPCG(postsSeed, n))}, site: s, links: ids, results: results}, s.there()}
			p.post(manyReplicationPosts / posters)
		})
	}
	work.Wait()
	t.Logf("seed %d: statuses %v; the slowest %s", postsSeed, results.statuses, results.slowest)

	results.requireGood(t, s)
}

// replicationPoster posts to the pages of replications, and asks for them.
type replicationPoster struct {
	poster

	there api.Destination
}

func (p *replicationPoster) post(count int) {
	for range count {
		p.look()
		fields := p.form()
		contentType, body := p.encode(fields)
		method, path := http.MethodPost, p.pick(replicationVerbs...)
		if p.chance(40) {
			method, path, contentType, body = http.MethodGet, p.pick(replicationPages...)+"?"+p.query(fields), "", ""
		}
		for _, what := range []string{"POLICY", "BACKUP", "RUN"} {
			path = strings.ReplaceAll(path, what, p.id(what))
		}
		path = p.site.replication() + path
		p.ask(method, path, contentType, body)
	}
}

// look takes up the latest run, which may be steered next.
func (p *replicationPoster) look() {
	runs, err := p.site.service.ReplicationRuns(context.Background(), p.site.scope(), api.RunQuery{Limit: 1})
	if err == nil && len(runs.Items) > 0 {
		p.links = append(p.links[:2:2], runs.Items[0].ID)
	}
}

// id is that of the policy, of a backup or of the latest run, and now and then
// another one.
func (p *replicationPoster) id(what string) string {
	if p.chance(15) {
		return p.pick(append(p.links, "x", "%00")...)
	}
	return p.links[slices.Index([]string{"POLICY", "BACKUP", "RUN"}, what)]
}

// query is a form as an address has it, in which something may be odd.
func (p *replicationPoster) query(fields []field) string {
	q := url.Values{}
	for _, f := range fields {
		if p.chance(20) {
			f.value = p.odd()
		}
		q.Add(f.name, f.value[:min(len(f.value), 4_000)])
	}
	return q.Encode()
}

// form is what the forms and addresses send.
func (p *replicationPoster) form() []field {
	there := templates.DestinationValue(p.there)
	fields := []field{{"to", p.pick(there, there, there, p.there.Region, "/", "mars/1", "a/b/c", "")}}
	for _, more := range []field{
		{"accelerate", p.pick("true", "x")}, {"name", p.pick("copy", "a b", "复制", url.QueryEscape("<b>"))},
		{"description", p.pick("x", "<", "\x00")}, {"cursor", p.pick("x", "\xff", "+", "-1")}, {"status", p.pick("fail", "x")},
		{"open", "true"}, {"policy", p.pick(p.links...)},
	} {
		if p.chance(40) {
			fields = append(fields, more)
		}
	}
	return fields
}
