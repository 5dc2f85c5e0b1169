// Package schedule reads the patterns of policies, iCalendar rules in UTC, and
// knows when they are due. Source: spec/replication.md §1.7.
package schedule

import (
	"time"

	"github.com/teambition/rrule-go"
)

var _ = rrule.DAILY

// Pattern is when something is done: every so many days, or on days of the week,
// at times of the day.
type Pattern struct {
	Interval int            // days, from 1 to 30; 1 with Days
	Days     []time.Weekday // none for every Interval days
	Times    []Clock        // 1 to 24, at least an hour apart
}

// Clock is a time of the day in UTC.
type Clock struct{ Hour, Minute int }

// Problem is what is wrong with a pattern: the key of a message, "" if nothing is.
type Problem string

// Parse reads a pattern as the dialect has it, with or without the lines around the
// rule.
func Parse(text string) (Pattern, Problem) { return Pattern{}, "schedule.unreadable" }

// Judge says what is wrong with a pattern.
func (p Pattern) Judge() Problem { return "" }

// String is the pattern as the dialect has it.
func (p Pattern) String() string { return "" }

// Next returns the first time after another, of a schedule that began at start.
func (p Pattern) Next(start, after time.Time) time.Time { return time.Time{} }
