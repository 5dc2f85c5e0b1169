package handlers_test

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

func (g *governed) auditLog() string { return "/p/" + g.project.ID + "/audit" }

// entry is the path of the newest entry about an object.
func (g *governed) entry(kind api.Kind, id, action string) string {
	g.t.Helper()
	changes, err := g.service.Changes(g.t.Context(), g.root(), kind, id, "", 20)
	require.NoError(g.t, err)
	for _, c := range changes {
		if c.Action == action {
			return g.auditLog() + "/" + c.ID
		}
	}
	require.Fail(g.t, "no such change", "%s %s", kind, action)
	return ""
}

func TestTheAuditLog(t *testing.T) {
	t.Parallel()
	g := newGoverned(t)
	link := g.create(apitest.MySQLDraft("orders"))
	other := g.create(apitest.MySQLDraft("billing"))
	g.post(g.links()+"/disable", url.Values{"only": {link.ID}})

	t.Run("lists what was done, the newest first", func(t *testing.T) {
		rows := g.get(g.auditLog() + "?kind=link").requireStatus(http.StatusOK).Find(".table-audit tbody tr")
		require.Equal(t, 3, rows.Length())
		require.Contains(t, rows.First().Text(), "Link disabled")
		require.Contains(t, rows.First().Text(), "ada, in the console")
	})
	t.Run("is searched and filtered in the address", func(t *testing.T) {
		for query, count := range map[string]int{
			"q=billing": 1, "kind=link": 3, "kind=alias": 0, "action=disable": 1, "user=ada": 1, "user=nobody": 0, "way=page": 1,
			"object=" + other.ID: 1, "from=2020-01-01&until=2020-12-31": 0, "kind=link&from=2020-01-01": 3, "kind=link&from=nonsense": 3,
		} {
			require.Equal(t, count, g.get(g.auditLog()+"?"+query).requireStatus(http.StatusOK).Find(".table-audit tbody tr").Length(), query)
		}
	})
	t.Run("answers with its table alone, and with what exports the same", func(t *testing.T) {
		part := g.get(g.auditLog()+"?action=disable", fragment("audit-table")...)
		require.False(t, part.whole())
		require.Equal(t, "disable", part.Find(`#audit-export input[name="action"]`).AttrOr("value", ""))
	})
	t.Run("is the whole console's for administrators only", func(t *testing.T) {
		page := g.get("/audit?kind=link").requireStatus(http.StatusOK)
		require.Equal(t, 3, page.Find(".table-audit tbody tr").Length())
		require.Contains(t, page.text(".table-audit"), g.project.Name)
		require.Contains(t, g.get("/audit?kind=user").text(".table-audit"), "ada", "people belong to no project")
		g.as(g.grace).get("/audit").requireStatus(http.StatusForbidden)
		g.as(g.ada)
	})
}

func TestAnAuditEntry(t *testing.T) {
	t.Parallel()
	g := newGoverned(t)
	link := g.create(apitest.MySQLDraft("orders"))
	g.post(g.links()+"/disable", url.Values{"only": {link.ID}})
	path := g.entry(api.KindLink, link.ID, "disable")

	page := g.get(path).requireStatus(http.StatusOK)
	require.Equal(t, "Link disabled", page.text("h1"))
	require.Contains(t, page.text(".change-values"), "Yes → to No")
	require.Contains(t, page.text(".table-members"), "enabled")
	facts := page.text(".details")
	require.Contains(t, facts, "127.0.0.1")
	require.Contains(t, facts, "ada, in the console")
	require.Contains(t, facts, "About to be sealed")
	require.Equal(t, path+"/roll-back", page.Find("#roll-back").AttrOr("href", ""))

	t.Run("of what was made shows what it was made with", func(t *testing.T) {
		page := g.get(g.entry(api.KindLink, link.ID, "create")).requireStatus(http.StatusOK)
		require.Contains(t, page.text(".change-values"), "nothing → to orders")
		require.NotContains(t, page.html, "correct-horse-9", "a secret is in no log")
	})
	t.Run("is nobody's of another project", func(t *testing.T) {
		other := g.addProject("other-1")
		g.get("/p/" + other.ID + strings.TrimPrefix(path, "/p/"+g.project.ID)).requireStatus(http.StatusNotFound)
	})
	t.Run("is found by administrators outside of projects, too", func(t *testing.T) {
		page := g.get(path[strings.Index(path, "/audit"):]).requireStatus(http.StatusOK)
		require.Equal(t, path, page.Find(".details a:contains('"+g.project.Name+"')").AttrOr("href", ""))
	})
}

func TestTheAuditLogIsExported(t *testing.T) {
	t.Parallel()
	g := newGoverned(t)
	link := g.create(apitest.MySQLDraft("orders"))

	t.Run("as a table without formulas", func(t *testing.T) {
		page := g.post(g.auditLog()+"/export", url.Values{"format": {"csv"}, "kind": {"link"}}).requireStatus(http.StatusOK)
		require.Contains(t, page.header.Get("Content-Disposition"), ".csv")
		text, found := strings.CutPrefix(page.html, "\ufeff")
		require.True(t, found, "a spreadsheet reads it as UTF-8")
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 2)
		require.Equal(t, link.ID, rows[1][5])
		for _, row := range rows {
			for _, cell := range row {
				require.False(t, strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "+") || strings.HasPrefix(cell, "-") || strings.HasPrefix(cell, "@"), cell)
			}
		}
	})
	t.Run("as JSON, line by line", func(t *testing.T) {
		page := g.post(g.auditLog()+"/export", url.Values{"format": {"jsonl"}, "kind": {"link"}}).requireStatus(http.StatusOK)
		lines := bufio.NewScanner(strings.NewReader(page.html))
		require.True(t, lines.Scan())
		var entry struct {
			Kind   string         `json:"kind"`
			Object string         `json:"object"`
			After  map[string]any `json:"after"`
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &entry))
		require.Equal(t, "orders", entry.Object)
		require.Equal(t, "orders", entry.After["name"])
		require.False(t, lines.Scan())
	})
	t.Run("which is itself recorded", func(t *testing.T) {
		require.Equal(t, 2, g.get(g.auditLog()+"?action=export").Find(".table-audit tbody tr").Length())
	})
	t.Run("and nothing is left out where nothing is found", func(t *testing.T) {
		page := g.post(g.auditLog()+"/export", url.Values{"format": {"csv"}, "kind": {"alias"}}).requireStatus(http.StatusOK)
		require.Contains(t, page.html, "request_id")
	})
	t.Run("not by somebody else's page", func(t *testing.T) {
		g.send(http.MethodPost, g.auditLog()+"/export", url.Values{"format": {"csv"}}, []header{{"Sec-Fetch-Site", "cross-site"}}).requireStatus(http.StatusForbidden)
	})
}
