package probe_test

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

// realm is a resolver that knows a realm's KDCs.
type realm struct {
	fakeResolver
	kdcs []net.Addr
}

func (r *realm) LookupSRV(_ context.Context, service, protocol, name string) (string, []*net.SRV, error) {
	if service != "kerberos" || protocol != "tcp" || name != testserver.Realm {
		return "", nil, &net.DNSError{Err: "no such host", IsNotFound: true}
	}
	var records []*net.SRV
	for _, kdc := range r.kdcs {
		addr := kdc.(*net.TCPAddr)
		records = append(records, &net.SRV{Target: addr.IP.String() + ".", Port: uint16(addr.Port)})
	}
	return "", records, nil
}

func kdcsAt(kdcs ...net.Addr) probe.Options {
	return probe.Options{Resolver: &realm{fakeResolver: *nowhere(), kdcs: kdcs}}
}

func realKDC(k testserver.KDC) net.Addr {
	return &net.TCPAddr{IP: net.ParseIP(k.Host), Port: k.Port}
}

func TestTicketsOfARealKDC(t *testing.T) {
	t.Parallel()
	kdc := testserver.Kerberos(t)
	p := prober(kdcsAt(realKDC(kdc)))
	with := func(t *testing.T, principal string, keytab []byte) hadoopLink {
		t.Helper()
		return hdfsLink.with("uri", nameNode(t, wantsSASL, nil), "authType", "KERBEROS", "principal", principal,
			"keytab", base64.StdEncoding.EncodeToString(keytab))
	}
	for name, attribute := range map[string]string{"with pre-authentication": "+requires_preauth", "without": "-requires_preauth"} {
		t.Run("a principal "+name+" gets a ticket", func(t *testing.T) {
			t.Parallel()
			principal, keytab := kdc.Principal(t, attribute)
			c := with(t, principal, keytab).check(t, p)
			requireWarning(t, c, api.StepSignIn, "kerberos.not_signed_in", "principal")
			step := find(t, c, api.StepKerberos)
			require.Equal(t, api.Passed, step.Status)
			require.True(t, strings.HasPrefix(step.Found, "krbtgt/"+testserver.Realm), step.Found)
			require.Equal(t, "hdfs/nn1.example", find(t, c, api.StepHandshake).Found)
		})
		t.Run("a key that was changed, of a principal "+name, func(t *testing.T) {
			t.Parallel()
			principal, keytab := kdc.Principal(t, attribute)
			kdc.Exec(t, "change_password -randkey "+principal)
			requireFailure(t, with(t, principal, keytab).check(t, p), api.StepKerberos, "kerberos.old_key", "keytab")
		})
	}
	for _, kind := range []string{"aes128-cts", "aes256-cts", "aes128-sha2", "aes256-sha2"} {
		t.Run("a key of kind "+kind, func(t *testing.T) {
			t.Parallel()
			principal, keytab := kdc.Principal(t, "+requires_preauth", "-e", kind+":normal")
			step := find(t, with(t, principal, keytab).check(t, p), api.StepKerberos)
			require.Equal(t, api.Passed, step.Status, "%+v", step)
			require.NotEmpty(t, step.Found)
		})
	}
	t.Run("a principal that the KDC does not know", func(t *testing.T) {
		t.Parallel()
		l := withKeytab(t, hdfsLink.with("uri", nameNode(t, wantsSASL, nil)))
		f := requireFailure(t, l.check(t, p), api.StepKerberos, "kerberos.unknown_principal", "principal")
		require.Equal(t, loader, f.Message.Args["user"])
		require.Contains(t, f.Detail, "KDC_ERR_C_PRINCIPAL_UNKNOWN")
	})
	t.Run("a principal that is locked", func(t *testing.T) {
		t.Parallel()
		principal, keytab := kdc.Principal(t, "-allow_tix")
		requireFailure(t, with(t, principal, keytab).check(t, p), api.StepKerberos, "kerberos.locked", "principal")
	})
	t.Run("keys of a kind that the KDC has none of", func(t *testing.T) {
		t.Parallel()
		principal, _ := kdc.Principal(t, "+requires_preauth")
		l := with(t, principal, nil).with("keytab", tab(t, etypeID.AES256_CTS_HMAC_SHA384_192, principal))
		requireFailure(t, l.check(t, p), api.StepKerberos, "kerberos.enctype", "keytab")
	})
	t.Run("the next KDC is asked if the first does not answer", func(t *testing.T) {
		t.Parallel()
		principal, keytab := kdc.Principal(t, "+requires_preauth")
		closing := standIn(t, saysAndHangsUp(""))
		c := with(t, principal, keytab).check(t, prober(kdcsAt(closing, realKDC(kdc))))
		require.Equal(t, api.Passed, find(t, c, api.StepKerberos).Status)
	})
}

func TestKDCsThatDoNotAnswerAreNoFailure(t *testing.T) {
	t.Parallel()
	sent := make(chan string, 1)
	for _, c := range []struct {
		name    string
		options probe.Options
	}{
		{"none is known", probe.Options{Resolver: nowhere()}},
		{"it cannot be reached", kdcsAt(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1})},
		{"the policy refuses it", kdcsAt(&net.TCPAddr{IP: net.IPv4(169, 254, 169, 254), Port: 88})},
		{"stand-in that says nothing", kdcsAt(standIn(t, says("")))},
		{"stand-in that hangs up", kdcsAt(standIn(t, saysAndHangsUp("")))},
		{"stand-in that says garbage", kdcsAt(standIn(t, says("SSH-2.0-OpenSSH_9.2p1\r\n")))},
		{"stand-in with an answer that means nothing", kdcsAt(standIn(t, says("\x00\x00\x00\x04abcd")))},
		{"stand-in with a ticket that is empty", kdcsAt(kdcThatSays(t, emptyTicket(t)))},
		{"many, of which none answers", kdcsAt(standIn(t, says("")), standIn(t, says("")), standIn(t, says("")), standIn(t, func(net.Conn) { sent <- "asked" }))},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.options.Timeout = 4 * little
			l := withKeytab(t, hdfsLink.with("uri", nameNode(t, wantsSASL, nil)))
			got := l.check(t, prober(c.options))
			step := find(t, got, api.StepKerberos)
			require.Equal(t, "check.kerberos.no_kdc", step.Message.Key, "%+v", got)
			require.Equal(t, "linkConfig.principal", step.Path)
			require.Equal(t, "hdfs/nn1.example", find(t, got, api.StepHandshake).Found, "and there was time left")
			require.Empty(t, sent, "three are enough")
		})
	}
}

// kdcThatSays is a stand-in for a KDC.
func kdcThatSays(t *testing.T, message []byte) net.Addr {
	t.Helper()
	return standIn(t, func(conn net.Conn) {
		_ = readFrame(conn)
		_, _ = conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(message))), message...))
		_, _ = io.Copy(io.Discard, conn)
	})
}

func emptyTicket(t *testing.T) []byte {
	t.Helper()
	name := types.NewPrincipalName(1, "loader/gateway")
	reply := messages.ASRep{KDCRepFields: messages.KDCRepFields{
		PVNO: 5, MsgType: 11, CRealm: testserver.Realm, CName: name,
		Ticket:  messages.Ticket{TktVNO: 5, Realm: testserver.Realm, SName: name, EncPart: types.EncryptedData{EType: 18, Cipher: []byte("x")}},
		EncPart: types.EncryptedData{EType: 18, Cipher: []byte("x")},
	}}
	b, err := reply.Marshal()
	require.NoError(t, err)
	return b
}

func TestRefusalsOfKDCs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		code   int32
		reason string
		path   string
	}{
		{"whose clock is wrong", errorcode.KRB_AP_ERR_SKEW, "kerberos.clock_skew", ""},
		{"with an account that has expired", errorcode.KDC_ERR_NAME_EXP, "kerberos.locked", "principal"},
		{"that serves another realm", errorcode.KDC_ERR_S_PRINCIPAL_UNKNOWN, "kerberos.wrong_realm", "principal"},
		{"that knows of another realm", errorcode.KDC_ERR_WRONG_REALM, "kerberos.wrong_realm", "principal"},
		{"with a reason of its own", errorcode.KDC_ERR_POLICY, "kerberos.refused", "principal"},
	} {
		t.Run("stand-in KDC "+c.name, func(t *testing.T) {
			t.Parallel()
			refusal := messages.NewKRBError(types.NewPrincipalName(2, "krbtgt/"+testserver.Realm), testserver.Realm, c.code, "because")
			b, err := refusal.Marshal()
			require.NoError(t, err)
			got := withKeytab(t, hdfsLink).check(t, prober(kdcsAt(kdcThatSays(t, b))))
			f := requireFailure(t, got, api.StepKerberos, c.reason, c.path)
			require.Contains(t, f.Detail, "because")
		})
	}
}
