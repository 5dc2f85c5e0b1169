package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// The palette finds things while somebody types, and is used by keyboard alone.
func TestThePaletteByKeyboard(t *testing.T) {
	t.Parallel()
	p := start(t, checkingForm)
	c := p.call(t)
	c.create("orders_a", somewhere(nil))
	c.create("orders_b", somewhere(nil))
	w := p.browse(t)
	w.signIn()
	isOpen := func() string { return w.eval(`document.querySelector("dialog.palette").open`) }

	w.do(chromedp.KeyEvent("k", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	w.find("option", "New link")
	w.keys("orders")
	w.find("option", "orders_b db.example.com:3306")
	w.audit("the palette")
	w.keys(kb.ArrowDown)
	require.Contains(t, w.eval(`document.querySelector("[aria-selected=true]").textContent`), "orders_b")
	require.Equal(t, w.eval(`document.querySelector("[aria-selected=true]").id`),
		w.eval(`document.activeElement.getAttribute("aria-activedescendant")`), "the cursor stays in the input")
	w.enter()
	w.find("heading", "orders_b")

	w.keys("/")
	require.Equal(t, "true", isOpen(), "the page has no search of its own")
	w.keys(kb.Escape)
	require.Equal(t, "false", isOpen())
	w.visit(w.home + "/links")
	w.keys("/")
	require.Equal(t, "false", isOpen())
	require.True(t, w.focused("searchbox", "Search name or endpoint"), "the list has one")

	w.click("link", "Search")
	w.find("option", "New link")
	w.keys("no such thing")
	w.find("option", "Links with “no such thing”")
}
