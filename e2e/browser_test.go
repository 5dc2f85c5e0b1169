package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// browser is the one Chromium of this test process. Each test has a browser
// context of its own in it: its own cookies, its own storage.
var browser struct {
	start func() (context.Context, error)
	stop  func()
}

func TestMain(m *testing.M) {
	browser.start = sync.OnceValues(startBrowser)
	browser.stop = func() {}
	status := m.Run()
	browser.stop()
	os.Exit(status)
}

func startBrowser() (context.Context, error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "switchboard-chromium-")
	if err != nil {
		return nil, err
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(dir),
		chromedp.WindowSize(1280, 900), chromedp.Flag("lang", "en-US"), chromedp.Flag("accept-lang", "en-US"),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ := chromedp.NewContext(allocator)
	browser.stop = func() {
		_ = chromedp.Cancel(ctx)
		stop()
		_ = os.RemoveAll(dir)
	}
	return ctx, chromedp.Do(ctx)
}

// pageOption changes the page before anything is loaded into it.
type pageOption func(*tab)

// withoutScript switches JavaScript off, as a person or a company may.
func withoutScript(w *tab) {
	devtools(w, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

// onPhone makes the page as narrow as a telephone.
func onPhone(w *tab) { w.do(chromedp.EmulateViewport(390, 844)) }

// answers counts, inside the page, what the server answered to htmx, so that
// a test knows when its click has been answered. The check of a field that is
// left does not count, nor does an answer that leads to another page: then it
// is that page that counts. It also counts the requests that are not answered.
const answers = `window.answers = 0;
const answered = ({detail: {requestConfig: asked}}) => { if (asked && !asked.path.endsWith("/validate")) window.answers++; };
document.addEventListener("htmx:afterSettle", answered);
document.addEventListener("htmx:responseError", answered);
window.asking = 0;
const send = XMLHttpRequest.prototype.send;
XMLHttpRequest.prototype.send = function (body) {
	window.asking++;
	this.addEventListener("loadend", () => window.asking--);
	send.call(this, body);
};`

// browse opens a page of its own in the browser. When the test ends the
// browser's log must be empty, except for what the test has allowed.
func (p *program) browse(t *testing.T, options ...pageOption) *tab {
	t.Helper()
	ctx, err := browser.start()
	if err != nil {
		missing(t, fmt.Sprintf("this test needs a browser: apt-get install chromium fonts-noto-cjk (%v)", err))
	}
	ctx, closeTab := chromedp.NewContext(ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(closeTab)
	w := &tab{t: t, ctx: ctx, base: p.URL}
	w.log = sync.OnceValue(w.collect())
	w.asked = w.consent()
	devtools(w, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: answers})
	for _, o := range options {
		o(w)
	}
	t.Cleanup(w.finish)
	return w
}

// finish takes a picture of what a failed test saw last, and requires that the
// browser had nothing to complain about.
func (w *tab) finish() {
	if w.t.Failed() {
		w.t.Logf("the page was %s", w.path())
		w.picture("failed-" + strings.ReplaceAll(w.t.Name(), "/", "-"))
		return
	}
	require.Empty(w.t, w.complaints(), "the browser's log")
}

// complaints ends the browser's log and returns its errors and warnings, without
// what is allowed. A refused form is logged as a failed resource (422), and a request
// that a newer one replaces, or that is under way when the page is left, as aborted.
func (w *tab) complaints() []string {
	expected := append(slices.Clone(w.expected), "status of 422", "htmx:sendAbort", "htmx:afterRequest")
	return slices.DeleteFunc(slices.Clone(w.log()), func(line string) bool {
		return slices.ContainsFunc(expected, func(part string) bool { return strings.Contains(line, part) })
	})
}

// expect allows a line in the browser's log, such as "status of 404".
func (w *tab) expect(part string) { w.expected = append(w.expected, part) }

// lastWords end the browser's log.
const lastWords = "the test is over"

// collect begins to gather errors and warnings and returns what ends that.
func (w *tab) collect() func() []string {
	messages, done := chromedp.Console(w.ctx), make(chan []string, 1)
	go func() {
		var lines []string
		for m, err := range messages {
			if err != nil {
				lines = append(lines, err.Error())
				break
			}
			if m.Text == lastWords {
				break
			}
			if m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleWarning || m.IsException() {
				lines = append(lines, m.String())
			}
		}
		done <- lines
	}()
	return func() []string {
		w.eval("console.info('" + lastWords + "')")
		return <-done
	}
}

// consent says yes to every question that the browser asks, or the page would
// stand still, and returns what tells the kinds of those that were asked.
func (w *tab) consent() func() []string {
	var mu sync.Mutex
	var asked []string
	questions := chromedp.Events(w.ctx, page.JavascriptDialogOpening)
	go func() {
		for question, err := range questions {
			if err != nil {
				return
			}
			mu.Lock()
			asked = append(asked, string(question.Type))
			mu.Unlock()
			_, _ = chromedp.Call(w.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}
	}()
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(asked)
	}
}

// devtools sends a command of the devtools protocol.
func devtools[P, R any](w *tab, c cdp.Command[P, R], params P) R {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	result, err := chromedp.Call(ctx, c, params)
	require.NoError(w.t, err, c.Method)
	return result
}

// picture stores what the page looks like in out/NAME.png, in a window that is
// high enough for all of it.
func (w *tab) picture(name string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	size := func(dimension string) int64 {
		pixels, err := chromedp.Run(ctx, chromedp.Evaluate[int64](dimension))
		require.NoError(w.t, err)
		return pixels
	}
	width, height := size("innerWidth"), size("innerHeight")
	w.eval("scrollTo(0, 0)")
	w.do(chromedp.EmulateViewport(width, max(height, size("document.documentElement.scrollHeight"))))
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	require.NoError(w.t, err)
	w.do(chromedp.EmulateViewport(width, height))
	require.NoError(w.t, os.MkdirAll("out", 0o755))
	require.NoError(w.t, os.WriteFile(filepath.Join("out", name+".png"), png, 0o644))
}
