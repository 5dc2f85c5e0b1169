package handlers_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/web/templates"
)

const manyReplicationPosts = 800

// replicationVerbs are where replications are looked at, started and steered; %s
// is the id of a policy, a backup, a run or a record. What is there more than once
// comes more often.
var replicationVerbs = []string{
	"/%s/replicate", "/%s/replicate", "/%s/replicate", "/backups/%s/replicate", "/backups/%s/replicate",
	"/runs/%s/cancel", "/runs/%s/retry", "/runs/%s/records/x", "/runs/%s", "/runs",
}

// Whatever is posted or asked for where replications are is answered in time and
// never by a failure of ours.
func TestManyBadRequestsAboutReplications(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	policy := s.dumps("orders", 3)
	backups, err := s.service.ListBackups(t.Context(), s.scope(), api.BackupQuery{Policy: policy.ID})
	require.NoError(t, err)
	ids := []string{policy.ID, policy.ID, backups.Items[0].ID, "x", "%00"}
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
		method, path := http.MethodPost, p.site.replication()+fmt.Sprintf(p.pick(replicationVerbs...), p.pick(p.links...))
		if p.chance(30) {
			method, path = http.MethodGet, path+"?"+body
		}
		p.ask(method, path, contentType, body)
	}
}

// look takes up the latest run, which may be steered next.
func (p *replicationPoster) look() {
	runs, err := p.site.service.ReplicationRuns(context.Background(), p.site.scope(), api.RunQuery{Limit: 1})
	if err == nil && len(runs.Items) > 0 {
		p.links = append(p.links[:5:5], runs.Items[0].ID)
	}
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
