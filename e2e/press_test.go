package e2e

import (
	"net/url"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// A button of the field that is left by pressing it is still there when it is
// released, whatever the server has said about the field meanwhile.
func TestAPressedButtonStaysUntilItIsReleased(t *testing.T) {
	t.Parallel()
	j := start(t).travel(t, "pressed")
	j.visit(j.home + "/connections/new?service=CloudTable")
	j.fill("Address, row 1: Host or IP address", "no_host!")
	j.submit("button", "Add an address")
	require.Equal(t, "no_host!", j.value("Address, row 1: Host or IP address"))
	j.fill("Address, row 2: Host or IP address", "nor_this!")
	j.submit("button", "Remove row 2 of Address")
	require.Empty(t, j.all("textbox", "Address, row 2: Host or IP address"))
	j.submit("button", "Add a tag")
	j.fill("Tags, row 1: Key", "team=")
	j.submit("button", "Add a tag")
	require.Equal(t, "team=", j.value("Tags, row 1: Key"))
	require.Len(t, j.all("textbox", "Tags, row 2: Key"), 1)

	// Who lets go elsewhere has pressed nothing, and learns what is wrong.
	j.fill("Address, row 1: Host or IP address", "still_none!")
	x, y := j.middle(j.find("button", "Add an address"), "the button")
	j.press(x, y)
	j.settle("the judgement")
	require.Empty(t, j.eval(`document.querySelector("#url-0-host-error")?.innerText ?? ""`), "it waits for the release")
	j.release(5, 5)
	j.sees("Write a plain colon between host and port")
	require.Empty(t, j.all("textbox", "Address, row 2: Host or IP address"))
}

// Who comes by Tab to a cell that is filled in types over what is there, also if
// the field was judged in between.
func TestTypingOverWhatIsFilledIn(t *testing.T) {
	t.Parallel()
	j := start(t).travel(t, "typing-over")
	for name, pause := range map[string]func(){
		"at once":             func() {},
		"after the judgement": func() { j.settle("the judgement") },
	} {
		j.visit(j.home + "/connections/new?service=CSS")
		j.clickOn("#url-0-host")
		j.keys("localhost" + kb.Tab)
		pause()
		j.keys("29204")
		j.leave()
		require.Equal(t, "29204", j.value("Address, row 1: Port"), name)
	}
}

// Tags are typed as filters one after the other, each can be taken back, and how
// the list is sorted stays when it is searched.
func TestFilteringByTypedTags(t *testing.T) {
	t.Parallel()
	server := testserver.ZooKeeper(t)
	j := start(t).travel(t, "tags")
	for name, team := range map[string]string{"events": "north", "orders": "north", "stock": "south"} {
		j.c.connect(name, "CloudTable", server.Addr())
		j.tagConnection(name, "team", team)
	}
	list := j.home + "/connections"
	j.visit(list)
	j.markPage()
	j.click("link", "Name")
	j.lists("stock,orders,events")
	box := "Show only what has a tag"
	j.fill(box, "team")
	j.answered(j.enter)
	j.find("link", "Remove the filter team")
	require.Empty(t, j.value(box), "the box is free for another one")
	require.True(t, j.focused("textbox", box), "and has the keyboard")
	j.fill(box, "team=north")
	j.answered(j.enter)
	j.find("link", "Remove the filter team=north")
	j.find("link", "Remove the filter team")
	j.lists("orders,events")
	address, err := url.Parse(j.path())
	require.NoError(t, err)
	require.Equal(t, "desc", address.Query().Get("order"), "a search keeps how the list is sorted")
	j.click("searchbox", "Search name or destination")
	j.keys("ord")
	x, y := j.middle(j.input(box), box)
	j.press(x, y)
	eventually(t, "the search to be under way", func() (string, bool) {
		busy := j.eval(`document.querySelectorAll(".htmx-request").length`)
		return busy, busy == "1"
	})
	j.keys("half-typed")
	j.release(x, y)
	j.lists("orders")
	require.Equal(t, "half-typed", j.value(box), "what was typed meanwhile stays")
	j.requireSamePage()
	j.picture("list-typed-tags")
}

// lists waits for a list of things of those names.
func (w *tab) lists(names string) {
	w.t.Helper()
	eventually(w.t, names, func() (string, bool) {
		now := w.eval(`[...document.querySelectorAll("tbody .row-link")].map((link) => link.innerText).join()`)
		return now, now == names
	})
}
