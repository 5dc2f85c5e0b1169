package probe_test

import (
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
)

var db2Link = mysqlLink.with("databaseType", "DB2", "database", "ORDERS")

func ebcdic(s string) string {
	b, _ := charmap.CodePage037.NewEncoder().String(s)
	return b
}

// ddm is an object of DRDA: a code point and what it says.
func ddm(point uint16, parts ...string) string {
	body := strings.Join(parts, "")
	b := binary.BigEndian.AppendUint16(nil, uint16(4+len(body)))
	return string(binary.BigEndian.AppendUint16(b, point)) + body
}

// dss frames an answer to the request of a number.
func dss(number byte, chained bool, object string) string {
	format := byte(3)
	if chained {
		format |= 0x40
	}
	b := binary.BigEndian.AppendUint16(nil, uint16(6+len(object)))
	return string(append(b, 0xd0, format, 0, number)) + object
}

var (
	db2Attributes = ddm(0x1443, ddm(0x115e, ebcdic("db2agent")), ddm(0x1147, ebcdic("QDB2/LINUXX8664")), ddm(0x115a, ebcdic("SQL11055")))
	db2Security   = ddm(0x14ac, ddm(0x11a2, "\x00\x03"))
)

// db2Server is a stand-in for Db2 that knows the database ORDERS; attributes
// are what it says of itself.
func db2Server(attributes string, chained bool) func(net.Conn) {
	return func(conn net.Conn) {
		buf := make([]byte, 4096)
		n, _ := conn.Read(buf)
		security := dss(2, false, ddm(0x2211, ddm(0x1149, "\x00\x08"), ddm(0x2110, ebcdic("?"))))
		if strings.Contains(string(buf[:n]), ddm(0x2110, ebcdic("ORDERS            "))) {
			security = dss(2, false, db2Security)
		}
		_, _ = io.WriteString(conn, dss(1, chained, attributes)+security)
		_, _ = io.Copy(io.Discard, conn)
	}
}

func TestStandInForDb2(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{})
	for name, c := range map[string]struct {
		attributes string
		chained    bool
		product    string
	}{
		"one for Linux":                             {db2Attributes, true, "QDB2/LINUXX8664 11.5.5"},
		"one that does not chain its answers":       {db2Attributes, false, "QDB2/LINUXX8664 11.5.5"},
		"one that speaks ASCII and has its own way": {ddm(0x1443, ddm(0x1147, "Derby"), ddm(0x115a, "CSS10150/10.15")), true, "Derby CSS10150/10.15"},
		"one that says nothing of itself":           {ddm(0x1443), true, ""},
	} {
		t.Run(name+": server and database are found, and it is said that nobody signed in", func(t *testing.T) {
			t.Parallel()
			got := db2Link.to(standIn(t, db2Server(c.attributes, c.chained))).check(t, p)
			w := requireWarning(t, got, api.StepSignIn, "sign_in.not_tried", "password")
			require.Equal(t, "Db2", w.Message.Args["wanted"])
			require.Equal(t, c.product, find(t, got, api.StepHandshake).Found)
			require.Equal(t, "ORDERS", find(t, got, api.StepDatabase).Found)
			require.Equal(t, api.StepSignIn, got.Steps[len(got.Steps)-1].Name)
		})
	}
	t.Run("unknown database", func(t *testing.T) {
		t.Parallel()
		c := db2Link.with("database", "MISSING").to(standIn(t, db2Server(db2Attributes, true))).check(t, p)
		requireFailure(t, c, api.StepDatabase, "database.unknown", "database")
		require.Equal(t, "QDB2/LINUXX8664 11.5.5", find(t, c, api.StepHandshake).Found)
	})
	t.Run("a name that the server's character set does not have is blamed and nothing is tried", func(t *testing.T) {
		t.Parallel()
		for _, name := range []string{"名", strings.Repeat("x", 256)} {
			requireFailure(t, db2Link.with("database", name).check(t, p), api.StepResolve, "input", "database")
		}
	})
	t.Run("the password is not sent in any form", func(t *testing.T) {
		t.Parallel()
		sent := make(chan string, 1)
		addr := standIn(t, func(conn net.Conn) {
			buf := make([]byte, 4096)
			n, _ := conn.Read(buf)
			sent <- string(buf[:n])
		})
		requireFailure(t, db2Link.to(addr).check(t, p), api.StepHandshake, "peer.closed", "port")
		said := <-sent
		require.Contains(t, said, ebcdic("ORDERS"))
		require.NotContains(t, said, "canary-7yq")
		require.NotContains(t, said, ebcdic("canary-7yq"))
	})
}

func TestAnswersOfDb2ArePinned(t *testing.T) {
	t.Parallel()
	p := prober(probe.Options{})
	first := dss(1, true, db2Attributes)
	for name, c := range map[string]struct {
		words        string
		step         api.StepName
		reason, path string
	}{
		"a database that fails":           {first + dss(2, false, ddm(0x221a)), api.StepDatabase, "database.closed", "database"},
		"no resources":                    {dss(1, false, ddm(0x1233)), api.StepHandshake, "server.too_many_connections", ""},
		"a syntax error":                  {dss(1, false, ddm(0x124c, ddm(0x1149, "\x00\x08"))), api.StepHandshake, "unexpected", ""},
		"an answer of half a header":      {"\x00\x0a\xd0\x03\x00\x01\x00\x04\x14", api.StepHandshake, "dropped", ""},
		"an answer without an object":     {"\x00\x06\xd0\x03\x00\x01", api.StepHandshake, "peer.garbled", "port"},
		"an object shorter than its head": {dss(1, false, "\x00\x03\x14\x43"), api.StepHandshake, "peer.garbled", "port"},
		"an object longer than its frame": {dss(1, false, "\xff\xff\x14\x43"), api.StepHandshake, "peer.garbled", "port"},
		"an endless frame":                {"\xff\xff\xd0\x03\x00\x01", api.StepHandshake, "peer.garbled", "port"},
		"an endless chain":                {strings.Repeat(first, 99), api.StepHandshake, "peer.garbled", "port"},
	} {
		t.Run("stand-in that answers with "+name, func(t *testing.T) {
			t.Parallel()
			got := db2Link.to(standIn(t, saysAndHangsUp(c.words))).check(t, p)
			requireFailure(t, got, c.step, c.reason, c.path)
		})
	}
}
