package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
)

// fileSystems are FTP, SFTP and network shares.
var fileSystems = []*system{
	ftpSystem,
	sftpSystem,
	smbSystem,
	nfsSystem,
}

// pathFileServer is where files are: a host for FTP and SFTP, a share for NAS.
// The other inputs have the names that they have in generic-jdbc-connector.
// Source: spec/links.md §2.8, §2.11.
const pathFileServer = "linkConfig.server"

// dialFiles reads the inputs that FTP and SFTP share and takes the first two
// steps.
func (a *attempt) dialFiles(ctx context.Context) (net.Conn, account, error) {
	at, err := a.endpointOf(pathFileServer, pathPort)
	if err != nil {
		return nil, account{}, err
	}
	as, err := a.fileAccount()
	if err != nil {
		return nil, as, err
	}
	conn, err := a.dial(ctx, at)
	return conn, as, err
}

// fileAccount reads who signs in.
func (a *attempt) fileAccount() (account, error) {
	as := account{password: a.secrets[pathPassword].Reveal()}
	var err error
	if as.user, err = a.required(pathUser); err != nil {
		return as, err
	}
	if as.password != "" && !plain(as.password) {
		return as, fault("input", pathPassword)
	}
	a.know("user", as.user)
	return as, nil
}

// firstLine reads the line with which a server begins, and returns it with a
// connection from which the driver can read it again.
func (a *attempt) firstLine(ctx context.Context, conn net.Conn) (string, net.Conn, error) {
	buf := make([]byte, 4096)
	n, err := a.hear(ctx, conn, conn, buf)
	if err != nil {
		return "", nil, err
	}
	if bytes.ContainsFunc(buf[:min(n, 4)], func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", nil, fault("peer.garbled", a.at.portPath)
	}
	for !bytes.ContainsRune(buf[:n], '\n') && n < len(buf) {
		if n, err = readOn(conn, buf, n, n+1); err != nil {
			return "", nil, err
		}
	}
	line, _, _ := strings.Cut(string(buf[:n]), "\n")
	return strings.TrimSuffix(line, "\r"), &replayed{Conn: conn, r: io.MultiReader(bytes.NewReader(buf[:n]), conn)}, nil
}

// beside connects to another port of the machine that the check is connected
// to: the same address, whatever else the name stands for, and whatever other
// address the server proposes.
func (a *attempt) beside(ctx context.Context, port uint16) (net.Conn, error) {
	at, err := netip.ParseAddrPort(a.conn.RemoteAddr().String())
	if err != nil {
		return nil, err
	}
	return a.p.guard.dial(ctx, a.at.host, []netip.Addr{at.Addr().Unmap()}, port)
}

// broke reports whether it was the connection that ended, by the other side or
// because the time is up, and nothing that the server said.
func broke(err error) bool {
	return dropped(err) || timedOut(err) || errors.Is(err, net.ErrClosed)
}

// listing is what the read step found: a folder and the number of its entries,
// with a plus sign if there are more than were looked at.
func listing(folder string, entries int, more bool) string {
	switch {
	case more && entries == 0:
		return folder
	case more:
		return fmt.Sprintf("%s (%d+)", folder, entries)
	}
	return fmt.Sprintf("%s (%d)", folder, entries)
}
