package probe

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"switchboard/internal/api"
)

// sftpSystem is SFTP, which is SSH with a subsystem. The link has no input to
// compare the host key with, so the check shows it.
var sftpSystem = &system{
	connector: "sftp-connector",
	protocol:  "SSH",
	plan: func(inputs) []api.StepName {
		return []api.StepName{
			api.StepResolve, api.StepConnect, api.StepHandshake, api.StepHostKey, api.StepSignIn, api.StepRead,
		}
	},
	check: checkSFTP,
}

func checkSFTP(ctx context.Context, a *attempt) error {
	conn, as, err := a.dialFiles(ctx)
	if err != nil {
		return err
	}
	a.enter(api.StepHandshake)
	if conn, err = a.sshVersion(ctx, conn); err != nil {
		return err
	}
	client, err := a.sshConnect(conn, as)
	if err != nil {
		return a.sshFailure(err)
	}
	defer func() { _ = client.Close() }()
	a.enter(api.StepRead)
	return a.sftpList(ctx, client)
}

// sshConnect signs in. What is sent is the password and nothing else: no key
// or agent of the machine is asked for.
func (a *attempt) sshConnect(conn net.Conn, as account) (*ssh.Client, error) {
	signIn := &sshSignIn{a: a, password: as.password}
	known := ssh.SupportedAlgorithms()
	cfg := &ssh.ClientConfig{
		Config:            ssh.Config{KeyExchanges: known.KeyExchanges, Ciphers: known.Ciphers, MACs: known.MACs},
		User:              as.user,
		AuthCallback:      signIn.next,
		HostKeyCallback:   signIn.hostKey,
		HostKeyAlgorithms: sshHostKeys,
		ClientVersion:     "SSH-2.0-Switchboard",
	}
	c, channels, requests, err := ssh.NewClientConn(conn, a.at.String(), cfg)
	if err != nil {
		return nil, err
	}
	if !signIn.asked {
		a.enter(api.StepSignIn)
		a.warn(fault("sign_in.not_asked", pathPassword))
	}
	return ssh.NewClient(c, channels, requests), nil
}

// sshHostKeys are the kinds of host keys, those first that others are most
// likely to show, too. Certificates are not asked for: it is the key itself
// that can be compared.
var sshHostKeys = []string{
	ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256,
}

// sftpList lists the folder that the account begins in. Of a folder that is
// too long for a check, the beginning is enough.
func (a *attempt) sftpList(ctx context.Context, client *ssh.Client) error {
	session, err := sftp.NewClient(client)
	if err != nil {
		return sftpUnavailable(ctx, err)
	}
	// The session ends with the connection: to close it is to wait until the
	// server does, too.
	folder, err := session.RealPath(".")
	if err != nil {
		return sftpFailure(err)
	}
	entries, err := session.ReadDirContext(ctx, folder)
	if err != nil && (len(entries) == 0 || ended(ctx)) {
		return sftpFailure(err)
	}
	a.found(listing(folder, len(entries), err != nil))
	return nil
}

// sftpUnavailable explains why there is no SFTP after the sign-in: the server
// refuses it, or starts something else that ends or says something else.
func sftpUnavailable(ctx context.Context, err error) error {
	if ended(ctx) {
		return err
	}
	return fault("sftp.unavailable", pathPort).because(err)
}

// sftpFailure explains an error of the driver or the server.
func sftpFailure(err error) error {
	_, answered := errors.AsType[*sftp.StatusError](err)
	switch {
	case answered, errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return fault("files.home", pathUser).because(err)
	case errors.Is(err, sftp.ErrSSHFxConnectionLost): // the driver hides why
		return io.ErrUnexpectedEOF
	}
	return err
}
