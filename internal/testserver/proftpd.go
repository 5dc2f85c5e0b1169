//go:build unix

package testserver

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/textproto"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

// ProFTPD returns the shared FTP server, starting it if this is the first
// test to ask. User and Password are an account of its own, whose home folder
// has three entries; the account "homeless", with the same password, has none.
// Settings are directives, as "MaxClients=1". Without Debian's proftpd-core
// the test is skipped, or fails when the environment has CI set.
func ProFTPD(t testing.TB, opts ...Option) *Server {
	t.Helper()
	return shared(t, "proftpd", startProFTPD, opts)
}

func startProFTPD(o options) (*Server, error) {
	const binary = "/usr/sbin/proftpd"
	if _, err := os.Stat(binary); err != nil {
		return nil, missingError{"proftpd-core"}
	}
	unprivileged, err := notRoot()
	if err != nil {
		return nil, err
	}
	h, err := newHome("proftpd", "KILL", unprivileged)
	if err != nil {
		return nil, err
	}
	s := &Server{Host: "127.0.0.1", User: "ann", Password: "pw-" + rand.Text(), exec: pingFTP, home: h}
	who, err := prepareProFTPD(h, s)
	if err != nil {
		return nil, err
	}
	return launch(s, func() (*process, error) {
		cfg, err := h.write("proftpd.conf", who+proFTPDConfig(h, s, o))
		if err != nil {
			return nil, err
		}
		return h.start(binary, "--nodaemon", "--quiet", "--config", cfg)
	})
}

// prepareProFTPD makes the accounts, which exist in this server alone and have
// the rights of the user that it runs as, and returns the directives that name
// this user.
func prepareProFTPD(h *home, s *Server) (string, error) {
	hash, err := bcrypt.GenerateFromPassword([]byte(s.Password), bcrypt.MinCost)
	if err != nil {
		return "", err
	}
	for _, name := range []string{"in", "out", "done"} {
		if err := os.MkdirAll(filepath.Join(h.dir, "files", name), 0o755); err != nil { //nolint:gosec // read by the server's user
			return "", err
		}
	}
	who, group, err := h.owner()
	if err != nil {
		return "", err
	}
	passwd := ""
	for name, folder := range map[string]string{s.User: "files", "homeless": "gone"} {
		passwd += fmt.Sprintf("%s:%s:%s:%s::%s:/bin/false\n", name, hash, who.Uid, who.Gid, filepath.Join(h.dir, folder))
	}
	if _, err := h.write("passwd", passwd); err != nil {
		return "", err
	}
	_, err = h.write("group", "files:x:"+who.Gid+":\n")
	return "User " + who.Username + "\nGroup " + group.Name + "\n", err
}

// owner is the user that a server runs as, and its group.
func (h *home) owner() (*user.User, *user.Group, error) {
	id := os.Geteuid()
	if h.user != nil {
		id = int(h.user.Uid)
	}
	who, err := user.LookupId(strconv.Itoa(id))
	if err != nil {
		return nil, nil, err
	}
	group, err := user.LookupGroupId(who.Gid)
	return who, group, err
}

func proFTPDConfig(h *home, s *Server, o options) string {
	lines := []string{
		"ServerType standalone", "ServerName Switchboard", "UseIPv6 off", "UseReverseDNS off",
		"DefaultAddress " + s.Host, "SocketBindTight on", "Port " + strconv.Itoa(s.Port),
		"AuthOrder mod_auth_file.c", "AuthUserFile " + filepath.Join(h.dir, "passwd"), "AuthGroupFile " + filepath.Join(h.dir, "group"),
		"RequireValidShell off", "WtmpLog off", "TransferLog NONE", "SystemLog NONE", "CapabilitiesEngine off",
		"PidFile " + filepath.Join(h.dir, "pid"), "ScoreboardFile " + filepath.Join(h.dir, "scoreboard"),
		"ControlsEngine off", "DelayEngine off", "MaxInstances 30",
	}
	for _, setting := range o.settings {
		lines = append(lines, strings.Replace(setting, "=", " ", 1))
	}
	return strings.Join(lines, "\n") + "\n"
}

// pingFTP asks whether the server greets. It takes no statements.
func pingFTP(ctx context.Context, s *Server, _ []string) error {
	return greets(ctx, s, func(c *textproto.Conn) error {
		_, _, err := c.ReadResponse(220)
		return err
	})
}

// greets connects to a server and lets hello judge its first words.
func greets(ctx context.Context, s *Server, hello func(*textproto.Conn) error) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.Addr())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	return hello(textproto.NewConn(conn))
}
