package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever puts the last bad cell right can add at once, and keeps the keyboard
// where it is.
func TestWhitelistEditorFollowsItsCells(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t), "editor", func(j *journey) {
		if !j.scripted {
			return // without script, nothing is judged before it is sent
		}
		j.visit(j.home + "/whitelist/new")
		j.fill("Name", "orders")
		j.fill("VPC ID", "4189d3c2-8882-4871-a3c2-d380272eed80")
		j.fill("Backend port ID", "4189d3c2-8882-4871-a3c2-d380272eed88")
		j.fill("Port mapping, row 1: Client port", "443")
		j.fill("Port mapping, row 1: Server port", "8443")
		j.click("button", "Create endpoint service")
		j.click("link", "Add the first accounts")
		j.paste("Paste a list", strings.Join([]string{accountID(1), accountID(2) + ", 30d", accountID(3)}, "\n"))
		j.submit("button", "Check")
		j.sees("1 line has a problem. 2 accounts can be added.")
		require.Contains(j.t, j.describedBy(cellOf(2, "Description")), "two commas")
		j.fill(cellOf(2, "Description"), "Acme")
		j.leave()
		j.sees("3 accounts can be added.")
		require.True(j.t, j.focused("textbox", cellOf(2, "Expires")))
		j.click("button", "Add 3 accounts")
		j.sees("3 accounts were added.")
	})
}
