//go:build unix

package objects_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/objects"
)

// killed is what a process copies that is killed.
type killed struct {
	From, Folder, Endpoint, Bucket, Key, Secret string

	Keys []string
}

func (k *killed) to() objects.Place {
	return objects.Place{
		Folder: k.Folder, Endpoint: k.Endpoint, Bucket: k.Bucket, PathStyle: true, AccessKey: k.Key, Secret: api.NewSecret(k.Secret),
	}
}

const killedVariable = "OBJECTS_TEST_COPY"

// TestMain lets the test's binary be a process that copies and is killed.
func TestMain(m *testing.M) {
	if text := os.Getenv(killedVariable); text != "" {
		if err := copyUntilKilled(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func copyUntilKilled(text string) error {
	var job killed
	if err := json.Unmarshal([]byte(text), &job); err != nil {
		return err
	}
	from, err := objects.Open(objects.Place{Folder: job.From}, nil)
	if err != nil {
		return err
	}
	to, err := objects.Open(job.to(), &http.Transport{})
	if err != nil {
		return err
	}
	ctx := context.Background()
	var staged []*objects.Staged
	for _, key := range job.Keys {
		o, err := from.Stat(ctx, key)
		if err != nil {
			return err
		}
		one := objects.Transfer{From: from, Source: o, To: to, Key: ".switchboard/backups/" + key}
		it, err := one.Stage(ctx)
		if err != nil {
			return err
		}
		if staged = append(staged, it); len(staged) == 4 || key == job.Keys[len(job.Keys)-1] {
			if err := objects.Publish(ctx, staged); err != nil {
				return err
			}
			staged = nil
		}
	}
	return nil
}

func TestAProcessThatIsKilledAtAnyPointLeavesNoHalfObject(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) objects.Place{
		"to a folder": func(t *testing.T) objects.Place { return objects.Place{Folder: t.TempDir()} },
		"to a bucket": newBucket,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source, at := t.TempDir(), open(t)
			at.Prefix = ""
			from, to := placeOf(t, objects.Place{Folder: source}), placeOf(t, at)
			contents := map[string][]byte{}
			job := killed{From: source, Folder: at.Folder, Endpoint: at.Endpoint, Bucket: at.Bucket, Key: at.AccessKey, Secret: at.Secret.Reveal()}
			for i := range 9 {
				key := fmt.Sprintf("o%d", i)
				contents[key] = content([]int{4096, 18 << 20, 34 << 20}[i%3])
				write(t, from, key, contents[key])
				job.Keys = append(job.Keys, key)
			}
			for kills := 0; ; kills++ {
				require.Less(t, kills, 500)
				done := runAndKill(t, &job, time.Duration(20+rand.IntN(80+60*kills))*time.Millisecond)
				there := 0
				for key, data := range contents {
					o, err := to.Stat(t.Context(), ".switchboard/backups/"+key)
					if errors.Is(err, objects.ErrNotFound) {
						continue
					}
					require.NoError(t, err)
					got, err := read(t, to, o, 0, -1)
					require.NoError(t, err)
					require.True(t, bytes.Equal(data, got), "%s is whole after %d kills", key, kills)
					there++
				}
				if done {
					require.Equal(t, len(contents), there)
					t.Logf("killed %d times", kills)
					return
				}
			}
		})
	}
}

// runAndKill lets another process copy, and kills it unless it ends before.
func runAndKill(t *testing.T, job *killed, after time.Duration) (done bool) {
	t.Helper()
	text, err := json.Marshal(job)
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), killedVariable+"="+string(text))
	var said bytes.Buffer
	cmd.Stderr = &said
	require.NoError(t, cmd.Start())
	kill := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	err = cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		require.Equal(t, -1, exit.ExitCode(), said.String())
		return false
	}
	require.NoError(t, err)
	return true
}
