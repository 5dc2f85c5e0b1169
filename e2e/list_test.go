package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// All state of a list is in its URL, and only the table is replaced.
func TestListOfLinks(t *testing.T) {
	t.Parallel()
	p := start(t, checkingForm)
	c := p.call(t)
	for n := range 60 {
		c.create(fmt.Sprintf("link_%02d", n), somewhere(nil))
	}
	c.create("other_postgres", somewhere(map[string]string{"databaseType": "POSTGRESQL"}))
	w := p.browse(t)
	w.signIn()
	list := w.home + "/links"
	w.visit(list)
	w.seesRows(50, "link_00")
	w.markPage()

	w.click("searchbox", "Search name or endpoint")
	w.keys("link_07")
	w.at(list + "?q=link_07&connector=")
	w.seesRows(1, "link_07")
	require.True(t, w.focused("searchbox", "Search name or endpoint"))
	require.Equal(t, "link_07", w.value("Search name or endpoint"))
	w.announces("1 shown")
	w.picture("list-search")

	w.fill("Search name or endpoint", "nothing-like-this")
	w.find("heading", "Nothing matches")
	w.fill("Search name or endpoint", "")
	w.seesRows(50, "link_00")

	w.click("link", "Name")
	w.seesRows(50, "other_postgres")
	w.click("link", "Next")
	w.seesRows(11, "link_10")
	second := w.path()
	require.Contains(t, second, "order=desc")
	require.Contains(t, second, "cursor=")
	w.requireSamePage()

	w.do(chromedp.NavigateBack())
	w.seesRows(50, "other_postgres")
	w.visit(second)
	w.seesRows(11, "link_10")
	w.click("link", "Previous")
	w.seesRows(50, "other_postgres")
}

// The list is as useful without JavaScript.
func TestListOfLinksWithoutScript(t *testing.T) {
	t.Parallel()
	p := start(t, checkingForm)
	c := p.call(t)
	for n := range 51 {
		c.create(fmt.Sprintf("link_%02d", n), somewhere(nil))
	}
	w := p.browse(t, withoutScript)
	w.signIn()
	w.visit(w.home + "/links")
	w.submit("link", "Next")
	w.seesRows(1, "link_50")
	w.fill("Search name or endpoint", "link_3")
	w.submit("button", "Search")
	w.seesRows(10, "link_30")
	w.submit("link", "Name")
	w.seesRows(10, "link_39")
	require.Equal(t, "link_3", w.value("Search name or endpoint"))
}

// seesRows waits for a table with so many rows, the first of which has a name.
func (w *tab) seesRows(count int, first string) {
	w.t.Helper()
	want := fmt.Sprintf("%d rows from %s", count, first)
	eventually(w.t, want, func() (string, bool) {
		now := w.eval(`(() => {
			const rows = [...document.querySelectorAll("tbody tr")].map((r) => r.cells[0].innerText.trim());
			return rows.length + " rows from " + rows[0];
		})()`)
		return now, now == want
	})
}

// markPage writes something into the page that only a new page takes away.
func (w *tab) markPage() { w.eval(`document.querySelector("h1").dataset.mark = "here"`) }

// requireSamePage requires that only parts of the marked page were replaced.
func (w *tab) requireSamePage() {
	w.t.Helper()
	require.Equal(w.t, "here", w.eval(`document.querySelector("h1").dataset.mark`), "the whole page was loaded again")
}

// announces waits until a screen reader is told something.
func (w *tab) announces(text string) {
	w.t.Helper()
	eventually(w.t, "the announcement "+text, func() (string, bool) {
		now := w.eval(`document.querySelector("#announcer").textContent`)
		return now, strings.Contains(now, text)
	})
}
