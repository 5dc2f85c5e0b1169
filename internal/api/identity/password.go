package identity

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"switchboard/internal/api"
)

// The cost of a new hash: 19 MiB (OWASP's recommendation) and, with three
// passes, about 50 ms. Stored hashes keep the cost they were made with.
const (
	hashMemory = 19 * 1024 // KiB
	hashPasses = 3
	hashLanes  = 1
	hashSize   = 32
	saltSize   = 16
)

// hashFormat is the usual text of an Argon2id hash (PHC string format).
const hashFormat = "$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s"

// nobody is the hash that is checked for users who do not exist, so that they
// take the same time. No password has it.
var nobody = formatHash(make([]byte, saltSize), make([]byte, hashSize))

// hashing bounds how many hashes are computed at once, because each needs its
// memory. Those who wait too long are sent away.
type hashing chan struct{}

const (
	maxHashing  = 8
	hashingWait = 10 * time.Second
)

func newHashing() hashing { return make(hashing, min(max(runtime.GOMAXPROCS(0), 2), maxHashing)) }

// acquire waits for a place; release gives it back.
func (h hashing) acquire(ctx context.Context) (release func(), err error) {
	timer := time.NewTimer(hashingWait)
	defer timer.Stop()
	select {
	case h <- struct{}{}:
		return func() { <-h }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
		return nil, api.Errorf(api.Unavailable, "identity.busy")
	}
}

func hashPassword(password string) string {
	salt := randomBytes(saltSize)
	return formatHash(salt, argon2.IDKey([]byte(password), salt, hashPasses, hashMemory, hashLanes, hashSize))
}

func formatHash(salt, sum []byte) string {
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf(hashFormat, argon2.Version, hashMemory, hashPasses, hashLanes, encode(salt), encode(sum))
}

// matches reports whether hash was made from the password.
func matches(hash, password string) bool {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	var memory, passes uint32
	var lanes uint8
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil || passes == 0 || lanes == 0 {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	sum, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(sum) != hashSize {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, passes, memory, lanes, hashSize)
	return subtle.ConstantTimeCompare(got, sum) == 1
}
