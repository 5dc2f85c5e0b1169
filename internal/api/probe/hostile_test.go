package probe_test

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
)

const (
	can41  = 1 << 9
	canTLS = 1 << 11
)

// mysqlGreeting is the body of a MySQL server's greeting.
func mysqlGreeting(capabilities uint16, plugin string) string {
	return "\x0a8.0.36\x00" + "\x01\x00\x00\x00" + "12345678\x00" +
		string(binary.LittleEndian.AppendUint16(nil, capabilities)) + "\x21\x02\x00" + "\x08\x00" + "\x15" +
		strings.Repeat("\x00", 10) + "123456789012\x00" + plugin + "\x00"
}

// packet frames a MySQL message.
func packet(sequence byte, body string) string {
	n := len(body)
	return string([]byte{byte(n), byte(n >> 8), byte(n >> 16), sequence}) + body
}

// mysqlRefusal is an error message of MySQL without an SQL state.
func mysqlRefusal(number uint16, text string) string {
	return "\xff" + string(binary.LittleEndian.AppendUint16(nil, number)) + text
}

// message frames a PostgreSQL message.
func message(kind byte, body string) string {
	return string(kind) + string(binary.BigEndian.AppendUint32(nil, uint32(len(body)+4))) + body
}

func postgresRefusal(code, text string) string {
	return message('E', "SFATAL\x00VFATAL\x00C"+code+"\x00M"+text+"\x00\x00")
}

// afterLogin is a stand-in for MySQL that greets, reads the sign-in and then
// says its words.
func afterLogin(words string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = io.WriteString(conn, packet(0, mysqlGreeting(can41|1<<15, "mysql_native_password")))
		_, _ = conn.Read(make([]byte, 4096))
		says(words)(conn)
	}
}

func TestSignInMethodsThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		link   link
		serve  func(net.Conn)
		reason string
		scheme any
	}{
		{"stand-in for openGauss with SHA-256", postgresLink.with("databaseType", "DWS"),
			says(message('R', "\x00\x00\x00\x0a\x00\x00\x00\x02"+strings.Repeat("ab", 36)+"\x00\x00\x27\x10")), "sign_in.unsupported_scheme", "SHA-256 (openGauss)"},
		{"stand-in for openGauss with SM3", postgresLink.with("databaseType", "DWS"),
			says(message('R', "\x00\x00\x00\x0d\x00\x00\x00\x03")), "sign_in.unsupported_scheme", "SM3 (openGauss)"},
		{"stand-in for PostgreSQL with GSSAPI", postgresLink, says(message('R', "\x00\x00\x00\x07")), "sign_in.unsupported_scheme", "GSSAPI"},
		{"stand-in for PostgreSQL with a scheme of the future", postgresLink, says(message('R', "\x00\x00\x00\x63")), "sign_in.unsupported_scheme", "99"},
		{"stand-in for PostgreSQL with another SASL mechanism", postgresLink,
			says(message('R', "\x00\x00\x00\x0aOAUTHBEARER\x00\x00")), "sign_in.unsupported_scheme", "SASL"},
		{"stand-in for PostgreSQL that wants clear text", postgresLink, says(message('R', "\x00\x00\x00\x03")), "sign_in.cleartext", nil},
		{"stand-in for MySQL that wants clear text", mysqlLink, afterLogin(packet(2, "\xfemysql_clear_password\x00\x00")), "sign_in.cleartext", nil},
		{"stand-in for MySQL that wants the password of 1999", mysqlLink, afterLogin(packet(2, "\xfe")), "sign_in.unsupported", nil},
		{"stand-in for MySQL with a plugin of its own", mysqlLink, afterLogin(packet(2, "\xfeauth_gssapi_client\x00\x00")), "sign_in.unsupported", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := requireFailure(t, c.link.to(standIn(t, c.serve)).check(t, prober(probe.Options{})), api.StepSignIn, c.reason, "username")
			require.Equal(t, c.scheme, f.Message.Args["scheme"])
		})
	}
}

func TestServersThatMeanHarmEndTheCheckAndNothingElse(t *testing.T) {
	t.Parallel()
	const ecKey = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYD54V/vp+54P9DXarYqx4MPcm+HK\nRIQzNasYSoRQHQ/6S6Ps8tpMcT+KvIIC8W/e9k0W7Cm72M1P9jU7SLf/vg==\n-----END PUBLIC KEY-----\n"
	sha2 := packet(2, "\xfecaching_sha2_password\x0012345678901234567890\x00")
	for _, c := range []struct {
		name  string
		link  link
		serve func(net.Conn)
	}{
		{"stand-in for MySQL with a greeting cut short", mysqlLink, says(packet(0, "\x0a8.0.36\x00\x01\x00"))},
		{"stand-in for MySQL with a greeting without a version", mysqlLink, says(packet(0, "\x0a"+strings.Repeat("x", 80)))},
		{"stand-in for MySQL with the greeting of 2003", mysqlLink, says(packet(0, mysqlGreeting(0, "")))},
		{"stand-in for MySQL with an error cut short", mysqlLink, says(packet(0, "\xff"))},
		{"stand-in for MySQL with an enormous greeting", mysqlLink, says("\xff\xff\x00\x00\x0a")},
		{"stand-in for MySQL whose key makes the driver panic", mysqlLink, func(conn net.Conn) {
			_, _ = io.WriteString(conn, packet(0, mysqlGreeting(can41|1<<15, "mysql_native_password")))
			for _, words := range []string{sha2, packet(4, "\x01\x04"), packet(6, "\x01"+ecKey)} {
				_, _ = conn.Read(make([]byte, 4096))
				_, _ = io.WriteString(conn, words)
			}
			_, _ = io.Copy(io.Discard, conn)
		}},
		{"stand-in for PostgreSQL with an endless message", postgresLink, says("R\x7f\xff\xff\xff\x00\x00\x00\x05")},
		{"stand-in for PostgreSQL with a message cut short", postgresLink, saysAndHangsUp("R\x00\x00\x00\x04\x00\x00")},
		{"stand-in for PostgreSQL that talks without end", postgresLink, func(conn net.Conn) {
			_, _ = io.WriteString(conn, message('R', "\x00\x00\x00\x05salt"))
			notice := message('N', "SNOTICE\x00M"+strings.Repeat("x", 60000)+"\x00\x00")
			for {
				if _, err := io.WriteString(conn, notice); err != nil {
					return
				}
			}
		}},
		{"stand-in for PostgreSQL that wants years of hashing", postgresLink, func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = io.WriteString(conn, message('R', "\x00\x00\x00\x0aSCRAM-SHA-256\x00\x00"))
			buf := make([]byte, 4096)
			n, _ := conn.Read(buf)
			_, nonce, _ := strings.Cut(string(buf[:n]), ",r=")
			_, _ = io.WriteString(conn, message('R', "\x00\x00\x00\x0br="+nonce+"x,s=c2FsdA==,i=2000000000"))
			_, _ = io.Copy(io.Discard, conn)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := c.link.to(standIn(t, c.serve)).check(t, prober(probe.Options{}))
			require.Equal(t, api.Failed, got.Status)
			require.Contains(t, []string{"check.peer.garbled", "check.unexpected", "check.dropped"}, got.Failure().Message.Key, "%+v", got)
		})
	}
}

func TestAServerGetsNoFileFromTheConsole(t *testing.T) {
	t.Parallel()
	sent := make(chan string, 1)
	ok := "\x00\x00\x00\x02\x00\x00\x00"
	addr := standIn(t, func(conn net.Conn) { // a stand-in for MySQL that lets everybody in
		buf := make([]byte, 4096)
		for _, words := range []string{packet(0, mysqlGreeting(can41|1<<15, "mysql_native_password")), packet(2, ok), packet(1, "\xfb/etc/passwd")} {
			_, _ = io.WriteString(conn, words)
			n, _ := conn.Read(buf)
			sent <- string(buf[:n])
		}
		_, _ = io.WriteString(conn, packet(3, ok))
	})
	result := make(chan api.Check, 1)
	go func() { result <- mysqlLink.to(addr).check(t, prober(probe.Options{})) }()
	require.Contains(t, <-sent, "ann", "the sign-in")
	require.Contains(t, <-sent, "SELECT VERSION()")
	require.Equal(t, packet(2, ""), <-sent, "an empty file")
	f := requireFailure(t, <-result, api.StepVersion, "unexpected", "")
	require.Contains(t, f.Detail, "is not registered")
}

// The server of these tests knows the password and repeats it in every way
// that it can think of. It must not come back in the check or the log.
func TestASecretThatAServerEchoesDoesNotComeBack(t *testing.T) {
	t.Parallel()
	const canary = "Canary \"7yq\"/ü+%\t!"
	forms := []string{
		canary, strconv.Quote(canary), url.QueryEscape(canary), url.PathEscape(canary),
		base64.StdEncoding.EncodeToString([]byte(canary)), hex.EncodeToString([]byte(canary)),
	}
	echo := "you said " + strings.Join(forms, " and ")
	long := strings.Repeat("x", 480) + canary
	for _, c := range []struct {
		name  string
		link  link
		serve func(net.Conn)
	}{
		{"stand-in for MySQL, instead of a greeting", mysqlLink, says(packet(0, mysqlRefusal(1130, echo)))},
		{"stand-in for MySQL, as its version", mysqlLink,
			says(packet(0, strings.Replace(mysqlGreeting(can41, ""), "8.0.36", canary, 1)) + packet(2, mysqlRefusal(1045, echo)))},
		{"stand-in for MySQL, with an unknown error", mysqlLink, afterLogin(packet(2, mysqlRefusal(4711, echo)))},
		{"stand-in for MySQL, where the text is cut", mysqlLink, afterLogin(packet(2, mysqlRefusal(1045, long)))},
		{"stand-in for PostgreSQL", postgresLink, says(postgresRefusal("28P01", echo))},
		{"stand-in for PostgreSQL, with an unknown error", postgresLink, says(postgresRefusal("XX000", echo))},
		{"stand-in for PostgreSQL, where the text is cut", postgresLink, says(postgresRefusal("28P01", long))},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			log := &syncLog{}
			got := c.link.with("password", canary).to(standIn(t, c.serve)).check(t, prober(probe.Options{Logger: log.logger()}))
			require.Equal(t, api.Failed, got.Status)
			f := got.Failure()
			require.NotEmpty(t, f.Detail)
			require.LessOrEqual(t, len([]rune(f.Detail)), 500)
			for _, s := range got.Steps {
				for _, form := range append(forms, "Canary", "7yq") {
					require.NotContains(t, s.Detail+s.Found+s.Path, form)
					require.NotContains(t, s.Message.Args, form)
				}
			}
			require.NotContains(t, log.String(), "anary")
		})
	}
}

func TestDetailsAreTextOfOneLine(t *testing.T) {
	t.Parallel()
	words := "one\r\n\x1b[31mtwo\x00\u202ethree\xff " + strings.Repeat("long ", 200)
	c := mysqlLink.to(standIn(t, says(packet(0, mysqlRefusal(1040, words))))).check(t, prober(probe.Options{}))
	f := requireFailure(t, c, api.StepHandshake, "server.too_many_connections", "")
	require.Contains(t, f.Detail, "one [31mtwo three long")
	require.Len(t, []rune(f.Detail), 500)
	require.False(t, strings.ContainsFunc(f.Detail, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }))
}
