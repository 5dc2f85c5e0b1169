package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// Who decides about a request, and takes a change back, does it by keyboard.
func TestRequestsByKeyboard(t *testing.T) {
	t.Parallel()
	j := start(t, checkingForm).travel(t, "by-keyboard")
	j.c.ask(http.MethodPut, j.c.own("/approval-rules"), http.StatusOK, map[string]any{"rules": []any{
		map[string]any{"kind": "link", "action": "create"}, map[string]any{"kind": "permission", "action": "everyone"},
	}}, nil)
	j.p.addPerson(t, "ed", j.key.ProjectName, "editor")
	asks := j.p.callAs(t, "ed", j.key.ProjectName)
	request := asks.request(http.MethodPost, asks.links(), linkBody("orders", somewhere(nil)))
	asks.explain(request, "For the new shop.")
	j.visit(j.home + "/requests")
	j.tabTo("link", "Create: Link orders")
	j.enter()
	j.at(j.home + "/requests/" + request)
	j.tabTo("button", "Approve")
	j.enter()
	j.sees("approved it, and the change was made.")

	j.visit(j.home + "/audit?kind=link&action=create")
	j.tabTo("link", "Link created")
	j.enter()
	j.tabTo("link", "Roll back")
	j.enter()
	j.find("heading", "Roll back a change")
	j.tabTo("button", "Roll back")
	j.enter()
	j.sees("orders is gone again, as it was before the change of ")
	require.NotEqual(t, http.StatusOK, j.c.send(http.MethodGet, j.c.links()+"/orders", nil).status, "it is gone")
}
