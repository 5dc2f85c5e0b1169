//go:build unix

package testserver_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

func TestKerberos(t *testing.T) {
	t.Parallel()
	kdc := testserver.Kerberos(t)
	t.Run("a principal's keytab opens a session at its KDC", func(t *testing.T) {
		t.Parallel()
		principal, keytab := kdc.Principal(t, "+requires_preauth")
		require.NoError(t, kinit(t, kdc, principal, keytab))
	})
	t.Run("an old keytab does not, once the key has changed", func(t *testing.T) {
		t.Parallel()
		principal, keytab := kdc.Principal(t, "+requires_preauth")
		kdc.Exec(t, "change_password -randkey "+principal)
		require.Error(t, kinit(t, kdc, principal, keytab))
		require.NoError(t, kinit(t, kdc, principal, kdc.Keytab(t, principal)))
	})
}

func kinit(t *testing.T, kdc testserver.KDC, principal string, keytab []byte) error {
	t.Helper()
	program, err := exec.LookPath("kinit")
	require.NoError(t, err, "krb5-kdc depends on krb5-user")
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "keytab"), keytab, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "krb5.conf"), []byte(
		"[libdefaults]\nudp_preference_limit = 1\n[realms]\n"+testserver.Realm+" = {\n kdc = "+kdc.Addr()+"\n}\n"), 0o600))
	cmd := exec.CommandContext(t.Context(), program, "-c", filepath.Join(dir, "cache"), "-k", "-t", filepath.Join(dir, "keytab"), principal)
	cmd.Env = []string{"KRB5_CONFIG=" + filepath.Join(dir, "krb5.conf")}
	words, err := cmd.CombinedOutput()
	t.Logf("kinit: %s", words)
	return err
}
