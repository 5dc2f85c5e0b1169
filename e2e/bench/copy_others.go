package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// Names of contenders that goals are about.
const (
	ourCopy    = "ours: durable, verified"
	cpSynced   = "cp -r, then sync -f"
	rcloneCopy = "rclone copy --checksum --transfers 8"
)

// Like a run of a replication: so many workers, so many small objects made durable
// together.
const (
	copyWorkers = 8
	copyPack    = 64
)

// ourCopier copies a load with the console's code, in a process of its own. Each
// starts from a job in a file, of which the destination is filled in.
func (b *bench) ourCopier(load copyLoad, to copyJob) (copier, error) {
	text, err := os.ReadFile(load.job)
	if err != nil {
		return copier{}, err
	}
	var job copyJob
	if err := json.Unmarshal(text, &job); err != nil {
		return copier{}, err
	}
	job.Workers, job.Pack = copyWorkers, copyPack
	if load.size > 1<<20 {
		job.Pack = 1
	}
	job.To, job.Endpoint, job.AK, job.SK = to.To, to.Endpoint, to.AK, to.SK
	if text, err = json.Marshal(job); err != nil {
		return copier{}, err
	}
	file := load.job + ".now"
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return copier{}, err
	}
	self, err := os.Executable()
	return copier{name: ourCopy, command: func(ctx context.Context) *exec.Cmd {
		return exec.CommandContext(ctx, self, copyCommand, file) //nolint:gosec // this program
	}}, err
}

// copyToFolder compares copies from folder to folder.
func (b *bench) copyToFolder(ctx context.Context, folder string, load copyLoad) error {
	to := filepath.Join(folder, "to")
	ours, err := b.ourCopier(load, copyJob{To: to})
	if err != nil {
		return err
	}
	plain := func(name string, more []string, words ...string) copier {
		return copier{name: name, more: more, command: func(ctx context.Context) *exec.Cmd {
			return exec.CommandContext(ctx, words[0], slices.Concat(words[1:], []string{load.folder, to + "/here"})...) //nolint:gosec // our own words
		}}
	}
	sync := []string{"sync", "-f", to}
	all := []copier{ours, plain("cp -r", nil, "cp", "-r"), plain(cpSynced, sync, "cp", "-r")}
	if _, err := exec.LookPath("rclone"); err == nil {
		words := []string{"rclone", "copy", "--config", "", "--checksum", "--transfers", "8"}
		all = append(all, plain("rclone copy --checksum", nil, words[:5]...), plain(rcloneCopy, nil, words...),
			plain(rcloneCopy+", then sync -f", sync, words...))
	}
	title := load.name + " from folder to folder"
	found, err := copyRace(ctx, title, load.rounds, emptied(to, load), all)
	if err != nil {
		return err
	}
	b.copySection("Copying "+title, "Ours reads back what arrived and has it on the disk when it ends, as after `sync`. The source is in the file cache. "+
		withoutRclone(), load, all, found)
	b.copyGoal(title+", against "+rcloneCopy, goalRclone, found, rcloneCopy)
	if load.size > 1<<20 {
		b.copyGoal(title+", against "+cpSynced, goalCp, found, cpSynced)
	}
	return nil
}

// copyToBucket compares copies from a folder to a server on the same machine.
func (b *bench) copyToBucket(ctx context.Context, folder string, load copyLoad) error {
	binary := filepath.Join(filepath.Dir(b.binary), "testservers", "versitygw")
	if _, err := os.Stat(binary); err != nil {
		progress("no %s: copies to a bucket are left out (make unit builds it)", binary)
		return nil
	}
	g, err := openGateway(ctx, binary, filepath.Join(folder, "gateway"), load)
	if err != nil {
		return err
	}
	defer g.close()
	ours, err := b.ourCopier(load, copyJob{To: gatewayBucket, Endpoint: "http://" + g.at, AK: g.key, SK: g.secret})
	if err != nil {
		return err
	}
	all := []copier{ours}
	if _, err := exec.LookPath("rclone"); err == nil {
		all = append(all, g.rclone("rclone copy --checksum", load, "4"), g.rclone(rcloneCopy, load, "8"))
	}
	title := load.name + " from folder to bucket"
	found, err := copyRace(ctx, title, load.rounds, g.emptied, all)
	if err != nil {
		return err
	}
	b.copySection("Copying "+title, "The server is versitygw on the same disk and cores, over HTTP. "+withoutRclone(), load, all, found)
	b.copyGoal(title+", against "+rcloneCopy, goalRclone, found, rcloneCopy)
	return nil
}

func withoutRclone() string {
	if _, err := exec.LookPath("rclone"); err != nil {
		return "rclone is not installed here (`apt-get install rclone`), and was left out."
	}
	return ""
}

// emptied makes a folder empty, and has everything that was written on the disk.
// Small objects are moved away and not deleted: for some seconds ext4 looks for new
// files at each one that was just deleted, which nobody's copy is to blame for.
func emptied(folder string, load copyLoad) func() error {
	return func() error {
		var err error
		if _, missing := os.Stat(folder); missing == nil && load.size < 1<<20 {
			err = os.Rename(folder, fmt.Sprintf("%s-%d", folder, time.Now().UnixNano()))
		} else {
			err = os.RemoveAll(folder)
		}
		err = errors.Join(err, os.MkdirAll(folder, 0o750))
		unix.Sync()
		return err
	}
}

// runWatched runs a command and returns the most memory it had. That is read while it
// runs: what the system says at its end counts the memory of who started it, too.
func runWatched(cmd *exec.Cmd) (most int64, err error) {
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			if err != nil {
				err = fmt.Errorf("%w: %s", err, said.Bytes())
			}
			return most, err
		case <-time.After(10 * time.Millisecond):
			var kib int64
			text, err := field(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid), "VmHWM")
			if _, scanned := fmt.Sscan(text, &kib); err == nil && scanned == nil {
				most = max(most, kib<<10)
			}
		}
	}
}

// gatewayBucket is where copies go.
const gatewayBucket = "copies"

// gateway is a server with the S3 protocol, on a folder.
type gateway struct {
	at, key, secret, folder string
	load                    copyLoad
	process                 *exec.Cmd
}

func openGateway(ctx context.Context, binary, folder string, load copyLoad) (*gateway, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	g := &gateway{at: listener.Addr().String(), key: rand.Text(), secret: rand.Text(), folder: folder, load: load}
	if err := errors.Join(listener.Close(), g.emptied()); err != nil {
		return nil, err
	}
	g.process = exec.CommandContext(ctx, binary, "--access="+g.key, "--secret="+g.secret, "--quiet", "--keep-alive", "--port="+g.at, //nolint:gosec // a server for tests
		"posix", "--sidecar="+filepath.Join(folder, "tags"), filepath.Join(folder, "buckets"))
	if err := g.process.Start(); err != nil {
		return nil, err
	}
	for range 200 {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", g.at)
		if err == nil {
			return g, conn.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	g.close()
	return nil, fmt.Errorf("%s does not listen", binary)
}

func (g *gateway) close() {
	_ = g.process.Process.Kill()
	_ = g.process.Wait()
}

func (g *gateway) emptied() error {
	return errors.Join(
		emptied(filepath.Join(g.folder, "tags"), g.load)(),
		emptied(filepath.Join(g.folder, "buckets", gatewayBucket), g.load)(),
	)
}

func (g *gateway) rclone(name string, load copyLoad, transfers string) copier {
	return copier{name: name, command: func(ctx context.Context) *exec.Cmd {
		cmd := exec.CommandContext(ctx, "rclone", "copy", "--config", "", "--checksum", "--transfers", transfers, load.folder, "there:"+gatewayBucket) //nolint:gosec // our own words
		cmd.Env = append(cmd.Env, "PATH="+os.Getenv("PATH"), "HOME="+g.folder, "RCLONE_CONFIG_THERE_TYPE=s3", "RCLONE_CONFIG_THERE_PROVIDER=Other", "RCLONE_CONFIG_THERE_ENDPOINT=http://"+g.at,
			"RCLONE_CONFIG_THERE_ACCESS_KEY_ID="+g.key, "RCLONE_CONFIG_THERE_SECRET_ACCESS_KEY="+g.secret)
		return cmd
	}}
}
