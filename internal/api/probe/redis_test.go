package probe_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

var redisSteps = []api.StepName{
	api.StepResolve, api.StepConnect, api.StepHandshake, api.StepSignIn, api.StepCluster, api.StepDatabase, api.StepVersion,
}

func redisLinkTo(s *testserver.Server) listLink {
	return redisLink.at(s.Addr()).with("password", s.Password)
}

func TestRedis(t *testing.T) {
	t.Parallel()
	server := testserver.Redis(t)
	good := redisLinkTo(server)
	p := prober(probe.Options{})

	t.Run("a good link passes step by step", func(t *testing.T) {
		t.Parallel()
		for _, index := range []string{"0", "15", "07"} {
			c := good.with("dbIndex", index).check(t, p)
			requirePassed(t, c, redisSteps...)
			require.Equal(t, server.Addr(), find(t, c, api.StepConnect).Found)
			require.Equal(t, "standalone", find(t, c, api.StepCluster).Found)
			require.Regexp(t, `^\d+\.\d+\.\d+$`, find(t, c, api.StepVersion).Found)
		}
		require.Equal(t, "7", find(t, good.with("dbIndex", "07").check(t, p), api.StepDatabase).Found)
	})
	t.Run("of several servers one is enough, and the other is a warning", func(t *testing.T) {
		t.Parallel()
		gone := closedPort(t)
		s := requireWarning(t, good.at(gone, server.Addr()).check(t, p), api.StepConnect, "connect.some", "serverlist")
		require.Equal(t, gone, s.Message.Args["peer"])
	})
	t.Run("what is behind a proxy is not asked for", func(t *testing.T) {
		t.Parallel()
		for _, index := range []string{"0", "3"} {
			c := good.with("deploymentMode", "Proxy", "dbIndex", index).check(t, p)
			requirePassed(t, c, api.StepResolve, api.StepConnect, api.StepHandshake, api.StepSignIn, api.StepDatabase, api.StepVersion)
			require.Equal(t, index, find(t, c, api.StepDatabase).Found)
		}
	})
	t.Run("wrong password", func(t *testing.T) {
		t.Parallel()
		f := requireFailure(t, good.with("password", "wrong-canary").check(t, p), api.StepSignIn, "redis.wrong_password", "password")
		require.Contains(t, f.Detail, "WRONGPASS")
	})
	t.Run("no password where one is needed", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, good.with("password", "").check(t, p), api.StepSignIn, "redis.password_missing", "password")
	})
	t.Run("an index that the server does not have", func(t *testing.T) {
		t.Parallel()
		f := requireFailure(t, good.with("dbIndex", "16").check(t, p), api.StepDatabase, "redis.no_index", "dbIndex")
		require.Equal(t, "16", f.Message.Args["database"])
	})
	t.Run("a cluster is wanted and the server is none", func(t *testing.T) {
		t.Parallel()
		c := good.with("deploymentMode", "Cluster").check(t, p)
		requireFailure(t, c, api.StepCluster, "redis.not_cluster", "deploymentMode")
	})
}

func TestRedisWithoutPassword(t *testing.T) {
	t.Parallel()
	server := testserver.Redis(t, testserver.Setting("requirepass", ""))
	good, p := redisLinkTo(server), prober(probe.Options{})
	t.Run("it refuses one", func(t *testing.T) {
		t.Parallel()
		c := good.with("password", "canary-7yq").check(t, p)
		f := requireFailure(t, c, api.StepSignIn, "redis.password_needless", "password")
		require.Contains(t, f.Detail, "without any password configured")
	})
	t.Run("it lets in who has none", func(t *testing.T) {
		t.Parallel()
		requirePassed(t, good.check(t, p), redisSteps...)
	})
}

func TestRedisWithRights(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{})
	with := func(t *testing.T, rights, password string) listLink { // a name for ACL makes it a server of its own
		s := testserver.Redis(t, testserver.Setting("requirepass", password), testserver.Setting("rename-command", "ACL ACL"+rights))
		s.Exec(t, "ACL"+rights+" SETUSER default "+rights)
		return redisLinkTo(s)
	}
	t.Run("a user who may not choose the database", func(t *testing.T) {
		t.Parallel()
		f := requireFailure(t, with(t, "-select", "canary-7yq").check(t, p), api.StepDatabase, "redis.no_right", "dbIndex")
		require.Contains(t, f.Detail, "NOPERM")
	})
	t.Run("a user who may not ask about the server", func(t *testing.T) {
		t.Parallel()
		c := with(t, "-info", "canary-7yq").check(t, p)
		require.Equal(t, api.Warned, c.Status)
		for _, name := range []api.StepName{api.StepCluster, api.StepVersion} {
			require.Equal(t, "check.redis.no_info", find(t, c, name).Message.Key, "what was not found out is said")
		}
	})
	t.Run("a user who may not even greet", func(t *testing.T) {
		t.Parallel()
		requirePassed(t, with(t, "-ping", "").check(t, p), redisSteps...)
	})
}

func TestRedisThatHasEnoughClients(t *testing.T) {
	t.Parallel()
	server := testserver.Redis(t, testserver.Setting("maxclients", "1"))
	conn, err := net.Dial("tcp", server.Addr())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	_, err = io.WriteString(conn, "PING\r\n")
	require.NoError(t, err)
	answer, err := bufio.NewReader(conn).ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, answer, "NOAUTH", "the one place is taken")
	c := redisLinkTo(server).check(t, prober(probe.Options{}))
	requireFailure(t, c, api.StepHandshake, "server.too_many_connections", "")
}

func TestRedisCluster(t *testing.T) {
	t.Parallel()
	server := testserver.RedisCluster(t)
	good := redisLinkTo(server).with("deploymentMode", "Cluster")
	p := prober(probe.Options{})

	t.Run("a good link passes, and every node was reached", func(t *testing.T) {
		t.Parallel()
		c := good.check(t, p)
		requirePassed(t, c, redisSteps...)
		require.Equal(t, "3/3", find(t, c, api.StepCluster).Found)
	})
	t.Run("wrong password", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, good.with("password", "wrong-canary").check(t, p), api.StepSignIn, "redis.wrong_password", "password")
	})
	t.Run("a cluster has database 0 only", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, good.with("dbIndex", "1").check(t, p), api.StepDatabase, "redis.cluster_index", "dbIndex")
	})
	t.Run("a single server is wanted and it is a cluster", func(t *testing.T) {
		t.Parallel()
		c := good.with("deploymentMode", "Single").check(t, p)
		requireFailure(t, c, api.StepCluster, "redis.is_cluster", "deploymentMode")
	})
}

func TestRedisClusterWithANodeOutOfReach(t *testing.T) {
	t.Parallel()
	server := testserver.RedisCluster(t, testserver.Setting("cluster-announce-port", "1"))
	good := redisLinkTo(server).with("deploymentMode", "Cluster")
	unreachable := requireFailure(t, good.check(t, prober(probe.Options{})), api.StepCluster, "redis.lost_master", "serverlist")
	require.Equal(t, "127.0.0.1:1", unreachable.Message.Args["peer"])
	require.Equal(t, "2/3", unreachable.Found)

	refused := requireFailure(t, good.check(t, prober(probe.Options{Own: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:1")}})),
		api.StepCluster, "redis.lost_master", "serverlist")
	refused.Took = unreachable.Took
	require.Equal(t, unreachable, refused, "nobody learns that the policy refuses it")
}

func TestRedisClusterThatIsNotComplete(t *testing.T) {
	t.Parallel()
	server := testserver.Redis(t, testserver.Setting("cluster-enabled", "yes"))
	c := redisLinkTo(server).with("deploymentMode", "Cluster").check(t, prober(probe.Options{}))
	requireFailure(t, c, api.StepCluster, "redis.cluster_down", "")
}

// fakeRedis is a stand-in that answers commands by their first two words, or
// one; what it was not told about is fine.
func fakeRedis(t testing.TB, answers map[string]string) string {
	return standIn(t, func(conn net.Conn) {
		for r := bufio.NewReader(conn); ; {
			words, err := readRedis(r)
			if err != nil {
				return
			}
			name := strings.Join(words[:min(2, len(words))], " ")
			answer, ok := answers[name]
			if !ok {
				answer, ok = answers[words[0]]
			}
			if !ok {
				answer = "+OK\r\n"
			}
			if _, err := io.WriteString(conn, answer); err != nil || answer == "" {
				return
			}
		}
	}).String()
}

func readRedis(r *bufio.Reader) ([]string, error) {
	var n, size int
	if _, err := fmt.Fscanf(r, "*%d\r\n", &n); err != nil {
		return nil, err
	}
	words := make([]string, n)
	for i := range words {
		if _, err := fmt.Fscanf(r, "$%d\r\n", &size); err != nil {
			return nil, err
		}
		word := make([]byte, size+2)
		if _, err := io.ReadFull(r, word); err != nil {
			return nil, err
		}
		words[i] = string(word[:size])
	}
	return words, nil
}

func redisBulk(text string) string { return fmt.Sprintf("$%d\r\n%s\r\n", len(text), text) }

// redisRange is a range of slots with its nodes, as CLUSTER SLOTS has them.
func redisRange(nodes ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n:0\r\n:16383\r\n", 2+len(nodes))
	for _, node := range nodes {
		host, port, _ := net.SplitHostPort(node)
		fmt.Fprintf(&b, "*3\r\n%s:%s\r\n%s", redisBulk(host), port, redisBulk("id"))
	}
	return b.String()
}

func TestWhatRedisRefuses(t *testing.T) {
	t.Parallel()
	open := map[string]string{"PING": "+PONG\r\n"}
	for _, c := range []struct {
		name    string
		answers map[string]string
		step    api.StepName
		reason  string
		path    string
	}{
		{"stand-in that is loading", map[string]string{"PING": "-LOADING Redis is loading the dataset in memory\r\n"}, api.StepHandshake, "server.not_ready", ""},
		{"stand-in in protected mode", map[string]string{"PING": "-DENIED Redis is running in protected mode\r\n"}, api.StepHandshake, "redis.protected", "serverlist"},
		{"stand-in for Redis 5, wrong password", map[string]string{"PING": "-NOAUTH Authentication required.\r\n", "AUTH": "-ERR invalid password\r\n"},
			api.StepSignIn, "redis.wrong_password", "password"},
		{"stand-in for Redis 5, needless password", map[string]string{"PING": "+PONG\r\n", "AUTH": "-ERR Client sent AUTH, but no password is set\r\n"},
			api.StepSignIn, "redis.password_needless", "password"},
		{"stand-in for Sentinel", map[string]string{"PING": "+PONG\r\n", "INFO": redisBulk("# Server\r\nredis_mode:sentinel\r\n")},
			api.StepCluster, "redis.is_sentinel", "serverlist"},
		{"stand-in for a cluster that does not let the user ask about it", map[string]string{"PING": "+PONG\r\n", "CLUSTER INFO": "-NOPERM this user has no permissions\r\n"},
			api.StepCluster, "redis.no_right", "deploymentMode"},
		{"stand-in that answers a list for a text", map[string]string{"PING": "+PONG\r\n", "INFO": "*1\r\n:1\r\n"}, api.StepCluster, "peer.garbled", "serverlist"},
		{"stand-in that is a replica without its master", map[string]string{"PING": "+PONG\r\n", "INFO": redisBulk("redis_mode:standalone\r\n"),
			"SELECT": "-MASTERDOWN Link with MASTER is down\r\n"}, api.StepDatabase, "server.not_ready", ""},
		{"stand-in that hangs up on the password", map[string]string{"PING": "+PONG\r\n", "AUTH": ""}, api.StepSignIn, "dropped", ""},
		{"stand-in that has an error of its own", map[string]string{"PING": "+PONG\r\n", "AUTH": "-ERR odd\r\n"}, api.StepSignIn, "unexpected", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := redisLink.at(fakeRedis(t, c.answers))
			if c.answers["CLUSTER INFO"] != "" {
				l = l.with("deploymentMode", "Cluster")
			}
			requireFailure(t, l.check(t, prober(probe.Options{})), c.step, c.reason, c.path)
		})
	}
	t.Run("stand-in that is silent after its greeting", func(t *testing.T) {
		t.Parallel()
		c := redisLink.at(standIn(t, says("+PONG\r\n")).String()).check(t, prober(probe.Options{Timeout: little}))
		requireFailure(t, c, api.StepSignIn, "timeout", "serverlist")
	})
	t.Run("stand-in for a proxy in front of a cluster", func(t *testing.T) {
		t.Parallel()
		answers := map[string]string{"PING": open["PING"], "EXISTS": "-MOVED 1 127.0.0.1:7000\r\n"}
		c := redisLink.with("deploymentMode", "Proxy").at(fakeRedis(t, answers)).check(t, prober(probe.Options{}))
		requireFailure(t, c, api.StepDatabase, "redis.is_cluster", "deploymentMode")
	})
}

func TestNodesOfARedisCluster(t *testing.T) {
	t.Parallel()
	silent := standIn(t, says("")).String()
	check := func(t *testing.T, slots string) api.Check {
		c := fakeRedis(t, map[string]string{
			"PING": "+PONG\r\n", "CLUSTER INFO": redisBulk("cluster_state:ok\r\n"), "CLUSTER SLOTS": slots, "INFO": redisBulk("redis_version:7.0.0\r\n"),
		})
		return redisLink.with("deploymentMode", "Cluster").at(c).check(t, prober(probe.Options{Timeout: 10 * little, Resolver: stuckResolver{}}))
	}
	t.Run("stand-in with a replica out of reach, which takes no key away", func(t *testing.T) {
		t.Parallel()
		gone := closedPort(t)
		s := requireWarning(t, check(t, "*1\r\n"+redisRange(silent, gone)), api.StepCluster, "redis.lost_replica", "serverlist")
		require.Equal(t, gone, s.Message.Args["peer"])
		require.Equal(t, "1/2", s.Found)
	})
	t.Run("stand-in that names itself by nothing, as it does before it knows its address", func(t *testing.T) {
		t.Parallel()
		c := check(t, "*1\r\n"+redisRange(silent, silent))
		require.Equal(t, api.Passed, c.Status)
		require.Equal(t, "1/1", find(t, c, api.StepCluster).Found, "a node is counted once")
	})
	t.Run("stand-in with a master whose name is not resolved in time, which leaves time to say so", func(t *testing.T) {
		t.Parallel()
		c := check(t, "*1\r\n"+redisRange("node.example:7000", silent))
		requireFailure(t, c, api.StepCluster, "redis.lost_master", "serverlist")
	})
	t.Run("stand-in that names a whole network", func(t *testing.T) {
		t.Parallel()
		var many []string
		for i := range 300 {
			many = append(many, fmt.Sprintf("127.0.0.1:%d", 2+i))
		}
		f := requireFailure(t, check(t, "*1\r\n"+redisRange(many...)), api.StepCluster, "redis.lost_master", "serverlist")
		require.Equal(t, "0/300", f.Found)
		require.Equal(t, 3, strings.Count(f.Message.Args["peer"].(string), "127.0.0.1:"), "a few are named")
	})
	t.Run("stand-in for a cluster of more nodes than a check connects to (fake resolver)", func(t *testing.T) {
		t.Parallel()
		_, port, _ := net.SplitHostPort(silent)
		names := &fakeResolver{answers: map[string][][]string{}}
		var nodes []string
		for i := range 300 {
			names.answers[fmt.Sprintf("node-%d.example", i)] = [][]string{{"127.0.0.1"}}
			nodes = append(nodes, fmt.Sprintf("node-%d.example:%s", i, port))
		}
		at := fakeRedis(t, map[string]string{
			"PING": "+PONG\r\n", "CLUSTER INFO": redisBulk("cluster_state:ok\r\n"), "CLUSTER SLOTS": "*1\r\n" + redisRange(nodes...), "INFO": redisBulk("redis_version:7.0.0\r\n"),
		})
		c := redisLink.with("deploymentMode", "Cluster").at(at).check(t, prober(probe.Options{Resolver: names}))
		require.Equal(t, "256/300", requireWarning(t, c, api.StepCluster, "cluster.many", "serverlist").Found)
	})
	for name, slots := range map[string]string{
		"no range": "*0\r\n", "a range without nodes": "*1\r\n*2\r\n:0\r\n:1\r\n", "a text": "+hello\r\n", "nothing": "*-1\r\n",
		"a node without a port": "*1\r\n*3\r\n:0\r\n:1\r\n*1\r\n$1\r\nx\r\n",
		"a node at port 0":      "*1\r\n" + redisRange("127.0.0.1:0"),
	} {
		t.Run("stand-in whose cluster has "+name, func(t *testing.T) {
			t.Parallel()
			requireFailure(t, check(t, slots), api.StepCluster, "peer.garbled", "serverlist")
		})
	}
}

func TestRedisThatMeansHarm(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"an enormous text":           "$99999999999\r\n",
		"an enormous list":           "*2147483647\r\n",
		"lists in lists":             strings.Repeat("*1\r\n", 1000),
		"a line without end":         "+" + strings.Repeat("x", 8192),
		"a length that is no number": "$ten\r\n",
		"a negative length":          "$-2\r\n",
		"a list without end":         "*2147483647\r\n" + strings.Repeat(":1\r\n", 400_000),
		"an empty line":              "\r\n",
		"a kind of the future":       "%1\r\n+a\r\n+b\r\n",
	} {
		t.Run("stand-in with "+name, func(t *testing.T) {
			t.Parallel()
			at := fakeRedis(t, map[string]string{"PING": "+PONG\r\n", "INFO": answer})
			c := redisLink.at(at).check(t, prober(probe.Options{Timeout: 5 * little}))
			f := c.Failure()
			require.NotNil(t, f, "%+v", c)
			require.Equal(t, api.StepCluster, f.Name)
			require.Contains(t, []string{"check.peer.garbled", "check.unexpected", "check.timeout"}, f.Message.Key)
		})
	}
	t.Run("stand-in that repeats the password", func(t *testing.T) {
		t.Parallel()
		const canary = "canary-7yq-which-is-cut-in-the-middle"
		at := fakeRedis(t, map[string]string{"PING": "+PONG\r\n", "AUTH": "-ERR unknown command `AUTH`, with args beginning with: `" + canary[:20] + "`\r\n"})
		c := redisLink.at(at).with("password", canary).check(t, prober(probe.Options{}))
		f := requireFailure(t, c, api.StepSignIn, "unexpected", "")
		require.Equal(t, "ERR unknown command `AUTH`", f.Detail)
	})
}
