package api

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// spanText is a time from now on, as in 30d.
var spanText = regexp.MustCompile(`^(\d{1,4})\s*(\p{L}+)$`)

// spanUnits are what it is counted in: years, months and days.
var spanUnits = map[string][3]int{
	"d": {0, 0, 1}, "day": {0, 0, 1}, "days": {0, 0, 1}, "天": {0, 0, 1},
	"w": {0, 0, 7}, "week": {0, 0, 7}, "weeks": {0, 0, 7}, "周": {0, 0, 7},
	"m": {0, 1, 0}, "month": {0, 1, 0}, "months": {0, 1, 0}, "月": {0, 1, 0}, "个月": {0, 1, 0},
	"y": {1, 0, 0}, "year": {1, 0, 0}, "years": {1, 0, 0}, "年": {1, 0, 0},
}

// dayForms and momentForms are how days and moments (UTC, if they do not say
// otherwise) are written.
var (
	dayForms    = []string{"2006-1-2", "2006/1/2"}
	momentForms = []string{
		time.RFC3339, "2006-1-2T15:04:05", "2006-1-2T15:04",
		"2006-1-2 15:04:05", "2006-1-2 15:04", "2006-1-2 15:04 UTC", "2006/1/2 15:04", "2006/1/2 15:04:05",
	}
	neverWords = map[string]bool{"": true, "-": true, "never": true, "永久": true, "永不": true, "永不过期": true, "永久有效": true}
)

// lastYear is the last one that every format of time can write.
const lastYear = 9999

// ReadExpiry reads when an entry expires: a day, to whose end (UTC) it lasts, a
// moment, or a time from now on such as 30d, 12w or 6m. Nothing is never, which
// is the zero time.
func ReadExpiry(text string, now time.Time) (time.Time, bool) {
	text = tidy(text)
	if neverWords[strings.ToLower(text)] {
		return time.Time{}, true
	}
	for _, form := range dayForms {
		if day, err := time.Parse(form, text); err == nil {
			return day.AddDate(0, 0, 1).Add(-time.Second), true
		}
	}
	for _, form := range momentForms {
		if at, err := time.Parse(form, text); err == nil {
			return at.UTC(), inRange(at)
		}
	}
	return spanFrom(text, now)
}

func spanFrom(text string, now time.Time) (time.Time, bool) {
	m := spanText.FindStringSubmatch(strings.ToLower(text))
	if m == nil {
		return time.Time{}, false
	}
	n, err := strconv.Atoi(m[1])
	unit, known := spanUnits[m[2]]
	if err != nil || !known {
		return time.Time{}, false
	}
	at := now.UTC().Truncate(time.Second).AddDate(n*unit[0], n*unit[1], n*unit[2])
	return at, inRange(at)
}

func inRange(at time.Time) bool { year := at.UTC().Year(); return year > 0 && year <= lastYear }

// ReadRenewal reads until when an entry lasts anew. A time with a plus, as in
// +30d, is counted from where it would end, or from now if it would not.
func ReadRenewal(text string, expires, now time.Time) (time.Time, bool) {
	more, plus := strings.CutPrefix(tidy(text), "+")
	if !plus {
		return ReadExpiry(text, now)
	}
	if expires.After(now) {
		now = expires
	}
	return spanFrom(more, now)
}
