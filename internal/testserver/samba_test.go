//go:build unix

package testserver

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The test binary runs itself as a process that is killed while its server
// runs, and then looks whether a process of it is left.
func TestSambaLeavesNoProcessBehind(t *testing.T) {
	t.Parallel()
	const told = "SWITCHBOARD_SAMBA_TELL"
	if path := os.Getenv(told); path != "" {
		require.NoError(t, os.WriteFile(path+".part", []byte(Samba(t).home.dir), 0o600))
		require.NoError(t, os.Rename(path+".part", path))
		select {} // until killed
	}
	Samba(t) // skips this test, or fails it, where there is no server to be had
	path := filepath.Join(t.TempDir(), "dir")
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), told+"="+path)
	require.NoError(t, child.Start())
	var dir []byte
	require.Eventually(t, func() bool {
		var err error
		dir, err = os.ReadFile(path)
		return err == nil
	}, time.Minute, 10*time.Millisecond)
	require.NotEmpty(t, processesOf(t, dir))
	require.NoError(t, child.Process.Kill())
	_ = child.Wait()
	require.Eventually(t, func() bool { return len(processesOf(t, dir)) == 0 }, 30*time.Second, 10*time.Millisecond)
	require.NoDirExists(t, string(dir))
}

// processesOf finds the processes whose command line has a text.
func processesOf(t *testing.T, text []byte) (found []string) {
	t.Helper()
	names, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, name := range names {
		if line, err := os.ReadFile(name); err == nil && bytes.Contains(line, text) {
			found = append(found, string(line))
		}
	}
	return found
}
