package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/teambition/rrule-go"
)

// newlines are what lines of a pattern end in: also the letters that stand for an
// end of line in JSON, where somebody wrote them down twice.
var newlines = strings.NewReplacer(`\r\n`, "\n", `\n`, "\n", `\r`, "\n", "\r\n", "\n", "\r", "\n")

// Parse reads a pattern as the dialect has it, with or without the lines around the
// rule. Several rules for the same days are one pattern with the times of all.
func Parse(text string) (Pattern, Problem) {
	switch {
	case strings.TrimSpace(text) == "":
		return Pattern{}, "schedule.required"
	case utf8.RuneCountInString(text) > MaxText:
		return Pattern{}, "schedule.too_long"
	}
	rules, problem := rulesIn(strings.ToUpper(newlines.Replace(text)))
	if problem != "" {
		return Pattern{}, problem
	}
	var all Pattern
	for i, rule := range rules {
		p, problem := readRule(rule)
		switch {
		case problem != "":
			return Pattern{}, problem
		case i > 0 && (p.Interval != all.Interval || !slices.Equal(p.Days, all.Days)):
			return Pattern{}, "schedule.mixed"
		}
		p.Times = append(all.Times, p.Times...)
		all = p.sorted()
	}
	return all, all.Judge()
}

// rulesIn finds the rules in lines, of which long ones go on in the next line after
// a space (RFC 5545 §3.1).
func rulesIn(text string) ([]string, Problem) {
	text = strings.NewReplacer("\n ", "", "\n\t", "").Replace(strings.TrimSpace(text))
	var rules []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		rule, named := strings.CutPrefix(line, "RRULE:")
		name, _, _ := strings.Cut(line, ":")
		switch {
		case named || strings.HasPrefix(line, "FREQ="):
			rules = append(rules, strings.TrimSuffix(rule, ";"))
		case line == "" || slices.Contains([]string{"BEGIN", "END", "VERSION", "PRODID"}, name):
		default:
			return nil, "schedule.unreadable"
		}
	}
	if len(rules) == 0 {
		return nil, "schedule.unreadable"
	}
	return rules, ""
}

// weekdays by the number that rules have for them.
var weekdays = []rrule.Weekday{rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU}

// parts are what a rule of the dialect may have.
var parts = []string{"FREQ", "INTERVAL", "BYDAY", "BYHOUR", "BYMINUTE"}

func readRule(text string) (Pattern, Problem) {
	var seen []string
	for part := range strings.SplitSeq(text, ";") {
		name, _, _ := strings.Cut(part, "=")
		switch {
		case !slices.Contains(parts, name):
			return Pattern{}, "schedule.part"
		case slices.Contains(seen, name):
			return Pattern{}, "schedule.unreadable"
		}
		seen = append(seen, name)
	}
	option, err := rrule.StrToROption(text)
	if err != nil {
		return Pattern{}, "schedule.unreadable"
	}
	return patternOf(option, slices.Contains(seen, "INTERVAL"))
}

// patternOf is a rule as a pattern. A rule without minutes is on the hour.
func patternOf(o *rrule.ROption, spaced bool) (Pattern, Problem) {
	p := Pattern{Interval: 1}
	if spaced {
		p.Interval = o.Interval
	}
	switch {
	case o.Freq != rrule.DAILY && o.Freq != rrule.WEEKLY:
		return p, "schedule.frequency"
	case o.Freq == rrule.WEEKLY && len(o.Byweekday) == 0:
		return p, "schedule.days"
	case o.Freq == rrule.WEEKLY && p.Interval != 1:
		return p, "schedule.weeks"
	case len(o.Byhour) == 0:
		return p, "schedule.times_required"
	}
	for _, day := range o.Byweekday {
		if day.N() != 0 {
			return p, "schedule.days"
		}
		p.Days = append(p.Days, Week[day.Day()])
	}
	if len(o.Byminute) == 0 {
		o.Byminute = []int{0}
	}
	if len(o.Byhour)*len(o.Byminute) > MaxTimes*hour {
		return p, "schedule.times_many"
	}
	for _, h := range o.Byhour {
		for _, minute := range o.Byminute {
			p.Times = append(p.Times, Clock{h, minute})
		}
	}
	return p.sorted(), ""
}

// String is the pattern as the dialect has it: a rule for each minute of the hour
// that there are times at.
func (p Pattern) String() string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\n")
	for _, o := range p.sorted().options() {
		b.WriteString("BEGIN:VEVENT\r\nRRULE:" + ruleText(o) + "\r\nEND:VEVENT\r\n")
	}
	b.WriteString("END:VCALENDAR\r\n")
	return b.String()
}

func ruleText(o rrule.ROption) string {
	text := "FREQ=" + o.Freq.String()
	if o.Interval > 1 {
		text += fmt.Sprintf(";INTERVAL=%d", o.Interval)
	}
	for i, day := range o.Byweekday {
		text += []string{";BYDAY=", ","}[min(i, 1)] + day.String()
	}
	for i, h := range o.Byhour {
		text += []string{";BYHOUR=", ","}[min(i, 1)] + strconv.Itoa(h)
	}
	return text + fmt.Sprintf(";BYMINUTE=%d", o.Byminute[0])
}

// options are the rules of a sorted pattern, one for each minute of the hour.
func (p Pattern) options() []rrule.ROption {
	var all []rrule.ROption
	for _, c := range p.Times {
		i := slices.IndexFunc(all, func(o rrule.ROption) bool { return o.Byminute[0] == c.Minute })
		if i < 0 {
			i = len(all)
			all = append(all, p.option(c.Minute))
		}
		all[i].Byhour = append(all[i].Byhour, c.Hour)
	}
	return all
}

func (p Pattern) option(minute int) rrule.ROption {
	o := rrule.ROption{Freq: rrule.DAILY, Interval: p.Interval, Byminute: []int{minute}, Bysecond: []int{0}}
	for _, day := range p.Days {
		o.Freq = rrule.WEEKLY
		o.Byweekday = append(o.Byweekday, weekdays[slices.Index(Week, day)])
	}
	return o
}

// Next returns the first time after another, of a schedule that began at start;
// zero if the pattern has none.
func (p Pattern) Next(start, after time.Time) time.Time {
	if p.Judge() != "" {
		return time.Time{}
	}
	start, after = start.UTC(), after.UTC()
	if after.Before(start) {
		after = start.Add(-time.Nanosecond)
	}
	var next time.Time
	for _, o := range p.sorted().options() {
		o.Dtstart = p.near(start, after)
		rule, err := rrule.NewRRule(o)
		if err != nil {
			return time.Time{}
		}
		if at := rule.After(after, false); !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}

// near is a day of the schedule that is not long before a time: rules count from
// there, and not all the way from the start.
func (p Pattern) near(start, at time.Time) time.Time {
	const day = 24 * time.Hour
	began := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, time.UTC)
	every := p.Interval
	if len(p.Days) > 0 {
		every = 7
	}
	passed := int(at.Sub(began)/day)/every - 1
	return began.AddDate(0, 0, max(passed, 0)*every)
}
