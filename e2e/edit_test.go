package e2e

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// A stored secret is kept or replaced; it goes nowhere it was not meant for.
func TestEditLink(t *testing.T) {
	t.Parallel()
	server := testserver.MariaDB(t)
	account := server.Account(t)
	p := start(t)
	p.call(t).create("edited", accountInputs(server, account))
	w := p.browse(t)
	w.signIn()
	link := p.enter(t).linkPath(w.home, "edited")

	w.visit(link + "/edit")
	w.find("heading", "Edit link")
	w.fill("Name", "renamed")
	w.click("button", "Save changes")
	w.find("heading", "renamed")
	w.sees("Link renamed was saved.")

	w.visit(link + "/edit")
	w.fill("Host", "localhost")
	w.submit("button", "Save changes")
	require.Contains(t, w.describedBy("Password"), "Enter the secret again")
	require.Equal(t, "localhost", w.value("Host"))
	w.picture("edit-secret-again")
	w.fill("Password", account.Password)
	w.click("button", "Save changes")
	w.sees("Link renamed was saved.")

	server.Exec(t, "ALTER USER `"+account.User+"`@`127.0.0.1` IDENTIFIED BY 'changed'")
	w.visit(link + "/edit")
	w.submit("button", "Test connection")
	w.find("heading", "The check failed.")
	w.visit(link + "/edit")
	w.click("radio", "Replace it")
	w.fill("Password", "changed")
	w.submit("button", "Test connection")
	w.find("heading", "The check passed.")
	w.click("button", "Save changes")
	w.sees("Link renamed was saved.")
	w.visit(link + "/edit")
	w.submit("button", "Test connection")
	w.find("heading", "The check passed.")
}

// Who saves second learns what the first one saved, and loses nothing.
func TestTwoPeopleEditOneLink(t *testing.T) {
	t.Parallel()
	server := testserver.MariaDB(t)
	account := server.Account(t)
	p := start(t)
	p.addUser(t, "bella")
	p.call(t).create("contested", accountInputs(server, account))
	mine, hers := p.browse(t), p.browse(t)
	mine.signIn()
	link := p.enter(t).linkPath(mine.home, "contested")
	mine.visit(link + "/edit")
	hers.signInAs("bella", adminPassword)
	hers.visit(link + "/edit")
	hers.fill("Name", "hers")
	hers.click("button", "Save changes")
	hers.find("heading", "hers")

	mine.fill("Name", "mine")
	mine.submit("button", "Save changes")
	mine.sees("bella saved this link while you were editing it.")
	require.Equal(t, "mine", mine.value("Name"))
	mine.picture("edit-conflict")
	mine.click("button", "Save changes")
	mine.find("heading", "mine")
	mine.sees("Link mine was saved.")
}

// What is done about the field that is left must not move the button away
// from under the mouse.
func TestClickIsNotLostWhileAFieldIsChecked(t *testing.T) {
	t.Parallel()
	w := start(t).browse(t, onPhone) // where the buttons stand below the fields
	w.signIn()
	w.visit(w.home + "/links/new?connector=mysql")
	w.fill("Port", "0")
	w.submit("button", "Create link")
	require.Equal(t, "true", w.attribute("Port", "aria-invalid"))
	w.fill("Name", "unmoved")
	w.fill("Port", "3307")
	w.submit("button", "Create link")
	require.Empty(t, w.attribute("Port", "aria-invalid"))
	w.fill("Port", "0")
	w.submit("button", "Create link")
	require.Equal(t, "true", w.attribute("Port", "aria-invalid"))
}

// What was typed is not thrown away without a question, and nobody is asked
// who has typed nothing, or has saved it.
func TestFormIsNotLeftWithoutAWord(t *testing.T) {
	t.Parallel()
	w := start(t, checkingForm).browse(t)
	w.signIn()
	form := w.home + "/links/new?connector=http"
	w.visit(form)
	w.click("textbox", "Name")
	w.visit(w.home + "/links")
	require.Empty(t, w.asked())

	w.visit(form)
	w.fill("Name", "typed")
	w.visit(w.home + "/links")
	require.Equal(t, []string{"beforeunload"}, w.asked())

	w.visit(form)
	w.fill("Name", "saved")
	w.click("button", "Create link")
	w.find("heading", "saved")
	require.Len(t, w.asked(), 1)
}

// Fields that depend on a choice come and go with it; what was typed stays.
func TestFormFollowsAChoice(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]pageOption{"with JavaScript": nil, "without JavaScript": {withoutScript}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t).browse(t, options...)
			w.signIn()
			w.visit(w.home + "/links/new?connector=mysql")
			w.fill("Name", "follows")
			w.fill("Host", "db.example.com")
			w.choose("Database type", "Oracle", len(options) > 0)
			w.find("combobox", "Address the database by")
			require.Equal(t, "1521", w.value("Port"))
			w.choose("Address the database by", "SID", len(options) > 0)
			w.fill("SID", "ORCL")
			w.choose("Database type", "MySQL", len(options) > 0)
			w.find("textbox", "Database")
			require.Equal(t, "follows", w.value("Name"))
			require.Equal(t, "db.example.com", w.value("Host"))
			require.Equal(t, "3306", w.value("Port"))

			w.open("Advanced")
			w.submit("button", "Add a row")
			w.fill("JDBC properties, row 1: key", "socketTimeout")
			w.fill("JDBC properties, row 1: value", "300000")
			w.submit("button", "Add a row")
			require.True(t, w.focused("combobox", "JDBC properties, row 2: key"))
			require.Equal(t, "socketTimeout", w.value("JDBC properties, row 1: key"))
			w.submit("button", "Remove row 1 of JDBC properties")
			require.Empty(t, w.value("JDBC properties, row 1: key"))
		})
	}
}

// choose picks an option of a drop-down, whose popup is the one thing on a page
// that the devtools cannot click. The form is redrawn: by itself, or by the
// button that stands there without JavaScript.
func (w *tab) choose(label, option string, byButton bool) {
	w.t.Helper()
	node := w.find("combobox", label)
	w.answered(func() {
		id := on[string](w, node, `
			const option = [...this.options].find((o) => o.label === `+strconv.Quote(option)+`);
			this.focus();
			this.value = option.value;
			this.dispatchEvent(new Event("change", {bubbles: true}));
			return this.id;`)
		if byButton {
			w.clickOn("#field-" + id + " button")
		}
	})
}
