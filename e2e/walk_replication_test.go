package e2e

import (
	"net/http"
	"os"
	"path/filepath"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// longPolicy is a name of a length that people do give.
const longPolicy = "a-policy-with-a-name-of-a-length-that-people-do-give-to-theirs"

// longRegion is the name of a region for one walk.
func longRegion(k *walk) string {
	return "a-region-with-a-name-of-some-length-" + filepath.Base(k.t.Name())
}

// replication leads through the pages of policies, backups, runs and regions.
func (k *walk) replication() {
	k.t.Helper()
	section := k.home + "/replication"
	k.looks(map[string]string{"no policies": section, "no backups": section + "/backups", "no runs": section + "/runs"})
	far := k.regions(section + "/regions")
	policy := section + "/" + k.policies(section)
	run := k.copies(policy, far)
	k.visit(run + "?status=fail")
	k.clickOn("#records .row-link")
	k.look("a backup that was not copied")
	backup := section + "/backups/" + k.c.items("")[0].ID
	k.looks(map[string]string{
		"the overview with replication": k.home, "policies": section, "runs": section + "/runs", "backups": section + "/backups",
		"a policy with backups": policy, "the history of a policy": policy + "/history", "the deletion of a policy": policy + "/delete",
		"a backup": backup, "a backup to be replicated": backup + "/replicate", "the deletion of a backup": backup + "/delete",
		"replicas": "/p/" + far.project + "/replication/backups", "a region": section + "/regions/" + longRegion(k),
		"the deletion of a region": section + "/regions/" + longRegion(k) + "/delete",
	})
}

// looks looks at pages as they come.
func (k *walk) looks(pages map[string]string) {
	k.t.Helper()
	for what, at := range pages {
		k.visit(at)
		k.look(what)
	}
}

// regions leads through the form of a region, and returns a program in one that
// takes all the time for what is copied there.
func (k *walk) regions(at string) *caller {
	k.t.Helper()
	k.visit(at + "/new")
	k.submitOn("#region-save")
	k.query("[aria-invalid=true]")
	k.look("a refused region")
	for id, text := range map[string]string{
		"#name": "nowhere", "#endpoint": "http://" + testserver.ClosedAddr(k.t).String(), "#bucket": "backups", "#access_key": "AK", "#secret": "SK",
	} {
		k.fillIn(id, text)
		k.swapped()
	}
	k.submitOn("#region-test")
	k.query(".check-failed")
	k.look("a region that does not answer")
	far := k.c.region(k.p, longRegion(k), map[string]any{"bandwidth": 1})
	k.visit(at)
	k.look("regions")
	return far
}

// policies leads through the form of a policy, and makes one by the wire API.
func (k *walk) policies(section string) string {
	k.t.Helper()
	id := k.c.protect(k.p, longPolicy, map[string]string{
		"orders-of-all-the-customers-in-the-north.sql": "INSERT", "nightly/gone.bak": "1", "nightly/big.bak": "",
	})
	k.c.enlarge(k.p, "nightly/big.bak", 64<<20)
	k.visit(section + "/new")
	k.card("operations-0-pattern-every", "week")
	k.answered(func() {
		k.eval(`(() => {
			const to = document.querySelector("#operations-1-destination");
			to.selectedIndex = to.options.length - 1;
			to.dispatchEvent(new Event("change", {bubbles: true}));
		})()`)
	})
	k.swapped()
	k.fillIn("#operations-0-pattern-times-0-at", "25:00")
	k.swapped()
	k.submitOn("#picker-open")
	k.submitOn("#policy-save")
	k.query("[aria-invalid=true]")
	k.query("#picker")
	k.look("a refused policy")

	k.visit(section + "/" + id + "/edit")
	k.fillIn("#description", "Mine")
	k.c.ask(http.MethodPut, k.c.csbs("/policies/"+id), http.StatusOK, map[string]any{"policy": map[string]any{"description": "Changed meanwhile"}}, nil)
	k.submitOn("#policy-save")
	k.query(".diff")
	k.look("a policy that was changed meanwhile")
	return id
}

// copies leads through a replication that has everything: a backup that is copied,
// one that cannot be, and one that is cancelled.
func (k *walk) copies(policy string, far *caller) (run string) {
	k.t.Helper()
	k.c.backUpAll(filepath.Base(policy), 3)
	require.NoError(k.t, os.Remove(filepath.Join(k.p.dir, "regions", regionName, k.c.project, "nightly", "gone.bak")))
	k.visit(policy + "/replicate?to=" + longRegion(k) + "/" + far.project)
	k.look("what would be copied")
	k.clickOn("#replicate-start")
	k.query("#count-success")
	eventually(k.t, "one that is copied, and one that is not", func() (string, bool) {
		counts := k.eval(`["success", "fail", "replicating"].map((s) => document.querySelector("#count-" + s)?.textContent).join(" ")`)
		return counts, counts == "1 1 1"
	})
	k.look("a replication under way")
	run = k.path()
	k.visit(run + "/cancel")
	k.look("the end of a replication")
	k.clickOn(".confirm button[type=submit]")
	k.query("#run-retry")
	k.query("#records .badge-skipped")
	k.look("a replication that was cancelled")
	return run
}
