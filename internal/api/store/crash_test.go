package store_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/apitest"
	"switchboard/internal/api/store"
)

// The test binary starts itself again as a child process: childEnv says what
// the child does and urlEnv on which database.
const (
	childEnv = "STORE_TEST_CHILD"
	urlEnv   = "STORE_TEST_URL"
)

func TestMain(m *testing.M) {
	switch os.Getenv(childEnv) {
	case "open":
		exit(open(context.Background(), os.Getenv(urlEnv)))
	case "write":
		exit(writeForEver(context.Background(), os.Getenv(urlEnv)))
	}
	os.Exit(m.Run())
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// writeForEver says "committed" and the row's id after each write.
func writeForEver(ctx context.Context, url string) error {
	db, err := store.Open(ctx, url)
	if err != nil {
		return err
	}
	for {
		id := store.NewID()
		if err := insert(ctx, db, id); err != nil {
			return err
		}
		fmt.Fprintln(os.Stdout, "committed", id)
	}
}

func TestProcessesOpenANewDatabaseAtOnce(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		children := make([]*exec.Cmd, 4)
		errors := make([]strings.Builder, len(children))
		for i := range children {
			children[i] = child(t, "open", url)
			children[i].Stderr = &errors[i]
			require.NoError(t, children[i].Start())
		}
		for i, c := range children {
			require.NoError(t, c.Wait(), errors[i].String())
		}
		require.NoError(t, insert(t.Context(), apitest.Open(t, url), "one"))
	})
}

func TestAcknowledgedWritesSurviveKill(t *testing.T) {
	t.Parallel()
	apitest.EachURL(t, func(t *testing.T, url string) {
		var acknowledged []string
		for range 3 {
			acknowledged = append(acknowledged, killWhileWriting(t, url, 1+rand.IntN(200))...)
		}
		db := apitest.Open(t, url)
		for _, id := range acknowledged {
			require.True(t, exists(t, db, id), "row %s was acknowledged", id)
		}
		require.NoError(t, insert(t.Context(), db, "after the crash"))
	})
}

// killWhileWriting kills a writing child a random moment after its nth row and
// returns every row that it acknowledged.
func killWhileWriting(t *testing.T, url string, n int) []string {
	t.Helper()
	c := child(t, "write", url)
	c.Stderr = os.Stderr
	stdout, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())

	var ids []string
	for lines := bufio.NewReader(stdout); ; {
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			break // a line that was cut is no acknowledgement
		}
		require.NoError(t, err)
		ids = append(ids, strings.TrimSpace(strings.TrimPrefix(line, "committed ")))
		if len(ids) == n {
			moment := rand.N(5 * time.Millisecond)
			time.AfterFunc(moment, func() { _ = c.Process.Kill() })
		}
	}
	require.ErrorContains(t, c.Wait(), "killed")
	require.GreaterOrEqual(t, len(ids), n)
	return ids
}

func child(t *testing.T, role, url string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), childEnv+"="+role, urlEnv+"="+url)
	return c
}
