package probe

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/signature"
	"switchboard/internal/testserver"
)

// checkAt runs a system's check against a server that is not where the link
// says: the hosts of clouds cannot be had in a test.
func checkAt(t *testing.T, sys *system, in map[string]string, secrets map[string]string) api.Check {
	t.Helper()
	target := Target{Inputs: in, Secrets: map[string]api.Secret{}}
	for path, secret := range secrets {
		target.Secrets[path] = api.NewSecret(secret)
	}
	p := New(Options{Timeout: time.Minute})
	a := newAttempt(p, sys, target.Inputs, target.Secrets)
	return a.finish(p.run(context.WithoutCancel(t.Context()), "", sys, a))
}

func moved(where func(inputs) (place, error), to netip.AddrPort) func(inputs) (place, error) {
	return func(in inputs) (place, error) {
		p, err := where(in)
		p.at.host, p.at.port, p.how = to.Addr().String(), to.Port(), plainHTTP
		return p, err
	}
}

func TestStoresOfOtherCloudsAreCheckedAsOBSIs(t *testing.T) {
	t.Parallel()
	server := testserver.S3(t)
	at := netip.MustParseAddrPort(server.Addr())
	for _, store := range []objectStore{
		{kind: "S3", name: "Amazon S3", where: moved(amazonPlace, at)},
		{kind: "KODO_COS", name: "KODO", where: moved(zonePlace, at)}, // the server corrects the region
	} {
		t.Run(store.kind, func(t *testing.T) {
			t.Parallel()
			in := map[string]string{pathStorageType: store.kind, pathZone: "z1", pathAccessKey: server.User}
			c := checkAt(t, store.system(), in, map[string]string{pathSecurityKey: server.Password})
			require.Equal(t, api.Passed, c.Status, "%+v", c)
			c = checkAt(t, store.system(), in, map[string]string{pathSecurityKey: "wrong"})
			require.Equal(t, "check.key.wrong_secret", c.Failure().Message.Key)
			require.Equal(t, pathSecurityKey, c.Failure().Path)
		})
	}
}

func TestDLIIsAskedForItsDatabases(t *testing.T) {
	t.Parallel()
	const project, key, secret = "0a1b2c", "AKANN", "canary-7yq"
	cloud := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, _ := signature.Parse(r.Header.Get("Authorization"))
		if _, ok := a.Verify(r, nil, secret); !ok || r.URL.Path != "/v1.0/"+project+"/databases" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"error_code":"APIGW.0301","error_msg":"verify aksk signature fail"}`)
			return
		}
		_, _ = io.WriteString(w, `{"is_success":true,"database_count":1,"databases":[{"database_name":"sales"}]}`)
	}))
	t.Cleanup(cloud.Close)
	service := dliService
	service.where = moved(dliPlace, netip.MustParseAddrPort(cloud.Listener.Addr().String()))
	sys := &system{protocol: protocolHTTP, plan: service.plan, check: service.check}
	in := map[string]string{pathRegion: "cn-north-4", pathAK: key, pathProject: project}

	c := checkAt(t, sys, in, map[string]string{pathSK: secret})
	require.Equal(t, api.Passed, c.Status, "%+v", c)
	require.Equal(t, "sales", c.Steps[len(c.Steps)-1].Found)
	c = checkAt(t, sys, in, map[string]string{pathSK: "wrong"})
	require.Equal(t, "check.key.wrong_secret", c.Failure().Message.Key)
	require.Equal(t, pathSK, c.Failure().Path)
}
