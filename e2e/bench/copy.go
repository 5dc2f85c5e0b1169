package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Goals of copies: as fast as rclone, and for large objects nearly as fast as cp,
// in memory that neither their size nor their number changes.
const (
	goalRclone = 1.0
	goalCp     = 0.8
	goalMemory = 1.5
)

// copyLoad is what is copied.
type copyLoad struct {
	name    string
	objects int
	size    int64
	rounds  int
	folder  string
	job     string // file of a copyJob without its destination
}

// copier is one of the programs that are compared.
type copier struct {
	name string
	// command is what it runs; more, if it is not "", runs after it.
	command func(ctx context.Context) *exec.Cmd
	more    []string
}

// copied is what a copier did in one turn.
type copied struct {
	took   time.Duration
	memory int64 // most that was resident, bytes
}

// copies measures copying: between folders, and to a server with the S3 protocol.
func (b *bench) copies(ctx context.Context) error {
	if b.copyRounds == 0 {
		return nil
	}
	folder := filepath.Join(b.folder, "copies")
	b.copyShare = max(b.copyShare, 1)
	loads, err := fillCopies(folder, b.copyRounds, b.copyShare)
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	for _, load := range loads {
		if err := b.copyToFolder(ctx, folder, load); err != nil {
			return err
		}
		if err := b.copyToBucket(ctx, folder, load); err != nil {
			return err
		}
	}
	return b.copyMemory(ctx, folder)
}

// copyRace lets copiers take turns; before each, what the one before wrote is
// removed and on the disk.
func copyRace(ctx context.Context, title string, rounds int, clear func() error, all []copier) (map[string][]copied, error) {
	progress("%s: %d contenders, %d rounds", title, len(all), rounds)
	found := map[string][]copied{}
	for round := range rounds {
		for i := range all {
			c := all[(i+round)%len(all)]
			if err := clear(); err != nil {
				return nil, err
			}
			did, err := c.run(ctx)
			if err != nil {
				return nil, err
			}
			found[c.name] = append(found[c.name], did)
		}
	}
	return found, clear()
}

// run gives a copier its turn.
func (c *copier) run(ctx context.Context) (copied, error) {
	commands := []*exec.Cmd{c.command(ctx)}
	if len(c.more) > 0 {
		commands = append(commands, exec.CommandContext(ctx, c.more[0], c.more[1:]...)) //nolint:gosec // our own words
	}
	var did copied
	began := time.Now()
	for _, cmd := range commands {
		memory, err := runWatched(cmd)
		if err != nil {
			return did, fmt.Errorf("%s: %w", c.name, err)
		}
		did.memory = max(did.memory, memory)
	}
	did.took = time.Since(began)
	return did, nil
}

// copySection writes down what copiers did, and compares ours with the others.
func (b *bench) copySection(title, lead string, load copyLoad, all []copier, found map[string][]copied) {
	var rows [][]string
	for _, c := range all {
		rate := perSecond(found[c.name], load)
		rows = append(rows, []string{
			c.name, spreadOf(took(found[c.name])).short(), rate, times(found[all[0].name], found[c.name]).times(), megabytes(mostMemory(found[c.name])),
		})
	}
	b.add(section{
		title: title, lead: lead, rows: rows,
		head: []string{"contender", "time", "speed", "speed, ours = 1", "most memory"},
	})
}

// copyGoal compares our time with a contender's, in the same rounds.
func (b *bench) copyGoal(what string, goal float64, found map[string][]copied, other string) {
	if len(found[other]) == 0 {
		b.goals = append(b.goals, []string{what, fmt.Sprintf("≥ %.1f × its speed", goal), "not installed", "not measured"})
		return
	}
	ratio := times(found[other], found[ourCopy])
	b.goal(what, fmt.Sprintf("≥ %.1f × its speed", goal), ratio.times(), ratio.median >= goal)
}

// times is how many times as fast as a baseline somebody was, in the same rounds.
func times(baseline, who []copied) spread {
	var values []float64
	for i := range min(len(who), len(baseline)) {
		values = append(values, baseline[i].took.Seconds()/who[i].took.Seconds())
	}
	return spreadOf(values)
}

func took(all []copied) []float64 {
	var values []float64
	for _, one := range all {
		values = append(values, one.took.Seconds())
	}
	return values
}

func mostMemory(all []copied) int64 {
	most := int64(0)
	for _, one := range all {
		most = max(most, one.memory)
	}
	return most
}

func perSecond(all []copied, load copyLoad) string {
	middle := spreadOf(took(all)).median
	if middle == 0 {
		return ""
	}
	if load.size >= 1<<20 {
		return digits(float64(load.size)*float64(load.objects)/middle/1e6) + " MB/s"
	}
	return digits(float64(load.objects)/middle) + " objects/s"
}

// copyMemory compares what it takes to copy little and much.
func (b *bench) copyMemory(ctx context.Context, folder string) error {
	progress("memory of copies")
	var rows [][]string
	var most []float64
	to := filepath.Join(folder, "to")
	for i, load := range []copyLoad{
		newLoad(100/min(b.copyShare, 10), 4<<10, 1), newLoad(10_000/b.copyShare, 4<<10, 1), newLoad(1, 32<<20, 1), newLoad(1, 2<<30/int64(b.copyShare), 1),
	} {
		at := filepath.Join(folder, fmt.Sprintf("memory-%d", i))
		if err := errors.Join(load.fill(at, true), emptied(to, load)()); err != nil {
			return err
		}
		ours, err := b.ourCopier(load, copyJob{To: to})
		if err != nil {
			return err
		}
		did, err := ours.run(ctx)
		if err = errors.Join(err, os.RemoveAll(at)); err != nil {
			return err
		}
		most = append(most, float64(did.memory))
		rows = append(rows, []string{load.name, megabytes(did.memory)})
	}
	b.add(section{
		title: "Copying: memory", lead: "Most that was resident while a folder was copied to another.",
		head: []string{"copied", "memory"}, rows: rows,
	})
	for i, what := range []string{"memory of a copy, 100 times as many", "memory of a copy, 64 times as large"} {
		ratio := most[2*i+1] / most[2*i]
		b.goal(what, fmt.Sprintf("< %.1f ×", goalMemory), digits(ratio)+" ×", ratio < goalMemory)
	}
	return nil
}
