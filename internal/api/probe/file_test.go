package probe_test

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

// files is a link to files: its connector and its inputs without their prefix.
type files struct {
	connector string
	link
}

func (f files) with(pairs ...string) files { return files{f.connector, f.link.with(pairs...)} }

// to leads the link of FTP or SFTP to an address.
func (f files) to(addr net.Addr) files {
	host, port, _ := net.SplitHostPort(addr.String())
	return f.with("server", host, "port", port)
}

// check is as that of link.
func (f files) check(t testing.TB, p *probe.Prober) api.Check {
	t.Helper()
	target := probe.Target{Connector: f.connector, Inputs: map[string]string{}, Secrets: map[string]api.Secret{}}
	for name, value := range f.link {
		target.Inputs["linkConfig."+name] = value
	}
	delete(target.Inputs, "linkConfig.password")
	if password, ok := f.link["password"]; ok {
		target.Secrets["linkConfig.password"] = api.NewSecret(password)
	}
	c := p.Check(t.Context(), target)
	text, err := json.Marshal(c)
	assert.NoError(t, err)
	if password := f.link["password"]; len(password) > 5 {
		assert.NotContains(t, string(text), password)
	}
	return c
}

// Links that lead nowhere yet.
var (
	ftpLink  = files{"ftp-connector", link{"server": "127.0.0.1", "port": "1", "username": "ann", "password": "canary-7yq"}}
	sftpLink = files{"sftp-connector", ftpLink.link}
	smbLink  = files{"nas-connector", link{"protocol": "SMB", "server": `\\127.0.0.1\files`, "username": "ann", "password": "canary-7yq"}}
	nfsLink  = files{"nas-connector", link{"protocol": "NFS", "server": "127.0.0.1:/export"}}
)

// requireShareFailure is requireFailure for links to shares, whose port is not
// theirs to choose: the hint is another, and the share is to blame.
func requireShareFailure(t *testing.T, c api.Check, step api.StepName, reason string) *api.Step {
	t.Helper()
	require.Equal(t, api.Failed, c.Status, "%+v", c)
	f := c.Failure()
	require.Equal(t, "hint.share.port", f.Hint.Key, "%+v", c)
	f.Hint.Key = "hint." + reason
	return requireFailure(t, c, step, reason, "server")
}

// serveOn is standIn for a listener that is open.
func serveOn(l net.Listener, serve func(net.Conn)) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer func() { _ = conn.Close() }()
			serve(conn)
		}()
	}
}

// lowStandIn is standIn for a well-known port. It returns the host.
func lowStandIn(t testing.TB, port int, serve func(net.Conn)) string {
	t.Helper()
	l := testserver.ListenLow(t, port)
	go serveOn(l, serve)
	return l.Addr().(*net.TCPAddr).IP.String()
}

// fileMeetings lead each link to a peer that is no server for it, and say
// which input is to blame for its port.
var fileMeetings = []struct {
	name   string
	link   files
	wanted string
	meet   func(t testing.TB, serve func(net.Conn)) files
	fail   func(t *testing.T, c api.Check, step api.StepName, reason string) *api.Step
}{
	{"FTP", ftpLink, "FTP", func(t testing.TB, serve func(net.Conn)) files { return ftpLink.to(standIn(t, serve)) }, requirePortFailure},
	{"SFTP", sftpLink, "SSH", func(t testing.TB, serve func(net.Conn)) files { return sftpLink.to(standIn(t, serve)) }, requirePortFailure},
	{"SMB", smbLink, "SMB 2/3", func(t testing.TB, serve func(net.Conn)) files {
		return smbLink.with("server", `\\`+lowStandIn(t, 445, serve)+`\files`)
	}, requireShareFailure},
	{"NFS", nfsLink, "NFS", func(t testing.TB, serve func(net.Conn)) files {
		return nfsLink.with("server", lowStandIn(t, 111, serve)+":/export")
	}, requireShareFailure},
}

func requirePortFailure(t *testing.T, c api.Check, step api.StepName, reason string) *api.Step {
	t.Helper()
	return requireFailure(t, c, step, reason, "port")
}

func TestFileServersThatAreSomethingElse(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	for _, m := range fileMeetings {
		for _, peer := range []struct {
			name    string
			serve   func(net.Conn)
			timeout time.Duration
			reason  string
			speaks  string
		}{
			{"a real HTTP server", relay(web.Listener.Addr()), 2 * little, "peer.other", "HTTP"},
			{"stand-in for a TLS server that complains", says("\x15\x03\x01\x00\x02\x02\x46"), enough, "peer.tls", ""},
			{"stand-in for MySQL", says(packet(0, mysqlGreeting(can41, ""))), enough, "peer.other", "MySQL"},
			{"stand-in for VNC", says("RFB 003.008\n"), enough, "peer.other", "VNC"},
			{"stand-in for SMTP", says("220 mail.example ESMTP Postfix\r\n"), enough, "peer.other", "SMTP"},
			{"stand-in that says garbage", says(strings.Repeat("\xde\xad\xbe\xef", 99)), enough, "peer.garbled", ""},
			{"stand-in that says nothing", says(""), little, "peer.silent", ""},
			{"stand-in that hangs up", func(net.Conn) {}, enough, "peer.closed", ""},
		} {
			t.Run(peer.name+" meets "+m.name, func(t *testing.T) {
				t.Parallel()
				timeout := peer.timeout
				if m.name == "NFS" && timeout != enough {
					timeout *= 3 // the portmapper has a third of it
				}
				c := m.meet(t, peer.serve).check(t, prober(probe.Options{Timeout: timeout}))
				f := m.fail(t, c, api.StepHandshake, peer.reason)
				if peer.speaks != "" {
					require.Equal(t, peer.speaks, f.Message.Args["peer"])
				}
				require.Equal(t, m.wanted, f.Message.Args["wanted"])
				require.Empty(t, f.Detail, "what an unknown server says is not passed on")
				require.Less(t, c.Took, timeout+5*time.Second)
			})
		}
	}
}

// relay is a stand-in behind which another server is.
func relay(to net.Addr) func(net.Conn) {
	return func(conn net.Conn) {
		behind, err := net.Dial("tcp", to.String())
		if err != nil {
			return
		}
		defer func() { _ = behind.Close() }()
		go func() { _, _ = behind.(*net.TCPConn).ReadFrom(conn) }()
		_, _ = conn.(*net.TCPConn).ReadFrom(behind)
	}
}

func TestFileServersThatCannotBeReached(t *testing.T) {
	t.Parallel()
	for _, m := range fileMeetings {
		t.Run("no such name, "+m.name+" (fake resolver)", func(t *testing.T) {
			t.Parallel()
			server := strings.Replace(m.link.link["server"], "127.0.0.1", "files.example", 1)
			p := prober(probe.Options{Resolver: &fakeResolver{err: &net.DNSError{IsNotFound: true}}})
			requireFailure(t, m.link.with("server", server).check(t, p), api.StepResolve, "resolve.unknown", "server")
		})
		t.Run("refused by the policy looks unreachable, "+m.name, func(t *testing.T) {
			t.Parallel()
			log := &syncLog{}
			p := prober(probe.Options{Logger: log.logger(), Resolver: name("files.example", "169.254.169.254")})
			server := strings.Replace(m.link.link["server"], "127.0.0.1", "files.example", 1)
			f := requireFailure(t, m.link.with("server", server).check(t, p), api.StepConnect, "connect.unreachable", "server")
			require.Empty(t, f.Detail)
			require.Contains(t, log.String(), "link-local", "the log says why")
		})
	}
	t.Run("closed port, FTP and SFTP", func(t *testing.T) {
		t.Parallel()
		requireFailure(t, ftpLink.check(t, prober(probe.Options{})), api.StepConnect, "connect.refused", "port")
		requireFailure(t, sftpLink.check(t, prober(probe.Options{})), api.StepConnect, "connect.refused", "port")
	})
	t.Run("closed port, SMB", func(t *testing.T) {
		t.Parallel()
		f := requireShareFailure(t, smbLink.with("server", `\\`+nobodyOn(t, 445)+`\files`).check(t, prober(probe.Options{})), api.StepConnect, "connect.refused")
		require.Equal(t, "445", f.Message.Args["port"])
	})
	t.Run("closed ports, NFS: the last one tried is named", func(t *testing.T) {
		t.Parallel()
		f := requireShareFailure(t, nfsLink.with("server", nobodyOn(t, 111)+":/export").check(t, prober(probe.Options{})), api.StepConnect, "connect.refused")
		require.Equal(t, "2049", f.Message.Args["port"])
	})
}

func TestInputsOfFileLinksThatCannotBeUsedAreBlamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		link         files
		input, value string
	}{
		{ftpLink, "server", ""}, {ftpLink, "server", "a\x00b"}, {ftpLink, "port", "0"}, {ftpLink, "port", "ftp"},
		{ftpLink, "username", ""}, {ftpLink, "username", "ann\r\nDELE x"}, {ftpLink, "password", "pw\r\nDELE x"},
		{sftpLink, "server", ""}, {sftpLink, "port", ""}, {sftpLink, "username", ""},
		{smbLink, "server", ""}, {smbLink, "server", `\\`}, {smbLink, "server", `\\host`}, {smbLink, "server", `\\host\`},
		{smbLink, "server", `\host\share`}, {smbLink, "server", "host:/share"}, {smbLink, "server", "\\\\host\\a\x00b"}, {smbLink, "username", ""},
		{nfsLink, "server", ""}, {nfsLink, "server", ":/export"}, {nfsLink, "server", "host"}, {nfsLink, "server", `\\host\share`}, {nfsLink, "server", "host:/a\nb"},
	} {
		t.Run(c.link.connector+" "+c.input+" "+strconv.Quote(c.value), func(t *testing.T) {
			t.Parallel()
			requireFailure(t, c.link.with(c.input, c.value).check(t, prober(probe.Options{})), api.StepResolve, "input", c.input)
		})
	}
}

// nobodyOn returns a host on which nobody listens to a well-known port.
func nobodyOn(t *testing.T, port int) string {
	t.Helper()
	l := testserver.ListenLow(t, port)
	require.NoError(t, l.Close())
	return l.Addr().(*net.TCPAddr).IP.String()
}

// own makes the console's own port of an address that somebody listens to.
func own(t *testing.T, addr net.Addr) []netip.AddrPort {
	t.Helper()
	at, err := netip.ParseAddrPort(addr.String())
	require.NoError(t, err)
	return []netip.AddrPort{at}
}
