package e2e

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// withPictures is set to write the pictures of the documentation anew (make pictures).
const withPictures = "SWITCHBOARD_PICTURES"

// guide leads through what the documentation shows, in one language.
type guide struct {
	*tab

	p        *program
	c        *caller // in the project of the example
	db       *testserver.Server
	language string
	says     map[string][]string
	shown    []string
}

// The pages of the documentation name a picture of each of these pages, and no other;
// what they say is there is there. With SWITCHBOARD_PICTURES the pictures are taken anew.
func TestPicturesOfTheDocumentation(t *testing.T) {
	t.Parallel()
	server := testserver.MariaDB(t)
	for _, language := range languages {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			g := start(t, checkingForm).guide(t, server, language)
			g.links()
			g.connections()
			g.aliases()
			g.whitelist()
			g.replication()
			g.requests()
			g.code()
			files, err := filepath.Glob(filepath.Join(pictureFolder(language), "*.png"))
			require.NoError(t, err)
			for i, file := range files {
				files[i] = strings.TrimSuffix(filepath.Base(file), ".png")
			}
			slices.Sort(files)
			slices.Sort(g.shown)
			require.Equal(t, g.shown, files, "pictures that there are")
			require.Equal(t, g.shown, slices.Sorted(maps.Keys(pictured(t, language))), "pictures that pages show")
		})
	}
}

// pictureFolder is where the pictures of a language are.
func pictureFolder(language string) string { return filepath.Join("..", "docs", "images", language) }

// guide makes the project of the example, and signs in.
func (p *program) guide(t *testing.T, server *testserver.Server, language string) *guide {
	t.Helper()
	const project = "webshop"
	p.addProject(t, project)
	g := &guide{p: p, c: p.call(t, project), db: server, language: language, says: sentences(t, language), tab: p.browse(t, asPicture)}
	g.signInWearing(look{language, "light"})
	g.home = "/p/" + g.c.project
	return g
}

// asPicture makes the page as wide as the pictures are.
func asPicture(w *tab) { w.do(chromedp.EmulateViewport(1280, 800)) }

// shows requires that the page as it stands shows texts: keys of sentences, or what
// is the same in every language. It is the picture of that name.
func (g *guide) shows(name string, texts ...string) {
	g.t.Helper()
	g.whole()
	g.swapped()
	seen := strings.ToLower(g.eval(`document.body.innerText +
		[...document.querySelectorAll("input:not([type=hidden]), textarea")].map((e) => e.value).join("\n")`)) // some are shown in capitals
	for _, text := range texts {
		if said, ok := g.says[text]; ok {
			text = said[0]
		}
		require.Contains(g.t, seen, strings.ToLower(text), "the picture %s of %s", name, g.path())
	}
	g.shown = append(g.shown, name)
	if os.Getenv(withPictures) != "" {
		g.shoot(filepath.Join(pictureFolder(g.language), name+".png"))
	}
}

// tops scrolls what a selector finds to the upper edge.
func (g *guide) tops(selector string) {
	g.t.Helper()
	g.query(selector)
	g.eval(`(() => {
		const e = document.querySelector("` + selector + `");
		scrollTo(0, e.getBoundingClientRect().top + scrollY - 80);
	})()`)
}
