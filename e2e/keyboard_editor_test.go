package e2e

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// Accounts are typed, judged, put right and described without a mouse, and
// nobody has to look for the keyboard's place.
func TestWhitelistByKeyboard(t *testing.T) {
	t.Parallel()
	j := start(t).travel(t, "keyboard")
	service := j.home + "/whitelist/" + j.c.offer("orders")
	j.visit(service + "/add")
	require.True(t, j.focused("textbox", cellOf(1, "Account ID")), "the first cell has the keyboard")
	j.keys(accountID(1) + kb.Tab + "Acme")
	j.tabTo("button", "Add a row")
	j.answered(j.enter)
	require.True(t, j.focused("textbox", cellOf(4, "Account ID")), "a new row has it at once")
	j.keys("wrong!")
	j.leave()
	j.announces("An account id has letters, digits and hyphens")
	require.True(t, j.focused("textbox", cellOf(4, "Description")), "what was judged is not in the way")

	j.tabTo("button", "Check")
	j.answered(j.enter)
	j.announces("1 line has a problem. 1 account can be added.")
	require.True(t, j.focused("textbox", cellOf(2, "Account ID")), "empty rows are gone, and the bad one has the keyboard")
	j.tabTo("button", "Remove row 2 of Accounts")
	j.answered(j.enter)
	require.True(t, j.focused("button", "Add a row"))
	j.tabBack("textbox", cellOf(1, "Description"))
	j.answered(j.enter)
	j.sees("1 account was added.")

	j.tabTo("link", "Edit "+accountID(1))
	j.answered(j.enter)
	label := "Description of " + accountID(1)
	require.True(t, j.focused("textbox", label))
	j.retype("Acme, Berlin")
	j.answered(func() { j.keys(kb.Escape) })
	require.Equal(t, "Acme", j.cell(accountID(1), "Description"), "Escape leaves it as it was")
	j.tabTo("link", "Edit "+accountID(1))
	j.answered(j.enter)
	j.retype("Acme, Berlin")
	j.answered(j.enter)
	require.Equal(t, "Acme, Berlin", j.cell(accountID(1), "Description"))
	j.announces("The description was saved.")
	require.NotEqual(t, "BODY", j.eval("document.activeElement.tagName"), "the keyboard is not sent back to the start")
}

// A connection is described, tried out and created without a mouse.
func TestConnectionByKeyboard(t *testing.T) {
	t.Parallel()
	server := testserver.ZooKeeper(t)
	j := start(t).travel(t, "keyboard")
	j.visit(j.home + "/connections/new")
	j.tabTo("textbox", "Name")
	j.keys("events" + kb.Tab)
	require.Equal(t, "service", j.eval("document.activeElement.name"))
	j.answered(func() { j.keys(" ") })
	require.Equal(t, "service CloudTable true", j.eval(`document.activeElement.name + " " + document.activeElement.value + " " + document.activeElement.checked`))
	j.tabTo("textbox", "Address, row 1: Host or IP address")
	j.keys(server.Addr())
	j.leave()
	require.Equal(t, "127.0.0.1", j.value("Address, row 1: Host or IP address"))
	j.tabTo("button", "Add an address")
	j.answered(j.enter)
	require.True(t, j.focused("textbox", "Address, row 2: Host or IP address"))
	j.tabTo("button", "Remove row 2 of Address")
	j.answered(j.enter)
	require.True(t, j.focused("button", "Add an address"))
	j.tabTo("textbox", "Security group ID")
	j.keys("sg-orders")
	j.leave()
	j.announces("“sg-orders” looks like the name of a security group.")
	j.tabBack("textbox", "Security group ID")
	j.retype(groupID)
	j.tabTo("textbox", "Network ID of the subnet")
	j.keys(networkID)
	j.tabTo("button", "Test connection")
	j.answered(j.enter)
	j.announces("The check passed.")
	j.tabBack("textbox", "Network ID of the subnet")
	j.answered(j.enter)
	j.find("heading", "events")
	j.sees("Connection events is being created.")
}
