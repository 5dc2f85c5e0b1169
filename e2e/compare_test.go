package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever brings a project up to another sees what is different, ticks what is to go
// over, types the secrets that nobody can read, and sees what became of each.
func TestComparingAndCopying(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t, checkingForm), "compare", func(j *journey) {
		name := strings.TrimPrefix(j.home, "/p/")[:8] + "-twin"
		j.p.addProject(j.t, name)
		twin := j.p.call(j.t, name)
		j.stockTwins(twin)
		j.visit(j.home)
		j.click("link", "Compare projects")
		j.find("heading", "Compare projects")
		j.visit(j.home + "/compare?with=" + twin.project)
		j.sees("Only in " + name)
		require.Equal(j.t, "Different", j.cell("changed", "Where"))
		require.Contains(j.t, j.cell("changed", "Difference: "+j.eval(`document.querySelector(".project-name").textContent`)+" → "+name), "db2.example.com")
		j.photograph("compare")
		j.tick("orders", "billing", "prod")
		j.click("button", "Copy to "+name)
		j.find("heading", "Plan of the copy")
		j.sees("3 to add, 0 to change, 0 already there, 0 that cannot be copied.")
		j.submit("button", "Copy what is ticked")
		j.sees("Some secrets are still missing.")
		require.Contains(j.t, j.describedBy("Password orders"), "Type this secret")
		j.fill("Password orders", "typed-again-1")
		j.fill("Password billing", "typed-again-2")
		j.photograph("compare-plan")
		j.submit("button", "Copy what is ticked")
		j.sees("3 copied, 0 waiting for an approval, 0 refused.")
		j.photograph("compare-done")
		twin.ask(http.MethodGet, twin.functions("orders/aliases/prod"), http.StatusOK, nil, nil)
		j.visit("/p/" + twin.project + "/links")
		j.sees("orders")
		j.sees("billing")
		j.visit(j.home + "/compare?with=" + twin.project)
		j.sees("Different")
		for _, gone := range []string{"orders", "billing", "prod"} {
			require.Equal(j.t, "there is no such row", j.cell(gone, "Where"), "they are the same now")
		}
	})
}

// stockTwins makes links and aliases that the other project has not, one that is
// different, and one that is there alone.
func (j *journey) stockTwins(twin *caller) {
	j.t.Helper()
	for _, name := range []string{"orders", "billing", "same", "changed"} {
		j.c.create(name, somewhere(nil))
	}
	twin.create("same", somewhere(nil))
	twin.create("changed", somewhere(map[string]string{"host": "db2.example.com"}))
	twin.create("theirs", somewhere(nil))
	for _, c := range []*caller{j.c, twin} {
		c.register("orders", "v1", "v2")
	}
	j.c.alias("orders", "prod", "v1", nil)
	j.c.register("gray", "v1", "v2")
	twin.register("gray", "v1", "v2")
	j.c.alias("gray", "live", "v1", byWeight("v2", 10))
	twin.alias("gray", "live", "v2", nil)
}

// The comparison and its plan are accessible in each language and theme, and fit on a
// telephone.
func TestComparisonsAreAccessible(t *testing.T) {
	t.Parallel()
	p := start(t, checkingForm)
	p.addProject(t, "here")
	p.addProject(t, "there")
	j := &journey{p: p, c: p.call(t, "here")}
	j.tab = &tab{t: t}
	twin := p.call(t, "there")
	j.stockTwins(twin)
	page := "/p/" + j.c.project + "/compare?show=all&with=" + twin.project
	for _, l := range looks {
		for device, options := range map[string][]pageOption{"desk": nil, "phone": {onPhone}} {
			t.Run(l.String()+"-"+device, func(t *testing.T) {
				t.Parallel()
				w := p.browse(t, options...)
				w.signInWearing(l)
				w.visit("/p/" + j.c.project + "/compare")
				w.audit("choice")
				w.visit(page)
				w.requireFits("comparison")
				w.audit("comparison")
				w.clickOn("[data-tick-group] [data-tick-all]")
				w.submitOn("button[formaction$='/plan']")
				w.query("form.import-plan")
				w.requireFits("plan")
				w.audit("plan")
				w.submitOn(mainButton)
				w.query("[role=alert]")
				w.audit("incomplete plan")
			})
		}
	}
}
