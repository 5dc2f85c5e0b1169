// Package web serves the console's own style sheet, script and icon. They are
// built into the binary by build.mjs, under names that contain a hash of their
// content, so that browsers may keep them for ever.
package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"sync"

	"switchboard/internal/packed"
)

// Prefix is where Handler must be mounted.
const Prefix = "/assets/"

//go:embed all:dist
var dist embed.FS

// asset is one file, ready to be sent.
type asset struct {
	contentType string
	plain, gzip []byte
}

// bundle is everything in dist. It is part of the binary, so a broken one is a
// broken build.
type bundle struct {
	paths  map[string]string // plain name to URL path
	assets map[string]asset  // by URL path
}

var assets = sync.OnceValue(func() bundle {
	b, err := load(dist)
	if err != nil {
		panic(err)
	}
	return b
})

func load(files fs.FS) (bundle, error) {
	b := bundle{paths: map[string]string{}, assets: map[string]asset{}}
	manifest, err := fs.ReadFile(files, "dist/manifest.json")
	if err != nil {
		return b, fmt.Errorf("web: %w (build the assets first: node build.mjs)", err)
	}
	var names map[string]string
	if err := json.Unmarshal(manifest, &names); err != nil {
		return b, fmt.Errorf("web: manifest: %w", err)
	}
	for name, file := range names {
		plain, err := fs.ReadFile(files, "dist/"+file)
		if err != nil {
			return b, fmt.Errorf("web: %w", err)
		}
		gzip, err := fs.ReadFile(files, "dist/"+file+".gz")
		if err != nil {
			return b, fmt.Errorf("web: %w", err)
		}
		b.paths[name] = Prefix + file
		b.assets[Prefix+file] = asset{contentType: contentTypes[path.Ext(file)], plain: plain, gzip: gzip}
	}
	return b, nil
}

var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// Path returns the URL path of an asset: Path("app.css") is
// "/assets/app.<hash>.css". An asset that does not exist has the empty path.
func Path(name string) string { return assets().paths[name] }

// Handler serves the assets under Prefix.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := assets().assets[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		a.send(w, r)
	})
}

func (a asset) send(w http.ResponseWriter, r *http.Request) {
	body := a.plain
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	if packed.Wanted(r) {
		body = a.gzip
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // a browser that went away is nobody's error
}
