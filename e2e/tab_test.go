package e2e

import (
	"context"
	"strconv"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// tab is a page in the browser, used as a person does: things are found by the
// role and the name that assistive technology tells, clicked where they are,
// and typed into key by key.
type tab struct {
	t        *testing.T
	ctx      context.Context
	base     string
	home     string          // path of the project's overview, once signed in
	log      func() []string // ends the browser's log
	asked    func() []string // kinds of the questions that the browser has asked
	expected []string
}

func (w *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	require.NoError(w.t, chromedp.Do(ctx, steps...))
}

// visit loads the page at a path.
func (w *tab) visit(path string) {
	w.t.Helper()
	w.do(chromedp.Navigate(w.base + path))
}

// signIn signs in as the administrator and ends at the overview.
func (w *tab) signIn() {
	w.t.Helper()
	w.signInAs(adminName, adminPassword)
}

// signInAs signs in and ends at the overview.
func (w *tab) signInAs(name, password string) {
	w.t.Helper()
	w.visit("/")
	w.fill("Name", name)
	w.fill("Password", password)
	w.click("button", "Sign in")
	w.find("heading", "Overview")
	w.home = w.path()
}

// click presses the mouse button in the middle of a thing.
func (w *tab) click(role, name string) {
	w.t.Helper()
	w.clickNode(w.find(role, name), role+" "+strconv.Quote(name))
}

// clickOn clicks what a CSS selector finds, where names depend on the language.
func (w *tab) clickOn(selector string) {
	w.t.Helper()
	w.clickNode(w.query(selector), selector)
}

// clickNode presses the button, is as slow as a person, so that whatever the
// page asks about that is answered, and releases it.
func (w *tab) clickNode(node cdp.BackendNodeID, what string) {
	w.t.Helper()
	x, y := w.middle(node, what)
	w.press(x, y)
	w.settle("the requests of " + what)
	w.release(x, y)
}

// press moves the mouse and presses its button.
func (w *tab) press(x, y float64) {
	w.t.Helper()
	w.do(
		chromedp.MouseEvent(chromedp.MouseMoved, x, y),
		chromedp.MouseEvent(chromedp.MousePressed, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)),
	)
}

// release moves the pressed mouse and releases its button.
func (w *tab) release(x, y float64) {
	w.t.Helper()
	w.do(
		chromedp.MouseEvent(chromedp.MouseMoved, x, y, chromedp.ButtonLeft),
		chromedp.MouseEvent(chromedp.MouseReleased, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)),
	)
}

// middle is where the mouse goes to press a thing.
func (w *tab) middle(node cdp.BackendNodeID, what string) (x, y float64) {
	w.t.Helper()
	devtools(w, dom.ScrollIntoViewIfNeeded, dom.ScrollIntoViewIfNeededParams{BackendNodeID: node})
	quads := devtools(w, dom.GetContentQuads, dom.GetContentQuadsParams{BackendNodeID: node}).Quads
	require.NotEmpty(w.t, quads, "%s cannot be seen", what)
	q := quads[0]
	return (q[0] + q[4]) / 2, (q[1] + q[5]) / 2
}

// settle waits until the server has answered whatever the page asked for.
func (w *tab) settle(what string) {
	w.t.Helper()
	eventually(w.t, what, func() (string, bool) {
		busy := w.eval("window.asking ?? 0")
		return busy, busy == "0"
	})
}

// open unfolds a menu or a part of the page.
func (w *tab) open(name string) {
	w.t.Helper()
	w.click(w.roleOf(name, folds), name)
}

// submit presses a button and waits until the server has answered: with
// another page, or with a part of this one.
func (w *tab) submit(role, name string) {
	w.t.Helper()
	w.answered(func() { w.click(role, name) })
}

// answered waits until the server has answered what is done.
func (w *tab) answered(what func()) {
	w.t.Helper()
	before := w.state()
	what()
	eventually(w.t, "an answer on "+before, func() (string, bool) {
		now := w.state()
		return now, now != "" && now != before
	})
}

// state changes with every answer of the server. It is empty between pages.
func (w *tab) state() string {
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	const ready = `document.readyState === "complete" ? location.href + " " + performance.timeOrigin + " " + window.answers : ""`
	state, err := chromedp.Run(ctx, chromedp.Evaluate[string](ready))
	if err != nil {
		return ""
	}
	return state
}

// fill types into the input with that label, instead of what was there.
func (w *tab) fill(label, text string) {
	w.t.Helper()
	w.clickNode(w.input(label), label)
	w.retype(text)
}

// fillIn types into what a CSS selector finds.
func (w *tab) fillIn(selector, text string) {
	w.t.Helper()
	w.clickOn(selector)
	w.retype(text)
}

// retype replaces the content of the input that has the keyboard.
func (w *tab) retype(text string) {
	w.t.Helper()
	w.do(
		chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)),
		chromedp.KeyEvent(kb.Backspace),
	)
	w.keys(text)
}

// keys presses keys, one after the other: text, or names of package kb.
func (w *tab) keys(keys string) {
	w.t.Helper()
	if keys != "" {
		w.do(chromedp.KeyEvent(keys))
	}
}

// enter presses Enter as a keyboard does: the key and its character at once. A
// character sent on its own could reach what the key has brought in meanwhile, and
// none follows if a script has taken the key.
func (w *tab) enter() {
	w.t.Helper()
	key := input.DispatchKeyEventParams{Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13}
	down, up := key, key
	down.Type, down.Text, up.Type = input.DispatchKeyEventTypeKeyDown, "\r", input.DispatchKeyEventTypeKeyUp
	devtools(w, input.DispatchKeyEvent, down)
	devtools(w, input.DispatchKeyEvent, up)
}

// eval runs an expression and returns its value as text. Between two pages it
// waits for the second one.
func (w *tab) eval(expression string) string {
	w.t.Helper()
	return eventually(w.t, "the value of "+expression, func() (string, bool) {
		ctx, cancel := context.WithTimeout(w.ctx, patience)
		defer cancel()
		text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("String("+expression+")"))
		if err != nil {
			return err.Error(), false
		}
		return text, true
	})
}

// whole waits until the browser has read all of the page.
func (w *tab) whole() {
	w.t.Helper()
	eventually(w.t, "the whole page", func() (string, bool) {
		state := w.eval("document.readyState")
		return state, state == "complete"
	})
}
