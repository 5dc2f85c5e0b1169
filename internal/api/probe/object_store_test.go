package probe_test

import (
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

func obsLink(s *testserver.Server) webLink {
	return webLink{"obs-connector", link{
		"storageType": "OBS", "server": s.Host, "port": strconv.Itoa(s.Port), "accessKey": s.User, "securityKey": s.Password,
	}}
}

func ossLink(s *testserver.Server, scheme string) webLink {
	return webLink{"obs-connector", link{
		"storageType": "OSS", "ossEndpoint": scheme + s.Addr(), "ossAuthType": "ACCESS_KEY", "accessKey": s.User, "securityKey": s.Password,
	}}
}

var overHTTP = []api.StepName{api.StepResolve, api.StepConnect, api.StepHandshake, api.StepSignIn, api.StepRead}

func TestObjectStore(t *testing.T) {
	t.Parallel()
	server := testserver.S3(t, testserver.Setting("virtual-domain", "s3.test"))
	ann := rand.Text()
	server.Exec(t, "bucket logs", "bucket orders", "user "+ann+" secret-of-ann")
	p := prober(probe.Options{Resolver: &fakeResolver{answers: map[string][][]string{
		"logs.s3.test": {{"127.0.0.1"}}, "nothing.s3.test": {{"127.0.0.1"}},
	}}})
	for kind, good := range map[string]webLink{"OBS": obsLink(server), "OSS": ossLink(server, "http://")} {
		t.Run(kind+": a good link passes step by step, and shows the buckets", func(t *testing.T) {
			t.Parallel()
			c := good.check(t, p)
			requirePassed(t, c, overHTTP...)
			require.Equal(t, server.Addr(), find(t, c, api.StepConnect).Found)
			require.Equal(t, "VERSITYGW", find(t, c, api.StepHandshake).Found)
			require.Equal(t, "logs, orders", find(t, c, api.StepRead).Found)
		})
		t.Run(kind+": a wrong access key is pinned to its input", func(t *testing.T) {
			t.Parallel()
			f := requireFailure(t, good.with("accessKey", "AKNOBODY").check(t, p), api.StepSignIn, "key.unknown", "accessKey")
			require.Contains(t, f.Detail, "InvalidAccessKeyId")
		})
		t.Run(kind+": a wrong secret key is pinned to its input", func(t *testing.T) {
			t.Parallel()
			f := requireFailure(t, good.with("securityKey", "wrong-canary").check(t, p), api.StepSignIn, "key.wrong_secret", "securityKey")
			require.Contains(t, f.Detail, "SignatureDoesNotMatch")
		})
	}
	bucket := obsLink(server).with("server", "logs.s3.test")
	t.Run("the host of one bucket shows that", func(t *testing.T) {
		t.Parallel()
		c := bucket.check(t, p)
		requirePassed(t, c, overHTTP...)
		require.Equal(t, "logs", find(t, c, api.StepRead).Found)
	})
	t.Run("a key that may not list has signed in, which is a warning", func(t *testing.T) {
		t.Parallel()
		c := bucket.with("accessKey", ann, "securityKey", "secret-of-ann").check(t, p)
		s := requireWarning(t, c, api.StepRead, "store.no_list", "accessKey")
		require.Contains(t, s.Detail, "AccessDenied")
		require.Equal(t, "OBS", s.Message.Args["wanted"])
	})
	t.Run("a bucket that does not exist is pinned to the host", func(t *testing.T) {
		t.Parallel()
		c := bucket.with("server", "nothing.s3.test").check(t, p)
		requireFailure(t, c, api.StepSignIn, "store.no_bucket", "server")
	})
	t.Run("a server that wants its region in the signature gets it", func(t *testing.T) {
		t.Parallel()
		abroad := testserver.S3(t, testserver.Setting("region", "eu-test-1"))
		requirePassed(t, obsLink(abroad).check(t, p), overHTTP...)
	})
	t.Run("HTTP is answered with HTTP: https:// is pinned to the endpoint", func(t *testing.T) {
		t.Parallel()
		c := ossLink(server, "https://").check(t, p)
		requireFailure(t, c, api.StepTLS, "peer.http_only", "ossEndpoint")
	})
}

func TestObjectStoreWithTLS(t *testing.T) {
	t.Parallel()
	server := testserver.S3(t, testserver.TLS())
	p := prober(probe.Options{Roots: server.Roots})
	steps := []api.StepName{api.StepResolve, api.StepConnect, api.StepTLS, api.StepHandshake, api.StepSignIn, api.StepRead}
	t.Run("a trusted certificate passes", func(t *testing.T) {
		t.Parallel()
		for _, scheme := range []string{"https://", ""} {
			c := ossLink(server, scheme).check(t, p)
			requirePassed(t, c, steps...)
			require.Equal(t, "TLS 1.3", find(t, c, api.StepTLS).Found)
		}
	})
	t.Run("on a port that stands for nothing, TLS is found out", func(t *testing.T) {
		t.Parallel()
		requirePassed(t, obsLink(server).check(t, p), steps...)
	})
	t.Run("an unknown authority is a warning", func(t *testing.T) {
		t.Parallel()
		requireWarning(t, ossLink(server, "https://").check(t, prober(probe.Options{})), api.StepTLS, "tls.unknown_authority", "ossEndpoint")
		requireWarning(t, obsLink(server).check(t, prober(probe.Options{})), api.StepTLS, "tls.unknown_authority", "port")
	})
	t.Run("a certificate for another name is a warning (fake resolver)", func(t *testing.T) {
		t.Parallel()
		p := prober(probe.Options{Roots: server.Roots, Resolver: name("oss.example", "127.0.0.1")})
		c := ossLink(server, "").with("ossEndpoint", "https://oss.example:"+strconv.Itoa(server.Port)).check(t, p)
		requireWarning(t, c, api.StepTLS, "tls.wrong_name", "ossEndpoint")
	})
	t.Run("a wrong secret key is found behind TLS, too", func(t *testing.T) {
		t.Parallel()
		c := ossLink(server, "https://").with("securityKey", "wrong-canary").check(t, p)
		requireFailure(t, c, api.StepSignIn, "key.wrong_secret", "securityKey")
	})
	t.Run("http:// is pinned to the endpoint", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, ossLink(server, "http://").check(t, p), api.StepHandshake, "peer.https_only", "ossEndpoint")
	})
}

// What the real server cannot be made to say.
func TestAnswersOfObjectStores(t *testing.T) {
	t.Parallel()
	refusal := func(code string) string {
		return `<?xml version="1.0"?><Error><Code>` + code + `</Code><Message>words for ` + code + `</Message></Error>`
	}
	for _, c := range []struct {
		name   string
		status int
		body   string
		step   api.StepName
		reason string
		path   string
		detail string
	}{
		{"the clocks differ", 403, refusal("RequestTimeTooSkewed"), api.StepSignIn, "clock.skewed", "", "words for RequestTimeTooSkewed"},
		{"a key that is disabled", 403, refusal("UserDisable"), api.StepSignIn, "key.disabled", "accessKey", "words for UserDisable"},
		{"a token that expired", 403, refusal("SecurityTokenExpired"), api.StepSignIn, "key.wrong_token", "securityToken", "words for SecurityTokenExpired"},
		{"a bucket of another region", 301, refusal("PermanentRedirect"), api.StepSignIn, "store.elsewhere", "ossEndpoint", "words for PermanentRedirect"},
		{"an error that nobody knows", 400, refusal("Mystery"), api.StepSignIn, "unexpected", "", "words for Mystery"},
		{"an error of the service", 500, refusal("InternalError"), api.StepSignIn, "web.unexpected", "ossEndpoint", "HTTP 500 Internal Server Error"},
		{"too many requests", 503, refusal("SlowDown"), api.StepSignIn, "web.busy", "", "HTTP 503 Service Unavailable"},
		{"a web page", 200, "<!doctype html><html><p>Welcome", api.StepHandshake, "web.unexpected", "ossEndpoint", "HTTP 200 OK"},
		{"a forbidden web page is not a store's refusal", 403, "<html>AccessDenied</html>", api.StepHandshake, "web.unexpected", "ossEndpoint", "HTTP 403 Forbidden"},
		{"a redirect is not followed", 302, "", api.StepHandshake, "web.unexpected", "ossEndpoint", "HTTP 302 Found"},
		{"a proxy without a server", 502, "bad gateway", api.StepHandshake, "web.busy", "", "HTTP 502 Bad Gateway"},
		{"an error cut short", 403, "<Error><Code>AccessDe", api.StepHandshake, "web.unexpected", "ossEndpoint", "HTTP 403 Forbidden"},
	} {
		t.Run("stand-in for OSS: "+c.name, func(t *testing.T) {
			t.Parallel()
			at := answers(t, c.status, c.body).URL
			l := webLink{"obs-connector", link{
				"storageType": "OSS", "ossEndpoint": at, "ossAuthType": "STS", "accessKey": "AKANN", "securityKey": "canary-7yq", "securityToken": "canary-token",
			}}
			f := requireFailure(t, l.check(t, prober(probe.Options{})), c.step, c.reason, c.path)
			require.Contains(t, f.Detail, c.detail)
		})
	}
	t.Run("stand-in for OSS: a long list is read as far as it goes", func(t *testing.T) {
		t.Parallel()
		at := answers(t, 200, "<ListAllMyBucketsResult><Buckets>"+strings.Repeat("<Bucket><Name>logs</Name></Bucket>", 30000)).URL
		l := webLink{"obs-connector", link{
			"storageType": "OSS", "ossEndpoint": at, "ossAuthType": "ACCESS_KEY", "accessKey": "AKANN", "securityKey": "canary-7yq",
		}}
		c := l.check(t, prober(probe.Options{}))
		requirePassed(t, c, overHTTP...)
		require.Contains(t, find(t, c, api.StepRead).Found, "logs, logs")
	})
}

func TestATemporaryKeyBringsItsToken(t *testing.T) {
	t.Parallel()
	tokens := make(chan string, 2)
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tokens <- r.Header.Get("X-Amz-Security-Token")
		assert.Contains(t, r.Header.Get("Authorization"), "/cn-test/s3/aws4_request")
		_, _ = io.WriteString(w, "<ListAllMyBucketsResult/>")
	}))
	t.Cleanup(store.Close)
	p := prober(probe.Options{Resolver: name("oss-cn-test-internal.example", "127.0.0.1")})
	l := webLink{"obs-connector", link{
		"storageType": "OSS", "ossEndpoint": strings.Replace(store.URL, "127.0.0.1", "oss-cn-test-internal.example", 1),
		"ossAuthType": "STS", "accessKey": "AKANN", "securityKey": "canary-7yq", "securityToken": "canary-token",
	}}
	requirePassed(t, l.check(t, p), overHTTP...)
	require.Equal(t, "canary-token", <-tokens)
	requirePassed(t, l.with("ossAuthType", "ACCESS_KEY").check(t, p), overHTTP...)
	require.Empty(t, <-tokens)
}

// Nobody but the provider can be asked under these names, so it is seen that
// the right one is looked up, and that the input is to blame for it.
func TestStoresWhoseHostDerivesFromTheRegion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, zone, host, path string }{
		{"KODO_COS", "z0", "s3.cn-east-1.qiniucs.com", "zone"},
		{"KODO_COS", "Z1", "s3.cn-north-1.qiniucs.com", "zone"},
		{"KODO_COS", "cn-east-2", "s3.cn-east-2.qiniucs.com", "zone"},
		{"KODO_COS", "ap-southeast-2", "s3.ap-southeast-2.qiniucs.com", "zone"},
		{"KODO_COS", "ap-guangzhou", "cos.ap-guangzhou.myqcloud.com", "zone"},
		{"KODO_COS", "ap-shenzhen-fsi", "cos.ap-shenzhen-fsi.myqcloud.com", "zone"},
		{"KODO_COS", "na-siliconvalley", "cos.na-siliconvalley.myqcloud.com", "zone"},
		{"S3", "", "s3.amazonaws.com", "storageType"},
	} {
		t.Run(c.kind+" "+c.zone, func(t *testing.T) {
			t.Parallel()
			l := webLink{"thirdparty-obs-connector", link{"storageType": c.kind, "zone": c.zone, "accessKey": "AKANN", "securityKey": "canary-7yq"}}
			p := prober(probe.Options{Resolver: name(c.host, "127.0.0.1"), Policy: probe.Policy{Deny: rules(t, c.host+":443")}})
			f := requireFailure(t, l.check(t, p), api.StepConnect, "connect.unreachable", c.path)
			require.Equal(t, c.host, f.Message.Args["host"])
			nobody := prober(probe.Options{Resolver: &fakeResolver{}})
			requireFailure(t, l.check(t, nobody), api.StepResolve, "resolve.unknown", c.path)
		})
	}
	for _, zone := range []string{"", "z9", "mars-1", "ap-", "ap-x.evil.example", "ap-x/evil", "cn-east-1.evil", "evil.example#ap-x"} {
		t.Run("a zone that is none: "+strconv.Quote(zone), func(t *testing.T) {
			t.Parallel()
			l := webLink{"thirdparty-obs-connector", link{"storageType": "KODO_COS", "zone": zone, "accessKey": "AKANN", "securityKey": "canary-7yq"}}
			requireFailure(t, l.check(t, prober(probe.Options{})), api.StepResolve, "store.no_zone", "zone")
		})
	}
}
