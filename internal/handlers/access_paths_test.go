package handlers_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"switchboard/internal/handlers"
)

// parameters say what the parameters of a path name, by the beginning of the path;
// the first that fits counts.
var parameters = []struct {
	path, name string
	id         func(g goods) string
}{
	{"/p/:project/api", "operation", func(goods) string { return "CreateQueue" }},
	{"/p/:project/aliases/functions", "id", func(g goods) string { return g.Function }},
	{"/p/:project/aliases/functions", "version", func(goods) string { return "v1" }},
	{"/p/:project/aliases", "id", func(g goods) string { return g.Alias }},
	{"/p/:project/aliases", "change", func(g goods) string { return g.AliasChange }},
	{"/p/:project/audit", "change", func(g goods) string { return g.Change }},
	{"/p/:project/connections/queues", "name", func(g goods) string { return g.Queue }},
	{"/p/:project/connections", "id", func(g goods) string { return g.Connection }},
	{"/p/:project/connections", "run", func(g goods) string { return g.ConnectionRun }},
	{"/p/:project/links", "id", func(g goods) string { return g.Link }},
	{"/p/:project/links", "run", func(g goods) string { return g.Run }},
	{"/p/:project/replication/backups", "id", func(g goods) string { return g.Backup }},
	{"/p/:project/replication/regions", "name", func(g goods) string { return g.Region }},
	{"/p/:project/replication/runs", "id", func(g goods) string { return g.Replication }},
	{"/p/:project/replication/runs", "record", func(g goods) string { return g.Record }},
	{"/p/:project/replication", "id", func(g goods) string { return g.Policy }},
	{"/p/:project/requests", "id", func(g goods) string { return g.Request }},
	{"/p/:project/views", "id", func(g goods) string { return g.View }},
	{"/p/:project/whitelist", "id", func(g goods) string { return g.Service }},
	{"/p/:project/whitelist", "addition", func(g goods) string { return g.Addition }},
	{"/p/:project/whitelist", "entry", func(g goods) string { return g.Entry }},
	{"/profile/keys", "access", func(g goods) string { return g.Key }},
	{"/profile/tokens", "id", func(g goods) string { return g.Token }},
	{"/projects", "id", func(g goods) string { return g.Office }},
	{"/people", "id", func(g goods) string { return g.User }},
	{"/groups", "id", func(g goods) string { return g.Group }},
	{"/audit", "change", func(g goods) string { return g.Change }},
	{"/p/", "project", func(g goods) string { return g.Project }},
}

// routes are those of the console that a browser asks for, what ends things last.
func (w *town) routes() []*echo.Route {
	if w.known == nil {
		w.known = w.allRoutes()
	}
	return w.known
}

func (w *town) allRoutes() (found []*echo.Route) {
	for _, r := range handlers.Routes(w.options) {
		if r.Method == http.MethodGet || r.Method == http.MethodPost {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b *echo.Route) int {
		if late := lateness(a) - lateness(b); late != 0 {
			return late
		}
		return strings.Compare(a.Path+a.Method, b.Path+b.Method)
	})
	return found
}

// lateness is greater for what leaves less behind.
func lateness(r *echo.Route) int {
	order := []string{
		"/cancel", "/steer", "/abort", "/promote", "/undo", "/reject", "/entries/delete", "/version", "/history", "/roll-back", "/delete",
		"/remove", "/settings", "/archive", "/disable", "/sessions", "/sign-out",
	}
	switch {
	case r.Method == http.MethodGet:
		return 0
	case strings.Contains(r.Path, "/settings/people"): // also the role of who asks
		return len(order) + 1
	}
	for i, verb := range order {
		if strings.Contains(r.Path, verb) {
			return i + 1
		}
	}
	return 0
}

// filled is a route's path about some goods. swapped names a parameter that is about
// others; ok is false if there is no such one, or it names the same.
func filled(pattern string, g, others goods, swapped string) (path string, ok bool) {
	segments := strings.Split(pattern, "/")
	for i, segment := range segments {
		name, is := strings.CutPrefix(segment, ":")
		if !is {
			continue
		}
		for _, p := range parameters {
			if p.name != name || !strings.HasPrefix(pattern, p.path) {
				continue
			}
			segments[i] = p.id(g)
			if name == swapped {
				ok, segments[i] = p.id(g) != p.id(others), p.id(others)
			}
			break
		}
	}
	return strings.TrimSuffix(strings.Join(segments, "/"), "*"), ok || swapped == ""
}

// named are the parameters of a pattern.
func named(pattern string) (names []string) {
	for segment := range strings.SplitSeq(pattern, "/") {
		if name, is := strings.CutPrefix(segment, ":"); is {
			names = append(names, name)
		}
	}
	return names
}

// routeOf is the route that answers to a method and a path, or nil.
func (w *town) routeOf(method, path string) (found *echo.Route) {
	parts := strings.Split(path, "/")
	for _, r := range w.routes() {
		if r.Method != method || !leadsTo(strings.Split(r.Path, "/"), parts) {
			continue
		}
		if found == nil || strings.Count(r.Path, ":") < strings.Count(found.Path, ":") {
			found = r
		}
	}
	return found
}

// leadsTo reports whether the parts of a pattern are those of a path.
func leadsTo(pattern, path []string) bool {
	return slices.EqualFunc(pattern, path, func(p, is string) bool { return p == is || strings.HasPrefix(p, ":") })
}

// offer is where a page leads to.
type offer struct{ method, path string }

// offers are all links, forms and buttons of a page.
func offers(t *testing.T, html string) (found []offer) {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	require.NoError(t, err)
	for _, kind := range []struct{ selector, attribute, method string }{
		{"a[href]", "href", http.MethodGet},
		{"[hx-get]", "hx-get", http.MethodGet},
		{"[hx-post]", "hx-post", http.MethodPost},
		{"form[method=post]", "action", http.MethodPost},
		{"form:not([method=post])", "action", http.MethodGet},
		{"[formaction]", "formaction", http.MethodPost},
	} {
		doc.Find(kind.selector).Each(func(_ int, s *goquery.Selection) {
			if at := pathOf(s.AttrOr(kind.attribute, "")); strings.HasPrefix(at, "/") {
				found = append(found, offer{kind.method, at})
			}
		})
	}
	return found
}
