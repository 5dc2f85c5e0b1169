package probe

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"switchboard/internal/api"
)

// sshVersion reads the line with which the server names its software, and
// returns the connection from which the driver can read it again.
func (a *attempt) sshVersion(ctx context.Context, conn net.Conn) (net.Conn, error) {
	line, again, err := a.firstLine(ctx, conn)
	if err != nil {
		return nil, err
	}
	rest, ssh := strings.CutPrefix(line, "SSH-")
	protocol, software, found := strings.Cut(rest, "-")
	switch {
	case mentions(line, "maxstartups"): // OpenSSH says it instead of its version
		return nil, fault("server.too_many_connections", "").because(errors.New(line))
	case !ssh, !found:
		return nil, fault("peer.garbled", a.at.portPath)
	case protocol != "2.0" && protocol != "1.99":
		return nil, fault("ssh.algorithms", pathFileServer).because(errors.New(line))
	}
	a.found(software)
	return again, nil
}

// sshSignIn answers what SSH asks on the way in. The password is sent once,
// so that a wrong one does not count twice towards locking the account.
type sshSignIn struct {
	a        *attempt
	password string
	asked    bool     // what the server accepts is known
	sent     bool     // the password was sent
	question string   // to which the password was the answer
	refused  *failure // why not everything was answered
}

// hostKey notes the key by which the server can be recognised.
func (s *sshSignIn) hostKey(_ string, _ net.Addr, key ssh.PublicKey) error {
	if s.a.current() == api.StepHandshake {
		s.a.enter(api.StepHostKey)
		s.a.found(key.Type() + " " + ssh.FingerprintSHA256(key))
	}
	return nil
}

// next chooses how to sign in, after the server said what it accepts, and
// what it thought of the attempt before.
func (s *sshSignIn) next(c *ssh.ClientAuthContext) (ssh.AuthMethod, error) {
	if !s.asked {
		s.asked = true
		s.a.enter(api.StepSignIn)
		switch {
		case slices.Contains(c.AllowedMethods, "password"):
			s.sent = true
			return ssh.Password(s.password), nil
		case slices.Contains(c.AllowedMethods, "keyboard-interactive"):
			return ssh.KeyboardInteractive(s.answer), nil
		}
	}
	accepted := strings.Join(c.AllowedMethods, ", ")
	switch {
	case s.refused != nil:
		return nil, s.refused
	case len(c.PartialSuccessMethods) > 0:
		return nil, fault("ssh.second_factor", pathUser).with("scheme", accepted)
	case s.sent:
		return nil, fault("sign_in.wrong_password", pathPassword)
	}
	return nil, fault("ssh.no_password", pathUser).with("scheme", accepted)
}

// answer answers the questions that a server asks in its own words. The first
// one that hides what is typed is for the password; the same again means that
// the password was wrong.
func (s *sshSignIn) answer(_, _ string, questions []string, echos []bool) ([]string, error) {
	switch {
	case len(questions) == 0:
		return nil, nil
	case !s.sent && len(questions) == 1 && !echos[0]:
		s.sent, s.question = true, questions[0]
		return []string{s.password}, nil
	case s.sent && questions[0] == s.question:
		s.refused = fault("sign_in.wrong_password", pathPassword)
	default:
		s.refused = fault("ssh.second_factor", pathUser).with("scheme", "keyboard-interactive")
	}
	return nil, s.refused
}

// sshFailure explains an error of the driver or the server.
func (a *attempt) sshFailure(err error) error {
	if f, understood := errors.AsType[*failure](err); understood {
		return f
	}
	if _, disagreed := errors.AsType[*ssh.AlgorithmNegotiationError](err); disagreed {
		return fault("ssh.algorithms", pathFileServer).because(err)
	}
	switch {
	case broke(err):
		return err
	case a.current() == api.StepHandshake:
		return fault("peer.garbled", pathPort).because(err)
	}
	return err
}
