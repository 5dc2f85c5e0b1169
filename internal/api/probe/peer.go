package probe

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"time"
)

// nudge is sent to a peer that says nothing, to learn what it is: PostgreSQL's
// request for TLS, which it answers with one byte, then a line that Redis
// answers and that HTTP and TLS servers complain about.
const nudge = "\x00\x00\x00\x08\x04\xd2\x16\x2f\r\nPING\r\n\r\n"

// hear reads the first bytes that the peer sends and makes sure that they can
// be the expected protocol's; if they are another's, the failure names it. r
// reads from conn.
func (a *attempt) hear(ctx context.Context, conn net.Conn, r io.Reader, buf []byte) (int, error) {
	_ = conn.SetReadDeadline(patience(ctx))
	n, err := r.Read(buf)
	_ = conn.SetReadDeadline(time.Time{})
	nudged := false
	if n == 0 && timedOut(err) && !ended(ctx) {
		nudged = true
		_, _ = io.WriteString(conn, nudge)
		n, err = r.Read(buf)
	}
	peer := speaks(buf[:n])
	a.learn(func(t *trace) { t.peer = peer })
	switch {
	case ctx.Err() == context.Canceled:
		return 0, ctx.Err()
	case peer == "TLS":
		return 0, fault("peer.tls", a.at.portPath)
	case peer != "" && peer != a.protocol && peer != a.also:
		return 0, fault("peer.other", a.at.portPath).with("peer", peer)
	case n > 0 && nudged && peer == "":
		return 0, fault("peer.garbled", a.at.portPath)
	case nudged, timedOut(err), ended(ctx):
		return 0, fault("peer.silent", a.at.portPath)
	case n > 0:
		return n, nil
	case dropped(err):
		return 0, fault("peer.closed", a.at.portPath)
	}
	return 0, err
}

// patience is when to stop waiting for a peer to speak by itself: a quarter
// of the time is kept for asking what it is.
func patience(ctx context.Context) time.Time {
	deadline, ok := ctx.Deadline()
	if !ok {
		return time.Time{}
	}
	return deadline.Add(-time.Until(deadline) / 4)
}

// peers are protocols by how their servers' first words begin.
var peers = []struct{ begins, name string }{
	{"SSH-", "SSH"},
	{"HTTP/", "HTTP"},
	{"\x15\x03", "TLS"}, // an alert
	{"+PONG", "Redis"}, {"-ERR", "Redis"}, {"-NOAUTH", "Redis"}, {"-DENIED", "Redis"}, {"-LOADING", "Redis"},
	{"220 ", "FTP"}, {"220-", "FTP"}, // SMTP greets like this, too, but says so
	{"RFB ", "VNC"},
	{"AMQP", "AMQP"},
	{"\x05\x00\x00\x00\x0b", "MySQL X Protocol"},
	{"SE\x00", "PostgreSQL"}, {"NE\x00", "PostgreSQL"}, // and complains about the rest of the nudge
	{"E\x00\x00", "PostgreSQL"}, {"R\x00\x00\x00", "PostgreSQL"},
}

// speaks names the protocol of a server's first bytes, or "" if it is none of
// those that are known.
func speaks(b []byte) string {
	if bytes.Equal(b, []byte("S")) || bytes.Equal(b, []byte("N")) {
		return "PostgreSQL" // yes and no, to the request for TLS
	}
	if len(b) > 4 && b[2] == 0 && b[3] == 0 && (b[4] == mysqlProtocol || b[4] == mysqlError) {
		return "MySQL"
	}
	if len(b) > 8 && b[0] == 0 && string(b[5:8]) == "SMB" { // after the length
		return map[byte]string{0xfe: "SMB 2/3", 0xff: "SMB 1"}[b[4]]
	}
	if strings.HasPrefix(string(b), "220") && mentions(string(b), "smtp") {
		return "SMTP"
	}
	for _, p := range peers {
		if strings.HasPrefix(string(b), p.begins) {
			return p.name
		}
	}
	return database(b)
}

// database names the databases whose answers begin with a length.
func database(b []byte) string {
	switch {
	case len(b) < drdaHeader:
	case b[2] == drdaMagic && b[3]&0x0f >= 1 && b[3]&0x0f <= 3: // kind of message
		return "Db2"
	case len(b) < tnsHeader:
	case b[0] == tdsAnswer && b[1] == tdsLast && b[7] == 0:
		return "SQL Server"
	case b[2] == 0 && b[3] == 0 && b[6] == 0 && b[7] == 0 &&
		(b[4] == tnsAccept || b[4] == tnsRefuse || b[4] == tnsRedirect || b[4] == tnsResend):
		return "Oracle"
	}
	return ""
}
