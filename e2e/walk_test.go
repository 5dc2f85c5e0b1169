package e2e

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// walk leads through every page that is about the health of links, about many
// links or about files of links, about whitelists, about connections, about aliases
// or about replication, in each of its states. Things are found by their place, so
// it works in any language.
type walk struct {
	*tab

	p      *program
	c      *caller // in the project
	hook   *receiver
	silent *mute
	good   map[string]string
	look   func(what string) // at the page as it stands
}

// walkIn prepares a project of its own for a walk, and signs in.
func walkIn(t *testing.T, p *program, l look, options ...pageOption) *walk {
	t.Helper()
	server := testserver.MariaDB(t)
	name := path.Base(t.Name())
	p.addProject(t, name)
	k := &walk{p: p, c: p.call(t, name), silent: silence(t), good: accountInputs(server, server.Account(t))}
	k.hook = receive(t, rand.Text())
	k.c.create("answers", k.good)
	k.c.create("is_closed_for_now_and_has_a_name_of_a_length_that_people_give", inputsAt(closedPort))
	k.c.create("says_nothing", k.silent.inputs())
	k.tab = p.browse(t, options...)
	k.signInWearing(l)
	k.home = "/p/" + k.c.project
	return k
}

// TestWalk looks at each page with axe, and at its width.
func TestWalk(t *testing.T) {
	t.Parallel()
	walks(t, func(k *walk) {
		k.runs()
		k.health()
		k.deeds()
		k.imports()
		k.alerts()
		k.pastes()
		k.whitelists()
		k.connections()
		k.aliases()
		k.replication()
	})
}

// walks leads through pages in each language and theme, and on a telephone.
func walks(t *testing.T, lead func(k *walk)) {
	t.Helper()
	p := start(t, checkingForm)
	all := map[string]struct {
		look    look
		options []pageOption
	}{"phone-en": {look{"en", "light"}, []pageOption{onPhone}}, "phone-zh": {look{"zh", "dark"}, []pageOption{onPhone}}}
	for _, l := range looks {
		all[l.String()] = struct {
			look    look
			options []pageOption
		}{l, nil}
	}
	for name, how := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := walkIn(t, p, how.look, how.options...)
			k.look = func(what string) {
				t.Helper()
				k.requireFits(what)
				k.audit(what)
			}
			lead(k)
		})
	}
}

// requireFits requires that the page cannot be scrolled sideways, and that
// everything in a table that can be clicked stands where it can be reached.
func (w *tab) requireFits(what string) {
	w.t.Helper()
	if width := w.eval("document.documentElement.scrollWidth"); width != w.eval("document.documentElement.clientWidth") {
		w.t.Errorf("%s, %s can be scrolled sideways: it is %s px wide", what, w.path(), width)
	}
	outside := w.eval(`[...document.querySelectorAll("main table :is(a, button, input, summary)")].filter((e) => {
		const r = e.getBoundingClientRect();
		return e.checkVisibility() && (r.left < 0 || r.right > innerWidth);
	}).map((e) => e.outerHTML).join("\n")`)
	require.Empty(w.t, outside, "%s, %s: out of reach", what, w.path())
}

func (k *walk) runs() {
	k.t.Helper()
	k.visit(k.home + "/links")
	k.look("a list before its tests")
	k.clickOn("[data-tick-all]")
	k.clickOn(".bulk-bar button[formaction$='/runs']")
	k.query(".badge-passed")
	k.look("a run under way")
	k.silent.hangUp()
	k.query("#run-state [role=status]")
	k.look("a run")
	k.clickOn("tbody tr:first-child input[name=id]")
	k.submitOn(".bulk-bar button[formaction$='/runs']")
	k.query("#run-state [role=status]")
	k.visit(k.home + "/links")
	k.look("a list with health")
}

func (k *walk) health() {
	k.t.Helper()
	k.clickOn("tbody tr:nth-child(2) .row-link")
	k.query("#check-now")
	k.look("a link with a failed test")
	k.submitOn("#check-now")
	k.clickOn("a[href$='/health']")
	k.query("#checks .past")
	k.submitOn("#check-now")
	k.look("the health of a link")
	k.visit(k.home + "/links")
	k.clickOn("tbody tr:first-child .row-link")
	k.clickOn("a[href$='/health']")
	k.query("#checks .past")
	k.look("the health of a link that answers")
}

// deeds does to links whatever can be done to many of them.
func (k *walk) deeds() {
	k.t.Helper()
	k.visit(k.home + "/links")
	k.clickOn("[data-tick-all]")
	k.clickOn(".bulk-bar button[formaction$='/disable']")
	k.query(".table-outcome")
	k.look("an outcome")
	k.visit(k.home + "/links")
	k.look("a list of disabled links")
	k.clickOn("[data-tick-all]")
	k.clickOn(".bulk-bar button[formaction$='/delete']")
	k.query(".confirm")
	k.look("the deletion of several")
	changed := k.c.send(http.MethodPut, k.c.links()+"/answers", linkBody("answers", k.good))
	require.Equal(k.t, http.StatusOK, changed.status, changed.body)
	k.clickOn(".confirm button[type=submit]")
	k.query(".table-outcome .badge-failed")
	k.look("an outcome with a refusal")
}

func (k *walk) imports() {
	k.t.Helper()
	links := []any{}
	for _, name := range []string{"answers", "to_be_added", "wrong"} {
		inputs := somewhere(map[string]string{"password": "Add password here"})
		if name == "wrong" {
			inputs["port"] = "70000"
		}
		links = append(links, linkBody(name, inputs)["links"].([]any)[0])
	}
	file, err := json.Marshal(map[string]any{"links": links})
	require.NoError(k.t, err)
	k.visit(k.home + "/links/import")
	k.look("the import")
	k.submitOn(mainButton)
	k.query("[role=alert]")
	k.look("a refused import")
	k.clickOn("#import-text")
	k.insert(string(file))
	k.submitOn(mainButton)
	k.query("input[name=plan]")
	k.look("the plan of an import")
	k.submitOn(mainButton)
	k.query("[aria-invalid=true]")
	k.look("a plan without its secrets")
	for i := range 2 { // what is wrong stands first
		k.fillIn(fmt.Sprintf("tbody tr:nth-child(%d) input[type=password]", i+2), "correct-horse-9")
	}
	k.submitOn(mainButton)
	k.query("a[href*='/runs/']")
	k.look("an imported file")
}

func (k *walk) alerts() {
	k.t.Helper()
	k.visit(k.home + "/links/alerts")
	k.look("alerts before their address")
	k.fillIn("#url", "ftp://")
	k.submitOn(mainButton)
	k.query("[aria-invalid=true]")
	k.look("refused alerts")
	k.fillIn("#url", k.hook.URL)
	k.fillIn("#secret", string(k.hook.key))
	k.clickOn(mainButton)
	k.query("#hook-test")
	k.look("alerts")
	k.submitOn("#hook-test")
	k.query("#hook-delivery .badge-passed")
	k.look("alerts that are taken")
	k.hook.Close()
	k.submitOn("#hook-test")
	k.query("#hook-delivery .badge-failed")
	k.look("alerts that are not taken")
}

func (k *walk) pastes() {
	k.t.Helper()
	k.visit(k.home + "/links/new")
	k.fillIn("#paste-text", "nothing known")
	k.submitOn("#paste button")
	k.query("#paste-error")
	k.look("a refused paste")
	k.fillIn("#paste-text", "mysql -h db.example.com -u loader -psecret --what=ever orders")
	k.submitOn("#paste button")
	k.query(".paste-report")
	k.look("a form that was pasted")
}
