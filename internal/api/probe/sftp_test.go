package probe_test

import (
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

func sftpTo(s testserver.SSH) files {
	return sftpLink.with("server", s.Host, "port", strconv.Itoa(s.Port), "username", s.User, "password", s.Password)
}

func TestOpenSSH(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{})

	t.Run("the host key is shown as others show it, and a wrong password is pinned to the password input", func(t *testing.T) {
		t.Parallel()
		server := testserver.OpenSSH(t)
		c := sftpTo(server).check(t, p)
		requireFailure(t, c, api.StepSignIn, "sign_in.wrong_password", "password")
		require.Regexp(t, `^OpenSSH_\d+\.\d`, find(t, c, api.StepHandshake).Found)
		shown, err := exec.Command("ssh-keygen", "-lf", server.HostKey("ed25519")).Output()
		require.NoError(t, err)
		key := find(t, c, api.StepHostKey)
		require.Equal(t, api.Passed, key.Status)
		require.Equal(t, "ssh-ed25519 "+strings.Fields(string(shown))[1], key.Found)
	})
	t.Run("no password", func(t *testing.T) {
		t.Parallel()
		server := testserver.OpenSSH(t)
		requireFailure(t, sftpTo(server).with("password", "").check(t, p), api.StepSignIn, "sign_in.wrong_password", "password")
	})
	t.Run("no passwords, only keys", func(t *testing.T) {
		t.Parallel()
		server := testserver.OpenSSH(t, testserver.Setting("PasswordAuthentication", "no"), testserver.Setting("PubkeyAuthentication", "yes"))
		f := requireFailure(t, sftpTo(server).check(t, p), api.StepSignIn, "ssh.no_password", "username")
		require.Equal(t, "publickey", f.Message.Args["scheme"])
	})
	for setting, value := range map[string]string{
		"KexAlgorithms": "diffie-hellman-group14-sha1", "Ciphers": "aes128-cbc", "MACs": "hmac-sha1-96", "HostKeyAlgorithms": "ssh-rsa",
	} {
		t.Run("broken algorithms only: "+setting, func(t *testing.T) {
			t.Parallel()
			// Some ciphers need no MAC; this one does.
			server := testserver.OpenSSH(t, testserver.Setting(setting, value), testserver.Setting("Ciphers", "aes128-ctr"))
			f := requireFailure(t, sftpTo(server).check(t, p), api.StepHandshake, "ssh.algorithms", "server")
			require.Contains(t, f.Detail, value, "the details say what the server offers")
		})
	}
	t.Run("another host key where there is no better one", func(t *testing.T) {
		t.Parallel()
		server := testserver.OpenSSH(t, testserver.Setting("HostKeyAlgorithms", "rsa-sha2-512"))
		require.Regexp(t, `^ssh-rsa SHA256:`, find(t, sftpTo(server).check(t, p), api.StepHostKey).Found)
	})
	t.Run("too many connections", func(t *testing.T) {
		t.Parallel()
		server := testserver.OpenSSH(t, testserver.Setting("MaxStartups", "1"))
		require.Eventually(t, func() bool { // the one place may still be that of who asked whether the server is ready
			held, err := net.Dial("tcp", server.Addr())
			require.NoError(t, err)
			t.Cleanup(func() { _ = held.Close() })
			first := make([]byte, 1)
			_, err = held.Read(first)
			return err == nil && first[0] == 'S'
		}, enough, 10*time.Millisecond)
		f := requireFailure(t, sftpTo(server).check(t, p), api.StepHandshake, "server.too_many_connections", "")
		require.Contains(t, f.Detail, "MaxStartups")
	})
}

func TestSFTPServerInThisProcess(t *testing.T) {
	t.Parallel()
	const password = "canary-7yq"
	home := t.TempDir()
	for _, file := range []string{"a.csv", "b.csv"} {
		require.NoError(t, os.WriteFile(filepath.Join(home, file), nil, 0o600))
	}
	steps := []api.StepName{api.StepResolve, api.StepConnect, api.StepHandshake, api.StepHostKey, api.StepSignIn, api.StepRead}
	p := prober(probe.Options{})

	t.Run("a good link passes step by step", func(t *testing.T) {
		t.Parallel()
		var tried atomic.Int64
		server := sshServer{config: ssh.ServerConfig{PasswordCallback: passwordIs(password, &tried)}, session: folder(home)}
		c := sftpLink.to(server.start(t)).check(t, p)
		requirePassed(t, c, steps...)
		require.Equal(t, home+" (2)", find(t, c, api.StepRead).Found)
		require.EqualValues(t, 1, tried.Load())
	})
	t.Run("a password that is asked for in the server's own words", func(t *testing.T) {
		t.Parallel()
		server := sshServer{config: ssh.ServerConfig{KeyboardInteractiveCallback: asks("Password: ", password)}, session: folder(home)}
		requirePassed(t, sftpLink.to(server.start(t)).check(t, p), steps...)
	})
	t.Run("a wrong password is tried once, so that the account is not locked", func(t *testing.T) {
		t.Parallel()
		var tried atomic.Int64
		server := sshServer{config: ssh.ServerConfig{PasswordCallback: passwordIs("other", &tried), KeyboardInteractiveCallback: asks("Password: ", "other")}}
		requireFailure(t, sftpLink.to(server.start(t)).check(t, p), api.StepSignIn, "sign_in.wrong_password", "password")
		require.EqualValues(t, 1, tried.Load())
	})
	for name, c := range map[string]struct {
		config       ssh.ServerConfig
		reason, path string
	}{
		"a wrong password, asked for in the server's own words": {
			ssh.ServerConfig{KeyboardInteractiveCallback: asks("Password: ", "other")}, "sign_in.wrong_password", "password"},
		"a password that is asked for again": {
			ssh.ServerConfig{KeyboardInteractiveCallback: asks("Password: ", password, "Password: ", "other")}, "sign_in.wrong_password", "password"},
		"a code besides the password": {
			ssh.ServerConfig{KeyboardInteractiveCallback: asks("Password: ", password, "Code: ", "123456")}, "ssh.second_factor", "username"},
		"a key besides the password": {
			ssh.ServerConfig{PasswordCallback: func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) {
				return nil, &ssh.PartialSuccessError{Next: ssh.ServerAuthCallbacks{PublicKeyCallback: noKey}}
			}}, "ssh.second_factor", "username"},
		"a key only": {ssh.ServerConfig{PublicKeyCallback: noKey}, "ssh.no_password", "username"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireFailure(t, sftpLink.to(sshServer{config: c.config}.start(t)).check(t, p), api.StepSignIn, c.reason, c.path)
		})
	}
	open := ssh.ServerConfig{NoClientAuth: true}
	t.Run("no password asked for", func(t *testing.T) {
		t.Parallel()
		server := sshServer{config: open, session: folder(home)}
		requireWarning(t, sftpLink.to(server.start(t)).check(t, p), api.StepSignIn, "sign_in.not_asked", "password")
	})
	accepted := ssh.ServerConfig{PasswordCallback: passwordIs(password, new(atomic.Int64))}
	t.Run("SSH without SFTP", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, sftpLink.to(sshServer{config: accepted}.start(t)).check(t, p), api.StepRead, "sftp.unavailable", "port")
	})
	t.Run("an account without a shell", func(t *testing.T) {
		t.Parallel()
		server := sshServer{config: accepted, session: func(_ testing.TB, _ string, channel ssh.Channel) bool {
			_, err := io.WriteString(channel, "This account is currently not available.\n")
			return err == nil
		}}
		requireFailure(t, sftpLink.to(server.start(t)).check(t, p), api.StepRead, "sftp.unavailable", "port")
	})
	t.Run("no home folder", func(t *testing.T) {
		t.Parallel()
		server := sshServer{config: accepted, session: folder(filepath.Join(home, "gone"))}
		f := requireFailure(t, sftpLink.to(server.start(t)).check(t, p), api.StepRead, "files.home", "username")
		require.NotEmpty(t, f.Detail)
	})
	t.Run("a session that falls silent", func(t *testing.T) {
		t.Parallel()
		server := sshServer{config: accepted, session: func(_ testing.TB, _ string, channel ssh.Channel) bool {
			_, err := io.Copy(io.Discard, channel)
			return err == nil
		}}
		requireFailure(t, sftpLink.to(server.start(t)).check(t, prober(probe.Options{Timeout: 8 * little})), api.StepRead, "timeout", "server")
	})
	t.Run("a folder that is longer than a check reads", func(t *testing.T) {
		t.Parallel()
		long := t.TempDir()
		for i := range 2500 {
			require.NoError(t, os.WriteFile(filepath.Join(long, strings.Repeat("x", 240)+strconv.Itoa(i)), nil, 0o600))
		}
		c := sftpLink.to(sshServer{config: accepted, session: folder(long)}.start(t)).check(t, p)
		require.Equal(t, api.Passed, c.Status, "%+v", c)
		require.Regexp(t, `\(\d{4}\+\)$`, find(t, c, api.StepRead).Found)
	})
}

func TestSSHServersThatMeanHarmEndTheCheckAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		serve  func(net.Conn)
		step   api.StepName
		reason string
		path   string
	}{
		{"stand-in with the SSH of 1995", says("SSH-1.5-1.2.27\n"), api.StepHandshake, "ssh.algorithms", "server"},
		{"stand-in with a version that is none", says("SSH-\r\n"), api.StepHandshake, "peer.garbled", "port"},
		{"stand-in with a version without end", says("SSH-2.0-" + strings.Repeat("x", 5000)), api.StepHandshake, "peer.garbled", "port"},
		{"stand-in with an enormous packet", says("SSH-2.0-x\r\n\x7f\xff\xff\xff\x04\x14"), api.StepHandshake, "peer.garbled", "port"},
		{"stand-in with an empty packet", says("SSH-2.0-x\r\n\x00\x00\x00\x00\x00\x00\x00\x00"), api.StepHandshake, "peer.garbled", "port"},
		{"stand-in that hangs up after its version", saysAndHangsUp("SSH-2.0-x\r\n"), api.StepHandshake, "dropped", ""},
		{"stand-in that falls silent after its version", says("SSH-2.0-x\r\n"), api.StepHandshake, "timeout", "server"},
		{"stand-in that falls silent in its version", says("SSH-2.0-"), api.StepHandshake, "timeout", "server"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := sftpLink.to(standIn(t, c.serve)).check(t, prober(probe.Options{Timeout: little}))
			requireFailure(t, got, c.step, c.reason, c.path)
		})
	}
}
