package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever opens a service to customers makes it, pastes the list that a
// colleague has sent, puts right what is wrong with it, and looks who can
// connect.
func TestWhitelistFromAList(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t), "list", func(j *journey) {
		j.visit(j.home + "/whitelist")
		j.click("link", "Create the first endpoint service")
		j.find("heading", "New endpoint service")
		j.fill("Name", "orders")
		j.fill("Backend port ID", "4189d3c2-8882-4871-a3c2-d380272eed88")
		j.fill("Port mapping, row 1: Client port", "443")
		j.fill("Port mapping, row 1: Server port", "8443")
		j.submit("button", "Create endpoint service")
		require.Contains(j.t, j.describedBy("VPC ID"), "Enter the id of the VPC")
		j.fill("VPC ID", "4189d3c2-8882-4871-a3c2-d380272eed80")
		j.click("button", "Create endpoint service")
		j.find("heading", "orders")
		j.sees("Endpoint service orders was created.")
		service := j.path()

		j.click("link", "Add the first accounts")
		j.find("heading", "Add accounts to orders")
		mend(j)
		j.at(service)
		j.sees("6 accounts were added.")
		require.Equal(j.t, "Acme, Berlin", j.cell(accountID(2), "Description"))
		require.Equal(j.t, "Never", j.cell(accountID(1), "Expires"))
		require.NotEqual(j.t, "Never", j.cell(accountID(2), "Expires"))
		require.Len(j.t, whitelist(j.t, j.vpcep(), service[strings.LastIndex(service, "/")+1:]), 6)
		whoMayConnect(j)
		tendEntries(j)
	})
}

// cellOf is the label of an input of the editor.
func cellOf(row int, column string) string { return fmt.Sprintf("Accounts, row %d: %s", row, column) }

// mend pastes a list with mistakes and adds what can be added.
func mend(j *journey) {
	j.t.Helper()
	j.paste("Paste a list", strings.Join([]string{
		"# customers of the north",
		accountID(1) + ", Acme",
		"iam:domain::" + accountID(2) + `, "Acme, Berlin", 30d`,
		accountID(1) + ", again",
		"not an id!, typed by hand",
		j.p.seat().key(j.t).DomainID + ", ours",
		accountID(3) + ", <b>bold</b>",
		accountID(4) + ", was here, 2020-01-31",
		accountID(5) + ", some day, someday",
	}, "\n"))
	j.submit("button", "Check")
	j.sees("5 lines have problems. 3 accounts can be added.")
	j.sees("Nothing was added yet.")
	j.sees("Line 5: This is the service's own account.")
	require.Equal(j.t, accountID(2), j.value(cellOf(2, "Account ID")), "the prefix is put before it by itself")
	for row, c := range map[int][2]string{
		3: {"Account ID", "The same entry stands on line 1 already"},
		4: {"Account ID", "An account id has letters, digits and hyphens"},
		6: {"Description", "Leave out < and >."},
		7: {"Expires", "This time has passed."},
		8: {"Expires", "“someday” is not a date."},
	} {
		require.Contains(j.t, j.describedBy(cellOf(row, c[0])), c[1])
		require.Equal(j.t, "true", j.attribute(cellOf(row, c[0]), "aria-invalid"))
	}
	require.True(j.t, j.focused("textbox", cellOf(3, "Account ID")), "the first bad one has the keyboard")
	j.photograph("whitelist-verdicts")

	j.fill(cellOf(3, "Account ID"), accountID(6))
	j.fill(cellOf(4, "Account ID"), accountID(7))
	j.fill(cellOf(6, "Description"), "bold")
	j.fill(cellOf(7, "Expires"), "12w")
	j.leave()
	j.submit("button", "Remove row 5 of Accounts")
	require.True(j.t, j.focused("button", "Add a row"), "the keyboard stays there")
	require.Equal(j.t, "12w", j.value(cellOf(6, "Expires")))
	j.submit("button", "Add accounts")
	j.sees("1 line has a problem. 6 accounts can be added.")
	require.Contains(j.t, j.describedBy(cellOf(7, "Expires")), "is not a date")
	j.submit("button", "Drop the bad line")
	j.sees("6 accounts can be added.")
	j.click("button", "Add 6 accounts")
}

// whoMayConnect asks it for an account that may and for one that may not.
func whoMayConnect(j *journey) {
	j.t.Helper()
	j.fill("Account ID", accountID(2))
	j.submit("button", "Look")
	j.sees(accountID(2) + " may connect.")
	j.sees("It has an entry of its own")
	j.sees("You still have to accept the connection.")
	j.fill("Account ID", accountID(99))
	j.submit("button", "Look")
	j.sees(accountID(99) + " may not connect: no entry lets it.")
	j.click("link", "Add this account")
	j.find("heading", "Add accounts to orders")
	require.Equal(j.t, accountID(99), j.value(cellOf(1, "Account ID")))
	j.click("button", "Add accounts")
	j.sees("1 account was added.")
}

// tendEntries describes one in its row, and renews one. Without script an entry
// has a page for that.
func tendEntries(j *journey) {
	j.t.Helper()
	entry := accountID(99)
	j.markPage()
	j.click("link", "Edit "+entry)
	if j.scripted {
		label := "Description of " + entry
		require.True(j.t, j.focused("textbox", label))
		j.fill(label, "<i>")
		j.submit("button", "Save")
		require.Contains(j.t, j.describedBy(label), "Leave out < and >.")
		j.fill(label, "Harbour office")
		j.submit("button", "Save")
		j.announces("The description was saved.")
	} else {
		j.find("heading", entry)
		j.fill("Description", "<i>")
		j.submit("button", "Save")
		require.Contains(j.t, j.describedBy("Description"), "Leave out < and >.")
		j.fill("Description", "Harbour office")
		j.submit("button", "Save")
		j.sees("The entry for " + entry + " was saved.")
	}
	require.Equal(j.t, "Harbour office", j.cell(entry, "Description"))
	j.open("Renew " + entry)
	j.submit("button", "30 more days")
	eventually(j.t, "a new end", func() (string, bool) {
		now := j.cell(entry, "Expires")
		return now, now != "Never" && now != ""
	})
	if j.scripted {
		j.requireSamePage()
		j.announces(entry + " may connect until ")
	}
}
