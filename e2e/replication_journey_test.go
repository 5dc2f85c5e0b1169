package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever protects something for the first time chooses it, backs it up, looks at
// what would be copied, and has it in another region as it was.
func TestReplicationOfANewcomer(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.without(t, "nothing there can be browsed, and no backup downloaded; see TestReplicationInARegion")
	bothWays(t, p, "newcomer", func(j *journey) {
		far := j.c.region(j.p, j.far(), nil)
		orders := strings.Repeat("INSERT INTO orders;\n", 128) // 2560 bytes
		for key, content := range map[string]string{
			"dumps/monday.sql": "SELECT 1;", "dumps/tuesday.sql": "SELECT 2;", "orders.sql": orders,
			"nightly/1.bak": strings.Repeat("1", 724), "nightly/2.bak": strings.Repeat("2", 300),
		} {
			j.p.putObject(j.t, regionName, j.key.ProjectName+"/"+key, content)
		}
		j.visit(j.home + "/replication")
		j.click("link", "Create the first policy")
		j.find("heading", "New policy")
		j.chooseResources()
		j.schedulePolicy()
		j.photograph("policy-form")
		j.click("button", "Create the policy")
		j.sees("Policy newcomer was created.")
		policy := j.path()

		j.backUpNow("newcomer")
		j.sees("4 of 4 available")
		j.photograph("policy-backed-up")
		j.executeSeen(policy, far)
		j.replicaIsWhole(far, orders)
		j.visit(policy + "/replicate")
		j.find("heading", "Nothing to copy: everything is there.")
		require.Equal(j.t, []string{"0", "–", "4", "0"}, j.planned())
	})
}

// region makes a region in a folder of its own, with differences, in the program in which
// the projects of p are, and returns a program in the project of its name.
func (c *caller) region(p *program, name string, other map[string]any) *caller {
	c.t.Helper()
	body := map[string]any{"name": name, "kind": "folder", "folder": name}
	maps.Copy(body, other)
	seat := p.seat().call(c.t)
	seat.unbound().ask(http.MethodPost, seat.own("/regions"), http.StatusCreated, body, nil)
	return p.seat().call(c.t, name)
}

// chooseResources chooses a folder and an object by browsing, and types the path of
// what is to be taken over, after a mistake.
func (j *journey) chooseResources() {
	j.t.Helper()
	own := j.key.ProjectName
	require.True(j.t, j.focused("textbox", "Name"))
	j.submit("button", "Create the policy")
	require.Contains(j.t, j.describedBy("Name"), "Enter a name for the policy.")
	j.fill("Name", "newcomer")
	j.submit("button", "Browse "+regionName)
	j.submit("button", own+"/")
	require.Empty(j.t, j.all("button", "Choose .switchboard"), "what the console writes cannot be chosen")
	j.submit("button", "Choose "+own+"/dumps")
	require.Equal(j.t, own+"/dumps", j.value("Resources, row 1: Path"))
	j.submit("button", "Choose "+own+"/orders.sql")
	require.Equal(j.t, own+"/orders.sql", j.value("Resources, row 2: Path"))
	require.Equal(j.t, "newcomer", j.value("Name"), "what was typed is still there")
	j.fillCell("Resources, row 2: Name (optional)", "orders")
	j.photograph("policy-picker")
	j.submit("button", "Close")
	j.submit("button", "Add a resource")
	j.fillCell("Resources, row 3: Path", own+"/dumps/monday.sql")
	j.pick("Resources, row 3: How", "Adopt existing backups")
	j.submit("button", "Create the policy")
	j.sees("it would be backed up twice")
	j.fillCell("Resources, row 3: Path", own+"/nightly")
}

// redraw chooses what the form is drawn again for; without script it is the button
// beside that draws it.
func (j *journey) redraw(field string, choose func()) {
	j.t.Helper()
	j.answered(func() {
		choose()
		if !j.scripted {
			j.clickOn("#field-" + field + " noscript button, #field-" + field + " > button")
		}
	})
	j.swapped()
}

// schedulePolicy says when backups are made, how many are kept, and where copies
// go.
func (j *journey) schedulePolicy() {
	j.t.Helper()
	j.redraw("operations-0-pattern-every", func() { j.clickOn("#operations-0-pattern-every-week") })
	for _, day := range []string{"Monday", "Tuesday", "Wednesday", "Friday"} {
		j.click("checkbox", day)
		j.swapped()
	}
	j.fillCell("Times (UTC), row 1: Time", "25:00")
	j.submit("button", "Create the policy")
	require.Contains(j.t, j.describedBy("Times (UTC), row 1: Time"), "Enter a time of the day from 00:00 to 23:59")
	j.fillCell("Times (UTC), row 1: Time", "12:27")
	j.fillCell("Number of backups", "7")
	j.redraw("operations-1-destination", func() {
		j.pick("Destination", j.label())
	})
	if !j.scripted {
		j.submit("button", "Update the summary")
	}
	j.sees("Every Thursday at 12:27 UTC")
	j.sees("Kept: the last 7 backups and those of the last 30 days.")
	j.sees("Copies to " + j.label())
}

// far is the name of a region of the journey's own, and label how that is chosen as
// a destination.
func (j *journey) far() string { return "far-" + j.key.ProjectName }

func (j *journey) label() string { return j.far() + " · " + j.far() }

// backUpNow backs up the policy whose page is there, and waits for it.
func (j *journey) backUpNow(name string) {
	j.t.Helper()
	j.click("button", "Back up now")
	j.sees("The backup of " + name + " has started.")
	j.query("#checkpoints .badge-passed, .badge-passed")
	j.sees("Done")
}

// planned are the figures of what would be copied: to copy, the time that takes,
// there already, on its way.
func (j *journey) planned() []string {
	j.t.Helper()
	return strings.Split(j.eval(`[...document.querySelectorAll("#plan .stat-figure")].map((e) => e.textContent.trim()).join("|")`), "|")
}

// executeSeen looks at what would be copied, which changes nothing, and copies
// that.
func (j *journey) executeSeen(policy string, far *caller) {
	j.t.Helper()
	here := filepath.Join(j.p.dir, "regions", regionName)
	folders := []string{
		filepath.Join(here, j.key.ProjectName), filepath.Join(here, ".switchboard", "backups", j.c.project),
		filepath.Join(j.p.dir, "regions", j.far()),
	}
	before := filesIn(j.t, folders...)
	j.visit(policy)
	j.click("link", "Execute replication")
	j.find("heading", "Execute replication")
	require.Equal(j.t, j.label(), j.picked("Destination"), "the policy says where to")
	var bytes int64
	for _, b := range j.c.items("") {
		bytes += int64(len(j.c.content(b.ID)))
	}
	require.Equal(j.t, int64(3072+2560+724+300), bytes, "the folder is an archive of two files")
	j.find("heading", "4 backups, 6.5 KB, would be copied.")
	j.photograph("replication-plan")
	require.Equal(j.t, before, filesIn(j.t, folders...), "looking changes nothing")
	require.Empty(j.t, far.items(""))
	j.click("button", "Start the replication")
	j.find("heading", "Finished: all 4 backups are at the destination")
	require.Equal(j.t, before[:2], filesIn(j.t, folders...)[:2], "the source stays as it is")
	j.photograph("replication-run")
}

// content is what a backup holds.
func (c *caller) content(id string) string {
	c.t.Helper()
	a := c.send(http.MethodGet, c.own("/backups/"+id+"/content"), nil)
	require.Equal(c.t, http.StatusOK, a.status, a.body)
	return a.body
}

// filesIn are the files below each folder, with size and time.
func filesIn(t *testing.T, folders ...string) []string {
	t.Helper()
	found := make([]string, len(folders))
	for i, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
			if os.IsNotExist(err) {
				return nil
			}
			if err != nil || e.IsDir() {
				return err
			}
			info, err := e.Info()
			if err == nil {
				found[i] += fmt.Sprintln(path, info.Size(), info.ModTime())
			}
			return err
		})
		require.NoError(t, err)
	}
	return found
}

// replicaIsWhole finds the replica of an object in the project of the other region
// and downloads it.
func (j *journey) replicaIsWhole(far *caller, source string) {
	j.t.Helper()
	j.visit("/p/" + far.project + "/replication/backups?q=orders.sql&kind=replication")
	j.sees("Replica from " + regionName)
	j.clickOn("tbody .row-link")
	sum := sha256.Sum256([]byte(source))
	j.sees(hex.EncodeToString(sum[:]))
	j.photograph("replica")
	file := j.download(func() { j.click("link", "Download") })
	got, err := os.ReadFile(file)
	require.NoError(j.t, err)
	require.Equal(j.t, source, string(got), "byte for byte")
}

// What cannot be read when it is its turn is a gap of the run, which says why and
// what to do. When that is put right, only what is missing is copied.
func TestReplicationWithGaps(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t), "gaps", func(j *journey) {
		far := j.c.region(j.p, j.far(), nil)
		policy := j.c.protect(j.p, "gaps", map[string]string{"orders.sql": "INSERT", "stock.sql": "UPDATE", "nightly/1.bak": "1"})
		j.c.backUpAll(policy, 3)
		mend := j.damage()

		run := j.execute(policy)
		j.find("heading", "Finished with gaps: 1 of 3 copied · 2 failed")
		j.photograph("run-with-gaps")
		require.Equal(j.t, []string{
			"Failed | The content is not what it should be: its checksum differs. Try again. If it fails once more, have the disk or the storage service checked, and do not rely on this backup.",
			"Failed | The object or folder is not there. Check the path, and whether somebody moved or deleted it.",
			"Succeeded |",
		}, j.outcomes())
		j.lookAtGap(run)
		mend()
		j.visit(run)
		j.click("button", "Retry the 2 that were not copied")
		j.find("heading", "Finished: all 2 backups are at the destination")
		j.sees("an earlier run")
		require.Equal(j.t, []string{"Succeeded |", "Succeeded |"}, j.outcomes())
		require.Len(j.t, far.items(""), 3)
		j.visit(run)
		j.find("heading", "Finished with gaps: 1 of 3 copied · 2 failed") // it stays what it was
		j.click("button", "Retry the 2 that were not copied")
		j.sees("Nothing is left to copy")
	})
}

// protect makes a policy of objects in the folder of the caller's project; those
// below a folder are taken over, the others backed up. It returns the policy's id.
func (c *caller) protect(p *program, name string, objects map[string]string) string {
	c.t.Helper()
	resources := map[string]any{}
	for key, content := range objects {
		p.putObject(c.t, regionName, c.project+"/"+key, content)
		folder, _, below := strings.Cut(key, "/")
		resources[folder] = map[string]any{
			"id": c.project + "-" + folder, "type": "OS::Nova::Server", "name": folder,
			"extra_info": map[string]any{"path": c.project + "/" + folder, "adopt": below},
		}
	}
	var created struct{ Policy struct{ ID string } }
	c.ask(http.MethodPost, c.csbs("/policies"), http.StatusOK, map[string]any{"policy": map[string]any{
		"name": name, "provider_id": csbsProvider, "parameters": map[string]any{"common": map[string]any{}},
		"resources": slices.Collect(maps.Values(resources)), "scheduled_operations": []any{},
	}}, &created)
	return created.Policy.ID
}

// backUpAll runs the only policy of the caller's project, until there are so many
// backups: what is taken over is found one by one.
func (c *caller) backUpAll(policy string, count int) {
	c.t.Helper()
	c.backUp(policy)
	eventually(c.t, "all backups", func() (int, bool) {
		n := len(c.items("?status=available"))
		return n, n == count
	})
}

// enlarge gives an object of the caller's project another size, without content.
func (c *caller) enlarge(p *program, key string, size int64) {
	c.t.Helper()
	require.NoError(c.t, os.Truncate(filepath.Join(p.seat().dir, "regions", regionName, c.project, key), size))
}

// damage changes a backup behind everybody's back and moves away what was taken
// over, and returns what puts both right.
func (j *journey) damage() (mend func()) {
	j.t.Helper()
	here := filepath.Join(j.p.seat().dir, "regions", regionName)
	kept := filepath.Join(here, ".switchboard", "backups", j.p.seat().call(j.t, j.key.ProjectName).project)
	entries, err := os.ReadDir(kept)
	require.NoError(j.t, err)
	at := filepath.Join(kept, entries[0].Name())
	was, err := os.ReadFile(at)
	require.NoError(j.t, err)
	require.NoError(j.t, os.WriteFile(at, []byte(strings.Repeat("!", len(was))), 0o600))
	nightly, elsewhere := filepath.Join(here, j.c.project, "nightly"), filepath.Join(here, j.c.project, "elsewhere")
	require.NoError(j.t, os.Rename(nightly, elsewhere))
	return func() {
		require.NoError(j.t, os.Rename(elsewhere, nightly))
		require.NoError(j.t, os.WriteFile(at, was, 0o600))
	}
}

// execute copies the backups of a policy to the region of the journey's own, and
// returns the path of the run.
func (j *journey) execute(policy string) string {
	j.t.Helper()
	j.visit(j.home + "/replication/" + policy + "/replicate")
	j.answered(func() {
		j.pick("Destination", j.label())
		if !j.scripted {
			j.click("button", "Show what would be copied")
		}
	})
	j.swapped()
	j.click("button", "Start the replication")
	j.query("#replication-run")
	return j.path()
}

// outcomes is how each backup of a run ended and why, in an order that does not
// change.
func (j *journey) outcomes() []string {
	j.t.Helper()
	j.whole()
	rows := strings.Split(j.eval(`[...document.querySelectorAll("#records tbody tr")]
		.map((r) => [r.cells[1], r.cells[2]].map((c) => c.innerText.replaceAll(/\s+/g, " ").trim()).join(" | ").trim()).join("\n")`), "\n")
	slices.Sort(rows)
	return rows
}

// lookAtGap looks at what failed only, and at the log of one of them.
func (j *journey) lookAtGap(run string) {
	j.t.Helper()
	j.clickOn("#count-fail-link")
	j.at(run + "?status=fail")
	eventually(j.t, "the two that failed", func() (int, bool) {
		n := len(j.outcomes())
		return n, n == 2
	})
	j.clickOn("#records tbody tr:first-child .row-link")
	j.find("heading", "Log")
	j.sees("The backup waits to be copied.")
	j.sees("Copying began.")
	j.photograph("record-failed")
}

// Who saves a policy second sees what the first one saved, and who that was.
func TestTwoPeopleEditOnePolicy(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.addUser(t, "bella")
	bothWays(t, p, "contested", func(j *journey) {
		id := j.c.protect(j.p, "contested", map[string]string{"orders.sql": "INSERT"})
		policy := j.home + "/replication/" + id
		hers := j.p.browse(j.t)
		hers.signInAs("bella", adminPassword)
		j.visit(policy + "/edit")
		hers.visit(policy + "/edit")
		hers.fill("Description", "Hers")
		hers.click("button", "Save")
		hers.sees("Policy contested was saved.")

		j.fill("Description", "Mine")
		j.fill("Number of backups", "9")
		j.submit("button", "Save")
		j.sees("bella saved this policy meanwhile:")
		require.Contains(j.t, j.bothStates(), "Description | Mine | Hers")
		require.Equal(j.t, "9", j.value("Number of backups"), "what was typed is still there")
		j.photograph("policy-conflict")
		j.click("button", "Save")
		j.sees("Policy contested was saved.")
		j.at(policy)
		j.sees("Mine")
	})
}
