package probe

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// httpClient asks web services over a connection that is open and, for https,
// encrypted; when it needs another one, that goes through the guard, too. It
// follows no redirect (S6): where one leads is not what was to be checked.
// What is wrong with further connections is blamed on path.
func (a *attempt) httpClient(ctx context.Context, conn net.Conn, path string) *http.Client {
	var used atomic.Bool
	again := a.through(ctx, path)
	dial := func(driver context.Context, network, address string) (net.Conn, error) {
		if used.CompareAndSwap(false, true) {
			return conn, nil
		}
		return again(driver, network, address)
	}
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dial,
			DialTLSContext: func(driver context.Context, network, address string) (net.Conn, error) {
				if used.CompareAndSwap(false, true) {
					return conn, nil
				}
				plain, err := again(driver, network, address)
				if err != nil {
					return nil, err
				}
				return a.encrypt(ctx, plain, path)
			},
			MaxResponseHeaderBytes: maxRead / 16,
			ResponseHeaderTimeout:  time.Until(deadlineOf(ctx)),
			DisableKeepAlives:      false,
			Proxy:                  nil, // the console's own proxy is not the way of its links
		},
	}
}

// body reads what a web service answered, up to limit bytes.
func body(r *http.Response, limit int64) ([]byte, error) {
	defer func() { _ = r.Body.Close() }()
	return io.ReadAll(io.LimitReader(r.Body, limit))
}

func deadlineOf(ctx context.Context) time.Time {
	if deadline, ok := ctx.Deadline(); ok {
		return deadline
	}
	return time.Now().Add(DefaultTimeout)
}
