package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Rules are put together row by row. Nothing that was typed is lost, everything
// odd is said, and what is stored is what was seen.
func TestAliasSharesByRules(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t), "rules", func(j *journey) {
		j.c.register("orders", "v1", "v2", "v3")
		j.c.alias("orders", "old", "v1", nil)
		j.visit(j.home + "/aliases/functions")
		j.click("link", "orders")
		j.click("link", "New alias")
		j.fill("Name", "beta")
		j.card("shift", "rules")
		j.requireGreyed()
		j.arrangeRules()
		j.saveRules()
	})
}

// requireGreyed looks at what cannot be chosen, and why.
func (j *journey) requireGreyed() {
	j.t.Helper()
	require.Equal(j.t, "v1 (main version of old)", j.greyed("Main version"))
	require.Equal(j.t, "latest (it can change at any time); v3 (it is the main version)", j.greyed("Additional version"))
	j.pickMain("v2")
	require.Equal(j.t, "latest (it can change at any time)", j.greyed("Additional version"), "what is chosen stays, and is refused")
	j.pick("Additional version", "v3")
	j.pickMain("v3")
	require.Equal(j.t, "latest (it can change at any time)", j.greyed("Additional version"))
	j.pick("Additional version", "v2")
}

// pickMain chooses the main version, on which other choices depend.
func (j *journey) pickMain(version string) {
	j.t.Helper()
	j.pick("Main version", version)
	if !j.scripted {
		j.submit("button", "Update form")
	}
}

// arrangeRules adds, moves and removes rows.
func (j *journey) arrangeRules() {
	j.t.Helper()
	j.fillCell(ruleCell(1, "Name"), "X-Team")
	j.pick(ruleCell(1, "Condition"), "in (one of)")
	j.fillCell(ruleCell(1, "Value"), "qa, dev, ops")
	j.submit("button", "Add a rule")
	require.True(j.t, j.focused("combobox", ruleCell(2, "Where")), "a new row has the keyboard")
	j.submit("button", "Remove ops")
	require.Equal(j.t, "qa, dev", j.value(ruleCell(1, "Value")))
	j.find("button", "Remove dev")
	j.pick(ruleCell(2, "Where"), "Cookie")
	j.fillCell(ruleCell(2, "Name"), "stage")
	j.fillCell(ruleCell(2, "Value"), "beta")
	j.submit("button", "Add a rule")
	j.fillCell(ruleCell(3, "Name"), "X-Half-Typed")
	j.submit("button", "Move row 3 of Rules up")
	require.Equal(j.t, []string{"X-Team", "X-Half-Typed", "stage"}, j.ruleNames())
	require.Equal(j.t, "Cookie", j.picked(ruleCell(3, "Where")))
	require.True(j.t, j.focused("button", "Move row 2 of Rules up"), "the keyboard moves along")
	j.submit("button", "Move row 1 of Rules down")
	require.Equal(j.t, []string{"X-Half-Typed", "X-Team", "stage"}, j.ruleNames())
	require.Equal(j.t, "in (one of)", j.picked(ruleCell(2, "Condition")))
	j.submit("button", "Review")
	require.Contains(j.t, j.describedBy(ruleCell(1, "Value")), "Enter the value to compare with.")
	require.Equal(j.t, "X-Half-Typed", j.value(ruleCell(1, "Name")))
	j.photograph("alias-bad-rule")
	j.submit("button", "Remove row 1 of Rules")
	require.True(j.t, j.focused("button", "Add a rule"), "the keyboard is not lost with the row")
	require.Equal(j.t, []string{"X-Team", "stage"}, j.ruleNames())
	require.Equal(j.t, "beta", j.value("Name"))
	j.sees("Requests that satisfy all 2 rules go to v2:")
	j.sees("Rule 1: header X-Team is one of “qa, dev”.")
	j.sees("Rule 2: cookie stage is “beta”.")
	j.sees("All others go to v3: it is enough that one rule is not satisfied.")
}

// ruleNames are the names that the rules look at, from the top.
func (j *journey) ruleNames() (names []string) {
	j.t.Helper()
	for row := 1; len(j.all("textbox", ruleCell(row, "Name"))) > 0; row++ {
		names = append(names, j.value(ruleCell(row, "Name")))
	}
	return names
}

// saveRules adds a rule that never decides, takes it away, and saves the others.
func (j *journey) saveRules() {
	j.t.Helper()
	j.card("combine", "or")
	j.submit("button", "Add a rule")
	j.sees("Requests that satisfy at least one of 2 rules go to v2:")
	j.sees("All others go to v3: those that satisfy none of the rules.")
	j.fillCell(ruleCell(3, "Name"), "x-team")
	j.fillCell(ruleCell(3, "Value"), "dev")
	if j.scripted {
		j.leave()
		j.swapped()
	} else {
		j.submit("button", "Try the request")
	}
	j.sees("This rule never decides: what satisfies it satisfies rule 1, too. Remove it.")
	j.photograph("alias-redundant-rule")
	j.submit("button", "Remove row 3 of Rules")
	require.Empty(j.t, j.eval(`document.querySelector(".field-advice")?.innerText ?? ""`))
	j.submit("button", "Review")
	method, path, body := j.reviewed()
	require.Equal(j.t, "POST", method)
	require.JSONEq(j.t, `{"name":"beta","version":"v3","description":"","additional_version_strategy":{"v2":{"combine_type":"or","rules":[
		{"rule_type":"header","param":"X-Team","op":"in","value":"qa, dev"},{"rule_type":"cookie","param":"stage","op":"=","value":"beta"}
	]}}}`, body)
	j.click("button", "Create alias")
	j.sees("Alias beta was created.")
	j.c.requireReviewed("orders", "beta", path, body)
	j.sees("All others go to v3: those that satisfy none of the rules.")
	j.photograph("alias-by-rules")
}
