package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// Several links are tested at once: each row tells how it went as soon as that
// is known, and what failed is ready to be tested again.
func TestRunOfTickedLinks(t *testing.T) {
	t.Parallel()
	t.Run("with JavaScript", func(t *testing.T) {
		t.Parallel()
		runOfTickedLinks(t, "script", func(w *tab) {
			require.Equal(t, "0", w.eval(`performance.getEntriesByType("resource").filter((e) => e.initiatorType === "xmlhttprequest").length`),
				"rows come in a stream, nobody asks for them")
			w.requireSamePage()
			w.announces("Finished: 3 of 4 failed")
		})
	})
	t.Run("without JavaScript", func(t *testing.T) {
		t.Parallel()
		runOfTickedLinks(t, "no-script", func(*tab) {}, withoutScript)
	})
}

func runOfTickedLinks(t *testing.T, pictures string, ended func(*tab), options ...pageOption) {
	server, silent := testserver.MariaDB(t), silence(t)
	good, locked := server.Account(t), server.Account(t)
	wrong := locked
	wrong.Password = "wrong"
	p := start(t, checkingForm)
	c := p.call(t)
	c.create("closed", inputsAt(closedPort))
	c.create("good", accountInputs(server, good))
	c.create("locked", accountInputs(server, wrong))
	c.create("silent", silent.inputs())
	c.create("untouched", accountInputs(server, good))
	w := p.browse(t, options...)
	w.signIn()
	w.visit(w.home + "/links")
	w.tick("closed", "good", "locked", "silent")
	w.click("button", "Test")

	w.find("heading", "Bulk test")
	w.markPage()
	w.find("heading", "Testing: 3 of 4 done")
	require.Equal(t, "closed: Failed\ngood: Passed\nlocked: Failed\nsilent: Testing", w.runRows())
	require.Contains(t, w.cell("locked", "Reason"), "Sign in: The server refused the password of "+locked.User)
	require.Contains(t, w.cell("closed", "Reason"), "Connect: ")
	w.picture("run-" + pictures + "-1-going")
	silent.hangUp()
	w.find("heading", "Finished: 3 of 4 failed")
	require.Equal(t, "closed: Failed\ngood: Passed\nlocked: Failed\nsilent: Failed", w.runRows())
	require.Equal(t, "1 Passed, 3 Failed", w.runCounts())
	require.Equal(t, "closed, locked, silent", w.ticked())
	ended(w)
	w.picture("run-" + pictures + "-2-ended")

	server.Exec(t, "ALTER USER `"+locked.User+"`@`127.0.0.1` IDENTIFIED BY 'wrong'")
	w.tick("silent")
	first := w.path()
	w.click("button", "Test")
	w.find("heading", "Finished: 1 of 2 failed")
	require.NotEqual(t, first, w.path())
	require.Equal(t, "closed: Failed\nlocked: Passed", w.runRows())
	require.Equal(t, "closed", w.ticked())

	w.visit(w.home + "/links")
	for name, status := range map[string]string{
		"closed": "Failed", "good": "Passed", "locked": "Passed", "silent": "Failed", "untouched": "Form only",
	} {
		require.Equal(t, status, w.cell(name, "Last check"), name)
	}
	w.visit(first)
	w.find("heading", "Finished: 3 of 4 failed")
}

// A run over systems that say nothing is not waited for.
func TestRunIsCancelled(t *testing.T) {
	t.Parallel()
	t.Run("with JavaScript", func(t *testing.T) {
		t.Parallel()
		runIsCancelled(t, func(*tab) {})
	})
	t.Run("without JavaScript", func(t *testing.T) {
		t.Parallel()
		// The page has just been refreshed: there is time to aim.
		runIsCancelled(t, func(w *tab) { w.answered(func() {}) }, withoutScript)
	})
}

// atOnce is what people take for an answer without delay, on a busy machine. A
// check of something silent takes 10 seconds.
const atOnce = 4 * time.Second

func runIsCancelled(t *testing.T, aim func(*tab), options ...pageOption) {
	silent := silence(t)
	p := start(t, checkingForm)
	c := p.call(t)
	names := []string{"silent_1", "silent_2", "silent_3", "silent_4", "silent_5"}
	for _, name := range names {
		c.create(name, silent.inputs())
	}
	w := p.browse(t, options...)
	w.signIn()
	w.visit(w.home + "/links")
	w.tick(names...)
	w.click("button", "Test")
	w.find("heading", "Testing: 0 of 5 done")
	eventually(t, "checks under way", func() (int, bool) { n := silent.holding(); return n, n > 1 })
	aim(w)

	began := time.Now()
	w.submit("button", "Cancel")
	w.find("heading", "Cancelled: 0 of 5 were tested")
	require.Less(t, time.Since(began), atOnce)
	eventually(t, "the connections to be given up", func() (int, bool) { n := silent.holding(); return n, n == 0 })
	require.Less(t, time.Since(began), atOnce)
	require.Equal(t, strings.Join(names, ": Cancelled\n")+": Cancelled", w.runRows())
	require.Empty(t, w.all("button", "Cancel"))
	w.picture("run-cancelled")

	w.visit(w.home + "/links")
	for _, name := range names {
		require.Equal(t, "Form only", w.cell(name, "Last check"), "what was not asked has said nothing")
	}
}

// tick clicks the boxes of rows.
func (w *tab) tick(names ...string) {
	w.t.Helper()
	for _, name := range names {
		w.click("checkbox", "Select "+name)
	}
}

// ticked are the names of the rows whose boxes are ticked.
func (w *tab) ticked() string {
	w.t.Helper()
	return w.eval(`[...document.querySelectorAll("tbody input[name=id]:checked")].map((box) => box.closest("tr").querySelector(".row-link").innerText).join(", ")`)
}

// runRows is a line for each link of a run: "orders: Passed".
func (w *tab) runRows() string {
	w.t.Helper()
	return w.eval(`[...document.querySelectorAll("#run tbody tr")].map((r) => r.querySelector(".row-link").innerText + ": " + r.cells[1].innerText.trim()).join("\n")`)
}

// runCounts is how many links of a run ended how.
func (w *tab) runCounts() string {
	w.t.Helper()
	return w.eval(`[...document.querySelectorAll(".run-counts .badge")].map((b) => b.innerText.trim()).join(", ")`)
}
