package probe_test

import (
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

// master is a stand-in for an HBase master. It reads what a client sends
// before it may expect an answer, tells sent, and answers.
func master(t *testing.T, answer string, sent chan<- string) net.Addr {
	t.Helper()
	return standIn(t, func(conn net.Conn) {
		head := make([]byte, 6)
		if _, err := io.ReadFull(conn, head); err != nil {
			return
		}
		words := string(head) + readFrame(conn) + readFrame(conn)
		if sent != nil {
			sent <- words
		}
		_, _ = io.WriteString(conn, answer)
		_, _ = io.Copy(io.Discard, conn)
	})
}

var masterRuns = frameOf(pb(1, 1), pb(1, 1))

// masterNode is what a master writes under /hbase/master.
func masterNode(at net.Addr) string {
	host, digits, _ := net.SplitHostPort(at.String())
	port, _ := strconv.Atoi(digits)
	return "\xff\x00\x00\x00\x0fmaster:16000abc" + "PBUF" + pb(1, pb(1, host, 2, port, 3, 1700000000), 2, 0, 3, 16010)
}

// tree writes nodes of a ZooKeeper.
type tree struct{ *zk.Conn }

func newTree(t *testing.T, server *testserver.Server) tree {
	t.Helper()
	conn, _, err := zk.Connect([]string{server.Addr()}, time.Minute, zk.WithLogInfo(false))
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	return tree{conn}
}

// set makes /hbase/master the only node of HBase; without data there is none.
func (n tree) set(t *testing.T, data string, acl []zk.ACL) {
	t.Helper()
	_ = n.Delete("/hbase/master", -1)
	_ = n.Delete("/hbase", -1)
	if data == "" {
		return
	}
	_, err := n.Create("/hbase", nil, 0, zk.WorldACL(zk.PermAll))
	require.NoError(t, err)
	_, err = n.Create("/hbase/master", []byte(data), 0, acl)
	require.NoError(t, err)
}

// The subtests change one tree, so they take turns.
func TestHBaseByARealZooKeeper(t *testing.T) {
	t.Parallel()
	server := testserver.ZooKeeper(t)
	nodes, everybody := newTree(t, server), zk.WorldACL(zk.PermAll)
	at := hbaseLink.with("zookeeperQuorum", server.Addr())
	p := prober(probe.Options{})
	steps := []api.StepName{api.StepResolve, api.StepConnect, api.StepHandshake, api.StepRead, api.StepCluster}

	t.Run("stand-in master that runs", func(t *testing.T) {
		sent := make(chan string, 1)
		addr := master(t, masterRuns, sent)
		nodes.set(t, masterNode(addr), everybody)
		c := at.check(t, p)
		requirePassed(t, c, steps...)
		require.Regexp(t, `^3\.\d+\.\d+$`, find(t, c, api.StepHandshake).Found, "the version of ZooKeeper")
		require.Equal(t, addr.String(), find(t, c, api.StepRead).Found)
		require.Equal(t, addr.String(), find(t, c, api.StepCluster).Found)
		words := <-sent
		require.True(t, strings.HasPrefix(words, "HBas\x00\x50"), "version 0, SIMPLE")
		require.Contains(t, words, "MasterService")
		require.Contains(t, words, "IsMasterRunning")
	})
	t.Run("no master is registered", func(t *testing.T) {
		nodes.set(t, "", nil)
		c := at.check(t, p)
		w := requireWarning(t, c, api.StepRead, "hbase.no_master", "zookeeperQuorum")
		require.Equal(t, "/hbase", w.Message.Args["peer"])
		require.Equal(t, api.Skipped, find(t, c, api.StepCluster).Status)
	})
	t.Run("a cluster with a node of its own", func(t *testing.T) {
		nodes.set(t, masterNode(master(t, masterRuns, nil)), everybody)
		own := func(parent string) hadoopLink {
			return at.with("properties", `{"zookeeper.znode.parent":"`+parent+`"}`)
		}
		require.Equal(t, api.Passed, own("/hbase/").check(t, p).Status)
		w := requireWarning(t, own("/hbase-unsecure").check(t, p), api.StepRead, "hbase.no_master", "zookeeperQuorum")
		require.Equal(t, "/hbase-unsecure", w.Message.Args["peer"])
		requireFailure(t, own("hbase").check(t, p), api.StepResolve, "input", "properties")
	})
	t.Run("a node that this check may not read", func(t *testing.T) {
		nodes.set(t, "secret", zk.DigestACL(zk.PermAll, "hbase", "hbase"))
		requireFailure(t, at.check(t, p), api.StepRead, "zookeeper.no_right", "zookeeperQuorum")
	})
	for name, data := range map[string]string{
		"of something else":  "here I am",
		"of HBase 0.94":      "\xff\x00\x00\x00\x03abchost,60000,1700000000",
		"that is cut":        "\xff\x00\x00\xff\xff",
		"without a server":   "PBUF" + pb(2, 0),
		"that is no message": "PBUF\xff\xff\xff",
	} {
		t.Run("a node "+name, func(t *testing.T) {
			nodes.set(t, data, everybody)
			requireFailure(t, at.check(t, p), api.StepRead, "hbase.odd_master", "zookeeperQuorum")
		})
	}
	t.Run("a master that has gone", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		require.NoError(t, l.Close())
		nodes.set(t, masterNode(l.Addr()), everybody)
		f := requireFailure(t, at.check(t, p), api.StepCluster, "hbase.master_unreachable", "zookeeperQuorum")
		require.Equal(t, l.Addr().String(), f.Message.Args["peer"])
		require.Empty(t, f.Detail, "what is behind the addresses that a quorum names is nobody's business")
	})
	t.Run("a master at an address that the policy refuses", func(t *testing.T) {
		nodes.set(t, masterNode(&net.TCPAddr{IP: net.IPv4(169, 254, 169, 254), Port: 80}), everybody)
		f := requireFailure(t, at.check(t, p), api.StepCluster, "hbase.master_unreachable", "zookeeperQuorum")
		require.Empty(t, f.Detail)
	})
	for _, c := range []struct{ name, answer, reason, path string }{
		{"that demands Kerberos", frameOf(pb(1, 1<<32-1, 2, pb(1, "org.apache.hadoop.hbase.security.AccessDeniedException"))), "hadoop.kerberos_required", "authType"},
		{"that is starting", frameOf(pb(1, 1, 2, pb(1, "org.apache.hadoop.hbase.ipc.ServerNotRunningYetException"))), "server.not_ready", ""},
	} {
		t.Run("stand-in master "+c.name, func(t *testing.T) {
			nodes.set(t, masterNode(master(t, c.answer, nil)), everybody)
			requireFailure(t, at.check(t, p), api.StepCluster, c.reason, c.path)
		})
	}
	for name, answer := range map[string]string{
		"with another exception": frameOf(pb(1, 1, 2, pb(1, "java.io.IOException"))),
		"that says garbage":      strings.Repeat("\xde\xad\xbe\xef", 99),
	} {
		t.Run("stand-in master "+name, func(t *testing.T) {
			nodes.set(t, masterNode(master(t, answer, nil)), everybody)
			requireWarning(t, at.check(t, p), api.StepCluster, "hbase.odd_answer", "zookeeperQuorum")
		})
	}
	t.Run("CloudTable's master is connected to, and not asked", func(t *testing.T) {
		sent := make(chan string, 1)
		nodes.set(t, masterNode(master(t, "", sent)), everybody)
		requirePassed(t, at.with("hbaseType", "CloudTable", "iamAuth", "false").check(t, p), steps...)
		require.Empty(t, sent)
	})
	t.Run("CloudTable's access key is not checked", func(t *testing.T) {
		nodes.set(t, masterNode(master(t, "", nil)), everybody)
		c := at.with("hbaseType", "CloudTable", "iamAuth", "true", "accessKey", "AK").check(t, p)
		requireWarning(t, c, api.StepSignIn, "hbase.iam_not_checked", "accessKey")
	})
	t.Run("a master with Kerberos is connected to, and the rest is left", func(t *testing.T) {
		nodes.set(t, masterNode(master(t, "", nil)), everybody)
		c := withKeytab(t, at).check(t, prober(probe.Options{Resolver: nowhere()}))
		require.Equal(t, api.Warned, c.Status)
		require.Equal(t, api.Passed, find(t, c, api.StepCluster).Status)
		require.Equal(t, "check.kerberos.not_signed_in", find(t, c, api.StepSignIn).Message.Key)
	})
	t.Run("of a list, a server that hangs up is passed over", func(t *testing.T) {
		closing := standIn(t, saysAndHangsUp(""))
		nodes.set(t, masterNode(master(t, masterRuns, nil)), everybody)
		c := at.with("zookeeperQuorum", closing.String()+","+server.Addr()).check(t, p)
		w := requireWarning(t, c, api.StepHandshake, "zookeeper.some_closed", "zookeeperQuorum")
		require.Equal(t, closing.String(), w.Message.Args["peer"])
	})
	t.Run("of a list, a server that does not answer is a warning", func(t *testing.T) {
		nodes.set(t, masterNode(master(t, masterRuns, nil)), everybody)
		c := at.with("zookeeperQuorum", "127.0.0.1:1,"+server.Addr()).check(t, p)
		requireWarning(t, c, api.StepConnect, "connect.some", "zookeeperQuorum")
	})
}

func TestZooKeeperWithoutFourLetterWords(t *testing.T) {
	t.Parallel()
	server := testserver.ZooKeeper(t)
	// The words come over a connection of their own, to the same address.
	relay := standIn(t, func(conn net.Conn) {
		first := make([]byte, 4)
		if _, err := io.ReadFull(conn, first); err != nil || string(first) == "srvr" {
			_, _ = io.WriteString(conn, "srvr is not executed because it is not in the whitelist.\n")
			return
		}
		real, err := net.Dial("tcp", server.Addr())
		if err != nil {
			return
		}
		defer func() { _ = real.Close() }()
		_, _ = real.Write(first)
		go func() { _, _ = io.Copy(real, conn) }()
		_, _ = io.Copy(conn, real)
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

func TestHBaseKnownByItsNameNodeOnly(t *testing.T) {
	t.Parallel()
	at := hbaseLink.with("zookeeperQuorum", "", "uri", "hdfs://"+nameNode(t, rootFolder, nil))
	c := at.check(t, prober(probe.Options{}))
	requireWarning(t, c, api.StepCluster, "hbase.no_quorum", "zookeeperQuorum")
	require.Equal(t, api.Passed, find(t, c, api.StepRead).Status)

	c = at.with("uri", "hdfs://hacluster").check(t, prober(probe.Options{Resolver: nowhere()}))
	requireWarning(t, c, api.StepResolve, "hdfs.logical_name", "uri")
	require.Equal(t, api.Skipped, find(t, c, api.StepCluster).Status)
}

// frame puts the length before a message.
func frame(message string) string {
	return string([]byte{0, 0, byte(len(message) >> 8), byte(len(message))}) + message
}
