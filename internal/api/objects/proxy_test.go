//go:build unix

package objects_test

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// proxy is a network on the way to a server that can be cut.
type proxy struct {
	addr   string
	passed atomic.Int64 // bytes, both ways
	left   atomic.Int64 // until it is cut

	mu   sync.Mutex
	open map[net.Conn]bool
}

func newProxy(t *testing.T, server string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{addr: listener.Addr().String(), open: map[net.Conn]bool{}}
	p.cutAfter(1 << 40)
	t.Cleanup(func() {
		_ = listener.Close()
		p.cut()
	})
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", server)
			if err != nil {
				_ = near.Close()
				continue
			}
			p.keep(near, far)
			go p.carry(near, far)
			go p.carry(far, near)
		}
	}()
	return p
}

// cutAfter closes all connections after so many bytes, once.
func (p *proxy) cutAfter(bytes int64) { p.left.Store(bytes) }

func (p *proxy) keep(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		p.open[c] = true
	}
}

func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		_ = c.Close()
		delete(p.open, c)
	}
}

func (p *proxy) carry(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		p.passed.Add(int64(n))
		if left := p.left.Add(-int64(n)); left < 0 && left+int64(n) >= 0 {
			p.cut()
			return
		}
		if _, failed := to.Write(b[:n]); failed != nil || err != nil {
			return
		}
	}
}
