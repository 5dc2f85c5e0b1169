package probe

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5" //nolint:gosec // the protocol's, over random keys
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // the protocol's
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// How a server keeps a password, as it says in its first answer.
const (
	verifier10G = 0x939
	verifier11G = 0x1b25
	verifier12C = 0x4815
)

// maxRounds is how much hashing a server may ask for. Oracle asks for 4096
// rounds.
const maxRounds = 1 << 20

// oracleProof is the proof that the client knows the password, which does not
// give it away (O5LOGON): both sides make up half of a key and send it
// encrypted with what the server keeps of the password; with that key, the
// password itself is encrypted.
type oracleProof struct{ key, password, speedyKey string }

var errOracleAnswer = errors.New("probe: not the answer to the first message of a sign-in")

// verifierError is a way to keep passwords that is not supported.
type verifierError string

func (e verifierError) Error() string { return "probe: password version " + string(e) }

func proveOracle(password string, server map[string]setting, limits oracleLimits) (p oracleProof, err error) {
	kept, err := oracleKeeps(password, server, limits)
	if err != nil {
		return p, err
	}
	theirs, err := hex.DecodeString(server["AUTH_SESSKEY"].text)
	if err != nil || len(theirs) != kept.half {
		return p, errOracleAnswer
	}
	block, err := aes.NewCipher(kept.secret)
	if err != nil {
		return p, err
	}
	cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(theirs, theirs)
	if kept.padded {
		theirs = unpadded(theirs)
	}
	ours := make([]byte, len(theirs))
	_, _ = rand.Read(ours)
	key, ok := oracleKey(ours, theirs, server, limits)
	if !ok {
		return p, errOracleAnswer
	}
	p.key = oracleEncrypt(kept.secret, ours, kept.padded)
	p.password = oracleEncrypt(key, salted([]byte(password)), true)
	if kept.speedy != nil {
		p.speedyKey = oracleEncrypt(key, salted(kept.speedy), false)
	}
	return p, nil
}

// oracleKept is what a server keeps of a password, and how it encrypts with
// that.
type oracleKept struct {
	secret, speedy []byte // speedy spares the server the hashing
	half           int    // length of half a key
	padded         bool
}

func oracleKeeps(password string, server map[string]setting, limits oracleLimits) (k oracleKept, err error) {
	salt, err := hex.DecodeString(server["AUTH_VFR_DATA"].text)
	if err != nil {
		return k, errOracleAnswer
	}
	switch kind := server["AUTH_VFR_DATA"].number; kind {
	case verifier11G:
		sum := sha1.Sum(slices.Concat([]byte(password), salt)) //nolint:gosec // the protocol's
		return oracleKept{secret: append(sum[:], 0, 0, 0, 0), half: 48, padded: !limits.has(limitLogin, 2)}, nil
	case verifier12C:
		rounds, ok := rounds(server["AUTH_PBKDF2_VGEN_COUNT"])
		if !ok || !limits.has(limitLogin, oracleMixes) {
			return k, errOracleAnswer
		}
		label := slices.Concat(salt, []byte("AUTH_PBKDF2_SPEEDY_KEY"))
		speedy, err := pbkdf2.Key(sha512.New, password, label, rounds, sha512.Size)
		if err != nil {
			return k, err
		}
		sum := sha512.Sum512(slices.Concat(speedy, salt))
		return oracleKept{secret: sum[:32], speedy: speedy, half: 32}, nil
	case verifier10G:
		return k, verifierError("10G")
	case 0:
		return k, errOracleAnswer
	default:
		return k, verifierError(strconv.Itoa(kind))
	}
}

// oracleMixes is the limit of servers that mix the halves of a key with
// PBKDF2.
const oracleMixes = 32

// oracleKey mixes the halves of a key.
func oracleKey(ours, theirs []byte, server map[string]setting, limits oracleLimits) ([]byte, bool) {
	if limits.has(limitLogin, oracleMixes) {
		size := 24 // of 11G's, the first half of each
		if len(ours) == 32 {
			size = 32
		}
		rounds, ok := rounds(server["AUTH_PBKDF2_SDER_COUNT"])
		salt, err := hex.DecodeString(server["AUTH_PBKDF2_CSK_SALT"].text)
		if !ok || err != nil || len(salt) != 16 {
			return nil, false
		}
		key, err := pbkdf2.Key(sha512.New, fmt.Sprintf("%X%X", ours[:size], theirs[:size]), salt, rounds, size)
		return key, err == nil
	}
	if len(ours) < 40 {
		return nil, false
	}
	mixed := make([]byte, 24)
	for i := range mixed {
		mixed[i] = ours[16+i] ^ theirs[16+i]
	}
	first, second := md5.Sum(mixed[:16]), md5.Sum(mixed[16:]) //nolint:gosec // the protocol's
	return slices.Concat(first[:], second[:8]), true
}

func rounds(s setting) (int, bool) {
	n, err := strconv.Atoi(s.text)
	return n, err == nil && n > 0 && n <= maxRounds
}

// salted puts a block of noise before a text.
func salted(text []byte) []byte {
	noise := make([]byte, aes.BlockSize, aes.BlockSize+len(text))
	_, _ = rand.Read(noise)
	return append(noise, text...)
}

// unpadded removes what fills up the last block, if something does.
func unpadded(text []byte) []byte {
	fill := int(text[len(text)-1])
	if fill >= aes.BlockSize || bytes.Count(text[len(text)-fill:], []byte{byte(fill)}) != fill {
		return text
	}
	return text[:len(text)-fill]
}

// oracleEncrypt encrypts a text and writes it in hexadecimal; what fills up
// the last block is sent along only if padded.
func oracleEncrypt(key, text []byte, padded bool) string {
	size := len(text)
	fill := aes.BlockSize - size%aes.BlockSize
	for range fill {
		text = append(text, byte(fill))
	}
	block, err := aes.NewCipher(key)
	if err != nil { // keys have the lengths of AES
		return ""
	}
	out := make([]byte, len(text))
	cipher.NewCBCEncrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(out, text)
	if !padded {
		out = out[:size]
	}
	return fmt.Sprintf("%X", out)
}
