package e2e

import (
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/testserver"
)

// The create request of CDM's documentation, byte for byte: its path, and in
// testdata its body.
const (
	seedProject = "1551c7f6c808414d8e9f3c514a170f2e"
	seedPath    = "/v1.1/" + seedProject + "/clusters/6ec9a0a4-76be-4262-8697-e7af1fac7920/cdm/link"
	seedBody    = "testdata/seed_link.json"
	seedHost    = "100.94.8.163"
)

func TestDocumentedRequestUnderShape(t *testing.T) {
	t.Parallel()
	p := start(t, checkingForm)
	status, body := sendSeed(t, p)
	require.Equal(t, http.StatusOK, status, body)
	require.JSONEq(t, `{"name": "mysql_link", "validation-result": [{}]}`, body)
}

// Under connect the request dials a public address, which must never be
// reached from a test. So the case runs in a network of its own, where this
// machine has that address and there is nothing else.
func TestDocumentedRequestUnderConnect(t *testing.T) {
	if os.Getenv(inOwnNetwork) == "" {
		t.Parallel()
		rerunInOwnNetwork(t, "a MySQL server that is as described")
		return
	}
	command(t, "ip", "link", "set", "lo", "up")
	command(t, "ip", "address", "add", seedHost+"/32", "dev", "lo")
	p := start(t)

	t.Run("nothing listens", func(t *testing.T) {
		status, body := sendSeed(t, p)
		require.Equal(t, http.StatusInternalServerError, status, body)
		require.Contains(t, body, `{"validation-result":[{"linkConfig":[{"message":"`)
		require.Contains(t, body, "refused")
		require.Contains(t, body, `"status":"ERROR"`)
	})
	server := testserver.MariaDB(t, testserver.Setting("bind_address", seedHost), testserver.Setting("extra_port", "3306"))
	t.Run("a MySQL server that does not know the user", func(t *testing.T) {
		server.Exec(t, "CREATE USER somebody_else@'%' IDENTIFIED BY 'unknown'") // or the host itself is refused
		status, body := sendSeed(t, p)
		require.Equal(t, http.StatusInternalServerError, status, body)
		require.Contains(t, body, "Access denied for user 'username'")
		require.Contains(t, body, "linkConfig.password")
	})
	t.Run("a MySQL server that is as described", func(t *testing.T) {
		server.Exec(t, "CREATE DATABASE DB_name", "CREATE USER username@'%' IDENTIFIED BY 'DB_password'",
			"GRANT ALL ON DB_name.* TO username@'%'")
		status, body := sendSeed(t, p)
		require.Equal(t, http.StatusOK, status, body)
		require.Contains(t, body, `"name":"mysql_link"`)
		require.NotContains(t, body, "ERROR")
	})
}

// sendSeed sends the request with curl and returns status and body.
func sendSeed(t *testing.T, p *program) (int, string) {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		missing(t, "this test needs a program: apt-get install curl")
	}
	if !strings.Contains(p.run(t, "project", "list"), seedProject) {
		p.run(t, "project", "add", "mirrored", "--id", seedProject)
	}
	out := command(t, "curl", "--silent", "--show-error", "--write-out", "\n%{http_code}",
		"--header", "Content-Type: application/json", "--header", "X-Auth-Token: "+p.call(t, "mirrored").token,
		"--data-binary", "@"+seedBody, p.URL+seedPath)
	body, code, _ := strings.Cut(out, "\n")
	status, err := strconv.Atoi(code)
	require.NoError(t, err, out)
	return status, body
}

// inOwnNetwork marks the process that runs in a network of its own.
const inOwnNetwork = "SWITCHBOARD_E2E_OWN_NETWORK"

// rerunInOwnNetwork runs the same test in a process whose network, and what it
// mounts, is apart from the machine's; last is its last part, which must pass.
func rerunInOwnNetwork(t *testing.T, last string) {
	t.Helper()
	apart := []string{"--net", "--mount"}
	if os.Geteuid() != 0 {
		apart = append([]string{"--user", "--map-root-user"}, apart...)
	}
	if err := exec.Command("unshare", append(apart, "ip", "link")...).Run(); err != nil {
		missing(t, "this test needs a network of its own: apt-get install iproute2 util-linux, and the right to unshare ("+err.Error()+")")
	}
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command("unshare", append(apart, self, "-test.run=^"+t.Name()+"$", "-test.v")...)
	cmd.Env = append(os.Environ(), inOwnNetwork+"=1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "--- PASS: "+t.Name()+"/"+strings.ReplaceAll(last, " ", "_"), "%s", out)
}

// command runs a program of the machine and returns what it printed.
func command(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	require.NoError(t, err, "%s: %s", name, out)
	return string(out)
}
