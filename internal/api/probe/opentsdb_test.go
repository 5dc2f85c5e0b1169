package probe_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
)

func TestOpenTSDB(t *testing.T) {
	t.Parallel()
	const version = `{"short_revision":"","repo":"/opt","host":"tsdb","version":"2.3.0","user":"root"}`
	good := webLink{"opentsdb-connector", link{"securityMode": "UNSAFE"}}
	safe := good.with("securityMode", "SAFE", "user", "ann", "ak", "AKANN", "sk", "canary-7yq", "projectId", "0a1b2c")
	p := prober(probe.Options{})

	t.Run("stand-in for OpenTSDB: a good link passes step by step", func(t *testing.T) {
		t.Parallel()
		c := good.with("openTSDBQuorum", answers(t, http.StatusOK, version).Listener.Addr().String()).check(t, p)
		requirePassed(t, c, api.StepResolve, api.StepConnect, api.StepHandshake, api.StepVersion)
		require.Equal(t, "OpenTSDB 2.3.0", find(t, c, api.StepVersion).Found)
	})
	t.Run("stand-in for OpenTSDB: one that asks who is there is pinned to the security mode", func(t *testing.T) {
		t.Parallel()
		for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
			c := good.with("openTSDBQuorum", answers(t, status, "").Listener.Addr().String()).check(t, p)
			requireFailure(t, c, api.StepHandshake, "security.demanded", "securityMode")
		}
	})
	t.Run("stand-in for OpenTSDB: something else", func(t *testing.T) {
		t.Parallel()
		for status, body := range map[int]string{http.StatusNotFound: "", http.StatusOK: `{"version":""}`} {
			c := good.with("openTSDBQuorum", answers(t, status, body).Listener.Addr().String()).check(t, p)
			f := requireFailure(t, c, api.StepHandshake, "web.unexpected", "openTSDBQuorum")
			require.Equal(t, "OpenTSDB", f.Message.Args["wanted"])
		}
	})

	t.Run("stand-in for OpenTSDB in security mode: the key is asked for, and that it was not checked is said", func(t *testing.T) {
		t.Parallel()
		s := overTLS(t, answers(t, http.StatusUnauthorized, "").Config.Handler)
		c := safe.with("openTSDBQuorum", s.Listener.Addr().String()).check(t, prober(probe.Options{Roots: rootsOf(s)}))
		require.Equal(t, api.Warned, c.Status)
		w := find(t, c, api.StepSignIn)
		require.Equal(t, "check.key.not_checked", w.Message.Key)
		require.Equal(t, "linkConfig.sk", w.Path)
		require.Equal(t, api.Passed, find(t, c, api.StepTLS).Status)
		require.Equal(t, api.Skipped, find(t, c, api.StepVersion).Status)
	})
	t.Run("stand-in for OpenTSDB in security mode: a key that nobody asks for is a warning", func(t *testing.T) {
		t.Parallel()
		s := overTLS(t, answers(t, http.StatusOK, version).Config.Handler)
		c := safe.with("openTSDBQuorum", s.Listener.Addr().String()).check(t, prober(probe.Options{Roots: rootsOf(s)}))
		requireWarning(t, c, api.StepSignIn, "key.not_asked", "sk")
		require.Equal(t, "OpenTSDB 2.3.0", find(t, c, api.StepVersion).Found)
	})
	t.Run("stand-in for OpenTSDB in security mode: an unknown authority is a warning", func(t *testing.T) {
		t.Parallel()
		s := overTLS(t, answers(t, http.StatusUnauthorized, "").Config.Handler)
		w := find(t, safe.with("openTSDBQuorum", s.Listener.Addr().String()).check(t, p), api.StepTLS)
		require.Equal(t, api.Warned, w.Status)
		require.Equal(t, "check.tls.unknown_authority", w.Message.Key)
		require.Equal(t, "linkConfig.securityMode", w.Path)
	})
}
