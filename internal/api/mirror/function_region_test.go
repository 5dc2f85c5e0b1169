package mirror_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/routing"
)

// versionedThere makes a function over there with those versions.
func (h *here) versionedThere(t *testing.T, name string, versions ...string) api.Function {
	t.Helper()
	f, err := h.there.plane.CreateFunction(t.Context(), h.there.mine, apitest.FunctionDraft(name))
	require.NoError(t, err)
	for _, version := range versions {
		h.publishThere(t, f.ID, version)
	}
	return f
}

// publishThere publishes other code over there.
func (h *here) publishThere(t *testing.T, function, version string) {
	t.Helper()
	of, s := h.there.plane, h.there.mine
	_, err := of.PatchFunction(t.Context(), s, function, func(d *api.FunctionDraft) error {
		d.File = []byte("code of " + version)
		return nil
	})
	require.NoError(t, err)
	_, err = of.PublishVersion(t.Context(), s, function, api.VersionDraft{Name: version, Description: "as " + version})
	require.NoError(t, err)
}

// functionHere is a function of the region as it is read here.
func (h *here) functionHere(t *testing.T, name string) api.Function {
	t.Helper()
	f, err := h.mirror.FindFunction(t.Context(), mine, api.DefaultPackage, name)
	require.NoError(t, err)
	return f
}

func (h *here) versionsHere(t *testing.T, function string) (names []string) {
	t.Helper()
	versions, err := h.mirror.Versions(t.Context(), mine, function)
	require.NoError(t, err)
	for _, v := range versions {
		names = append(names, v.Name)
	}
	return names
}

// leadsHere is where the aliases of a function lead, read from the region.
func (h *here) leadsHere(t *testing.T, function string) map[string]string {
	t.Helper()
	aliases, err := h.mirror.AliasesOf(t.Context(), mine, function)
	require.NoError(t, err)
	leads := map[string]string{}
	for _, a := range aliases {
		leads[a.Name] = a.Route.Main
	}
	return leads
}

func (h *here) aliasThere(t *testing.T, function, name, main string, weights ...api.WeightDraft) api.Alias {
	t.Helper()
	a, err := h.there.plane.CreateAlias(t.Context(), h.there.mine, function, api.AliasDraft{Name: name, Version: main, Weights: weights})
	require.NoError(t, err)
	return a
}

func (h *here) leadThere(t *testing.T, alias, main string, weights ...api.WeightDraft) {
	t.Helper()
	_, err := h.there.plane.UpdateAlias(t.Context(), h.there.mine, alias, api.AliasDraft{Version: main, Weights: weights}, 0)
	require.NoError(t, err)
}

func TestFunctionsOfARegionAreTakenOver(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		of, s := h.there.plane, h.there.mine
		over := h.versionedThere(t, "hello", "v1", "v2")
		page, err := h.mirror.ListFunctions(t.Context(), mine, api.FunctionQuery{})
		require.NoError(t, err)
		require.Len(t, page.Items, 1)
		f := h.functionHere(t, "hello")
		require.NotEqual(t, over.ID, f.ID, "its id is ours")
		there, err := of.Function(t.Context(), s, over.ID)
		require.NoError(t, err)
		require.Equal(t, there.Latest.Config, f.Latest.Config)
		require.Equal(t, there.Latest.Code, f.Latest.Code)
		require.Equal(t, []string{"latest", "v2", "v1"}, h.versionsHere(t, f.ID), "also if they are of one second")
		require.Equal(t, []string{"publish region", "publish region", "create region"}, slices.DeleteFunc(h.changesHere(t, api.KindFunction, f.ID),
			func(a string) bool { return a == "update region" }))
		told := len(h.changesHere(t, api.KindFunction, f.ID))
		h.functionHere(t, "hello")
		_, err = h.mirror.ListFunctions(t.Context(), mine, api.FunctionQuery{})
		require.NoError(t, err)
		require.Len(t, h.changesHere(t, api.KindFunction, f.ID), told, "what is the same is written down once")

		_, err = of.PatchFunction(t.Context(), s, over.ID, func(d *api.FunctionDraft) error {
			d.Config.Description, d.Config.MemoryMB, d.Config.Concurrency = "", 512, new(3)
			return nil
		})
		require.NoError(t, err)
		changed := h.functionHere(t, "hello")
		require.Empty(t, changed.Latest.Config.Description)
		require.Equal(t, 512, changed.Latest.Config.MemoryMB)
		require.Equal(t, new(3), changed.Latest.Config.Concurrency)
		require.Greater(t, changed.Version, f.Version)
		_, err = h.mirror.UpdateFunction(t.Context(), mine, f.ID, f.Draft(), f.Version)
		require.Equal(t, api.Errorf(api.Conflict, "function.changed_there"), err)

		require.NoError(t, of.DeleteVersion(t.Context(), s, over.ID, "v2", api.Confirmation{}))
		h.publishThere(t, over.ID, "v3")
		require.NoError(t, of.DeleteVersion(t.Context(), s, over.ID, "v1", api.Confirmation{}))
		h.publishThere(t, over.ID, "v1")
		require.Equal(t, []string{"latest", "v3", "v1"}, h.versionsHere(t, f.ID), "when v1 was published anew nobody tells")
		digest, err := of.Version(t.Context(), s, over.ID, "v1")
		require.NoError(t, err)
		v1, err := h.mirror.Version(t.Context(), mine, f.ID, "v1")
		require.NoError(t, err)
		require.Equal(t, digest.Code, v1.Code)

		require.NoError(t, of.DeleteFunction(t.Context(), s, over.ID, 0, api.Confirmation{}))
		_, err = h.mirror.Function(t.Context(), mine, f.ID)
		require.Equal(t, api.NotFound, api.CodeOf(err))
		require.Equal(t, "delete region", h.changesHere(t, api.KindFunction, f.ID)[0])
	})
}

func TestAliasesOfARegionAreTakenOver(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		over := h.versionedThere(t, "hello", "v1", "v2", "v3")
		h.versionedThere(t, "another")
		a := h.aliasThere(t, over.ID, "a", "v1", api.WeightDraft{Version: "v3", Weight: "20"})
		b := h.aliasThere(t, over.ID, "b", "v2")
		page, err := h.mirror.ListAliases(t.Context(), mine, api.AliasQuery{})
		require.NoError(t, err)
		require.Len(t, page.Items, 2, "of all functions, those that nobody has looked at, too")
		first := page.Items[0]
		require.Equal(t, routing.Route{Main: "v1", Additional: "v3", Weight: 20, Salt: first.Route.Salt}, first.Route)
		require.Equal(t, []string{"create region"}, h.changesHere(t, api.KindAlias, first.ID))

		// They change places, and a version goes with the alias that led there.
		h.leadThere(t, a.ID, api.LatestVersion)
		h.leadThere(t, b.ID, "v1")
		h.leadThere(t, a.ID, "v2")
		f := h.functionHere(t, "hello")
		require.Equal(t, map[string]string{"a": "v2", "b": "v1"}, h.leadsHere(t, f.ID))
		require.Equal(t, []string{"update region", "create region"}, h.changesHere(t, api.KindAlias, first.ID))
		require.Equal(t, []string{"latest", "v3", "v2", "v1"}, h.versionsHere(t, f.ID), "nothing is left of how they passed each other")
		require.NoError(t, h.there.plane.DeleteVersion(t.Context(), h.there.mine, over.ID, "v2", api.Confirmation{}))
		h.publishThere(t, over.ID, "v4")
		h.aliasThere(t, over.ID, "c", "v4")
		h.leadThere(t, b.ID, "v3", api.WeightDraft{Version: "v4", Weight: "1"})
		require.Equal(t, map[string]string{"b": "v3", "c": "v4"}, h.leadsHere(t, f.ID))
		require.Equal(t, []string{"latest", "v4", "v3", "v1"}, h.versionsHere(t, f.ID))
		require.Equal(t, "delete region", h.changesHere(t, api.KindAlias, first.ID)[0])
		_, err = h.mirror.Alias(t.Context(), mine, first.ID)
		require.Equal(t, api.NotFound, api.CodeOf(err))

		past, err := h.mirror.Changes(t.Context(), mine, api.KindAlias, first.ID, "", 1)
		require.NoError(t, err)
		require.Contains(t, string(past[0].Before), `"version":"v2"`)
	})
}

func TestWhatIsChangedHereIsChangedInTheRegion(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		of, s := h.there.plane, h.there.mine
		f, err := h.mirror.CreateFunction(t.Context(), mine, apitest.FunctionDraft("hello"))
		require.NoError(t, err)
		over := h.over(t, f)
		require.Equal(t, over.Latest.Config, f.Latest.Config)
		require.Equal(t, over.Latest.Code, f.Latest.Code)
		_, err = h.mirror.PatchFunction(t.Context(), mine, f.ID, func(d *api.FunctionDraft) error {
			d.Config.Handler, d.File = "index.other", []byte("other")
			return nil
		})
		require.NoError(t, err)
		_, err = h.mirror.PublishVersion(t.Context(), mine, f.ID, api.VersionDraft{Name: "v1", Description: "first"})
		require.NoError(t, err)
		v1, err := of.Version(t.Context(), s, over.ID, "v1")
		require.NoError(t, err)
		require.Equal(t, "index.other", v1.Config.Handler)
		require.Equal(t, "first", v1.Description)

		a, err := h.mirror.CreateAlias(t.Context(), mine, f.ID, api.AliasDraft{Name: "prod", Version: api.LatestVersion, Weights: []api.WeightDraft{{Version: "v1", Weight: "5"}}})
		require.NoError(t, err)
		led, err := of.FindAlias(t.Context(), s, over.ID, "prod")
		require.NoError(t, err)
		require.Equal(t, a.Route, led.Route)
		_, err = h.mirror.PromoteAlias(t.Context(), mine, a.ID, a.Version)
		require.NoError(t, err)
		led, err = of.Alias(t.Context(), s, led.ID)
		require.NoError(t, err)
		require.Equal(t, routing.Route{Main: "v1", Salt: led.Route.Salt}, led.Route)
		require.Equal(t, []string{"promote page", "create page"}, h.changesHere(t, api.KindAlias, a.ID))

		require.NoError(t, h.mirror.DeleteAlias(t.Context(), mine, a.ID, 0))
		require.NoError(t, h.mirror.DeleteVersion(t.Context(), mine, f.ID, "v1", api.Confirmation{}))
		require.NoError(t, h.mirror.DeleteFunction(t.Context(), mine, f.ID, 0, api.Confirmation{}))
		_, err = of.Function(t.Context(), s, over.ID)
		require.Equal(t, api.NotFound, api.CodeOf(err))
	})
}
