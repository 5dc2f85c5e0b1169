package wire

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/testserver"
)

// called makes a function "hello" whose versions latest, v1 and v2 answer with
// what serve does, to which r.URL.Path is the version.
func (w *world) called(t *testing.T, serve http.HandlerFunc) {
	t.Helper()
	server := httptest.NewServer(serve)
	t.Cleanup(server.Close)
	urn := w.function(t, "hello", "timeout", "3")
	w.release(t, urn, "v1", "v2")
	for _, version := range []string{"latest", "v1", "v2"} {
		w.aim(t, version, server.URL+"/"+version)
	}
}

// aim says where invocations of a version of "hello" go.
func (w *world) aim(t *testing.T, version, upstream string) {
	t.Helper()
	f, err := w.Service.FindFunction(t.Context(), w.scope(), api.DefaultPackage, "hello")
	require.NoError(t, err)
	_, err = w.Service.SetUpstream(t.Context(), w.scope(), f.ID, version, upstream)
	require.NoError(t, err)
}

// alias makes an alias of "hello".
func (w *world) alias(t *testing.T, body string) {
	t.Helper()
	rec := w.send("POST", w.functions("/hello/aliases"), body)
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
}

func (w *world) invoke(urn, body string, headers ...header) *httptest.ResponseRecorder {
	return w.send("POST", w.functions("/"+urn+"/invocations"), body, headers...)
}

// echoes answers with the version and the body.
func echoes(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	_, _ = io.WriteString(w, r.URL.Path[1:]+" got "+string(body))
}

func TestInvoke(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.called(t, echoes)

	t.Run("the answer comes in an envelope", func(t *testing.T) {
		t.Parallel()
		rec := w.invoke("hello", `{"a":1}`)
		h := rec.Header()
		require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
		require.Equal(t, "application/json", h.Get("Content-Type"))
		id := h.Get("X-Request-Id")
		require.Equal(t, `{"request_id":"`+id+`","result":"latest got {\"a\":1}","log":"","status":200}`, rec.Body.String())
		require.Equal(t, id, h.Get("X-Cff-Request-Id"))
		require.Equal(t, "v1", h.Get("X-Cff-Response-Version"))
		require.Equal(t, "0", h.Get("X-Func-Err-Code"))
		require.Equal(t, "false", h.Get("X-Is-Func-Err"))
		require.Equal(t, "latest", h.Get("X-Cff-Function-Version"))
		require.Equal(t, "main", h.Get("X-Cff-Version-Reason"))
		require.Empty(t, h.Get("X-Cff-Function-Log"))
		require.Empty(t, h.Get("X-Cff-Result-Encoding"))
		require.Regexp(t, `^[1-9]\d*$`, h.Get("X-Cff-Billing-Duration"))
		var summary struct {
			Duration        float64
			BillingDuration int64
			MemorySize      int
		}
		require.NoError(t, json.Unmarshal([]byte(h.Get("X-Cff-Invoke-Summary")), &summary))
		require.Positive(t, summary.Duration)
		require.LessOrEqual(t, summary.Duration, float64(summary.BillingDuration))
		require.Equal(t, 256, summary.MemorySize)
	})
	t.Run("every form of the URN", func(t *testing.T) {
		t.Parallel()
		for urn, version := range map[string]string{
			"hello": "latest", "default:hello": "latest", w.project.ID + ":default:hello:v1": "v1",
			"urn:fss:" + region + ":" + w.project.ID + ":function:default:hello":                  "latest",
			"urn:fss:" + region + ":" + w.project.ID + ":function:default:hello:v2":               "v2",
			"urn:fss:" + region + ":" + w.project.ID + ":function:default:hello:latest":           "latest",
			"urn%3Afss%3A" + region + "%3A" + w.project.ID + "%3Afunction%3Adefault%3Ahello%3Av1": "v1",
		} {
			rec := w.invoke(urn, "")
			require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
			require.Equal(t, version, rec.Header().Get("X-Cff-Function-Version"))
			require.Contains(t, rec.Body.String(), `"result":"`+version+` got "`)
		}
	})
	t.Run("the log is one line that names the version", func(t *testing.T) {
		t.Parallel()
		rec := w.invoke("hello", "x", header{"X-Cff-Log-Type", "tail"})
		log, err := base64.StdEncoding.DecodeString(rec.Header().Get("X-Cff-Function-Log"))
		require.NoError(t, err)
		id := rec.Header().Get("X-Request-Id")
		require.Regexp(t, `^\S+Z Finish invoke request '`+id+`', version: latest, status: 200, duration: \d+\.\d{3}ms\n$`, string(log))
		require.Equal(t, string(log), read[invocationJSON](t, rec, http.StatusOK).Log)
	})
	t.Run("a signed request", func(t *testing.T) {
		t.Parallel()
		rec := w.signed("POST", w.functions("/hello:v1/invocations"), "x")
		require.Equal(t, http.StatusNotFound, rec.Code, "two fields are a package and a function")
		rec = w.signed("POST", w.functions("/"+w.project.ID+":default:hello:v1/invocations"), "signed")
		require.Contains(t, rec.Body.String(), `"result":"v1 got signed"`)
	})
	t.Run("nothing of it is logged", func(t *testing.T) {
		rec := w.invoke("hello", "canary-81d2", header{"X-Tester", "canary-81d2"})
		require.Contains(t, rec.Body.String(), "canary-81d2")
		require.NotContains(t, w.log.String(), "canary-81d2")
	})
}

func TestWhatAnUpstreamSaysIsText(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.called(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Set-Cookie", "switchboard=stolen")
		w.Header().Set("Location", "https://elsewhere.example")
		w.Header().Set("X-Cff-Function-Version", "forged")
		if strings.HasSuffix(r.URL.Path, "v1") {
			w.WriteHeader(http.StatusFound)
		}
		if strings.HasSuffix(r.URL.Path, "v2") {
			_, _ = io.WriteString(w, "\xff\xfe")
			return
		}
		_, _ = io.WriteString(w, "<script>alert(1)</script>")
	})
	at := w.project.ID + ":default:hello:"
	ours := func(t *testing.T, rec *httptest.ResponseRecorder) {
		t.Helper()
		require.Equal(t, http.StatusOK, rec.Code)
		require.Equal(t, "nosniff", rec.Header().Get("X-Content-Type-Options"))
		require.Empty(t, rec.Header().Get("Set-Cookie"))
		require.Empty(t, rec.Header().Get("Location"))
		require.NotEqual(t, "forged", rec.Header().Get("X-Cff-Function-Version"))
	}
	rec := w.invoke(at+"latest", "", header{"X-CFF-Request-Version", "v0"})
	ours(t, rec)
	require.Equal(t, "<script>alert(1)</script>", rec.Body.String())
	require.Equal(t, "text/plain; charset=UTF-8", rec.Header().Get("Content-Type"))
	require.Equal(t, "v0", rec.Header().Get("X-Cff-Response-Version"))

	rec = w.invoke(at+"v1", "", header{"X-CFF-Request-Version", "v1"})
	ours(t, rec)
	require.Equal(t, "302", rec.Header().Get("X-Func-Err-Code"))
	require.Equal(t, "true", rec.Header().Get("X-Is-Func-Err"))
	said := read[invocationJSON](t, rec, http.StatusOK)
	require.Equal(t, http.StatusFound, said.Status)
	require.Equal(t, "<script>alert(1)</script>", said.Result)

	rec = w.invoke(at+"v2", "")
	ours(t, rec)
	require.Equal(t, "//4=", read[invocationJSON](t, rec, http.StatusOK).Result, "what is no text is not changed silently")
	require.Equal(t, "base64", rec.Header().Get("X-Cff-Result-Encoding"))
	require.Equal(t, "\xff\xfe", w.invoke(at+"v2", "", header{"X-CFF-Request-Version", "v0"}).Body.String())
}

func TestInvokeAnAlias(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.called(t, echoes)
	w.alias(t, `{"name":"beta","version":"v1","additional_version_strategy":{"v2":{"combine_type":"and","rules":[
		{"rule_type":"Header","param":"x-tester","op":"=","value":"yes"},{"rule_type":"cookie","param":"team","op":"in","value":"qa,ops"}]}}}`)
	w.alias(t, `{"name":"all","version":"v2","additional_version_weights":{"v1":100}}`)
	w.alias(t, `{"name":"none","version":"latest","additional_version_weights":{"v1":0}}`)
	for _, c := range []struct {
		alias, version, reason string
		headers                []header
	}{
		{"beta", "v1", "rules", nil},
		{"beta", "v1", "rules", []header{{"X-Tester", "yes"}}},
		{"beta", "v2", "rules", []header{{"X-TESTER", "yes"}, {"Cookie", "team=ops"}}},
		{"all", "v1", "weight", nil},
		{"none", "latest", "weight", nil},
	} {
		for _, mark := range []string{"!", "%21"} {
			rec := w.invoke(w.project.ID+":default:hello:"+mark+c.alias, "x", c.headers...)
			require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
			require.Equal(t, c.version, rec.Header().Get("X-Cff-Function-Version"))
			require.Equal(t, c.reason, rec.Header().Get("X-Cff-Version-Reason"))
			require.Contains(t, rec.Body.String(), `"result":"`+c.version+` got x"`)
		}
	}
}

func TestInvocationsThatTakeTheirTime(t *testing.T) {
	t.Parallel()
	w := start(t)
	began, ended := make(chan struct{}), make(chan struct{})
	w.called(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.URL.Path == "/v1" {
			close(began)
			<-r.Context().Done()
			close(ended)
			return
		}
		<-time.After(2 * impatience)
		_, _ = io.WriteString(w, "at last")
	})
	server := httptest.NewUnstartedServer(w.handler)
	server.Config.WriteTimeout = impatience
	server.Start()
	t.Cleanup(server.Close)
	request := func(ctx context.Context, version string) *http.Request {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost,
			server.URL+w.functions("/"+w.project.ID+":default:hello:"+version+"/invocations"), strings.NewReader("{}"))
		require.NoError(t, err)
		r.Header.Set("X-Auth-Token", w.token)
		return r
	}
	t.Run("are answered after the time that the server has for others", func(t *testing.T) {
		t.Parallel()
		response, err := server.Client().Do(request(t.Context(), "latest"))
		require.NoError(t, err)
		defer func() { _ = response.Body.Close() }()
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.Contains(t, string(body), `"result":"at last"`)
	})
	t.Run("end with the caller who hangs up", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-began
			cancel()
		}()
		response, err := server.Client().Do(request(ctx, "v1"))
		if err == nil {
			_ = response.Body.Close()
		}
		require.ErrorIs(t, err, context.Canceled)
		<-ended
	})
}

// impatience is how long a server in a test has to write an answer.
const impatience = 50 * time.Millisecond

func TestInvocationsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.called(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1" {
			_, _ = w.Write(make([]byte, api.MaxInvocationBody+1))
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	at := w.project.ID + ":default:hello:"
	flatFault(t, w.invoke("nobody", ""), http.StatusNotFound, "FSS.1051")
	flatFault(t, w.invoke(at+"v9", ""), http.StatusNotFound, "FSS.1052")
	flatFault(t, w.invoke(at+"!nobody", ""), http.StatusNotFound, "FSS.1053")
	flatFault(t, w.invoke("a:b:c:d:e", ""), http.StatusBadRequest, "FSS.1309")
	flatFault(t, w.invoke(w.other.ID+":default:hello:v1", ""), http.StatusForbidden, "FSS.0403")
	refused(t, w.invoke("hello", "", header{"X-Auth-Token"}))

	long := strings.Repeat("x", api.MaxInvocationBody+1)
	flatFault(t, w.invoke("hello", long), http.StatusRequestEntityTooLarge, "FSS.0413")
	flatFault(t, w.signed("POST", w.functions("/hello/invocations"), long), http.StatusRequestEntityTooLarge, "FSS.0413")

	require.Contains(t, flatFault(t, w.invoke(at+"v1", ""), http.StatusBadGateway, "FSS.0500"), "6 MB")
	require.Contains(t, flatFault(t, w.invoke("hello", ""), http.StatusBadGateway, "FSS.0500"), "3 seconds")
	w.aim(t, "v2", "")
	require.Contains(t, flatFault(t, w.invoke(at+"v2", ""), http.StatusNotImplemented, "FSS.0500"), "Version v2 has no upstream")
	w.alias(t, `{"name":"gray","version":"v1","additional_version_weights":{"v2":100}}`)
	for status, urn := range map[int]string{http.StatusNotImplemented: at + "!gray", http.StatusBadGateway: at + "v1"} {
		rec := w.invoke(urn, "")
		flatFault(t, rec, status, "FSS.0500")
		h := rec.Header()
		require.Equal(t, []string{urn, strconv.Itoa(status)}, []string{urn, h.Get("X-Func-Err-Code")})
		require.Equal(t, "true", h.Get("X-Is-Func-Err"))
		require.Equal(t, h.Get("X-Request-Id"), h.Get("X-Cff-Request-Id"))
		require.Equal(t, map[int]string{501: "v2", 502: "v1"}[status], h.Get("X-Cff-Function-Version"))
		require.Equal(t, map[int]string{501: "weight", 502: "main"}[status], h.Get("X-Cff-Version-Reason"))
	}
	undecided := w.invoke(at+"!nobody", "").Header()
	require.Equal(t, undecided.Get("X-Request-Id"), undecided.Get("X-Cff-Request-Id"))
	for _, name := range []string{"X-Cff-Function-Version", "X-Cff-Version-Reason", "X-Func-Err-Code", "X-Is-Func-Err"} {
		require.NotContains(t, undecided, name)
	}
	texts := map[string]bool{}
	for _, upstream := range []string{"http://" + testserver.ClosedAddr(t).String(), "http://169.254.169.254/", "http://[::]:1/"} {
		w.aim(t, "v2", upstream)
		texts[flatFault(t, w.invoke(at+"v2", ""), http.StatusBadGateway, "FSS.0500")] = true
	}
	require.Len(t, texts, 1, "what is refused and what is closed is told in the same words")

	rec := w.send("GET", w.functions("/hello/invocations"), "")
	require.Equal(t, http.StatusNotFound, rec.Code, "there is only POST")
}
