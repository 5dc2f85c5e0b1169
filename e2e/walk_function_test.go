package e2e

import (
	"net/http"
	"strings"
)

// functions leads through the registration of a function, and returns where it is.
func (k *walk) functions() string {
	k.t.Helper()
	k.visit(k.home + "/aliases/functions")
	k.look("no functions")
	k.visit(k.home + "/aliases/functions/new")
	k.look("a new function")
	k.fillIn("#upstream", "nowhere")
	k.submitOn("#function-save")
	k.query("[aria-invalid=true]")
	k.look("a refused function")
	k.c.register(longFunction)
	k.visit(k.home + "/aliases/functions")
	k.clickOn("tbody .row-link")
	k.query("#versions, .table-versions, [href$='/publish']")
	function := k.path()
	k.look("a function without a version")
	k.visit(function + "/publish")
	k.look("a version to be published")
	k.fillIn("#version", "no version")
	k.submitOn("#version-publish")
	k.query("[aria-invalid=true]")
	k.look("a refused version")
	for n, version := range []string{"v1", longVersion, "v3"} {
		upstream := "http://127.0.0.1:9/" + strings.Repeat("a-long-way/", 5*n) + version
		k.c.ask(http.MethodPut, k.c.ownFunctions(longFunction+"/versions/latest/upstream"), http.StatusOK, map[string]any{"upstream": upstream}, nil)
		k.c.ask(http.MethodPost, k.c.functions(longFunction+"/versions"), http.StatusOK, map[string]any{"version": version, "description": "What the shops waited for"}, nil)
	}
	k.visit(function + "/publish")
	k.look("nothing to publish")
	k.visit(function)
	k.look("a function")
	return function
}
