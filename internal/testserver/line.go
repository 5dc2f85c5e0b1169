//go:build unix

package testserver

import (
	"context"
	"math"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// Line is the network on the way to a server, which can be cut and be down.
type Line struct {
	// Addr is where the server is reached over the line.
	Addr string

	passed, left atomic.Int64 // bytes, both ways

	mu   sync.Mutex
	down bool
	open map[net.Conn]bool
}

// NewLine opens a line to a server, for the length of the test.
func NewLine(t testing.TB, server string) *Line {
	t.Helper()
	listener := listen(t, "127.0.0.1", 0)
	l := &Line{Addr: listener.Addr().String(), open: map[net.Conn]bool{}}
	l.CutAfter(math.MaxInt64)
	t.Cleanup(func() { l.SetDown(true) })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := new(net.Dialer).DialContext(context.Background(), "tcp", server)
			if err != nil {
				_ = near.Close()
			} else if l.keep(near, far) {
				go l.carry(near, far)
				go l.carry(far, near)
			}
		}
	}()
	return l
}

// SetDown lets the line be down, with all that goes over it, or not any more.
func (l *Line) SetDown(down bool) {
	l.mu.Lock()
	l.down = down
	l.mu.Unlock()
	if down {
		l.cut()
	}
}

// CutAfter cuts all that goes over the line after so many bytes, once. It stays up.
func (l *Line) CutAfter(bytes int64) { l.left.Store(bytes) }

// Passed is how many bytes went over the line, both ways.
func (l *Line) Passed() int64 { return l.passed.Load() }

// keep reports whether the line is up; if it is down, the connections are closed.
func (l *Line) keep(conns ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range conns {
		if l.down {
			_ = c.Close()
		} else {
			l.open[c] = true
		}
	}
	return !l.down
}

func (l *Line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.open {
		_ = c.Close()
		delete(l.open, c)
	}
}

func (l *Line) carry(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		l.passed.Add(int64(n))
		if left := l.left.Add(-int64(n)); left < 0 && left+int64(n) >= 0 {
			l.cut()
			return
		}
		if _, failed := to.Write(b[:n]); failed != nil || err != nil {
			return
		}
	}
}
