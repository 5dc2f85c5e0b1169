package probe_test

import (
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

func smbTo(s *testserver.Server, path string) files {
	return smbLink.with("server", `\\`+s.Host+`\`+path, "username", s.User, "password", s.Password)
}

func TestSamba(t *testing.T) {
	t.Parallel()
	server := testserver.Samba(t)
	good, p := smbTo(server, "files"), prober(probe.Options{})
	steps := []api.StepName{api.StepResolve, api.StepConnect, api.StepHandshake, api.StepSignIn, api.StepRead}

	t.Run("a good link passes step by step", func(t *testing.T) {
		t.Parallel()
		for _, l := range []files{
			good, good.with("protocol", "CIFS"), good.with("protocol", ""), good.with("server", "//"+server.Host+"/files"),
			good.with("username", `SWITCHBOARD\`+server.User), smbTo(server, `FILES\`),
		} {
			c := l.check(t, p)
			requirePassed(t, c, steps...)
			require.Equal(t, server.Addr(), find(t, c, api.StepConnect).Found)
			require.Equal(t, "SMB 3.1.1", find(t, c, api.StepHandshake).Found)
			require.Equal(t, strings.ToLower(`\\`+server.Host+`\files (2)`), strings.ToLower(find(t, c, api.StepRead).Found))
		}
	})
	t.Run("a folder of the share", func(t *testing.T) {
		t.Parallel()
		c := smbTo(server, `files\in\a b`).check(t, p)
		requirePassed(t, c, steps...)
		require.Equal(t, `\\`+server.Host+`\files\in\a b (0)`, find(t, c, api.StepRead).Found)
	})
	t.Run("a name (fake resolver)", func(t *testing.T) {
		t.Parallel()
		named := prober(probe.Options{Resolver: name("files.example", server.Host)})
		requirePassed(t, good.with("server", `\\files.example\files`).check(t, named), steps...)
	})
	t.Run("wrong password is pinned to the password input", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, good.with("password", "wrong-canary").check(t, p), api.StepSignIn, "sign_in.wrong_password", "password")
	})
	t.Run("an unknown user looks like a wrong password, which is all the server says", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, good.with("username", "who").check(t, p), api.StepSignIn, "sign_in.wrong_password", "password")
	})
	t.Run("no password", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, good.with("password", "").check(t, p), api.StepSignIn, "sign_in.wrong_password", "password")
	})
	t.Run("unknown share", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, smbTo(server, "missing").check(t, p), api.StepRead, "share.unknown", "server")
	})
	t.Run("a share for somebody else", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, smbTo(server, "closed").check(t, p), api.StepRead, "share.no_right", "server")
	})
	t.Run("unknown folder", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, smbTo(server, `files\missing`).check(t, p), api.StepRead, "share.folder", "server")
		requireFailure(t, smbTo(server, `files\missing\deep`).check(t, p), api.StepRead, "share.folder", "server")
	})
}

func TestSambaThatIsSetUpOtherwise(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{})
	for _, c := range []struct{ setting, value, found string }{
		{"server max protocol", "SMB2_02", "SMB 2.0.2"},
		{"server max protocol", "SMB2_10", "SMB 2.1"},
		{"server max protocol", "SMB3_00", "SMB 3.0"},
		{"server signing", "mandatory", "SMB 3.1.1"},
		{"server smb encrypt", "required", "SMB 3.1.1"},
	} {
		t.Run(c.setting+" = "+c.value, func(t *testing.T) {
			t.Parallel()
			got := smbTo(testserver.Samba(t, testserver.Setting(c.setting, c.value)), "files").check(t, p)
			require.Equal(t, api.Passed, got.Status, "%+v", got)
			require.Equal(t, c.found, find(t, got, api.StepHandshake).Found)
		})
	}
	t.Run("SMB 1 only", func(t *testing.T) {
		t.Parallel()
		server := testserver.Samba(t, testserver.Setting("server min protocol", "CORE"), testserver.Setting("server max protocol", "NT1"))
		requireShareFailure(t, smbTo(server, "files").check(t, p), api.StepHandshake, "peer.closed")
	})
	for value, wrong := range map[string]string{"Bad User": "username", "Bad Password": "password"} {
		t.Run("map to guest = "+value, func(t *testing.T) {
			t.Parallel()
			server := testserver.Samba(t, testserver.Setting("map to guest", value))
			require.Equal(t, api.Passed, smbTo(server, "files").check(t, p).Status)
			requireWarning(t, smbTo(server, "public").with(wrong, "nobody-canary").check(t, p), api.StepSignIn, "smb.guest", "username")
			c := smbTo(server, "files").with(wrong, "nobody-canary").check(t, p)
			requireFailure(t, c, api.StepRead, "smb.guest_refused", "username")
			require.Equal(t, api.Warned, find(t, c, api.StepSignIn).Status, "it does not look like a correct sign-in")
		})
	}
	t.Run("a folder that is longer than a check reads", func(t *testing.T) {
		t.Parallel()
		long := t.TempDir()
		for i := range 3000 {
			require.NoError(t, os.WriteFile(filepath.Join(long, strings.Repeat("x", 200)+strconv.Itoa(i)), nil, 0o600))
		}
		server := testserver.Samba(t, testserver.Setting("[long]\npath", long), testserver.Setting("force user", "root"))
		c := smbTo(server, "long").check(t, p)
		require.Equal(t, api.Passed, c.Status, "%+v", c)
		require.Equal(t, `\\`+server.Host+`\long`, find(t, c, api.StepRead).Found)
	})
	for account, c := range map[string]struct{ stmt, reason, path string }{
		"a disabled account": {"-c [D]", "sign_in.unknown_user", "username"},
		"a locked account":   {"-c [L]", "sign_in.locked", "username"},
	} {
		t.Run(account, func(t *testing.T) {
			t.Parallel()
			server := testserver.Samba(t, testserver.Setting("server string", account))
			server.Exec(t, "-u "+server.User+" "+c.stmt)
			requireFailure(t, smbTo(server, "files").check(t, p), api.StepSignIn, c.reason, c.path)
		})
	}
}

// smbMessage frames a message of SMB 2: the header, with a command and an
// NTSTATUS, and a body.
func smbMessage(command uint16, status uint32, body string) string {
	header := append([]byte("\xfeSMB\x40\x00\x00\x00"), make([]byte, 56)...)
	binary.LittleEndian.PutUint32(header[8:], status)
	binary.LittleEndian.PutUint16(header[12:], command)
	binary.LittleEndian.PutUint16(header[14:], 1) // credit
	binary.LittleEndian.PutUint32(header[16:], 1) // an answer
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(header)+len(body)))) + string(header) + body
}

// answersOnce is a stand-in that listens before it says something.
func answersOnce(words string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 4096))
		says(words)(conn)
	}
}

func TestSMBServersThatMeanHarmEndTheCheckAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		serve  func(net.Conn)
		reason string
	}{
		{"stand-in with SMB 1", answersOnce("\x00\x00\x00\x27\xffSMB\x72" + strings.Repeat("\x00", 34)), "peer.other"},
		{"stand-in with a message that is too short", answersOnce("\x00\x00\x00\x08\xfeSMB\x40\x00\x00\x00"), "peer.garbled"},
		{"stand-in with a message of another kind", answersOnce("\x85\x00\x00\x40" + strings.Repeat("\x00", 64)), "peer.garbled"},
		{"stand-in with an answer cut short", answersOnce(smbMessage(0, 0, "\x41\x00")), "peer.garbled"},
		{"stand-in with offsets that lead nowhere", answersOnce(smbMessage(0, 0, "\x41\x00\x01\x00\x11\x03\xff\xff"+strings.Repeat("\xff", 56))), "peer.garbled"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			host := lowStandIn(t, 445, c.serve)
			got := smbLink.with("server", `\\`+host+`\files`).check(t, prober(probe.Options{Timeout: 4 * little}))
			f := got.Failure()
			require.NotNil(t, f)
			require.Equal(t, "check."+c.reason, f.Message.Key, "%+v", got)
			require.Equal(t, "hint.share.port", f.Hint.Key)
			require.Equal(t, "linkConfig.server", f.Path)
		})
	}
	t.Run("stand-in with an enormous message", func(t *testing.T) {
		t.Parallel()
		host := lowStandIn(t, 445, func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = io.WriteString(conn, "\x00\xff\xff\xff\xfeSMB")
			_, _ = io.Copy(conn, strings.NewReader(strings.Repeat("x", 2<<20)))
		})
		got := smbLink.with("server", `\\`+host+`\files`).check(t, prober(probe.Options{}))
		requireFailure(t, got, api.StepHandshake, "unexpected", "")
	})
	t.Run("stand-in that falls silent in the sign-in", func(t *testing.T) {
		t.Parallel()
		negotiated := "\x41\x00\x01\x00\x02\x02\x00\x00" + strings.Repeat("\x00", 16) + "\x00\x00\x00\x00" +
			strings.Repeat("\x00\x00\x01\x00", 3) + strings.Repeat("\x00", 16) + "\x80\x00\x00\x00\x00\x00\x00\x00"
		host := lowStandIn(t, 445, answersOnce(smbMessage(0, 0, negotiated)))
		got := smbLink.with("server", `\\`+host+`\files`).check(t, prober(probe.Options{Timeout: 4 * little}))
		requireFailure(t, got, api.StepSignIn, "timeout", "server")
		require.Equal(t, "SMB 2.0.2", find(t, got, api.StepHandshake).Found)
	})
}
