package e2e

import (
	"context"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api/connector"
	"switchboard/internal/testserver"
)

// axeScript is where make puts the checker.
const axeScript = "../web/node_modules/axe-core/axe.min.js"

// runAxe waits until colours have stopped to change, and lists what is wrong
// with the page, a line for each element.
const runAxe = `(async () => {
	const transitions = document.getAnimations().filter((a) => a instanceof CSSTransition);
	await Promise.allSettled(transitions.map((a) => a.finished));
	const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
	const found = await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]});
	return found.violations.flatMap((v) => v.nodes.map((n) => v.id + " at " + n.target.join(" ") + "\n  " + n.failureSummary)).join("\n");
})()`

// audit takes a picture of the page as it stands and requires that nothing on
// it is wrong.
func (w *tab) audit(what string) {
	w.t.Helper()
	w.picture(path.Base(w.t.Name()) + "-" + strings.ReplaceAll(what, " ", "-"))
	w.requireAccessible(what)
}

// requireAccessible unfolds the page, waits for what is only asked for then, and reports
// what axe finds wrong with it. Menus stand beside what they would cover meanwhile.
func (w *tab) requireAccessible(what string) {
	w.t.Helper()
	w.eval(`document.querySelectorAll("main details").forEach((d) => { d.open = true; })`)
	eventually(w.t, "the code of the page", func() (string, bool) {
		unasked := w.eval(`document.querySelectorAll("details.sample [hx-trigger^=toggle]").length`)
		return unasked, unasked == "0"
	})
	w.eval(`document.querySelectorAll("main .popup-panel").forEach((p) => { p.style.position = "static"; })`)
	defer w.eval(`document.querySelectorAll("main .popup").forEach((d) => {
		d.open = false;
		d.querySelector(".popup-panel").style.position = "";
	})`)
	if found := w.violations(); found != "" {
		w.t.Errorf("%s, %s\n%s", what, w.path(), found)
	}
}

// violations is what axe finds wrong, a line for each element.
func (w *tab) violations() string {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	if w.eval("typeof axe") == "undefined" {
		script, err := os.ReadFile(axeScript)
		require.NoError(w.t, err, "run make build first")
		require.NoError(w.t, chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](string(script)+";undefined")))
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](runAxe, chromedp.EvalAwaitPromise))
	require.NoError(w.t, err)
	return found
}

// look is a way to read the console.
type look struct{ language, theme string }

func (l look) String() string { return l.language + "-" + l.theme }

var looks = []look{{"en", "light"}, {"en", "dark"}, {"zh", "light"}, {"zh", "dark"}}

// wear chooses language and theme with the switches of the page.
func (w *tab) wear(l look) {
	w.t.Helper()
	if w.eval("document.documentElement.lang.slice(0, 2)") != l.language {
		w.submitOn("button[name=language][value=" + l.language + "]")
	}
	w.clickOn("details:has(button[name=theme]) > summary")
	w.submitOn("button[name=theme][value=" + l.theme + "]")
	require.Equal(w.t, l.theme, w.eval("document.documentElement.dataset.theme"))
}

// signInWearing signs in by the look, whatever the language.
func (w *tab) signInWearing(l look) {
	w.t.Helper()
	w.visit("/sign-in")
	w.wear(l)
	w.fillIn("#name", adminName)
	w.fillIn("#password", adminPassword)
	w.clickOn(mainButton)
	w.query(".user-switch")
}

// mainButton is the one of a page with one form.
const mainButton = "main button[type=submit].btn-primary"

// submitOn is submit for what a CSS selector finds.
func (w *tab) submitOn(selector string) {
	w.t.Helper()
	w.answered(func() { w.clickOn(selector) })
}

func TestEveryPageIsAccessible(t *testing.T) {
	t.Parallel()
	server := testserver.MariaDB(t)
	account := server.Account(t)
	p := start(t, checkingForm)
	c := p.call(t)
	c.create("audited", somewhere(nil))
	full, empty := "/p/"+c.project, "/p/"+p.addProject(t, "empty")
	link := p.enter(t).linkPath(full, "audited")
	for _, l := range looks {
		t.Run(l.String(), func(t *testing.T) {
			t.Parallel()
			w := p.browse(t)
			w.visit("/sign-in")
			w.wear(l)
			w.audit("the sign-in page")
			w.fillIn("#name", adminName)
			w.fillIn("#password", "wrong")
			w.submitOn(mainButton)
			w.audit("a refused sign-in")
			w.fillIn("#password", adminPassword)
			w.clickOn(mainButton)
			w.query(".user-switch")
			auditMenus(w)
			auditPages(w, map[string]string{
				"the overview": full, "an empty overview": empty,
				"the list": full + "/links", "an empty list": empty + "/links", "a list without a match": full + "/links?q=nothing-like-this",
				"the picker": full + "/links/new", "a link": link, "its JSON": link + "/json", "its form": link + "/edit",
				"its clone": full + "/links/new?from=" + path.Base(link), "the deletion": link + "/delete", "the components": "/kit",
				"a kind to come": full + "/connections",
			})
			auditForm(w, full+"/links/new?connector=mysql", server, account)
			w.expect("status of 404")
			auditPages(w, map[string]string{"nothing": full + "/nothing"})
		})
	}
}

// auditPages audits pages as they come.
func auditPages(w *tab, pages map[string]string) {
	w.t.Helper()
	for name, path := range pages {
		w.visit(path)
		w.audit(name)
	}
}

// auditMenus audits the page's menus, one after the other.
func auditMenus(w *tab) {
	w.t.Helper()
	for _, menu := range []string{".project-switch", ".user-switch"} {
		w.clickOn(menu)
		w.audit("the menu " + menu[1:])
	}
}

// auditForm audits what a form shows after a refused save, after a check that
// fails and after one that passes.
func auditForm(w *tab, path string, server *testserver.Server, account testserver.Account) {
	w.t.Helper()
	const test = "button[formaction$='/test']"
	w.visit(path)
	w.submitOn(mainButton)
	w.query("[aria-invalid=true]")
	w.audit("a refused form")
	describe := map[string]string{
		"#name": "audited_form", "#linkConfig-host": server.Host, "#linkConfig-database": account.Database,
		"#linkConfig-username": account.User, "#linkConfig-password": "wrong", "#linkConfig-port": strconv.Itoa(server.Port),
	}
	for input, text := range describe {
		w.fillIn(input, text)
	}
	w.submitOn(test)
	w.query(".check-failed")
	w.audit("a failed check")
	w.submitOn(mainButton)
	w.query("#anyway")
	w.audit("a failed check before saving")
	w.fillIn("#linkConfig-password", account.Password)
	w.submitOn(test)
	w.query(".check-passed, .check-warned")
	w.audit("a passed check")
}

func TestEveryConnectorsFormIsAccessible(t *testing.T) {
	t.Parallel()
	p := start(t)
	w := p.browse(t)
	w.signIn()
	for _, c := range connector.All {
		for _, tile := range c.Tiles {
			w.visit(w.home + "/links/new?connector=" + tile.Slug)
			w.requireAccessible("the form of " + tile.Slug)
		}
	}
}

func TestSetUpPageIsAccessible(t *testing.T) {
	t.Parallel()
	p := start(t, withoutAdministrator)
	for _, l := range looks {
		t.Run(l.String(), func(t *testing.T) {
			w := p.browse(t)
			w.visit(setUpPath(t, p))
			w.wear(l)
			w.audit("the set-up page")
			w.submitOn(mainButton)
			w.query("[aria-invalid=true]")
			w.audit("a refused set-up")
		})
	}
}

func TestNoPageIsWiderThanATelephone(t *testing.T) {
	t.Parallel()
	const name = "a_name_of_a_length_that_people_do_give_to_their_links_in_practice"
	p := start(t, checkingForm)
	c := p.call(t)
	c.create(name, somewhere(nil))
	home := "/p/" + c.project
	link := p.enter(t).linkPath(home, name)
	for _, language := range []string{"en", "zh"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			w := p.browse(t, onPhone)
			w.signInWearing(look{language, "light"})
			for name, path := range map[string]string{
				"overview": home, "list": home + "/links", "picker": home + "/links/new", "new": home + "/links/new?connector=mysql",
				"detail": link, "edit": link + "/edit", "json": link + "/json", "delete": link + "/delete", "kit": "/kit",
			} {
				w.visit(path)
				if width := w.eval("document.documentElement.scrollWidth"); width != w.eval("innerWidth") {
					t.Errorf("%s can be scrolled sideways: it is %s px wide", path, width)
				}
				w.picture("phone-" + language + "-" + name)
			}
		})
	}
}
