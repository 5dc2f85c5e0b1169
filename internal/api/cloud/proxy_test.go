package cloud_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// fault is what a proxy does with a request; it returns whether the connection stays.
type fault func(p *faulty, conn net.Conn, r *http.Request, body []byte) bool

// faulty is a proxy between a client and a real server, which does wrong when told to.
type faulty struct {
	to      string
	at      net.Listener
	mu      sync.Mutex
	faults  []fault
	arrived []string // what the proxy was asked, "GET /path"
	passed  []string // what the server was
}

func proxy(t *testing.T, to string) *faulty {
	t.Helper()
	at, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &faulty{to: to, at: at}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := at.Accept()
			if err != nil {
				return
			}
			all.Go(func() { p.serve(conn) })
		}
	})
	t.Cleanup(func() { _ = at.Close() })
	return p
}

func (p *faulty) url() string { return "http://" + p.at.Addr().String() }

// next is what is done with the next requests; those after them pass.
func (p *faulty) next(faults ...fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = faults
}

func (p *faulty) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		p.mu.Lock()
		do := pass
		if len(p.faults) > 0 {
			do, p.faults = p.faults[0], p.faults[1:]
		}
		p.arrived = append(p.arrived, r.Method+" "+r.URL.Path)
		p.mu.Unlock()
		if !do(p, conn, r, body) {
			return
		}
	}
}

// count is how often something arrived.
func (p *faulty) count(what string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.arrived {
		if r == what {
			n++
		}
	}
	return n
}

// others is what arrived besides.
func (p *faulty) others(what string) (list []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.arrived {
		if r != what {
			list = append(list, r)
		}
	}
	return list
}

// counts is how much arrived, and how much of it the server was asked.
func (p *faulty) counts() (arrived, passed int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.arrived), len(p.passed)
}

// ask asks the real server, and returns its answer as it stands on the wire.
func (p *faulty) ask(r *http.Request, body []byte) []byte {
	p.mu.Lock()
	p.passed = append(p.passed, r.Method+" "+r.URL.Path)
	p.mu.Unlock()
	r.Body, r.RequestURI = io.NopCloser(bytes.NewReader(body)), ""
	r.URL.Scheme, r.URL.Host = "http", p.to
	r.ContentLength = int64(len(body))
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	answer.TransferEncoding = nil
	var b bytes.Buffer
	_ = answer.Write(&b)
	return b.Bytes()
}

func pass(p *faulty, conn net.Conn, r *http.Request, body []byte) bool {
	_, err := conn.Write(p.ask(r, body))
	return err == nil
}

// drop ends the connection before the server is asked.
func drop(*faulty, net.Conn, *http.Request, []byte) bool { return false }

// cut asks the server, and ends the connection instead of answering.
func cut(p *faulty, _ net.Conn, r *http.Request, body []byte) bool {
	p.ask(r, body)
	return false
}

// half asks the server, and gives half of its answer.
func half(p *faulty, conn net.Conn, r *http.Request, body []byte) bool {
	text := p.ask(r, body)
	head := bytes.Index(text, []byte("\r\n\r\n")) + 4
	_, _ = conn.Write(text[:head+(len(text)-head)/2])
	return false
}

// delay answers nothing as long as somebody waits.
func delay(p *faulty, conn net.Conn, _ *http.Request, _ []byte) bool {
	_, _ = conn.Read(make([]byte, 1)) // until the other side has had enough
	return false
}

// says is an answer of the proxy's own; headers are lines.
func says(status int, body string, headers ...string) fault {
	return func(_ *faulty, conn net.Conn, _ *http.Request, _ []byte) bool {
		_, err := fmt.Fprintf(conn, "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s",
			status, http.StatusText(status), strings.Join(append(headers, ""), "\r\n"), len(body), body)
		return err == nil
	}
}

// said is the error of the domain in err.
func said(t *testing.T, err error) *api.Error {
	t.Helper()
	e, ok := errors.AsType[*api.Error](err)
	require.True(t, ok, "%v", err)
	return e
}
