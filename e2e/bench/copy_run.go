package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"sync"

	"switchboard/internal/api"
	"switchboard/internal/api/objects"
)

// copyCommand makes this program copy what is in a folder, as a drive of a
// replication does, and end: a process of its own, so that its memory can be seen.
const copyCommand = "copy"

// copyJob says what is copied, as the JSON of one argument.
type copyJob struct {
	From    string            // a folder
	To      string            // a folder, or a bucket at Endpoint
	Sums    map[string]string // of the objects, by key; those that are not in it are found on the way
	Workers int
	Pack    int // objects that are published together

	Endpoint, AK, SK string
}

func (j *copyJob) places() (from, to objects.Place) {
	to = objects.Place{Folder: j.To}
	if j.Endpoint != "" {
		to = objects.Place{Endpoint: j.Endpoint, Bucket: j.To, PathStyle: true, AccessKey: j.AK, Secret: api.NewSecret(j.SK)}
	}
	return objects.Place{Folder: j.From}, to
}

// copyObjects does a copyJob.
func copyObjects(ctx context.Context, text string) error {
	job := copyJob{Workers: 1, Pack: 1}
	file, err := os.ReadFile(text) //nolint:gosec // our own file
	if err != nil {
		return err
	}
	if err := json.Unmarshal(file, &job); err != nil {
		return err
	}
	at, there := job.places()
	from, err := objects.Open(at, nil)
	if err != nil {
		return err
	}
	to, err := objects.Open(there, &http.Transport{MaxIdleConnsPerHost: 64, WriteBufferSize: 64 << 10, ReadBufferSize: 64 << 10})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	packs := make(chan []objects.Object)
	var workers sync.WaitGroup
	for range job.Workers {
		workers.Go(func() {
			for pack := range packs {
				if err := job.copy(ctx, from, to, pack); err != nil {
					cancel(err)
				}
			}
		})
	}
	err = job.hand(ctx, from, packs)
	workers.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// hand gives out all objects in packs.
func (j *copyJob) hand(ctx context.Context, from objects.Store, packs chan<- []objects.Object) error {
	defer close(packs)
	const page = 1000
	for after := ""; ; {
		found, err := from.List(ctx, "", after, page)
		if err != nil {
			return err
		}
		for pack := range slices.Chunk(found, j.Pack) {
			select {
			case packs <- pack:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if len(found) < page {
			return nil
		}
		after = found[len(found)-1].Key
	}
}

// copy copies a pack and makes it visible.
func (j *copyJob) copy(ctx context.Context, from, to objects.Store, pack []objects.Object) error {
	var all []*objects.Staged
	for _, o := range pack {
		one := objects.Transfer{From: from, Source: o, Sum: objects.Sum(j.Sums[o.Key]), To: to, Key: ".switchboard/backups/bench/" + o.Key}
		staged, err := one.Stage(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", o.Key, err)
		}
		all = append(all, staged)
	}
	return objects.Publish(ctx, all)
}
