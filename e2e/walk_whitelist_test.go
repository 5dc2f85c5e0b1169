package e2e

import (
	"strings"
	"time"
)

// whitelists leads through the pages of endpoint services and of who may connect
// to them.
func (k *walk) whitelists() {
	k.t.Helper()
	k.visit(k.home + "/whitelist")
	k.look("no services")
	k.visit(k.home + "/whitelist/new")
	k.look("a new service")
	k.submitOn(mainButton)
	k.query("[aria-invalid=true]")
	k.look("a refused service")

	service := k.c.offer("orders_for_all")
	at := k.home + "/whitelist/" + service
	k.visit(at)
	k.look("an empty whitelist")
	k.visit(at + "/add")
	k.look("the editor of accounts")
	k.clickOn("#text")
	k.insert(strings.Join([]string{accountID(1), accountID(1) + ", again", "wrong!, <b>, 2020-01-01"}, "\n"))
	k.submitOn("#add-check")
	k.query("[aria-invalid=true]")
	k.look("judged accounts")
	added := k.c.addAll(service, []map[string]any{
		{"permission": "iam:domain::" + accountID(1), "description": "A customer with a description of the length that people give to be found again"},
		{"permission": "iam:domain::" + accountID(2), "expires": time.Now().Add(36 * time.Hour).Format(time.RFC3339)},
	})
	k.visit(at + "/additions/" + added.ID)
	k.look("an addition that has ended")
	k.entries(at)
	k.everyone(at)
	k.c.join(service)
	for what, path := range map[string]string{
		"who is connected": "/connections", "the settings of a service": "/settings", "the changes of a service": "/history",
		"a stored service's form": "/edit", "the deletion of a service": "/delete",
	} {
		k.visit(at + path)
		k.look(what)
	}
	k.visit(k.home + "/whitelist")
	k.look("services")
}

// entries leads through a whitelist, up to one that is half empty.
func (k *walk) entries(at string) {
	k.t.Helper()
	k.visit(at + "?account=" + accountID(2))
	k.look("who may connect")
	k.clickOn("tbody tr:first-child .row-actions a")
	k.query("[data-row-editor]")
	k.look("an entry in its row")
	k.submitOn("[data-row-cancel]")
	k.clickOn("tbody tr:first-child .row-link")
	k.query("#entry-form")
	k.look("an entry")
	k.visit(at)
	k.clickOn("tbody tr:first-child input[name=id]")
	k.clickOn(".bulk-bar button[formaction$='/delete']")
	k.query(".confirm")
	k.look("the removal of accounts")
	k.clickOn(".confirm button[type=submit]")
	k.query("#undo")
	k.look("removed accounts")
}

// everyone opens a service to everyone.
func (k *walk) everyone(at string) {
	k.t.Helper()
	k.visit(at + "/everyone")
	k.submitOn("#everyone-form .btn-error")
	k.query("[aria-invalid=true]")
	k.look("a service that nobody dares to open")
	k.c.approveNothing()
	name := k.eval(`document.querySelector("#confirm-help").textContent.match(/local-1\S+[0-9a-f]/)[0]`)
	k.fillIn("#confirm", name)
	k.fillIn("#reason", "Trade fair in Hanover")
	k.clickOn("#everyone-form .btn-error")
	k.query("#close-again")
	k.look("an open service")
}
