package probe_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"testing"
	"unicode/utf16"

	mssql "github.com/microsoft/go-mssqldb"
	"github.com/microsoft/go-mssqldb/msdsn"
	"github.com/stretchr/testify/require"
)

// Encryption as MS-TDS numbers it.
const (
	encryptOff = iota
	encryptOn
	encryptNotSupported
	encryptRequired
)

// sqlServer is a stand-in for SQL Server, as far as the end of the sign-in.
type sqlServer struct {
	user, password string
	encryption     func(asked byte) byte
	tls            *tls.Config
	answer         func(login login7) []byte // to the right password
}

// login7 is what a client says when it signs in.
type login7 struct{ user, password, server, database, app string }

// newSQLServer makes a stand-in that lets ann in. It encrypts as asked; roots
// trusts its certificate, which is for example.com and 127.0.0.1.
func newSQLServer(t testing.TB) (s *sqlServer, roots *x509.CertPool) {
	t.Helper()
	web := httptest.NewUnstartedServer(nil) // for its certificate
	web.StartTLS()
	t.Cleanup(web.Close)
	roots = x509.NewCertPool()
	roots.AddCert(web.Certificate())
	return &sqlServer{
		user: "ann", password: "canary-7yq",
		encryption: func(asked byte) byte { return asked },
		tls:        &tls.Config{Certificates: web.TLS.Certificates, MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12},
		answer: func(login login7) []byte {
			return join(envDatabase(login.database), loginAck(), done())
		},
	}, roots
}

// with returns the stand-in with another answer.
func (s sqlServer) with(answer ...[]byte) *sqlServer {
	s.answer = func(login7) []byte { return join(answer...) }
	return &s
}

func (s *sqlServer) serve(conn net.Conn) {
	kind, message := readTDSPacket(conn)
	if kind != 18 {
		return
	}
	asked, ok := preloginOption(message, 1)
	if !ok || len(asked) != 1 {
		return
	}
	offered := s.encryption(asked[0])
	writeTDSPacket(conn, prelogin(offered))
	session := conn
	if offered != encryptNotSupported {
		tunnel := &tdsServerTunnel{Conn: conn, wrap: true}
		secure := tls.Server(tunnel, s.tls)
		if secure.Handshake() != nil {
			return
		}
		tunnel.wrap = false
		session = secure
	}
	kind, message = readTDSPacket(session)
	if kind != 16 {
		return
	}
	if offered == encryptOff {
		session = conn
	}
	login := readLogin7(message)
	answer := join(sqlError(18456, "Login failed for user '"+login.user+"'."), failed())
	if login.user == s.user && login.password == s.password {
		answer = s.answer(login)
	}
	if answer != nil {
		writeTDSPacket(session, answer)
	}
	_, _ = io.Copy(io.Discard, session)
}

// prelogin is the answer to the message before the sign-in: version and
// encryption.
func prelogin(encryption byte) []byte {
	return join([]byte{0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff}, []byte{16, 0, 0x10, 0x27, 0, 0}, []byte{encryption})
}

func preloginOption(message []byte, number byte) ([]byte, bool) {
	for entry := message; len(entry) >= 5 && entry[0] != 0xff; entry = entry[5:] {
		from, size := int(binary.BigEndian.Uint16(entry[1:])), int(binary.BigEndian.Uint16(entry[3:]))
		if entry[0] == number && from+size <= len(message) {
			return message[from : from+size], true
		}
	}
	return nil, false
}

func readTDSPacket(r io.Reader) (byte, []byte) {
	header := make([]byte, 8)
	if _, err := io.ReadFull(r, header); err != nil {
		return 0, nil
	}
	body := make([]byte, max(int(binary.BigEndian.Uint16(header[2:]))-8, 0))
	_, _ = io.ReadFull(r, body)
	return header[0], body
}

func tdsPacket(body []byte) []byte {
	header := []byte{4, 1, 0, 0, 0, 0, 1, 0}
	binary.BigEndian.PutUint16(header[2:], uint16(8+len(body)))
	return append(header, body...)
}

func writeTDSPacket(w io.Writer, body []byte) { _, _ = w.Write(tdsPacket(body)) }

// tdsServerTunnel is the server's side of a handshake that travels in packets.
type tdsServerTunnel struct {
	net.Conn
	wrap bool
	left []byte
}

func (t *tdsServerTunnel) Read(b []byte) (int, error) {
	if !t.wrap {
		return t.Conn.Read(b)
	}
	if len(t.left) == 0 {
		if _, t.left = readTDSPacket(t.Conn); t.left == nil {
			return 0, io.EOF
		}
	}
	n := copy(b, t.left)
	t.left = t.left[n:]
	return n, nil
}

func (t *tdsServerTunnel) Write(b []byte) (int, error) {
	if !t.wrap {
		return t.Conn.Write(b)
	}
	_, err := t.Conn.Write(tdsPacket(b))
	return len(b), err
}

func readLogin7(message []byte) login7 {
	text := func(at int, hidden bool) string {
		from, units := binary.LittleEndian.Uint16(message[at:]), binary.LittleEndian.Uint16(message[at+2:])
		field := message[from : from+2*units]
		decoded := make([]uint16, units)
		for i := range decoded {
			low, high := field[2*i], field[2*i+1]
			if hidden {
				low, high = low^0xa5, high^0xa5
				low, high = low<<4|low>>4, high<<4|high>>4
			}
			decoded[i] = uint16(low) | uint16(high)<<8
		}
		return string(utf16.Decode(decoded))
	}
	if len(message) < 94 || int(binary.LittleEndian.Uint32(message)) != len(message) {
		return login7{}
	}
	return login7{user: text(40, false), password: text(44, true), app: text(48, false), server: text(52, false), database: text(68, false)}
}

func join(parts ...[]byte) []byte {
	var all []byte
	for _, part := range parts {
		all = append(all, part...)
	}
	return all
}

func utf16le(s string) []byte {
	var b []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return b
}

// token is a token with its length before it.
func token(kind byte, body ...[]byte) []byte {
	all := join(body...)
	return append(binary.LittleEndian.AppendUint16([]byte{kind}, uint16(len(all))), all...)
}

func bVarchar(s string) []byte { return append([]byte{byte(len(utf16le(s)) / 2)}, utf16le(s)...) }

func usVarchar(s string) []byte {
	return append(binary.LittleEndian.AppendUint16(nil, uint16(len(utf16le(s))/2)), utf16le(s)...)
}

func loginAck() []byte {
	return token(0xad, []byte{1, 0x74, 0, 0, 4}, bVarchar("Microsoft SQL Server"), []byte{16, 0, 0x10, 0x27})
}

func envDatabase(name string) []byte {
	return token(0xe3, []byte{1}, bVarchar(name), bVarchar("master"))
}

func envRouting(host string, port uint16) []byte {
	value := join([]byte{0}, binary.LittleEndian.AppendUint16(nil, port), usVarchar(host))
	return token(0xe3, []byte{20}, binary.LittleEndian.AppendUint16(nil, uint16(len(value))), value, []byte{0, 0})
}

func sqlError(number int32, text string) []byte {
	return token(0xaa, binary.LittleEndian.AppendUint32(nil, uint32(number)), []byte{1, 14},
		usVarchar(text), bVarchar("db"), bVarchar(""), []byte{1, 0, 0, 0})
}

func sqlInfo(number int32, text string) []byte {
	info := sqlError(number, text)
	info[0] = 0xab
	return info
}

func done() []byte { return append([]byte{0xfd}, make([]byte, 12)...) }

// failed is done with an error.
func failed() []byte { return append([]byte{0xfd, 2}, make([]byte, 11)...) }

// The stand-in is made from the documents. That Microsoft's own driver takes
// it for SQL Server says that it was read well.
func TestMicrosoftsDriverTakesTheStandInForSQLServer(t *testing.T) {
	t.Parallel()
	server, roots := newSQLServer(t)
	addr := standIn(t, server.serve).(*net.TCPAddr)
	for _, encryption := range []msdsn.Encryption{msdsn.EncryptionOff, msdsn.EncryptionRequired, msdsn.EncryptionDisabled} {
		cfg := msdsn.Config{
			Host: "127.0.0.1", Port: uint64(addr.Port), Protocols: []string{"tcp"}, User: "ann", Password: "canary-7yq", Database: "orders",
			Encryption: encryption, TLSConfig: &tls.Config{RootCAs: roots, ServerName: "127.0.0.1", MaxVersion: tls.VersionTLS12},
		}
		session, err := mssql.NewConnectorConfig(cfg).Connect(t.Context())
		require.NoError(t, err)
		require.NoError(t, session.Close())

		cfg.Password = "wrong"
		_, err = mssql.NewConnectorConfig(cfg).Connect(t.Context())
		refused, ok := errors.AsType[mssql.Error](err)
		require.True(t, ok, "%v", err)
		require.EqualValues(t, 18456, refused.Number)
	}
}
