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

// sparkKinds are how the ways to end are drawn: the class of the bars and the
// height of their middle. Checks that say nothing about the system are dots.
var sparkKinds = []struct {
	class, height string
	ended         []api.Status
}{
	{"spark-passed", " 6.5h", []api.Status{api.Passed}},
	{"spark-warned", " 9.5h", []api.Status{api.Warned}},
	{"spark-failed", " 16.5h", []api.Status{api.Failed}},
	{"spark-silent", " 11.5h", []api.Status{api.FormOnly, api.Skipped}},
}

// sparkPath are bars of one kind, as SVG path data: a line through each row of
// checks that ended so. The bars are made by its style, which is as wide as they
// are high, and dashed: so a row costs the same however long it is. The newest
// check stands at the right end, however few there are.
func sparkPath(recent []api.Status, height string, ended []api.Status) string {
	var d []byte
	first := api.RecentChecks - len(recent)
	for i := 0; i < len(recent); i++ {
		n := 0
		for i+n < len(recent) && slices.Contains(ended, recent[i+n]) {
			n++
		}
		if n == 0 {
			continue
		}
		if d == nil {
			d = make([]byte, 0, 64)
		}
		d = append(d, 'M')
		d = strconv.AppendInt(d, int64((first+i)*sparkStep+1), 10)
		d = append(d, height...)
		d = strconv.AppendInt(d, int64(n*sparkStep-2), 10)
		i += n
	}
	return string(d)
}

func latest(recent []api.Status) []api.Status {
	return recent[max(0, len(recent)-api.RecentChecks):]
}

// sparkWords says how many of the checks ended in which way.
func sparkWords(ctx context.Context, recent []api.Status) string {
	var text strings.Builder
	text.WriteString(locale.T(ctx, "watch.spark"))
	between := locale.T(ctx, "form.colon")
	for _, status := range sparkOrder {
		if n := tally(recent, status); n > 0 {
			text.WriteString(between)
			text.WriteString(strconv.Itoa(n))
			text.WriteString(" × ")
			text.WriteString(locale.T(ctx, "status."+string(status)))
			between = locale.T(ctx, "watch.comma")
		}
	}
	return text.String()
}

func tally(recent []api.Status, status api.Status) int {
	n := 0
	for _, s := range recent {
		if s == status {
			n++
		}
	}
	return n
}
