package mirror_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

// No cloud takes upstreams of functions; a region that is another Switchboard does.
func TestUpstreamsInARegion(t *testing.T) {
	t.Parallel()
	apitest.EachDatabase(t, func(t *testing.T, db *store.DB) {
		h := town(t, db)
		ctx := t.Context()
		const upstream = "https://app.example.com/run"
		f, err := h.Service.CreateFunction(ctx, mine, apitest.FunctionDraft("hello"))
		require.NoError(t, err)
		_, err = h.Service.SetUpstream(ctx, mine, f.ID, api.LatestVersion, upstream)
		require.Equal(t, api.Invalid, api.CodeOf(err), "%v", err)
		require.Empty(t, h.over(t, f).Latest.Upstream)

		d := h.there.draft(h.there.mine.Project)
		was, err := h.mirror.Backend(ctx, mine)
		require.NoError(t, err)
		d.Version = was.Version
		_, err = h.mirror.SetBackend(ctx, mine, d, api.Connect)
		require.NoError(t, err)
		v, err := h.Service.SetUpstream(ctx, mine, f.ID, api.LatestVersion, upstream)
		require.NoError(t, err)
		require.Equal(t, upstream, v.Upstream)
		require.Equal(t, upstream, h.over(t, f).Latest.Upstream)

		draft := apitest.FunctionDraft("second")
		draft.Upstream = upstream
		second, err := h.Service.CreateFunction(ctx, mine, draft)
		require.NoError(t, err)
		require.Equal(t, upstream, second.Latest.Upstream)
		require.Equal(t, upstream, h.over(t, second).Latest.Upstream)
	})
}
