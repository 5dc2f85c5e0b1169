package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// An entry counts to the moment at which it expires, and not a request longer;
// that it did is written down once.
func TestWhitelistEntryExpires(t *testing.T) {
	t.Parallel()
	p := prepare(t)
	p.launch(t)
	p.await(t)
	c := p.call(t)
	service := offer(t, vpcepClient(t, p, p.key(t)))
	const brief, lasting = "iam:domain::brief", "iam:domain::lasting"
	end := time.Now().Add(2 * time.Second).Truncate(time.Second).Add(time.Second)
	c.addAll(service, []map[string]any{
		{"permission": brief, "expires": end.Format(time.RFC3339)},
		{"permission": lasting, "expires": end.Add(time.Hour).Format(time.RFC3339)},
	})
	before, after := 0, 0
	for after < 10 {
		asked := time.Now()
		listed := c.permissions(service)
		require.Contains(t, listed, lasting)
		switch there := slices.Contains(listed, brief); {
		case time.Now().Before(end):
			require.True(t, there, "gone %s too early", time.Until(end))
			before++
		case !asked.Before(end):
			require.False(t, there, "there %s too long", asked.Sub(end))
			after++
		}
	}
	require.Positive(t, before, "it was never seen")

	// The program looks for what has expired when it starts, too.
	p.stop(t)
	p.launch(t)
	p.await(t)
	t.Cleanup(func() { p.stop(t) })
	w := p.browse(t)
	w.signIn()
	w.visit(w.home + "/whitelist/" + service + "/history")
	const expired = "Whitelist: entries expired"
	eventually(t, "the entry in the history", func() (string, bool) {
		now := w.text()
		if !strings.Contains(now, expired) {
			w.visit(w.home + "/whitelist/" + service + "/history")
		}
		return now, strings.Contains(now, expired)
	})
	require.Equal(t, 1, strings.Count(w.text(), expired))
	w.visit(w.home + "/whitelist/" + service)
	w.seesRows(1, "lasting")
	w.sees("1 account expires within 7 days")
}
