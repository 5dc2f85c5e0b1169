package e2e

import (
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// Everything works by keyboard, and the focus is always where the work is.
func TestKeyboardOnly(t *testing.T) {
	t.Parallel()
	server := testserver.MariaDB(t)
	account := server.Account(t)
	w := start(t).browse(t)
	w.visit("/sign-in")
	require.True(t, w.focused("textbox", "Name"), "the first field has the keyboard")
	w.keys(adminName + kb.Tab + adminPassword)
	w.enter()
	w.find("heading", "Overview")
	w.home = w.path()

	w.visit(w.home + "/links")
	w.keys(kb.Tab)
	require.True(t, w.focused("link", "Skip to the content"))
	w.enter()
	require.Equal(t, "main", w.eval("document.activeElement.id"))
	w.visit(w.home + "/links/new?connector=mysql")
	require.True(t, w.focused("textbox", "Name"), "the first field has the keyboard")

	w.tabTo("textbox", "Host")
	w.keys("127.0.0.1")
	w.answered(w.enter)
	require.True(t, w.focused("textbox", "Name"), "the first bad field has the keyboard")
	require.Contains(t, w.describedBy("Name"), "Give the link a name.")
	w.picture("keyboard-refused")

	w.keys("by_keyboard")
	for _, field := range [][2]string{
		{"Port", strconv.Itoa(server.Port)}, {"Database", account.Database}, {"User name", account.User}, {"Password", "wrong"},
	} {
		w.tabTo("textbox", field[0])
		w.keys(field[1])
	}
	w.tabTo("button", "Test connection")
	w.answered(w.enter)
	w.find("heading", "The check failed.")
	w.announces("The check failed.")
	w.tabTo("textbox", "Password")
	w.keys(account.Password)
	w.answered(w.enter)
	w.find("heading", "by_keyboard")
	w.sees("Link by_keyboard was created.")
}

// tabTo presses Tab until a thing has the keyboard; a person gives up before
// having seen everything twice.
func (w *tab) tabTo(role, name string) {
	w.t.Helper()
	w.tabThrough(role, name)
}

// tabBack presses Shift and Tab instead.
func (w *tab) tabBack(role, name string) {
	w.t.Helper()
	w.tabThrough(role, name, chromedp.KeyModifiers(chromedp.ModifierShift))
}

func (w *tab) tabThrough(role, name string, held ...chromedp.KeyOption) {
	w.t.Helper()
	w.find(role, name)
	// A page that is still being read may take the focus to its own beginning.
	w.whole()
	for range 100 {
		if w.focused(role, name) {
			return
		}
		w.do(chromedp.KeyEvent(kb.Tab, held...))
	}
	require.Fail(w.t, "Tab does not lead to the "+role+" "+name)
}
