package e2e

import (
	"errors"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// mute is a server that accepts connections and says nothing: the worst thing
// that can stand behind a link.
type mute struct {
	listener net.Listener

	mu     sync.Mutex
	held   []net.Conn
	closed int  // connections that the other side has given up
	rude   bool // hangs up at once
}

// silence starts a mute server.
func silence(t *testing.T) *mute {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	m := &mute{listener: listener}
	t.Cleanup(func() {
		_ = listener.Close()
		m.hangUp()
	})
	go m.accept()
	return m
}

func (m *mute) accept() {
	for {
		conn, err := m.listener.Accept()
		if err != nil {
			return
		}
		m.mu.Lock()
		if m.rude {
			_ = conn.Close()
		} else {
			m.held = append(m.held, conn)
			go m.listen(conn)
		}
		m.mu.Unlock()
	}
}

// listen notices when the other side gives up.
func (m *mute) listen(conn net.Conn) {
	_, err := io.Copy(io.Discard, conn)
	if errors.Is(err, net.ErrClosed) {
		return // it was us
	}
	_ = conn.Close()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.held = slices.DeleteFunc(m.held, func(c net.Conn) bool { return c == conn })
	m.closed++
}

// holding is how many connections wait for an answer.
func (m *mute) holding() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.held)
}

// hangUp ends all connections, and from now on each that comes.
func (m *mute) hangUp() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rude = true
	for _, conn := range m.held {
		_ = conn.Close()
	}
	m.held = nil
}

// inputs describes the server to the wire API as a MySQL server.
func (m *mute) inputs() map[string]string { return inputsAt(m.listener.Addr().(*net.TCPAddr).Port) }

// closedPort is one on which nothing listens.
const closedPort = 1

// inputsAt describes a MySQL server of this machine.
func inputsAt(port int) map[string]string {
	return somewhere(map[string]string{"host": "127.0.0.1", "port": strconv.Itoa(port)})
}
