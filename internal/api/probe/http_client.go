package probe

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// protocolHTTP is what peers names what web services speak. Which of them was
// wanted, a check makes known when it has met a web server.
const protocolHTTP = "HTTP"

// web is a web service under check. Each question is one request; there is no
// redirect (where one leads is not what was to be checked, S6), no proxy, no
// cookie and no compression.
type web struct {
	a    *attempt
	base url.URL // scheme, host and path before that of each question
	path string  // the input to blame for TLS and for further connections
	conn net.Conn
	r    *bufio.Reader // what conn says
}

// answer is what a web service said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// maxBody is how much of an answer is read, in bytes. The longest that a check
// asks for is a list.
const maxBody = maxRead / 2

// newWeb makes the web service at a place. What is wrong with TLS, or with
// further connections, is blamed on path.
func (a *attempt) newWeb(p place, path string) *web {
	host := p.at.String()
	if p.at.port == 80 || p.at.port == 443 { // as browsers do
		host = strings.TrimSuffix(host, ":"+strconv.Itoa(int(p.at.port)))
	}
	return &web{a: a, base: url.URL{Scheme: "http", Host: host, Path: p.prefix}, path: path}
}

// use asks over a connection from now on. Its first words tell whether there
// is a web server at its end.
func (w *web) use(ctx context.Context, conn net.Conn) {
	w.conn = conn
	w.r = bufio.NewReader(&listener{r: conn, first: func(b []byte) (int, error) {
		n, err := w.a.hear(ctx, conn, conn, b)
		if err == nil {
			n, err = readOn(conn, b, n, len("HTTP/"))
		}
		if err == nil && speaks(b[:n]) != protocolHTTP {
			err = fault("peer.garbled", w.a.at.portPath)
		}
		return n, err
	}})
}

// get asks the service. The request is the caller's to complete: dress, if not
// nil, adds what signs it in.
func (w *web) get(ctx context.Context, target string, dress func(*http.Request)) (*answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.base.String()+target, nil)
	if err != nil {
		return nil, fault("input", w.path)
	}
	r.Header.Set("User-Agent", "Switchboard")
	r.Header.Set("Accept", "*/*")
	if dress != nil {
		dress(r)
	}
	if w.conn == nil {
		if err := w.reconnect(ctx); err != nil {
			return nil, err
		}
	}
	sent := r.Write(w.conn)
	said, err := w.read(r)
	if err != nil && sent != nil && !understood(err) {
		err = sent
	}
	if err != nil {
		return nil, w.explain(ctx, err)
	}
	return said, nil
}

// read reads one answer.
func (w *web) read(r *http.Request) (*answer, error) {
	response, err := http.ReadResponse(w.r, r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	said := &answer{status: response.StatusCode, header: response.Header}
	said.body, err = io.ReadAll(io.LimitReader(response.Body, maxBody))
	if response.Close || len(said.body) == maxBody {
		_ = w.conn.Close()
		w.conn = nil
	}
	return said, err
}

// reconnect makes one more connection of the same kind.
func (w *web) reconnect(ctx context.Context) error {
	conn, err := w.a.another(ctx, w.a.at)
	if err != nil {
		return err
	}
	if w.base.Scheme == "https" {
		if conn, err = w.encrypt(ctx, conn); err != nil {
			return err
		}
	}
	w.use(ctx, conn)
	return nil
}

// explain makes a failure of what net/http could not read: it quotes what the
// service said, which is not passed on (S5).
func (w *web) explain(ctx context.Context, err error) error {
	if understood(err) || ended(ctx) || timedOut(err) || dropped(err) || errors.Is(err, errTooMuch) {
		return err
	}
	return fault("peer.garbled", w.a.at.portPath)
}

func understood(err error) bool {
	_, ok := errors.AsType[*failure](err)
	return ok
}

// unexpected explains an answer that is none of those a system gives. What it
// says is not passed on.
func (w *web) unexpected(said *answer) error {
	f := fault("web.unexpected", w.a.at.hostPath)
	switch said.status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout:
		f = fault("web.busy", "")
	}
	return f.because(errors.New("HTTP " + strconv.Itoa(said.status) + " " + http.StatusText(said.status)))
}
