package api

import (
	"fmt"
	"strings"
	"time"

	"switchboard/internal/api/schedule"
)

// weekdayWords are the names of the days of the week.
var weekdayWords = map[time.Weekday]Message{
	time.Monday: M("schedule.monday"), time.Tuesday: M("schedule.tuesday"), time.Wednesday: M("schedule.wednesday"),
	time.Thursday: M("schedule.thursday"), time.Friday: M("schedule.friday"), time.Saturday: M("schedule.saturday"),
	time.Sunday: M("schedule.sunday"),
}

// WeekdayWord is the name of a day of the week.
func WeekdayWord(day time.Weekday) Message { return weekdayWords[day] }

// PatternWords says when a pattern is due: "Every day at 02:00 and 14:00 UTC". Of one
// that cannot be read it says what is wrong.
func PatternWords(text string) Message {
	p, problem := schedule.Parse(text)
	if problem != "" {
		return M(string(problem))
	}
	times := timeWords(p.Times)
	switch n := len(p.Days); {
	case p.Interval > 1:
		return M("schedule.every_days", "days", p.Interval, "times", times)
	case n == 0 || n == len(schedule.Week):
		return M("schedule.every_day", "times", times)
	}
	days := make([]Message, len(p.Days))
	for i, day := range p.Days {
		days[i] = WeekdayWord(day)
	}
	return M("schedule.on_days", "days", listWords(days), "times", times)
}

// timeWords lists times of the day; of every hour the first and the last are enough.
func timeWords(times []schedule.Clock) any {
	clock := func(c schedule.Clock) string { return fmt.Sprintf("%02d:%02d", c.Hour, c.Minute) }
	if n := len(times); n == schedule.MaxTimes {
		return strings.Join([]string{clock(times[0]), clock(times[1]), "…", clock(times[n-1])}, " ")
	}
	words := make([]any, len(times))
	for i, c := range times {
		words[i] = clock(c)
	}
	return listWords(words)
}

// listWords joins words, the last one by "and".
func listWords[W any](words []W) any {
	var list any = words[0]
	for i, word := range words[1:] {
		key := "schedule.list"
		if i == len(words)-2 {
			key = "schedule.list_last"
		}
		list = M(key, "words", list, "next", word)
	}
	return list
}
