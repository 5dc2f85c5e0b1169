package probe

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/types"
)

// kerberosKey is one of a principal's keys.
type kerberosKey struct {
	kind    int32 // of encryption
	version uint32
	value   types.EncryptionKey
}

// keysOf reads the keytab and returns the principal's keys, newest first.
func (a *attempt) keysOf(who principal) ([]kerberosKey, error) {
	tab, err := readKeytab(a.secrets[pathKeytab].Reveal())
	if err != nil {
		return nil, err
	}
	var keys []kerberosKey
	var others []string
	for _, entry := range tab.Entries {
		owner := principal{entry.Principal.Components, entry.Principal.Realm}
		if owner.String() != who.String() {
			others = append(others, owner.String())
			continue
		}
		keys = append(keys, kerberosKey{entry.Key.KeyType, entry.KVNO, entry.Key})
	}
	if len(keys) == 0 {
		return nil, fault("kerberos.not_in_keytab", pathKeytab).with("peer", a.clean(someOf(others), maxFound))
	}
	slices.SortStableFunc(keys, func(x, y kerberosKey) int { return int(y.version) - int(x.version) })
	return keys, nil
}

// someOf lists the first of the names, each once.
func someOf(names []string) string {
	const most = 5
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) > most {
		names = append(names[:most], "…")
	}
	return strings.Join(names, ", ")
}

var errEntry = errors.New("an entry is not whole")

// readKeytab reads a keytab from base64. The parser's own errors are kept back:
// they quote keys.
func readKeytab(text string) (*keytab.Keytab, error) {
	content, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err == nil && len(content) == 2 && content[0] == 5 {
		return nil, fault("kerberos.empty_keytab", pathKeytab) // its header is all there is
	}
	tab := keytab.New()
	if err == nil {
		err = tab.Unmarshal(content)
	}
	if err == nil {
		err = judgeKeytab(tab)
	}
	switch {
	case err != nil:
		return nil, fault("kerberos.not_a_keytab", pathKeytab)
	case len(tab.Entries) == 0: // all were deleted
		return nil, fault("kerberos.empty_keytab", pathKeytab)
	}
	return tab, nil
}

// keyLengths are how long keys are, in bytes (RFC 3962, RFC 8009).
var keyLengths = map[int32]int{
	etypeID.AES128_CTS_HMAC_SHA1_96: 16, etypeID.AES256_CTS_HMAC_SHA1_96: 32,
	etypeID.AES128_CTS_HMAC_SHA256_128: 16, etypeID.AES256_CTS_HMAC_SHA384_192: 32,
}

// judgeKeytab makes up for what the parser lets pass.
func judgeKeytab(tab *keytab.Keytab) error {
	for _, entry := range tab.Entries {
		owner := entry.Principal
		if owner.Realm == "" || len(owner.Components) == 0 || len(owner.Components) != int(owner.NumComponents) {
			return errEntry
		}
		length := len(entry.Key.KeyValue)
		if want, known := keyLengths[entry.Key.KeyType]; length == 0 || known && length != want {
			return errEntry
		}
	}
	return nil
}
