//go:build unix

package testserver

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// ZooKeeper returns the shared ZooKeeper server, starting it if this is the
// first test to ask. It lets everybody in, and tests share its tree: each
// keeps to nodes of its own. Settings are lines of zoo.cfg. Without Debian's
// zookeeper the test is skipped, or fails when the environment has CI set.
func ZooKeeper(t testing.TB, opts ...Option) *Server {
	t.Helper()
	return shared(t, "zookeeper", startZooKeeper, opts)
}

// zooKeeperJars are what the server needs of Debian's packages.
var zooKeeperJars = []string{"zookeeper", "zookeeper-jute", "slf4j-api", "slf4j-simple", "snappy-java", "metrics-core", "netty-all"}

func startZooKeeper(o options) (*Server, error) {
	java, err := exec.LookPath("java")
	if err != nil {
		return nil, missingError{"default-jre-headless"}
	}
	var jars []string
	for _, name := range zooKeeperJars {
		jar := filepath.Join("/usr/share/java", name+".jar")
		if _, err := os.Stat(jar); err != nil {
			return nil, missingError{"zookeeper"}
		}
		jars = append(jars, jar)
	}
	h, err := newHome("zookeeper", "KILL", nil)
	if err != nil {
		return nil, err
	}
	s := &Server{Host: "127.0.0.1", exec: pingZooKeeper, home: h}
	return launch(s, func() (*process, error) {
		cfg, err := h.write("zoo.cfg", zooKeeperConfig(h, s, o))
		if err != nil {
			return nil, err
		}
		return h.start(java, "-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", strings.Join(jars, ":"),
			"org.apache.zookeeper.server.ZooKeeperServerMain", cfg)
	})
}

func zooKeeperConfig(h *home, s *Server, o options) string {
	lines := []string{
		"tickTime=2000", "maxClientCnxns=0", "admin.enableServer=false", "dataDir=" + filepath.Join(h.dir, "data"),
		"clientPortAddress=" + s.Host, "clientPort=" + strconv.Itoa(s.Port),
	}
	return strings.Join(append(lines, o.settings...), "\n") + "\n"
}

// pingZooKeeper asks whether the server serves. It takes no statements.
func pingZooKeeper(ctx context.Context, s *Server, _ []string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.Addr())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	if _, err := io.WriteString(conn, "srvr"); err != nil {
		return err
	}
	answer, err := io.ReadAll(conn)
	if err != nil || strings.Contains(string(answer), "not currently serving") {
		return fmt.Errorf("not serving: %q: %w", answer, err)
	}
	return nil
}
