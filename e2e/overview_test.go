package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The overview says what is unhealthy, what waits for its reader, what ends soon and
// what is under way; each leads to where something can be done about it.
func TestOverviewTellsWhatMatters(t *testing.T) {
	t.Parallel()
	for _, l := range looks {
		t.Run(l.String(), func(t *testing.T) {
			t.Parallel()
			p := start(t, checkingForm)
			j := p.travel(t, "concerns-"+l.String())
			j.wear(l)
			c := j.c
			c.create("orders", inputsAt(closedPort))
			j.visit(j.home + "/links")
			j.clickOn("[data-tick-all]")
			j.clickOn(".bulk-bar button[formaction$='/runs']")
			j.query("#run-state [role=status]")

			service := c.offer("shop")
			c.addAll(service, []map[string]any{{
				"permission": "iam:domain::" + accountID(1), "description": "A customer on trial", "expires": time.Now().Add(36 * time.Hour).Format(time.RFC3339),
			}})
			p.addPerson(t, "ed-"+j.key.ProjectName, j.key.ProjectName, "editor")
			asks := p.callAs(t, "ed-"+j.key.ProjectName, j.key.ProjectName)
			request := asks.request(http.MethodPost, asks.services()+"/"+service+"/permissions/batch-create",
				map[string]any{"permissions": []any{map[string]any{"permission": "*"}}})
			asks.explain(request, "Trade fair in Hanover")

			matters := map[string]string{
				"a link that does not answer": "/links/", "a request": "/requests/" + request, "an entry": "/whitelist/" + service + "/",
			}
			if !p.lacks(t, "no region is made that copies slowly") {
				far := c.far(1)
				policy := c.protect(p, "nightly", map[string]string{"nightly/big.bak": ""})
				c.enlarge(p, "nightly/big.bak", 64<<20)
				c.backUpAll(policy, 1)
				run, _ := c.replicate(policy, far)
				matters["a replication"] = "/replication/runs/" + run
			}

			j.visit(j.home)
			for what, href := range matters {
				require.NotEqual(t, "0", j.eval(`document.querySelectorAll(".panels a[href*='`+href+`']").length`), what)
			}
			j.requireFits("the overview of what matters")
			j.audit("the overview of what matters")
		})
	}
}
