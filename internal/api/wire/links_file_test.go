package wire

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/locale"
)

// stock stores a link of every tile and returns them by name.
func (w *world) stock(t *testing.T) []api.Link {
	t.Helper()
	for slug := range apitest.ConnectorExamples() {
		_, err := w.Service.CreateLink(t.Context(), w.scope(), apitest.ExampleDraft(slug, slug), api.Shape)
		require.NoError(t, err, slug)
	}
	links, err := w.Service.ExportLinks(t.Context(), w.scope(), api.Selection[api.LinkQuery]{Query: &api.LinkQuery{}})
	require.NoError(t, err)
	return links
}

func (w *world) scope() api.Scope {
	return api.Scope{Project: w.project.ID, Actor: api.Actor{User: "ada"}}
}

func (w *world) plan(t *testing.T, s api.Scope, text []byte) []api.ImportRow {
	t.Helper()
	drafts, err := ReadLinks(text, api.DefaultCluster)
	require.NoError(t, err)
	rows, err := api.PlanImport(t.Context(), w.Service, s, drafts)
	require.NoError(t, err)
	return rows
}

func TestWhatIsExportedIsThereAlready(t *testing.T) {
	t.Parallel()
	w := start(t)
	links := w.stock(t)
	file, err := WriteLinks(links)
	require.NoError(t, err)
	rows := w.plan(t, w.scope(), file)
	require.Len(t, rows, len(links))
	for _, r := range rows {
		require.Equal(t, api.ImportSame, r.Verdict, "%s: %+v %+v", r.Draft.Name, r.Changes, r.Problems)
	}
}

func TestAnAnswerToAListIsAFile(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.stock(t)
	answer := w.send("GET", w.links(api.DefaultCluster, "/all"), "")
	require.Contains(t, answer.Body.String(), "%3A", "answers are percent-encoded")
	for _, r := range w.plan(t, w.scope(), answer.Body.Bytes()) {
		require.Equal(t, api.ImportSame, r.Verdict, "%s: %+v %+v", r.Draft.Name, r.Changes, r.Problems)
	}
}

func TestAFileAsksForTheSecretsElsewhere(t *testing.T) {
	t.Parallel()
	w := start(t)
	file, err := WriteLinks(w.stock(t))
	require.NoError(t, err)
	elsewhere := w.scope()
	elsewhere.Project = w.other.ID
	rows := w.plan(t, elsewhere, file)
	for i := range rows {
		r := &rows[i]
		require.Equal(t, api.ImportAdd, r.Verdict, "%s: %+v", r.Draft.Name, r.Problems)
		example := apitest.ConnectorExamples()[r.Draft.Name]
		for _, path := range r.Missing {
			require.Contains(t, example.Secrets, path)
			r.Draft.Secrets[path] = api.NewSecret(example.Secrets[path])
		}
		r.Missing = nil
	}
	outcomes, err := api.ApplyImport(t.Context(), w.Service, elsewhere, rows)
	require.NoError(t, err)
	for _, o := range outcomes {
		require.Nil(t, o.Err, o.Name)
	}
	for _, r := range w.plan(t, elsewhere, file) {
		require.Equal(t, api.ImportSame, r.Verdict, r.Draft.Name)
	}
}

func TestAFileHoldsNoSecret(t *testing.T) {
	t.Parallel()
	w := start(t)
	file, err := WriteLinks(w.stock(t))
	require.NoError(t, err)
	for slug, example := range apitest.ConnectorExamples() {
		for path, secret := range example.Secrets {
			require.NotContains(t, string(file), secret, "%s %s", slug, path)
		}
	}
	require.Contains(t, string(file), `"Add password here"`)
}

func TestTheFormsOfAFile(t *testing.T) {
	t.Parallel()
	one := strings.TrimSuffix(strings.TrimPrefix(sftp("a"), `{"links":[`), `]}`)
	for name, text := range map[string]string{
		"an object with links":   sftp("a"),
		"a bare list":            "[" + one + "]",
		"one link":               one,
		"with a byte order mark": "\ufeff" + sftp("a"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			drafts, err := ReadLinks([]byte(text), "c1")
			require.NoError(t, err)
			require.Len(t, drafts, 1)
			require.Equal(t, "a", drafts[0].Name)
			require.Equal(t, "c1", drafts[0].Cluster)
			require.Equal(t, "sftp.example.com", drafts[0].Inputs["linkConfig.server"])
			require.Equal(t, "hunter2hunter2", drafts[0].Secrets["linkConfig.password"].Reveal())
		})
	}
	for name, text := range map[string]string{
		"nothing": "", "no JSON": "hello", "a number": "5", "an empty object": "{}", "no links": `{"links":[]}`,
		"links of another kind": `{"links":7}`, "an input without a name": link("a", "sftp-connector", "", `"x"`),
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			t.Parallel()
			_, err := ReadLinks([]byte(text), "c1")
			require.Equal(t, api.Invalid, api.CodeOf(err), "error: %v", err)
		})
	}
}

func TestARefusedFileIsToldWhatToDo(t *testing.T) {
	t.Parallel()
	const canary = "hunter2hunter2"
	for name, c := range map[string]struct{ text, says string }{
		"a comma that is missing":     {"\ufeff\n{\n\"a\": \"" + canary + "\"\n\"b\": 1}", "not valid JSON. The mistake is in line 4 or"},
		"a comma too many in a list":  {"[\n{},\n]", "in line 3 or"},
		"the end is missing":          {"{\"links\": [\n{\"name\": \"" + canary + "\"},\n\n", "in line 2 or"},
		"not JSON at all":             {canary, "in line 1 or"},
		"nothing":                     {"", "in line 1 or"},
		"a text where a list belongs": {"{\n\"links\": \"" + canary + "\"}", "In line 2 of the file, links has the wrong type: it must be a JSON array."},
		"an empty list":               {" [ ] ", "The file holds no links."},
		"an empty list of links":      {`{"links":[]}`, "The file holds no links."},
		"null":                        {"null", "The file holds no links."},
		"a number":                    {"5", "The file holds no links."},
		"a list of numbers":           {"[5]", "The file holds no links."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ReadLinks([]byte(c.text), "c1")
			refused, ok := errors.AsType[*api.Error](err)
			require.True(t, ok, "error: %v", err)
			require.Equal(t, api.Invalid, refused.Code)
			said := locale.In(locale.English, refused.Message)
			require.Contains(t, said, c.says)
			require.NotContains(t, said, canary)
		})
	}
}

func TestLimitsOfFilesThroughTheWire(t *testing.T) {
	t.Parallel()
	w := start(t)
	base := "/switchboard/v1/projects/" + w.project.ID + "/links"
	for _, target := range []string{"/export", "/export?q=nowhere"} {
		empty := w.send("GET", base+target, "")
		require.Equal(t, http.StatusOK, empty.Code)
		require.JSONEq(t, `{"links":[]}`, empty.Body.String())
	}
	one := strings.TrimSuffix(strings.TrimPrefix(sftp("a"), `{"links":[`), `]}`)
	tooMany := w.send("POST", base+"/import", "["+strings.Repeat(one+",", api.MaxImport)+one+"]")
	require.Equal(t, http.StatusBadRequest, tooMany.Code, "what is answered 429 is sent again")
	require.Contains(t, tooMany.Body.String(), "at most 1000 links")

	long := sftp("a") + strings.Repeat(" ", maxBody)
	require.Equal(t, http.StatusOK, w.send("POST", base+"/import", long).Code)
	require.Equal(t, http.StatusRequestEntityTooLarge, w.send("PUT", base+"/x/enabled", long).Code)
	require.Equal(t, http.StatusRequestEntityTooLarge, w.send("POST", base+"/import", strings.Repeat(" ", api.MaxImportFile+1)).Code)
}

func TestNothingThatSomebodyTypedIsDecoded(t *testing.T) {
	t.Parallel()
	drafts, err := ReadLinks([]byte(sftp("a", "linkConfig.username", `"50%25off"`)), "c")
	require.NoError(t, err)
	require.Equal(t, "50%25off", drafts[0].Inputs["linkConfig.username"])
}

func TestImportAndExportThroughTheWire(t *testing.T) {
	t.Parallel()
	w := start(t)
	base := "/switchboard/v1/projects/" + w.project.ID + "/links"
	type answer struct{ Links []planJSON }
	send := func(target, body string) answer {
		rec := w.send("POST", base+target, body)
		require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
		var a answer
		require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &a))
		return a
	}
	planned := send("/import", sftp("a"))
	require.Equal(t, api.ImportAdd, planned.Links[0].Verdict)
	_, err := w.Service.FindLink(t.Context(), w.scope(), api.DefaultCluster, "a")
	require.Equal(t, api.NotFound, api.CodeOf(err), "a plan stores nothing")

	applied := send("/import?apply=true", sftp("a"))
	require.True(t, applied.Links[0].Done)
	file := w.send("GET", base+"/export", "")
	require.Equal(t, http.StatusOK, file.Code)
	require.NotContains(t, file.Body.String(), "hunter2hunter2")
	require.Equal(t, api.ImportSame, send("/import", file.Body.String()).Links[0].Verdict)

	changed := strings.ReplaceAll(file.Body.String(), `"loader"`, `"someone"`)
	again := send("/import?apply=true", changed)
	require.Equal(t, api.ImportChange, again.Links[0].Verdict)
	require.Equal(t, []string{"linkConfig.username"}, again.Links[0].Changes)
	require.Equal(t, []string{"linkConfig.password"}, again.Links[0].Missing, "another account: the password is asked for")
	require.False(t, again.Links[0].Done)
}

func TestALinkIsEnabledAndDisabled(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.create(t, mysql("a"))
	link, err := w.Service.FindLink(t.Context(), w.scope(), "c", "a")
	require.NoError(t, err)
	target := "/switchboard/v1/projects/" + w.project.ID + "/links/" + link.ID + "/enabled"
	require.Equal(t, http.StatusNoContent, w.send("PUT", target, `{"enabled":false}`).Code)
	stored, err := w.Service.Link(t.Context(), w.scope(), link.ID)
	require.NoError(t, err)
	require.False(t, stored.Enabled)
	for _, body := range []string{`{}`, `{"enabled":"yes"}`} {
		require.Equal(t, http.StatusBadRequest, w.send("PUT", target, body).Code, body)
	}
}
