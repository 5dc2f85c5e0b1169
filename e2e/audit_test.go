package e2e

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// auditedLink makes a link and points it at another database, and requires where it
// points to now.
func auditedLink(j *journey, name string) (pointsTo func(database string)) {
	j.t.Helper()
	j.c.create(name, somewhere(nil))
	changed := j.c.send(http.MethodPut, j.c.links()+"/"+name, linkBody(name, somewhere(map[string]string{"database": "archive"})))
	require.Equal(j.t, http.StatusOK, changed.status, changed.body)
	return func(database string) {
		j.t.Helper()
		now := j.c.send(http.MethodGet, j.c.links()+"/"+name, nil)
		require.Contains(j.t, now.body, `"value":"`+database+`"`)
	}
}

// Who looks into what happened searches the audit log, takes what was found along,
// opens an entry, and rolls its change back.
func TestAuditLog(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t, checkingForm), "audited", func(j *journey) {
		pointsTo := auditedLink(j, "orders")
		j.c.create("invoices", somewhere(nil))
		log := j.home + "/audit"
		j.visit(log)
		j.sees("invoices")
		j.fill("Name, user, address or request id", "orders")
		j.answered(j.enter)
		j.lists("Link changed,Link created")
		address, err := url.Parse(j.path())
		require.NoError(j.t, err)
		require.Equal(j.t, "orders", address.Query().Get("q"), "the address names what is shown")
		j.photograph("audit")
		exports(j)

		j.visit(log + "?q=orders&kind=link&action=update&user=" + adminName)
		j.lists("Link changed")
		j.click("link", "Link changed")
		j.find("heading", "Link changed")
		j.sees("Who, when and from where")
		j.sees("127.0.0.1")
		require.Contains(j.t, j.text(), "archive")
		j.photograph("audit-entry")
		j.click("link", "Roll back")
		j.find("heading", "Roll back a change")
		j.sees("Programs that use this link connect by what you bring back from then on.")
		j.submit("button", "Roll back")
		require.Contains(j.t, j.describedBy("Password"), "Type this secret", "it was replaced, too")
		pointsTo("archive")
		j.photograph("roll-back")
		j.fill("Password", "correct-horse-9")
		j.click("button", "Roll back")
		j.sees("orders is back to what it was before the change of ")
		pointsTo("orders")
		j.visit(log + "?q=orders&action=update")
		j.lists("Link changed,Link changed") // the way back is a change as well
	})
}

// exports takes what the log shows along, as a table and as lines.
func exports(j *journey) {
	j.t.Helper()
	table, err := os.Open(j.download(func() { j.click("button", "CSV table") }))
	require.NoError(j.t, err)
	defer func() { _ = table.Close() }()
	rows, err := csv.NewReader(table).ReadAll()
	require.NoError(j.t, err)
	require.Len(j.t, rows, 3, "a line of names, and what was found")
	lines, err := os.ReadFile(j.download(func() { j.click("button", "JSON lines") }))
	require.NoError(j.t, err)
	count := 0
	for line := range strings.Lines(string(lines)) {
		var entry map[string]any
		require.NoError(j.t, json.Unmarshal([]byte(line), &entry), line)
		require.Contains(j.t, line, "orders")
		require.NotContains(j.t, line, "correct-horse-9")
		count++
	}
	require.Equal(j.t, 2, count)
}

// The weight of an alias and a deleted policy come back from the log, too.
func TestRollBackOfAliasesAndPolicies(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t), "taken-back", func(j *journey) {
		j.c.register("orders", "v1", "v2")
		j.c.alias("orders", "prod", "v1", byWeight("v2", 5))
		j.c.ask(http.MethodPut, j.c.functions("orders/aliases/prod"), http.StatusOK,
			map[string]any{"version": "v1", "additional_version_weights": map[string]any{"v2": 80}}, nil)
		j.c.requireRoute("orders", "prod", "v1", "v2", 80)
		question := j.takeBack("kind=alias&action=update")
		j.sees("Requests to this alias go by what you bring back from then on.")
		j.click("button", "Roll back")
		j.sees("prod is back to what it was before the change of ")
		j.c.requireRoute("orders", "prod", "v1", "v2", 5)
		j.visit(question)
		j.sees("There is nothing to roll back: it is like that already.")

		policy := j.c.protect(j.p, "nightly", map[string]string{"orders.sql": "INSERT"})
		j.c.ask(http.MethodDelete, j.c.csbs("/policies/"+policy), http.StatusOK, nil, nil)
		j.takeBack("kind=policy&action=delete")
		j.photograph("roll-back-policy")
		j.click("button", "Roll back")
		j.sees("nightly is there again, as it was before the change of ")
		j.visit(j.home + "/replication")
		j.click("link", "nightly")
		j.find("heading", "nightly")
		j.sees("orders.sql")
	})
}

// takeBack opens the one entry of the project's log that is asked for, and the
// question whether it is to be rolled back.
func (j *journey) takeBack(query string) (question string) {
	j.t.Helper()
	j.visit(j.home + "/audit?" + query)
	j.clickOn("tbody tr:only-child .row-link")
	j.click("link", "Roll back")
	j.find("heading", "Roll back a change")
	return j.path()
}

// What was done to many things at once is undone at once.
func TestUndoOfABulkAction(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t, checkingForm), "undone", func(j *journey) {
		for _, name := range []string{"anna", "bert"} {
			j.c.create(name, somewhere(nil))
		}
		j.visit(j.home + "/links")
		j.tick("anna", "bert")
		j.click("button", "Disable")
		j.sees("Done for all 2.")
		j.photograph("bulk-with-undo")
		j.click("button", "Undo all of it")
		j.find("heading", "Undo")
		require.Equal(j.t, []string{"Undone", "Undone"}, []string{j.cell("anna", "Outcome"), j.cell("bert", "Outcome")})
		j.visit(j.home + "/links")
		require.False(j.t, j.isDisabled("anna"))
		require.False(j.t, j.isDisabled("bert"))
	})
}

// Whoever alters the log where it is stored is found out.
func TestAuditVerify(t *testing.T) {
	t.Parallel()
	p := start(t, checkingForm)
	c := p.call(t)
	for n := range 10 {
		c.create(fmt.Sprintf("link_%d", n), somewhere(nil))
	}
	var proof string
	require.Eventually(t, func() bool {
		proof = p.run(t, "audit", "verify")
		return strings.Contains(proof, "not sealed yet: 0")
	}, 2*time.Minute, time.Second, "they are sealed every 30 seconds")
	require.Contains(t, proof, "to be noted: ")

	db := p.sqlite(t, "busy_timeout(5000)")
	var seq int
	require.NoError(t, db.QueryRow("SELECT seq FROM audit WHERE object_name = 'link_7'").Scan(&seq))
	done, err := db.Exec("UPDATE audit SET user_name = 'mallory' WHERE seq = ?", seq)
	require.NoError(t, err)
	altered, err := done.RowsAffected()
	require.NoError(t, err)
	require.EqualValues(t, 1, altered)

	said, err := p.command(t, "audit", "verify").CombinedOutput()
	require.Error(t, err, "it ends with another exit status\n%s", said)
	require.Contains(t, string(said), fmt.Sprintf("Entry %d ", seq))
}
