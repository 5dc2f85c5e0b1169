package e2e

import (
	"path"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// The way that every newcomer goes: describe a source, learn in the form that
// the password is wrong, correct it, see the check pass, save, find the link.
func TestFirstLink(t *testing.T) {
	t.Parallel()
	t.Run("with JavaScript", func(t *testing.T) {
		t.Parallel()
		firstLink(t, "script")
	})
	t.Run("without JavaScript", func(t *testing.T) {
		t.Parallel()
		firstLink(t, "no-script", withoutScript)
	})
}

func firstLink(t *testing.T, pictures string, options ...pageOption) {
	server := testserver.MariaDB(t)
	account := server.Account(t)
	w := start(t).browse(t, options...)
	w.signIn()
	w.picture(pictures + "-1-overview")
	w.click("link", "Create the first link")
	w.click("link", "MySQL")
	w.find("heading", "New link")
	require.Equal(t, "3306", w.value("Port"), "the usual port is there already")
	w.describe("orders_mysql", server, account)
	w.fill("Password", "wrong")

	w.submit("button", "Test connection")
	w.find("heading", "The check failed.")
	w.picture(pictures + "-2-wrong-password")
	require.Equal(t, []string{"Connect: Passed", "Recognise the server: Passed", "Sign in: Failed", "Open the database: Skipped"},
		w.steps("Connect", "Recognise the server", "Sign in", "Open the database"))
	require.Equal(t, "true", w.attribute("Password", "aria-invalid"))
	require.Contains(t, w.describedBy("Password"), "The server refused the password of "+account.User)
	require.Empty(t, w.value("Password"), "a password never comes back in a page")
	w.seesDescribed("orders_mysql", server, account)

	w.fill("Password", account.Password)
	w.submit("button", "Test connection")
	w.find("heading", "The check passed.")
	w.picture(pictures + "-3-passed")
	require.Equal(t, []string{"Connect: Passed", "Sign in: Passed", "Open the database: Passed", "Ask for the version: Passed"},
		w.steps("Connect", "Sign in", "Open the database", "Ask for the version"))
	require.Empty(t, w.attribute("Password", "aria-invalid"))

	w.click("button", "Create link")
	w.find("heading", "orders_mysql")
	w.sees("Link orders_mysql was created.")
	w.picture(pictures + "-4-detail")
	w.visit(w.home + "/links")
	require.Equal(t, "Passed", w.cell("orders_mysql", "Last check"))
	w.picture(pictures + "-5-list")
}

// A link whose source does not answer yet can be saved deliberately; what was
// typed, the password too, is never asked for twice.
func TestSaveAlthoughTheCheckFailed(t *testing.T) {
	t.Parallel()
	t.Run("with JavaScript", func(t *testing.T) {
		t.Parallel()
		saveAnyway(t)
	})
	t.Run("without JavaScript", func(t *testing.T) {
		t.Parallel()
		saveAnyway(t, withoutScript)
	})
}

func saveAnyway(t *testing.T, options ...pageOption) {
	server := testserver.MariaDB(t)
	account := server.Account(t)
	w := start(t).browse(t, options...)
	w.signIn()
	w.visit(w.home + "/links/new?connector=mysql")
	w.describe("later", server, account)
	w.fill("Password", "not-yet-set")

	w.submit("button", "Create link")
	w.find("heading", "The check failed.")
	w.seesDescribed("later", server, account)
	w.submit("button", "Create link")
	w.find("heading", "The check failed.")
	w.click("checkbox", "Save anyway, although the check failed")
	w.click("button", "Create link")
	w.find("heading", "later")
	w.find("heading", "The check failed.")
	link := w.path()
	w.visit(w.home + "/links")
	require.Equal(t, "Failed", w.cell("later", "Last check"))

	w.visit(link + "/edit")
	w.submit("button", "Test connection")
	w.find("heading", "The check failed.")
	require.Equal(t, []string{"Sign in: Failed"}, w.steps("Sign in"))

	server.Exec(t, "ALTER USER `"+account.User+"`@`127.0.0.1` IDENTIFIED BY 'not-yet-set'")
	w.visit(link + "/edit")
	w.submit("button", "Test connection")
	w.find("heading", "The check passed.")
	require.Equal(t, []string{"Sign in: Passed"}, w.steps("Sign in"), "the password that was typed first is the one that is stored")
}

// A clone takes the secret along as long as it points at the same destination.
func TestCloneKeepsTheSecret(t *testing.T) {
	t.Parallel()
	server := testserver.MariaDB(t)
	account := server.Account(t)
	p := start(t)
	p.call(t).create("original", accountInputs(server, account))
	w := p.browse(t)
	w.signIn()
	w.visit(p.enter(t).linkPath(w.home, "original"))
	w.click("link", "Clone")
	w.find("heading", "Clone link")
	w.fill("Name", "copy")
	w.submit("button", "Test connection")
	w.find("heading", "The check passed.")
	w.click("button", "Create link")
	w.find("heading", "copy")
	w.sees("Link copy was created.")

	w.visit(w.home + "/links/new?from=" + path.Base(w.path()))
	w.fill("Name", "elsewhere")
	w.fill("Host", "localhost")
	w.submit("button", "Create link")
	w.find("link", "Password")
	require.Equal(t, "true", w.attribute("Password", "aria-invalid"), "another destination asks for the secret again")
}

func TestDeleteSaysWhatFollows(t *testing.T) {
	t.Parallel()
	p := start(t, checkingForm)
	p.call(t).create("doomed", somewhere(nil))
	w := p.browse(t)
	w.signIn()
	link := p.enter(t).linkPath(w.home, "doomed")
	w.visit(link)
	w.click("link", "Delete")
	w.find("heading", "Delete link")
	w.sees("You are about to delete the link doomed.")
	w.sees(w.home[len("/p/"):] + "/clusters/default/cdm/link/doomed")
	w.sees("Its stored secrets are removed with it")
	w.picture("delete")
	w.click("link", "Cancel")
	w.at(link)
	w.click("link", "Delete")
	w.click("button", "Delete the link")
	w.at(w.home + "/links")
	w.sees("Link doomed was deleted.")
	w.find("heading", "No links yet")
	w.expect("status of 404")
	w.visit(link)
	w.sees("This link does not exist, or it was deleted.")
}

// describe fills in everything but the password.
func (w *tab) describe(name string, server *testserver.Server, account testserver.Account) {
	w.t.Helper()
	w.fill("Name", name)
	w.fill("Host", server.Host)
	w.fill("Port", strconv.Itoa(server.Port))
	w.fill("Database", account.Database)
	w.fill("User name", account.User)
}

// seesDescribed requires that what describe filled in still stands there.
func (w *tab) seesDescribed(name string, server *testserver.Server, account testserver.Account) {
	w.t.Helper()
	require.Equal(w.t, name, w.value("Name"))
	require.Equal(w.t, server.Host, w.value("Host"))
	require.Equal(w.t, strconv.Itoa(server.Port), w.value("Port"))
	require.Equal(w.t, account.Database, w.value("Database"))
	require.Equal(w.t, account.User, w.value("User name"))
}

// steps returns how the named steps of the check ended: "Connect: Passed". The
// time and what was found, which stand behind that, are left out.
func (w *tab) steps(names ...string) []string {
	w.t.Helper()
	return w.stepsIn("body", names...)
}

// stepsIn is steps for a part of the page.
func (w *tab) stepsIn(part string, names ...string) []string {
	w.t.Helper()
	lines := w.eval(`[...document.querySelectorAll("` + part + ` .step-line")].map((l) => l.textContent.trim().replace(/\s+/g, " ")).join("\n")`)
	var found []string
	for _, name := range names {
		for line := range strings.SplitSeq(lines, "\n") {
			for _, status := range []string{"Passed with a warning", "Passed", "Failed", "Skipped"} {
				if ended := name + ": " + status; strings.HasPrefix(strings.ReplaceAll(line, " : ", ": "), ended) {
					found = append(found, ended)
				}
			}
		}
	}
	return found
}

// describedBy is what assistive technology reads out with an input.
func (w *tab) describedBy(label string) string {
	w.t.Helper()
	return on[string](w, w.input(label),
		`return this.getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id).textContent).join(" ")`)
}

// cell is what a table has in the row with that header, in that column.
func (w *tab) cell(row, column string) string {
	w.t.Helper()
	w.whole()
	return w.eval(`(() => {
		const text = (e) => e.innerText.trim();
		const column = [...document.querySelectorAll("thead th")].findIndex((h) => text(h) === ` + strconv.Quote(column) + `);
		const row = [...document.querySelectorAll("tbody tr")].find((r) => text(r.querySelector("th .row-link") ?? r.querySelector("th")) === ` + strconv.Quote(row) + `);
		return row ? text(row.cells[column]) : "there is no such row";
	})()`)
}

// accountInputs describes a MariaDB account to the wire API.
func accountInputs(server *testserver.Server, account testserver.Account) map[string]string {
	return map[string]string{
		"databaseType": "MYSQL", "host": server.Host, "port": strconv.Itoa(server.Port),
		"database": account.Database, "username": account.User, "password": account.Password,
	}
}
