package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What is too much for one request is added in the background, and watched.
func TestWhitelistOfThousands(t *testing.T) {
	t.Parallel()
	const many = 10_000
	bothWays(t, start(t), "thousands", func(j *journey) {
		service := offer(j.t, j.vpcep())
		var list strings.Builder
		for n := range many {
			fmt.Fprintf(&list, "%s, customer %d\n", accountID(n), n)
		}
		file := filepath.Join(j.t.TempDir(), "customers.csv")
		require.NoError(j.t, os.WriteFile(file, []byte(list.String()+accountID(7)+", again"), 0o600))
		j.visit(j.home + "/whitelist/" + service + "/add")
		j.upload(file)
		j.submit("button", "Check")
		j.sees("1 line has a problem. 10000 accounts can be added.")
		j.find("DisclosureTriangle", "10000 more lines")
		j.submit("button", "Drop the bad line")
		goOn := holdUp(j)
		j.click("button", "Add 10000 accounts")
		j.find("heading", "Adding accounts")
		stopped := goOn.wait()
		require.Less(j.t, stopped, many)
		j.find("heading", fmt.Sprintf("%d of 10000 done", stopped))
		j.markPage()
		j.photograph("whitelist-going")
		goOn.release()
		j.find("heading", "Done. 10000 accounts were added.")
		if j.scripted {
			j.requireSamePage()
			j.announces("Done. 10000 accounts were added.")
		}
		require.Empty(j.t, j.all("button", "Stop"))
		j.click("link", "Back to the whitelist")
		j.find("link", "Next")
		require.Len(j.t, j.c.permissions(service), many)
	})
}

// brake keeps a program from writing, in the middle of an addition.
type brake struct {
	at   chan int // how much was done then
	free chan struct{}
}

// holdUp waits for the project's next addition and stops the program's writing
// as soon as it has begun. What is read is read all the same.
func holdUp(j *journey) *brake {
	j.t.Helper()
	db, b := j.p.sqlite(j.t, "busy_timeout(0)"), &brake{make(chan int, 1), make(chan struct{})}
	const query = "SELECT COALESCE(MAX(done), -1) FROM permission_additions WHERE project_id = ?"
	begun := func() (done int) {
		if err := db.QueryRow(query, j.c.project).Scan(&done); err != nil {
			return -1
		}
		return done
	}
	j.t.Cleanup(b.release)
	go func() {
		for begun() < 0 && !b.off() {
			time.Sleep(time.Millisecond) // the browser needs the machine, too
		}
		for !b.off() { // the program pauses between two batches, but not for long
			tx, err := db.Begin()
			if err != nil {
				continue
			}
			defer func() { _ = tx.Rollback() }()
			b.at <- begun()
			<-b.free
		}
	}()
	return b
}

// wait returns how much of the addition was done when it was stopped.
func (b *brake) wait() int { return <-b.at }

// release lets the program go on.
func (b *brake) release() {
	if !b.off() {
		close(b.free)
	}
}

func (b *brake) off() bool {
	select {
	case <-b.free:
		return true
	default:
		return false
	}
}
