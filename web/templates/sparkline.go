package templates

import (
	"context"
	"strconv"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// sparkStep is the room that a bar has: the drawing is api.RecentChecks of them
// wide, and its line stands at 12.5 of 20.
const sparkStep = 4

// sparkShapes are the bars by status, from the foot of each. The order is that
// in which they are drawn.
var sparkShapes = []struct {
	status api.Status
	foot   string // y, and the stroke from there
}{
	{api.Passed, " 12V1"},
	{api.Warned, " 12V7"},
	{api.Failed, " 13V20"},
	{api.FormOnly, " 12V10.5"},
	{api.Skipped, " 12V10.5"},
}

// sparkPath is all bars of one status.
type sparkPath struct{ Class, Path string }

// sparkBars makes a path for each status that occurs. The newest check stands
// at the right end, however few there are.
func sparkBars(recent []api.Status) []sparkPath {
	recent = latest(recent)
	first := api.RecentChecks - len(recent)
	paths := make([]sparkPath, 0, len(sparkShapes))
	for _, shape := range sparkShapes {
		var d strings.Builder
		for i, status := range recent {
			if status == shape.status {
				d.WriteByte('M')
				d.WriteString(strconv.Itoa((first+i)*sparkStep + sparkStep/2))
				d.WriteString(shape.foot)
			}
		}
		if d.Len() > 0 {
			paths = append(paths, sparkPath{"spark-" + string(shape.status), d.String()})
		}
	}
	return paths
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
	for _, shape := range sparkShapes {
		if n := counts[shape.status]; n > 0 {
			w.add(n, shape.status)
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
