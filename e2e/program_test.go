// Package e2e tests the program as its users use it: people with a browser,
// programs with SDKs, administrators at a command line. It starts the built
// binary and knows nothing of what is inside.
package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The administrator that start creates.
const (
	adminName     = "admin"
	adminPassword = "seven-quiet-otters-42"
)

const (
	regionName   = "local-1" // the default of --region, and the first project's name
	binaryByMake = "../bin/console"
)

// program is bin/console, with data of its own.
type program struct {
	URL string // http://host:port
	dir string // its data folder

	database string   // URL; empty means SQLite in dir
	region   *program // where its projects live, if they live in a region
	isRegion bool

	args    []string
	env     []string
	process *exec.Cmd
	exited  chan struct{}
	output  *output
}

// option changes how a program is started.
type option func(*program)

// checkingForm starts it with --link-check shape.
func checkingForm(p *program) { p.args = append(p.args, "--link-check", "shape") }

// withoutAdministrator starts it without SWITCHBOARD_ADMIN_PASSWORD.
func withoutAdministrator(p *program) { p.env = nil }

// onDatabase starts it on a database server.
func onDatabase(url string) option { return func(p *program) { p.database = url } }

// start runs the program until the end of the test, when it must end by SIGTERM
// with exit status 0.
func start(t *testing.T, opts ...option) *program {
	t.Helper()
	p := prepare(t, opts...)
	p.launch(t)
	p.await(t)
	t.Cleanup(func() { p.stop(t) })
	if *inRegion && !p.isRegion {
		p.settle(t)
	}
	return p
}

// prepare makes a program that does not run yet.
func prepare(t *testing.T, opts ...option) *program {
	t.Helper()
	p := &program{args: []string{"--region-age", "200ms", "--region-calls", "1000"}, dir: filepath.Join(t.TempDir(), "data"), env: []string{"SWITCHBOARD_ADMIN_PASSWORD=" + adminPassword}}
	for _, o := range opts {
		o(p)
	}
	return p
}

// launch starts the process and does not wait for it.
func (p *program) launch(t *testing.T) {
	t.Helper()
	p.output, p.exited = new(output), make(chan struct{})
	p.process = p.command(t, append([]string{"serve", "--listen", "127.0.0.1:0"}, p.args...)...)
	p.process.Stdout, p.process.Stderr = p.output, p.output
	require.NoError(t, p.process.Start())
	go func() {
		_ = p.process.Wait()
		close(p.exited)
	}()
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// await waits until the program says where it listens.
func (p *program) await(t *testing.T) {
	t.Helper()
	p.URL = eventually(t, "the program to say where it listens", func() (string, bool) {
		at := address.FindString(p.output.String())
		select {
		case <-p.exited:
			require.Fail(t, "the program ended", p.output.String())
		default:
		}
		return at, at != ""
	})
}

// stop ends the program as a service manager does.
func (p *program) stop(t *testing.T) {
	t.Helper()
	require.NoError(t, p.process.Process.Signal(syscall.SIGTERM))
	select {
	case <-p.exited:
	case <-time.After(patience):
		_ = p.process.Process.Kill()
		require.Fail(t, "SIGTERM did not end the program", p.output.String())
	}
	require.Zero(t, p.process.ProcessState.ExitCode(), "exit status after SIGTERM\n%s", p.output)
	if t.Failed() {
		t.Logf("what the program printed:\n%s", p.output)
	}
}

// kill ends the program as a power cut does.
func (p *program) kill(t *testing.T) {
	t.Helper()
	require.NoError(t, p.process.Process.Kill())
	<-p.exited
}

// run runs a command on the program's data and returns what it printed.
func (p *program) run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := p.command(t, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s\n%s%s", strings.Join(args, " "), out, &stderr)
	return string(out)
}

func (p *program) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	args = append(args, "--data", p.dir)
	if p.database != "" {
		args = append(args, "--database", p.database)
	}
	cmd := exec.Command(binary(t), args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.dir}, p.env...)
	return cmd
}

// binary is the program under test.
func binary(t *testing.T) string {
	t.Helper()
	path := binaryByMake
	if other := os.Getenv("SWITCHBOARD_BINARY"); other != "" {
		path = other
	}
	path, err := filepath.Abs(path)
	require.NoError(t, err)
	require.FileExists(t, path, "run make build first")
	return path
}

// accessKey is what "key create --json" prints.
type accessKey struct {
	AccessKey   string `json:"access_key"`
	SecretKey   string `json:"secret_key"`
	ProjectID   string `json:"project_id"`
	ProjectName string `json:"project_name"`
	DomainID    string `json:"domain_id"`
	DomainName  string `json:"domain_name"`
	UserName    string `json:"user_name"`
}

// key makes an access key of the administrator, for the region's project or
// for the one that is named.
func (p *program) key(t *testing.T, project ...string) accessKey {
	t.Helper()
	return p.keyOf(t, adminName, project...)
}

// keyOf makes an access key of somebody.
func (p *program) keyOf(t *testing.T, user string, project ...string) accessKey {
	t.Helper()
	args := []string{"key", "create", "--user", user, "--json"}
	for _, name := range project {
		args = append(args, "--project", name)
	}
	var key accessKey
	require.NoError(t, json.Unmarshal([]byte(p.run(t, args...)), &key))
	return key
}

// addProject adds a project and returns its id.
func (p *program) addProject(t *testing.T, name string) string {
	t.Helper()
	var project struct{ ID string }
	require.NoError(t, json.Unmarshal([]byte(p.run(t, "project", "add", name, "--json")), &project))
	if p.region != nil {
		key := p.region.key(t) // as in clouds, it is good for all projects: also those that copies go to
		key.ProjectID = p.region.addProject(t, name)
		p.region.call(t, name).approveNothing()
		p.move(t, name, key)
	}
	return project.ID
}

// addUser adds another administrator, with the same password.
func (p *program) addUser(t *testing.T, name string) {
	t.Helper()
	p.env = append(p.env, "SWITCHBOARD_PASSWORD="+adminPassword)
	p.run(t, "user", "add", name, "--administrator")
}

// addPerson adds somebody with a role in a project, with the same password.
func (p *program) addPerson(t *testing.T, name, project, role string) {
	t.Helper()
	cmd := p.command(t, "user", "add", name, "--role", project+"="+role)
	cmd.Env = append(cmd.Env, "SWITCHBOARD_PASSWORD="+adminPassword)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
}
