//go:build unix

package testserver

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Realm is the Kerberos realm of the tests.
const Realm = "SWITCHBOARD.TEST"

// KDC is a running Kerberos server for Realm, over TCP. Exec runs queries of
// kadmin.local.
type KDC struct{ *Server }

// Kerberos returns the shared MIT KDC, starting it if this is the first test
// to ask. Without Debian's krb5-kdc and krb5-admin-server (for kadmin.local)
// the test is skipped, or fails when the environment has CI set.
func Kerberos(t testing.TB) KDC {
	t.Helper()
	return KDC{shared(t, "kerberos", startKerberos, nil)}
}

// Principal creates a principal with a random key that no other test knows
// and returns its name, realm included, and its keytab. Attributes are those
// of kadmin's add_principal. It is deleted when the test ends.
func (k KDC) Principal(t testing.TB, attributes ...string) (name string, keytab []byte) {
	t.Helper()
	name = "loader_" + strings.ToLower(rand.Text()[:12]) + "/gateway@" + Realm
	k.Exec(t, "add_principal -randkey "+strings.Join(attributes, " ")+" "+name)
	t.Cleanup(func() { k.Exec(t, "delete_principal -force "+name) })
	return name, k.Keytab(t, name)
}

// Keytab returns a principal's keytab. The key stays as it is.
func (k KDC) Keytab(t testing.TB, principal string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keytab")
	k.Exec(t, "ktadd -norandkey -k "+path+" "+principal)
	keytab, err := os.ReadFile(path) //nolint:gosec // written a line above
	if err != nil {
		t.Fatalf("testserver: %v", err)
	}
	return keytab
}

func startKerberos(options) (*Server, error) {
	sbin := map[string]string{"krb5kdc": "krb5-kdc", "kdb5_util": "krb5-kdc", "kadmin.local": "krb5-admin-server"}
	for name, debian := range sbin { // sbin is not on everybody's path
		if _, err := exec.LookPath("/usr/sbin/" + name); err != nil {
			return nil, missingError{debian}
		}
	}
	h, err := newHome("kerberos", "TERM", nil)
	if err != nil {
		return nil, err
	}
	s := &Server{Host: "127.0.0.1", exec: pingKDC, home: h}
	if err := prepareKerberos(h, s); err != nil {
		return nil, err
	}
	s, err = launch(s, func() (*process, error) {
		if err := configureKDC(h, s); err != nil {
			return nil, err
		}
		return h.start("env", kerberosCommand(h, "krb5kdc", "-n", "-r", Realm)...)
	})
	if err != nil {
		return nil, err
	}
	var one sync.Mutex // the database has a lock that nobody waits for
	s.exec = func(ctx context.Context, s *Server, queries []string) error {
		one.Lock()
		defer one.Unlock()
		return execKadmin(ctx, s, queries)
	}
	return s, nil
}

// prepareKerberos creates the realm's database.
func prepareKerberos(h *home, s *Server) error {
	_, err := h.write("krb5.conf", "[libdefaults]\ndefault_realm = "+Realm+"\ndns_lookup_kdc = false\ndns_lookup_realm = false\n")
	if err == nil {
		err = configureKDC(h, s)
	}
	if err == nil {
		err = h.run("env", kerberosCommand(h, "kdb5_util", "-r", Realm, "-P", rand.Text(), "create", "-s", "-W")...)
	}
	return err
}

// configureKDC writes what the KDC reads when it starts.
func configureKDC(h *home, s *Server) error {
	_, err := h.write("kdc.conf", fmt.Sprintf(`[kdcdefaults]
kdc_listen = ""
kdc_tcp_listen = %s
[realms]
%s = {
	database_name = %[3]s/principal
	key_stash_file = %[3]s/stash
	acl_file = %[3]s/acl
	supported_enctypes = aes256-cts:normal aes128-cts:normal
}
[logging]
kdc = STDERR
`, s.Addr(), Realm, h.dir))
	return err
}

// kerberosCommand are the arguments with which env runs one of the programs
// on our files alone.
func kerberosCommand(h *home, name string, args ...string) []string {
	files := []string{
		"KRB5_CONFIG=" + filepath.Join(h.dir, "krb5.conf"), "KRB5_KDC_PROFILE=" + filepath.Join(h.dir, "kdc.conf"),
		"/usr/sbin/" + name,
	}
	return append(files, args...)
}

// pingKDC asks whether the KDC accepts connections. It takes no queries.
func pingKDC(ctx context.Context, s *Server, _ []string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.Addr())
	if err != nil {
		return err
	}
	return conn.Close()
}

// execKadmin runs queries. kadmin.local ends well even if one failed, but says
// while doing what.
func execKadmin(ctx context.Context, s *Server, queries []string) error {
	for _, query := range queries {
		args := kerberosCommand(s.home, "kadmin.local", "-r", Realm, "-q", query)
		words, err := exec.CommandContext(ctx, "env", args...).CombinedOutput() //nolint:gosec // tests run servers
		if err != nil || strings.Contains(string(words), " while ") {
			return fmt.Errorf("%s: %w\n%s", query, cmp.Or(err, errQuery), words)
		}
	}
	return nil
}

var errQuery = errors.New("the query failed")
