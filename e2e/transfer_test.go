package e2e

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	browserdomain "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// Links go from one project into another as a file. Nothing is stored before
// its plan was seen, and secrets are typed there.
func TestExportAndImport(t *testing.T) {
	t.Parallel()
	t.Run("with JavaScript", func(t *testing.T) {
		t.Parallel()
		exportAndImport(t, "script")
	})
	t.Run("without JavaScript", func(t *testing.T) {
		t.Parallel()
		exportAndImport(t, "no-script", withoutScript)
	})
}

func exportAndImport(t *testing.T, pictures string, options ...pageOption) {
	server := testserver.MariaDB(t)
	account := server.Account(t)
	p := start(t, checkingForm)
	c := p.call(t)
	c.create("archive", somewhere(map[string]string{"databaseType": "POSTGRESQL"}))
	c.create("orders", accountInputs(server, account))
	c.create("unticked", somewhere(nil))
	elsewhere := "/p/" + p.addProject(t, "elsewhere") + "/links"
	w := p.browse(t, options...)
	w.signIn()

	w.visit(w.home + "/links")
	w.tick("archive", "orders")
	file := w.download(func() {
		w.open("Export")
		w.click("button", "CDM JSON, without secrets")
	})
	require.Regexp(t, `^links-local-1-\d{4}-\d\d-\d\d\.json$`, filepath.Base(file))
	require.Equal(t, []string{"archive", "orders"}, namesInFile(t, file))

	w.visit(elsewhere)
	w.click("link", "Import")
	w.upload(file)
	w.click("button", "Show what would change")
	w.sees("2 to add, 0 to change, 0 already there, 0 that cannot be imported.")
	w.visit(elsewhere)
	w.find("heading", "No links yet")
	w.visit(elsewhere + "/import")
	w.upload(file)
	w.click("button", "Show what would change")
	w.submit("button", "Import the ticked links")
	w.sees("Some secrets are still missing.")
	require.Contains(t, w.describedBy("Password orders"), "Type this secret.")
	w.picture("import-" + pictures + "-1-asked")
	w.fill("Password orders", account.Password)
	w.click("checkbox", "Import archive")
	w.submit("button", "Import the ticked links")
	require.Equal(t, "Stored", w.cell("orders", "Outcome"))
	w.click("link", "Watch the test")
	w.find("heading", "Finished: 1 tested, no failure")
	require.Equal(t, "orders: Passed", w.runRows(), "the typed secret is the stored one")

	w.visit(elsewhere)
	w.tick("orders")
	again := w.download(func() {
		w.open("Export")
		w.click("button", "CDM JSON, without secrets")
	})
	require.Equal(t, linkInFile(t, file, "orders"), linkInFile(t, again, "orders"))
	importChanges(t, w, elsewhere, file, pictures)
}

// importChanges imports what is there partly, partly differs and partly is
// wrong.
func importChanges(t *testing.T, w *tab, links, file, pictures string) {
	orders, archive := linkInFile(t, file, "orders"), linkInFile(t, file, "archive")
	text, err := json.Marshal(map[string]any{"links": []any{
		json.RawMessage(strings.Replace(orders, `"enabled":true`, `"enabled":false`, 1)),
		json.RawMessage(strings.Replace(archive, "generic-jdbc-connector", "no-such-connector", 1)),
	}})
	require.NoError(t, err)
	w.visit(links + "/import")
	w.paste("Or paste the JSON here", string(text))
	w.click("button", "Show what would change")
	w.sees("0 to add, 1 to change, 0 already there, 1 that cannot be imported.")
	require.Equal(t, []string{"Change", "Cannot be imported"}, []string{w.cell("orders", "What happens"), w.cell("archive", "What happens")})
	require.Equal(t, "Enabled: true → false", strings.Join(strings.Fields(w.cell("orders", "Details")), " "))
	require.Contains(t, w.cell("archive", "Details"), "no-such-connector")
	w.picture("import-" + pictures + "-2-changes")
	w.submit("button", "Import the ticked links")
	require.Equal(t, "Stored", w.cell("orders", "Outcome"))

	w.visit(links)
	require.True(t, w.isDisabled("orders"))
	w.visit(links + "/import")
	w.paste("Or paste the JSON here", string(text))
	w.submit("button", "Show what would change")
	require.Equal(t, "Nothing to do", w.cell("orders", "What happens"))
	w.visit(links + "/import")
	w.fill("Or paste the JSON here", `{"links": [`)
	w.submit("button", "Show what would change")
	require.Contains(t, w.eval(`document.querySelector("[role=alert]").innerText`), "JSON")
}

// A table goes into a spreadsheet.
func TestExportOfATable(t *testing.T) {
	t.Parallel()
	p := start(t, checkingForm)
	c := p.call(t)
	c.create("first", somewhere(nil))
	c.create("second", somewhere(map[string]string{"databaseType": "POSTGRESQL", "port": "5432"}))
	w := p.browse(t)
	w.signIn()
	w.visit(w.home + "/links")
	w.markPage()
	w.click("checkbox", "Select page")
	text, err := os.ReadFile(w.download(func() {
		w.open("Export")
		w.click("button", "CSV table")
	}))
	require.NoError(t, err)
	rest, marked := strings.CutPrefix(string(text), "\ufeff")
	require.True(t, marked, "or Excel takes it for another encoding")
	table, err := csv.NewReader(strings.NewReader(rest)).ReadAll()
	require.NoError(t, err)
	require.Len(t, table, 3)
	require.Equal(t, []string{"Name", "Cluster", "Connector", "Endpoint", "Enabled"}, table[0][:5])
	require.Equal(t, []string{"first", cluster, "MySQL", "db.example.com:3306", "true"}, table[1][:5])
	require.Equal(t, []string{"second", cluster, "PostgreSQL", "db.example.com:5432", "true"}, table[2][:5])
	w.requireSamePage()
	require.Equal(t, "first, second", w.ticked(), "what was exported can be used further")
}

// download does something that makes the browser store a file, and returns
// where that is.
func (w *tab) download(what func()) string {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	dir := w.t.TempDir()
	_, err := chromedp.CallBrowser(ctx, browserdomain.SetDownloadBehavior, browserdomain.SetDownloadBehaviorParams{
		Behavior: browserdomain.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir,
		BrowserContextID: chromedp.FromContext(w.ctx).BrowserContextID,
	})
	require.NoError(w.t, err)
	what()
	return eventually(w.t, "the file", func() (string, bool) {
		found, _ := filepath.Glob(filepath.Join(dir, "*"))
		if len(found) != 1 || strings.HasSuffix(found[0], ".crdownload") {
			return strings.Join(found, " "), false
		}
		return found[0], true
	})
}

// paste puts a text into the input with that label at once.
func (w *tab) paste(label, text string) {
	w.t.Helper()
	w.clickNode(w.input(label), label)
	w.insert(text)
}

// insert puts a text in where the keyboard is.
func (w *tab) insert(text string) {
	w.t.Helper()
	devtools(w, input.InsertText, input.InsertTextParams{Text: text})
}

// upload chooses a file for the page's one input of files.
func (w *tab) upload(path string) {
	w.t.Helper()
	devtools(w, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{path}, BackendNodeID: w.query("input[type=file]")})
}

// linksInFile are the links of an exported file.
func linksInFile(t *testing.T, path string) []json.RawMessage {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var file struct{ Links []json.RawMessage }
	require.NoError(t, json.Unmarshal(text, &file))
	return file.Links
}

func namesInFile(t *testing.T, path string) []string {
	t.Helper()
	var found []string
	for _, text := range linksInFile(t, path) {
		var link struct{ Name string }
		require.NoError(t, json.Unmarshal(text, &link))
		found = append(found, link.Name)
	}
	return found
}

// linkInFile is one link of a file, without blanks.
func linkInFile(t *testing.T, path, name string) string {
	t.Helper()
	for _, text := range linksInFile(t, path) {
		var link map[string]any
		require.NoError(t, json.Unmarshal(text, &link))
		if link["name"] == name {
			compact, err := json.Marshal(link)
			require.NoError(t, err)
			return string(compact)
		}
	}
	require.Fail(t, "not in the file: "+name)
	return ""
}
