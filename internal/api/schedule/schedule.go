// Package schedule reads the patterns of policies, iCalendar rules in UTC, and
// knows when they are due. Source: spec/replication.md §1.7.
package schedule

import (
	"cmp"
	"slices"
	"time"
)

// Pattern is when something is done: every so many days, or on days of the week,
// at times of the day.
type Pattern struct {
	Interval int            // days, from 1 to MaxInterval; 1 with Days
	Days     []time.Weekday // none for every Interval days
	Times    []Clock        // 1 to MaxTimes, at least an hour apart
}

// Clock is a time of the day in UTC.
type Clock struct{ Hour, Minute int }

// Bounds of a pattern (spec/replication.md §1.7).
const (
	MaxInterval = 30
	MaxTimes    = 24
	MaxText     = 10240 // characters
)

const hour = 60 // minutes

// Problem is what is wrong with a pattern: the key of a message, "" if nothing is.
type Problem string

// minutes since midnight.
func (c Clock) minutes() int { return c.Hour*hour + c.Minute }

// Week are the days of the week as people count them.
var Week = []time.Weekday{
	time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday,
}

// sorted returns the pattern with its days and times in order, each once.
func (p Pattern) sorted() Pattern {
	p.Days, p.Times = slices.Clone(p.Days), slices.Clone(p.Times)
	slices.SortFunc(p.Days, func(a, b time.Weekday) int { return cmp.Compare(slices.Index(Week, a), slices.Index(Week, b)) })
	slices.SortFunc(p.Times, func(a, b Clock) int { return cmp.Compare(a.minutes(), b.minutes()) })
	p.Days, p.Times = slices.Compact(p.Days), slices.Compact(p.Times)
	return p
}

// Judge says what is wrong with a pattern.
func (p Pattern) Judge() Problem {
	p = p.sorted()
	switch {
	case p.Interval < 1 || p.Interval > MaxInterval:
		return "schedule.interval"
	case p.Interval > 1 && len(p.Days) > 0:
		return "schedule.interval_days"
	case slices.ContainsFunc(p.Days, func(d time.Weekday) bool { return !slices.Contains(Week, d) }):
		return "schedule.days"
	case len(p.Times) == 0:
		return "schedule.times_required"
	case slices.ContainsFunc(p.Times, func(c Clock) bool { return c.Hour < 0 || c.Hour > 23 || c.Minute < 0 || c.Minute >= hour }):
		return "schedule.times"
	case len(p.Times) > MaxTimes:
		return "schedule.times_many"
	case p.gap() < hour:
		return "schedule.times_close"
	}
	return ""
}

// gap is the shortest time between two times of a sorted pattern, in minutes.
func (p Pattern) gap() int {
	const day = 24 * hour
	least := day
	for i := 1; i < len(p.Times); i++ {
		least = min(least, p.Times[i].minutes()-p.Times[i-1].minutes())
	}
	if p.daysInRow() {
		least = min(least, p.Times[0].minutes()+day-p.Times[len(p.Times)-1].minutes())
	}
	return least
}

// daysInRow reports whether there are two days of the pattern without one between
// them.
func (p Pattern) daysInRow() bool {
	if len(p.Days) == 0 {
		return p.Interval == 1
	}
	return slices.ContainsFunc(p.Days, func(d time.Weekday) bool { return slices.Contains(p.Days, (d+1)%7) })
}
