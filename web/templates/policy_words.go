package templates

import (
	"context"
	"slices"
	"strings"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/schedule"
	"switchboard/internal/locale"
)

// weekdays are the days of the week as calendars have them here, each by what
// forms send.
var weekdays = []struct {
	Day  time.Weekday
	Name string
}{
	{time.Monday, "mo"}, {time.Tuesday, "tu"}, {time.Wednesday, "we"}, {time.Thursday, "th"},
	{time.Friday, "fr"}, {time.Saturday, "sa"}, {time.Sunday, "su"},
}

// WeekdayName is what forms send for a day.
func WeekdayName(day time.Weekday) string {
	return weekdays[(int(day)+len(weekdays)-1)%len(weekdays)].Name
}

// WeekdayOf is the day of a name, false if it is none.
func WeekdayOf(name string) (time.Weekday, bool) {
	for _, d := range weekdays {
		if d.Name == name {
			return d.Day, true
		}
	}
	return 0, false
}

// scheduleWords says when a pattern is due.
func scheduleWords(ctx context.Context, p schedule.Pattern) string {
	var times []string
	for _, c := range p.Times {
		times = append(times, ClockText(c))
	}
	at := listed(ctx, times)
	switch {
	case len(p.Days) == len(weekdays) || len(p.Days) == 0 && p.Interval == 1:
		return locale.T(ctx, "policies.every_day", "times", at)
	case len(p.Days) > 0:
		return locale.T(ctx, "policies.on_days", "days", dayWords(ctx, p.Days), "times", at)
	}
	return locale.T(ctx, "policies.every_days", "n", p.Interval, "times", at)
}

// dayWords names days of the week; three or more in a row are a span.
func dayWords(ctx context.Context, chosen []time.Weekday) string {
	var names []string
	first, last := -1, -1
	for i, d := range weekdays {
		if !slices.Contains(chosen, d.Day) {
			continue
		}
		names = append(names, locale.T(ctx, "weekday."+d.Name))
		if last = i; first < 0 {
			first = i
		}
	}
	if len(names) > 2 && last-first == len(names)-1 {
		return locale.T(ctx, "policies.day_span", "first", names[0], "last", names[len(names)-1])
	}
	return listed(ctx, names)
}

// ClockText is a time of the day as people type it.
func ClockText(c schedule.Clock) string {
	return time.Date(0, 1, 1, c.Hour, c.Minute, 0, 0, time.UTC).Format("15:04")
}

// operationWords says when an operation is due; a pattern that cannot be read is
// shown as it is.
func operationWords(ctx context.Context, o *api.Operation) string {
	pattern, problem := schedule.Parse(o.Pattern)
	if problem != "" {
		return o.Pattern
	}
	return scheduleWords(ctx, pattern)
}

// listed joins what stands in a sentence: "a, b and c".
func listed(ctx context.Context, items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return strings.Join(items[:last], locale.T(ctx, "policies.comma")) + locale.T(ctx, "policies.and") + items[last]
}

// retentionWords says which backups are kept, and what becomes of the others.
func retentionWords(ctx context.Context, r *api.Retention) string {
	kept := keptWords(ctx, r)
	if kept == "" {
		return locale.T(ctx, "policies.keep_all")
	}
	words := locale.T(ctx, "policies.keep_these", "kept", kept)
	if r.Zone != "" && r.Daily+r.Weekly+r.Monthly+r.Yearly > 0 {
		words += locale.T(ctx, "policies.keep_zone", "zone", r.Zone)
	}
	return words
}

// keptWords lists which backups are kept, empty if all are.
func keptWords(ctx context.Context, r *api.Retention) string {
	var kept []string
	for _, bound := range []struct {
		n   int
		key string
	}{
		{r.Max, "policies.keep_last"}, {r.Days, "policies.keep_days"}, {r.Daily, "policies.keep_daily"},
		{r.Weekly, "policies.keep_weekly"}, {r.Monthly, "policies.keep_monthly"}, {r.Yearly, "policies.keep_yearly"},
	} {
		if bound.n > 0 && !r.Permanent {
			kept = append(kept, locale.T(ctx, bound.key, "count", bound.n))
		}
	}
	return listed(ctx, kept)
}

// destinationText is where copies go, in one line.
func destinationText(region, project string) string {
	if project == "" {
		return region
	}
	return region + " · " + project
}

// syncStatus is how good it is how far a policy and a destination are in step.
func syncStatus(s *api.Sync) api.Status {
	switch {
	case !s.Oldest.IsZero():
		return api.Warned
	case s.At.IsZero():
		return api.Skipped
	}
	return api.Passed
}

// syncWords says how far a policy and a destination are in step.
func syncWords(ctx context.Context, s *api.Sync) string {
	switch {
	case s.Oldest.IsZero() && s.At.IsZero():
		return locale.T(ctx, "policies.sync_never")
	case s.Oldest.IsZero():
		return locale.T(ctx, "policies.in_sync")
	}
	return locale.T(ctx, "policies.behind_by", "span", span(ctx, time.Since(s.Oldest)))
}

// syncNote is when they were in step, as far as anybody knows.
func syncNote(ctx context.Context, s *api.Sync) string {
	switch {
	case s.At.IsZero():
		return ""
	case s.Oldest.IsZero():
		return locale.T(ctx, "policies.as_of", "at", locale.Time(s.At))
	}
	return locale.T(ctx, "policies.in_sync_as_of", "at", locale.Time(s.At))
}

// resourceNames are the first resources in one line, and how many there are more.
func resourceNames(ctx context.Context, all []api.Resource) string {
	const shown = 3
	var names []string
	for i := range all[:min(len(all), shown)] {
		names = append(names, all[i].Name)
	}
	text := strings.Join(names, locale.T(ctx, "policies.comma"))
	if more := len(all) - shown; more > 0 {
		text += " " + locale.T(ctx, "policies.more_resources", "n", more)
	}
	return text
}
