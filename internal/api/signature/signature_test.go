package signature

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// judge verifies a request and returns its canonical hash, too.
func judge(t *testing.T, r *http.Request, body string) (hash string, ok bool) {
	t.Helper()
	a, ok := Parse(r.Header.Get("Authorization"))
	require.True(t, ok, "the header must parse")
	if a.Stale(r, exampleNow) != "" {
		return "", false
	}
	text, ok := a.Verify(r, []byte(body), exampleSecret)
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:]), ok
}

func TestWorkedExamplesVerify(t *testing.T) {
	t.Parallel()
	for _, x := range signedExamples {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			hash, ok := judge(t, x.request(), x.body)
			require.True(t, ok)
			require.Equal(t, x.hash, hash)
		})
	}
}

func TestCanonicalHashOfTheSigningGuide(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("GET", "/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0", nil)
	r.Host = "service.region.example.com"
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Sdk-Date", "20191115T033655Z")
	a := Authorization{scheme: Scheme, signed: []string{"content-type", "host", "x-sdk-date"}}
	text, _ := a.Verify(r, nil, exampleSecret)
	sum := sha256.Sum256([]byte(text))
	require.Equal(t, "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a", hex.EncodeToString(sum[:]))
}

func TestDerivedKeys(t *testing.T) {
	t.Parallel()
	scoped, _ := Parse(signedExamples[6].authorization + "x")
	require.Equal(t, "93c1041599a8b0c24395b5d4560fd8f2770a4e7468c162d407e7871c085a9250", hex.EncodeToString(scoped.key(exampleSecret)))
	derived, _ := Parse(signedExamples[7].authorization + "x")
	require.Equal(t, "b2e3f18fd1c37486eeb919db376b1d624b5fa6d63c7987b017dd1b1f2321af41", string(derived.key(exampleSecret)))
}

func TestChangedRequestsDoNotVerify(t *testing.T) {
	t.Parallel()
	post := signedExamples[0]
	changes := map[string]func(r *http.Request, body *string){
		"one byte of the body":     func(_ *http.Request, body *string) { *body = strings.Replace(*body, "20", "21", 1) },
		"a newline after the body": func(_ *http.Request, body *string) { *body += "\n" },
		"the method":               func(r *http.Request, _ *string) { r.Method = "PUT" },
		"the path":                 func(r *http.Request, _ *string) { r.RequestURI += "2" },
		"a query":                  func(r *http.Request, _ *string) { r.URL.RawQuery = "a=1" },
		"a signed header":          func(r *http.Request, _ *string) { r.Header.Set("X-Project-Id", "other") },
		"the host":                 func(r *http.Request, _ *string) { r.Host = "functiongraph.example.test:8080" },
		"a signed header is gone":  func(r *http.Request, _ *string) { r.Header.Del("Content-Type") },
		"an announced hash of another body": func(r *http.Request, _ *string) {
			r.Header.Set("X-Sdk-Content-Sha256", "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")
		},
		"the body declared unsigned": func(r *http.Request, _ *string) { r.Header.Set("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD") },
		"the signature in upper case": func(r *http.Request, _ *string) {
			r.Header.Set("Authorization", post.authorization+strings.ToUpper(post.signature))
		},
		"a signature cut short": func(r *http.Request, _ *string) {
			r.Header.Set("Authorization", post.authorization+post.signature[:63])
		},
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, body := post.request(), post.body
			change(r, &body)
			_, ok := judge(t, r, body)
			require.False(t, ok)
		})
	}
}

// sign signs a canonical request of a test's own making.
func sign(canonical string) string {
	a := Authorization{scheme: Scheme}
	sum := sha256.Sum256([]byte(canonical))
	return hex.EncodeToString(mac(a.key(exampleSecret), Scheme+"\n"+exampleDate+"\n"+hex.EncodeToString(sum[:])))
}

func TestCanonicalPath(t *testing.T) {
	t.Parallel()
	const target = "/v2/p/a%20b/urn:x"
	empty := sha256.Sum256(nil)
	cases := []struct {
		name, path string
		ok         bool
	}{
		{"decoded and encoded anew", "/v2/p/a%20b/urn%3Ax/", true},
		{"encoded as it is on the wire, as Node does", "/v2/p/a%2520b/urn%3Ax/", true},
		{"digits in lower case", "/v2/p/a%20b/urn%3ax/", false},
		{"no trailing slash", "/v2/p/a%20b/urn%3Ax", false},
		{"not encoded", "/v2/p/a b/urn:x/", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("GET", target, nil)
			r.Header.Set("X-Sdk-Date", exampleDate)
			canonical := "GET\n" + c.path + "\n\nx-sdk-date:" + exampleDate + "\n\nx-sdk-date\n" + hex.EncodeToString(empty[:])
			r.Header.Set("Authorization", official("x-sdk-date")+sign(canonical))
			_, ok := judge(t, r, "")
			require.Equal(t, c.ok, ok)
		})
	}
}

func TestDateOfASignedRequest(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		date   string
		signed string
		now    time.Time
		want   string
	}{
		{"fifteen minutes late is in time", exampleDate, "x-sdk-date", exampleNow.Add(15 * time.Minute), ""},
		{"fifteen minutes early is in time", exampleDate, "x-sdk-date", exampleNow.Add(-15 * time.Minute), ""},
		{"sixteen minutes late", exampleDate, "x-sdk-date", exampleNow.Add(16 * time.Minute), "signature expired"},
		{"sixteen minutes early", exampleDate, "x-sdk-date", exampleNow.Add(-16 * time.Minute), "signature expired"},
		{"not signed", exampleDate, "host", exampleNow, "x-sdk-date is not among the signed headers"},
		{"missing", "", "x-sdk-date", exampleNow, "x-sdk-date must have the form YYYYMMDDTHHMMSSZ"},
		{"another form", "2026-03-01T08:15:30Z", "x-sdk-date", exampleNow, "x-sdk-date must have the form YYYYMMDDTHHMMSSZ"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("X-Sdk-Date", c.date)
			a, ok := Parse(official(c.signed) + "00")
			require.True(t, ok)
			require.Equal(t, c.want, a.Stale(r, c.now))
		})
	}
}

func TestParseAuthorization(t *testing.T) {
	t.Parallel()
	a, ok := Parse("SDK-HMAC-SHA256 Access=AK,SignedHeaders=Host;X-Sdk-Date,Signature=ab")
	require.True(t, ok, "blanks after commas are optional")
	require.Equal(t, Authorization{scheme: Scheme, Access: "AK", signed: []string{"host", "x-sdk-date"}, signature: "ab"}, a)

	for _, header := range []string{
		"", "Bearer x", "SDK-HMAC-SHA256", "SDK-HMAC-SHA256 Access=AK",
		"SDK-HMAC-SHA256 Access=, SignedHeaders=x-sdk-date, Signature=ab",
		"SDK-HMAC-SHA256 Access=AK, SignedHeaders=x-sdk-date",
		"SDK-HMAC-SM3 Access=AK, SignedHeaders=x-sdk-date, Signature=ab",
		"V11-HMAC-SHA256 Access=AK, SignedHeaders=x-sdk-date, Signature=ab",
	} {
		_, ok := Parse(header)
		require.False(t, ok, header)
	}
}

func FuzzParseAuthorization(f *testing.F) {
	for _, x := range signedExamples {
		f.Add(x.authorization+x.signature, x.target, x.body)
	}
	f.Add("SDK-HMAC-SHA256 Credential=/, SignedHeaders=;;, Signature==", "/%2F%00?&=&%zz", "\xff")
	f.Fuzz(func(t *testing.T, header, target, body string) {
		a, ok := Parse(header)
		if !ok {
			return
		}
		require.NotEmpty(t, a.Access)
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.RequestURI = target
		_, r.URL.RawQuery, _ = strings.Cut(target, "?")
		r.Header.Set("X-Sdk-Date", exampleDate)
		if _, ok := a.Verify(r, []byte(body), exampleSecret); ok {
			_, forged := a.Verify(r, []byte(body), exampleSecret+"x")
			require.False(t, forged, "a signature verifies with one key only")
		}
	})
}

func TestWhatWasSignedVerifies(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"/", "/v2/p/streams?limit=1&start=a%20b+c", "/v2/%E8%AE%A2%e5%8d%95/urn:x"} {
		out, err := http.NewRequest("POST", "https://dis.example.test:8443"+target, strings.NewReader(exampleBody))
		require.NoError(t, err)
		out.Header.Set("X-Project-Id", exampleProject)
		Sign(out, []byte(exampleBody), exampleAccess, exampleSecret, exampleNow.In(time.FixedZone("", 8*3600)))

		in := httptest.NewRequest("POST", target, strings.NewReader(exampleBody))
		in.Host, in.Header = "dis.example.test:8443", out.Header
		a, ok := Parse(in.Header.Get("Authorization"))
		require.True(t, ok)
		require.Equal(t, exampleAccess, a.Access)
		require.Equal(t, []string{"host", "x-project-id", "x-sdk-date"}, a.signed)
		require.Empty(t, a.Stale(in, exampleNow))
		_, ok = a.Verify(in, []byte(exampleBody), exampleSecret)
		require.True(t, ok, target)
		in.Header.Set("X-Project-Id", "other")
		_, ok = a.Verify(in, []byte(exampleBody), exampleSecret)
		require.False(t, ok, "every header is signed")
	}
}

func TestASignedRequestIsOneOfTheWorkedExamples(t *testing.T) {
	t.Parallel()
	x := signedExamples[3] // host and date, nothing else
	r, err := http.NewRequest(x.method, "https://"+x.host+x.target, nil)
	require.NoError(t, err)
	Sign(r, nil, exampleAccess, exampleSecret, exampleNow)
	require.Equal(t, x.authorization+x.signature, r.Header.Get("Authorization"))
}
