package templates

import (
	"context"
	"strconv"
	"time"

	"switchboard/internal/locale"
)

// seconds is how an interval is sent by a form.
func seconds(d time.Duration) string { return strconv.Itoa(int(d.Seconds())) }

// every says how often a link is checked.
func every(ctx context.Context, d time.Duration) string {
	return locale.T(ctx, "every."+seconds(d))
}

// span is a long time as people say it: in minutes, hours and minutes, or days
// and hours.
func span(ctx context.Context, d time.Duration) string {
	minutes := int(d.Minutes())
	switch {
	case d < time.Minute:
		return locale.T(ctx, "span.below_minute")
	case d < time.Hour:
		return locale.T(ctx, "span.minutes", "n", minutes)
	case d < 24*time.Hour:
		return locale.T(ctx, "span.hours", "h", minutes/60, "min", minutes%60)
	default:
		return locale.T(ctx, "span.days", "d", minutes/(24*60), "h", minutes/60%24)
	}
}
