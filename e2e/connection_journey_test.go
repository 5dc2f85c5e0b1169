package e2e

import (
	"encoding/json"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// The ids that every connection of these tests gives.
const (
	groupID   = "a07ab107-a4ad-4835-ad09-08a2f2efccdb"
	networkID = "e83ba67d-e812-42d3-908d-6ea0b2cc5ecb"
)

// Whoever connects a queue to CloudTable pastes the addresses, is told that a
// name is no id, sees each address answer, and follows the creation to its end.
func TestConnectionToZooKeeper(t *testing.T) {
	t.Parallel()
	server := testserver.ZooKeeper(t)
	bothWays(t, start(t), "zookeeper", func(j *journey) {
		silent := silence(j.t)
		host := net.JoinHostPort("localhost", strconv.Itoa(server.Port))
		j.visit(j.home + "/connections")
		j.click("link", "Create the first connection")
		j.find("heading", "New connection")
		j.fill("Name", "events")
		j.service("CloudTable")
		require.Contains(j.t, j.text(), "Copy the “ZK link” from the CloudTable console")
		j.fill("Security group ID", groupID)
		j.fill("Network ID of the subnet", "subnet-orders")
		j.fill("Address, row 1: Host or IP address", server.Addr()+","+host)
		j.leave()
		j.submit("button", "Create connection")
		require.Contains(j.t, j.describedBy("Network ID of the subnet"), "“subnet-orders” looks like the name of a subnet.")
		require.Equal(j.t, "localhost", j.value("Address, row 2: Host or IP address"), "a list falls into its rows")
		require.Equal(j.t, strconv.Itoa(server.Port), j.value("Address, row 2: Port"))

		j.fill("Network ID of the subnet", networkID)
		j.leave()
		j.submit("button", "Test connection")
		j.find("heading", "The check passed.")
		j.photograph("connection-tested")
		j.fill("Address, row 2: Host or IP address", silent.listener.Addr().String())
		j.leave()
		j.click("button", "Create connection")
		j.find("heading", "events")
		j.sees("Connection events is being created.")
		j.sees("Each address is greeted in the protocol of the service.")
		j.sees("33 %")
		j.photograph("connection-creating")
		silent.hangUp()
		j.sees("The destination answered, but no queue can use it yet.")
		require.Equal(j.t, server.Addr(), j.eval(`document.querySelector("#connection-address").textContent.trim()`), "what answered")
		j.visit(j.home + "/connections")
		require.Contains(j.t, j.cell("events", "State"), "Active")
	})
}

// service chooses the service of a connection's form.
func (j *journey) service(name string) {
	j.t.Helper()
	j.answered(func() {
		j.clickOn(`input[name=service][value="` + name + `"]`)
		if !j.scripted {
			j.clickOn("#field-service noscript button, #field-service button")
		}
	})
}

// What could not be created says why, and the diagnosis finds out what to do.
func TestConnectionThatFails(t *testing.T) {
	t.Parallel()
	other := testserver.MariaDB(t)
	bothWays(t, start(t), "failing", func(j *journey) {
		closed := testserver.ClosedAddr(j.t)
		j.c.connect("closed", "CSS", closed.String())
		j.c.connect("mistaken", "DWS", other.Addr())
		j.visit(j.home + "/connections")
		require.Contains(j.t, j.cell("closed", "State"), "Failed")
		j.click("link", "closed")
		j.sees("The connection could not be created at the step “Connect”: 127.0.0.1 refused the connection on port " + strconv.Itoa(closed.Port) + ".")
		j.click("button", "Diagnose")
		j.find("heading", "Diagnosis")
		j.sees("Most likely cause – Ports: ")
		require.Equal(j.t, []string{"The form of the address: Passed", "Ports: Failed"}, j.steps("The form of the address", "Ports"))
		j.photograph("diagnosis-closed")
		j.click("link", "Create it again with another value")
		j.find("heading", "New connection like another")
		require.Equal(j.t, "closed-copy", j.value("Name"))

		j.visit(j.home + "/connections")
		j.click("link", "Diagnose mistaken")
		j.find("heading", "Diagnosis")
		j.click("button", "Diagnose")
		j.sees("Most likely cause – The service behind the port: ")
		j.sees("speaks MySQL")
		require.Equal(j.t, []string{"Ports: Passed", "The service behind the port: Failed"}, j.steps("Ports", "The service behind the port"))
		j.photograph("diagnosis-mistaken")
	})
}

// Connections are found by their tags, tested together, and leave a trace that
// can be used again.
func TestConnectionsAreKept(t *testing.T) {
	t.Parallel()
	server := testserver.ZooKeeper(t)
	bothWays(t, start(t), "kept", func(j *journey) {
		j.c.connect("events", "CloudTable", server.Addr())
		j.c.connect("orders", "CloudTable", server.Addr())
		j.c.connect("stock", "CSS", testserver.ClosedAddr(j.t).String())
		j.tagConnection("events", "team", "north")
		j.tagConnection("stock", "team", "south")

		j.visit(j.home + "/connections")
		j.fill("Show only what has a tag", "team=north")
		j.answered(func() { j.keys("\r") })
		j.lists("events")
		j.click("link", "Remove the filter team=north")
		j.find("link", "orders")
		j.click("link", "team=south")
		j.find("link", "Remove the filter team=south")
		require.Empty(j.t, j.all("link", "events"))

		j.visit(j.home + "/connections")
		j.tick("events", "orders", "stock")
		j.click("button", "Test")
		j.find("heading", "Finished: 1 of 3 failed")
		require.Equal(j.t, "events: Passed\norders: Passed\nstock: Failed", j.runRows())
		require.Equal(j.t, "stock", j.ticked())

		j.visit(j.home + "/connections")
		j.tick("orders", "stock")
		j.click("button", "Delete")
		j.sees("You are about to delete these 2 connections:")
		j.click("button", "Delete 2 connections")
		j.sees("Done for all 2.")
		j.visit(j.home + "/connections")
		require.Empty(j.t, j.all("link", "orders"), "what was deleted is not in the way")
		j.visit(j.home + "/connections?state=DELETED")
		require.Contains(j.t, j.cell("orders", "State"), "Deleted")
		j.click("link", "Create again orders")
		j.find("heading", "New connection like another")
		require.Equal(j.t, "orders", j.value("Name"), "the name is free again")
		require.Equal(j.t, networkID, j.value("Network ID of the subnet"))
		j.click("button", "Create connection")
		j.find("heading", "orders")
		j.sees("The destination answered")
	})
}

// tagConnection gives a connection a tag, on its page.
func (j *journey) tagConnection(name, key, value string) {
	j.t.Helper()
	j.visit(j.connectionPath(name))
	j.click("link", "Edit tags")
	j.fill("Tags, row 1: Key", key)
	j.fill("Tags, row 1: Value", value)
	j.click("button", "Save tags")
	j.sees("The tags of connection " + name + " were saved.")
}

// connect creates a connection and waits until it is, or is not.
func (c *caller) connect(name, service, url string) documentedConnection {
	c.t.Helper()
	return c.settled(c.connecting(name, service, url))
}

// connecting creates a connection, and does not wait.
func (c *caller) connecting(name, service, url string) documentedConnection {
	c.t.Helper()
	created := c.send(http.MethodPost, c.connections(), map[string]any{
		"name": name, "service": service, "url": url, "security_group_id": groupID, "network_id": networkID,
	})
	require.Equal(c.t, http.StatusCreated, created.status, created.body)
	var conn documentedConnection
	require.NoError(c.t, json.Unmarshal([]byte(created.body), &conn))
	return conn
}

// settled asks until a connection is no longer being created.
func (c *caller) settled(conn documentedConnection) documentedConnection {
	c.t.Helper()
	return eventually(c.t, "the connection to be created", func() (documentedConnection, bool) {
		shown := c.send(http.MethodGet, c.connections()+"/"+conn.ID, nil)
		require.Equal(c.t, http.StatusOK, shown.status, shown.body)
		require.NoError(c.t, json.Unmarshal([]byte(shown.body), &conn))
		return conn, conn.State != "CREATING"
	})
}

// connectionPath is where the console shows the connection of that name.
func (j *journey) connectionPath(name string) string {
	j.t.Helper()
	list := j.c.send(http.MethodGet, j.c.connections()+"?name="+name, nil)
	found := regexp.MustCompile(`"connection_id":"([^"]+)"`).FindStringSubmatch(list.body)
	require.NotNil(j.t, found, list.body)
	return j.home + "/connections/" + found[1]
}
