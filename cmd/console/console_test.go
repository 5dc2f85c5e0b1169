package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/identity"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/store"
)

// canary is a good password that must never be printed.
const canary = "canary-password"

// env is the environment of a run.
type env map[string]string

func (e env) get(name string) string { return e[name] }

// result is what a run left.
type result struct {
	status         int
	stdout, stderr string
}

// console runs a command to its end.
func console(t *testing.T, e env, args ...string) result {
	t.Helper()
	return consoleWith(t, e, "", args...)
}

// consoleWith runs a command with a standard input.
func consoleWith(t *testing.T, e env, stdin string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status := run(t.Context(), args, e.get, strings.NewReader(stdin), &stdout, &stderr)
	return result{status, stdout.String(), stderr.String()}
}

// done runs a command that must succeed and returns what it printed.
func done(t *testing.T, e env, args ...string) string {
	t.Helper()
	r := console(t, e, args...)
	require.Zero(t, r.status, r.stderr)
	require.Empty(t, r.stderr)
	return r.stdout
}

// requireRefused requires exit status 2 and one line that says why.
func requireRefused(t *testing.T, r result, why string) {
	t.Helper()
	require.Equal(t, 2, r.status)
	require.Empty(t, r.stdout)
	require.Regexp(t, `^console: [^\n]+\n$`, r.stderr)
	require.Contains(t, r.stderr, why)
	require.NotContains(t, r.stderr, canary)
	require.NotContains(t, r.stderr, "goroutine")
}

// server is a running `console serve`.
type server struct {
	url    string
	stop   context.CancelFunc // as SIGTERM does
	status chan int
	copied chan struct{} // closed when all output has been read

	mu             sync.Mutex
	stdout, stderr bytes.Buffer
}

var listening = regexp.MustCompile(`^Switchboard \S+ listening on (http://\S+)$`)

// serve starts a server on a free port and waits until it listens; it is
// stopped when the test ends.
func serve(t *testing.T, e env, args ...string) *server {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	s := &server{stop: stop, status: make(chan int, 1), copied: make(chan struct{})}
	stdout, writer := io.Pipe()
	go func() {
		args := append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)
		status := run(ctx, args, e.get, strings.NewReader(""), writer, locked{&s.mu, &s.stderr})
		writer.Close()
		s.status <- status
	}()
	t.Cleanup(func() { s.end() })

	lines := bufio.NewReader(stdout)
	first, err := lines.ReadString('\n')
	if err != nil {
		close(s.copied)
		require.NoError(t, err, s.errors())
	}
	found := listening.FindStringSubmatch(strings.TrimSpace(first))
	require.NotNil(t, found, first)
	s.url = found[1]
	go func() {
		defer close(s.copied)
		_, _ = io.Copy(locked{&s.mu, &s.stdout}, lines)
	}()
	return s
}

// end stops the server and returns its exit status.
func (s *server) end() int {
	s.stop()
	status := <-s.status
	s.status <- status
	<-s.copied
	return status
}

func (s *server) output() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stdout.String()
}

func (s *server) errors() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stderr.String()
}

// locked is a buffer that another goroutine may read.
type locked struct {
	mu *sync.Mutex
	to *bytes.Buffer
}

func (l locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(b)
}

// look opens the database in a data folder beside whoever uses it.
func look(t *testing.T, data string) *identity.Service {
	t.Helper()
	return lookWith(t, data, nil)
}

// lookWith is look with other keys than those in the folder.
func lookWith(t *testing.T, data string, keys *keyring.Ring) *identity.Service {
	t.Helper()
	db, err := store.Open(t.Context(), data+"/"+databaseFile)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	if keys == nil {
		keys, err = keyring.Load(data, "")
		require.NoError(t, err)
	}
	return identity.New(db, keys)
}
