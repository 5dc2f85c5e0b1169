package e2e

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Thousands of entries are in a whitelist in the end, each once, although the
// process was killed again and again while it added them.
func TestAdditionSurvivesKills(t *testing.T) {
	t.Parallel()
	const many, kills = 10_000, 4
	p := prepare(t)
	p.launch(t)
	p.await(t)
	service := offer(t, vpcepClient(t, p, p.key(t)))
	entries, want := make([]map[string]any, many), make([]string, many)
	for n := range entries {
		want[n] = "iam:domain::" + accountID(n)
		entries[n] = map[string]any{"permission": want[n], "description": fmt.Sprintf("customer %d", n)}
	}
	c := p.call(t)
	work := c.add(service, entries)
	var killedAt []int
	for range kills {
		pause := time.Duration(rand.N(60)) * time.Millisecond
		time.Sleep(pause) // nothing is waited for: it dies at any moment
		p.kill(t)
		p.launch(t)
		p.await(t)
		c = p.call(t)
		work = c.addition(service, work.ID)
		killedAt = append(killedAt, work.Done)
	}
	require.Less(t, killedAt[0], many, "nothing was in the middle of anything")
	t.Logf("killed by the time that so many were done: %v", killedAt)
	work = eventually(t, "the addition to end", func() (addition, bool) {
		now := c.addition(service, work.ID)
		return now, now.Ended != ""
	})
	t.Cleanup(func() { p.stop(t) })
	require.Equal(t, []int{many, many, many}, []int{work.Total, work.Done, work.Added})
	found := c.permissions(service)
	slices.Sort(found)
	require.Equal(t, want, found)
}
