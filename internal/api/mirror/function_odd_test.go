package mirror_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/routing"
)

func TestWhatARegionDoesNotKeepOfAFunctionIsNoted(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		f := h.fronted(t)
		f.say(func(_ *http.Request, body []byte) []byte {
			return bytes.ReplaceAll(body, []byte(`"memory_size":256`), []byte(`"memory_size":512`))
		})
		function, err := h.mirror.CreateFunction(t.Context(), mine, apitest.FunctionDraft("hello"))
		require.NoError(t, err)
		require.Equal(t, 512, function.Latest.Config.MemoryMB, "it is what the region says it is")
		lost, err := h.mirror.NotKept(t.Context(), mine, api.KindFunction, function.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"memory_size"}, lost)

		d := api.AliasDraft{Name: "prod", Version: api.LatestVersion, Sticky: &routing.Source{Type: routing.Cookie, Param: "sid"}}
		alias, err := h.mirror.CreateAlias(t.Context(), mine, function.ID, d)
		require.NoError(t, err)
		require.Zero(t, alias.Route.Sticky)
		lost, err = h.mirror.NotKept(t.Context(), mine, api.KindAlias, alias.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"sticky"}, lost)
		_, err = h.mirror.UpdateAlias(t.Context(), mine, alias.ID, alias.Draft(), 0)
		require.NoError(t, err)
		lost, err = h.mirror.NotKept(t.Context(), mine, api.KindAlias, alias.ID)
		require.NoError(t, err)
		require.Empty(t, lost, "nobody asked for it again")
	})
}

func TestFunctionsAreShownWhileTheirRegionIsSilent(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		h.versionedThere(t, "hello", "v1", "v2")
		f := h.functionHere(t, "hello")
		alias, err := h.mirror.CreateAlias(t.Context(), mine, f.ID, api.AliasDraft{Name: "prod", Version: "v1", Weights: []api.WeightDraft{{Version: "v2", Weight: "5"}}})
		require.NoError(t, err)
		alone, err := h.mirror.CreateAlias(t.Context(), mine, f.ID, api.AliasDraft{Name: "head", Version: "latest"})
		require.NoError(t, err)
		_, err = h.mirror.StartRamp(t.Context(), mine, alone.ID, api.RampDraft{Additional: "v2", Steps: []api.RampStepDraft{{Percent: "1"}, {Percent: "2"}}}, 0)
		require.NoError(t, err)
		alone, err = h.mirror.Alias(t.Context(), mine, alone.ID)
		require.NoError(t, err)
		h.there.server.Close()

		shown, err := h.mirror.Function(t.Context(), mine, f.ID)
		require.NoError(t, err)
		require.Equal(t, 2, shown.Aliases)
		page, err := h.mirror.ListAliases(t.Context(), mine, api.AliasQuery{})
		require.NoError(t, err)
		require.Equal(t, []api.Alias{alone, alias}, page.Items)
		for _, p := range []struct {
			kind api.Kind
			of   string
		}{{api.KindFunction, ""}, {api.KindFunction, f.ID}, {api.KindAlias, ""}} {
			fresh, err := h.mirror.Freshness(t.Context(), mine, p.kind, p.of)
			require.NoError(t, err)
			require.NotZero(t, fresh.Trouble, p)
		}

		ctx, to := t.Context(), h.mirror
		changes := len(h.changesHere(t, api.KindAlias, alias.ID)) + len(h.changesHere(t, api.KindFunction, f.ID))
		for name, change := range map[string]func() error{
			"create": func() error { _, err := to.CreateFunction(ctx, mine, apitest.FunctionDraft("new")); return err },
			"update": func() error { _, err := to.UpdateFunction(ctx, mine, f.ID, f.Draft(), 0); return err },
			"publish": func() error {
				_, err := to.PublishVersion(ctx, mine, f.ID, api.VersionDraft{Name: "v3"})
				return err
			},
			"unpublish": func() error { return to.DeleteVersion(ctx, mine, f.ID, "v1", api.Confirmation{}) },
			"delete":    func() error { return to.DeleteFunction(ctx, mine, f.ID, 0, api.Confirmation{}) },
			"lead":      func() error { _, err := to.UpdateAlias(ctx, mine, alias.ID, alias.Draft(), 0); return err },
			"abort":     func() error { _, err := to.AbortAlias(ctx, mine, alias.ID, 0); return err },
			"forget":    func() error { return to.DeleteAlias(ctx, mine, alias.ID, 0) },
			"steer":     func() error { _, err := to.SteerRamp(ctx, mine, alone.ID, api.RampNext, 0); return err },
			"call": func() error {
				_, err := to.Invoke(ctx, mine, api.Call{Package: api.DefaultPackage, Function: "hello"})
				return err
			},
		} {
			want := api.Unavailable
			if name == "publish" {
				want = api.Invalid // nothing has changed, whether the region answers or not
			}
			require.Equal(t, want, api.CodeOf(change()), name)
		}
		page, err = h.mirror.ListAliases(t.Context(), mine, api.AliasQuery{})
		require.NoError(t, err)
		require.Equal(t, []api.Alias{alone, alias}, page.Items, "nothing is written down that was not made")
		require.Equal(t, changes, len(h.changesHere(t, api.KindAlias, alias.ID))+len(h.changesHere(t, api.KindFunction, f.ID)))
		_, err = to.SteerRamp(ctx, mine, alone.ID, api.RampPause, 0)
		require.NoError(t, err, "of a ramp the region does not know anyway")
	})
}

func TestNonsenseAboutFunctionsBreaksNothing(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		front := h.fronted(t)
		h.versionedThere(t, "hello", "v1", "v2")
		f := h.functionHere(t, "hello")
		over := h.over(t, f)
		h.aliasThere(t, over.ID, "prod", "v1")
		require.Equal(t, map[string]string{"prod": "v1"}, h.leadsHere(t, f.ID))
		ends := func(r *http.Request, end string) bool { return strings.HasSuffix(r.URL.Path, end) }
		for name, bend := range map[string]func(r *http.Request, body []byte) []byte{
			"pages":     func(*http.Request, []byte) []byte { return []byte("<html>") },
			"half":      func(_ *http.Request, body []byte) []byte { return body[:len(body)/2] },
			"an object": func(*http.Request, []byte) []byte { return []byte(`{}`) },
			"a list that ends before its end": func(r *http.Request, body []byte) []byte {
				return bytes.ReplaceAll(replaced(replaced(body, "functions", none), "versions", none), []byte(`"count":1`), []byte(`"count":7`))
			},
			"another function": func(_ *http.Request, body []byte) []byte {
				return bytes.ReplaceAll(body, []byte(`"func_name":"hello"`), []byte(`"func_name":"he\u0000llo"`))
			},
			"a description that cannot be stored": func(_ *http.Request, body []byte) []byte {
				return bytes.ReplaceAll(body, []byte("answers orders"), []byte(`\u0000`))
			},
		} {
			front.say(bend)
			shown, err := h.mirror.Function(t.Context(), mine, f.ID)
			require.NoError(t, err, name)
			require.Equal(t, f.Latest.Config, shown.Latest.Config, name)
			page, err := h.mirror.ListAliases(t.Context(), mine, api.AliasQuery{})
			require.NoError(t, err, name)
			if name != "another function" { // the list says that it is gone
				require.Len(t, page.Items, 1, name)
				require.Equal(t, []string{"latest", "v2", "v1"}, h.versionsHere(t, f.ID), name)
			} else {
				front.bend.Store(nil)
				f = h.functionHere(t, "hello")
			}
		}

		front.say(func(r *http.Request, body []byte) []byte {
			if !ends(r, "/aliases") {
				return body
			}
			return []byte(`[{"name":"a","version":"v2"},{"name":"b","version":"v2"},{"name":"c","version":"v9"},{"name":"d","version":"v1",
				"additional_version_weights":{"v1":5}},{"name":"` + strings.Repeat("x", 99) + `","version":"v1"},{"name":"e\u0000","version":"v1"}]`)
		})
		require.Equal(t, map[string]string{"a": "v2"}, h.leadsHere(t, f.ID), "one that can be kept, of two that lead to one version the first")
		front.bend.Store(nil)
		require.Equal(t, map[string]string{"prod": "v1"}, h.leadsHere(t, f.ID))
	})
}

func none([]any) []any { return []any{} }

func TestAReadBackThatSaysNonsenseIsNotBelieved(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		front := h.fronted(t)
		h.versionedThere(t, "hello", "v1", "v2")
		f := h.functionHere(t, "hello")
		front.say(func(r *http.Request, body []byte) []byte {
			switch {
			case r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/aliases/"):
				return []byte(`{"name":"prod","version":"v7"}`)
			case strings.HasSuffix(r.URL.Path, "/config") && r.Method == http.MethodGet:
				return []byte(`<html>`)
			}
			return body
		})
		alias, err := h.mirror.CreateAlias(t.Context(), mine, f.ID, api.AliasDraft{Name: "prod", Version: "v1"})
		require.NoError(t, err)
		require.Equal(t, "v1", alias.Route.Main, "what was asked for, until the region is read again")
		updated, err := h.mirror.PatchFunction(t.Context(), mine, f.ID, func(d *api.FunctionDraft) error {
			d.Config.MemoryMB = 1024
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, 1024, updated.Latest.Config.MemoryMB)
		front.bend.Store(nil)
		require.Equal(t, map[string]string{"prod": "v1"}, h.leadsHere(t, f.ID))
		require.Equal(t, 1024, h.functionHere(t, "hello").Latest.Config.MemoryMB)
	})
}
