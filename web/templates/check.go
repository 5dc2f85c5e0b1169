package templates

import (
	"context"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// CheckView is the place of a check's result.
type CheckView struct {
	ID    string     // of the element and of the fragment
	Check *api.Check // nil if there is none yet
	// Title stands above the steps instead of the verdict, if it is not empty.
	Title string
	// Fields is the page with the form that holds the inputs, Here if it is this
	// one, and empty if there is none.
	Fields string
	// Tested are, on the form's own page, the beginnings of the names of the
	// inputs that were tested, separated by blanks: once one of them changes, the
	// result is out of date.
	Tested string
}

// Here is a page of fields that is this one.
const Here = "#"

// checkVerdict is what a screen reader hears of a check: how it ended and, if
// it failed, where and why.
func checkVerdict(ctx context.Context, c *api.Check) string {
	verdict := locale.T(ctx, "verdict."+string(c.Status))
	if failed := c.Failure(); failed != nil {
		return verdict + " " + failureText(ctx, failed)
	}
	return verdict
}

// checkNews is what a screen reader hears when the check of a row has ended.
func checkNews(ctx context.Context, name string, c *api.Check) string {
	if c == nil {
		return ""
	}
	return name + locale.T(ctx, "form.colon") + checkVerdict(ctx, c)
}

// failureText is a failed step in one line.
func failureText(ctx context.Context, s *api.Step) string {
	return locale.Msg(ctx, StepTitle(s)) + locale.T(ctx, "form.colon") + locale.Msg(ctx, s.Message)
}

// StepTitle names a step, with the address if it is about one of several.
func StepTitle(s *api.Step) api.Message {
	name := api.M("step." + string(s.Name))
	if s.At == "" {
		return name
	}
	return api.M("verdict.step_at", "step", name, "address", s.At)
}

// stepGroup is steps one after another that belong together: those about one
// address, or, where each address is looked at in every step, those of one name.
// A step that is about no address stands alone, without either.
type stepGroup struct {
	At    string
	Name  api.StepName
	Steps []api.Step
}

func stepGroups(steps []api.Step) []stepGroup {
	var groups []stepGroup
	for i := range steps {
		step := &steps[i]
		if len(groups) == 0 || !groups[len(groups)-1].has(step) {
			groups = append(groups, stepGroup{At: step.At})
			if i+1 < len(steps) && steps[i+1].Name == step.Name && steps[i+1].At != step.At {
				groups[len(groups)-1] = stepGroup{Name: step.Name}
			}
		}
		last := &groups[len(groups)-1]
		last.Steps = append(last.Steps, *step)
	}
	return groups
}

func (g *stepGroup) has(s *api.Step) bool {
	if g.Name != "" {
		return g.Name == s.Name
	}
	return g.At == s.At
}
