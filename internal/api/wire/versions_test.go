package wire

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

type versionsJSON struct {
	Versions []functionJSON `json:"versions"`
	Next     int            `json:"next_marker"`
	Count    int            `json:"count"`
}

// versions reads the names of a function's versions.
func (w *world) versions(t testing.TB, urn string) []string {
	t.Helper()
	listed := read[versionsJSON](t, w.send("GET", w.functions("/"+urn+"/versions"), ""), http.StatusOK)
	require.Equal(t, len(listed.Versions), listed.Count)
	require.Equal(t, listed.Count, listed.Next)
	return each(listed.Versions, func(f functionJSON) string { return f.Version })
}

func TestPublishAVersion(t *testing.T) {
	t.Parallel()
	w := start(t)
	urn := w.function(t, "hello", "description", `"Says hello"`)
	base := strings.TrimSuffix(urn, "latest")
	latest := read[functionJSON](t, w.send("GET", w.functions("/"+urn+"/config"), ""), http.StatusOK)

	published := read[functionJSON](t, w.send("POST", w.functions("/"+urn+"/versions"),
		`{"version":"v1.0","description":"The first","digest":"`+latest.Digest+`"}`), http.StatusOK)
	require.Equal(t, base+"v1.0", published.URN)
	require.Equal(t, "v1.0", published.Version)
	require.Equal(t, "The first", published.VersionDescription)
	require.Equal(t, "Says hello", published.Description)
	require.Equal(t, latest.Digest, published.Digest)

	shown := read[functionJSON](t, w.send("GET", w.functions("/"+published.URN+"/config"), ""), http.StatusOK)
	require.Equal(t, published, shown)
}

// All of the body may be left out, and so may the body.
func TestAVersionWithoutANameIsNamedByItsTime(t *testing.T) {
	t.Parallel()
	w := start(t)
	for i, body := range []string{"", "{}", `{"version":null}`, `{"version":"","digest":""}`, "null"} {
		urn := w.function(t, fmt.Sprint("hello", i))
		published := read[functionJSON](t, w.send("POST", w.functions("/"+urn+"/versions"), body), http.StatusOK)
		require.Regexp(t, `^v\d{8}-\d{6}$`, published.Version)
	}
}

func TestBadVersions(t *testing.T) {
	t.Parallel()
	w := start(t)
	urn := w.function(t, "hello")
	path := w.functions("/" + urn + "/versions")
	w.release(t, urn, "v1")
	flatFault(t, w.send("POST", path, `{"version":"v2"}`), 400, "FSS.1016")
	require.Equal(t, http.StatusOK, w.send("PUT", w.functions("/"+urn+"/config"), `{"timeout":60}`).Code)
	for _, c := range []struct {
		name, body, code, field string
		status                  int
	}{
		{"no JSON", `{`, "FSS.0400", "", 400},
		{"a number", `{"version":1}`, "FSS.0400", "version", 400},
		{"a name that is taken", `{"version":"v1"}`, "FSS.1062", "version", 409},
		{"latest", `{"version":"latest"}`, "FSS.1015", "version: ", 400},
		{"a name with a line break", `{"version":"v\r\n1"}`, "FSS.1015", "version: ", 400},
		{"a name that ends in a dot", `{"version":"v1."}`, "FSS.1015", "version: ", 400},
		{"a long name", `{"version":"` + strings.Repeat("v", 43) + `"}`, "FSS.1015", "version: ", 400},
		{"a long description", `{"description":"` + strings.Repeat("d", 513) + `"}`, "FSS.1019", "description: ", 400},
		{"another digest", `{"digest":"0123"}`, "FSS.0400", "digest: ", 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, flatFault(t, w.send("POST", path, c.body), c.status, c.code), c.field)
			require.Regexp(t, `\p{Han}`, flatFault(t, w.send("POST", path, c.body, header{"X-Language", "zh-cn"}), c.status, c.code))
		})
	}
}

func TestAFunctionHasTwentyVersions(t *testing.T) {
	t.Parallel()
	w := start(t)
	urn := w.function(t, "hello")
	for i := range api.MaxVersions - 1 {
		w.release(t, urn, fmt.Sprint("v", i))
	}
	require.Equal(t, http.StatusOK, w.send("PUT", w.functions("/"+urn+"/config"), `{"timeout":60}`).Code)
	flatFault(t, w.send("POST", w.functions("/"+urn+"/versions"), `{}`), 403, "FSS.0403")
}

func TestListVersions(t *testing.T) {
	t.Parallel()
	w := start(t)
	urn := w.function(t, "hello")
	require.Equal(t, []string{"latest"}, w.versions(t, urn))
	w.release(t, urn, "v1", "v2", "v3")
	all := []string{"latest", "v3", "v2", "v1"}
	for _, named := range []string{urn, "hello", "default:hello", strings.Replace(urn, "latest", "v1", 1), strings.Replace(urn, "latest", "!none", 1)} {
		require.Equal(t, all, w.versions(t, named), "the qualifier does not matter")
	}
	path := w.functions("/" + urn + "/versions")
	listed := read[versionsJSON](t, w.send("GET", path, ""), http.StatusOK)
	for i, f := range listed.Versions {
		require.True(t, strings.HasSuffix(f.URN, ":hello:"+all[i]), "each with its own URN: "+f.URN)
	}

	page := read[versionsJSON](t, w.send("GET", path+"?marker=1&maxitems=2", ""), http.StatusOK)
	require.Equal(t, []string{"v3", "v2"}, each(page.Versions, func(f functionJSON) string { return f.Version }))
	require.Equal(t, 3, page.Next)
	require.Equal(t, 4, page.Count)
	require.JSONEq(t, `{"versions":[],"next_marker":9,"count":4}`, w.send("GET", path+"?marker=9", "").Body.String())
	flatFault(t, w.send("GET", path+"?maxitems=0", ""), 400, "FSS.1001")
}
