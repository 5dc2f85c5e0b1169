package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// program is a process that serves: the console or the baseline.
type program struct {
	url     string // http://host:port
	folder  string // its data
	process *exec.Cmd
	said    *bytes.Buffer // on standard error; shown if it ends badly
	drained chan struct{}
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// adminPassword is the password of admin wherever this program starts the
// console.
const adminPassword = "nine-patient-herons-17"

// console starts the console on a data folder and waits until it says where it
// listens.
func (s *settings) console(ctx context.Context, folder string, env ...string) (*program, error) {
	cmd := s.command(ctx, folder, "serve", "--listen", "127.0.0.1:0", "--link-check", "shape")
	cmd.Env = append(cmd.Env, env...)
	p := &program{folder: folder}
	return p, p.launch(cmd)
}

// command is a command of the console on a data folder.
func (s *settings) command(ctx context.Context, folder string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.binary, append(args, "--data", folder)...) //nolint:gosec // the console
	if s.database != "" {
		cmd.Args = append(cmd.Args, "--database", s.database)
	}
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder}
	return cmd
}

func (p *program) launch(cmd *exec.Cmd) error {
	p.process, p.said, p.drained = cmd, new(bytes.Buffer), make(chan struct{})
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Stderr = p.said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	reader := bufio.NewReader(out)
	for p.url == "" {
		line, err := reader.ReadString('\n')
		if err != nil {
			return p.ended(cmd.Wait())
		}
		p.url = address.FindString(line)
	}
	go func() {
		_, _ = io.Copy(io.Discard, reader)
		close(p.drained)
	}()
	return nil
}

// stop ends the program in order.
func (p *program) stop() error {
	if p == nil || p.process == nil {
		return nil
	}
	if err := p.process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	<-p.drained
	err := p.process.Wait()
	p.process = nil
	if err != nil {
		return p.ended(err)
	}
	return nil
}

func (p *program) ended(how error) error {
	return fmt.Errorf("a server ended: %w: %s", how, bytes.TrimSpace(p.said.Bytes()))
}

// cpu is the time that the process has spent on a processor; nil is this
// process.
func (p *program) cpu() time.Duration {
	clock := int32(unix.CLOCK_PROCESS_CPUTIME_ID)
	if p != nil { // the clock of another process, as clock_getcpuclockid(3) makes it
		clock = int32(^p.process.Process.Pid<<3 | 2) //nolint:gosec // a process id is small
	}
	var t unix.Timespec
	if err := unix.ClockGettime(clock, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// memory is what the process holds in memory, in bytes: all, and without what
// is mapped from files, such as its own program.
func (p *program) memory() (resident, anonymous int64, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.process.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		n, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch name {
		case "VmRSS":
			resident = n << 10
		case "RssAnon":
			anonymous = n << 10
		}
	}
	return resident, anonymous, nil
}
