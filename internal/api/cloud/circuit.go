package cloud

import (
	"sync"
	"time"
)

// circuit keeps calls away from a service that does not answer: after Options.Failures
// in a row nobody waits for it any more, until Options.Rest has gone by. Then one call
// at a time finds out whether it is back.
type circuit struct {
	mu     sync.Mutex
	failed int
	until  time.Time // while it is open
	trying bool
}

// enter reports whether a call may be sent; if it may, leave must follow.
func (c *circuit) enter(now time.Time, failures int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failed < failures {
		return true
	}
	if c.trying || now.Before(c.until) {
		return false
	}
	c.trying = true
	return true
}

// leave says how the call ended: known is false if that says nothing about the service.
func (c *circuit) leave(now time.Time, known, answered bool, rest time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trying = false
	switch {
	case !known:
	case answered:
		c.failed = 0
	default:
		c.failed++
		c.until = now.Add(rest)
	}
}
