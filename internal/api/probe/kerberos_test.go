package probe_test

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

const loader = "loader/gateway@" + testserver.Realm

// tab makes a keytab with keys of the principals.
func tab(t *testing.T, kind int32, principals ...string) string {
	t.Helper()
	k := keytab.New()
	for _, p := range principals {
		name, realm, _ := strings.Cut(p, "@")
		require.NoError(t, k.AddEntry(name, realm, "canary-7yq", time.Now(), 3, kind))
	}
	b, err := k.Marshal()
	require.NoError(t, err)
	return base64.StdEncoding.EncodeToString(b)
}

func withKeytab(t *testing.T, l hadoopLink) hadoopLink {
	t.Helper()
	return l.with("authType", "KERBEROS", "principal", loader, "keytab", tab(t, etypeID.AES256_CTS_HMAC_SHA1_96, loader))
}

func TestPrincipalsAndKeytabs(t *testing.T) {
	t.Parallel()
	aes := tab(t, etypeID.AES256_CTS_HMAC_SHA1_96, loader)
	content, err := base64.StdEncoding.DecodeString(aes)
	require.NoError(t, err)
	encode := base64.StdEncoding.EncodeToString
	for _, c := range []struct{ name, principal, keytab, reason, path string }{
		{"no principal", "", aes, "kerberos.principal", "principal"},
		{"a principal without a realm", "loader", aes, "kerberos.principal", "principal"},
		{"a principal with an empty realm", "loader@", aes, "kerberos.principal", "principal"},
		{"a principal with an empty instance", "loader/@" + testserver.Realm, aes, "kerberos.principal", "principal"},
		{"a principal with two realms", "loader@A@B", aes, "kerberos.principal", "principal"},
		{"a principal with a space", "load er@A", aes, "kerberos.principal", "principal"},
		{"no keytab", loader, "", "kerberos.not_a_keytab", "keytab"},
		{"a keytab that is not in base64", loader, "not base64!", "kerberos.not_a_keytab", "keytab"},
		{"a file that is not a keytab", loader, encode([]byte("#!/bin/sh\n")), "kerberos.not_a_keytab", "keytab"},
		{"a keytab that is cut", loader, encode(content[:len(content)-9]), "kerberos.not_a_keytab", "keytab"},
		{"a keytab with an entry that is cut", loader, encode(shortened(content)), "kerberos.not_a_keytab", "keytab"},
		{"a keytab with a header only", loader, encode([]byte{5, 2}), "kerberos.empty_keytab", "keytab"},
		{"a keytab whose entries were deleted", loader, encode([]byte("\x05\x02\xff\xff\xff\xfc\x00\x00\x00\x00")), "kerberos.empty_keytab", "keytab"},
		{"a keytab of others", loader, tab(t, etypeID.AES256_CTS_HMAC_SHA1_96, "loader@"+testserver.Realm, "ann@A.TEST"), "kerberos.not_in_keytab", "keytab"},
		{"a realm in lower case", strings.ToLower(loader), aes, "kerberos.not_in_keytab", "keytab"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := hdfsLink.with("authType", "KERBEROS", "principal", c.principal, "keytab", c.keytab)
			f := requireFailure(t, l.check(t, prober(probe.Options{Resolver: nowhere()})), api.StepKerberos, c.reason, c.path)
			require.Empty(t, f.Detail, "the parser quotes keys")
		})
	}
	t.Run("whose keys a keytab has is told", func(t *testing.T) {
		t.Parallel()
		others := []string{"b@A.TEST", "a@A.TEST", "b@A.TEST", "c@A.TEST", "d@A.TEST", "e@A.TEST", "f@A.TEST"}
		l := hdfsLink.with("authType", "KERBEROS", "principal", loader, "keytab", tab(t, etypeID.AES256_CTS_HMAC_SHA1_96, others...))
		c := l.check(t, prober(probe.Options{Resolver: nowhere()}))
		require.Equal(t, "a@A.TEST, b@A.TEST, c@A.TEST, d@A.TEST, e@A.TEST, …", c.Failure().Message.Args["peer"])
	})
	t.Run("a weak key is a warning", func(t *testing.T) {
		t.Parallel()
		l := withKeytab(t, hdfsLink).with("keytab", tab(t, etypeID.RC4_HMAC, loader))
		step := find(t, l.check(t, prober(probe.Options{Resolver: nowhere()})), api.StepKerberos)
		require.Equal(t, "check.kerberos.weak", step.Message.Key)
		require.Equal(t, "linkConfig.keytab", step.Path)
	})
	t.Run("without Kerberos nobody looks at it", func(t *testing.T) {
		t.Parallel()
		l := hdfsLink.with("authType", "SIMPLE", "principal", "nonsense", "uri", nameNode(t, rootFolder, nil))
		require.Equal(t, api.Passed, l.check(t, prober(probe.Options{})).Status)
	})
}

// shortened takes from the first entry what its principal's length promises.
func shortened(keytab []byte) []byte {
	short := append([]byte{}, keytab[:2]...)
	short = binary.BigEndian.AppendUint32(short, 6)
	return append(short, keytab[6:12]...)
}
