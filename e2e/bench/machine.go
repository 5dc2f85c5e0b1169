package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// describe says on what the numbers were measured.
func (b *bench) describe(context.Context) error {
	var system unix.Utsname
	if err := unix.Uname(&system); err != nil {
		return err
	}
	memory, err := field("/proc/meminfo", "MemTotal")
	if err != nil {
		return err
	}
	model, err := field("/proc/cpuinfo", "model name")
	if err != nil {
		return err
	}
	var kib int64
	if _, err := fmt.Sscan(memory, &kib); err != nil {
		return err
	}
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return err
	}
	b.machine = [][]string{
		{"measured", time.Now().UTC().Format("2006-01-02 15:04 UTC")},
		{"processor", fmt.Sprintf("%s, %d cores", model, runtime.NumCPU())},
		{"memory", fmt.Sprintf("%.1f GB", float64(kib<<10)/1e9)},
		{"system", unix.ByteSliceToString(system.Sysname[:]) + " " + unix.ByteSliceToString(system.Release[:])},
		{"Go", runtime.Version() + " " + runtime.GOARCH},
		{"load when it began", strings.Join(strings.Fields(string(load))[:3], ", ") + " (1, 5, 15 minutes): other work on the same cores"},
		{"file system", fileSystem(b.folder)},
	}
	return nil
}

// field is the first value of that name in a file of /proc.
func field(file, name string) (string, error) {
	content, err := os.ReadFile(file) //nolint:gosec // a constant
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(content)) {
		if key, value, _ := strings.Cut(line, ":"); strings.TrimSpace(key) == name {
			return strings.TrimSpace(value), nil
		}
	}
	return "unknown", nil
}

// fileSystem names the file system of a folder; one in memory would make every
// write look good.
func fileSystem(folder string) string {
	var about unix.Statfs_t
	if err := unix.Statfs(folder, &about); err != nil {
		return "unknown"
	}
	names := map[int64]string{
		unix.EXT4_SUPER_MAGIC: "ext4", unix.XFS_SUPER_MAGIC: "xfs", unix.BTRFS_SUPER_MAGIC: "btrfs",
		unix.OVERLAYFS_SUPER_MAGIC: "overlay", unix.TMPFS_MAGIC: "tmpfs: in memory, so writes say nothing about a disk",
	}
	if name, ok := names[int64(about.Type)]; ok { //nolint:unconvert // int32 on some processors
		return name
	}
	return fmt.Sprintf("type %#x", about.Type)
}

// syncing returns what appends 4 KiB to a file and waits until they are on the
// disk: the least that an acknowledged write costs.
func syncing(folder string) (func(context.Context, int64) error, *os.File, error) {
	f, err := os.Create(filepath.Join(folder, "synced")) //nolint:gosec // our own folder
	if err != nil {
		return nil, nil, err
	}
	block := make([]byte, 4096)
	return func(context.Context, int64) error {
		if _, err := f.Write(block); err != nil {
			return err
		}
		return f.Sync()
	}, f, nil
}

// sizes measures the binary, as make builds it and as "go build" does.
func (b *bench) sizes(ctx context.Context) error {
	progress("size of the binary")
	made, err := os.Stat(b.binary)
	if err != nil {
		return err
	}
	rows := [][]string{{"built by make, without symbols", megabytes(made.Size())}}
	if b.source != "" {
		file := filepath.Join(b.folder, "plain")
		cmd := exec.CommandContext(ctx, "go", "build", "-o", file, "./cmd/console") //nolint:gosec // our own folder
		cmd.Dir = b.source
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("go build: %w: %s", err, out)
		}
		plain, err := os.Stat(file)
		if err != nil {
			return err
		}
		rows = append(rows, []string{"built plainly, with symbols", megabytes(plain.Size())})
	}
	b.add(section{title: "Size of the binary", head: []string{"binary", "size"}, rows: rows})
	return nil
}
