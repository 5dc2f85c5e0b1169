//go:build unix

package testserver

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// SSH is a running SSH server.
type SSH struct{ *Server }

// HostKey is the file of the server's public key of a type, ed25519 or rsa.
func (s SSH) HostKey(kind string) string { return filepath.Join(s.home.dir, kind+".pub") }

// OpenSSH returns the shared SSH server, starting it if this is the first
// test to ask. It shows its host key and asks for a password, but cannot let
// anybody in: it runs without the rights to look passwords up, and the
// machine's accounts are not for tests. Settings are those of sshd_config.
// Without Debian's openssh-server the test is skipped, or fails when the
// environment has CI set.
func OpenSSH(t testing.TB, opts ...Option) SSH {
	t.Helper()
	return SSH{shared(t, "openssh", startOpenSSH, opts)}
}

func startOpenSSH(o options) (*Server, error) {
	const binary = "/usr/sbin/sshd"
	if _, err := os.Stat(binary); err != nil {
		return nil, missingError{"openssh-server"}
	}
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		return nil, missingError{"openssh-client"}
	}
	unprivileged, err := notRoot()
	if err != nil {
		return nil, err
	}
	h, err := newHome("openssh", "KILL", unprivileged)
	if err != nil {
		return nil, err
	}
	for _, kind := range []string{"ed25519", "rsa"} {
		if err := h.run(keygen, "-q", "-t", kind, "-b", "2048", "-N", "", "-C", "", "-f", filepath.Join(h.dir, kind)); err != nil {
			return nil, err
		}
	}
	s := &Server{Host: "127.0.0.1", User: "ann", Password: "pw-" + rand.Text(), exec: pingSSH, home: h}
	return launch(s, func() (*process, error) {
		cfg, err := h.write("sshd_config", openSSHConfig(h, s, o))
		if err != nil {
			return nil, err
		}
		return h.start(binary, "-D", "-e", "-f", cfg)
	})
}

// openSSHConfig writes the settings that a test asked for first, because sshd
// takes the first value that it finds, but the last one of MaxStartups.
func openSSHConfig(h *home, s *Server, o options) string {
	lines := []string{"MaxStartups 100"}
	for _, setting := range o.settings {
		lines = append(lines, strings.Replace(setting, "=", " ", 1))
	}
	lines = append(lines,
		"ListenAddress "+s.Host, "Port "+strconv.Itoa(s.Port), "PidFile none", "UsePAM no", "UseDNS no",
		"HostKey "+filepath.Join(h.dir, "ed25519"), "HostKey "+filepath.Join(h.dir, "rsa"),
		"PasswordAuthentication yes", "KbdInteractiveAuthentication no", "PubkeyAuthentication no",
		"Subsystem sftp internal-sftp",
	)
	return strings.Join(lines, "\n") + "\n"
}

// pingSSH asks whether the server greets. It takes no statements.
func pingSSH(ctx context.Context, s *Server, _ []string) error {
	return greets(ctx, s, func(c *textproto.Conn) error {
		line, err := c.ReadLine()
		if err == nil && !strings.HasPrefix(line, "SSH-2.0-") {
			return fmt.Errorf("not SSH: %q", line)
		}
		return err
	})
}
