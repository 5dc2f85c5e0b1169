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
		passed: sparkPath(recent, " 12V1", api.Passed),
		warned: sparkPath(recent, " 12V7", api.Warned),
		failed: sparkPath(recent, " 13V20", api.Failed),
		silent: sparkPath(recent, " 12V10.5", api.FormOnly, api.Skipped),
	}
}

// sparkPath draws a stroke from the foot of each check that ended so.
func sparkPath(recent []api.Status, stroke string, ended ...api.Status) string {
	recent = latest(recent)
	first := api.RecentChecks - len(recent)
	var d []byte
	for i, status := range recent {
		if slices.Contains(ended, status) {
			if d == nil {
				d = make([]byte, 0, api.RecentChecks*(len("M118")+len(stroke)))
			}
			d = append(d, 'M')
			d = strconv.AppendInt(d, int64((first+i)*sparkStep+sparkStep/2), 10)
			d = append(d, stroke...)
		}
	}
	return string(d)
}

func latest(recent []api.Status) []api.Status {
	return recent[max(0, len(recent)-api.RecentChecks):]
}

// sparkWords says what the drawing shows: title how many checks ended in which
// way, story the runs of equal results, oldest first. They are put together
// from plain words, because a list shows many.
func sparkWords(ctx context.Context, recent []api.Status) (title, story string) {
	recent = latest(recent)
	w := newWords(ctx)
	counts := map[api.Status]int{}
	w.begin("watch.spark_story")
	for i := 0; i < len(recent); {
		n := 1
		for i+n < len(recent) && recent[i+n] == recent[i] {
			n++
		}
		counts[recent[i]] += n
		w.add(n, recent[i])
		i += n
	}
	story = w.text.String()
	w.begin("watch.spark")
	for _, status := range sparkOrder {
		if n := counts[status]; n > 0 {
			w.add(n, status)
		}
	}
	return w.text.String(), story
}

// words puts an enumeration together.
type words struct {
	ctx    context.Context
	comma  string
	names  map[api.Status]string
	text   strings.Builder
	length int
}

func newWords(ctx context.Context) *words {
	return &words{ctx: ctx, comma: locale.T(ctx, "watch.comma"), names: map[api.Status]string{}}
}

func (w *words) begin(title string) {
	w.text.Reset()
	w.text.WriteString(locale.T(w.ctx, title))
	w.text.WriteString(locale.T(w.ctx, "form.colon"))
	w.length = w.text.Len()
}

// add says that something ended so, n times.
func (w *words) add(n int, status api.Status) {
	name, known := w.names[status]
	if !known {
		name = locale.T(w.ctx, "status."+string(status))
		w.names[status] = name
	}
	if w.text.Len() > w.length {
		w.text.WriteString(w.comma)
	}
	w.text.WriteString(strconv.Itoa(n))
	w.text.WriteString(" × ")
	w.text.WriteString(name)
}
