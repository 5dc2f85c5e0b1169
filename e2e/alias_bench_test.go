package e2e

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A request is tried on the draft and on what is live before anything is saved:
// the bench says which version it gets, and why, rule by rule.
func TestBenchComparesDraftAndLive(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t), "bench", func(j *journey) {
		j.c.register("orders", "v1", "v2")
		alias := j.c.alias("orders", "prod", "v1", byRules("v2", "header X-Team in qa,dev", "cookie stage = beta"))
		live := j.c.aliased("orders", "prod")
		j.visit(alias + "/edit")
		j.card("combine", "or")
		j.fillCell(ruleCell(2, "Value"), "gamma")
		j.paste("Request", `curl -H 'X-Team: dev' --cookie 'plan=free; stage=beta' https://orders.example.com/`)
		j.submit("button", "Try the request")
		j.sees("The draft and what is live give this request the same answer.")
		j.requireAnswerInView()
		require.Equal(j.t, []string{
			"Live: v2",
			"All rules are satisfied, so the request goes to v2.",
			"Rule 1 is satisfied: header X-Team is one of “qa, dev”.",
			"Rule 2 is satisfied: cookie stage is “beta”.",
			"Chance plays no part: all 10,000 simulated requests like this one get v2.",
		}, j.benchSide(1))
		require.Equal(j.t, []string{
			"Draft: v2",
			"One of the rules is satisfied, which is enough, so the request goes to v2.",
			"Rule 1 is satisfied: header X-Team is one of “qa, dev”.",
			"Rule 2 is not satisfied: cookie stage is there, but is not “gamma”.",
			"Chance plays no part: all 10,000 simulated requests like this one get v2.",
		}, j.benchSide(2))
		j.fill("Request", "GET /orders HTTP/1.1\nX-Team: ops\nCookie: stage=gamma\n")
		j.submit("button", "Try the request")
		j.sees("The draft treats this request differently")
		j.sees("Live: v1. Draft: v2.")
		require.Contains(j.t, j.benchSide(1), "Rule 1 is not satisfied: header X-Team is there, but is none of “qa, dev”.")
		require.Equal(j.t, "gamma", j.value(ruleCell(2, "Value")), "the draft is still there")
		j.photograph("bench-draft-and-live")
		j.fill("Request", "curl -H")
		j.submit("button", "Try the request")
		require.Contains(j.t, j.describedBy("Request"), "Nothing follows -H in this command.")
		require.Equal(j.t, live, j.c.aliased("orders", "prod"), "nothing was saved")
	})
}

// requireAnswerInView requires that the verdicts of the bench are in sight, without
// scrolling, and side by side.
func (w *tab) requireAnswerInView() {
	w.t.Helper()
	eventually(w.t, "the answer of the bench in sight", func() (string, bool) {
		said := w.eval(`(() => {
			const [live, draft] = [...document.querySelectorAll(".trial-verdict")].map((e) => e.getBoundingClientRect());
			const seen = [live, draft].every(({ top, bottom }) => top > 60 && bottom < innerHeight);
			return seen && live.top === draft.top ? "yes" : JSON.stringify([live, draft, innerHeight]);
		})()`)
		return said, said == "yes"
	})
}

// benchSide is what the bench says of what is live, 1, or of the draft, 2: the
// verdict, and why.
func (w *tab) benchSide(side int) (said []string) {
	w.t.Helper()
	text := w.eval(fmt.Sprintf(`(() => {
		const side = document.querySelectorAll(".trial-side")[%d - 1];
		const verdict = side.querySelector("h3").textContent + ": " + side.querySelector(".trial-verdict").textContent.trim();
		return [verdict, ...[...side.querySelectorAll(".trial-reasons li, .trial-expected")].map((e) => e.textContent.trim())].join("\n");
	})()`, side))
	return strings.Split(text, "\n")
}

// What chance makes of ten thousand requests is shown beside what is configured.
func TestBenchSimulates(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t), "simulation", func(j *journey) {
		j.c.register("orders", "v1", "v2")
		j.visit(j.c.alias("orders", "prod", "v1", byWeight("v2", 30)))
		j.fill("Requests to simulate", "0")
		j.submit("button", "Try the request")
		require.Contains(j.t, j.describedBy("Requests to simulate"), "Enter a whole number from 1 to")
		j.fill("Requests to simulate", "10000")
		j.submit("button", "Try the request")
		j.sees("10,000 simulated requests")
		j.sees("v1 (70 %) or v2 (30 %), by chance")
		total := 0
		for version, percent := range map[string]int{"v1": 70, "v2": 30} {
			require.Equal(j.t, strconv.Itoa(percent)+" %", j.cell(version, "Configured"))
			observed := strings.Fields(j.cell(version, "Simulated"))
			require.Len(j.t, observed, 3, "percent and number")
			counted, err := strconv.Atoi(strings.ReplaceAll(observed[2], ",", ""))
			require.NoError(j.t, err)
			require.InDelta(j.t, 100*percent, counted, 400, "more than eight standard deviations")
			require.Equal(j.t, fmt.Sprintf("%.2f", float64(counted)/100), observed[0])
			require.Contains(j.t, j.cell(version, "Difference"), " points")
			total += counted
		}
		require.Equal(j.t, 10000, total)
		require.Equal(j.t, "true", j.eval(`String(document.querySelector(".trial-split").getBoundingClientRect().right < document.querySelector(".trial-side").getBoundingClientRect().right)`))
		j.sees("is expected to get between 28.8")
		j.photograph("bench-simulation")
	})
}

// A file of requests, one a line, becomes a table, on the page and to keep.
func TestBenchReadsFile(t *testing.T) {
	t.Parallel()
	bothWays(t, start(t), "file", func(j *journey) {
		j.c.register("orders", "v1", "v2")
		j.visit(j.c.alias("orders", "prod", "v1", byRules("v2", "header X-Team in qa,dev")) + "/try")
		j.submit("button", "Try all lines")
		j.sees("There is no request in this text.")
		file, secret := filepath.Join(j.t.TempDir(), "requests.txt"), newCanary()
		require.NoError(j.t, os.WriteFile(file, []byte(strings.Join([]string{
			"# from the gateway's log",
			`curl -H 'X-Team: qa' -H 'Authorization: Bearer ` + secret + `' https://orders.example.com/`,
			`{"X-Team": "ops"}`,
			"x-team: dev | Cookie: a=b",
			"=1+1 is no request",
		}, "\n")), 0o600))
		j.upload(file)
		j.submit("button", "Try all lines")
		j.sees("What each request gets")
		for line, verdict := range map[string]string{"2": "v2", "3": "v1", "4": "v2", "5": "Not readable"} {
			require.Equal(j.t, verdict, j.cell(line, "Version"))
		}
		require.Contains(j.t, j.cell("4", "Why"), "Rule 1 is satisfied: header X-Team is one of “qa, dev”.")
		require.Contains(j.t, j.cell("3", "Why"), "Rule 1 is not satisfied")
		require.NotContains(j.t, j.text(), secret, "credentials are not shown")
		j.photograph("bench-file")
		for range 2 {
			j.requireTable(j.download(func() { j.click("button", "Download as CSV") }), secret)
		}
		requireAbsent(j.t, secret, "what is stored", folderContent(j.t, j.p.dir), "X-Team")
		requireAbsent(j.t, secret, "the log", []byte(j.p.output.String()), "http://127.0.0.1")
	})
}

// requireTable requires that a stored table is that of the page, without a secret.
func (j *journey) requireTable(file, secret string) {
	j.t.Helper()
	require.Equal(j.t, "requests-prod.csv", filepath.Base(file))
	text, err := os.ReadFile(file)
	require.NoError(j.t, err)
	require.NotContains(j.t, string(text), secret)
	table, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff"))).ReadAll()
	require.NoError(j.t, err)
	require.Len(j.t, table, 5)
	require.Equal(j.t, []string{"Line", "Request", "Version", "Why"}, table[0])
	require.Equal(j.t, []string{"3", `{"X-Team": "ops"}`, "v1"}, table[2][:3])
	require.Equal(j.t, "'=1+1 is no request", table[4][1], "a spreadsheet must not calculate it")
}
