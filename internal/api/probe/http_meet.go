package probe

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"

	"switchboard/internal/api"
)

// encryption says whether a web service is to speak TLS.
type encryption int

const (
	plainHTTP encryption = iota
	overTLS
	eitherWay // the link does not say
)

// meet takes the steps TLS, where it applies, and handshake: it puts the first
// question to the service over the connection that the check made. Where the
// link does not say whether that is encrypted, plain HTTP is tried first, so
// the question should hold no secret.
func (w *web) meet(ctx context.Context, conn net.Conn, how encryption, ask func(context.Context) (*answer, error)) (*answer, error) {
	if how == overTLS {
		return w.meetOverTLS(ctx, conn, ask)
	}
	w.a.enter(api.StepHandshake)
	w.use(ctx, conn)
	first, err := ask(ctx)
	if how == plainHTTP && (wantsTLS(first, err) || hungUp(err) && w.speaksTLS(ctx)) {
		return nil, fault("peer.https_only", w.path)
	}
	if how == plainHTTP || !wantsTLS(first, err) && !hungUp(err) {
		return first, err
	}
	secure := w.retry(ctx)
	if w.a.current() != api.StepHandshake {
		w.a.enter(api.StepHandshake)
	}
	if secure {
		return ask(ctx)
	}
	return first, err
}

func (w *web) meetOverTLS(ctx context.Context, conn net.Conn, ask func(context.Context) (*answer, error)) (*answer, error) {
	w.a.enter(api.StepTLS)
	secure, err := w.secure(ctx, conn)
	if err != nil {
		return nil, err
	}
	w.a.enter(api.StepHandshake)
	w.use(ctx, secure)
	return ask(ctx)
}

// retry connects once more, with TLS. If the service speaks it, that is what
// the step that was begun has been.
func (w *web) retry(ctx context.Context) bool {
	conn, err := w.a.another(ctx, w.a.at)
	if err != nil {
		return false
	}
	conn, err = w.secure(ctx, conn)
	if err == nil {
		w.use(ctx, conn)
	}
	return err == nil
}

// secure encrypts a connection. When the service has shown its certificate,
// that is the step TLS.
func (w *web) secure(ctx context.Context, conn net.Conn) (net.Conn, error) {
	cfg := w.a.tlsConfig(w.path)
	judge := cfg.VerifyConnection
	cfg.VerifyConnection = func(s tls.ConnectionState) error {
		w.a.rename(api.StepTLS)
		return judge(s)
	}
	secure := tls.Client(conn, cfg)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, w.notTLS(ctx, err)
	}
	w.base.Scheme = "https"
	return secure, nil
}

// speaksTLS asks whether the service speaks TLS, and no more.
func (w *web) speaksTLS(ctx context.Context) bool {
	conn, err := w.a.another(ctx, w.a.at)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	_, err = w.encrypt(ctx, conn)
	return err == nil
}

// encrypt encrypts a connection and leaves the certificate unseen: another
// one showed it, or nothing is asked over this one.
func (w *web) encrypt(ctx context.Context, conn net.Conn) (net.Conn, error) {
	cfg := w.a.tlsConfig(w.path)
	cfg.VerifyConnection = nil
	secure := tls.Client(conn, cfg)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, w.notTLS(ctx, err)
	}
	return secure, nil
}

// wantsTLS reports whether an answer to plain HTTP is that of a server which
// speaks TLS: an alert, or a web server's complaint.
func wantsTLS(said *answer, err error) bool {
	if err != nil {
		return failedWith(err, "peer.tls")
	}
	return said.status == http.StatusBadRequest && bytes.Contains(said.body, []byte("HTTPS"))
}

// hungUp reports whether a server ended the connection without a word, as some
// that speak TLS do.
func hungUp(err error) bool { return failedWith(err, "peer.closed") }

func failedWith(err error, name string) bool {
	f, ok := errors.AsType[*failure](err)
	return ok && f.name == name
}

// notTLS explains a TLS handshake that failed: the port is to blame if it was
// not TLS that came back.
func (w *web) notTLS(ctx context.Context, err error) error {
	said, other := errors.AsType[tls.RecordHeaderError](err)
	peer := speaks(said.RecordHeader[:])
	switch {
	case ctx.Err() == context.Canceled:
		return ctx.Err()
	case other && peer == protocolHTTP:
		return fault("peer.http_only", w.path)
	case other && peer != "":
		return fault("peer.other", w.a.at.portPath).with("peer", peer)
	case other:
		return fault("peer.garbled", w.a.at.portPath)
	case ended(ctx), timedOut(err):
		return fault("peer.silent", w.a.at.portPath)
	case dropped(err):
		return fault("peer.closed", w.a.at.portPath)
	}
	return tlsFailure(ctx, err, w.path)
}
