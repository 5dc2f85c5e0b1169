package templates

import (
	"context"
	"strconv"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// The drawing's measures. Bars stand on a line and hang from it.
const (
	sparkStep = 4
	sparkBox  = "0 0 120 20" // api.RecentChecks steps wide
	sparkLine = "M0 12.5H120"
)

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
type sparkPath struct {
	Status api.Status
	Path   string
}

// sparkBars makes a path for each status that occurs. The newest check stands
// at the right end, however few there are.
func sparkBars(recent []api.Status) []sparkPath {
	recent = latest(recent)
	first := api.RecentChecks - len(recent)
	var paths []sparkPath
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
			paths = append(paths, sparkPath{shape.status, d.String()})
		}
	}
	return paths
}

func latest(recent []api.Status) []api.Status {
	return recent[max(0, len(recent)-api.RecentChecks):]
}

// sparkTitle is the drawing in a few words: how many checks ended in which way.
// It and sparkStory are put together from plain words, because a list has many.
func sparkTitle(ctx context.Context, recent []api.Status) string {
	counts := map[api.Status]int{}
	for _, status := range latest(recent) {
		counts[status]++
	}
	var parts []string
	for _, shape := range sparkShapes {
		if n := counts[shape.status]; n > 0 {
			parts = append(parts, times(ctx, n, shape.status))
		}
	}
	return locale.T(ctx, "watch.spark") + locale.T(ctx, "form.colon") + strings.Join(parts, locale.T(ctx, "watch.comma"))
}

// sparkStory is the drawing as a sentence: runs of equal results, oldest first.
func sparkStory(ctx context.Context, recent []api.Status) string {
	recent = latest(recent)
	var runs []string
	for i := 0; i < len(recent); {
		n := 1
		for i+n < len(recent) && recent[i+n] == recent[i] {
			n++
		}
		runs = append(runs, times(ctx, n, recent[i]))
		i += n
	}
	return locale.T(ctx, "watch.spark_story") + locale.T(ctx, "form.colon") + strings.Join(runs, locale.T(ctx, "watch.comma"))
}

func times(ctx context.Context, n int, status api.Status) string {
	return strconv.Itoa(n) + " × " + locale.T(ctx, "status."+string(status))
}
