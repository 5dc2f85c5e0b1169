package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/stretchr/testify/require"
)

// A ramp is planned, started, and led step by step by whoever watches it. Every
// step stands in the history, and each state can be brought back.
func TestRampByHand(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t), "by-hand", func(j *journey) {
		j.hearRamps()
		j.c.register("orders", "v1", "v2")
		alias := j.c.alias("orders", "prod", "v1", nil)
		j.visit(alias)
		j.planRamp()
		j.steerByHand()
		require.Equal(j.t, []string{
			"Alias: additional version made the main version", "Alias: ramp taken a step forward", "Alias: ramp taken a step back",
			"Alias: ramp taken a step forward", "Alias: ramp resumed", "Alias: ramp paused", "Alias: ramp started", "Alias created",
		}, j.aliasHistory())
		j.rollBack(alias)
	})
}

// planRamp plans a ramp with a mistake in it, and starts it.
func (j *journey) planRamp() {
	j.t.Helper()
	j.click("link", "Plan a ramp")
	j.find("heading", "Plan a ramp")
	j.pick("Version to ramp up", "v2")
	j.answered(func() {
		j.clickOn("#preset-told")
		if !j.scripted {
			j.clickOn("#field-preset button")
		}
	})
	require.Equal(j.t, "Until somebody says so", j.picked("Steps, row 3: Stays for"))
	j.fillCell("Steps, row 2: Percent", "1")
	j.submit("button", "Check the plan")
	require.Contains(j.t, j.describedBy("Steps, row 2: Percent"), "Enter more than 1.")
	require.True(j.t, j.focused("textbox", "Steps, row 2: Percent"))
	j.photograph("ramp-bad-plan")
	j.fillCell("Steps, row 2: Percent", "7")
	j.submit("button", "Check the plan")
	j.find("heading", "Start the ramp?")
	j.sees("v2 gets 1 % of the requests at once.")
	j.photograph("ramp-start")
	j.submit("button", "Change the plan")
	j.find("heading", "Plan a ramp")
	require.Equal(j.t, "7", j.value("Steps, row 2: Percent"))
	j.submit("button", "Check the plan")
	j.c.requireRoute("orders", "prod", "v1", "", 0) // nothing has begun
	j.click("button", "Start the ramp")
	j.sees("The ramp has begun: v2 gets 1 %.")
	j.c.requireRoute("orders", "prod", "v1", "v2", 1)
}

// steerByHand does to a ramp whatever can be done, up to the promotion.
func (j *journey) steerByHand() {
	j.t.Helper()
	j.find("heading", "Step 1 of 5: v2 gets 1 %, and waits for somebody to go on")
	j.markPage()
	for _, deed := range []struct {
		press, heading string
		percent        int
	}{
		{"Pause", "Paused at step 1 of 5: v2 gets 1 %", 1},
		{"Resume", "Step 1 of 5: v2 gets 1 %, and waits for somebody to go on", 1},
		{"Go on to 7 % now", "Step 2 of 5: v2 gets 7 %, and waits for somebody to go on", 7},
		{"Back to 1 %", "Paused at step 1 of 5: v2 gets 1 %", 1},
	} {
		j.pressDeed(deed.press)
		j.find("heading", deed.heading)
		j.c.requireRoute("orders", "prod", "v1", "v2", deed.percent)
	}
	j.photograph("ramp-paused")
	if j.scripted {
		j.requireSamePage()
	}
	j.overtakeStep()
	j.pressDeed("Promote v2")
	j.sees("v2 is now the main version of prod and gets all requests.")
	j.c.requireRoute("orders", "prod", "v2", "", 0)
}

// overtakeStep takes a step elsewhere: who watches sees it, and who has not seen
// it does not take another one by mistake.
func (j *journey) overtakeStep() {
	j.t.Helper()
	j.heard()
	steer := j.c.ownFunctions("orders/aliases/prod/ramps/steer")
	j.c.ask(http.MethodPost, steer, http.StatusOK, map[string]any{"do": "next", "at": 0}, nil)
	if j.scripted {
		j.find("heading", "Step 2 of 5: v2 gets 7 %, and waits for somebody to go on")
		j.announces("Step 2 of 5: v2 gets 7 %")
		j.requireSamePage()
		return
	}
	j.click("button", "Go on to 7 % now")
	j.sees("The ramp is at step 2 by now. Look at it again, then decide.")
	j.c.requireRoute("orders", "prod", "v1", "v2", 7)
}

// rollBack brings back how the alias was after the first step of its ramp.
func (j *journey) rollBack(alias string) {
	j.t.Helper()
	back := func() { j.clickOn("li:has(.change-ramp_start) .change-back") }
	back()
	j.find("heading", "Bring back an earlier state")
	require.Equal(j.t, "Main version: v2 → to v1\nAdditional version: nothing → to v2\n"+weightLabel+": nothing → to 1 %", j.differences())
	j.photograph("roll-back")
	j.click("link", "Cancel")
	j.find("link", "Edit")
	j.c.requireRoute("orders", "prod", "v2", "", 0) // it was only shown
	back()
	_, path, body := j.reviewed()
	j.click("button", "Bring it back")
	j.sees("The alias prod is back to the state after the change of ")
	j.at(alias)
	j.c.requireRoute("orders", "prod", "v1", "v2", 1)
	j.c.requireReviewed("orders", "prod", path, body)
	j.sees("No ramp is under way.")
}

// A ramp goes on by itself, in front of everybody's eyes, and is ended at one
// press.
func TestRampByItself(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t), "by-itself", func(j *journey) {
		j.hearRamps()
		j.c.register("orders", "v1", "v2")
		alias := j.c.alias("orders", "prod", "v1", nil)
		ramps := j.c.ownFunctions("orders/aliases/prod/ramps")
		j.c.ask(http.MethodPost, ramps, http.StatusCreated, map[string]any{"additional": "v2", "steps": []any{
			map[string]any{"percent": 10, "hold": "1h"}, map[string]any{"percent": 20, "hold": "1s"}, map[string]any{"percent": 30, "hold": "1s"},
			map[string]any{"percent": 40},
		}}, nil)
		if j.scripted {
			j.visit(alias) // it moves there, too
		} else {
			j.visit(alias + "/ramp")
		}
		j.markPage()
		j.find("heading", "Step 1 of 4: v2 gets 10 %")
		j.pressDeed("Pause")
		j.find("heading", "Paused at step 1 of 4: v2 gets 10 %")
		j.photograph("ramp-going")
		j.pressDeed("Resume")
		j.find("heading", "Step 1 of 4: v2 gets 10 %")
		j.pressDeed("Go on to 20 % now")
		j.find("heading", "All 4 steps are taken: v2 gets 40 %. Promote it, or send everything back to v1.")
		if j.scripted {
			j.sees("40 of 100 requests go to v2, the others (60) to v1.")
			j.requireSamePage()
		}
		j.c.requireRoute("orders", "prod", "v1", "v2", 40)
		j.pressDeed("All to v1")
		j.sees("All requests to prod go to v1 again.")
		j.c.requireRoute("orders", "prod", "v1", "", 0)
		require.Equal(j.t, []string{
			"Alias: gray release ended, everything goes to the main version", "Alias: ramp taken a step forward", "Alias: ramp taken a step forward",
			"Alias: ramp taken a step forward", "Alias: ramp resumed", "Alias: ramp paused", "Alias: ramp started", "Alias created",
		}, j.aliasHistory())
		j.sees("by the console itself")
		j.click("link", "Ramp")
		j.sees("Stopped at 40 %: everything went back to v1")
	})
}

// aliasHistory is what was done to the alias whose page is there, the newest
// first.
func (j *journey) aliasHistory() []string {
	j.t.Helper()
	j.click("link", "Changes")
	j.query("#history")
	j.whole()
	j.photograph("alias-history")
	return strings.Split(j.eval(`[...document.querySelectorAll(".change-what")].map((e) => e.textContent).join("\n")`), "\n")
}

// hearRamps marks a ramp on the page once its stream has been heard: it is drawn
// again then.
func (j *journey) hearRamps() {
	j.t.Helper()
	const mark = `document.addEventListener("htmx:sseMessage", () => { document.querySelector("#ramp").dataset.heard = ""; });`
	devtools(j.tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: mark})
}

// heard waits until the page hears of the ramp.
func (j *journey) heard() {
	j.t.Helper()
	j.whole()
	if j.scripted {
		j.query("#ramp:is([data-heard], :not([sse-connect]))")
	}
}

// pressDeed presses a button of the ramp.
func (j *journey) pressDeed(name string) {
	j.t.Helper()
	j.find("button", name)
	j.heard()
	j.click("button", name)
}
