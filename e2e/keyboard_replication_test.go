package e2e

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// A policy is made, backed up and replicated without a mouse, and the keyboard is
// always where the work is.
func TestReplicationByKeyboard(t *testing.T) {
	t.Parallel()
	j := start(t).travel(t, "keyboard")
	j.p.putObject(t, regionName, "keyboard/orders.sql", "INSERT")
	j.visit(j.home + "/replication")
	j.tabTo("link", "Create the first policy")
	j.enter()
	j.find("heading", "New policy")
	require.True(t, j.focused("textbox", "Name"), "the first field has the keyboard")
	j.keys("nightly")
	size := "6 bytes"
	if j.p.lacks(t, "nothing there can be browsed: what is protected is typed") {
		j.typeByKeyboard()
		size = "1.0 MB" // it is told in whole ones
	} else {
		j.pickByKeyboard()
	}
	j.tabToID("operations-0-pattern-every-days")
	j.answered(func() { j.keys(kb.ArrowDown) })
	require.Equal(t, "operations-0-pattern-every-week", j.focus())
	j.tabToID("operations-0-pattern-times-add")
	j.answered(j.enter)
	require.Equal(t, "operations-0-pattern-times-1-at", j.focus(), "a new row has the keyboard")
	j.keys("14")
	j.tabToID("operations-1-destination")
	j.answered(func() { j.keys("l") })
	require.Equal(t, "operations-1-destination", j.focus(), "although the form was drawn again")
	require.Equal(t, secondRegion+" · "+secondRegion, j.picked("Destination"))
	j.tabTo("button", "Create the policy")
	j.enter()
	j.sees("Policy nightly was created.")

	j.tabTo("button", "Back up now")
	j.enter()
	j.sees("The backup of nightly has started.")
	j.sees("1 of 1 available")
	j.tabTo("link", "Execute replication")
	j.enter()
	j.find("heading", "1 backup, "+size+", would be copied.")
	j.tabTo("combobox", "Destination")
	j.tabTo("button", "Start the replication")
	j.enter()
	j.find("heading", "Finished: the backup is at the destination")
	j.tabToID("count-fail-link")
	j.answered(j.enter)
	j.sees("No backup of this run is in this state.")
	require.Equal(t, "count-fail-link", j.focus(), "the keyboard stays there")
}

// typeByKeyboard says what an object is called and its id.
func (j *journey) typeByKeyboard() {
	j.t.Helper()
	j.tabToID("resources-0-name")
	j.keys("keyboard/orders.sql" + kb.Tab + "server-1")
}

// pickByKeyboard chooses an object by browsing.
func (j *journey) pickByKeyboard() {
	j.t.Helper()
	j.tabTo("button", "Browse "+regionName)
	j.answered(j.enter)
	require.Equal(j.t, "picker", j.focus(), "the picker has the keyboard")
	j.tabTo("button", "keyboard/")
	j.answered(j.enter)
	require.Equal(j.t, "picker", j.focus())
	j.tabTo("button", "Choose keyboard/orders.sql")
	j.answered(j.enter)
	require.Equal(j.t, "resources-0-path", j.focus(), "what was chosen has the keyboard")
}
