package wire

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/embedded"
	"switchboard/internal/locale"
)

func TestTheDocumentHasEveryOperationAndNoOther(t *testing.T) {
	t.Parallel()
	d := readDocument(t, locale.English)
	require.Equal(t, "3.1.0", d.OpenAPI)
	written, tags := map[string]bool{}, map[string]bool{}
	for _, tag := range d.Tags {
		tags[tag.Name] = true
	}
	for path, methods := range d.Paths {
		for method, o := range methods {
			written[o.ID] = true
			require.Equal(t, o.ID, FindOperation(o.ID).ID)
			require.Len(t, o.Tags, 1)
			require.True(t, tags[o.Tags[0]], o.Tags[0])
			inPath := map[string]bool{}
			for _, p := range o.Parameters {
				require.NotEmpty(t, p.Schema, "%s of %s", p.Name, o.ID)
				if p.In == "path" {
					require.True(t, p.Required)
					inPath[p.Name] = true
				}
			}
			for segment := range strings.SplitSeq(path, "/") {
				if name, ok := strings.CutPrefix(segment, "{"); ok {
					require.True(t, inPath[strings.TrimSuffix(name, "}")], "%s of %s %s", name, method, path)
					delete(inPath, strings.TrimSuffix(name, "}"))
				}
			}
			require.Empty(t, inPath, "%s %s", method, path)
		}
	}
	require.Len(t, written, len(operations))
	about := slices.Sorted(maps.Keys(documentation()))
	require.Equal(t, slices.Sorted(maps.Keys(written)), about, "what is described and is no operation, or the other way round")
}

func TestTheDocumentSpeaksBothLanguages(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{locale.English, locale.Chinese} {
		missing := regexp.MustCompile(`\[openapi\.[^]]*`).FindAllString(string(Document(lang, "")), -1)
		require.Empty(t, missing, "sentences that are not there")
		d := readDocument(t, lang)
		summary := d.operation(FindOperation("CreateLink")).Summary
		require.Equal(t, map[string]string{"en": "Create a link, or only validate it", "zh": "创建连接，或仅校验连接参数"}[lang], summary)
	}
}

func TestTheDocumentSaysWhatEachFieldIs(t *testing.T) {
	t.Parallel()
	said := map[string][]string{}
	for _, lang := range []string{locale.English, locale.Chinese} {
		d := readDocument(t, lang)
		visit := func(at string, one map[string]any) {
			text, _ := one["description"].(string)
			require.NotEmpty(t, text, "%s in %s: say it in openapi_fields", at, lang)
			said[at] = append(said[at], text)
		}
		for name, one := range d.Components.Schemas {
			properties(one, name, visit)
		}
		for _, methods := range d.Paths {
			for _, o := range methods {
				properties(o.body(), o.ID, visit)
				for _, told := range o.Responses {
					for _, content := range told.Content {
						properties(content.Schema, o.ID+"=", visit)
					}
				}
			}
		}
	}
	require.Equal(t, []string{"1 to 64 letters, digits, hyphens and underscores.", "1 到 64 个字符，可使用字母、数字、连字符和下划线。"}, said["ConnectionBody.name"], "as the form does")
}

func TestTheDocumentIsServedToAnybody(t *testing.T) {
	t.Parallel()
	w := start(t)
	get := func(target string, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", target, nil)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		require.True(t, Serves(r))
		rec := httptest.NewRecorder()
		w.handler.ServeHTTP(rec, r)
		return rec
	}
	english := get("/openapi.json")
	require.Equal(t, http.StatusOK, english.Code)
	require.Equal(t, "application/json", english.Header().Get("Content-Type"))
	require.Contains(t, english.Body.String(), "Create a link")
	require.Contains(t, get("/openapi.json", "Accept-Language", "zh-CN").Body.String(), "创建连接")
	require.Contains(t, get("/openapi.json?lang=zh", "Accept-Language", "en").Body.String(), "创建连接")

	gzipped := get("/openapi.json", "Accept-Encoding", "br, gzip")
	require.Equal(t, "gzip", gzipped.Header().Get("Content-Encoding"))
	require.Equal(t, "Accept-Language, Accept-Encoding", gzipped.Header().Get("Vary"))
	require.Less(t, gzipped.Body.Len(), english.Body.Len()/5)
	require.NotEqual(t, english.Header().Get("ETag"), gzipped.Header().Get("ETag"), "which is of these bytes")
	r, err := gzip.NewReader(gzipped.Body)
	require.NoError(t, err)
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Equal(t, english.Body.String(), string(text))
	unchanged := get("/openapi.json", "Accept-Encoding", "gzip", "If-None-Match", `W/"x", `+gzipped.Header().Get("ETag"))
	require.Equal(t, http.StatusNotModified, unchanged.Code)

	again := get("/openapi.json", "If-None-Match", english.Header().Get("ETag"))
	require.Equal(t, http.StatusNotModified, again.Code)
	require.Empty(t, again.Body.String())
}

func TestExamplesAreWhatTheDocumentSays(t *testing.T) {
	t.Parallel()
	d := readDocument(t, locale.English)
	for i := range operations {
		o := d.operation(&operations[i])
		if o.Body != nil && o.Body.Content["application/json"].Example != nil {
			require.Empty(t, d.faults(o.body(), o.Body.Content["application/json"].Example, o.ID))
		}
	}
}

// Whatever is called, by somebody who may or by nobody: what is sent and what is
// answered is what the document says. In the other project everything is called from
// the end, so that what is there in the end was there in the beginning.
func TestRequestsAndAnswersAreWhatTheDocumentSays(t *testing.T) {
	t.Parallel()
	d := readDocument(t, locale.English)
	w := newTown(t, person{role: api.RoleAdministrator})
	all := slices.DeleteFunc(slices.Clone(calls), func(c call) bool { return operationOf(c) == nil }) // it is the document
	backwards := slices.Clone(all)
	slices.Reverse(backwards)
	var bad []string
	never := map[string]int{}
	for _, c := range all {
		never[operationOf(c).ID] = 0
	}
	ask := func(with credential, g goods, all []call) {
		for _, c := range all {
			o := d.operation(operationOf(c))
			target, body, _ := w.about(c, g, goods{}, "")
			rec := w.ask(with, c.method, target, body)
			for _, fault := range append(d.asked(o, body), d.answered(o, rec)...) {
				bad = append(bad, fmt.Sprintf("%s %d: %s", o.ID, rec.Code, fault))
			}
			if rec.Code < http.StatusBadRequest {
				delete(never, o.ID)
			} else if _, open := never[o.ID]; open {
				never[o.ID] = rec.Code
			}
		}
	}
	ask(credential{name: "nobody"}, w.mine, all)
	ask(w.credentials[0], w.mine, all)
	ask(w.credentials[0], w.foreign, backwards)
	require.Empty(t, bad, strings.Join(bad, "\n"))
	require.Subset(t, refusedHere, slices.Collect(maps.Keys(never)), "what nobody got an answer of")
}

// refusedHere are the operations that may get no further than to a refusal, for what
// there is in the town.
var refusedHere = []string{
	"InvokeFunction", "CreateVersionAlias", "RetryReplication", "OpenEndpointService", "CancelReplication", "ProtectResource", "CopyCheckpointItem",
}

// Where there is what they need, their answers are what the document says, too.
func TestAnswersThatNeedMoreAreWhatTheDocumentSays(t *testing.T) {
	t.Parallel()
	d, w := readDocument(t, locale.English), newTown(t, person{role: api.RoleAdministrator})
	upstream := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte("ok")) }))
	t.Cleanup(upstream.Close)
	scope, g := api.Scope{Project: w.mine.Project, Actor: console}, &w.mine
	require.NoError(t, w.Requests.SetApprovalRules(t.Context(), scope, nil, api.Confirmation{}))
	var asked []string
	ask := func(method, path, body string) *httptest.ResponseRecorder {
		t.Helper()
		c := call{method: method, path: path, body: body}
		o := d.operation(operationOf(c))
		target, body, _ := w.about(c, *g, goods{}, "")
		rec := w.ask(w.credentials[0], method, target, body)
		require.Less(t, rec.Code, http.StatusBadRequest, "%s: %s", o.ID, rec.Body)
		require.Empty(t, append(d.asked(o, body), d.answered(o, rec)...), o.ID)
		asked = append(asked, o.ID)
		return rec
	}
	first := func(path, list string) string {
		t.Helper()
		var found map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(ask("GET", path, "").Body.Bytes(), &found))
		var items []struct{ ID string }
		require.NoError(t, json.Unmarshal(found[list], &items))
		require.Len(t, items, 1)
		return items[0].ID
	}

	_, err := w.Service.SetUpstream(t.Context(), scope, g.Function, api.LatestVersion, upstream.URL)
	require.NoError(t, err)
	ask("POST", functionRoute+"/invocations", `{}`)
	ask("POST", functionRoute+"/versions", `{"version":"v9"}`)
	ask("POST", functionRoute+"/aliases", `{"name":"another","version":"v9"}`)
	ask("POST", ownService+"/everyone", `{"confirm":"`+region+`.{word}.{service}","reason":"everybody may have it","expires":""}`)
	ask("POST", providerAt+"/resources/:resource/action", `{"protect":{"backup_name":"by_call"}}`)
	g.Backup = first(csbsAt+"/checkpoint_items?name=by_call", "checkpoint_items")
	for range 100 { // until it is made
		require.NoError(t, w.Service.(*embedded.Plane).CatchUp(t.Context(), time.Now()))
		if b, err := w.Service.Backup(t.Context(), scope, g.Backup); err != nil || b.Status == api.BackupAvailable {
			break
		}
	}
	ask("POST", providerAt+"/checkpoint_items/:item/replicate", `{"replication":{"destination_region":"{region}","destination_project_id":"{there}"}}`)
	g.Replication = first(ownAt+"/replications?open=true", "replications")
	ask("POST", ownAt+"/replications/:run/cancel", "")
	ask("POST", ownAt+"/replications/:run/retry", "")
	slices.Sort(asked)
	require.Subset(t, slices.Compact(asked), refusedHere)
}

func operationOf(c call) *Operation {
	path, _, _ := strings.Cut(c.path, "?")
	for i := range operations {
		if o := &operations[i]; o.Method == c.method && o.Route == path {
			return o
		}
	}
	return nil
}

// asked are the faults of the body of a request.
func (d *readDoc) asked(o readOperation, body string) []string {
	if body == "" {
		return nil
	}
	if o.Body == nil {
		return []string{"has a body"}
	}
	var value any
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		return []string{err.Error()}
	}
	return d.faults(o.body(), value, "body")
}

// answered are the faults of an answer.
func (d *readDoc) answered(o readOperation, rec *httptest.ResponseRecorder) []string {
	told, ok := o.Responses[fmt.Sprint(rec.Code)]
	if !ok && rec.Code < http.StatusBadRequest {
		return []string{"this status is not in the document"}
	}
	if !ok {
		told = o.Responses["default"]
	}
	kind, _, _ := strings.Cut(rec.Header().Get("Content-Type"), ";")
	if rec.Body.Len() == 0 {
		if len(told.Content) > 0 && o.ID != "KeystoneCheckToken" {
			return []string{"nothing is answered"}
		}
		return nil
	}
	content, ok := told.Content[kind]
	if !ok {
		return []string{"answers " + kind}
	}
	if kind != "application/json" {
		return nil
	}
	var value any
	if err := json.Unmarshal(rec.Body.Bytes(), &value); err != nil {
		return []string{err.Error()}
	}
	return d.faults(content.Schema, value, "answer")
}
