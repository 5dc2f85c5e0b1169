package probe

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestTheMedianOfTheWayCounts(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for _, c := range []struct {
		tooks  []time.Duration
		status api.Status
		found  string
	}{
		{nil, api.Skipped, ""},
		{[]time.Duration{ms, 900 * ms, 2 * ms}, api.Passed, "2.0 ms"},
		{[]time.Duration{50 * ms}, api.Passed, "50 ms"},
		{[]time.Duration{ms, 51 * ms, 60 * ms}, api.Warned, "51 ms"},
		{[]time.Duration{300 * ms, 251 * ms, 50 * ms}, api.Failed, "251 ms"},
	} {
		step := (&end{tooks: c.tooks}).route()
		require.Equal(t, c.status, step.Status, "%v", c.tooks)
		require.Equal(t, c.found, step.Found)
		if c.status == api.Warned || c.status == api.Failed {
			require.Equal(t, c.found, step.Message.Args["took"])
			require.NotZero(t, step.Hint)
		}
	}
}

func TestWhatIsOddAboutAnAddress(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"10.0.0.1": "", "172.31.0.1": "", "192.168.1.1": "", "100.94.8.163": "", "fd00::1": "",
		"127.0.0.2": "names.loopback", "::1": "names.loopback", "8.8.8.8": "names.public", "2001:4860::8888": "names.public",
		"169.254.169.254": "names.special", "0.0.0.0": "names.special", "224.0.0.1": "names.special",
	} {
		f := oddity(netip.MustParseAddr(text))
		if want == "" {
			require.Nil(t, f, text)
			continue
		}
		require.Equal(t, want, f.name, text)
	}
}
