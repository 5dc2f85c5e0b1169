package probe

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"

	"github.com/cloudsoda/go-smb2"

	"switchboard/internal/api"
)

// smbSystem is Windows shares and what speaks their protocol: Samba, NAS
// boxes. CIFS is the older name of the same.
var smbSystem = &system{
	connector: nas,
	when:      func(in inputs) bool { return !in.is(pathShareProtocol, "NFS") },
	protocol:  "SMB 2/3",
	plan: func(inputs) []api.StepName {
		return []api.StepName{api.StepResolve, api.StepConnect, api.StepHandshake, api.StepSignIn, api.StepRead}
	},
	check: func(ctx context.Context, a *attempt) error { return shareFailure(checkSMB(ctx, a)) },
}

const smbPort = 445

func checkSMB(ctx context.Context, a *attempt) error {
	share, ok := smbShare(a.in.text(pathFileServer))
	if !ok {
		return fault("input", pathFileServer)
	}
	as, err := a.fileAccount()
	if err != nil {
		return err
	}
	conn, err := a.dial(ctx, endpoint{host: share.host, port: smbPort, hostPath: pathFileServer, portPath: pathFileServer})
	if err != nil {
		return err
	}
	a.enter(api.StepHandshake)
	wire := a.smbWire(ctx, conn)
	session, err := smbConnect(ctx, wire, share, as)
	if err != nil {
		return a.smbFailure(wire, err)
	}
	defer func() { _ = session.Logoff() }()
	if wire.guest() {
		a.warn(fault("smb.guest", pathUser))
	}
	a.enter(api.StepRead)
	return a.smbFailure(wire, a.smbList(ctx, session, wire, share))
}

// smbConnect agrees on a version and signs in, with NTLM. It ends with the
// connection, and so with ctx; its error is then what the connection has heard.
func smbConnect(ctx context.Context, wire *smbWire, share shareAddress, as account) (*smb2.Session, error) {
	who := &smb2.NTLMInitiator{User: as.user, Password: as.password}
	if domain, user, found := strings.Cut(as.user, `\`); found {
		who.Domain, who.User = domain, user
	}
	session, err := (&smb2.Dialer{Initiator: who}).DialConn(context.WithoutCancel(ctx), wire, share.host)
	if err != nil {
		return nil, err
	}
	return session.WithContext(ctx), nil
}

// smbList opens the share and lists its folder. The driver asks for a
// megabyte at once, so of a long folder only the fact that a list came is
// known.
func (a *attempt) smbList(ctx context.Context, session *smb2.Session, wire *smbWire, share shareAddress) error {
	mount, err := session.Mount(`\\` + share.host + `\` + share.name)
	if err != nil {
		return err
	}
	mount = mount.WithContext(ctx)
	folder, err := mount.Open(share.folder)
	if err != nil {
		return err
	}
	defer func() { _ = folder.Close() }()
	entries, err := folder.Readdir(1 << 10)
	long := errors.Is(wire.broken(), errTooMuch)
	if err != nil && !errors.Is(err, io.EOF) && !long {
		return err
	}
	a.found(listing(strings.TrimSuffix(`\\`+share.host+`\`+share.name+`\`+share.folder, `\`), len(entries), long || len(entries) == 1<<10))
	return nil
}

// NTSTATUS codes. Source: [MS-ERREF] 2.3.1.
const (
	smbAccessDenied     = 0xc0000022
	smbRequestNotAccept = 0xc00000d0
	smbNotSupported     = 0xc00000bb
)

// smbFaults are errors by their numbers.
var smbFaults = map[uint32]*failure{
	0xc0000064:          fault("sign_in.wrong_password", pathPassword), // no such user
	0xc000006a:          fault("sign_in.wrong_password", pathPassword),
	0xc000006d:          fault("sign_in.wrong_password", pathPassword), // logon failure
	0xc0000071:          fault("sign_in.password_expired", pathPassword),
	0xc0000224:          fault("sign_in.password_expired", pathPassword), // must change
	0xc0000234:          fault("sign_in.locked", pathUser),
	0xc000006e:          fault("sign_in.unknown_user", pathUser), // account restriction
	0xc000006f:          fault("sign_in.unknown_user", pathUser), // not at this hour
	0xc0000070:          fault("sign_in.unknown_user", pathUser), // not from this machine
	0xc0000072:          fault("sign_in.unknown_user", pathUser), // disabled
	0xc0000193:          fault("sign_in.unknown_user", pathUser), // account expired
	0xc000015b:          fault("sign_in.unknown_user", pathUser), // not over the network
	smbNotSupported:     fault("sign_in.unsupported_scheme", pathUser).with("scheme", "Kerberos"),
	smbRequestNotAccept: fault("server.too_many_connections", ""),
	0xc0000205:          fault("server.too_many_connections", ""), // insufficient resources
	smbAccessDenied:     fault("share.no_right", pathFileServer),
	0xc00000ca:          fault("share.no_right", pathFileServer), // network access denied
	0xc00000cc:          fault("share.unknown", pathFileServer),  // bad network name
	0xc0000103:          fault("share.folder", pathFileServer),   // not a directory
}

// smbFailure explains an error of the driver or the server. What went wrong
// on the wire, and what the server answered to the sign-in, the driver hides.
func (a *attempt) smbFailure(wire *smbWire, err error) error {
	if err == nil {
		return nil
	}
	code := smbStatus(err)
	signsIn := a.current() == api.StepSignIn
	if signsIn {
		code = cmp.Or(code, wire.refusal())
	}
	switch broken := wire.broken(); {
	case broken != nil && code == 0:
		return broken
	case signsIn && code == smbAccessDenied:
		return fault("sign_in.unknown_user", pathUser).because(err)
	case code == smbAccessDenied && wire.guest():
		return fault("smb.guest_refused", pathUser).because(err)
	case smbFaults[code] != nil:
		return smbFaults[code].because(err)
	case errors.Is(err, fs.ErrNotExist):
		return fault("share.folder", pathFileServer).because(err)
	}
	_, odd := errors.AsType[*smb2.InvalidResponseError](err)
	switch {
	case signsIn && odd && mentions(err.Error(), "unsupported mechanism"):
		return smbFaults[smbNotSupported].because(err)
	case odd && code == 0:
		return fault("peer.garbled", pathFileServer).because(err)
	}
	return err
}

// smbStatus is the number of an error, or 0 if it has none.
func smbStatus(err error) uint32 {
	answer, numbered := errors.AsType[*smb2.ResponseError](err)
	switch {
	case numbered:
		return answer.Code
	case errors.Is(err, fs.ErrPermission):
		return smbAccessDenied
	case errors.Is(err, smb2.ErrRequestNotAccepted):
		return smbRequestNotAccept
	}
	return 0
}
