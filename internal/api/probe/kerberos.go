package probe

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/jcmturner/gokrb5/v8/iana/etypeID"

	"switchboard/internal/api"
)

// principalForm is primary[/instance]@REALM. Kerberos could quote the
// characters that are left out; nobody does.
var principalForm = regexp.MustCompile(`^[^\s/@\\]+(/[^\s/@\\]+)*@[^\s/@\\]+$`)

// principal is who signs in with Kerberos.
type principal struct {
	components []string
	realm      string
}

func readPrincipal(text string) (principal, bool) {
	if !plain(text) || !principalForm.MatchString(text) {
		return principal{}, false
	}
	name, realm, _ := strings.Cut(text, "@")
	return principal{strings.Split(name, "/"), realm}, true
}

func (p principal) String() string { return strings.Join(p.components, "/") + "@" + p.realm }

// checkKerberos takes the first step of links with Kerberos: it looks at the
// principal and its keytab, and gets a ticket if there is a KDC to be found.
// at is the server of the link.
func (a *attempt) checkKerberos(ctx context.Context, at endpoint) error {
	if !a.in.kerberos() {
		return nil
	}
	a.aim(at)
	a.enter(api.StepKerberos)
	a.know("user", a.in.text(pathPrincipal))
	who, ok := readPrincipal(a.in.text(pathPrincipal))
	if !ok {
		return fault("kerberos.principal", pathPrincipal)
	}
	keys, err := a.keysOf(who)
	if err != nil {
		return err
	}
	answered, err := a.requestTicket(ctx, who, keys, at.host)
	if err != nil {
		return err
	}
	if !answered {
		a.warn(fault("kerberos.no_kdc", pathPrincipal))
	}
	if !slices.ContainsFunc(keys, func(k kerberosKey) bool { return slices.Contains(aesKinds, k.kind) }) {
		a.warn(fault("kerberos.weak", pathKeytab))
	}
	return nil
}

// aesKinds are the kinds of keys that servers accept for long: DES, Triple DES
// and RC4 are refused or soon will be (RFC 6649, RFC 8429).
var aesKinds = []int32{
	etypeID.AES128_CTS_HMAC_SHA1_96, etypeID.AES256_CTS_HMAC_SHA1_96,
	etypeID.AES128_CTS_HMAC_SHA256_128, etypeID.AES256_CTS_HMAC_SHA384_192,
}
