package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The search finds things of every kind, and is a page like any other where there is
// no script; what was filtered is kept as a view.
func TestSearchAndSavedViews(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t, checkingForm), "found", func(j *journey) {
		j.c.create("orders_north", somewhere(nil))
		j.c.create("billing", somewhere(nil))
		service := j.c.offer("orders_for_all")
		j.visit(j.home + "/search")
		j.fill("Search by name, address or id", "orders")
		j.answered(j.enter)
		j.clickOn("main a[href$='/whitelist/" + service + "']")
		j.at(j.home + "/whitelist/" + service)
		j.visit(j.home + "/search?q=orders")
		j.clickOn("main a[href*='/links/']")
		j.find("heading", "orders_north")

		j.visit(j.home + "/links?q=north")
		j.open("Save as a view")
		j.fill("Name of the view", "Those of the north")
		j.click("button", "Save")
		j.find("link", "Those of the north")
		j.visit(j.home + "/links")
		j.click("link", "Those of the north")
		j.seesRows(1, "orders_north")
		j.open("Change this view")
		j.click("button", "Delete this view")
		j.sees("The view is deleted.")
		require.Empty(j.t, j.all("link", "Those of the north"))
	})
}
