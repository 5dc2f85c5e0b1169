package embedded_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
	"switchboard/internal/api/embedded"
)

// dumps writes so many objects into the project's region, and takes them over.
func dumps(t testing.TB, p apitest.Plane, sizes []int) (policy api.Policy, backups int) {
	t.Helper()
	region, err := p.Service.Region(t.Context(), p.Mine, "")
	require.NoError(t, err)
	folder := filepath.Join(region.Folder, "dumps")
	require.NoError(t, os.MkdirAll(folder, 0o700))
	for n, size := range sizes {
		require.NoError(t, os.WriteFile(filepath.Join(folder, fmt.Sprintf("%06d", n)), content(n, size), 0o600))
	}
	policy = apitest.Protect(t, p, "orders", "dumps*")
	c, err := p.Service.StartCheckpoint(t.Context(), p.Mine, api.CheckpointDraft{Policy: policy.ID})
	require.NoError(t, err)
	c, _ = apitest.CheckpointEnds(t, p, c.ID)
	require.Equal(t, len(sizes), c.Available)
	return policy, c.Available
}

// content is what the n-th object holds.
func content(n, size int) []byte {
	b := make([]byte, size)
	x := uint64(n)*2862933555777941757 + 3037000493
	for i := range b {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b[i] = byte(x)
	}
	return b
}

// BenchmarkReplication is a whole run of many small objects, from folder to folder.
func BenchmarkReplication(b *testing.B) {
	const objects = 10_000
	sizes := make([]int, objects)
	for i := range sizes {
		sizes[i] = 4 << 10
	}
	for b.Loop() {
		b.StopTimer()
		p := plane(b, apitest.Open(b, b.TempDir()+"/switchboard.db"), ring(b))
		work := p.Service.(*embedded.Plane)
		require.NoError(b, work.Start(b.Context(), embedded.Background{Tick: 50 * time.Millisecond}))
		policy, _ := dumps(b, p, sizes)
		to := apitest.Destination(b, p)
		b.StartTimer()
		began := time.Now()
		run := apitest.Replicate(b, p, policy.ID, to)
		started := time.Since(began)
		ended := apitest.ReplicationEnds(b, p, run.ID)
		took := time.Since(began)
		b.StopTimer()
		require.Equal(b, objects, ended.Succeeded)
		b.ReportMetric(started.Seconds()*1000, "ms-to-start")
		b.ReportMetric(objects/took.Seconds(), "objects/s")
		require.NoError(b, work.Stop(b.Context()))
		b.StartTimer()
	}
}
