package locale

import (
	"context"
	"strconv"
	"time"
)

// Duration returns d as people say it: "12 ms", "1.5 s", "2 min 5 s".
func Duration(ctx context.Context, d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return T(ctx, "duration.below_ms")
	case d < time.Second:
		return T(ctx, "duration.ms", "n", d.Milliseconds())
	case d < time.Minute:
		return T(ctx, "duration.s", "n", strconv.FormatFloat(d.Seconds(), 'f', 1, 64))
	default:
		return T(ctx, "duration.min", "min", int(d.Minutes()), "s", int(d.Seconds())%60)
	}
}

// Time returns t in UTC to the minute: "2026-11-22 05:30 UTC". It is the same
// for every reader, so that two people can talk about it.
func Time(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// FullTime returns t in UTC to the second.
func FullTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
