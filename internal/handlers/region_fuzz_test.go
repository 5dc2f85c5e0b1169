package handlers_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/probe"
)

const manyStoragePosts = 1_200

// storageVerbs are where regions and backups are looked at, changed and removed;
// %s is the name of a region, or the id of a backup. What is there more than once
// comes more often.
var storageVerbs = []string{
	"/regions", "/regions", "/regions/validate", "/regions/edit", "/regions/edit", "/regions/test", "/regions/test", "/regions/%s", "/regions/%s",
	"/regions/%s/validate", "/regions/%s/edit", "/regions/%s/test", "/regions/%s/delete", "/regions/%s/nothing",
	"/backups/delete", "/backups/delete", "/backups/delete/confirmed", "/backups/%s/delete", "/backups/%s/download", "/backups",
}

// Whatever is posted to the pages of regions and backups, or asked of them, is
// answered in time and never by a failure of ours; it makes the console connect to
// nothing that the policy does not allow, write to no folder but those that are
// allowed, and tell no secret.
func TestManyBadPostsAboutRegionsAndBackups(t *testing.T) {
	t.Parallel()
	allowed, forbidden := listenAndCount(t), listenAndCount(t)
	rules, err := probe.ParseRules(allowed.at.String())
	require.NoError(t, err)
	s := proberSite(t, probe.New(probe.Options{Policy: probe.Policy{Allow: rules}, Resolver: new(nowhere), Timeout: fuzzTimeout}))
	outside := t.TempDir()
	for n := range 4 {
		s.write(fmt.Sprintf("dumps/%d", n), "a dump")
	}
	var ids []string
	for _, b := range s.protected("nightly", "dumps*") {
		ids = append(ids, b.ID)
	}
	results := &postResults{statuses: map[int]int{}}
	var work sync.WaitGroup
	for n := range uint64(posters) {
		work.Go(func() {
			m := mutator{rand.New(rand.NewPCG(postsSeed, n)), allowed.at.Port(), forbidden.at.Port()}
			(&storagePoster{poster{mutator: m, site: s, links: ids, results: results}, outside}).post(manyStoragePosts / posters)
		})
	}
	work.Wait()
	t.Logf("seed %d: statuses %v; the slowest %s", postsSeed, results.statuses, results.slowest)

	results.requireGood(t, s)
	require.NotZero(t, allowed.count.Load())
	require.Zero(t, forbidden.count.Load())
	found, err := s.service.Regions(context.Background(), s.scope())
	require.NoError(t, err)
	require.Greater(t, len(found), 2)
	for i := range found {
		require.NotContains(t, found[i].Folder, outside)
	}
	require.NotContains(t, s.log.String(), bucketSecret)
	require.NotContains(t, s.get(s.regions()).html, bucketSecret)
}

// storagePoster posts to the pages of regions and backups.
type storagePoster struct {
	poster

	outside string // a folder that no region may be in
}

func (p *storagePoster) post(count int) {
	for range count {
		verb := p.pick(storageVerbs...)
		if strings.Contains(verb, "%s") {
			verb = fmt.Sprintf(verb, p.pick(append([]string{"local-1", "local-2", "fuzz0", "fuzz1", "x", "%00", "%2e%2e"}, p.links...)...))
		}
		method, path := http.MethodPost, p.site.replication()+verb
		if p.chance(20) {
			method = p.pick(methods...)
		}
		contentType, body := p.encode(p.form())
		p.ask(method, path, contentType, body)
	}
}

// form is what the forms of regions and lists of backups send.
func (p *storagePoster) form() []field {
	port := p.pick(fmt.Sprint(p.allowed), fmt.Sprint(p.forbidden))
	fields := []field{
		{"name", fmt.Sprintf("fuzz%d", p.random.IntN(500))}, {"kind", p.pick("s3", "s3", "folder", "folder", "")},
		{"folder", p.pick(fmt.Sprintf("f%d", p.random.IntN(500)), "../x", p.outside, "/", "a/../../b")},
		{"endpoint", "http://127.0.0.1:" + port}, {"path_style", p.pick("true", "true", "x")}, {"bucket", fmt.Sprintf("bucket-%d", p.random.IntN(500))}, {"access_key", "AK"}, {"secret", p.pick(bucketSecret, bucketSecret, "")},
	}
	for _, more := range []field{
		{"secret.mode", p.pick("keep", "replace", "again")}, {"secret.held", p.pick("x.y", "")},
		{"prefix", p.pick("a", "../a", "/")}, {"signing", "eu-1"}, {"bandwidth", p.pick("1", "20", "-1", "")},
		{"version", p.pick("1", "2", "9e99")}, {"language", "zh"}, {"id", p.pick(p.links...)}, {"id", "x"}, {"only", p.pick(p.links...)},
		{"back", p.pick("//x", "/p/x")}, {"status", p.pick("error", "x")}, {"from", p.pick("2026-11-22", "x")}, {"was", "x"}, {"cursor", "x"},
	} {
		if p.chance(40) {
			fields = append(fields, more)
		}
	}
	return fields
}
