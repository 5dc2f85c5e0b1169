package probe_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

func ftpTo(s *testserver.Server) files {
	return ftpLink.with("server", s.Host, "port", strconv.Itoa(s.Port), "username", s.User, "password", s.Password)
}

func TestProFTPD(t *testing.T) {
	t.Parallel()
	server := testserver.ProFTPD(t)
	good, p := ftpTo(server), prober(probe.Options{})

	t.Run("a good link passes step by step", func(t *testing.T) {
		t.Parallel()
		c := good.check(t, p)
		requirePassed(t, c, api.StepResolve, api.StepConnect, api.StepHandshake, api.StepSignIn, api.StepRead)
		require.Equal(t, server.Addr(), find(t, c, api.StepConnect).Found)
		require.Contains(t, find(t, c, api.StepHandshake).Found, "ProFTPD Server")
		require.Regexp(t, `/files \(3\)$`, find(t, c, api.StepRead).Found)
	})
	t.Run("lists come from the same address, even if only the name is allowed (fake resolver)", func(t *testing.T) {
		t.Parallel()
		named := prober(probe.Options{Resolver: name("files.example", "127.0.0.1")})
		require.Equal(t, api.Passed, good.with("server", "files.example").check(t, named).Status)
	})
	t.Run("wrong password is pinned to the password input", func(t *testing.T) {
		t.Parallel()
		f := requireFailure(t, good.with("password", "wrong-canary").check(t, p), api.StepSignIn, "sign_in.wrong_password", "password")
		require.Equal(t, `530 "Login incorrect."`, f.Detail)
		require.Equal(t, server.User, f.Message.Args["user"])
	})
	t.Run("no password is a wrong password", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, good.with("password", "").check(t, p), api.StepSignIn, "sign_in.wrong_password", "password")
	})
	t.Run("an unknown user looks like a wrong password, which is all the server says", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, good.with("username", "nobody").check(t, p), api.StepSignIn, "sign_in.wrong_password", "password")
	})
}

func TestProFTPDThatRefuses(t *testing.T) {
	t.Parallel()
	t.Run("lists", func(t *testing.T) {
		t.Parallel()
		server := testserver.ProFTPD(t, testserver.Setting("<Limit", "LIST NLST MLSD>"), testserver.Setting("DenyAll", ""), testserver.Setting("</Limit>", ""))
		f := requireFailure(t, ftpTo(server).check(t, prober(probe.Options{})), api.StepRead, "files.home", "username")
		require.Contains(t, f.Detail, "550")
	})
	t.Run("connections for lists", func(t *testing.T) {
		t.Parallel()
		server := testserver.ProFTPD(t, testserver.Setting("<Limit", "EPSV PASV>"), testserver.Setting("DenyAll", ""), testserver.Setting("</Limit>", ""))
		requireFailure(t, ftpTo(server).check(t, prober(probe.Options{})), api.StepRead, "ftp.data", "server")
	})
	t.Run("more than one client", func(t *testing.T) {
		t.Parallel()
		server := testserver.ProFTPD(t, testserver.Setting("MaxClients", "1"))
		held, err := net.Dial("tcp", server.Addr())
		require.NoError(t, err)
		t.Cleanup(func() { _ = held.Close() })
		lines := bufio.NewReader(held)
		for _, line := range []string{"", "USER " + server.User, "PASS " + server.Password} {
			if line != "" {
				_, err = io.WriteString(held, line+"\r\n")
				require.NoError(t, err)
			}
			_, err = lines.ReadString('\n')
			require.NoError(t, err)
		}
		requireFailure(t, ftpTo(server).check(t, prober(probe.Options{})), api.StepSignIn, "server.too_many_connections", "")
	})
}

// ftpServer is a stand-in for FTP: it lets everybody in and has a list on
// another port. Replies are by command, the greeting's is "".
func ftpServer(list net.Addr, replies ...string) func(net.Conn) {
	_, port, _ := net.SplitHostPort(list.String())
	number, _ := strconv.Atoi(port)
	answers := map[string]string{
		"": "220 Welcome", "USER": "331 Password?", "PASS": "230 In", "PWD": `257 "/home" is here`, "TYPE": "200 Fine",
		"EPSV": "500 What?", "PASV": fmt.Sprintf("227 Here (10,0,0,1,%d,%d)", number>>8, number&255), "LIST": "150 Coming\r\n226 Done", "QUIT": "221 Bye",
	}
	for i := 0; i < len(replies); i += 2 {
		answers[replies[i]] = replies[i+1]
	}
	return func(conn net.Conn) {
		_, _ = io.WriteString(conn, answers[""]+"\r\n")
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			command, _, _ := strings.Cut(lines.Text(), " ")
			answer, ok := answers[command]
			if !ok {
				answer = "502 What is " + lines.Text()
			}
			_, _ = io.WriteString(conn, answer+"\r\n")
		}
	}
}

// twoFiles says a list.
func twoFiles(conn net.Conn) {
	_, _ = io.WriteString(conn, "drwxr-xr-x 2 ann ann 4096 Nov 22 09:02 in\r\n-rw-r--r-- 1 ann ann 12 Nov 22 09:02 a b.csv\r\n")
}

func TestFTPListsComeFromTheServerItself(t *testing.T) {
	t.Parallel()
	list := standIn(t, twoFiles)
	t.Run("stand-in that proposes another machine", func(t *testing.T) {
		t.Parallel()
		c := ftpLink.to(standIn(t, ftpServer(list))).check(t, prober(probe.Options{}))
		requirePassed(t, c, api.StepResolve, api.StepConnect, api.StepHandshake, api.StepSignIn, api.StepRead)
		require.Equal(t, "/home (2)", find(t, c, api.StepRead).Found)
	})
	t.Run("stand-in that proposes the console itself, or a port where nobody listens: no difference", func(t *testing.T) {
		t.Parallel()
		closed, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		require.NoError(t, closed.Close())
		var checks []api.Step
		for addr, options := range map[net.Addr]probe.Options{
			list:          {Own: own(t, list)},
			closed.Addr(): {},
		} {
			c := ftpLink.to(standIn(t, ftpServer(addr))).check(t, prober(options))
			f := *requireFailure(t, c, api.StepRead, "ftp.data", "server")
			f.Took = 0
			delete(f.Message.Args, "port")
			delete(f.Hint.Args, "port")
			checks = append(checks, f)
		}
		require.Equal(t, checks[0], checks[1])
	})
	t.Run("stand-in whose list is longer than a check reads", func(t *testing.T) {
		t.Parallel()
		endless := standIn(t, func(conn net.Conn) {
			for {
				if _, err := io.WriteString(conn, "-rw-r--r-- 1 ann ann 12 Nov 22 09:02 a.csv\r\n"); err != nil {
					return
				}
			}
		})
		c := ftpLink.to(standIn(t, ftpServer(endless))).check(t, prober(probe.Options{}))
		require.Equal(t, api.Passed, c.Status, "%+v", c)
		require.Regexp(t, `^/home \(\d{5}\+\)$`, find(t, c, api.StepRead).Found)
	})
	t.Run("stand-in whose list does not come", func(t *testing.T) {
		t.Parallel()
		c := ftpLink.to(standIn(t, ftpServer(standIn(t, says(""))))).check(t, prober(probe.Options{Timeout: 4 * little}))
		requireFailure(t, c, api.StepRead, "timeout", "server")
	})
}

func TestFTPRepliesAreUnderstood(t *testing.T) {
	t.Parallel()
	list := standIn(t, twoFiles)
	for _, c := range []struct {
		name, command, reply string
		step                 api.StepName
		reason, path         string
	}{
		{"vsftpd with TLS only", "USER", "530 Non-anonymous sessions must use encryption.", api.StepSignIn, "ftp.tls_required", "server"},
		{"ProFTPD with TLS only", "USER", "550 SSL/TLS required on the control channel", api.StepSignIn, "ftp.tls_required", "server"},
		{"Pure-FTPd with TLS only", "USER", "421 Sorry, cleartext sessions and weak ciphers are not accepted on this server.", api.StepSignIn, "ftp.tls_required", "server"},
		{"FileZilla with TLS only", "USER", "503 Use AUTH TLS first.", api.StepSignIn, "ftp.tls_required", "server"},
		{"IIS with TLS only", "USER", "534 Policy requires SSL.", api.StepSignIn, "ftp.tls_required", "server"},
		{"vsftpd with TLS for lists", "LIST", "522 SSL connection required.", api.StepRead, "ftp.tls_required", "server"},
		{"vsftpd that is full", "", "421 There are too many connected users, please try later.", api.StepHandshake, "server.too_many_connections", ""},
		{"a server that is full", "USER", "421 Service not available.", api.StepSignIn, "server.too_many_connections", ""},
		{"a server that starts", "", "120 Ready in 5 minutes", api.StepHandshake, "server.not_ready", ""},
		{"another protocol with numbers", "", "200 news.example ready", api.StepHandshake, "peer.garbled", "port"},
		{"a wrong password, by the newer number", "PASS", "430 Invalid username or password", api.StepSignIn, "sign_in.wrong_password", "password"},
		{"a user who is refused at once", "USER", "530 Permission denied.", api.StepSignIn, "sign_in.wrong_password", "password"},
		{"an account that is asked for", "PASS", "332 Need account", api.StepSignIn, "unexpected", ""},
		{"no home folder", "LIST", "550 No such file or directory", api.StepRead, "files.home", "username"},
		{"no data connection", "LIST", "425 Can't build data connection", api.StepRead, "ftp.data", "server"},
		{"ports that are none", "PASV", "227 Here (127,0,0,1,999,999)", api.StepRead, "peer.garbled", "port"},
		{"a folder that makes the driver panic", "PWD", `257 "`, api.StepRead, "peer.garbled", "port"},
		{"a port that makes the driver panic", "PASV", `227 )(`, api.StepRead, "peer.garbled", "port"},
		{"a reply that is none", "USER", "hello", api.StepSignIn, "peer.garbled", "port"},
	} {
		t.Run("stand-in for "+c.name, func(t *testing.T) {
			t.Parallel()
			got := ftpLink.to(standIn(t, ftpServer(list, c.command, c.reply))).check(t, prober(probe.Options{}))
			requireFailure(t, got, c.step, c.reason, c.path)
		})
	}
	t.Run("stand-in that asks for no password", func(t *testing.T) {
		t.Parallel()
		got := ftpLink.to(standIn(t, ftpServer(list, "USER", "230 In"))).check(t, prober(probe.Options{}))
		requireWarning(t, got, api.StepSignIn, "sign_in.not_asked", "password")
	})
	t.Run("stand-in that greets with several lines", func(t *testing.T) {
		t.Parallel()
		got := ftpLink.to(standIn(t, ftpServer(list, "", "220-Files of Ann\r\n331 is no reply\r\n220 Ready"))).check(t, prober(probe.Options{}))
		require.Equal(t, "Files of Ann", find(t, got, api.StepHandshake).Found)
		require.NotEqual(t, "check.peer.garbled", find(t, got, api.StepHandshake).Message.Key)
	})
	t.Run("stand-in that repeats the password", func(t *testing.T) {
		t.Parallel()
		got := ftpLink.to(standIn(t, ftpServer(list, "PASS", "530 canary-7yq is wrong"))).check(t, prober(probe.Options{}))
		f := requireFailure(t, got, api.StepSignIn, "sign_in.wrong_password", "password")
		require.Equal(t, `530 "[…] is wrong"`, f.Detail)
	})
}

func TestFTPServersThatFallSilentLater(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		serve  func(net.Conn)
		step   api.StepName
		reason string
		path   string
	}{
		{"stand-in that is silent after its greeting", says("220 Welcome\r\n"), api.StepSignIn, "timeout", "server"},
		{"stand-in that is silent in the middle of its greeting", says("220-Welcome\r\n"), api.StepHandshake, "timeout", "server"},
		{"stand-in that hangs up after its greeting", saysAndHangsUp("220 Welcome\r\n"), api.StepSignIn, "dropped", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			requireFailure(t, ftpLink.to(standIn(t, c.serve)).check(t, prober(probe.Options{Timeout: little})), c.step, c.reason, c.path)
		})
	}
}
