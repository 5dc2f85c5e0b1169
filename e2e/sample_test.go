package e2e

import (
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// The form of a link shows what it does as code, and goes on showing it while somebody
// types. What it shows for curl makes the link.
func TestTheCodeOfAFormIsRun(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"curl", "jq"} {
		if _, err := exec.LookPath(program); err != nil {
			missing(t, "this test needs a program: apt-get install "+program)
		}
	}
	p := start(t, checkingForm)
	w := p.browse(t)
	w.signIn()
	w.visit(w.home + "/links/new?connector=mysql")
	w.fill("Name", "orders_code")
	w.fill("Host", "db.example.com")
	w.fill("Database", "orders")
	w.fill("User name", "reader")
	w.fill("Password", "canary in a form")
	w.answered(func() { w.clickOn("details.sample > summary") })
	require.Contains(t, w.code(), "POST /v1.1/")
	w.answered(func() { w.clickOn(".sample input[value=curl]") })
	w.audit("the code of a link")
	w.fill("Name", "orders_typed")
	w.showsCode(`"orders_typed"`)
	require.NotContains(t, w.code(), "canary")
	w.foldsCode()

	c := p.call(t)
	token := c.unbound().token
	shell := exec.CommandContext(t.Context(), "sh", "-ec", w.code())
	shell.Env = append(os.Environ(), "TOKEN="+token, "PASSWORD=it's \"secret\"")
	said, err := shell.CombinedOutput()
	require.NoError(t, err, "%s", said)
	w.visit(w.home + "/links?q=" + url.QueryEscape("orders_typed"))
	w.find("link", "orders_typed")
}

// foldsCode requires that code that nobody sees is not asked for, and that it is of what
// was typed meanwhile once somebody sees it again.
func (w *tab) foldsCode() {
	w.t.Helper()
	w.clickOn("details.sample > summary")
	w.fill("Name", "orders_folded")
	eventually(w.t, "the panel to be left alone", func() (string, bool) {
		stale := w.eval(`"stale" in document.querySelector("details.sample").dataset`)
		return stale, stale == "true"
	})
	require.NotContains(w.t, w.code(), "orders_folded")
	w.clickOn("details.sample > summary")
	w.showsCode("orders_folded")
	w.fill("Name", "orders_typed")
	w.showsCode("orders_typed")
}

// code is the code that the page shows.
func (w *tab) code() string { return w.eval(`document.querySelector(".sample pre").textContent`) }

// The explorer shows what it would send as code while somebody types; what it shows for
// curl makes the link that its form describes.
func TestTheCodeOfACallIsRun(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"curl", "jq"} {
		if _, err := exec.LookPath(program); err != nil {
			missing(t, "this test needs a program: apt-get install "+program)
		}
	}
	p := start(t, checkingForm)
	w := p.browse(t)
	w.signIn()
	w.visit(w.home + "/api/CreateLink")
	w.fillIn("[name='path.cluster']", cluster)
	w.answered(func() { w.clickOn("details.sample > summary") })
	require.Contains(t, w.code(), "POST /v1.1/")
	w.answered(func() { w.clickOn(".sample input[value=curl]") })
	body := `{"links":[{"name":"orders_called","connector-name":"sftp-connector","link-config-values":{"configs":[{"inputs":[` +
		`{"name":"linkConfig.server","value":"sftp.example.com"},{"name":"linkConfig.port","value":"22"},{"name":"linkConfig.username","value":"x"},` +
		`{"name":"linkConfig.password","value":"canary in a call"}]}]}}]}`
	w.fillIn("#body", body[:30])
	w.showsCode(`--data-raw '` + body[:30] + `'`) // which is no JSON yet
	w.fillIn("#body", body)
	w.showsCode(`jq -n --arg PASSWORD "$PASSWORD"`)
	require.NotContains(t, w.code(), "canary")
	for _, l := range looks {
		w.wear(l)
		w.fillIn("[name='path.cluster']", cluster)
		w.fillIn("[name='secret.password']", "canary in a call")
		w.answered(func() { w.clickOn("details.sample > summary") })
		w.submitOn("#call-send")
		w.query("#answer")
		w.do(chromedp.EmulateViewport(1280, 800))
		w.audit("a call and its code " + l.String())
		onPhone(w)
		w.audit("a call and its code on a phone " + l.String())
		w.do(chromedp.EmulateViewport(1280, 800))
	}

	w.visit(w.home + "/api/CreateLink")
	w.fillIn("[name='path.cluster']", cluster)
	w.fillIn("#body", body)
	w.answered(func() { w.clickOn("details.sample > summary") })
	w.clickOn(".sample input[value=curl]")
	w.showsCode(`jq -n --arg PASSWORD "$PASSWORD"`)
	shell := exec.CommandContext(t.Context(), "sh", "-ec", w.code())
	shell.Env = append(os.Environ(), "TOKEN="+p.call(t).unbound().token, "PASSWORD=it's \"secret\"")
	said, err := shell.CombinedOutput()
	require.NoError(t, err, "%s", said)
	w.visit(w.home + "/links?q=orders_called")
	w.find("link", "orders_called")
}

// showsCode waits until the code of the page has a text: it follows what is typed.
func (w *tab) showsCode(text string) {
	w.t.Helper()
	eventually(w.t, "code with "+text, func() (string, bool) {
		code := w.code()
		return code, strings.Contains(code, text)
	})
}

// The explorer asks this console, with one's own rights.
func TestTheExplorerAsks(t *testing.T) {
	t.Parallel()
	p := start(t, checkingForm)
	c := p.call(t)
	c.create("orders_found", somewhere(nil))
	w := p.browse(t)
	w.signIn()
	w.visit(w.home + "/api/ListLinks")
	w.audit("an operation")
	w.fillIn("[name='path.cluster']", cluster)
	w.submit("button", "Send")
	w.sees("orders_found")
	w.audit("an answer")
}
