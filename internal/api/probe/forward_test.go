package probe_test

import (
	"context"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

// upstream serves until the end of the test.
func upstream(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	return server
}

// forward sends a request for the project "a".
func forward(t *testing.T, p *probe.Prober, url, body string) (api.Answer, error) {
	t.Helper()
	return p.Forward(t.Context(), probe.Forwarding{Project: "a", URL: url, Header: http.Header{}, Body: []byte(body), Timeout: time.Minute})
}

func TestForward(t *testing.T) {
	t.Parallel()
	t.Run("posts what it is given and brings the answer, over a connection that is kept", func(t *testing.T) {
		t.Parallel()
		web := upstream(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			w.Header().Set("X-Seen", strings.Join([]string{r.Method, r.RequestURI, r.Header.Get("X-Tester"), r.Header.Get("Accept-Encoding")}, "|"))
			w.WriteHeader(http.StatusTeapot)
			_, _ = w.Write(append(body, '!'))
		})
		p := prober(probe.Options{})
		for range 3 {
			answer, err := p.Forward(t.Context(), probe.Forwarding{
				URL: web.URL + "/a?b=c", Header: http.Header{"X-Tester": {"yes"}}, Body: []byte("hello"), Timeout: time.Minute,
			})
			require.NoError(t, err)
			require.Equal(t, http.StatusTeapot, answer.Status)
			require.Equal(t, "hello!", string(answer.Body))
			require.Equal(t, "POST|/a?b=c|yes|", answer.Header.Get("X-Seen"), "and no encoding is asked for")
			require.Positive(t, answer.Took)
		}
		dialled, _ := p.Dialled()
		require.EqualValues(t, 1, dialled)
	})
	t.Run("a redirect is an answer", func(t *testing.T) {
		t.Parallel()
		var asked atomic.Int32
		target := upstream(t, func(http.ResponseWriter, *http.Request) { asked.Add(1) })
		for _, status := range []int{http.StatusFound, http.StatusTemporaryRedirect} {
			web := upstream(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, target.URL, status) })
			answer, err := forward(t, prober(probe.Options{}), web.URL, "secret")
			require.NoError(t, err)
			require.Equal(t, status, answer.Status)
		}
		require.Zero(t, asked.Load())
	})
	t.Run("nothing is unpacked", func(t *testing.T) {
		t.Parallel()
		web := upstream(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, "packed")
		})
		answer, err := forward(t, prober(probe.Options{}), web.URL, "")
		require.NoError(t, err)
		require.Equal(t, "packed", string(answer.Body))
	})
	t.Run("a request that may have arrived is not sent again (stand-in)", func(t *testing.T) {
		t.Parallel()
		var requests atomic.Int32
		at := standIn(t, func(conn net.Conn) {
			for buffer := make([]byte, 4096); ; {
				if _, err := conn.Read(buffer); err != nil || requests.Add(1) == 2 {
					return // hangs up on the second one
				}
				_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			}
		})
		p := prober(probe.Options{})
		_, err := forward(t, p, "http://"+at.String(), "")
		require.NoError(t, err)
		_, err = forward(t, p, "http://"+at.String(), "")
		require.ErrorIs(t, err, probe.ErrNoAnswer)
		require.EqualValues(t, 2, requests.Load())
	})
}

func TestForwardVerifiesCertificates(t *testing.T) {
	t.Parallel()
	web := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) }))
	web.Config.ErrorLog = log.New(io.Discard, "", 0)
	web.EnableHTTP2 = true
	web.StartTLS()
	t.Cleanup(web.Close)
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())

	p := prober(probe.Options{Roots: roots})
	for range 2 {
		answer, err := forward(t, p, web.URL, "")
		require.NoError(t, err)
		require.Equal(t, "HTTP/1.1", string(answer.Body))
	}
	dialled, _ := p.Dialled()
	require.EqualValues(t, 1, dialled)
	_, err := forward(t, prober(probe.Options{}), web.URL, "")
	require.ErrorIs(t, err, probe.ErrNoAnswer, "an unknown authority")
	p = prober(probe.Options{Roots: roots, Resolver: name("up.test", "127.0.0.1")})
	_, err = forward(t, p, strings.Replace(web.URL, "127.0.0.1", "up.test", 1), "")
	require.ErrorIs(t, err, probe.ErrNoAnswer, "another name")
}

func TestForwardTellsNobodyWhatIsAtAnAddress(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	web := upstream(t, func(http.ResponseWriter, *http.Request) { asked.Add(1) })
	own := netip.MustParseAddrPort(web.Listener.Addr().String())
	endless := func(conn net.Conn) {
		for err := error(nil); err == nil; {
			_, err = io.WriteString(conn, "HTTP/1.1 103 Early Hints\r\nX: "+strings.Repeat("x", 1000)+"\r\n\r\n")
		}
	}
	at := func(serve func(net.Conn)) string { return "http://" + standIn(t, serve).String() }
	for name, c := range map[string]struct {
		options probe.Options
		url     string
	}{
		"denied":             {probe.Options{Policy: probe.Policy{Deny: rules(t, "127.0.0.0/8")}}, web.URL},
		"the console itself": {probe.Options{Own: []netip.AddrPort{own}}, web.URL},
		"metadata service":   {probe.Options{}, "http://169.254.169.254/latest/meta-data/"},
		"one bad address of several (fake resolver)": {
			probe.Options{Resolver: name("up.example", "127.0.0.1", "fd00:ec2::254")}, "http://up.example:" + strconv.Itoa(int(own.Port())),
		},
		"a name that nobody has (fake resolver)":  {probe.Options{Resolver: name("up.example")}, "http://other.example"},
		"nobody listens":                          {probe.Options{}, "http://" + testserver.ClosedAddr(t).String()},
		"another protocol (stand-in)":             {probe.Options{}, at(saysAndHangsUp("220 mail.example ESMTP\r\n"))},
		"hangs up (stand-in)":                     {probe.Options{}, at(saysAndHangsUp(""))},
		"answers without end (stand-in)":          {probe.Options{}, at(endless)},
		"wants to speak otherwise (stand-in)":     {probe.Options{}, at(says("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"))},
		"a header without end (stand-in)":         {probe.Options{}, at(says("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 1<<20)))},
		"no scheme that is spoken":                {probe.Options{}, "file:///etc/passwd"},
		"no URL":                                  {probe.Options{}, "http://a b"},
		"plain words where TLS is due (stand-in)": {probe.Options{}, strings.Replace(at(saysAndHangsUp("HTTP/1.1 200 OK\r\n\r\n")), "http", "https", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := forward(t, prober(c.options), c.url, "")
			require.Equal(t, probe.ErrNoAnswer, err, "and nothing else")
		})
	}
	require.Zero(t, asked.Load())
}

func TestForwardBoundsAnswers(t *testing.T) {
	t.Parallel()
	web := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		if r.URL.Path == "/announced" {
			w.Header().Set("Content-Length", strconv.Itoa(n))
		}
		for block := make([]byte, 64<<10); n > 0; n -= len(block) {
			if _, err := w.Write(block[:min(n, len(block))]); err != nil {
				return
			}
		}
	})
	for _, path := range []string{"/announced", "/streamed"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			p := prober(probe.Options{})
			answer, err := forward(t, p, web.URL+path+"?n="+strconv.Itoa(api.MaxInvocationBody), "")
			require.NoError(t, err)
			require.Len(t, answer.Body, api.MaxInvocationBody)
			_, err = forward(t, p, web.URL+path+"?n="+strconv.Itoa(api.MaxInvocationBody+1), "")
			require.Equal(t, probe.ErrTooLong, err)
			_, err = forward(t, p, web.URL+path+"?n="+strconv.Itoa(1<<40), "")
			require.Equal(t, probe.ErrTooLong, err)
			answer, err = forward(t, p, web.URL+path+"?n=3", "")
			require.NoError(t, err)
			require.Len(t, answer.Body, 3, "what was cut off is in nobody's way")
		})
	}
}

func TestForwardBoundsTime(t *testing.T) {
	t.Parallel()
	silentTLS := "https://" + standIn(t, says("")).String()
	web := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/drips" {
			_, _ = io.WriteString(w, "so far")
			_ = http.NewResponseController(w).Flush()
		}
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	for name, url := range map[string]string{"no answer": web.URL, "half an answer": web.URL + "/drips", "no handshake (stand-in)": silentTLS} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := prober(probe.Options{}).Forward(t.Context(), probe.Forwarding{URL: url, Header: http.Header{}, Timeout: 50 * time.Millisecond})
			require.Equal(t, probe.ErrTooLate, err)
		})
	}
}

func TestACancelledCallerCancelsTheUpstreamsWork(t *testing.T) {
	t.Parallel()
	cancelled := func(t *testing.T, url string, began, ended <-chan struct{}) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-began
			cancel()
		}()
		_, err := prober(probe.Options{Timeout: time.Hour}).Forward(ctx, probe.Forwarding{URL: url, Header: http.Header{}, Timeout: time.Hour})
		require.ErrorIs(t, err, context.Canceled)
		<-ended
	}
	t.Run("that has begun", func(t *testing.T) {
		t.Parallel()
		began, ended := make(chan struct{}), make(chan struct{})
		web := upstream(t, func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			close(began)
			<-r.Context().Done()
			close(ended)
		})
		cancelled(t, web.URL, began, ended)
	})
	t.Run("even the handshake before it (stand-in)", func(t *testing.T) {
		t.Parallel()
		began, ended := make(chan struct{}), make(chan struct{})
		at := standIn(t, func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 1))
			close(began)
			_, _ = io.Copy(io.Discard, conn)
			close(ended)
		})
		cancelled(t, "https://"+at.String(), began, ended)
	})
}

func TestForwardBoundsHowManyAreUnderWay(t *testing.T) {
	t.Parallel()
	arrived, finish := make(chan struct{}), make(chan struct{})
	web := upstream(t, func(http.ResponseWriter, *http.Request) {
		arrived <- struct{}{}
		<-finish
	})
	p := prober(probe.Options{})
	results := make(chan error, probe.MaxForwards)
	send := func(project string) error {
		_, err := p.Forward(t.Context(), probe.Forwarding{Project: project, URL: web.URL, Header: http.Header{}, Timeout: time.Minute})
		return err
	}
	begin := func(project string, n int) {
		for range n {
			go func() { results <- send(project) }()
			<-arrived
		}
	}
	begin("a", probe.MaxProjectForwards)
	require.Equal(t, probe.ErrTooMany, send("a"), "at once: what waits holds its body")
	begin("b", probe.MaxForwards-probe.MaxProjectForwards)
	require.Equal(t, probe.ErrTooMany, send("c"), "all projects together")
	close(finish)
	for range probe.MaxForwards {
		require.NoError(t, <-results)
	}
	go func() { results <- send("a") }()
	<-arrived
	require.NoError(t, <-results)
}
