package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// languages are those of the console and of its documentation.
var languages = []string{"en", "zh"}

var (
	fence    = regexp.MustCompile("(?ms)^( *)```.*?^ *```")
	inline   = regexp.MustCompile("`[^`\n]*`")
	bold     = regexp.MustCompile(`\*\*(.+?)\*\*`)
	linked   = regexp.MustCompile(`(!?)\[([^\]]*)\]\(([^)\s]+)\)`)
	headline = regexp.MustCompile(`(?m)^(#+) (.+)$`)
	spoken   = regexp.MustCompile(`\p{L}`) // what is but arguments says anything
	argument = regexp.MustCompile(`\\{\\{.*?\\}\\}`)
)

// document is a page of the documentation, without its code.
type document struct{ path, text string }

// documents are those that a pattern finds.
func documents(t *testing.T, pattern string) (all []document) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", pattern))
	require.NoError(t, err)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		plain := inline.ReplaceAll(fence.ReplaceAll(text, nil), nil)
		all = append(all, document{path, string(plain)})
	}
	require.NotEmpty(t, all, pattern)
	return all
}

// pictured are the pictures of a language that its pages show, and where.
func pictured(t *testing.T, language string) map[string]string {
	t.Helper()
	shown := map[string]string{}
	for _, page := range documents(t, "docs/"+language+"/*.md") {
		for _, link := range linked.FindAllStringSubmatch(page.text, -1) {
			if link[1] == "!" {
				require.NotEmpty(t, link[2], "%s: %s has no words for whoever cannot see it", page.path, link[3])
				require.Equal(t, "../images/"+language, filepath.Dir(link[3]), page.path)
				shown[strings.TrimSuffix(filepath.Base(link[3]), ".png")] = page.path
			}
		}
	}
	return shown
}

// Both languages have the same pages, with the same parts, pictures and commands.
func TestDocumentationIsTheSameInEachLanguage(t *testing.T) {
	t.Parallel()
	shape := func(language string) map[string][]string {
		shapes := map[string][]string{}
		for _, page := range documents(t, "docs/"+language+"/*.md") {
			var parts []string
			for _, h := range headline.FindAllStringSubmatch(page.text, -1) {
				parts = append(parts, h[1])
			}
			for _, link := range linked.FindAllStringSubmatch(page.text, -1) {
				if link[1] == "!" {
					parts = append(parts, filepath.Base(link[3]))
				}
			}
			whole, err := os.ReadFile(page.path)
			require.NoError(t, err)
			for _, code := range fence.FindAll(whole, -1) {
				parts = append(parts, string(code))
			}
			shapes[filepath.Base(page.path)] = parts
		}
		return shapes
	}
	require.Equal(t, shape("en"), shape("zh"))
}

// What is bold on a page of the documentation is what the console says in its language.
func TestDocumentationNamesWhatIsThere(t *testing.T) {
	t.Parallel()
	for _, language := range languages {
		said := anySentence(t, language)
		for _, page := range documents(t, "docs/"+language+"/*.md") {
			words := bold.FindAllStringSubmatch(page.text, -1)
			require.NotEmpty(t, words, "%s names nothing of the console", page.path)
			for _, word := range words {
				require.True(t, said.MatchString(word[1]), "%s names %s, which the console does not say", page.path, word[1])
			}
		}
	}
}

// sentences are what the console says in a language, by key, in each of its forms.
func sentences(t *testing.T, language string) map[string][]string {
	t.Helper()
	parts, err := filepath.Glob("../internal/locale/parts/*." + language + ".json")
	require.NoError(t, err)
	require.NotEmpty(t, parts)
	said := map[string][]string{}
	for _, part := range parts {
		content, err := os.ReadFile(part)
		require.NoError(t, err)
		var texts map[string]any
		require.NoError(t, json.Unmarshal(content, &texts), part)
		for key, text := range texts {
			forms, plural := text.(map[string]any)
			if !plural {
				forms = map[string]any{"other": text}
			}
			for _, form := range forms {
				said[key] = append(said[key], form.(string))
			}
		}
	}
	return said
}

// anySentence matches whatever the console says in a language.
func anySentence(t *testing.T, language string) *regexp.Regexp {
	t.Helper()
	var all []string
	for _, forms := range sentences(t, language) {
		for _, form := range forms {
			if pattern := argument.ReplaceAllString(regexp.QuoteMeta(form), ".+"); spoken.MatchString(strings.ReplaceAll(pattern, ".+", "")) {
				all = append(all, pattern)
			}
		}
	}
	return regexp.MustCompile(`(?s)^(?:` + strings.Join(all, "|") + `)$`)
}

// Links of the documentation lead to files and parts that are there.
func TestDocumentationIsConnected(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"README.md", "docs/*.md", "docs/*/*.md"} {
		for _, page := range documents(t, pattern) {
			for _, link := range linked.FindAllStringSubmatch(page.text, -1) {
				target, part, _ := strings.Cut(link[3], "#")
				if strings.Contains(target, "://") {
					continue
				}
				at := page.path
				if target != "" {
					at = filepath.Join(filepath.Dir(page.path), target)
				}
				_, err := os.Stat(at)
				require.NoError(t, err, "%s links to it", page.path)
				if part != "" {
					require.Contains(t, anchors(t, at), part, "%s links to that part of %s", page.path, at)
				}
			}
		}
	}
}

// anchors are the names of the parts of a page.
func anchors(t *testing.T, path string) (all []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	odd := regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	for _, h := range headline.FindAllStringSubmatch(string(fence.ReplaceAll(text, nil)), -1) {
		all = append(all, strings.ReplaceAll(odd.ReplaceAllString(strings.ToLower(h[2]), ""), " ", "-"))
	}
	return all
}
