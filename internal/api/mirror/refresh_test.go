package mirror_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/mirror"
)

func TestWhatAPageIsAboutIsReadAgain(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		ctx := t.Context()
		svc := h.offer(t)
		function, err := h.mirror.CreateFunction(ctx, mine, apitest.FunctionDraft("hello"))
		require.NoError(t, err)
		alias, err := h.mirror.CreateAlias(ctx, mine, function.ID, api.AliasDraft{Name: "prod", Version: api.LatestVersion})
		require.NoError(t, err)
		for kind, of := range map[api.Kind]string{
			api.KindEndpointService: "", api.KindPermission: svc.ID, api.KindAlias: alias.ID, api.KindFunction: function.ID, api.KindQueue: "",
		} {
			began := time.Now()
			fresh, err := h.mirror.Refresh(ctx, mine, kind, of)
			require.NoError(t, err, kind)
			require.Zero(t, fresh.Trouble, kind)
			require.WithinRange(t, fresh.Read, began.Add(-time.Second), time.Now(), kind)
			told, err := h.mirror.Freshness(ctx, mine, kind, of)
			require.NoError(t, err, kind)
			require.Equal(t, fresh, told, kind)
		}
		for kind, of := range map[api.Kind]string{api.KindPermission: "", api.KindAlias: svc.ID, api.KindLink: svc.ID} {
			fresh, err := h.mirror.Refresh(ctx, mine, kind, of)
			require.NoError(t, err, kind)
			require.Zero(t, fresh, "%s: nothing is read so", kind)
		}
	})
}

// A region that hangs is waited for once, and not by everybody who comes later.
func TestAHangingRegionIsWaitedForOnce(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		ctx := t.Context()
		f := h.fronted(t)
		_, err := h.mirror.ListConnections(ctx, mine, api.ConnectionQuery{})
		require.NoError(t, err)
		hang := make(chan struct{})
		t.Cleanup(func() { close(hang) })
		f.say(func(_ *http.Request, body []byte) []byte {
			<-hang
			return body
		})
		const wait = 3 * time.Second
		hurried := mirror.New(mirror.Options{Plane: h.plane, Backends: h.mirror.Backends, DB: h.db, Age: time.Nanosecond, Wait: wait})
		list := func() time.Duration {
			began := time.Now()
			_, err := hurried.ListConnections(ctx, mine, api.ConnectionQuery{})
			require.NoError(t, err)
			return time.Since(began)
		}
		require.GreaterOrEqual(t, list(), wait)
		for range 5 {
			require.Less(t, list(), wait)
		}
		fresh, err := hurried.Freshness(ctx, mine, api.KindConnection, "")
		require.NoError(t, err)
		require.Equal(t, "freshness.slow", fresh.Trouble.Key)
	})
}
