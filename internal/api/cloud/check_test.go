package cloud_test

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/cloud"
	"switchboard/internal/api/probe"
	"switchboard/internal/locale"
	"switchboard/internal/testserver"
)

// told is a check in words: name, status and whose fault it is.
func told(c api.Check) string {
	var steps []string
	for _, s := range c.Steps {
		text := string(s.Name) + " " + string(s.Status)
		if s.Path != "" {
			text += " (" + s.Path + ")"
		}
		steps = append(steps, text)
	}
	return string(c.Status) + ": " + strings.Join(steps, ", ")
}

func TestCheck(t *testing.T) {
	t.Parallel()
	w := start(t)
	closed := "http://" + testserver.ClosedAddr(t).String()
	const reads = ", read passed, read passed, read passed, read passed, read passed"
	for name, c := range map[string]struct {
		change func(d *api.BackendDraft)
		want   string
	}{
		"as it should be": {func(*api.BackendDraft) {},
			"warned: form passed, resolve passed, connect passed, tls warned (base), sign_in passed" + reads},
		"signed in": {func(d *api.BackendDraft) { *d = w.signingIn() },
			"warned: form passed, resolve passed, connect passed, tls warned (base), sign_in passed" + reads},
		"a form that is wrong": {func(d *api.BackendDraft) { d.Region = "" },
			"failed: form failed (region), resolve skipped, connect skipped, tls skipped, sign_in skipped, read skipped"},
		"nobody there": {func(d *api.BackendDraft) { d.Base = closed },
			"failed: form passed, resolve passed, connect failed (base), tls skipped, sign_in skipped, read skipped"},
		"an address that is not allowed": {func(d *api.BackendDraft) { d.Endpoints = map[string]string{"iam": "http://169.254.169.254"} },
			"failed: form passed, resolve passed, connect failed (endpoints.iam), tls skipped, sign_in skipped, read skipped"},
		"no encryption there": {func(d *api.BackendDraft) { d.Base = strings.Replace(d.Base, "http", "https", 1) },
			"failed: form passed, resolve passed, connect passed, tls failed (base), sign_in skipped, read skipped"},
		"a wrong key": {func(d *api.BackendDraft) { d.Secret = api.NewSecret("wrong-wrong-wrong") },
			"failed: form passed, resolve passed, connect passed, tls warned (base), sign_in failed (secret), read skipped"},
		"a wrong password": {func(d *api.BackendDraft) { *d = w.signingIn(); d.Secret = api.NewSecret("wrong-wrong-wrong") },
			"failed: form passed, resolve passed, connect passed, tls warned (base), sign_in failed (secret), read skipped"},
		"another project": {func(d *api.BackendDraft) { d.Project = strings.Repeat("0", 32) },
			"failed: form passed, resolve passed, connect passed, tls warned (base), sign_in warned (project), read failed (base), read failed (base), read failed (base), read failed (base), read failed (base)"},
		"one service away": {func(d *api.BackendDraft) { d.Endpoints = map[string]string{"vpcep": closed} },
			"warned: form passed, resolve passed, connect passed, tls warned (base), sign_in passed, read passed, read passed, read passed, read warned (endpoints.vpcep), read passed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := w.draft()
			c.change(&d)
			check := cloud.Check(t.Context(), w.quick(), d)
			require.Equal(t, c.want, told(check))
			for _, s := range check.Steps {
				for _, lang := range []string{locale.English, locale.Chinese} {
					for _, m := range []api.Message{s.Message, s.Hint} {
						text := locale.In(lang, m)
						require.NotContains(t, text, "{{")
						require.False(t, !m.IsZero() && (text == "" || text == m.Key), m.Key)
					}
				}
				require.NotContains(t, fmt.Sprint(s), d.Secret.Reveal())
				require.Equal(t, s.Status == api.Failed || s.Status == api.Warned, !s.Message.IsZero(), s.Name)
			}
			require.NotZero(t, check.At)
		})
	}
}

func TestCheckOverTLS(t *testing.T) {
	t.Parallel()
	w := start(t)
	secure := httptest.NewTLSServer(w.server.Config.Handler)
	t.Cleanup(secure.Close)
	roots := x509.NewCertPool()
	roots.AddCert(secure.Certificate())
	d, o := w.signingIn(), w.quick()
	d.Base = secure.URL
	o.Transport = probe.New(probe.Options{Roots: roots}).Transport()
	require.Equal(t, "passed: form passed, resolve passed, connect passed, tls passed, sign_in passed, read passed, read passed, read passed, read passed, read passed",
		told(cloud.Check(t.Context(), o, d)))
}

// unknown knows no names.
type unknown struct{}

func (unknown) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

func TestCheckOfARegionWithoutAName(t *testing.T) {
	t.Parallel()
	w := start(t)
	d, o := w.draft(), w.quick()
	d.Cloud, d.Region = api.CloudHuawei, "cn-nowhere-1"
	o.Transport = probe.New(probe.Options{Resolver: unknown{}}).Transport()
	require.Equal(t, "failed: form passed, resolve failed (region), connect skipped, tls skipped, sign_in skipped, read skipped",
		told(cloud.Check(t.Context(), o, d)))
}
