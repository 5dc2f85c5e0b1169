package embedded

import (
	"math"
	"time"
)

// speedWindow is how long ago a moving average remembers: what was then counts for
// about a third.
const speedWindow = 10 * time.Second

// speed is the moving average of bytes per second. Its times come from a clock that
// nobody sets.
type speed struct {
	since, last time.Time
	bytes       int64
	rate        float64
}

func newSpeed() *speed {
	now := time.Now()
	return &speed{since: now, last: now}
}

// at is told how many bytes there are in all, and returns the average. At first it is
// that since the beginning.
func (s *speed) at(now time.Time, bytes int64) int64 {
	passed := now.Sub(s.last)
	if passed <= 0 {
		return int64(s.rate)
	}
	window := min(speedWindow, now.Sub(s.since))
	keep := math.Exp(-float64(passed) / float64(window))
	if s.last.Equal(s.since) {
		keep = 0
	}
	s.rate = keep*s.rate + (1-keep)*float64(bytes-s.bytes)/passed.Seconds()
	s.last, s.bytes = now, bytes
	return int64(s.rate)
}
