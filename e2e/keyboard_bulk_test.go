package e2e

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// Whatever is done to many links is done without a mouse, and news that come in
// take nobody's keyboard away.
func TestBulkActionsByKeyboard(t *testing.T) {
	t.Parallel()
	slow, silent := silence(t), silence(t)
	p := start(t, checkingForm)
	c := p.call(t)
	c.create("anna", inputsAt(closedPort))
	c.create("bert", slow.inputs())
	c.create("carl", silent.inputs())
	w := p.browse(t)
	w.signIn()
	w.visit(w.home + "/links")

	w.tabTo("checkbox", "Select page")
	w.keys(" ")
	w.sees("3 selected")
	w.tabTo("checkbox", "Select carl")
	w.keys(" ")
	w.sees("2 selected")
	w.tabBack(w.roleOf("Schedule", folds), "Schedule")
	w.enter()
	w.tabTo("button", "Hourly")
	w.keys(kb.Escape)
	require.Empty(t, w.all("button", "Hourly"), "Escape closes the menu")
	require.True(t, w.focused(w.roleOf("Schedule", folds), "Schedule"), "and goes back to where it was opened")
	w.enter()
	w.tabTo("button", "Hourly")
	w.enter()
	w.sees("Done for all 2.")
	w.tabTo("link", "Back to the list")
	w.enter()
	w.find("heading", "Links")
	require.Equal(t, []string{"Hourly", "Hourly", "Never"}, []string{w.cell("anna", "Schedule"), w.cell("bert", "Schedule"), w.cell("carl", "Schedule")})

	w.tabTo("button", "Test anna")
	w.answered(w.enter)
	require.True(t, w.focused("button", "Test anna"), "in the row that took its place")
	w.announces("Connect: ")
	w.tabTo("link", "Edit anna")

	w.tabBack("checkbox", "Select page")
	w.keys(" ")
	w.tabTo("button", "Test")
	w.enter()
	w.find("heading", "Testing: 1 of 3 done")
	w.tabTo("button", "Cancel")
	slow.hangUp()
	w.find("heading", "Testing: 2 of 3 done")
	require.True(t, w.focused("button", "Cancel"), "although it was sent again")
	w.answered(w.enter)
	w.find("heading", "Cancelled: 2 of 3 were tested")
	w.announces("Cancelled: 2 of 3 were tested")
	require.NotEqual(t, "BODY", w.eval("document.activeElement.tagName"), "the keyboard is not sent back to the start")
	w.tabTo("checkbox", "Select carl")
}
