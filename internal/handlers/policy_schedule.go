package handlers

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/schedule"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// setSchedule writes when something is due into the form. The fields of the other
// way get what they would begin with.
func setSchedule(v url.Values, path string, p schedule.Pattern, enabled bool) {
	setSwitch(v, path+".enabled", enabled)
	v.Set(path+templates.ScheduleEvery, templates.EveryDays)
	v.Set(path+templates.ScheduleInterval, strconv.Itoa(p.Interval))
	days := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	if len(p.Days) > 0 {
		v.Set(path+templates.ScheduleEvery, templates.EveryWeek)
		days = p.Days
	}
	v.Del(path + templates.ScheduleDays)
	for _, day := range days {
		v.Add(path+templates.ScheduleDays, templates.WeekdayName(day))
	}
	rows := make([]form.Row, len(p.Times))
	for i, at := range p.Times {
		rows[i] = form.Row{templates.ScheduleAt: templates.ClockText(at)}
	}
	form.SetRows(v, path+templates.ScheduleTimes, rows)
}

// readPattern reads when something is due, and what is wrong with it, each at its
// field.
func readPattern(v url.Values, path string) (schedule.Pattern, []api.Problem) {
	p := schedule.Pattern{Interval: 1}
	var faults []api.Problem
	if v.Get(path+templates.ScheduleEvery) == templates.EveryWeek {
		for _, name := range v[path+templates.ScheduleDays] {
			if day, ok := templates.WeekdayOf(name); ok {
				p.Days = append(p.Days, day)
			}
		}
		if len(p.Days) == 0 {
			faults = append(faults, api.Problem{Path: path + templates.ScheduleDays, Message: api.M("schedule.days")})
		}
	} else {
		p.Interval, _ = strconv.Atoi(strings.TrimSpace(v.Get(path + templates.ScheduleInterval))) // 0 is judged below
	}
	for n, row := range form.ReadRows(v, path+templates.ScheduleTimes) {
		if row.Empty() {
			continue
		}
		at, ok := readClock(row[templates.ScheduleAt])
		if !ok {
			faults = append(faults, api.Problem{
				Path: form.RowPath(path+templates.ScheduleTimes, n) + "." + templates.ScheduleAt, Message: api.M("policies.bad_time"),
			})
			continue
		}
		p.Times = append(p.Times, at)
	}
	if problem := p.Judge(); problem != "" && (len(faults) == 0 || problem == "schedule.interval") {
		faults = append(faults, api.Problem{Path: path + fieldOf(problem), Message: api.M(string(problem))})
	}
	return p, faults
}

// fieldOf is the field that what is wrong with a pattern is about.
func fieldOf(problem schedule.Problem) string {
	if problem == "schedule.interval" {
		return templates.ScheduleInterval
	}
	return templates.ScheduleTimes
}

// readClock reads a time of the day: 2:00, 02:00 or 14.
func readClock(text string) (schedule.Clock, bool) {
	hour, minute, found := strings.Cut(strings.Replace(strings.TrimSpace(text), "：", ":", 1), ":")
	if !found {
		minute = "00"
	}
	h, err := strconv.ParseUint(hour, 10, 8)
	if err != nil {
		return schedule.Clock{}, false
	}
	m, err := strconv.ParseUint(minute, 10, 8)
	if err != nil || len(minute) != 2 {
		return schedule.Clock{}, false
	}
	at := schedule.Clock{Hour: int(h), Minute: int(m)}
	return at, h < 24 && m < 60
}
