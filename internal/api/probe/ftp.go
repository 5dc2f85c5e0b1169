package probe

import (
	"context"
	"errors"
	"net"
	"net/textproto"
	"slices"

	"github.com/jlaffaye/ftp"

	"switchboard/internal/api"
)

// ftpSystem is FTP without encryption, which is all that ftp-connector can
// ask for. The server greets, and lists files over a connection of their own.
var ftpSystem = &system{
	connector: "ftp-connector",
	protocol:  "FTP",
	plan: func(inputs) []api.StepName {
		return []api.StepName{api.StepResolve, api.StepConnect, api.StepHandshake, api.StepSignIn, api.StepRead}
	},
	check: checkFTP,
}

func checkFTP(ctx context.Context, a *attempt) error {
	conn, as, err := a.dialFiles(ctx)
	if err != nil {
		return err
	}
	a.enter(api.StepHandshake)
	control, err := a.ftpGreeting(ctx, conn)
	if err != nil {
		return err
	}
	session, err := ftp.Dial(a.at.String(), ftp.DialWithDialFunc(a.ftpDial(ctx, control)))
	if err != nil {
		return ftpFailure(err, control)
	}
	defer func() { _ = session.Quit() }()
	a.enter(api.StepSignIn)
	if err := session.Login(as.user, as.password); err != nil {
		return ftpFailure(err, control)
	}
	if !slices.Contains(control.codes, "331") {
		a.warn(fault("sign_in.not_asked", pathPassword))
	}
	a.enter(api.StepRead)
	return a.ftpList(session, control)
}

// ftpDial gives the driver its connections: first the one that is open, then
// those that carry lists. Of what the server proposes for these, only the
// port counts.
func (a *attempt) ftpDial(ctx context.Context, control net.Conn) func(network, address string) (net.Conn, error) {
	first := true
	return func(_, address string) (net.Conn, error) {
		if first {
			first = false
			return control, nil
		}
		at, err := readEndpoint(address, pathFileServer)
		if err != nil {
			return nil, fault("peer.garbled", pathPort)
		}
		conn, err := a.beside(ctx, at.port)
		if err != nil && !ended(ctx) {
			return nil, fault("ftp.data", pathFileServer)
		}
		return conn, err
	}
}

// ftpList lists the folder that the account begins in. Of a folder that is too
// long for a check, the beginning is enough.
func (a *attempt) ftpList(session *ftp.ServerConn, control *ftpConn) error {
	folder, err := session.CurrentDir()
	if broke(err) {
		return err
	}
	entries, err := session.List("")
	if err != nil && !errors.Is(err, errTooMuch) {
		return ftpFailure(err, control)
	}
	entries = slices.DeleteFunc(entries, func(e *ftp.Entry) bool { return e.Name == "." || e.Name == ".." })
	a.found(listing(folder, len(entries), err != nil))
	return nil
}

// ftpFailure explains an error of the driver or the server.
func ftpFailure(err error, control *ftpConn) error {
	if _, understood := errors.AsType[*failure](err); understood || broke(err) {
		return err
	}
	if _, garbled := errors.AsType[textproto.ProtocolError](err); garbled {
		return fault("peer.garbled", pathPort).because(err)
	}
	if f := control.fault(err.Error()); f != nil {
		return f.because(err)
	}
	return err
}
