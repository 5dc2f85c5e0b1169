package e2e

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// Whoever tests a stored link sees the answer where he stands, and everybody
// finds it in the link's history.
func TestTestNow(t *testing.T) {
	t.Parallel()
	t.Run("with JavaScript", func(t *testing.T) {
		t.Parallel()
		testNow(t, "script", func(w *tab, button string, _ string) {
			w.markPage()
			w.submit("button", button)
			w.requireSamePage()
		})
	})
	t.Run("without JavaScript", func(t *testing.T) {
		t.Parallel()
		testNow(t, "no-script", func(w *tab, button, flash string) {
			w.submit("button", button)
			w.sees(flash)
		}, withoutScript)
	})
}

func testNow(t *testing.T, pictures string, press func(w *tab, button, flash string), options ...pageOption) {
	server := testserver.MariaDB(t)
	account := server.Account(t)
	identify := func(password string) {
		server.Exec(t, "ALTER USER `"+account.User+"`@`127.0.0.1` IDENTIFIED BY '"+password+"'")
	}
	p := start(t, checkingForm)
	p.call(t).create("watched", accountInputs(server, account))
	w := p.browse(t, options...)
	w.signIn()
	const good, bad = "watched: the check passed.", "watched: the check failed. Sign in: The server refused the password of "

	w.visit(w.home + "/links")
	require.Equal(t, "Form only", w.cell("watched", "Last check"), "as it was created")
	require.Empty(t, w.sparkline("watched"))
	press(w, "Test watched", good)
	w.rowBecomes("watched", "Passed", "Latest checks: 1 × Passed")
	identify("changed")
	press(w, "Test watched", bad)
	w.rowBecomes("watched", "Failed", "Latest checks: 1 × Passed, 1 × Failed")
	w.picture("test-now-" + pictures + "-1-list")

	w.visit(p.enter(t).linkPath(w.home, "watched"))
	w.find("heading", "The check failed.")
	press(w, "Test now", bad)
	require.Equal(t, []string{"Sign in: Failed"}, w.steps("Sign in"))
	w.picture("test-now-" + pictures + "-2-overview")
	w.click("link", "Health")
	w.find("heading", "Checks")
	require.Equal(t, []string{"Failed", "Failed", "Passed"}, w.history(), "newest first")
	w.sees("Failing for less than a minute")
	w.sees("2 failed checks")

	identify(account.Password)
	press(w, "Test now", good)
	require.Equal(t, []string{"Passed", "Failed", "Failed", "Passed"}, w.history())
	w.sees("Failed for less than a minute")
	w.clickOn("#checks li:nth-child(2) summary")
	require.Equal(t, []string{"Connect: Passed", "Sign in: Failed"}, w.stepsIn(".past[open]", "Connect", "Sign in"))
	w.picture("test-now-" + pictures + "-3-health")

	w.visit(w.home + "/links")
	w.rowBecomes("watched", "Passed", "Latest checks: 2 × Passed, 2 × Failed")
}

// rowBecomes waits until a row of the list shows a status and a sparkline.
func (w *tab) rowBecomes(row, status, line string) {
	w.t.Helper()
	want := status + "; " + line
	eventually(w.t, row+" to become "+want, func() (string, bool) {
		now := w.cell(row, "Last check") + "; " + w.sparkline(row)
		return now, now == want
	})
}

// sparkline is what the line of latest checks in a row says in words.
func (w *tab) sparkline(row string) string {
	w.t.Helper()
	return w.eval(`[...document.querySelectorAll("tbody tr")].find((r) => r.querySelector("th").innerText.trim() === ` + strconv.Quote(row) + `)
		?.querySelector("svg.spark title")?.textContent ?? ""`)
}

// history is how the checks of a link ended, on the page of its health.
func (w *tab) history() []string {
	w.t.Helper()
	return strings.Split(w.eval(`[...document.querySelectorAll(".history > li summary .badge")].map((b) => b.innerText.trim()).join("|")`), "|")
}
