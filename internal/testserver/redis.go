//go:build unix

package testserver

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Redis returns the shared Redis server, starting it if this is the first test
// to ask. Statements of Exec are commands with their arguments, separated by
// spaces. Settings are those of redis.conf; of the usual ones are requirepass
// (empty: no password, and Password is empty) and user. Without Debian's
// redis-server the test is skipped, or fails when the environment has CI set.
func Redis(t testing.TB, opts ...Option) *Server {
	t.Helper()
	return shared(t, "redis", startRedis, opts)
}

// RedisCluster returns the shared cluster of three masters by the first of
// them; CLUSTER SLOTS names the others. Settings are the third one's.
func RedisCluster(t testing.TB, opts ...Option) *Server {
	t.Helper()
	return shared(t, "redis-cluster", startRedisCluster, opts)
}

func startRedis(o options) (*Server, error) { return startRedisNode(rand.Text(), o) }

func startRedisNode(password string, o options) (*Server, error) {
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, missingError{"redis-server"}
	}
	h, err := newHome("redis", "KILL", nil)
	if err != nil {
		return nil, err
	}
	s := &Server{Host: "127.0.0.1", Password: password, exec: pingRedis, home: h}
	for _, setting := range o.settings {
		if value, ok := strings.CutPrefix(setting, "requirepass="); ok {
			s.Password = value
		}
	}
	_, err = launch(s, func() (*process, error) {
		config, err := h.write("redis.conf", redisConfig(s, o))
		if err != nil {
			return nil, err
		}
		return h.start(binary, config)
	})
	s.exec = execRedis
	return s, err
}

func redisConfig(s *Server, o options) string {
	lines := []string{
		"bind " + s.Host, "port " + strconv.Itoa(s.Port), "dir " + s.home.dir, "save \"\"", "appendonly no", "daemonize no",
		fmt.Sprintf("requirepass %q", s.Password), fmt.Sprintf("masterauth %q", s.Password),
	}
	for _, setting := range o.settings {
		name, value, _ := strings.Cut(setting, "=")
		if name != "requirepass" {
			lines = append(lines, name+" "+value)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// pingRedis asks whether the server serves; a node of a cluster has no SELECT.
// The client would log that nobody listens yet.
func pingRedis(ctx context.Context, s *Server, _ []string) error {
	if err := listens(ctx, s, nil); err != nil {
		return err
	}
	return execRedis(ctx, s, []string{"PING"})
}

func execRedis(ctx context.Context, s *Server, stmts []string) error {
	client := redisClient(s)
	for _, stmt := range stmts {
		var words []any
		for word := range strings.FieldsSeq(stmt) {
			words = append(words, word)
		}
		if err := client.Do(ctx, words...).Err(); err != nil {
			return cmp.Or(fmt.Errorf("%s: %w", stmt, err), client.Close())
		}
	}
	return client.Close()
}

func redisClient(s *Server) *redis.Client {
	return redis.NewClient(&redis.Options{
		Addr: s.Addr(), Password: s.Password, Protocol: 2, MaxRetries: -1, DialerRetries: 1, PoolSize: 1,
		ContextTimeoutEnabled: true, DisableIdentity: true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
}

// startRedisCluster starts the nodes, divides the slots among them, and waits
// until they have found each other.
func startRedisCluster(o options) (*Server, error) {
	password := rand.Text()
	nodes, buses := make([]*Server, 3), make([]int, 3)
	for i := range nodes {
		bus, err := freePort() // the usual one, ten thousand above, may be taken or too high
		if err != nil {
			return nil, err
		}
		of := options{settings: []string{"cluster-enabled=yes", "cluster-node-timeout=5000", "cluster-port=" + strconv.Itoa(bus)}}
		if i == 2 {
			of.settings = append(of.settings, o.settings...)
		}
		if nodes[i], err = startRedisNode(password, of); err != nil {
			return nil, err
		}
		buses[i] = bus
	}
	nodes[0].home.leash = leashes{nodes[0].home.leash, nodes[1].home.leash, nodes[2].home.leash}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for i, node := range nodes {
		first, last := i*16384/3, (i+1)*16384/3-1
		commands := []string{
			fmt.Sprintf("CLUSTER SET-CONFIG-EPOCH %d", i+1), // or they would have to agree on who is older
			fmt.Sprintf("CLUSTER ADDSLOTSRANGE %d %d", first, last),
		}
		if i > 0 {
			commands = append(commands, fmt.Sprintf("CLUSTER MEET %s %d %d", nodes[0].Host, nodes[0].Port, buses[0]))
		}
		if err := execRedis(ctx, node, commands); err != nil {
			return nil, err
		}
	}
	running := &process{exited: make(chan struct{})} // nobody ends it
	return nodes[0], running.await(func(ctx context.Context) error {
		for _, node := range nodes {
			if err := redisJoined(ctx, node, len(nodes)); err != nil {
				return err
			}
		}
		return nil
	})
}

// leashes are those of servers that stay for as long as the first of them.
type leashes []io.Closer

func (l leashes) Close() error {
	var errs []error
	for _, leash := range l {
		errs = append(errs, leash.Close())
	}
	return errors.Join(errs...)
}

// redisJoined says why a node is not yet a working part of the cluster.
func redisJoined(ctx context.Context, node *Server, size int) error {
	client := redisClient(node)
	defer func() { _ = client.Close() }()
	info, err := client.ClusterInfo(ctx).Result()
	if err != nil {
		return err
	}
	if !strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, fmt.Sprintf("cluster_known_nodes:%d", size)) {
		return fmt.Errorf("not a cluster yet: %s", info)
	}
	return nil
}
