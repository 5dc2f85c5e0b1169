package mirror_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// front stands before the region and says other things than it, as long as bend is set.
type front struct {
	server *httptest.Server
	bend   atomic.Pointer[func(r *http.Request, body []byte) []byte]
}

func (f *front) say(bend func(r *http.Request, body []byte) []byte) { f.bend.Store(&bend) }

// fronted has the project live behind a front.
func (h *here) fronted(t *testing.T) *front {
	t.Helper()
	f := &front{}
	to, err := url.Parse(h.there.server.URL)
	require.NoError(t, err)
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) },
		ModifyResponse: func(r *http.Response) error {
			bend := f.bend.Load()
			if bend == nil {
				return nil
			}
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			body = (*bend)(r.Request, body)
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			r.Header.Del("Content-Length")
			return nil
		},
	}
	f.server = httptest.NewServer(proxy)
	t.Cleanup(f.server.Close)
	seen, err := h.mirror.Backend(context.Background(), mine)
	require.NoError(t, err)
	d := h.there.cloudDraft(h.there.mine.Project, f.server.URL)
	d.Version = seen.Version
	_, err = h.mirror.SetBackend(t.Context(), mine, d, api.Connect)
	require.NoError(t, err)
	return f
}

// replaced puts other values into a list of an answer.
func replaced(body []byte, list string, change func(all []any) []any) []byte {
	var answer map[string]any
	if json.Unmarshal(body, &answer) != nil {
		return body
	}
	if all, ok := answer[list].([]any); ok {
		answer[list] = change(all)
	}
	changed, _ := json.Marshal(answer)
	return changed
}

func TestARegionThatSaysNonsenseBreaksNothing(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		f := h.fronted(t)
		svc := h.offer(t)
		end := time.Now().Add(time.Hour)
		h.let(t, svc.ID, api.PermissionDraft{Permission: "iam:domain::kept", Expires: end})
		alien, err := h.plane.CreateEndpointService(t.Context(), h.embedded(t), apitest.ServiceDraft("here"))
		require.NoError(t, err)
		odd := []any{
			map[string]any{"id": "../../x", "service_name": "a.b", "permission": "iam:domain::x"},
			map[string]any{"id": "a\x00b", "service_name": "n", "permission": "iam:domain::y"},
			map[string]any{"id": alien.ID, "service_name": "local-1.mine_now." + alien.ID, "permission": "iam:domain::z"},
			map[string]any{"id": "long", "service_name": strings.Repeat("x", 100_000), "permission": strings.Repeat("y", 100_000)},
			map[string]any{"id": "null", "service_name": "null\x00", "permission": "null\x00"},
		}
		for name, bend := range map[string]func(*http.Request, []byte) []byte{
			"a page":         func(*http.Request, []byte) []byte { return []byte("<html>maintenance</html>") },
			"nothing":        func(*http.Request, []byte) []byte { return nil },
			"half a body":    func(_ *http.Request, body []byte) []byte { return body[:len(body)/2] },
			"another answer": func(*http.Request, []byte) []byte { return []byte(`{"things":[]}`) },
			"fewer than it has": func(_ *http.Request, body []byte) []byte {
				return replaced(body, "permissions", func([]any) []any { return nil })
			},
			"odd ones": func(_ *http.Request, body []byte) []byte {
				more := func(all []any) []any { return append(all, odd...) }
				body = bytes.ReplaceAll(body, []byte(`"total_count":1`), []byte(`"total_count":6`))
				return replaced(replaced(body, "permissions", more), "endpoint_services", more)
			},
		} {
			f.say(func(r *http.Request, body []byte) []byte {
				if r.URL.Query().Get("offset") != "" && r.URL.Query().Get("offset") != "0" {
					return body
				}
				return bend(r, body)
			})
			page, err := h.mirror.ListEndpointServices(t.Context(), mine, api.EndpointServiceQuery{})
			require.NoError(t, err, name)
			require.Len(t, page.Items, 1, name)
			entries, err := h.mirror.ListPermissions(t.Context(), mine, svc.ID, api.PermissionQuery{Search: "kept"})
			require.NoError(t, err, name)
			require.Len(t, entries.Items, 1, name)
			require.WithinDuration(t, end, entries.Items[0].Expires, time.Second, name)
			for _, of := range []string{"", svc.ID} {
				kind := api.KindPermission
				if of == "" {
					kind = api.KindEndpointService
				}
				fresh, err := h.mirror.Freshness(t.Context(), mine, kind, of)
				require.NoError(t, err)
				well := name == "odd ones" || name == "fewer than it has" && of == ""
				require.Equal(t, well, fresh.Trouble.IsZero(), "%s: %v", name, fresh.Trouble)
			}
		}
		kept, err := h.plane.EndpointService(t.Context(), h.embedded(t), alien.ID)
		require.NoError(t, err)
		require.Equal(t, alien.Name, kept.Name)
	})
}

// embedded is a project that lives here.
func (h *here) embedded(t *testing.T) api.Scope {
	t.Helper()
	s := api.Scope{Project: strings.Repeat("4", 32), Actor: mine.Actor}
	exec(t, h.db, "INSERT INTO projects (id, account_id, name, created_at) VALUES (?, 'a', 'embedded', 0) ON CONFLICT DO NOTHING", s.Project)
	return s
}

func TestWhatARegionDoesNotKeepOfAWhitelistIsNoted(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		f := h.fronted(t)
		f.say(func(_ *http.Request, body []byte) []byte {
			return bytes.ReplaceAll(bytes.ReplaceAll(body, []byte(`"description":"package mirror"`), []byte(`"description":"package"`)),
				[]byte(`"description":"ours"`), []byte(`"description":""`))
		})
		svc := h.offer(t)
		require.Equal(t, "package", svc.Description)
		lost, err := h.mirror.NotKept(t.Context(), mine, api.KindEndpointService, svc.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"description"}, lost)
		added := h.let(t, svc.ID, api.PermissionDraft{Permission: "iam:domain::a", Description: "ours"})
		require.Empty(t, added[0].Description, "it is what the region says it is")
		lost, err = h.mirror.NotKept(t.Context(), mine, api.KindPermission, svc.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"description"}, lost)
	})
}

// Regions of an older kind do not tell what entries say of themselves.
func TestDescriptionsThatARegionDoesNotTellStay(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		f := h.fronted(t)
		f.say(func(r *http.Request, body []byte) []byte {
			if !strings.Contains(r.URL.Path, "/permissions") {
				return body
			}
			return replaced(body, "permissions", func(all []any) []any {
				for _, e := range all {
					delete(e.(map[string]any), "description")
				}
				return all
			})
		})
		svc := h.offer(t)
		h.let(t, svc.ID, api.PermissionDraft{Permission: "iam:domain::a", Description: "ours"})
		page, err := h.mirror.ListPermissions(t.Context(), mine, svc.ID, api.PermissionQuery{})
		require.NoError(t, err)
		require.Equal(t, "ours", page.Items[0].Description)
	})
}

// A change whose answer is lost is looked for, and not made twice.
func TestAWhitelistIsChangedOnceIfAnAnswerIsLost(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		f := h.fronted(t)
		var lost atomic.Int64
		f.say(func(r *http.Request, body []byte) []byte {
			if r.Method == http.MethodGet {
				return body
			}
			lost.Add(1)
			return nil
		})
		svc := h.offer(t)
		added := h.let(t, svc.ID, apitest.PermissionDrafts(2)...)
		_, err := h.mirror.ChangePermission(t.Context(), mine, svc.ID, added[0].ID, api.PermissionChange{Description: new("other")})
		require.NoError(t, err)
		_, err = h.mirror.RemovePermissions(t.Context(), mine, svc.ID, api.PermissionRemoval{IDs: []string{added[1].ID}})
		require.NoError(t, err)
		endpoint, err := h.mirror.CreateEndpoint(t.Context(), mine, apitest.EndpointDraft(svc.ID))
		require.NoError(t, err)
		_, err = h.mirror.RejectConnection(t.Context(), mine, svc.ID, endpoint.ID)
		require.NoError(t, err)
		require.Positive(t, lost.Load())
		require.Equal(t, map[string]string{added[0].Permission: "other"}, h.entriesThere(t, svc.ID))
		page, err := h.there.plane.ListEndpoints(t.Context(), h.there.mine, api.EndpointQuery{})
		require.NoError(t, err)
		require.Len(t, page.Items, 1)
		require.Equal(t, api.EndpointRejected, page.Items[0].State)
		n, err := h.there.plane.CountEndpointServices(t.Context(), h.there.mine, api.EndpointServiceQuery{})
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.NoError(t, h.mirror.DeleteEndpoint(t.Context(), mine, endpoint.ID))
		require.NoError(t, h.mirror.DeleteEndpointService(t.Context(), mine, svc.ID, 0))
		require.Equal(t, []string{"delete page", "reject page", "create page"}, h.changesHere(t, api.KindEndpoint, svc.ID))
	})
}

// When an entry ends, and why everyone may come in, no region knows: what is found there
// after all answers were lost is what somebody wished for.
func TestAnEntryWhoseAnswerWasLostEndsAllTheSame(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		f := h.fronted(t)
		svc := h.offer(t)
		var down atomic.Bool
		f.say(func(r *http.Request, body []byte) []byte {
			if r.Method != http.MethodGet {
				down.Store(true)
			}
			if down.Load() {
				return nil
			}
			return body
		})
		end := time.Now().Add(time.Hour)
		batch := api.PermissionBatch{Entries: []api.PermissionDraft{{Permission: "iam:domain::guest", Expires: end}, {Permission: "iam:domain::staff"}}}
		_, err := h.mirror.AddPermissions(t.Context(), mine, svc.ID, batch)
		require.Equal(t, api.Unavailable, api.CodeOf(err), "%v", err)
		down.Store(false)
		_, err = h.mirror.OpenToEveryone(t.Context(), mine, svc.ID, api.EveryoneDraft{Confirm: svc.Name, Reason: "open day of the fair", Expires: end})
		require.Equal(t, api.Unavailable, api.CodeOf(err), "%v", err)
		down.Store(false)
		f.say(func(_ *http.Request, body []byte) []byte { return body })

		page, err := h.mirror.ListPermissions(t.Context(), mine, svc.ID, api.PermissionQuery{})
		require.NoError(t, err)
		found := map[string]api.Permission{}
		for _, e := range page.Items {
			found[e.Permission] = e
		}
		require.Len(t, found, 3)
		for _, name := range []string{"iam:domain::guest", api.Everyone} {
			require.WithinDuration(t, end, found[name].Expires, time.Second, name)
			require.Equal(t, mine.Actor.User, found[name].Created.By, name)
		}
		require.Equal(t, "open day of the fair", found[api.Everyone].Reason)
		require.Zero(t, found["iam:domain::staff"].Expires)

		_, err = h.there.plane.RemovePermissions(t.Context(), h.there.mine, svc.ID, api.PermissionRemoval{IDs: []string{found["iam:domain::guest"].ID}})
		require.NoError(t, err)
		_, err = h.there.plane.AddPermissions(t.Context(), h.there.mine, svc.ID, api.PermissionBatch{Entries: []api.PermissionDraft{{Permission: "iam:domain::guest"}}})
		require.NoError(t, err)
		page, err = h.mirror.ListPermissions(t.Context(), mine, svc.ID, api.PermissionQuery{Search: "guest"})
		require.NoError(t, err)
		require.Len(t, page.Items, 1)
		require.Zero(t, page.Items[0].Expires, "a wish comes true once")
	})
}
