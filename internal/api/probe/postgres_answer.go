package probe

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"

	"switchboard/internal/api"
)

// postgresWantsTLS is the message that asks for TLS.
const postgresWantsTLS = "\x00\x00\x00\x08\x04\xd2\x16\x2f"

// How a server can ask for a password, where it matters here.
const (
	postgresLetsIn    = 0
	postgresCleartext = 3
	postgresMD5       = 5
	postgresSASL      = 10
)

// postgresSchemes names the others. From 10 on, openGauss, and DWS with it,
// gave numbers to schemes of its own; its 10 is known by what follows.
var postgresSchemes = map[uint32]string{
	2: "Kerberos 5", 6: "SCM", 7: "GSSAPI", 9: "SSPI",
	11: "MD5/SHA-256 (openGauss)", 12: "SHA-256 (openGauss)", 13: "SM3 (openGauss)",
}

// postgresAnswer reads the beginning of the server's first message, before
// the driver sees it: it must be PostgreSQL's, and must not ask for the
// password in a way that the driver does not know or that gives it away.
func (a *attempt) postgresAnswer(ctx context.Context, conn net.Conn, r io.Reader, buf []byte) (int, error) {
	n, err := a.hear(ctx, conn, r, buf)
	if err != nil {
		return 0, err
	}
	if n, err = readOn(r, buf, n, 5); err != nil { // type and length
		return 0, err
	}
	end := int64(binary.BigEndian.Uint32(buf[1:])) + 1
	if buf[0] != 'R' && buf[0] != 'E' || end < 9 || end > int64(len(buf)) {
		return 0, fault("peer.garbled", a.at.portPath)
	}
	if n, err = readOn(r, buf, n, int(end)); err != nil {
		return 0, err
	}
	a.enter(api.StepSignIn)
	if buf[0] == 'E' {
		return n, nil
	}
	switch scheme := binary.BigEndian.Uint32(buf[5:]); {
	case scheme == postgresLetsIn:
		a.warn(fault("sign_in.not_asked", pathPassword))
	case scheme == postgresCleartext:
		return 0, fault("sign_in.cleartext", pathUser)
	case scheme == postgresSASL && bytes.Contains(buf[:n], []byte("SCRAM-SHA-256\x00")), scheme == postgresMD5:
	default:
		return 0, fault("sign_in.unsupported_scheme", pathUser).with("scheme", schemeName(scheme, buf[9:end]))
	}
	return n, nil
}

// schemeName names a scheme. After its number, PostgreSQL's SASL lists names
// of mechanisms and openGauss' SHA-256 has a number.
func schemeName(scheme uint32, rest []byte) string {
	switch {
	case scheme == postgresSASL && len(rest) > 0 && rest[0] == 0:
		return "SHA-256 (openGauss)"
	case scheme == postgresSASL:
		return "SASL"
	}
	if name := postgresSchemes[scheme]; name != "" {
		return name
	}
	return fmt.Sprint(scheme)
}

// listener is a reader whose first read is somebody else's.
type listener struct {
	r     io.Reader
	first func([]byte) (int, error)
}

func (l *listener) Read(b []byte) (int, error) {
	if first := l.first; first != nil {
		l.first = nil
		return first(b)
	}
	return l.r.Read(b)
}
