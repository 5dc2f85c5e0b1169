package e2e

import (
	"net/http"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// connections leads through the pages of connections and queues.
func (k *walk) connections() {
	k.t.Helper()
	list, silent := k.home+"/connections", silence(k.t)
	k.visit(list)
	k.look("no connections")
	k.visit(list + "/new")
	k.look("a new connection")
	k.answered(func() { k.clickOn("input[name=service][value=CloudTable]") })
	k.submitOn("#connection-save")
	k.query("[aria-invalid=true]")
	k.look("a refused connection")
	k.fillIn("#url-0-host", testserver.ClosedAddr(k.t).String())
	k.leave()
	k.submitOn("#connection-test")
	k.query(".check-failed")
	k.look("a connection that does not answer")

	zoo := testserver.ZooKeeper(k.t).Addr()
	active, failed := k.c.connect("events_of_all_the_customers_in_the_north", "CloudTable", zoo), k.c.connect("closed", "CSS", testserver.ClosedAddr(k.t).String())
	creating, gone := k.c.connecting("creating", "CloudTable", zoo+","+silent.listener.Addr().String()), k.c.connect("gone", "CSS", "127.0.0.1:1")
	tagged := k.c.send(http.MethodPut, "/switchboard/v1/projects/"+k.c.project+"/connections/"+active.ID+"/tags",
		map[string]any{"tags": []any{map[string]any{"key": "team", "value": "north"}, map[string]any{"key": "a-key-that-has-a-length", "value": "a-value-that-has-one"}}})
	require.Equal(k.t, http.StatusNoContent, tagged.status, tagged.body)
	require.Equal(k.t, http.StatusOK, k.c.send(http.MethodDelete, k.c.connections()+"/"+gone.ID, nil).status)

	k.visit(list + "/" + creating.ID)
	k.look("a connection that is being created")
	k.visit(list)
	k.look("connections")
	silent.hangUp()
	k.query("tbody tr:not(:has(.badge-CREATING)):nth-child(2)")
	k.visit(list + "/" + failed.ID)
	k.look("a failed connection")
	k.visit(list + "/" + failed.ID + "/diagnosis")
	k.look("the causes that are looked for")
	k.submitOn("#diagnose")
	k.query("#verdict")
	k.look("a diagnosis")
	k.queues(list, list+"/"+active.ID)
	for what, path := range map[string]string{
		"an active connection": "/" + active.ID, "the tags of a connection": "/" + active.ID + "/tags", "the history of a connection": "/" + active.ID + "/history",
		"the deletion of a connection": "/" + active.ID + "/delete", "a connection like another": "/" + failed.ID + "/again",
		"connections with a tag, deleted ones too": "?state=all&tag=team", "a deleted connection": "/" + gone.ID,
	} {
		k.visit(list + path)
		k.look(what)
	}
}

// queues leads through the pages of queues, and binds one.
func (k *walk) queues(list, connection string) {
	k.t.Helper()
	k.visit(connection + "/queues")
	k.look("a connection without a queue")
	k.visit(list + "/queues/new")
	k.submitOn(mainButton)
	k.query("[aria-invalid=true]")
	k.look("a refused queue")
	k.fillIn("#name", "nightly")
	k.clickOn(mainButton)
	k.query("#address")
	k.fillIn("#address", testserver.ClosedAddr(k.t).String())
	k.submitOn("#address-test")
	k.query(".check-failed")
	k.look("queues and an address that one cannot reach")
	k.visit(connection + "/queues")
	k.clickOn("input[name=queue][value=nightly]")
	k.clickOn("#bind")
	k.query(".bound-list")
	k.look("a connection with a queue")
	k.visit(list + "/queues/nightly/delete")
	k.look("a queue that cannot be deleted")
}
