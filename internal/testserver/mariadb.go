//go:build unix

package testserver

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"database/sql/driver"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// MariaDB returns the shared MariaDB server, starting it if this is the first
// test to ask. Without Debian's mariadb-server the test is skipped, or fails
// when the environment has CI set.
func MariaDB(t testing.TB, opts ...Option) *Server {
	t.Helper()
	return shared(t, "mariadb", startMariaDB, opts)
}

func startMariaDB(o options) (*Server, error) {
	binary, err := exec.LookPath("mariadbd")
	if err != nil { // sbin is not on everybody's path
		binary, err = exec.LookPath("/usr/sbin/mariadbd")
	}
	if err != nil {
		return nil, missingError{"mariadb-server"}
	}
	h, err := newHome("mariadb", "KILL", nil)
	if err != nil {
		return nil, err
	}
	s := &Server{
		Host: "127.0.0.1", Socket: filepath.Join(h.dir, "socket"), User: "root", Password: rand.Text(),
		scheme: "mysql", exec: execMariaDB, create: createMariaDB, destroy: destroyMariaDB, home: h,
	}
	args, err := prepareMariaDB(h, s, o)
	if err != nil {
		return nil, err
	}
	return launch(s, func() (*process, error) {
		return h.start(binary, append(args, "--port="+strconv.Itoa(s.Port))...)
	})
}

// prepareMariaDB fills the data folder and returns the server's arguments.
func prepareMariaDB(h *home, s *Server, o options) ([]string, error) {
	// Servers that start at the same time trip over each other's files in a
	// shared folder for temporary tables.
	common := []string{"--no-defaults", "--datadir=" + filepath.Join(h.dir, "data"), "--tmpdir=" + h.dir}
	if os.Geteuid() == 0 {
		common = append(common, "--user=root")
	}
	install := append(common, "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve")
	if err := h.run("mariadb-install-db", install...); err != nil {
		return nil, err
	}
	initFile, err := h.write("init.sql", fmt.Sprintf(
		"ALTER USER root@localhost IDENTIFIED BY '%[1]s';\n"+
			"CREATE OR REPLACE USER root@127.0.0.1 IDENTIFIED BY '%[1]s';\n"+
			"GRANT ALL ON *.* TO root@127.0.0.1 WITH GRANT OPTION;\n", s.Password))
	if err != nil {
		return nil, err
	}
	args := append(common, "--bind-address="+s.Host, "--socket="+s.Socket, "--pid-file="+filepath.Join(h.dir, "pid"),
		"--init-file="+initFile, "--skip-name-resolve", "--innodb-buffer-pool-size=16M", "--innodb-flush-log-at-trx-commit=0")
	if o.tls {
		cert, key, roots, err := h.certify()
		if err != nil {
			return nil, err
		}
		s.Roots = roots
		args = append(args, "--ssl-cert="+cert, "--ssl-key="+key)
	}
	for _, setting := range o.settings {
		args = append(args, "--"+strings.ReplaceAll(setting, "_", "-"))
	}
	return args, nil
}

func execMariaDB(ctx context.Context, s *Server, stmts []string) error {
	cfg := mysql.NewConfig()
	cfg.User, cfg.Passwd, cfg.Net, cfg.Addr = s.User, s.Password, "unix", s.Socket
	cfg.Logger = &mysql.NopLogger{}
	if s.Roots != nil { // a server can be told to demand TLS, on its socket too
		cfg.TLS = &tls.Config{RootCAs: s.Roots, ServerName: s.Host}
	}
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return err
	}
	conn, err := connector.Connect(ctx)
	if err != nil {
		return err
	}
	for _, stmt := range stmts {
		if _, err = conn.(driver.ExecerContext).ExecContext(ctx, stmt, nil); err != nil {
			err = fmt.Errorf("%s: %w", stmt, err)
			break
		}
	}
	return cmp.Or(err, conn.Close())
}

func createMariaDB(a Account) []string {
	user := fmt.Sprintf("`%s`@`127.0.0.1`", a.User)
	return []string{
		"CREATE DATABASE `" + a.Database + "`",
		"CREATE USER " + user + " IDENTIFIED BY '" + a.Password + "'",
		"GRANT ALL ON `" + a.Database + "`.* TO " + user,
	}
}

func destroyMariaDB(a Account) []string {
	return []string{
		"DROP DATABASE IF EXISTS `" + a.Database + "`",
		"DROP USER IF EXISTS `" + a.User + "`@`127.0.0.1`",
	}
}
