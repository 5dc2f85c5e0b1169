package e2e

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// A queue is made, tried out, bound to a connection, and missed before that is
// deleted.
func TestConnectionsAndQueues(t *testing.T) {
	t.Parallel()
	server := testserver.ZooKeeper(t)
	bothWays(t, start(t), "queues", func(j *journey) {
		conn := j.home + "/connections/" + j.c.connect("events", "CloudTable", server.Addr()).ID
		j.visit(conn)
		j.click("link", "Bind queues")
		j.sees("Belongs to everybody, so connections cannot be bound to it.")
		j.sees("There is no other queue. Create one first.")
		require.Equal(j.t, "true", j.eval(`document.querySelector("[aria-describedby=default-reason]").disabled`))
		j.refusesDefault(conn)

		j.click("link", "New queue")
		j.find("heading", "New queue")
		j.fill("Name", "nightly")
		j.click("button", "Create queue")
		j.sees("Queue nightly was created.")
		for address, verdict := range map[string]string{
			server.Addr():                       " can be connected to from this console, on behalf of queue nightly.",
			testserver.ClosedAddr(j.t).String(): " cannot be connected to from this console, on behalf of queue nightly.",
		} {
			j.fill("Address", address)
			j.submit("button", "Test address")
			j.find("heading", address+verdict)
		}
		j.photograph("queues")

		j.visit(conn + "/queues")
		j.clickOn("input[name=queue][value=nightly]")
		j.click("button", "Bind")
		j.sees("1 queue can use connection events now.")
		j.visit(conn)
		j.sees("The destination answered. These queues can use it: nightly.")
		j.visit(j.home + "/connections/queues/nightly/delete")
		j.sees("The queue nightly cannot be deleted: connections are bound to it.")
		j.visit(conn)
		j.click("link", "Delete")
		j.find("heading", "Delete connection")
		j.sees("These queues use it, and their jobs will not reach the destination any more: nightly.")
		j.click("link", "Cancel")
		j.at(conn)
		j.visit(conn + "/queues")
		j.click("button", "Unbind nightly")
		j.sees("1 queue does not use connection events any more.")
		j.visit(j.home + "/connections/queues/nightly/delete")
		j.click("button", "Delete the queue")
		j.sees("Queue nightly was deleted.")
	})
}

// refusesDefault requires that the queue that belongs to everybody is refused,
// also if somebody gets past its disabled box.
func (j *journey) refusesDefault(conn string) {
	j.t.Helper()
	v := j.p.enter(j.t)
	tried := v.post(conn+"/bind", url.Values{"queue": {"default"}})
	require.Equal(j.t, http.StatusSeeOther, tried.status, tried.body)
	require.Contains(j.t, v.get(tried.location).body, "The queue default belongs to everybody")
}
