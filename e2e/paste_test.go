package e2e

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// A command line that works in a terminal makes a link that works, and its
// password is seen nowhere on the way.
func TestPasteACommandLine(t *testing.T) {
	t.Parallel()
	t.Run("with JavaScript", func(t *testing.T) {
		t.Parallel()
		pasteACommandLine(t, "script")
	})
	t.Run("without JavaScript", func(t *testing.T) {
		t.Parallel()
		pasteACommandLine(t, "no-script", withoutScript)
	})
}

func pasteACommandLine(t *testing.T, pictures string, options ...pageOption) {
	server := testserver.MariaDB(t)
	account := server.Account(t)
	p := start(t)
	w := p.browse(t, options...)
	w.signIn()
	hidden := func() {
		t.Helper()
		requireAbsent(t, account.Password, "the page", []byte(w.eval("document.documentElement.outerHTML")), "</body>")
	}
	const box = "Paste a JDBC URL, DSN or command line"
	w.visit(w.home + "/links/new")
	w.fill(box, "hello, world")
	w.submit("button", "Fill in the form")
	require.Contains(t, w.describedBy(box), "Paste one connection in a form that is known")
	w.fill(box, fmt.Sprintf("mysql -h %s -P %d -u %s -p%s --auto-rehash --colour=blue %s",
		server.Host, server.Port, account.User, account.Password, account.Database))
	w.submit("button", "Fill in the form")

	w.find("heading", "New link")
	w.seesDescribed("", server, account)
	require.Empty(t, w.value("Password"))
	require.Contains(t, w.describedBy("Password"), "Typed, not shown.")
	w.sees("Filled in from what you pasted:")
	w.sees("Host: " + server.Host)
	w.sees("Password: taken over, and not shown")
	w.sees("Not taken over:")
	w.sees("--colour")
	require.True(t, w.focused("textbox", "Name"), "what is left to do")
	hidden()
	w.picture("paste-" + pictures)

	w.fill("Name", "pasted")
	w.submit("button", "Test connection")
	w.find("heading", "The check passed.")
	hidden()
	w.click("button", "Create link")
	w.find("heading", "pasted")
	w.sees("Link pasted was created.")
	hidden()
	requireAbsent(t, account.Password, "the log", []byte(p.output.String()), "listening")
}

// On a form that has been begun, pasting asks before it replaces what is there.
func TestPasteReplacesAFormOnRequest(t *testing.T) {
	t.Parallel()
	const box = "Paste a JDBC URL, DSN or command line"
	w := start(t, checkingForm).browse(t)
	w.signIn()
	w.visit(w.home + "/links/new?connector=mysql")
	w.open(box)
	w.fill(box, "postgres://ann:hidden@pg.example.com:5433/orders")
	w.fill("Host", "typed.example.com")
	w.submit("button", "Fill in the form")
	require.Equal(t, []string{"confirm"}, w.asked())
	w.sees("Filled in from what you pasted:")
	require.Equal(t, "pg.example.com", w.value("Host"))
	require.Equal(t, "5433", w.value("Port"))
}
