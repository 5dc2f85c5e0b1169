package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever protects something that lives in a region says what it is called and its id there,
// backs it up, looks at what would be copied, and has it in another region as it was. What
// a region does not do by its API is not offered.
func TestReplicationInARegion(t *testing.T) {
	t.Parallel()
	p := start(t, asRegion)
	p.settle(t)
	bothWays(t, p, "settled", func(j *journey) {
		far := j.c.region(j.p, j.far(), nil)
		orders := strings.Repeat("INSERT INTO orders;\n", 128) // 2560 bytes
		for key, content := range map[string]string{"dumps/monday.sql": "SELECT 1;", "dumps/tuesday.sql": "SELECT 2;", "orders.sql": orders} {
			j.p.putObject(j.t, regionName, j.key.ProjectName+"/"+key, content)
		}
		j.visit(j.home + "/replication")
		j.click("link", "Create the first policy")
		j.find("heading", "New policy")
		j.typeResources()
		j.schedulePolicy()
		j.photograph("settled-policy-form")
		j.click("button", "Create the policy")
		j.sees("Policy settled was created.")
		policy := j.path()
		j.seesResources()

		j.backUpNow("settled")
		j.sees("2 of 2 available")
		j.photograph("settled-policy")
		j.seesBackups()
		run := j.executeThere(policy, far)
		j.seesRecords(run)
		j.arrived(far, orders)
		j.visit(policy + "/replicate")
		j.find("heading", "Nothing to copy: everything is there.")
		require.Equal(j.t, []string{"0", "–", "2", "0"}, j.planned())
		j.visit(j.home + "/replication/regions")
		j.click("link", j.far())
		j.find("heading", j.far())
		require.Empty(j.t, j.all("link", "Edit"), "regions are made where they are")
		j.photograph("settled-region")
	})
}

// typeResources says what is protected, as the region knows it, after two mistakes.
func (j *journey) typeResources() {
	j.t.Helper()
	own := j.key.ProjectName
	require.Empty(j.t, j.all("button", "Browse "+regionName), "nothing there can be browsed")
	j.fill("Name", "settled")
	j.fillCell("Resources, row 1: Id in the cloud", own+"-1")
	j.submit("button", "Create the policy")
	require.Contains(j.t, j.describedBy("Resources, row 1: Name"), "Enter a name for the resource.")
	j.fillCell("Resources, row 1: Name", own+"/orders.sql")
	j.submit("button", "Add a resource")
	j.fillCell("Resources, row 2: Name", own+"/dumps")
	j.fillCell("Resources, row 2: Id in the cloud", own+"-1")
	j.submit("button", "Create the policy")
	j.sees("This id stands here twice.")
	j.photograph("settled-policy-refused")
	j.fillCell("Resources, row 2: Id in the cloud", own+"-2")
}

// seesResources requires that what is protected is on the policy's page, by name and id,
// and in its form, and ends at the page.
func (j *journey) seesResources() {
	j.t.Helper()
	own, policy := j.key.ProjectName, j.path()
	for _, text := range []string{own + "/orders.sql", own + "-1", own + "/dumps", own + "-2"} {
		j.sees(text)
	}
	j.click("link", "Edit")
	j.find("heading", "Edit the policy")
	for row, name := range map[string]string{"1": "orders.sql", "2": "dumps"} {
		require.Equal(j.t, own+"/"+name, j.value("Resources, row "+row+": Name"))
		require.Equal(j.t, own+"-"+row, j.value("Resources, row "+row+": Id in the cloud"))
	}
	j.visit(policy)
}

// seesBackups looks at the backups of the policy, and at one of them.
func (j *journey) seesBackups() {
	j.t.Helper()
	j.click("link", "All backups of this policy")
	j.clickOn("tbody tr:first-child .row-link")
	j.sees("Available")
	require.Empty(j.t, j.all("link", "Download"), "the region does not give out what is in one")
	require.NotContains(j.t, j.text(), "SHA-256", "nor what is known of that")
	j.photograph("settled-backup")
}

// executeThere looks at what would be copied and copies that, to the end, and returns the
// path of the run.
func (j *journey) executeThere(policy string, far *caller) (run string) {
	j.t.Helper()
	j.visit(policy)
	j.click("link", "Execute replication")
	j.find("heading", "Execute replication")
	require.Equal(j.t, j.label(), j.picked("Destination"), "the policy says where to")
	require.Equal(j.t, []string{"2", "0", "0"}, []string{j.planned()[0], j.planned()[2], j.planned()[3]})
	require.Empty(j.t, far.items(""), "looking changes nothing")
	j.photograph("settled-plan")
	j.click("button", "Start the replication")
	j.find("heading", "Finished: all 2 backups are at the destination")
	require.Empty(j.t, j.all("link", "Cancel…"))
	j.photograph("settled-run")
	return j.path()
}

// seesRecords looks at what became of each backup, and at one of these.
func (j *journey) seesRecords(run string) {
	j.t.Helper()
	require.Equal(j.t, []string{"Succeeded |", "Succeeded |"}, j.outcomes())
	j.clickOn("#records tbody tr:first-child .row-link")
	j.sees("Succeeded")
	j.sees(j.far())
	j.photograph("settled-record")
	j.visit(j.home + "/replication/runs")
	require.Contains(j.t, j.eval("document.querySelector('tbody .row-link').pathname"), run)
}

// arrived requires that the replicas in the other region are what was there.
func (j *journey) arrived(far *caller, orders string) {
	j.t.Helper()
	replicas := far.items("")
	require.Len(j.t, replicas, 2)
	held := map[string]string{}
	for _, r := range replicas {
		require.Equal(j.t, []string{"available", "replication", regionName}, []string{r.Status, r.Extend.ImageType, r.Extend.CopyFrom})
		held[r.ResourceID] = far.content(r.ID)
	}
	require.Equal(j.t, orders, held[j.key.ProjectName+"-1"], "byte for byte")
	require.Contains(j.t, held[j.key.ProjectName+"-2"], "SELECT 2;")
}
