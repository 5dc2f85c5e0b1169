package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A function is registered, published twice, and loses a version, and whoever does
// that is told at every step which aliases depend on it.
func TestFunctionFromRegistrationToDeletedVersion(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t), "functions", func(j *journey) {
		j.registerByHand()
		j.publishByHand("v1", "The one of spring")
		j.publishNothing()
		j.click("link", "Edit")
		j.find("heading", "Edit function")
		j.fill("Upstream", "http://127.0.0.1:9/orders/v2")
		j.click("button", "Save")
		j.sees("Function orders was saved. Publish a version to keep what it is now.")
		j.publishByHand("v2", "")
		require.Contains(j.t, j.cell("v1", "Upstream"), "/orders/v1", "what was published stays")
		require.Contains(j.t, j.cell("v2", "Upstream"), "/orders/v2")
		j.deleteVersions()
	})
}

// registerByHand registers the function orders in the form, with mistakes.
func (j *journey) registerByHand() {
	j.t.Helper()
	j.visit(j.home + "/aliases/functions")
	j.click("link", "Register the first function")
	j.find("heading", "Register function")
	j.fill("Name", "1st")
	j.fill("Upstream", "gopher://orders")
	j.submit("button", "Register function")
	require.Contains(j.t, j.describedBy("Upstream"), "http")
	require.Equal(j.t, "true", j.attribute("Name", "aria-invalid"))
	require.True(j.t, j.focused("textbox", "Name"), "the first bad field has the keyboard")
	j.fill("Name", "orders")
	j.fill("Upstream", "http://127.0.0.1:9/orders/v1")
	j.choose("Runtime", "Python3.9", !j.scripted)
	require.Equal(j.t, "orders", j.value("Name"), "another runtime takes nothing away")
	j.choose("Runtime", "HTTP function (http)", !j.scripted)
	require.Equal(j.t, "-", j.value("Handler"))
	j.fill("Code as text", "exports.handler = () => 1")
	j.photograph("function-form")
	j.click("button", "Register function")
	j.sees("Function orders was registered.")
	j.sees("There is only the version latest")
}

// publishByHand publishes a version of the function whose page is there.
func (j *journey) publishByHand(version, description string) {
	j.t.Helper()
	j.click("link", "Publish version")
	j.find("heading", "Publish version")
	require.True(j.t, j.focused("textbox", "Name of the version"))
	j.fill("Name of the version", "v 1")
	j.submit("button", "Publish version")
	require.Equal(j.t, "true", j.attribute("Name of the version", "aria-invalid"))
	j.fill("Name of the version", version)
	j.fill("Description", description)
	j.click("button", "Publish version")
	j.sees("Version " + version + " of orders was published.")
}

// publishNothing is told that nothing has changed before anything is typed.
func (j *journey) publishNothing() {
	j.t.Helper()
	j.click("link", "Publish version")
	j.sees("There is nothing to publish.")
	require.Empty(j.t, j.all("button", "Publish version"))
	j.photograph("function-nothing-to-publish")
}

// deleteVersions sees which aliases lead to a version, and which go with it.
func (j *journey) deleteVersions() {
	j.t.Helper()
	function := j.path()
	j.c.alias("orders", "prod", "v1", byWeight("v2", 10))
	j.c.alias("orders", "beta", "latest", nil)
	j.visit(function)
	for version, used := range map[string]string{"v1": "prod · main", "v2": "prod · additional", "latest": "beta · main"} {
		require.Equal(j.t, used, j.cell(version, "Used by aliases"))
	}
	require.Empty(j.t, j.all("link", "Delete v2"))
	j.sees("Cannot be deleted while some requests go to it. End the gray release of prod first.")
	j.photograph("function-versions")
	j.visit(function + "/versions/v2/delete")
	j.sees("The version v2 cannot be deleted.")
	require.Empty(j.t, j.all("button", "Delete the version"))

	j.visit(function)
	j.click("link", "Delete v1")
	j.find("heading", "Delete version")
	j.sees("These aliases have it as their main version. They are deleted with it")
	j.find("link", "prod")
	require.Empty(j.t, j.all("link", "beta"), "that one does not go")
	j.photograph("function-version-delete")
	j.fill("Type the name of the version to confirm", "v1")
	j.click("button", "Delete the version")
	j.sees("Version v1 of orders was deleted.")
	require.Equal(j.t, "none", j.cell("v2", "Used by aliases"))
	j.find("link", "Delete v2")
	j.click("link", "Changes")
	j.sees("Function: version deleted")
}
