package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/keyring"
	"switchboard/internal/telemetry"
	"switchboard/internal/testserver"
)

// freeAddress is one that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

// asked is what a server answers to a GET.
func asked(t *testing.T, at string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at, nil)
	require.NoError(t, err)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(body)
}

func TestReady(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, "--data", t.TempDir())
	require.Eventually(t, func() bool {
		status, body := asked(t, s.url+"/readyz")
		return status == http.StatusOK && body == `{"ready":true,"database":"ok","keys":"ok","engine":"ok"}`+"\n"
	}, 20*time.Second, 20*time.Millisecond)
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	const token = "a-token-for-metrics"
	e := env{"SWITCHBOARD_DATA": t.TempDir(), envMetrics: token, envAdmin: canary}
	s := serve(t, e)
	t.Run("are shown to whoever brings the token", func(t *testing.T) {
		asked(t, s.url+"/sign-in?next=/canary-in-a-query")
		asked(t, s.url+"/v3/projects")
		asked(t, s.url+"/p/0a1b2c3d4e5f60718293a4b5c6d7e8f9/links", "Accept", "text/html")
		status, body := asked(t, s.url+"/metrics", "Authorization", "Bearer "+token)
		require.Equal(t, http.StatusOK, status)
		for _, line := range []string{
			`switchboard_build_info{database="SQLite",go="go1.`,
			`switchboard_request_seconds_count{method="GET",route="/sign-in",status="200"} 2`, // where the last one leads, too
			`switchboard_request_seconds_count{method="GET",route="/v3/projects",status="401"} 1`,
			`switchboard_request_seconds_count{method="GET",route="/p/:project/links",status="303"} 1`,
			"switchboard_approvals_waiting 0", "switchboard_audit_unsealed ", "switchboard_database_connections_open ",
			"# TYPE switchboard_database_waits_total counter", "switchboard_database_wait_seconds_total ", "switchboard_requests_under_way ",
			`switchboard_request_seconds_bucket{method="GET",route="/sign-in",status="200",le="10"} 2`,
			"go_goroutines ", "go_memstats_heap_alloc_bytes ", "go_memstats_sys_bytes ", "process_start_time_seconds ",
		} {
			require.Contains(t, body, line)
		}
		require.NotContains(t, body, "0a1b2c3d4e5f60718293a4b5c6d7e8f9")
		require.NotContains(t, body, "canary")
	})
	t.Run("and to nobody else", func(t *testing.T) {
		for _, header := range []string{"", "Bearer", "Bearer wrong", "Basic " + token, token, " " + token, "Bearer" + token} {
			status, body := asked(t, s.url+"/metrics", "Authorization", header)
			require.Equal(t, http.StatusUnauthorized, status, header)
			require.NotContains(t, body, "switchboard_")
		}
	})
	t.Run("without a token there are none, and one must not be guessable", func(t *testing.T) {
		plain := serve(t, nil, "--data", t.TempDir())
		_, body := asked(t, plain.url+"/metrics", "Authorization", "Bearer "+token)
		require.NotContains(t, body, "switchboard_build_info")
		r := console(t, env{envMetrics: "short"}, "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir())
		requireRefused(t, r, "SWITCHBOARD_METRICS_TOKEN: use at least 16 characters")
	})
	t.Run("an address of their own needs no token, and has nothing else", func(t *testing.T) {
		at := freeAddress(t)
		serve(t, nil, "--data", t.TempDir(), "--metrics-listen", at)
		status, body := asked(t, "http://"+at+"/metrics")
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, body, "switchboard_build_info")
		status, _ = asked(t, "http://"+at+"/sign-in")
		require.Equal(t, http.StatusNotFound, status)
	})
}

func TestMetricsWithoutADatabase(t *testing.T) {
	t.Parallel()
	all, err := (&program{getenv: env{}.get}).open(t.Context(), &where{data: t.TempDir(), region: "local-1"})
	require.NoError(t, err)
	var log bytes.Buffer
	m := newMetrics(all, newLog(&log, logText))
	m.worked("probe", 2*time.Second, nil)
	m.worked("probe", time.Second, io.EOF)
	m.worked("probe", time.Second, fmt.Errorf("stopped: %w", context.Canceled))
	m.checked(api.Passed, 20*time.Millisecond)
	m.answered("BREW", &telemetry.Request{Route: "/sign-in"}, http.StatusMethodNotAllowed, time.Millisecond)
	all.close()

	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	require.Equal(t, http.StatusOK, w.Code)
	for _, line := range []string{
		`switchboard_job_seconds_count{kind="probe",result="done"} 1`, `switchboard_job_seconds_bucket{kind="probe",result="done",le="1"} 0`,
		`switchboard_job_seconds_count{kind="probe",result="failed"} 1`,
		`switchboard_check_seconds_count{status="passed"} 1`,
		`switchboard_request_seconds_count{method="other",route="/sign-in",status="405"} 1`,
		"switchboard_database_connections_max ",
	} {
		require.Contains(t, w.Body.String(), line)
	}
	require.NotContains(t, w.Body.String(), "switchboard_approvals_waiting", "nobody could say how many")
	require.Contains(t, log.String(), "level=WARN")
}

func TestRequestsAreLogged(t *testing.T) {
	t.Parallel()
	s := serve(t, env{envAdmin: canary}, "--data", t.TempDir(), "--log-format", "json")
	form := url.Values{"name": {adminName}, "password": {canary}}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.PostForm(s.url+"/sign-in?secret=in-the-query", form)
	require.NoError(t, err)
	response.Body.Close()
	require.Equal(t, http.StatusSeeOther, response.StatusCode)
	asked(t, s.url+"/healthz")
	require.Zero(t, s.end())
	var found map[string]any
	for line := range strings.Lines(s.errors()) {
		var entry map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &entry), line)
		if entry["msg"] == "request" {
			require.Nil(t, found, "one line, and none for whoever watches the server")
			found = entry
		}
	}
	require.Equal(t, response.Header.Get("X-Request-Id"), found["request_id"])
	require.Equal(t, []any{"POST", "/sign-in", 303.0, "127.0.0.1"}, []any{found["method"], found["route"], found["status"], found["addr"]})
	require.Greater(t, found["ms"], 1.0, "milliseconds: it was a password")
	require.NotContains(t, s.errors(), canary)
	require.NotContains(t, s.errors(), "in-the-query")
}

func TestSettingsShowNoSecrets(t *testing.T) {
	t.Parallel()
	flags := newFlags()
	whereFlags(flags)
	operatingFlags(flags)
	flags.String("some-client-secret", "", "")
	record(flags)
	e := env{"SWITCHBOARD_SOME_CLIENT_SECRET": canary}
	_, err := (&program{getenv: e.get}).parse(flags, []string{
		"--database", "postgres://ann:" + canary + "@db.example:5432/console?sslpassword=" + canary, "--region", "cn-north-4",
	})
	require.NoError(t, err)
	seen := map[string]string{}
	for _, s := range effective(flags) {
		seen[s.Name] = s.Value
		require.Equal(t, s.Name == "some-client-secret", s.Hidden)
		require.Equal(t, s.Name == "database" || s.Name == "region" || s.Hidden, s.Set, s.Name)
		require.NotContains(t, s.Value, canary)
	}
	require.Equal(t, "postgres://db.example:5432/console", seen["database"])
	require.Equal(t, "cn-north-4", seen["region"])
	require.Equal(t, "./data", seen["data"])
}

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	from := env{"SWITCHBOARD_DATA": t.TempDir(), envPassword: canary, envKeys: keyring.NewKey()}
	serve(t, from)
	done(t, from, "user", "add", "ann")
	key := decode[keyJSON](t, done(t, from, "key", "create", "--user", "ann", "--json"))
	file := filepath.Join(t.TempDir(), "backup.gz")
	require.Regexp(t, `rows, schema \d+, keys [0-9a-f]{8}, sha256 [0-9a-f]{64}\n$`, done(t, from, "backup", file))

	t.Run("a backup is its owner's, and replaces no file", func(t *testing.T) {
		require.EqualValues(t, 0o600, mode(t, file))
		requireRefused(t, console(t, from, "backup", file), "is there already")
	})
	t.Run("into PostgreSQL and back", func(t *testing.T) {
		there := env{
			"SWITCHBOARD_DATA": t.TempDir(), envKeys: from[envKeys],
			"SWITCHBOARD_DATABASE": testserver.PostgreSQL(t).FreshDatabase(t),
		}
		require.Contains(t, done(t, there, "restore", file), "restored: 2 projects, 1 users")
		back := done(t, there, "backup", "-")
		require.NotContains(t, back, canary)
		home := env{"SWITCHBOARD_DATA": t.TempDir(), envKeys: from[envKeys]}
		r := consoleWith(t, home, back, "restore", "-")
		require.Zero(t, r.status, r.stderr)
		require.Equal(t, done(t, from, "project", "list"), done(t, home, "project", "list"))
		keys, err := keyring.Parse(from[envKeys])
		require.NoError(t, err)
		found, err := lookWith(t, home["SWITCHBOARD_DATA"], keys).Key(t.Context(), key.AccessKey)
		require.NoError(t, err)
		require.Equal(t, key.SecretKey, found.Secret.Reveal(), "what was sealed can be opened")
		require.Zero(t, serve(t, home).end())
	})
	t.Run("a database in use is replaced only by force, which says what it had", func(t *testing.T) {
		used := env{"SWITCHBOARD_DATA": t.TempDir(), envKeys: from[envKeys], envPassword: canary}
		done(t, used, "user", "add", "bob")
		requireRefused(t, console(t, used, "restore", file), "1 projects, 1 users")
		require.Contains(t, done(t, used, "restore", file, "--force"), "replaced: 1 projects, 1 users")
		require.Contains(t, done(t, used, "project", "list"), "local-2")
	})
	t.Run("other keys are refused at once", func(t *testing.T) {
		other := env{"SWITCHBOARD_DATA": t.TempDir(), envKeys: keyring.NewKey()}
		requireRefused(t, console(t, other, "restore", file), "which is not among the keys here")
		require.NoFileExists(t, filepath.Join(other["SWITCHBOARD_DATA"], databaseFile))
		requireRefused(t, console(t, env{"SWITCHBOARD_DATA": t.TempDir()}, "restore", file), "there is no key file: put the one with the key")
	})
	t.Run("what is no backup, or no database", func(t *testing.T) {
		requireRefused(t, consoleWith(t, from, "hello", "restore", "-"), "not a backup")
		requireRefused(t, console(t, env{"SWITCHBOARD_DATA": t.TempDir()}, "backup", "x"), "there is no database at")
	})
}
