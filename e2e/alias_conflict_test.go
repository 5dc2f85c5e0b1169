package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Who saves an alias second sees what the first one saved, and who that was. What
// was typed is still there, and it is up to the second one what becomes of it.
func TestTwoPeopleEditOneAlias(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.addUser(t, "bella")
	bothWays(t, p, "contested", func(j *journey) {
		j.c.register("orders", "v1", "v2", "v3")
		alias := j.c.alias("orders", "prod", "v1", byWeight("v2", 5))
		hers := j.p.browse(j.t)
		hers.signInAs("bella", adminPassword)

		j.visit(alias + "/edit")
		hers.saveShare(alias, "50")
		j.fill(weightLabel, "20")
		j.fill("Description", "Mine")
		j.submit("button", "Review")
		j.sees("bella changed this alias while you were editing it.")
		require.Equal(j.t, []string{weightLabel + " | 20 % | 50 %"}, j.bothStates(), "nobody else changed the description")
		require.Equal(j.t, "20", j.value(weightLabel), "what was typed is still there")
		j.photograph("alias-conflict")
		j.replaceHers(hers, alias)
		j.takeHers(hers, alias)
	})
}

// saveShare gives an alias another share.
func (w *tab) saveShare(alias, percent string) {
	w.t.Helper()
	w.visit(alias + "/edit")
	w.fill(weightLabel, percent)
	w.submit("button", "Review")
	w.click("button", "Save alias")
	w.sees("Alias prod was saved.")
}

// bothStates is the table of what was typed and what was saved meanwhile.
func (w *tab) bothStates() []string {
	w.t.Helper()
	w.query(".diff")
	return strings.Split(w.eval(`[...document.querySelectorAll(".diff tbody tr")]
		.map((r) => [...r.cells].map((c) => c.innerText.trim()).join(" | ")).join("\n")`), "\n")
}

// replaceHers saves what was typed all the same, and is asked again because
// somebody was quicker once more.
func (j *journey) replaceHers(hers *tab, alias string) {
	j.t.Helper()
	j.submit("button", "Review")
	j.sees("30 of 100 requests change their version.")
	require.Contains(j.t, j.differences(), weightLabel+": 50 % → to 20 %", "that is from hers, which is live")
	hers.saveShare(alias, "60")
	j.submit("button", "Save alias")
	j.sees("bella changed this alias while you were editing it.")
	require.Equal(j.t, "20", j.value(weightLabel))
	j.c.requireRoute("orders", "prod", "v1", "v2", 60)
	j.submit("button", "Review")
	j.sees("40 of 100 requests change their version.")
	j.click("button", "Save alias")
	j.sees("Alias prod was saved.")
	j.c.requireRoute("orders", "prod", "v1", "v2", 20)
}

// takeHers drops what was typed; and what is brought back from the history is
// shown again if it would not be the difference that was seen.
func (j *journey) takeHers(hers *tab, alias string) {
	j.t.Helper()
	j.visit(alias + "/edit")
	hers.saveShare(alias, "70")
	j.fill(weightLabel, "30")
	j.submit("button", "Review")
	j.click("link", "load the saved alias and drop yours.")
	j.at(alias + "/edit")
	require.Equal(j.t, "70", j.value(weightLabel))

	j.visit(alias + "/history")
	j.clickOn("li:has(.change-create) .change-back")
	j.find("heading", "Bring back an earlier state")
	require.Contains(j.t, j.differences(), weightLabel+": 70 % → to 5 %")
	hers.saveShare(alias, "80")
	j.submit("button", "Bring it back")
	j.sees("bella changed the alias while you were looking at this page.")
	require.Contains(j.t, j.differences(), weightLabel+": 80 % → to 5 %")
	j.c.requireRoute("orders", "prod", "v1", "v2", 80)
	j.click("button", "Bring it back")
	j.sees("The alias prod is back to the state after the change of ")
	j.c.requireRoute("orders", "prod", "v1", "v2", 5)
}
