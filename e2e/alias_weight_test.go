package e2e

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

const weightLabel = "Share of the additional version"

// An alias gives a new version a few percent, and later half: what is going to be
// sent is seen before, and is what is stored.
func TestAliasSharesByWeight(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t), "weights", func(j *journey) {
		j.c.register("orders", "v1", "v2")
		j.visit(j.home + "/aliases")
		j.click("link", "Create the first alias")
		j.find("heading", "New alias: choose a function")
		j.click("link", "orders")
		j.find("heading", "New alias")
		require.True(j.t, j.focused("textbox", "Name"))
		require.Equal(j.t, "v2", j.picked("Main version"), "the newest one is proposed")
		j.fill("Name", "prod")
		j.pickMain("v1")
		j.card("shift", "weight")
		j.pick("Additional version", "v2")
		j.shareByHand()
		j.refuseShares()
		j.createSeen()
		j.shareHalf()
	})
}

// shareByHand sets the share with the number, the slider and the usual values.
func (j *journey) shareByHand() {
	j.t.Helper()
	slider := weightLabel + ", slider"
	rest := func() string { return j.eval(`document.querySelector(".share-rest").textContent`) }
	if j.scripted {
		j.fill(weightLabel, "30")
		j.drawn("30", "70")
		j.clickNode(j.find("slider", slider), slider)
		require.Equal(j.t, "50", j.value(weightLabel))
		j.keys(kb.ArrowRight)
		require.Equal(j.t, "51", j.value(weightLabel))
		j.drawn("51", "49")
		j.leave()
		j.sees("51 of 100 requests go to v2, the others (49) to v1.")
		j.fill(weightLabel, "1o")
		require.Equal(j.t, "?", rest(), "nothing is known of what is no number")
	} else {
		require.Empty(j.t, j.all("slider", slider), "it would do nothing")
	}
	for _, percent := range []string{"1", "5", "10", "25", "50", "100"} {
		j.find("button", percent+" %")
	}
	j.submit("button", "25 %")
	require.Equal(j.t, "25", j.value(weightLabel))
	require.Equal(j.t, "75", rest())
	require.True(j.t, j.focused("button", "25 %"), "the keyboard stays there")
	require.Equal(j.t, "prod", j.value("Name"))
	require.Equal(j.t, "v1", j.picked("Main version"))
	j.sees("25 of 100 requests go to v2, the others (75) to v1.")
}

// drawn requires that slider, bar and remainder show a share.
func (j *journey) drawn(part, rest string) {
	j.t.Helper()
	shown := `[document.querySelector(".share-slider").value, document.querySelector(".share-rest").textContent, document.querySelector(".share path").getAttribute("d")].join(" ")`
	require.Equal(j.t, part+" "+rest+" M0 0h"+part+"v1H0z", j.eval(shown))
}

// refuseShares types what is no share; it is said at the field, and stays there.
func (j *journey) refuseShares() {
	j.t.Helper()
	for typed, verdict := range map[string]string{
		"101": "Enter a whole number from 0 to 100.", "-1": "Enter ", "12.5": "as a whole number", "50%": "in digits only", "": "Enter ",
	} {
		j.fill(weightLabel, typed)
		j.submit("button", "Review")
		require.Contains(j.t, j.describedBy(weightLabel), verdict, typed)
		require.Equal(j.t, "true", j.attribute(weightLabel, "aria-invalid"), typed)
		require.Equal(j.t, typed, j.value(weightLabel))
		require.True(j.t, j.focused("textbox", weightLabel), "it has the keyboard")
		require.Equal(j.t, "prod", j.value("Name"))
	}
	j.photograph("alias-bad-share")
}

// createSeen creates the alias that was looked over, and goes back once before.
func (j *journey) createSeen() {
	j.t.Helper()
	j.fill(weightLabel, "5")
	j.submit("button", "Review")
	j.find("heading", "What alias prod will be")
	j.sees("No request changes its version: nobody calls a new alias yet.")
	j.sees("5 of 100 requests go to v2, the others (95) to v1.")
	j.submit("button", "Back to the form")
	require.Equal(j.t, "5", j.value(weightLabel))
	require.Equal(j.t, "prod", j.value("Name"))
	j.fill("Description", "For the <b>tills</b>")
	j.submit("button", "Review")
	method, path, body := j.reviewed()
	require.Equal(j.t, "POST", method)
	require.JSONEq(j.t, `{"name":"prod","version":"v1","description":"For the <b>tills</b>","additional_version_weights":{"v2":5}}`, body)
	j.photograph("alias-review-new")
	j.click("button", "Create alias")
	j.sees("Alias prod was created.")
	j.c.requireReviewed("orders", "prod", path, body)
	j.sees("v2 5 % · v1 95 %")
}

// shareHalf gives the new version half of the requests.
func (j *journey) shareHalf() {
	j.t.Helper()
	j.click("link", "Edit")
	j.find("heading", "Edit alias")
	require.Equal(j.t, "5", j.value(weightLabel))
	j.submit("button", "50 %")
	j.submit("button", "Review")
	j.find("heading", "What changes in alias prod")
	j.sees("45 of 100 requests change their version.")
	require.Equal(j.t, weightLabel+": 5 % → to 50 %", j.differences())
	method, path, body := j.reviewed()
	require.Equal(j.t, "PUT", method)
	require.JSONEq(j.t, `{"version":"v1","description":"For the <b>tills</b>","additional_version_weights":{"v2":50}}`, body)
	j.photograph("alias-review-change")
	j.c.requireRoute("orders", "prod", "v1", "v2", 5) // nothing is stored yet
	j.click("button", "Save alias")
	j.sees("Alias prod was saved.")
	j.c.requireReviewed("orders", "prod", path, body)
}

// differences is what the page says is different, a line for each.
func (w *tab) differences() string {
	w.t.Helper()
	return w.eval(`[...document.querySelectorAll(".change-values > div")].map((d) => [...d.children].map((side) => side.textContent.replaceAll(/\s+/g, " ").trim()).join(": ")).join("\n")`)
}
