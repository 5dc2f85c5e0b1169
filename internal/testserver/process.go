//go:build unix

package testserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

const (
	startTimeout  = time.Minute
	readyInterval = 20 * time.Millisecond
	pingTimeout   = 3 * time.Second // a server that has just begun may take a connection and forget it
	startAttempts = 3               // a free port can be taken by somebody else in between
)

// home is a folder that a server owns, and the user it runs as.
type home struct {
	dir   string
	user  *syscall.Credential // nil: whoever runs the test
	leash io.Closer           // kept open, see watch
}

// watch is a shell that waits until its standard input ends, which happens
// when the test process ends in whatever way, SIGKILL included. Then it ends
// the server (gently, after two seconds not) and removes its folder.
const watch = `read -r _
pid=$(cat "$1/process" 2>/dev/null)
kill -"$2" $pid 2>/dev/null
i=0; while kill -0 $pid 2>/dev/null && [ $i -lt 20 ]; do sleep 0.1; i=$((i+1)); done
kill -KILL $pid 2>/dev/null
rm -rf -- "$1"`

// newHome makes the folder, and sets a watcher on it. A server that runs as
// another user cannot look into every temporary folder, but it can into /tmp.
// The signal ends the server.
func newHome(name, signal string, user *syscall.Credential) (*home, error) {
	parent := os.TempDir()
	if user != nil {
		parent = "/tmp"
	}
	dir, err := os.MkdirTemp(parent, "switchboard-"+name+"-")
	if err != nil {
		return nil, err
	}
	watcher := exec.CommandContext(context.Background(), "sh", "-c", watch, "watch", dir, signal) //nolint:gosec // the folder is ours
	watcher.Dir = "/"
	watcher.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	leash, err := watcher.StdinPipe()
	if err == nil {
		err = watcher.Start()
	}
	if err != nil {
		return nil, errors.Join(err, os.Remove(dir))
	}
	h := &home{dir: dir, user: user, leash: leash}
	return h, h.give(dir)
}

// give makes the server's user the owner of a path.
func (h *home) give(path string) error {
	if h.user == nil {
		return nil
	}
	return os.Chown(path, int(h.user.Uid), int(h.user.Gid))
}

// write stores a file that only the server can read and returns its path.
func (h *home) write(name, text string) (string, error) {
	path := filepath.Join(h.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", err
	}
	return path, h.give(path)
}

func (h *home) command(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), name, args...) //nolint:gosec // tests run servers
	cmd.Dir = h.dir
	// A group of its own: Ctrl-C in a terminal ends the test, and its end
	// ends the server.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: h.user}
	return cmd
}

// run runs a command to its end.
func (h *home) run(name string, args ...string) error {
	if out, err := h.command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, out)
	}
	return nil
}

// process is a running server.
type process struct {
	cmd    *exec.Cmd
	exited chan struct{}
	log    string
}

// start starts a server, which ends with this process.
func (h *home) start(name string, args ...string) (*process, error) {
	log, err := os.Create(filepath.Join(h.dir, "log"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	cmd := h.command(name, args...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if _, err := h.write("process", strconv.Itoa(cmd.Process.Pid)); err != nil {
		return nil, errors.Join(err, cmd.Process.Kill())
	}
	p := &process{cmd: cmd, exited: make(chan struct{}), log: log.Name()}
	go func() {
		_ = cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// await waits until the server answers.
func (p *process) await(ping func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	tick := time.NewTicker(readyInterval)
	defer tick.Stop()
	for {
		once, stop := context.WithTimeout(ctx, pingTimeout)
		err := ping(once)
		stop()
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("not ready after %v: %w", startTimeout, err)
		case <-p.exited:
			words, _ := os.ReadFile(p.log)
			return fmt.Errorf("ended at once:\n%s", words)
		}
	}
}

// launch starts a server on a free port and waits until it answers.
func launch(s *Server, start func() (*process, error)) (*Server, error) {
	var errs []error
	for range startAttempts {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		s.Port = port
		p, err := start()
		if err != nil {
			return nil, err
		}
		err = p.await(func(ctx context.Context) error { return s.exec(ctx, s, []string{"SELECT 1"}) })
		if err == nil {
			return s, nil
		}
		_ = p.cmd.Process.Kill() // has ended already, as a rule
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}

// freePort finds a port below those that the machine gives to whoever asks for
// any: one of these could be taken by another test before the server is up.
func freePort() (int, error) {
	var err error
	for range 20 {
		port := 12000 + mathrand.IntN(10000) //nolint:gosec // nothing secret
		var l net.Listener
		l, err = new(net.ListenConfig).Listen(context.Background(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			return port, l.Close()
		}
	}
	return 0, err
}
