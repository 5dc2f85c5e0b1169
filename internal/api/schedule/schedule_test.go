package schedule_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/schedule"
)

func clocks(times ...int) []schedule.Clock {
	all := make([]schedule.Clock, len(times))
	for i, t := range times {
		all[i] = schedule.Clock{Hour: t / 100, Minute: t % 100}
	}
	return all
}

func calendar(rules ...string) string {
	text := "BEGIN:VCALENDAR\r\n"
	for _, rule := range rules {
		text += "BEGIN:VEVENT\r\nRRULE:" + rule + "\r\nEND:VEVENT\r\n"
	}
	return text + "END:VCALENDAR\r\n"
}

func TestParse(t *testing.T) {
	t.Parallel()
	thursday := schedule.Pattern{Interval: 1, Days: []time.Weekday{time.Thursday}, Times: clocks(1227)}
	for text, want := range map[string]schedule.Pattern{
		calendar("FREQ=WEEKLY;BYDAY=TH;BYHOUR=12;BYMINUTE=27"):                                        thursday,
		"FREQ=WEEKLY;BYDAY=TH;BYHOUR=12;BYMINUTE=27":                                                  thursday,
		"rrule:freq=weekly;byday=th;byhour=12;byminute=27;":                                           thursday,
		strings.ReplaceAll(calendar("FREQ=WEEKLY;BYDAY=TH;BYHOUR=12;BYMINUTE=27"), "\r\n", "\n"):      thursday,
		strings.ReplaceAll(calendar("FREQ=WEEKLY;BYDAY=TH;BYHOUR=12;BYMINUTE=27"), "\r\n", `\r\n`):    thursday,
		strings.ReplaceAll(calendar("FREQ=WEEKLY;BYDAY=TH;BYHOUR=12;BYMINUTE=27"), ";BY", "\r\n ;BY"): thursday,
		"FREQ=DAILY;BYDAY=TH;BYHOUR=12;BYMINUTE=27":                                                   thursday,
		"FREQ=DAILY;INTERVAL=3;BYHOUR=22,4;BYMINUTE=30":                                               {Interval: 3, Times: clocks(430, 2230)},
		"FREQ=DAILY;BYHOUR=2":                                                                          {Interval: 1, Times: clocks(200)},
		"FREQ=WEEKLY;BYDAY=SU,MO,SU;BYHOUR=0,23;BYMINUTE=0":                                            {Interval: 1, Days: []time.Weekday{time.Monday, time.Sunday}, Times: clocks(0, 2300)},
		calendar("FREQ=DAILY;BYHOUR=2;BYMINUTE=0", "FREQ=DAILY;BYHOUR=14;BYMINUTE=45"):                 {Interval: 1, Times: clocks(200, 1445)},
		"FREQ=WEEKLY;BYDAY=MO;BYHOUR=0,23;BYMINUTE=30":                                                 {Interval: 1, Days: []time.Weekday{time.Monday}, Times: clocks(30, 2330)},
		"FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23;BYMINUTE=059": {Interval: 1, Times: everyHour(59)},
	} {
		got, problem := schedule.Parse(text)
		require.Empty(t, problem, text)
		require.Equal(t, want, got, text)
		again, problem := schedule.Parse(got.String())
		require.Empty(t, problem, got.String())
		require.Equal(t, got, again, "what is written down is what was read")
	}
}

func everyHour(minute int) []schedule.Clock {
	all := make([]schedule.Clock, 24)
	for h := range all {
		all[h] = schedule.Clock{Hour: h, Minute: minute}
	}
	return all
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]schedule.Problem{
		"":                                 "schedule.required",
		" \r\n ":                           "schedule.required",
		strings.Repeat("A", 10241):         "schedule.too_long",
		"every day":                        "schedule.unreadable",
		"BEGIN:VCALENDAR\r\nEND:VCALENDAR": "schedule.unreadable",
		calendar("FREQ=DAILY;BYHOUR=x"):    "schedule.unreadable",
		calendar("FREQ=DAILY;BYHOUR="):     "schedule.unreadable",
		calendar(""):                       "schedule.part",
		"FREQ=DAILY;BYHOUR=1;BYHOUR=2":     "schedule.unreadable",
		"DTSTART:20260101T000000Z\r\nFREQ=DAILY;BYHOUR=1":                   "schedule.unreadable",
		"FREQ=DAILY;BYHOUR=1;COUNT=3":                                       "schedule.part",
		"FREQ=DAILY;BYHOUR=1;UNTIL=20270101T000000Z":                        "schedule.part",
		"FREQ=MONTHLY;BYHOUR=1":                                             "schedule.frequency",
		"FREQ=HOURLY;BYHOUR=1":                                              "schedule.frequency",
		"FREQ=DAILY":                                                        "schedule.times_required",
		"FREQ=DAILY;BYHOUR=24":                                              "schedule.times",
		"FREQ=DAILY;BYHOUR=-1":                                              "schedule.times",
		"FREQ=DAILY;BYHOUR=1;BYMINUTE=60":                                   "schedule.times",
		"FREQ=DAILY;BYHOUR=1;BYMINUTE=0,30":                                 "schedule.times_close",
		calendar("FREQ=DAILY;BYHOUR=1", "FREQ=DAILY;BYHOUR=1;BYMINUTE=59"):  "schedule.times_close",
		calendar("FREQ=DAILY;BYHOUR=23;BYMINUTE=30", "FREQ=DAILY;BYHOUR=0"): "schedule.times_close",
		calendar("FREQ=WEEKLY;BYDAY=SU,MO;BYHOUR=23;BYMINUTE=30", "FREQ=WEEKLY;BYDAY=SU,MO;BYHOUR=0"): "schedule.times_close",
		calendar("FREQ=DAILY;BYHOUR=1", "FREQ=WEEKLY;BYDAY=MO;BYHOUR=4"):                              "schedule.mixed",
		"FREQ=DAILY;INTERVAL=0;BYHOUR=1":                                                              "schedule.interval",
		"FREQ=DAILY;INTERVAL=31;BYHOUR=1":                                                             "schedule.interval",
		"FREQ=DAILY;INTERVAL=2;BYDAY=MO;BYHOUR=1":                                                     "schedule.interval_days",
		"FREQ=WEEKLY;BYHOUR=1":                                                                        "schedule.days",
		"FREQ=WEEKLY;BYDAY=1MO;BYHOUR=1":                                                              "schedule.days",
		"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;BYHOUR=1":                                                    "schedule.weeks",
	} {
		_, problem := schedule.Parse(text)
		require.Equal(t, want, problem, text)
	}
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	when, err := time.Parse("2006-01-02 15:04:05", text)
	require.NoError(t, err)
	return when
}

func TestNext(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ rule, start, after, want string }{
		{"FREQ=DAILY;BYHOUR=2,14", "2026-03-01 08:00:00", "2026-03-01 08:00:00", "2026-03-01 14:00:00"},
		{"FREQ=DAILY;BYHOUR=2,14", "2026-03-01 08:00:00", "2026-03-01 14:00:00", "2026-03-02 02:00:00"},
		{"FREQ=DAILY;BYHOUR=2,14", "2026-03-01 08:00:00", "2026-03-01 13:59:59", "2026-03-01 14:00:00"},
		{"FREQ=DAILY;BYHOUR=2", "2026-03-01 08:00:00", "2020-01-01 00:00:00", "2026-03-02 02:00:00"},
		{"FREQ=DAILY;BYHOUR=8", "2026-03-01 08:00:00", "2026-02-01 00:00:00", "2026-03-01 08:00:00"},
		{"FREQ=DAILY;INTERVAL=3;BYHOUR=2", "2026-03-01 08:00:00", "2026-03-01 08:00:00", "2026-03-04 02:00:00"},
		{"FREQ=DAILY;INTERVAL=30;BYHOUR=2", "2026-01-01 00:00:00", "2031-05-05 05:05:05", "2031-06-04 02:00:00"},
		{"FREQ=WEEKLY;BYDAY=MO,FR;BYHOUR=2", "2026-03-01 08:00:00", "2026-03-02 02:00:00", "2026-03-06 02:00:00"},
		{"FREQ=WEEKLY;BYDAY=SU;BYHOUR=23;BYMINUTE=59", "2026-03-01 08:00:00", "2026-03-01 23:59:00", "2026-03-08 23:59:00"},
		{"FREQ=WEEKLY;BYDAY=SU;BYHOUR=23;BYMINUTE=59", "2026-02-28 08:00:00", "2028-02-28 23:59:00", "2028-03-05 23:59:00"},
	} {
		p, problem := schedule.Parse(c.rule)
		require.Empty(t, problem)
		require.Equal(t, at(t, c.want), p.Next(at(t, c.start), at(t, c.after)), "%+v", c)
	}
	require.Zero(t, schedule.Pattern{}.Next(time.Now(), time.Now()), "no pattern, no time")
}

func TestAScheduleOfManyYearsTellsItsNextTimeAtOnce(t *testing.T) {
	t.Parallel()
	p := schedule.Pattern{Interval: 1, Times: everyHour(0)}
	start := at(t, "1990-01-01 00:00:00")
	began := time.Now()
	for range 100 {
		require.Equal(t, at(t, "2190-01-01 01:00:00"), p.Next(start, at(t, "2190-01-01 00:00:00")))
	}
	require.Less(t, time.Since(began), 5*time.Second)
}

func FuzzParse(f *testing.F) {
	f.Add(calendar("FREQ=WEEKLY;BYDAY=TH;BYHOUR=12;BYMINUTE=27"), int64(1_700_000_000))
	f.Add("FREQ=DAILY;INTERVAL=30;BYHOUR=0,23;BYMINUTE=7", int64(0))
	f.Add(`BEGIN:VCALENDAR\nRRULE:FREQ=DAILY;BYHOUR=1\r\nRRULE:FREQ=DAILY;BYHOUR=3;BYMINUTE=5`, int64(4_000_000_000))
	f.Add("FREQ=WEEKLY;BYDAY=MO,-9223372036854775808TU;BYHOUR=9223372036854775807", int64(1))
	f.Fuzz(func(t *testing.T, text string, seconds int64) {
		p, problem := schedule.Parse(text)
		if problem != "" {
			require.Regexp(t, `^schedule\.[a-z_]+$`, string(problem))
			return
		}
		again, problem := schedule.Parse(p.String())
		require.Empty(t, problem)
		require.Equal(t, p, again)
		require.Equal(t, p.String(), again.String())

		start := time.Unix(seconds&0xffffffff, 0).UTC()
		last := start
		for i := range 30 {
			next := p.Next(start, last)
			require.True(t, next.After(last), "%v after %v", next, last)
			require.Less(t, next.Sub(last), 31*24*time.Hour)
			if i > 0 {
				require.GreaterOrEqual(t, next.Sub(last), time.Hour)
			}
			last = next
		}
	})
}
