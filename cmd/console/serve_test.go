package main

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/testserver"
)

func TestServe(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	s := serve(t, nil, "--data", data)

	t.Run("answers", func(t *testing.T) {
		response, err := http.Get(s.url + "/healthz")
		require.NoError(t, err)
		defer response.Body.Close()
		require.Less(t, response.StatusCode, 300)
	})
	t.Run("keeps what it has to itself", func(t *testing.T) {
		require.Equal(t, fs.FileMode(0o700), mode(t, data))
		for _, name := range []string{"keys", databaseFile} {
			require.Equal(t, fs.FileMode(0o600), mode(t, filepath.Join(data, name)))
		}
	})
	t.Run("made the account and two regions, each with a project and a folder", func(t *testing.T) {
		projects, err := look(t, data).AllProjects(t.Context())
		require.NoError(t, err)
		require.Len(t, projects, 2)
		for i, name := range []string{"local-1", "local-2"} {
			require.Equal(t, name, projects[i].Name)
			require.Equal(t, name, projects[i].Region)
			require.Equal(t, fs.FileMode(0o700), mode(t, filepath.Join(data, regionsFolder, name)))
		}
	})
	t.Run("a second one on the same port is refused", func(t *testing.T) {
		listen := strings.TrimPrefix(s.url, "http://")
		r := console(t, nil, "serve", "--listen", listen, "--data", t.TempDir())
		requireRefused(t, r, "address already in use")
	})
	t.Run("ends with status 0 when told to", func(t *testing.T) {
		require.Zero(t, s.end())
		_, err := http.Get(s.url + "/healthz")
		require.Error(t, err)
	})
	t.Run("and starts again on what is there", func(t *testing.T) {
		require.Zero(t, serve(t, nil, "--data", data).end())
	})
}

func TestServeOnPostgreSQL(t *testing.T) {
	t.Parallel()
	e := env{"SWITCHBOARD_DATABASE": testserver.PostgreSQL(t).FreshDatabase(t), "SWITCHBOARD_DATA": t.TempDir()}
	s := serve(t, e)
	require.Contains(t, done(t, e, "project", "list"), "local-1")
	require.NoFileExists(t, filepath.Join(e["SWITCHBOARD_DATA"], databaseFile))
	require.Zero(t, s.end())
}

func TestFirstAdministrator(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`http://127\.0\.0\.1:\d+(/set-up\?\S+)`)

	t.Run("without a password a set-up link is printed, once", func(t *testing.T) {
		t.Parallel()
		data := t.TempDir()
		s := serve(t, nil, "--data", data)
		require.Zero(t, s.end())
		found := link.FindAllStringSubmatch(s.output(), -1)
		require.Len(t, found, 1, s.output())
		token := tokenOf(t, found[0][1])
		require.NotContains(t, s.errors(), token, "not in the log")

		open, err := look(t, data).SetUpOpen(t.Context(), token)
		require.NoError(t, err)
		require.True(t, open)

		t.Run("as long as nobody can administrate, whoever else came in", func(t *testing.T) {
			who := identity.External{Issuer: "https://id.example.com", Subject: "1", Name: adminName}
			_, _, err := look(t, data).SignInExternal(t.Context(), who, api.Actor{Way: api.WayPage}, "")
			require.NoError(t, err)
			for _, e := range []env{nil, {envAdmin: canary}} { // somebody has that name
				s := serve(t, e, "--data", data)
				require.Zero(t, s.end())
				require.Regexp(t, link, s.output())
			}
		})
		t.Run("and no more when there is an administrator", func(t *testing.T) {
			done(t, env{envPassword: canary}, "user", "add", "ann", "--administrator", "--data", data)
			s := serve(t, nil, "--data", data)
			require.Zero(t, s.end())
			require.Empty(t, s.output())
		})
	})
	t.Run("the environment makes admin", func(t *testing.T) {
		t.Parallel()
		data := t.TempDir()
		s := serve(t, env{envAdmin: canary}, "--data", data)
		require.Zero(t, s.end())
		require.Empty(t, s.output(), "no link")
		require.NotContains(t, s.errors(), canary)
		require.NoError(t, signIn(t, data, "admin", canary))

		t.Run("and changes nothing at the next start", func(t *testing.T) {
			require.Zero(t, serve(t, env{envAdmin: "another password"}, "--data", data).end())
			require.NoError(t, signIn(t, data, "admin", canary))
		})
	})
	t.Run("a bad password is refused by its name", func(t *testing.T) {
		t.Parallel()
		r := console(t, env{envAdmin: "short"}, "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir())
		requireRefused(t, r, "SWITCHBOARD_ADMIN_PASSWORD: password: Use at least 10 characters.")
	})
}

func TestRequestsUnderWayMayFinish(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	arrived, finish := make(chan struct{}), make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-finish
		require.NoError(t, r.Context().Err(), "the request is not interrupted")
		_, _ = io.WriteString(w, "finished")
	})
	ctx, stop := context.WithCancel(t.Context())
	ended, body := make(chan error, 1), make(chan string, 1)
	go func() { ended <- answer(ctx, listener, handler, slog.New(slog.DiscardHandler)) }()
	go func() {
		response, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			body <- err.Error()
			return
		}
		defer response.Body.Close()
		text, _ := io.ReadAll(response.Body)
		body <- string(text)
	}()
	<-arrived
	stop()
	requireClosed(t, listener.Addr().String())
	close(finish)
	require.Equal(t, "finished", <-body)
	require.NoError(t, <-ended)
}

func TestReachable(t *testing.T) {
	t.Parallel()
	for own, want := range map[string]string{
		"127.0.0.1:8080": "127.0.0.1:8080",
		"0.0.0.0:8080":   "127.0.0.1:8080",
		"[::]:8080":      "[::1]:8080",
		"192.0.2.1:80":   "192.0.2.1:80",
	} {
		require.Equal(t, want, reachable(netip.MustParseAddrPort(own)).String())
	}
}

// requireClosed waits until nobody listens at an address.
func requireClosed(t *testing.T, addr string) {
	t.Helper()
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			conn.Close()
		}
		return err != nil
	}, 10*time.Second, 10*time.Millisecond)
}

func tokenOf(t *testing.T, path string) string {
	t.Helper()
	u, err := url.Parse(path)
	require.NoError(t, err)
	return u.Query().Get("token")
}

func signIn(t *testing.T, data, name, password string) error {
	t.Helper()
	_, err := look(t, data).VerifyPassword(t.Context(), identity.Credentials{Name: name, Password: api.NewSecret(password)}, api.Actor{})
	return err
}

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	return info.Mode().Perm()
}
