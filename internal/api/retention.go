package api

import (
	"fmt"
	"time"
)

// Bounded reports whether anything is ever removed.
func (r *Retention) Bounded() bool {
	return !r.Permanent && (r.Max > 0 || r.Days > 0 || r.Daily > 0 || r.Weekly > 0 || r.Monthly > 0 || r.Yearly > 0)
}

// Expired says which backups of one resource are not kept any more, of those that are
// available, by when they were created, newest first. What one of the bounds keeps is
// kept, and the newest in any case: a resource that cannot be backed up any more does
// not lose its last backup.
func (r *Retention) Expired(created []time.Time, now time.Time) []bool {
	expired := make([]bool, len(created))
	if !r.Bounded() {
		return expired
	}
	zone := r.zone()
	spans := []span{{r.Daily, day}, {r.Weekly, week}, {r.Monthly, month}, {r.Yearly, year}}
	last := make([]string, len(spans))
	for i, at := range created {
		kept := i == 0 || i < r.Max || r.Days > 0 && now.Before(r.Until(at))
		for j := range spans {
			if name := spans[j].name(at.In(zone)); spans[j].left > 0 && name != last[j] {
				kept, last[j] = true, name
				spans[j].left--
			}
		}
		expired[i] = !kept
	}
	return expired
}

// Until is how long Days keeps what was created at a time; zero if it keeps nothing.
func (r *Retention) Until(created time.Time) time.Time {
	if r.Permanent || r.Days <= 0 {
		return time.Time{}
	}
	return created.Add(time.Duration(r.Days) * 24 * time.Hour)
}

// span is a kind of time of which the last backup is kept, of so many that are left.
type span struct {
	left int
	name func(t time.Time) string
}

func day(t time.Time) string   { return t.Format(time.DateOnly) }
func month(t time.Time) string { return t.Format("2006-01") }
func year(t time.Time) string  { return t.Format("2006") }

func week(t time.Time) string {
	y, w := t.ISOWeek()
	return fmt.Sprintf("%d-%d", y, w)
}

// zone is where days begin; one that is none is UTC.
func (r *Retention) zone() *time.Location {
	if t, err := time.Parse("UTC-07:00", r.Zone); err == nil {
		return t.Location()
	}
	return time.UTC
}
