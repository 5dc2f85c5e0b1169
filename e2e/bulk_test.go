package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is done to many links is told link by link, and what was refused is
// still ticked.
func TestBulkActions(t *testing.T) {
	t.Parallel()
	t.Run("with JavaScript", func(t *testing.T) {
		t.Parallel()
		bulkActions(t, func(w *tab) {
			w.click("checkbox", "Select page")
			w.sees("3 selected")
		})
	})
	t.Run("without JavaScript", func(t *testing.T) {
		t.Parallel()
		bulkActions(t, func(w *tab) { w.submit("link", "Select page") }, withoutScript)
	})
}

func bulkActions(t *testing.T, tickPage func(*tab), options ...pageOption) {
	p := start(t, checkingForm)
	c := p.call(t)
	for _, name := range []string{"anna", "bert", "carl"} {
		c.create(name, somewhere(nil))
	}
	w := p.browse(t, options...)
	w.signIn()
	w.visit(w.home + "/links")
	w.submit("button", "Enable")
	w.sees("Select at least one row first.")

	w.tick("anna", "bert")
	w.click("button", "Disable")
	w.find("heading", "Disable links")
	w.sees("Done for all 2.")
	require.Equal(t, []string{"Disabled", "Disabled"}, []string{w.cell("anna", "Outcome"), w.cell("bert", "Outcome")})
	w.click("link", "Back to the list")
	w.seesRows(3, "anna")
	for name, disabled := range map[string]bool{"anna": true, "bert": true, "carl": false} {
		require.Equal(t, disabled, w.isDisabled(name), name)
	}

	tickPage(w)
	w.click("button", "Enable")
	w.sees("Done for all 3.")
	w.click("link", "Back to the list")
	w.seesRows(3, "anna")
	require.False(t, w.isDisabled("anna"))

	w.tick("bert", "carl")
	w.open("Schedule")
	w.click("button", "Every 5 min")
	w.find("heading", "Schedule")
	require.Equal(t, "Scheduled", w.cell("bert", "Outcome"))
	w.visit(w.home + "/links")
	for name, every := range map[string]string{"anna": "Never", "bert": "Every 5 min", "carl": "Every 5 min"} {
		require.Equal(t, every, w.cell(name, "Schedule"), name)
	}
	bulkDelete(t, w, c)
}

// bulkDelete deletes three links, one of which somebody changes at that moment.
func bulkDelete(t *testing.T, w *tab, c *caller) {
	w.tick("anna", "bert", "carl")
	w.click("button", "Delete")
	w.find("heading", "Delete links")
	w.sees("You are about to delete these 3 links:")
	for _, name := range []string{"anna", "bert", "carl"} {
		w.find("link", name)
	}
	changed := c.send(http.MethodPut, c.links()+"/bert", linkBody("bert", somewhere(map[string]string{"database": "other"})))
	require.Equal(t, http.StatusOK, changed.status, changed.body)
	w.click("button", "Delete 3 links")
	w.sees("Done for 2, refused for 1. What was refused is still ticked.")
	require.Equal(t, []string{"Deleted", "Refused", "Deleted"},
		[]string{w.cell("anna", "Outcome"), w.cell("bert", "Outcome"), w.cell("carl", "Outcome")})
	require.Contains(t, w.cell("bert", "Reason"), "admin changed this link meanwhile.")
	require.Equal(t, "bert", w.ticked())
	w.picture("bulk-refused")
	w.click("button", "Delete")
	w.click("button", "Delete 1 link")
	w.sees("Done.")
	w.click("link", "Back to the list")
	w.find("heading", "No links yet")
}

// One box means all that the list finds, on other pages too.
func TestBulkActionBeyondThePage(t *testing.T) {
	t.Parallel()
	p := start(t, checkingForm)
	c := p.call(t)
	for n := range 60 {
		c.create(fmt.Sprintf("link_%02d", n), somewhere(nil))
	}
	c.create("other", somewhere(nil))
	w := p.browse(t)
	w.signIn()
	w.visit(w.home + "/links?q=link_")
	w.seesRows(50, "link_00")
	w.click("checkbox", "All that match, on other pages too")
	w.click("button", "Disable")
	w.sees("Done for all 60.")
	w.click("link", "Back to the list")
	w.at(w.home + "/links?q=link_")
	w.click("link", "Next")
	w.seesRows(10, "link_50")
	require.True(t, w.isDisabled("link_59"))
	w.visit(w.home + "/links?q=other")
	require.False(t, w.isDisabled("other"))
}

// The page of a link disables and enables that one.
func TestDisableOneLink(t *testing.T) {
	t.Parallel()
	p := start(t, checkingForm)
	c := p.call(t)
	c.create("single", somewhere(nil))
	c.create("spared", somewhere(nil))
	w := p.browse(t)
	w.signIn()
	link := p.enter(t).linkPath(w.home, "single")
	w.visit(link)
	w.submit("button", "Disable")
	w.sees("Link single is disabled.")
	w.at(link)
	w.visit(w.home + "/links")
	require.True(t, w.isDisabled("single"))
	require.False(t, w.isDisabled("spared"))
	w.visit(link)
	w.submit("button", "Enable")
	w.sees("Link single is enabled.")
}

// isDisabled reports whether a row of the list says that its link is disabled.
func (w *tab) isDisabled(name string) bool {
	w.t.Helper()
	return strings.HasPrefix(w.cell(name, "Last check"), "Disabled")
}
