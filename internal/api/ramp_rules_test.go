package api_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func step(percent, hold string) api.RampStepDraft {
	return api.RampStepDraft{Percent: percent, Hold: hold}
}

func rampTo(additional string, steps ...api.RampStepDraft) api.RampDraft {
	return api.RampDraft{Additional: additional, Steps: steps}
}

func TestAPlanHasTheStepsOfItsDraft(t *testing.T) {
	t.Parallel()
	d := rampTo("v2", step("0", "1s"), step("1", "1h30m"), step("50", ""), step("100", "720h"))
	steps, problems := d.Plan("v1", hasThree)
	require.Empty(t, problems)
	require.Equal(t, []api.RampStep{
		{Percent: 0, Hold: time.Second}, {Percent: 1, Hold: 90 * time.Minute}, {Percent: 50}, {Percent: 100, Hold: 30 * 24 * time.Hour},
	}, steps)
}

func TestEachProblemOfARampAtItsField(t *testing.T) {
	t.Parallel()
	many := make([]api.RampStepDraft, 21)
	for i := range many {
		many[i] = step(strconv.Itoa(i), "")
	}
	ten := step("10", "")
	for want, drafts := range map[string][]api.RampDraft{
		"additional alias.additional_required": {rampTo("", ten)},
		"additional alias.additional_form":     {rampTo("!prod", ten)},
		"additional alias.additional_latest":   {rampTo("latest", ten)},
		"additional alias.additional_same":     {rampTo("v1", ten)},
		"additional alias.additional_unknown":  {rampTo("v9", ten)},
		"steps ramp.steps_required":            {rampTo("v2")},
		"steps ramp.steps_many":                {rampTo("v2", many...)},
		"steps.1.percent ramp.percent_rise":    {rampTo("v2", ten, ten, step("20", "")), rampTo("v2", ten, step("9", ""), step("11", ""))},
		"steps.1.percent alias.weight_whole":   {rampTo("v2", ten, step("", "")), rampTo("v2", ten, step("12.5", ""), step("11", ""))},
		"steps.1.percent alias.weight_range":   {rampTo("v2", ten, step("101", "")), rampTo("v2", ten, step("-1", ""))},
		"steps.0.hold ramp.hold_form":          holding("10", "1 h", "1d", "soon"),
		"steps.0.hold ramp.hold_range":         holding("0s", "1ms", "-1h", "720h1s"),
		"steps.0.hold ramp.hold_whole":         holding("1500ms"),
	} {
		for _, d := range drafts {
			_, problems := d.Plan("v1", hasThree)
			require.Equal(t, []string{want}, said(problems), "%+v", d)
		}
	}
}

func holding(holds ...string) (drafts []api.RampDraft) {
	for _, hold := range holds {
		drafts = append(drafts, rampTo("v2", step("10", hold)))
	}
	return drafts
}

func TestAllProblemsOfARampAreReportedAtOnce(t *testing.T) {
	t.Parallel()
	d := rampTo("latest", step("x", "x"), step("5", ""), step("5", "0s"))
	_, problems := d.Plan("v1", nil)
	require.Equal(t, []string{
		"additional alias.additional_latest", "steps.0.percent alias.weight_whole", "steps.0.hold ramp.hold_form",
		"steps.2.percent ramp.percent_rise", "steps.2.hold ramp.hold_range",
	}, said(problems))
}
