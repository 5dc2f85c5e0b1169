package templates

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// sparkStep is the room that a bar has: the drawing is api.RecentChecks of them
// wide, and its line stands at 12.5 of 20.
const sparkStep = 4

// sparkOrder is the order in which the ways to end are told.
var sparkOrder = []api.Status{api.Passed, api.Warned, api.Failed, api.FormOnly, api.Skipped}

// sparkPaths are the bars by the way a check ended, as SVG path data; silent
// are checks that say nothing about the system.
type sparkPaths struct{ passed, warned, failed, silent string }

// sparkBars draws the bars. The newest check stands at the right end, however
// few there are.
func sparkBars(recent []api.Status) sparkPaths {
	return sparkPaths{
		passed: sparkPath(recent, " 6.5h", api.Passed),
		warned: sparkPath(recent, " 9.5h", api.Warned),
		failed: sparkPath(recent, " 16.5h", api.Failed),
		silent: sparkPath(recent, " 11.5h", api.FormOnly, api.Skipped),
	}
}

// sparkPath draws a line through each row of checks that ended so, at the
// height of its bars' middle. The bars are made by its style, which is as wide
// as they are high, and dashed: so a row costs the same however long it is.
func sparkPath(recent []api.Status, height string, ended ...api.Status) string {
	recent = latest(recent)
	first := api.RecentChecks - len(recent)
	var d []byte
	for i := 0; i < len(recent); i++ {
		n := 0
		for i+n < len(recent) && slices.Contains(ended, recent[i+n]) {
			n++
		}
		if n > 0 {
			d = append(d, 'M')
			d = strconv.AppendInt(d, int64((first+i)*sparkStep+1), 10)
			d = append(d, height...)
			d = strconv.AppendInt(d, int64(n*sparkStep-2), 10)
			i += n
		}
	}
	return string(d)
}

func latest(recent []api.Status) []api.Status {
	return recent[max(0, len(recent)-api.RecentChecks):]
}

// sparkWords says how many of the checks ended in which way.
func sparkWords(ctx context.Context, recent []api.Status) string {
	counts := map[api.Status]int{}
	for _, status := range latest(recent) {
		counts[status]++
	}
	var text strings.Builder
	text.WriteString(locale.T(ctx, "watch.spark"))
	between := locale.T(ctx, "form.colon")
	for _, status := range sparkOrder {
		if n := counts[status]; n > 0 {
			text.WriteString(between)
			text.WriteString(strconv.Itoa(n))
			text.WriteString(" × ")
			text.WriteString(locale.T(ctx, "status."+string(status)))
			between = locale.T(ctx, "watch.comma")
		}
	}
	return text.String()
}
