//go:build unix

package testserver

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Samba returns the shared SMB server, starting it if this is the first test
// to ask. It is on port 445, because links to shares know no other, of a
// loopback address of its own. User has the name of an account that every
// machine has, but a password that only this server knows, and may use the
// share "files" with the folders "in" and "out"; "closed" is for somebody
// else, "public" for guests, too. Settings are global ones of smb.conf, and
// Exec takes arguments of pdbedit. Where Debian's samba, or the right to
// listen to such a port, is missing the test is skipped, or fails when the
// environment has CI set.
func Samba(t testing.TB, opts ...Option) *Server {
	t.Helper()
	return shared(t, "samba", startSamba, opts)
}

const smbPort = 445

func startSamba(o options) (*Server, error) {
	const binary = "/usr/sbin/smbd"
	if _, err := os.Stat(binary); err != nil {
		return nil, missingError{"samba"}
	}
	host, err := freeHost(smbPort)
	if err != nil {
		return nil, err
	}
	h, err := newHome("samba", "TERM", nil) // which ends the processes for connections, too
	if err != nil {
		return nil, err
	}
	s := &Server{Host: host, Port: smbPort, User: "daemon", Password: "pw-" + rand.Text(), exec: execSamba, home: h}
	cfg, err := prepareSamba(h, s, o)
	if err != nil {
		return nil, err
	}
	p, err := h.start(binary, "--foreground", "--no-process-group", "--configfile="+cfg)
	if err != nil {
		return nil, err
	}
	return s, p.await(func(ctx context.Context) error { return s.exec(ctx, s, nil) })
}

// prepareSamba makes the folders and the account, and returns the server's
// settings.
func prepareSamba(h *home, s *Server, o options) (string, error) {
	for _, name := range []string{"files/in/a b", "files/out", "state"} {
		if err := os.MkdirAll(filepath.Join(h.dir, name), 0o700); err != nil {
			return "", err
		}
	}
	cfg, err := h.write("smb.conf", sambaConfig(h, s, o))
	if err != nil {
		return "", err
	}
	add := h.command("smbpasswd", "-c", cfg, "-a", "-s", s.User)
	add.Stdin = strings.NewReader(s.Password + "\n" + s.Password + "\n")
	if out, err := add.CombinedOutput(); err != nil {
		return "", fmt.Errorf("smbpasswd: %w\n%s", err, out)
	}
	return cfg, nil
}

func sambaConfig(h *home, s *Server, o options) string {
	state, files := filepath.Join(h.dir, "state"), filepath.Join(h.dir, "files")
	lines := []string{
		"[global]", "workgroup = SWITCHBOARD", "netbios name = FILES", "server role = standalone server",
		"interfaces = " + s.Host + "/8", "bind interfaces only = yes", "smb ports = " + strconv.Itoa(s.Port), "disable netbios = yes",
		"passdb backend = tdbsam:" + filepath.Join(h.dir, "passdb.tdb"), "log file = " + filepath.Join(h.dir, "smbd.log"),
		"load printers = no", "printing = bsd", "printcap name = /dev/null", "disable spoolss = yes",
		"rpc start on demand helpers = no", // they would outlive the server, and shares need none
	}
	for _, name := range []string{"private dir", "lock directory", "state directory", "cache directory", "pid directory", "ncalrpc dir"} {
		lines = append(lines, name+" = "+state)
	}
	lines = append(lines, o.settings...)
	lines = append(lines,
		"[files]", "path = "+files, "force user = root", "guest ok = no", "valid users = "+s.User,
		"[closed]", "path = "+files, "force user = root", "guest ok = no", "valid users = root",
		"[public]", "path = "+files, "force user = root", "guest ok = yes",
	)
	return strings.Join(lines, "\n") + "\n"
}

// execSamba changes accounts: a statement is arguments of pdbedit. Without any
// it asks whether the server accepts connections.
func execSamba(ctx context.Context, s *Server, stmts []string) error {
	for _, stmt := range stmts {
		args := append([]string{"-s", filepath.Join(s.home.dir, "smb.conf")}, strings.Fields(stmt)...)
		if out, err := exec.CommandContext(ctx, "pdbedit", args...).CombinedOutput(); err != nil { //nolint:gosec // tests run servers
			return fmt.Errorf("pdbedit: %w\n%s", err, out)
		}
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.Addr())
	if err != nil {
		return err
	}
	return conn.Close()
}

// freeHost finds a loopback address on which nobody listens to a port.
func freeHost(port int) (string, error) {
	var err error
	for range startAttempts {
		var n [3]byte
		_, _ = rand.Read(n[:])
		host := net.IPv4(127, n[0]|1, n[1], n[2]|1).String()
		var l net.Listener
		l, err = new(net.ListenConfig).Listen(context.Background(), "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
		if err == nil {
			return host, l.Close()
		}
	}
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EADDRNOTAVAIL) {
		return "", missingError{fmt.Sprintf("what you like, but the test must be allowed to listen to port %d of 127.0.0.0/8 (root on Linux is)", port)}
	}
	return "", err
}
