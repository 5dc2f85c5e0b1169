package probe

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"hash"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// kafkaMechanisms are the methods of sign-in that the console can take, best
// first. PLAIN sends the password itself; it comes last and, as the links that
// have a user always encrypt, inside TLS.
var kafkaMechanisms = []struct {
	name string
	hash func() hash.Hash // of SCRAM
}{
	{"SCRAM-SHA-512", sha512.New},
	{"SCRAM-SHA-256", sha256.New},
	{"PLAIN", nil},
}

// kafkaSignIn signs in and returns the connection on which that was done. The
// link does not say by which method, and accounts need not be known to each,
// so those that the broker offers are tried.
func (a *attempt) kafkaSignIn(ctx context.Context, c *kafkaConn, way kafkaWay) (*kafkaConn, error) {
	if way.user == "" {
		return c, a.kafkaMechanism(c, way)
	}
	user, err := a.required(way.user)
	if err != nil {
		return c, err
	}
	a.know("user", user)
	begun := kafkaMechanisms[0].name
	offered, err := c.begin(begun)
	switch {
	case err == nil && len(offered) == 0: // a broker that keeps them to itself
		for _, m := range kafkaMechanisms {
			offered = append(offered, m.name)
		}
	case err != nil && !errors.Is(err, kerr.UnsupportedSaslMechanism):
		return c, kafkaRefusal(err, way)
	}
	err = fault("sign_in.unsupported_scheme", way.user).with("scheme", a.clean(strings.Join(offered, ", "), maxFound))
	for _, m := range kafkaMechanisms {
		if !slices.Contains(offered, m.name) {
			continue
		}
		if m.name != begun {
			if c, err = a.kafkaAgain(ctx, c, way, m.name); err != nil {
				return c, kafkaRefusal(err, way)
			}
		}
		err = c.authenticate(m.hash, user, a.secrets[pathPassword].Reveal())
		switch {
		case err == nil:
			a.found(m.name)
			return c, nil
		case dropped(err): // the answer of some to a wrong password
			err = fault("kafka.sign_in_dropped", pathPassword).because(err)
		case !errors.Is(err, kerr.SaslAuthenticationFailed):
			return c, kafkaRefusal(err, way)
		}
	}
	return c, kafkaRefusal(err, way)
}

// kafkaMechanism makes sure that the broker offers what the client will use.
// Further it does not go: the link has no user.
func (a *attempt) kafkaMechanism(c *kafkaConn, way kafkaWay) error {
	offered, err := c.begin(way.mechanism)
	if errors.Is(err, kerr.UnsupportedSaslMechanism) {
		return fault("kafka.mechanism", way.path).with("scheme", a.clean(strings.Join(offered, ", "), maxFound))
	}
	if err != nil {
		return kafkaRefusal(err, way)
	}
	a.warn(fault("kafka.sign_in_unchecked", way.path))
	return nil
}

// kafkaAgain connects to the same broker once more: who chose a method that is
// not offered, or failed, is hung up on.
func (a *attempt) kafkaAgain(ctx context.Context, before *kafkaConn, way kafkaWay, mechanism string) (*kafkaConn, error) {
	_ = before.conn.Close()
	conn, err := a.beside(ctx, a.at.port)
	if err != nil {
		return before, connectFailure(ctx, err, a.at)
	}
	if conn, err = a.encrypt(ctx, conn, way.path); err != nil {
		return before, err
	}
	c := newKafkaConn(conn)
	c.knows = before.knows
	_, err = c.begin(mechanism)
	return c, err
}

// begin chooses a method of sign-in and returns those that are offered.
func (c *kafkaConn) begin(mechanism string) ([]string, error) {
	req := kmsg.NewPtrSASLHandshakeRequest()
	req.Mechanism = mechanism
	answer, err := c.ask(req)
	if err != nil {
		return nil, err
	}
	resp, _ := answer.(*kmsg.SASLHandshakeResponse)
	return resp.SupportedMechanisms, kerr.ErrorForCode(resp.ErrorCode)
}

// authenticate signs in by the method that was chosen: SCRAM with the hash, or
// PLAIN without.
func (c *kafkaConn) authenticate(h func() hash.Hash, user, password string) error {
	if h == nil {
		_, err := c.authenticateWith("\x00" + user + "\x00" + password)
		return err
	}
	s := newScram(h, user, password, scramNonce())
	challenge, err := c.authenticateWith(s.first())
	if err != nil {
		return err
	}
	proof, err := s.answer(challenge)
	if err != nil {
		return err
	}
	last, err := c.authenticateWith(proof)
	if err != nil {
		return err
	}
	return s.verify(last)
}

func (c *kafkaConn) authenticateWith(text string) (string, error) {
	req := kmsg.NewPtrSASLAuthenticateRequest()
	req.SASLAuthBytes = []byte(text)
	answer, err := c.ask(req)
	if err != nil {
		return "", err
	}
	resp, _ := answer.(*kmsg.SASLAuthenticateResponse)
	return string(resp.SASLAuthBytes), kerr.ErrorForCode(resp.ErrorCode)
}

// kafkaRefusal explains why a sign-in failed.
func kafkaRefusal(err error, way kafkaWay) error {
	switch {
	case errors.Is(err, kerr.SaslAuthenticationFailed):
		return fault("sign_in.wrong_password", pathPassword).because(err)
	case errors.Is(err, kerr.IllegalSaslState):
		return fault("kafka.sasl_needless", way.path).because(err)
	}
	return err
}
