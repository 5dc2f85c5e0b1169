package probe

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"hash"
	"strconv"
	"strings"
)

// Bounds of a server's demand for hashing. Fewer rounds than RFC 5802 allows
// are an invitation to guess; more than any server is set to would keep the
// check, which cannot be interrupted in it, for years. That is why this is not
// left to the drivers: theirs have no upper bound.
const (
	minScramRounds = 4096
	maxScramRounds = 1 << 20
)

var errScram = errors.New("the server did not keep to SCRAM")

// scram is the client's side of a sign-in with SCRAM (RFC 5802), without
// channel binding, as MongoDB and Kafka want it.
type scram struct {
	hash     func() hash.Hash
	password string
	nonce    string
	bare     string // the first message, without its header
	expected []byte // what the server must prove in the end
}

func newScram(h func() hash.Hash, user, password, nonce string) *scram {
	escaped := strings.NewReplacer("=", "=3D", ",", "=2C").Replace(user)
	return &scram{hash: h, password: password, nonce: nonce, bare: "n=" + escaped + ",r=" + nonce}
}

// scramNonce makes a nonce for newScram.
func scramNonce() string { return rand.Text() }

func (s *scram) first() string { return "n,," + s.bare }

// answer answers the server's first message: it proves that the password is
// known, without telling it.
func (s *scram) answer(challenge string) (string, error) {
	nonce, salt, rounds, err := readChallenge(challenge)
	if err != nil || !strings.HasPrefix(nonce, s.nonce) {
		return "", errScram
	}
	salted, err := pbkdf2.Key(s.hash, s.password, salt, rounds, s.hash().Size())
	if err != nil {
		return "", err
	}
	last := "c=biws,r=" + nonce // biws: the header, n,,
	spoken := s.bare + "," + challenge + "," + last
	h := s.hash()
	key := s.mac(salted, "Client Key")
	h.Write(key)
	proof := make([]byte, h.Size())
	subtle.XORBytes(proof, key, s.mac(h.Sum(nil), spoken))
	s.expected = s.mac(s.mac(salted, "Server Key"), spoken)
	return last + ",p=" + base64.StdEncoding.EncodeToString(proof), nil
}

// verify makes sure, by its last message, that the server knows the password,
// too.
func (s *scram) verify(last string) error {
	proof, ok := strings.CutPrefix(last, "v=")
	proof, _, _ = strings.Cut(proof, ",")
	signature, err := base64.StdEncoding.DecodeString(proof)
	if !ok || err != nil || s.expected == nil || !hmac.Equal(signature, s.expected) {
		return errScram
	}
	return nil
}

func (s *scram) mac(key []byte, text string) []byte {
	m := hmac.New(s.hash, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

func readChallenge(challenge string) (nonce string, salt []byte, rounds int, err error) {
	parts := strings.SplitN(challenge, ",", 4) // extensions may follow
	if len(parts) < 3 || !strings.HasPrefix(parts[0], "r=") || !strings.HasPrefix(parts[1], "s=") || !strings.HasPrefix(parts[2], "i=") {
		return "", nil, 0, errScram
	}
	salt, err = base64.StdEncoding.DecodeString(parts[1][2:])
	if err != nil || len(salt) == 0 {
		return "", nil, 0, errScram
	}
	rounds, err = strconv.Atoi(parts[2][2:])
	if err != nil || rounds < minScramRounds || rounds > maxScramRounds {
		return "", nil, 0, errScram
	}
	return parts[0][2:], salt, rounds, nil
}
