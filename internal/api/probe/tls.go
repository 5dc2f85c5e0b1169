package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"slices"
	"strings"

	"switchboard/internal/api"
)

// tlsConfig is how checks speak TLS. The systems that links describe are
// reached through JDBC, whose useSSL encrypts but verifies nothing; a check
// that insisted on more would refuse links that work. So a certificate that
// cannot be verified is a warning that says why.
//
// What is wrong with the certificate is pinned to path, the input that asked
// for TLS.
func (a *attempt) tlsConfig(path string) *tls.Config {
	return &tls.Config{
		ServerName:         a.serverName(),
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, //nolint:gosec // verified below, with a warning as the worst outcome
		VerifyConnection: func(s tls.ConnectionState) error {
			a.found(tls.VersionName(s.Version))
			if w := a.verify(s, path); w != nil {
				a.warn(w)
			}
			return nil
		},
	}
}

func (a *attempt) serverName() string { return strings.Trim(strings.TrimSuffix(a.at.host, "."), "[]") }

// verify judges the server's certificate: nil if it is trusted.
func (a *attempt) verify(s tls.ConnectionState, path string) *failure {
	if len(s.PeerCertificates) == 0 {
		return fault("tls.unverified", path)
	}
	intermediates := x509.NewCertPool()
	for _, cert := range s.PeerCertificates[1:] {
		intermediates.AddCert(cert)
	}
	leaf := s.PeerCertificates[0]
	_, err := leaf.Verify(x509.VerifyOptions{Roots: a.p.roots, Intermediates: intermediates, DNSName: a.serverName()})
	return certificateWarning(err, path)
}

func certificateWarning(err error, path string) *failure {
	if err == nil {
		return nil
	}
	name := "tls.unverified"
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		name = "tls.wrong_name"
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		name = "tls.unknown_authority"
	}
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok && e.Reason == x509.Expired {
		name = "tls.expired"
	}
	return fault(name, path).because(err)
}

// secure takes the TLS step: it encrypts a connection.
func (a *attempt) secure(ctx context.Context, conn net.Conn, path string) (net.Conn, error) {
	a.enter(api.StepTLS)
	return a.encrypt(ctx, conn, path)
}

// encrypt encrypts a connection without a step of its own: one more of the
// same.
func (a *attempt) encrypt(ctx context.Context, conn net.Conn, path string) (net.Conn, error) {
	secure := tls.Client(conn, a.tlsConfig(path))
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, tlsFailure(ctx, err, path)
	}
	return secure, nil
}

// tlsFailure explains a handshake that failed, unless time ran out in it.
func tlsFailure(ctx context.Context, err error, path string) error {
	if ended(ctx) || timedOut(err) {
		return err
	}
	return fault("tls.failed", path).because(err)
}

// withoutTLS removes the TLS step from a plan if the link does not ask for it.
func withoutTLS(in inputs, plan ...api.StepName) []api.StepName {
	if in.flag(pathUseSSL) {
		return plan
	}
	return slices.DeleteFunc(plan, func(name api.StepName) bool { return name == api.StepTLS })
}
