package api

import (
	"strconv"
	"time"
)

// Plan judges a ramp of an alias with that main version and makes its steps. has
// is as in AliasDraft.Problems. With problems the steps are of no use.
func (d *RampDraft) Plan(main string, has func(version string) bool) ([]RampStep, []Problem) {
	var count Message
	switch n := len(d.Steps); {
	case n == 0:
		count = M("ramp.steps_required")
	case n > MaxRampSteps:
		count = M("ramp.steps_many", "max", MaxRampSteps, "count", n)
	}
	problems := fieldProblems("",
		fieldProblem{"additional", additionalProblem(d.Additional, main, has)},
		fieldProblem{"steps", count})
	steps := make([]RampStep, min(len(d.Steps), MaxRampSteps))
	before := -1 // what the next step has to exceed
	for i := range steps {
		wrong := steps[i].read(&d.Steps[i], before)
		problems = append(problems, fieldProblems("steps."+strconv.Itoa(i)+".", wrong...)...)
		before = max(before, steps[i].Percent)
	}
	return steps, problems
}

// read reads a step as typed; it has to send more than before.
func (s *RampStep) read(d *RampStepDraft, before int) []fieldProblem {
	var weight, hold Message
	s.Percent, weight = percent(d.Percent)
	if weight.IsZero() && s.Percent <= before {
		weight = M("ramp.percent_rise", "before", before)
	}
	s.Hold, hold = readHold(d.Hold)
	return []fieldProblem{{"percent", weight}, {"hold", hold}}
}

// readHold reads how long a step stays; 0 is until somebody says so.
func readHold(text string) (time.Duration, Message) {
	if text == "" {
		return 0, Message{}
	}
	hold, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return 0, M("ramp.hold_form")
	case hold < MinRampHold || hold > MaxRampHold:
		return 0, M("ramp.hold_range", "days", int(MaxRampHold/(24*time.Hour)))
	case hold%time.Second != 0:
		return 0, M("ramp.hold_whole")
	}
	return hold, Message{}
}
