package e2e

import (
	"bytes"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	patience = 20 * time.Second // for whatever should happen at once
	askAgain = 20 * time.Millisecond
)

// eventually asks until the answer is there. An answer that does not come fails
// the test and says what was waited for and what was seen last.
func eventually[T any](t *testing.T, what string, ask func() (T, bool)) T {
	t.Helper()
	enough := time.After(patience) // and not t.Context(), which ends before the cleanups
	for {
		answer, there := ask()
		if there {
			return answer
		}
		select {
		case <-enough:
			require.Fail(t, "waited in vain for "+what, "seen last: %v", answer)
		case <-time.After(askAgain):
		}
	}
}

// missing skips the test where a part of the machine is not there; in CI that
// is a failure.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		require.Fail(t, what)
	}
	t.Skip(what)
}

// output collects what a process prints. It can be read while it grows.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(text []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(text)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
