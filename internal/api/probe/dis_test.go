package probe_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/api/signature"
)

// gateway is a stand-in for the cloud's gateway, with the verifier of
// signatures that the console's own API has: it lets one key into one project.
type gateway struct {
	path, list string
	clock      time.Duration // by which it is off
	forbidden  bool          // to list, for that key
}

const (
	gatewayKey     = "AKANN"
	gatewaySecret  = "canary-7yq"
	gatewayProject = "0a1b2c3d4e5f"
	disList        = `{"total_number":2,"stream_names":["orders","logs"],"has_more_streams":false}`
)

func (g gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	refuse := func(status int, code, message string) {
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"error_code":%q,"error_msg":%q,"request_id":"1"}`, code, message)
	}
	const bad = "Incorrect IAM authentication information: "
	a, ok := signature.Parse(r.Header.Get("Authorization"))
	stale := a.Stale(r, time.Now().Add(g.clock))
	canonical, signed := a.Verify(r, nil, gatewaySecret)
	switch {
	case !ok:
		refuse(401, "APIGW.0301", bad+"no signature")
	case stale != "":
		refuse(401, "APIGW.0301", bad+stale)
	case a.Access != gatewayKey:
		refuse(401, "APIGW.0301", bad+"ak "+a.Access+" not exist")
	case !signed:
		refuse(401, "APIGW.0301", bad+"verify aksk signature fail, canonicalRequest:"+strings.ReplaceAll(canonical, "\n", "|"))
	case r.Header.Get("X-Project-Id") != gatewayProject:
		refuse(403, "APIGW.0302", "The token is not for the project of the request")
	case g.forbidden:
		refuse(403, "DIS.4116", "Invalid RBAC. User operations are restricted.")
	case r.URL.RequestURI() != g.path:
		refuse(404, "APIGW.0101", "The API does not exist or has not been published in the environment")
	default:
		_, _ = io.WriteString(w, g.list)
	}
}

func disLink(endpoint string) webLink {
	return webLink{"dis-connector", link{
		"region": "cn-north-4", "endpoint": endpoint, "ak": gatewayKey, "sk": gatewaySecret, "projectId": gatewayProject,
	}}
}

func TestDIS(t *testing.T) {
	t.Parallel()
	good := gateway{path: "/v2/" + gatewayProject + "/streams?limit=10", list: disList}
	start := func(t *testing.T, g gateway) webLink {
		s := httptest.NewServer(g)
		t.Cleanup(s.Close)
		return disLink(s.URL)
	}
	p := prober(probe.Options{})

	t.Run("stand-in for DIS that verifies signatures: a good link passes step by step", func(t *testing.T) {
		t.Parallel()
		c := start(t, good).check(t, p)
		requirePassed(t, c, overHTTP...)
		require.Equal(t, "orders, logs", find(t, c, api.StepRead).Found)
	})
	t.Run("an endpoint may have a path", func(t *testing.T) {
		t.Parallel()
		l := start(t, gateway{path: "/proxy" + good.path, list: disList})
		requirePassed(t, l.with("endpoint", l.link["endpoint"]+"/proxy/").check(t, p), overHTTP...)
	})
	t.Run("over HTTPS", func(t *testing.T) {
		t.Parallel()
		s := overTLS(t, good)
		c := disLink(s.URL).check(t, prober(probe.Options{Roots: rootsOf(s)}))
		requirePassed(t, c, api.StepResolve, api.StepConnect, api.StepTLS, api.StepHandshake, api.StepSignIn, api.StepRead)
		requireWarning(t, disLink(s.URL).check(t, p), api.StepTLS, "tls.unknown_authority", "endpoint")
		elsewhere := prober(probe.Options{Roots: rootsOf(s), Resolver: name("dis.test", "127.0.0.1")})
		c = disLink(strings.Replace(s.URL, "127.0.0.1", "dis.test", 1)).check(t, elsewhere)
		requireWarning(t, c, api.StepTLS, "tls.wrong_name", "endpoint")
	})
	for _, c := range []struct {
		name, input, value, reason, path string
	}{
		{"a wrong access key is pinned to its input", "ak", "AKNOBODY", "key.unknown", "ak"},
		{"a wrong secret key is pinned to its input", "sk", "wrong-canary", "key.wrong_secret", "sk"},
		{"a wrong project is pinned to its input", "projectId", "ffffff", "project.wrong", "projectId"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := requireFailure(t, start(t, good).with(c.input, c.value).check(t, p), api.StepSignIn, c.reason, c.path)
			require.Equal(t, "DIS", f.Message.Args["wanted"])
			require.Contains(t, f.Detail, "APIGW.030")
			require.NotContains(t, f.Detail, "canonicalRequest")
		})
	}
	t.Run("clocks that differ are not the key's fault", func(t *testing.T) {
		t.Parallel()
		for _, off := range []time.Duration{time.Hour, -time.Hour} {
			l := start(t, gateway{path: good.path, list: disList, clock: off})
			requireFailure(t, l.check(t, p), api.StepSignIn, "clock.skewed", "")
		}
	})
	t.Run("a key that may not list has signed in, which is a warning", func(t *testing.T) {
		t.Parallel()
		l := start(t, gateway{path: good.path, list: disList, forbidden: true})
		s := requireWarning(t, l.check(t, p), api.StepRead, "key.no_list", "ak")
		require.Contains(t, s.Detail, "DIS.4116")
	})
	t.Run("another service of the cloud", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, start(t, gateway{path: "/v1/other"}).check(t, p), api.StepSignIn, "web.unexpected", "endpoint")
		requireFailure(t, start(t, gateway{path: good.path, list: `{"functions":[]}`}).check(t, p), api.StepHandshake, "web.unexpected", "endpoint")
	})
}

func TestRefusalsInDISOwnWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status       int
		code         string
		reason, path string
	}{
		{441, "DIS.4100", "key.wrong_secret", "sk"},
		{441, "DIS.4105", "clock.skewed", ""},
		{441, "DIS.4107", "key.unknown", "ak"},
		{400, "DIS.4117", "project.wrong", "projectId"},
		{441, "DIS.4111", "key.refused", "ak"},
		{400, "DIS.4200", "web.unexpected", "endpoint"},
		{503, "DIS.5250", "web.busy", ""},
	} {
		t.Run("stand-in for DIS: "+c.code, func(t *testing.T) {
			t.Parallel()
			s := answers(t, c.status, `{"errorCode":"`+c.code+`","message":"words"}`)
			requireFailure(t, disLink(s.URL).check(t, prober(probe.Options{})), api.StepSignIn, c.reason, c.path)
		})
	}
}

// Nobody but the cloud can be asked under these names, so it is seen that the
// right one is looked up, and that the region is to blame for it.
func TestTheAddressOfDLIDerivesFromTheRegion(t *testing.T) {
	t.Parallel()
	dli := func(region string) webLink {
		return webLink{"dli-connector", link{"region": region, "ak": gatewayKey, "sk": gatewaySecret, "projectId": gatewayProject}}
	}
	for region, host := range map[string]string{
		"cn-north-4":     "dli.cn-north-4.myhuaweicloud.com",
		"AP-Southeast-3": "dli.ap-southeast-3.myhuaweicloud.com",
		"eu-de":          "dli.eu-de.otc.t-systems.com",
		"eu-ch2":         "dli.eu-ch2.sc.otc.t-systems.com",
		"eu-west-101":    "dli.eu-west-101.myhuaweicloud.eu",
	} {
		t.Run(region, func(t *testing.T) {
			t.Parallel()
			p := prober(probe.Options{Resolver: name(host, "127.0.0.1"), Policy: probe.Policy{Deny: rules(t, host+":443")}})
			f := requireFailure(t, dli(region).check(t, p), api.StepConnect, "connect.unreachable", "region")
			require.Equal(t, host, f.Message.Args["host"])
			requireFailure(t, dli(region).check(t, prober(probe.Options{Resolver: &fakeResolver{}})), api.StepResolve, "resolve.unknown", "region")
		})
	}
	for _, region := range []string{"x.evil.example/", "evil.example#", "a@b", "a..b", "-", "a b"} {
		requireFailure(t, dli(region).check(t, prober(probe.Options{})), api.StepResolve, "input", "region")
	}
	t.Run("without a region only the form is checked", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, api.FormOnly, dli(" ").check(t, prober(probe.Options{})).Status)
	})
}
