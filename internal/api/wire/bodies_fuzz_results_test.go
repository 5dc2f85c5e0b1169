package wire

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/apitest"
)

// bodyResults is what was answered to all bodies.
type bodyResults struct {
	mu       sync.Mutex
	statuses map[int]int
	excused  int // answers with 500 that the dialect has
	slowest  time.Duration
	bad      []string
}

// pelt sends many mutated requests, of which request makes one as it should be, and
// judges the answers; here is host:port of a server that may be reached.
func pelt(t *testing.T, w *world, here string, request func(m *bodyMutator) (method, target string, body any)) *bodyResults {
	t.Helper()
	answers := &bodyResults{statuses: map[int]int{}}
	began := time.Now()
	var work sync.WaitGroup
	for n := range uint64(4) {
		work.Go(func() {
			m := &bodyMutator{random: rand.New(rand.NewPCG(bodiesSeed, n)), here: here}
			for range manyBodies / 4 {
				method, target, tree := request(m)
				answers.send(w, method, target, m.spoiled(tree))
			}
		})
	}
	work.Wait()
	t.Logf("seed %d: %d bodies in %s, the slowest %s; statuses %v", bodiesSeed, manyBodies, time.Since(began).Round(time.Millisecond), answers.slowest, answers.statuses)
	require.Empty(t, answers.bad)
	require.NotContains(t, w.log.String(), "level=ERROR")
	require.NotContains(t, w.log.String(), "panic")
	return answers
}

// occur requires that there were such answers: bodies that are always refused test
// little.
func (r *bodyResults) occur(t *testing.T, statuses ...int) {
	t.Helper()
	for _, status := range statuses {
		require.NotZero(t, r.statuses[status], status)
	}
}

// ask sends a mutated request about links and judges the answer.
func (r *bodyResults) ask(w *world, m *bodyMutator) {
	m.slug = m.pick(slices.Sorted(maps.Keys(apitest.ConnectorExamples()))...)
	method, target := m.target(w)
	r.send(w, method, target, m.body(method))
}

// send sends a request and judges the answer.
func (r *bodyResults) send(w *world, method, target, body string) {
	began := time.Now()
	rec := w.send(method, target, body)
	took := time.Since(began)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.statuses[rec.Code]++
	r.slowest = max(r.slowest, took)
	excused := rec.Code == http.StatusInternalServerError && excused(target, rec.Body.Bytes())
	if excused {
		r.excused++
	}
	if rec.Code >= http.StatusInternalServerError && !excused || took > bodyDeadline {
		r.bad = append(r.bad, fmt.Sprintf("%d after %s: %s %s %.2000q\n%s", rec.Code, took, method, target, body, rec.Body))
	}
}

// excused reports whether an answer with 500 is one that the dialect has: findings
// of CDM, and a few numbers of CSBS.
func excused(target string, body []byte) bool {
	switch {
	case strings.Contains(target, "/cdm/link"):
		return isFindings(body)
	case strings.HasSuffix(target, "/checkpoints"), strings.HasSuffix(target, "/action"):
		return csbsBusy.Match(body)
	}
	return false
}

// csbsBusy is what CSBS answers with 500: it is backing up, or has nothing to back up.
var csbsBusy = regexp.MustCompile(`"CSBS\.(1001|6030|6032)"`)

// isFindings reports whether a body says, in CDM's shape, what is wrong.
func isFindings(text []byte) bool {
	var body struct {
		Result []findings `json:"validation-result"`
	}
	if json.Unmarshal(text, &body) != nil || len(body.Result) != 1 {
		return false
	}
	return len(body.Result[0].LinkConfig) > 0 && !slices.ContainsFunc(body.Result[0].LinkConfig, func(f finding) bool {
		return f.Message == "" || f.Status != "ERROR" && f.Status != "WARNING"
	})
}
