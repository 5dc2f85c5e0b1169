package probe

import (
	"context"
	"net"
	"slices"
	"strings"
)

// ftpGreeting reads the server's first words and returns the connection from
// which the driver can read them again.
func (a *attempt) ftpGreeting(ctx context.Context, conn net.Conn) (*ftpConn, error) {
	line, again, err := a.firstLine(ctx, conn)
	if err != nil {
		return nil, err
	}
	if len(line) < 4 || !digits(line[:3]) || line[3] != ' ' && line[3] != '-' {
		return nil, fault("peer.garbled", a.at.portPath)
	}
	a.found(line[4:])
	return &ftpConn{Conn: again}, nil
}

func digits(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
}

// ftpConn is a control connection that notes what the driver keeps to itself:
// the last command, without what follows it, and the codes of the replies.
type ftpConn struct {
	net.Conn
	command string // "" before the first
	codes   []string
	line    []byte // the first four bytes of the line that is being read
}

func (c *ftpConn) Write(b []byte) (int, error) {
	c.command, _, _ = strings.Cut(strings.TrimSpace(string(b)), " ")
	return c.Conn.Write(b)
}

func (c *ftpConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	for _, char := range b[:n] {
		switch {
		case char == '\n':
			c.line = c.line[:0]
		case len(c.line) < 4:
			if c.line = append(c.line, char); len(c.line) == 4 && char == ' ' && digits(string(c.line[:3])) {
				c.codes = append(c.codes, string(c.line[:3]))
			}
		}
	}
	return n, err
}

// fault finds what the last reply means, of which the words are known. RFC 959
// has too few codes for what goes wrong today, so servers differ, and only
// their words tell a wrong password from a demand for TLS.
func (c *ftpConn) fault(words string) *failure {
	code := ""
	if len(c.codes) > 0 {
		code = c.codes[len(c.codes)-1]
	}
	after := func(commands ...string) bool { return slices.Contains(commands, c.command) }
	switch {
	case code == "120":
		return fault("server.not_ready", "")
	case code < "400" && after("", "QUIT"): // with which the driver gives up
		return fault("peer.garbled", pathPort)
	case code < "400":
		return nil
	case code == "534", code == "522", mentions(words, "tls", "ssl", "encrypt", "cleartext", "clear text", "clear-text"):
		return fault("ftp.tls_required", pathFileServer)
	case code == "421", mentions(words, "too many", "maximum"):
		return fault("server.too_many_connections", "")
	case after("USER", "PASS") && (code == "530" || code == "430"):
		return fault("sign_in.wrong_password", pathPassword)
	case after("EPSV", "PASV"), after("LIST", "MLSD") && (code == "425" || code == "426"):
		return fault("ftp.data", pathFileServer)
	case after("LIST", "MLSD"):
		return fault("files.home", pathUser)
	}
	return nil
}

// mentions reports whether a text has one of the words, in lower case.
func mentions(text string, words ...string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
}
