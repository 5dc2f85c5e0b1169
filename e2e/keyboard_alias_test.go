package e2e

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// An alias with rules is made, tried and saved without a mouse, and the keyboard
// is always where the work is.
func TestAliasByKeyboard(t *testing.T) {
	t.Parallel()
	j := start(t).travel(t, "keyboard")
	j.c.register("orders", "v1", "v2")
	j.visit(j.home + "/aliases")
	j.tabTo("link", "Create the first alias")
	j.enter()
	j.find("heading", "New alias: choose a function")
	j.tabTo("link", "orders")
	j.enter()
	j.find("heading", "New alias")
	require.True(t, j.focused("textbox", "Name"), "the first field has the keyboard")
	j.keys("prod")
	j.tabToID("shift-off")
	j.keys(kb.ArrowDown + kb.ArrowDown)
	require.Equal(t, "shift-rules", j.focus())
	j.writeRules()

	j.tabTo("textbox", "Request")
	j.keys("X-Team: qa")
	j.tabTo("button", "Try the request")
	j.answered(j.enter)
	j.announces("v1")
	require.Equal(t, "trial-go", j.focus())
	j.tabBack("button", "Review")
	j.answered(j.enter)
	require.Equal(t, "review-title", j.focus(), "what has changed is read first")
	j.tabTo("button", "Back to the form")
	j.answered(j.enter)
	require.Equal(t, "name", j.focus(), "the keyboard is at the first field")
	j.tabTo("button", "Review")
	j.answered(j.enter)
	j.tabTo("button", "Create alias")
	j.enter()
	j.sees("Alias prod was created.")
}

// focus is the id of what has the keyboard, "" if that is nothing.
func (w *tab) focus() string {
	w.t.Helper()
	w.swapped()
	return w.eval(`document.activeElement === document.body ? "" : (document.activeElement.id || document.activeElement.outerHTML)`)
}

// tabToID presses Tab until the element of that id has the keyboard.
func (w *tab) tabToID(id string) {
	w.t.Helper()
	w.query("#" + id)
	w.whole()
	for range 100 {
		if w.focus() == id {
			return
		}
		w.keys(kb.Tab)
	}
	require.Fail(w.t, "Tab does not lead to "+id)
}

// writeRules writes two rules, changes their order, and takes one away.
func (j *journey) writeRules() {
	j.t.Helper()
	j.tabToID("rules-0-param")
	j.keys("X-Team")
	j.tabToID("rules-0-value")
	j.keys("qa")
	j.tabTo("button", "Add a rule")
	j.answered(j.enter)
	require.Equal(j.t, "rules-1-type", j.focus(), "a new row has the keyboard")
	j.tabToID("rules-1-param")
	j.keys("X-Other")
	j.tabToID("rules-1-value")
	j.keys("yes")
	j.tabToID("rules-1-up")
	j.answered(j.enter)
	require.Equal(j.t, "rules-0-down", j.focus(), "the keyboard moves along, and can go back from the end")
	require.Equal(j.t, []string{"X-Other", "X-Team"}, j.ruleNames())
	j.tabToID("rules-0-remove")
	j.answered(j.enter)
	require.Equal(j.t, "rules-add", j.focus(), "the keyboard is not lost with the row")
	require.Equal(j.t, []string{"X-Team"}, j.ruleNames())
}

// A ramp is planned, started, paused and ended without a mouse, and what comes in
// by itself takes nobody's keyboard away.
func TestRampByKeyboard(t *testing.T) {
	t.Parallel()
	j := start(t).travel(t, "keyboard")
	j.hearRamps()
	j.c.register("orders", "v1", "v2")
	alias := j.c.alias("orders", "prod", "v1", nil)
	j.visit(alias + "/ramp")
	j.tabTo("link", "Plan a ramp")
	j.enter()
	j.find("heading", "Plan a ramp")
	require.Equal(t, "additional", j.focus(), "the first field has the keyboard")
	j.keys("v")
	require.Equal(t, "v2", j.picked("Version to ramp up"))
	j.tabToID("preset-gentle")
	j.answered(func() { j.keys(kb.ArrowDown) })
	require.Equal(t, "preset-quick", j.focus())
	require.Equal(t, "50", j.value("Steps, row 2: Percent"))
	j.tabTo("button", "Check the plan")
	j.answered(j.enter)
	require.Equal(t, "ramp-form", j.focus(), "the question is read first")
	j.tabTo("button", "Start the ramp")
	j.enter()
	j.sees("The ramp has begun: v2 gets 10 %.")
	j.steerByKeyboard()
}

// steerByKeyboard pauses and resumes a ramp, while somebody else steers it, too.
func (j *journey) steerByKeyboard() {
	j.t.Helper()
	j.heard()
	j.tabTo("button", "Pause")
	j.answered(j.enter)
	j.announces("Paused at step 1 of 3: v2 gets 10 %")
	j.heard()
	require.True(j.t, j.focused("button", "Resume"), "it has taken the place of the other, and the keyboard")
	j.answered(j.enter)
	j.find("heading", "Step 1 of 3: v2 gets 10 %")
	j.heard()
	j.tabTo("button", "Pause")
	steer := j.c.ownFunctions("orders/aliases/prod/ramps/steer")
	j.c.ask(http.MethodPost, steer, http.StatusOK, map[string]any{"do": "next", "at": 0}, nil)
	j.find("heading", "Step 2 of 3: v2 gets 50 %")
	require.Equal(j.t, "ramp-hold", j.focus(), "although it was sent again")
	j.answered(j.enter)
	j.find("heading", "Paused at step 2 of 3: v2 gets 50 %")
	j.heard()
	j.tabTo("button", "All to v1")
	j.enter()
	j.sees("All requests to prod go to v1 again.")
	j.c.requireRoute("orders", "prod", "v1", "", 0)
}
