package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// faults is a way to a region on which things go wrong. It is a real proxy before a real
// program.
type faults struct {
	*httptest.Server
	what  atomic.Pointer[string] // what goes wrong now, nil for nothing
	asked atomic.Int64           // how often anything was asked
}

func faultyWay(t *testing.T, to string) *faults {
	t.Helper()
	region, err := url.Parse(to)
	require.NoError(t, err)
	f := &faults{}
	way := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(region)
		r.Out.Host = r.In.Host // which is signed
	}}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.asked.Add(1)
		if what := f.what.Load(); what != nil {
			f.fail(w, r, way, *what)
			return
		}
		way.ServeHTTP(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

// fail answers as something on the way does, or the region itself on a bad day.
func (f *faults) fail(w http.ResponseWriter, r *http.Request, way http.Handler, what string) {
	switch what {
	case "delay":
		select {
		case <-time.After(patience):
		case <-r.Context().Done():
		}
		panic(http.ErrAbortHandler)
	case "cut":
		panic(http.ErrAbortHandler)
	case "429":
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprint(w, `{"error_code":"APIGW.0308","error_msg":"The throttling threshold has been reached"}`)
	case "500":
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, `{"error_code":"CDM.0001","error_msg":"broken inside"}`)
	case "HTML":
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html><body><h1>Maintenance</h1></body></html>")
	case "half a body":
		recorded := httptest.NewRecorder()
		way.ServeHTTP(recorded, r)
		body := recorded.Body.Bytes()
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		w.WriteHeader(recorded.Code)
		_, _ = w.Write(body[:len(body)/2])
	}
}

// What a person sees when the region does not work: what there was, with its age and why
// there is nothing newer; a change that is refused with all that was typed; and when it
// works again, what is there.
func TestARegionThatDoesNotWork(t *testing.T) {
	t.Parallel()
	server := testserver.MariaDB(t)
	account := server.Account(t)
	for _, what := range []string{"delay", "cut", "429", "500", "HTML", "half a body"} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			region := start(t, asRegion, checkingForm)
			way := faultyWay(t, region.URL)
			p := start(t, asRegion, checkingForm)
			twin := p.addProject(t, "twin")
			p.region = &program{URL: way.URL}
			p.move(t, regionName, region.key(t))
			region.call(t).create("orders", somewhere(nil))
			w := p.browse(t)
			for _, refused := range []string{"status of 429", "status of 50", "Error Code 429", "Error Code 50"} {
				w.expect(refused) // the form is answered with the region's own refusal
			}
			w.signIn()
			w.visit(w.home + "/links")
			require.Contains(t, w.text(), "orders")
			require.NotContains(t, w.text(), "did not answer")

			way.what.Store(&what)
			began := time.Now()
			eventually(t, "the page to say that the region does not answer", func() (string, bool) {
				w.visit(w.home + "/links")
				text := w.text()
				require.Contains(t, text, "orders", "what there was is there")
				return text, strings.Contains(text, "The region did not answer.")
			})
			require.Less(t, time.Since(began), patience)
			w.visit(w.home + "/connections")
			w.find("heading", "Connections")
			w.visit(w.home + "/compare?with=" + twin)
			require.Contains(t, w.text(), "orders")
			require.Contains(t, w.text(), "The region did not answer.", "it may be otherwise by now")

			if what != "delay" { // the form would wait for all attempts
				w.visit(w.home + "/links/new?connector=mysql")
				w.describe("stock", server, account)
				w.fill("Password", account.Password)
				w.submit("button", "Create link")
				require.Equal(t, "stock", w.value("Name"), "what was typed is there")
				require.NotContains(t, w.text(), "was created")
			}

			way.what.Store(nil)
			there := func() string { return region.call(t).send(http.MethodGet, region.call(t).links()+"/all", nil).body }
			eventually(t, "the region to be back", func() (string, bool) {
				w.visit(w.home + "/links")
				text := w.text()
				return text, !strings.Contains(text, "did not answer") &&
					strings.Contains(text, "stock") == strings.Contains(there(), `"stock"`)
			})
		})
	}
}
