package probe_test

import (
	"crypto/rand"
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

// cluster is a link to an HBase of which a real ZooKeeper knows under a node
// that no other test uses.
func cluster(t *testing.T, data string, acl []zk.ACL) hadoopLink {
	t.Helper()
	parent := "/hbase-" + strings.ToLower(rand.Text()[:12])
	return register(t, parent, data, acl).with("properties", `{"zookeeper.znode.parent":"`+parent+`"}`)
}

// register writes the node of a master, if there is data for it.
func register(t *testing.T, parent, data string, acl []zk.ACL) hadoopLink {
	t.Helper()
	server := testserver.ZooKeeper(t)
	if data != "" {
		conn, _, err := zk.Connect([]string{server.Addr()}, time.Minute, zk.WithLogInfo(false))
		require.NoError(t, err)
		defer conn.Close()
		_, _ = conn.Create(parent, nil, 0, everybody) // it is there if the test ran before
		_ = conn.Delete(parent+"/master", -1)
		_, err = conn.Create(parent+"/master", []byte(data), 0, acl)
		require.NoError(t, err)
	}
	return hbaseLink.with("zookeeperQuorum", server.Addr())
}

var everybody = zk.WorldACL(zk.PermAll)

func TestHBaseByARealZooKeeper(t *testing.T) {
	t.Parallel()
	sent := make(chan string, 1)
	addr := master(t, masterRuns, sent)
	c := register(t, "/hbase", masterNode(addr), everybody).check(t, prober(probe.Options{}))
	requirePassed(t, c, api.StepResolve, api.StepConnect, api.StepHandshake, api.StepRead, api.StepCluster)
	require.Regexp(t, `^3\.\d+\.\d+$`, find(t, c, api.StepHandshake).Found, "the version of ZooKeeper")
	require.Equal(t, addr.String(), find(t, c, api.StepRead).Found)
	require.Equal(t, addr.String(), find(t, c, api.StepCluster).Found)
	words := <-sent
	require.True(t, strings.HasPrefix(words, "HBas\x00\x50"), "version 0, SIMPLE")
	require.Contains(t, words, "MasterService")
	require.Contains(t, words, "IsMasterRunning")
}

func TestWhatARealZooKeeperKnowsOfHBase(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{})
	t.Run("no master is registered", func(t *testing.T) {
		t.Parallel()
		at := cluster(t, "", nil)
		c := at.check(t, p)
		w := requireWarning(t, c, api.StepRead, "hbase.no_master", "zookeeperQuorum")
		require.Contains(t, at.link["properties"], w.Message.Args["peer"])
		require.Equal(t, api.Skipped, find(t, c, api.StepCluster).Status)
	})
	t.Run("a parent node that is none", func(t *testing.T) {
		t.Parallel()
		at := hbaseLink.with("properties", `{"zookeeper.znode.parent":"hbase"}`)
		requireFailure(t, at.check(t, p), api.StepResolve, "input", "properties")
	})
	t.Run("a node that this check may not read", func(t *testing.T) {
		t.Parallel()
		at := cluster(t, "secret", zk.DigestACL(zk.PermAll, "hbase", "hbase"))
		requireFailure(t, at.check(t, p), api.StepRead, "zookeeper.no_right", "zookeeperQuorum")
	})
	for name, data := range map[string]string{
		"of something else":  "here I am",
		"of HBase 0.94":      "\xff\x00\x00\x00\x03abchost,60000,1700000000",
		"that is cut":        "\xff\x00\x00\xff\xff",
		"with a long writer": "\xff\xff\xff\xff\xffPBUF",
		"without a server":   "PBUF" + pb(2, 0),
		"that is no message": "PBUF\xff\xff\xff",
	} {
		t.Run("a node "+name, func(t *testing.T) {
			t.Parallel()
			requireFailure(t, cluster(t, data, everybody).check(t, p), api.StepRead, "hbase.odd_master", "zookeeperQuorum")
		})
	}
	for name, at := range map[string]*net.TCPAddr{
		"that has gone":                         {IP: net.IPv4(127, 0, 0, 1), Port: 1},
		"at an address that the policy refuses": {IP: net.IPv4(169, 254, 169, 254), Port: 80},
	} {
		t.Run("a master "+name, func(t *testing.T) {
			t.Parallel()
			c := cluster(t, masterNode(at), everybody).check(t, p)
			f := requireFailure(t, c, api.StepCluster, "hbase.master_unreachable", "zookeeperQuorum")
			require.Equal(t, at.String(), f.Message.Args["peer"])
			require.Empty(t, f.Detail, "what is behind the addresses that a quorum names is nobody's business")
		})
	}
}

func TestAnswersOfHBaseMasters(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{})
	for _, c := range []struct{ name, answer, reason, path string }{
		{"that demands Kerberos", frameOf(pb(1, 1<<32-1, 2, pb(1, "org.apache.hadoop.hbase.security.AccessDeniedException"))), "hadoop.kerberos_required", "authType"},
		{"that is starting", frameOf(pb(1, 1, 2, pb(1, "org.apache.hadoop.hbase.ipc.ServerNotRunningYetException"))), "server.not_ready", ""},
	} {
		t.Run("stand-in master "+c.name, func(t *testing.T) {
			t.Parallel()
			at := cluster(t, masterNode(master(t, c.answer, nil)), everybody)
			requireFailure(t, at.check(t, p), api.StepCluster, c.reason, c.path)
		})
	}
	for name, answer := range map[string]string{
		"with another exception": frameOf(pb(1, 1, 2, pb(1, "java.io.IOException"))),
		"that says garbage":      strings.Repeat("\xde\xad\xbe\xef", 99),
	} {
		t.Run("stand-in master "+name, func(t *testing.T) {
			t.Parallel()
			at := cluster(t, masterNode(master(t, answer, nil)), everybody)
			requireWarning(t, at.check(t, p), api.StepCluster, "hbase.odd_answer", "zookeeperQuorum")
		})
	}
	t.Run("stand-in master of CloudTable is connected to, and not asked", func(t *testing.T) {
		t.Parallel()
		sent := make(chan string, 1)
		at := cluster(t, masterNode(master(t, "", sent)), everybody).with("hbaseType", "CloudTable")
		require.Equal(t, api.Passed, at.with("iamAuth", "false").check(t, p).Status)
		c := at.with("iamAuth", "true", "accessKey", "AK").check(t, p)
		requireWarning(t, c, api.StepSignIn, "hbase.iam_not_checked", "accessKey")
		require.Empty(t, sent)
	})
	t.Run("stand-in master with Kerberos is connected to, and not asked", func(t *testing.T) {
		t.Parallel()
		sent := make(chan string, 1)
		at := withKeytab(t, cluster(t, masterNode(master(t, "", sent)), everybody))
		c := at.check(t, prober(probe.Options{Resolver: nowhere()}))
		require.Equal(t, api.Warned, c.Status)
		require.Equal(t, api.Passed, find(t, c, api.StepCluster).Status)
		require.Equal(t, "check.kerberos.not_signed_in", find(t, c, api.StepSignIn).Message.Key)
		require.Empty(t, sent)
	})
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
