package probe_test

import (
	"io"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

func TestZooKeeperWithoutFourLetterWords(t *testing.T) {
	t.Parallel()
	at := testserver.ZooKeeper(t).Addr()
	// The words come over a connection of their own, to the same address.
	relay := standIn(t, func(conn net.Conn) {
		first := make([]byte, 4)
		if _, err := io.ReadFull(conn, first); err != nil || string(first) == "srvr" {
			_, _ = io.WriteString(conn, "srvr is not executed because it is not in the whitelist.\n")
			return
		}
		server, err := net.Dial("tcp", at)
		if err != nil {
			return
		}
		defer func() { _ = server.Close() }()
		_, _ = server.Write(first)
		go func() { _, _ = io.Copy(server, conn) }()
		_, _ = io.Copy(conn, server)
	})
	c := hbaseLink.with("zookeeperQuorum", relay.String()).check(t, prober(probe.Options{}))
	step := find(t, c, api.StepHandshake)
	require.Equal(t, api.Passed, step.Status)
	require.Empty(t, step.Found, "no version, and nothing wrong")
}

func TestZooKeeperServersThatMeanHarm(t *testing.T) {
	t.Parallel()
	session := "\x00\x00\x00\x25\x00\x00\x00\x00\x00\x00\x27\x10\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x10" + strings.Repeat("x", 16) + "\x00"
	node := func(code, data string) string {
		return frame("\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x05" + code + data)
	}
	for _, c := range []struct {
		name    string
		answers []string
		step    api.StepName
		reasons []string
	}{
		{"hangs up", nil, api.StepHandshake, []string{"zookeeper.closed"}},
		{"has no session to give", []string{strings.Replace(session, "\x01", "\x00", 1)}, api.StepHandshake, []string{"peer.garbled"}},
		{"has a session that is cut", []string{"\x00\x00\x00\x04\x00\x00\x00\x00"}, api.StepHandshake, []string{"peer.garbled"}},
		{"hangs up later", []string{session}, api.StepRead, []string{"dropped"}},
		{"answers another question", []string{session, frame("\x00\x00\x00\x09\x00\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00\x00")}, api.StepRead, []string{"peer.garbled"}},
		{"has an error of its own", []string{session, node("\xff\xff\xff\xfe", "")}, api.StepRead, []string{"peer.garbled"}},
		{"has no data", []string{session, node("\x00\x00\x00\x00", "")}, api.StepRead, []string{"peer.garbled"}},
		{"has less data than it says", []string{session, node("\x00\x00\x00\x00", "\x7f\xff\xff\xff")}, api.StepRead, []string{"peer.garbled"}},
		{"has data of length -1", []string{session, node("\x00\x00\x00\x00", "\xff\xff\xff\xff")}, api.StepRead, []string{"peer.garbled"}},
		{"has a master without a port", []string{session, node("\x00\x00\x00\x00", frame("PBUF"+pb(1, pb(1, "a"))))}, api.StepRead, []string{"input"}},
	} {
		t.Run("stand-in for a ZooKeeper that "+c.name, func(t *testing.T) {
			t.Parallel()
			addr := standIn(t, func(conn net.Conn) {
				for _, words := range c.answers {
					_, _ = conn.Read(make([]byte, 4096))
					_, _ = io.WriteString(conn, words)
				}
				_, _ = conn.Read(make([]byte, 4096))
			})
			got := hbaseLink.with("zookeeperQuorum", addr.String()).check(t, prober(probe.Options{Timeout: 10 * little}))
			require.Equal(t, api.Failed, got.Status, "%+v", got)
			require.Equal(t, c.step, got.Failure().Name)
			require.Contains(t, c.reasons, strings.TrimPrefix(got.Failure().Message.Key, "check."))
		})
	}
}

func TestListsOfZooKeepers(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{})
	t.Run("a server that hangs up is passed over", func(t *testing.T) {
		t.Parallel()
		closing := standIn(t, saysAndHangsUp(""))
		at := cluster(t, masterNode(master(t, masterRuns, nil)), everybody)
		c := at.with("zookeeperQuorum", closing.String()+","+at.link["zookeeperQuorum"]).check(t, p)
		w := requireWarning(t, c, api.StepHandshake, "zookeeper.some_closed", "zookeeperQuorum")
		require.Equal(t, closing.String(), w.Message.Args["peer"])
	})
	t.Run("a server that does not answer is a warning", func(t *testing.T) {
		t.Parallel()
		at := cluster(t, masterNode(master(t, masterRuns, nil)), everybody)
		c := at.with("zookeeperQuorum", "127.0.0.1:1,"+at.link["zookeeperQuorum"]).check(t, p)
		requireWarning(t, c, api.StepConnect, "connect.some", "zookeeperQuorum")
	})
	t.Run("all hang up", func(t *testing.T) {
		t.Parallel()
		closing, other := standIn(t, saysAndHangsUp("")), standIn(t, saysAndHangsUp(""))
		c := hbaseLink.with("zookeeperQuorum", closing.String()+","+other.String()).check(t, p)
		f := requireFailure(t, c, api.StepHandshake, "zookeeper.closed", "zookeeperQuorum")
		require.Equal(t, portOf(closing), f.Message.Args["port"])
	})
}

// frame puts the length before a message.
func frame(message string) string {
	return string([]byte{0, 0, byte(len(message) >> 8), byte(len(message))}) + message
}
