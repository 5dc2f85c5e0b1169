package web_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/web"
)

func get(t *testing.T, method, path, encoding string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	w := httptest.NewRecorder()
	web.Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) []byte {
	t.Helper()
	defer r.Body.Close()
	content, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return content
}

func TestAssets(t *testing.T) {
	t.Parallel()
	types := map[string]string{
		"app.css":     "text/css; charset=utf-8",
		"app.js":      "text/javascript; charset=utf-8",
		"favicon.svg": "image/svg+xml",
	}
	for name, contentType := range types {
		t.Run(name+" is served for ever, compressed where that is accepted", func(t *testing.T) {
			t.Parallel()
			require.Regexp(t, `^/assets/\w+\.[0-9a-f]{10}\.\w+$`, web.Path(name))
			plain := get(t, http.MethodGet, web.Path(name), "")
			packed := get(t, http.MethodGet, web.Path(name), "br, gzip;q=0.8")
			for _, r := range []*http.Response{plain, packed} {
				require.Equal(t, http.StatusOK, r.StatusCode)
				require.Equal(t, contentType, r.Header.Get("Content-Type"))
				require.Contains(t, r.Header.Get("Cache-Control"), "immutable")
				require.Equal(t, "Accept-Encoding", r.Header.Get("Vary"))
			}
			require.Empty(t, plain.Header.Get("Content-Encoding"))
			require.Equal(t, "gzip", packed.Header.Get("Content-Encoding"))
			unpacked, err := gzip.NewReader(bytes.NewReader(body(t, packed)))
			require.NoError(t, err)
			content, err := io.ReadAll(unpacked)
			require.NoError(t, err)
			require.Equal(t, content, body(t, plain))
		})
	}
	t.Run("gzip that is refused is not sent", func(t *testing.T) {
		t.Parallel()
		require.Empty(t, get(t, http.MethodGet, web.Path("app.css"), "gzip;q=0").Header.Get("Content-Encoding"))
	})
	t.Run("HEAD has the length but no body", func(t *testing.T) {
		t.Parallel()
		r := get(t, http.MethodHead, web.Path("app.js"), "")
		require.NotEmpty(t, r.Header.Get("Content-Length"))
		require.Empty(t, body(t, r))
	})
	t.Run("nothing else is there, and nothing can be written", func(t *testing.T) {
		t.Parallel()
		for _, path := range []string{"/assets/app.css", "/assets/manifest.json", "/assets/../web.go", web.Path("app.css") + ".gz", "/assets/"} {
			require.Equal(t, http.StatusNotFound, get(t, http.MethodGet, path, "").StatusCode, path)
		}
		require.Equal(t, http.StatusMethodNotAllowed, get(t, http.MethodPost, web.Path("app.css"), "").StatusCode)
		require.Empty(t, web.Path("axe.min.js"))
	})
}

func TestFirstVisitIsLight(t *testing.T) {
	t.Parallel()
	for name, budget := range map[string]int{"app.css": 18_000, "app.js": 23_200} {
		size := len(body(t, get(t, http.MethodGet, web.Path(name), "gzip")))
		require.LessOrEqual(t, size, budget, "%s, gzipped", name)
	}
}

func TestScriptKeepsToTheContentSecurityPolicy(t *testing.T) {
	t.Parallel()
	_, own, found := strings.Cut(string(body(t, get(t, http.MethodGet, web.Path("app.js"), ""))), "\n;\n")
	require.True(t, found, "our own part comes after htmx")
	for _, word := range []string{"eval(", "new Function", "innerHTML", "outerHTML", ".style", "document.write", "insertAdjacentHTML"} {
		require.NotContains(t, own, word)
	}
}
