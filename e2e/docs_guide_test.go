package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// links shows a form whose password is wrong, and a list whose health is known.
func (g *guide) links() {
	g.t.Helper()
	g.db.Exec(g.t, "CREATE USER IF NOT EXISTS loader@'%' IDENTIFIED BY '"+adminPassword+"'")
	for _, database := range []string{"orders", "customers", "stock", "stock_2025"} {
		g.db.Exec(g.t, "CREATE DATABASE IF NOT EXISTS "+database, "GRANT ALL ON "+database+".* TO loader@'%'")
	}
	g.visit(g.home + "/links/new?connector=mysql")
	for id, text := range map[string]string{
		"#name": "orders_mysql", "#linkConfig-host": g.db.Host, "#linkConfig-port": strconv.Itoa(g.db.Port),
		"#linkConfig-database": "orders", "#linkConfig-username": "loader", "#linkConfig-password": "not the password",
	} {
		g.fillIn(id, text)
	}
	g.submitOn("#link-test")
	g.query(".check-failed")
	g.tops("#linkConfig-host")
	g.shows("link-form", "link.new", "link.test", "orders_mysql", "loader")
	for _, database := range []string{"orders", "customers", "stock"} {
		g.c.create(database+"_mysql", g.loads(database))
	}
	g.c.create("billing_mysql", inputsAt(closedPort))
	g.visit(g.home + "/links")
	g.clickOn("[data-tick-all]")
	g.clickOn(".bulk-bar button[formaction$='/runs']")
	g.query("#run-state [role=status]")
	g.visit(g.home + "/links")
	g.shows("links", "link.list_title", "watch.import", "billing_mysql", "stock_mysql")
}

// loads describes a link to a database of the example.
func (g *guide) loads(database string) map[string]string {
	return accountInputs(g.db, testserver.Account{User: "loader", Password: adminPassword, Database: database})
}

// connections shows one that queues use, and what is wrong with one that failed.
func (g *guide) connections() {
	g.t.Helper()
	list := g.home + "/connections"
	active := list + "/" + g.c.connect("orders_db", "RDS", g.db.Addr()).ID
	failed := list + "/" + g.c.connect("search_logs", "CSS", testserver.ClosedAddr(g.t).String()).ID
	for _, queue := range []string{"nightly_etl", "reports"} {
		g.c.ask(http.MethodPost, "/v1.0/"+g.c.project+"/queues", http.StatusOK, map[string]any{"queue_name": queue, "queue_type": "sql", "cu_count": 16}, nil)
	}
	g.visit(active + "/queues")
	g.clickOn("input[name=queue][value=nightly_etl]")
	g.clickOn("#bind")
	g.query(".bound-list")
	g.shows("connection-queues", "connections.bound", "nightly_etl", "connections.bind")
	g.visit(active)
	g.shows("connection", "orders_db", "connection_state.ACTIVE", "connections.tab_history")
	g.visit(failed + "/diagnosis")
	g.submitOn("#diagnose")
	g.query("#verdict")
	g.shows("connection-diagnosis", "diagnosis.title", "diagnosis.rerun", "search_logs")
}

// aliases shows a function, a share of its requests, a simulation and a ramp.
func (g *guide) aliases() {
	g.t.Helper()
	g.c.register("checkout", "v1", "v2")
	prod := g.c.alias("checkout", "prod", "v1", nil)
	g.visit(g.home + "/aliases/functions")
	g.clickOn("tbody .row-link")
	g.query("[href$='/publish']")
	g.shows("function", "checkout", "functions.versions", "functions.publish", "v2")
	g.visit(prod + "/edit")
	g.card("shift", "weight")
	g.fillIn("#weight", "10")
	g.swapped()
	g.submitOn("#trial-go")
	g.query("#trial-answer")
	g.tops("#field-shift")
	g.shows("alias-form", "aliases.shift_weight", "aliases.weight", "aliases.bench")
	g.visit(prod + "/ramp/new")
	g.answered(func() { g.clickOn("#preset-told") })
	g.submitOn("#ramp-check")
	g.clickOn("#ramp-start")
	g.query("#ramp-next")
	steer := g.c.ownFunctions("checkout/aliases/prod/ramps/steer")
	g.c.ask(http.MethodPost, steer, http.StatusOK, map[string]any{"do": "next", "at": 0}, nil)
	g.visit(prod + "/ramp")
	g.query("#ramp-next")
	g.shows("ramp", "ramp.pause", "aliases.tab_ramp", "prod", "25")
}

// customers are accounts of the example.
var customers = []string{
	"6e9dfd51d1124e8d8498dce894923a0d", "0605767b7c8045b2b6b5b3c2e1a4f3d2", "1f0c7d2b9a8e4c5d8f1e2a3b4c5d6e7f", "93a1d7c0b5e84f62a7d3c9e1f0b28465",
}

// whitelist shows a list that is judged, and who may connect.
func (g *guide) whitelist() {
	g.t.Helper()
	service := g.c.offer("orders_api")
	at := g.home + "/whitelist/" + service
	g.c.addAll(service, []map[string]any{
		{"permission": "iam:domain::" + customers[0], "description": "Northwind Ltd."},
		{"permission": "iam:domain::" + customers[1], "description": "Contoso, trial", "expires": time.Now().Add(5 * 24 * time.Hour).Format(time.RFC3339)},
		{"permission": "iam:domain::" + customers[2], "description": "Auditors", "expires": time.Now().Add(60 * 24 * time.Hour).Format(time.RFC3339)},
	})
	g.c.join(service)
	g.visit(at)
	g.shows("whitelist", "whitelist.entries", "Northwind Ltd.", "whitelist.who", "whitelist.add")
	g.visit(at + "/add")
	g.clickOn("#text")
	g.insert(strings.Join([]string{customers[3] + ", Fabrikam, 90d", customers[1] + ", again", "fabrikam@example.com, no account"}, "\n"))
	g.submitOn("#add-check")
	g.query("[aria-invalid=true]")
	g.swapped()
	g.eval(`scrollTo(0, 0)`)
	g.shows("whitelist-add", "whitelist.check_again", "Fabrikam")
	g.visit(at + "/everyone")
	g.shows("whitelist-everyone", "whitelist.everyone_title", "whitelist.everyone_button", "whitelist.reason")
}

// replication shows a policy, what would be copied, and a run with a gap.
func (g *guide) replication() {
	g.t.Helper()
	far := g.c.region(g.p, "eu-west-2", nil)
	id := g.c.protect(g.p, "nightly", map[string]string{
		"orders.sql": strings.Repeat("INSERT INTO orders;\n", 2000), "dumps/monday.bak": "SELECT 1;", "dumps/tuesday.bak": "SELECT 2;",
	})
	g.c.backUpAll(id, 3)
	require.NoError(g.t, os.Remove(filepath.Join(g.p.dir, "regions", regionName, g.c.project, "dumps", "monday.bak")))
	policy := g.home + "/replication/" + id
	g.visit(policy)
	g.shows("policy", "nightly", "policies.back_up", "policies.replicate", "orders.sql")
	g.visit(policy + "/replicate?to=eu-west-2/" + far.project)
	g.shows("replication-plan", "replications.to_copy", "replications.start")
	g.clickOn("#replicate-start")
	g.query("#run-retry")
	g.shows("replication-run", "replication_status.success", "replication_status.fail")
}

// requests shows a change that waits, and one that is about to be rolled back.
func (g *guide) requests() {
	g.t.Helper()
	g.c.ask(http.MethodPut, g.c.links()+"/stock_mysql", http.StatusOK, linkBody("stock_mysql", g.loads("stock_2025")), nil)
	g.visit(g.home + "/audit?kind=link&action=update")
	g.clickOn("tbody .row-link")
	g.clickOn("#roll-back")
	g.query("#roll-back-form")
	g.shows("roll-back", "rollback.title", "rollback.difference", "rollback.do")
	g.c.ask(http.MethodPut, g.c.own("/approval-rules"), http.StatusOK, map[string]any{"rules": []any{map[string]any{"kind": "link", "action": "delete"}}}, nil)
	g.p.addPerson(g.t, "edda", "webshop", "editor")
	edda := g.p.callAs(g.t, "edda", "webshop")
	request := edda.request(http.MethodDelete, edda.links()+"/billing_mysql", nil)
	edda.explain(request, "Billing moved to the new cluster last week, ticket 4711.")
	g.visit(g.home + "/requests/" + request)
	g.shows("request", "requests.difference", "requests.approve", "requests.refuse", "edda", "billing_mysql")
	g.visit(g.home + "/settings/approvals")
	g.shows("approval-rules", "approvals.title", "approvals.save")
}

// code shows the code of a form, and an answer of the API.
func (g *guide) code() {
	g.t.Helper()
	g.visit(g.home + "/connections/new?service=RDS")
	g.fillIn("#name", "orders_code")
	for id, text := range map[string]string{"#url-0-host": "192.168.0.7", "#security_group_id": groupID, "#network_id": networkID} {
		g.fillIn(id, text)
	}
	g.swapped()
	g.answered(func() { g.clickOn("details.sample > summary") })
	g.answered(func() { g.clickOn(".sample input[value=curl]") })
	g.tops("details.sample")
	g.shows("code", "sample.title", "sample.terraform", "orders_code")
	g.visit(g.home + "/api/ListLinks")
	g.fillIn("[name='path.cluster']", cluster)
	g.submitOn("#call-send")
	g.tops("#answer")
	g.shows("explorer", "explorer.answer", "customers_mysql")
}
